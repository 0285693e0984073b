import { SANDBOX_FAULTS_MAX } from '../../base/limits.ts';
import type { Operation } from './request.ts';

export const FAULT_OPERATIONS: readonly (Operation | 'any')[] = [
  'purchase',
  'transfer_out',
  'transfer_in',
  'refund',
  'reversal',
  'balance',
  'verify',
  'find_banks',
  'find_cards',
  'sign_on',
  'sign_off',
  'echo',
  'key',
  'any',
];

/**
 * What can go wrong between a member and the banks, with what it does.
 * Before the issuer: `drop_request` (lost), `slow` (done after `value` ms), `decline` (F39 is `value`, 05), `bank_down` (91), `sign_off`
 * (92, and the link has to sign on again), `day_switch` (the next settlement day begins first), `approve` (nothing is wrong: a
 * message that this fault strikes is spared from the ones behind it).
 * After it, the money moved: `delay` (answered after `value` ms), `drop_reply`, `twice`, `late` (answered only after its reversal was),
 * `wrong_mac`, `wrong_amount` (F4 and `value` more fen, 1), `other_stan`, `swap` (carries the key of the next answer, and that one its
 * own), `reorder` (sent after the next answer), `close_before`, `close_middle`, `close_after` (of the answer), `half_open` (the
 * link stays up and says and hears nothing any more), `corrupt` (one byte has its top bit turned, the one at `value` or any),
 * `key_change` (new keys are pushed just before the answer).
 */
export const FAULT_KINDS = [
  'approve',
  'decline',
  'bank_down',
  'sign_off',
  'day_switch',
  'drop_request',
  'slow',
  'delay',
  'drop_reply',
  'twice',
  'late',
  'wrong_mac',
  'wrong_amount',
  'other_stan',
  'swap',
  'reorder',
  'close_before',
  'close_middle',
  'close_after',
  'half_open',
  'corrupt',
  'key_change',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface BankFault {
  kind: FaultKind;
  /** Any when left out. */
  operation?: Operation | 'any';
  /** The issuer's code, `ICBC`; every bank when left out. */
  bank?: string;
  /** The last digits of the card; every card when left out. */
  card?: string;
  /** Milliseconds, an F39 code, fen or the place of a byte, as the kind wants it. */
  value?: string | number;
  /** How often it strikes; until it is cleared when left out. */
  times?: number;
}

/** What a message is, for the question whether a fault strikes it. */
export interface FaultTarget {
  operation: Operation;
  bank: string | null;
  number: string;
}

/** The faults that are switched on, first come first struck. */
export class BankFaults {
  #faults: { fault: BankFault; left: number }[] = [];

  /** @throws RangeError for what is not known, and when too many are on already */
  set(fault: BankFault): void {
    const isKnown = FAULT_KINDS.includes(fault.kind) && FAULT_OPERATIONS.includes(fault.operation ?? 'any');
    if (!isKnown) throw new RangeError('there is no such fault');
    if (this.#faults.length >= SANDBOX_FAULTS_MAX) throw new RangeError('too many faults; clear them first');
    this.#faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#faults = [];
  }

  list(): BankFault[] {
    return this.#faults.map(({ fault, left }) => (Number.isFinite(left) ? { ...fault, times: left } : fault));
  }

  /** The fault that strikes this message, used up by one. */
  take(target: FaultTarget): BankFault | null {
    if (this.#faults.length === 0) return null;
    const struck = this.#faults.find(({ fault }) => strikes(fault, target));
    if (struck === undefined) return null;
    struck.left -= 1;
    if (struck.left <= 0) this.#faults = this.#faults.filter((one) => one !== struck);
    return struck.fault;
  }
}

function strikes(fault: BankFault, { operation, bank, number }: FaultTarget): boolean {
  const isOperation = fault.operation === undefined || fault.operation === 'any' || fault.operation === operation;
  return (
    isOperation && (fault.bank === undefined || fault.bank === bank) && (!fault.card || number.endsWith(fault.card))
  );
}

/** How long a fault waits. */
export function faultWaitMs(fault: BankFault): number {
  return Number(fault.value ?? 1_000);
}

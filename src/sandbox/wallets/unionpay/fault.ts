import { SANDBOX_FAULTS_MAX } from '../../../base/limits.ts';

export const FAULT_OPERATIONS = [
  'front',
  'app',
  'query',
  'refund',
  'void',
  'reversal',
  'certificate',
  'file',
  'notify',
  /** How a payment or an accepted refund ends, instead of what is said about it: only `resp_code`. */
  'outcome',
  'any',
] as const;

/**
 * silent: nothing is done and nothing is answered. slow and late: done, answered after `value` ms. html: a page instead of
 * an answer, nothing done. resp_code: `value` is answered; 03, 04, 05, 70 and 83 are answered although it was done.
 * drop_after: done, then the connection is cut. duplicate: done, answered 12; a notification is sent `value` times.
 * bad_signature, expired_certificate, wrong_name, foreign_certificate: answered, but nobody may believe it.
 * wrong_amount: rightly signed, one fen (or `value`) too much.
 */
export const FAULT_KINDS = [
  'silent',
  'slow',
  'late',
  'html',
  'resp_code',
  'drop_after',
  'duplicate',
  'bad_signature',
  'expired_certificate',
  'wrong_name',
  'foreign_certificate',
  'wrong_amount',
] as const;

export type FaultOperation = (typeof FAULT_OPERATIONS)[number];
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  operation: FaultOperation;
  kind: FaultKind;
  /** Milliseconds, a respCode, a count or fen, as the kind wants it. */
  value?: string | number;
  /** How often it strikes; until it is cleared when left out. */
  times?: number;
  /** Only this order. */
  orderNo?: string;
}

const DEFAULT_DELAY_MS = 1_000;

/** The faults that are switched on, first come first struck. */
export class Faults {
  #faults: { fault: Fault; left: number }[] = [];

  /** @throws RangeError when too many are on already */
  set(fault: Fault): void {
    if (this.#faults.length >= SANDBOX_FAULTS_MAX) throw new RangeError('too many faults; clear them first');
    this.#faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#faults = [];
  }

  list(): Fault[] {
    return this.#faults.map(({ fault, left }) => (Number.isFinite(left) ? { ...fault, times: left } : fault));
  }

  /** The fault that strikes this operation now, used up by one. `any` does not reach `outcome`. */
  take(operation: Exclude<FaultOperation, 'any'>, orderNo: string | undefined): Fault | null {
    const struck = this.#faults.find(
      ({ fault }) =>
        (fault.operation === operation || (fault.operation === 'any' && operation !== 'outcome')) &&
        (fault.orderNo === undefined || fault.orderNo === orderNo),
    );
    if (struck === undefined) return null;
    struck.left -= 1;
    if (struck.left <= 0) this.#faults = this.#faults.filter((one) => one !== struck);
    return struck.fault;
  }
}

export function faultDelayMs(fault: Fault): number {
  return fault.value === undefined ? DEFAULT_DELAY_MS : Number(fault.value);
}

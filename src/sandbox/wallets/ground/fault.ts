import { SANDBOX_FAULTS_MAX } from '../../../base/limits.ts';
import { Spread } from './spread.ts';

/**
 * What can go wrong at any wallet. A wallet's own operations (front, app, native …) belong to one of these: a fault for
 * `pay` strikes whichever way an order comes in. outcome: how a payment or an accepted refund ends, instead of what is
 * said about it: only `code`. any: all but `outcome`.
 */
export const GROUND_OPERATIONS = [
  'pay',
  'query',
  'refund',
  'cancel',
  'notify',
  'bill',
  'identify',
  'outcome',
  'any',
] as const;
export type GroundOperation = (typeof GROUND_OPERATIONS)[number];

/**
 * silent: nothing is done and nothing is answered. slow and late: done, answered after `value` ms. html: a page instead of
 * an answer, nothing done. code: the wallet's own code `value` is answered. drop_after: done, then the connection is cut.
 * duplicate: a notification is sent `value` times (2). bad_signature: answered, but nobody may believe it. wrong_amount:
 * rightly signed, one fen (or `value`) too much. declined: the wallet refuses the payment for good, with its own code `value`
 * or its usual one; for `pay` it is decided when the order comes in, for `outcome` when the buyer confirms. A wallet may add
 * kinds of its own.
 */
export const GROUND_KINDS = [
  'silent',
  'slow',
  'late',
  'html',
  'code',
  'drop_after',
  'duplicate',
  'bad_signature',
  'wrong_amount',
  'declined',
] as const;

/** Where a `declined` fault can strike. */
const DECLINED_AT: readonly string[] = ['pay', 'outcome'];

export interface Fault {
  operation: string;
  kind: string;
  /** Milliseconds, a code, a count or fen, as the kind wants it. */
  value?: string | number;
  /** How often it strikes; until it is cleared when left out. */
  times?: number;
  /** Only this order. */
  orderNo?: string;
  /** Strikes only so many of a hundred calls, 1 to 100; every call when left out. */
  share?: number;
  /** Which calls those are; 1 when left out. */
  seed?: number;
}

/** A fault that is on. `calls` and `struck` count the calls that it could have struck, where it has a share. */
export interface ShownFault extends Fault {
  calls?: number;
  struck?: number;
}

interface SetFault {
  fault: Fault;
  left: number;
  /** Null: every call. */
  spread: Spread | null;
}

/** What a wallet adds: its own operations with the ground's that they belong to, its own kinds, other names of kinds. */
export interface FaultPlan {
  operations: Readonly<Record<string, GroundOperation>>;
  kinds: readonly string[];
  /** Other names for a kind: `resp_code` for `code`. */
  aliases?: Readonly<Record<string, string>>;
}

const DEFAULT_DELAY_MS = 1_000;
const DEFAULT_SEED = 1;

/** The faults that are switched on, first come first struck. */
export class Faults {
  readonly #plan: FaultPlan;
  #faults: SetFault[] = [];

  constructor(plan: FaultPlan) {
    this.#plan = plan;
  }

  /** @throws RangeError for what this wallet does not know or cannot do, and when too many are on already */
  set(fault: Fault): void {
    const { operations, kinds } = this.known();
    if (!operations.includes(fault.operation))
      throw new RangeError(`unknown operation; known: ${operations.join(' ')}`);
    if (!kinds.includes(fault.kind)) throw new RangeError(`unknown kind; known: ${kinds.join(' ')}`);
    if (fault.kind === 'declined' && !DECLINED_AT.includes(fault.operation))
      throw new RangeError('payments are declined at pay or at outcome');
    if (fault.share === undefined && fault.seed !== undefined) throw new RangeError('a seed goes with a share');
    if (this.#faults.length >= SANDBOX_FAULTS_MAX) throw new RangeError('too many faults; clear them first');
    const { share, seed = DEFAULT_SEED } = fault;
    const spread = share === undefined ? null : new Spread(share, seed);
    const kept = share === undefined ? fault : { ...fault, share, seed };
    this.#faults.push({ fault: kept, left: fault.times ?? Number.POSITIVE_INFINITY, spread });
  }

  clear(): void {
    this.#faults = [];
  }

  list(): ShownFault[] {
    return this.#faults.map(({ fault, left, spread }) => ({
      ...fault,
      ...(Number.isFinite(left) ? { times: left } : {}),
      ...(spread === null ? {} : { calls: spread.calls, struck: spread.struck }),
    }));
  }

  /** Every operation and kind that can be set here. */
  known(): { operations: string[]; kinds: string[] } {
    const { operations, kinds, aliases = {} } = this.#plan;
    return {
      operations: [...new Set([...Object.keys(operations), ...GROUND_OPERATIONS])],
      kinds: [...new Set([...GROUND_KINDS, ...kinds, ...Object.keys(aliases)])],
    };
  }

  /** The fault that strikes this operation now, used up by one, its kind by its proper name. */
  take(operation: string, orderNo: string | undefined): Fault | null {
    const group = this.#plan.operations[operation] ?? operation;
    return this.#strike(
      ({ fault }) =>
        fault.kind !== 'declined' &&
        (fault.operation === operation ||
          fault.operation === group ||
          (fault.operation === 'any' && operation !== 'outcome')) &&
        (fault.orderNo === undefined || fault.orderNo === orderNo),
    );
  }

  /** The `declined` fault that strikes a payment, drawn once when its order comes in and once when its buyer confirms. */
  takeDecline(at: 'pay' | 'outcome', orderNo: string): Fault | null {
    return this.#strike(
      ({ fault }) =>
        fault.kind === 'declined' &&
        fault.operation === at &&
        (fault.orderNo === undefined || fault.orderNo === orderNo),
    );
  }

  /** The first that is meant and strikes; those whose share passes this call by only count it. */
  #strike(isMeant: (one: SetFault) => boolean): Fault | null {
    const struck = this.#faults.find((one) => isMeant(one) && (one.spread?.next() ?? true));
    if (struck === undefined) return null;
    struck.left -= 1;
    if (struck.left <= 0) this.#faults = this.#faults.filter((one) => one !== struck);
    return { ...struck.fault, kind: this.#plan.aliases?.[struck.fault.kind] ?? struck.fault.kind };
  }
}

export function faultDelayMs(fault: Fault): number {
  return fault.value === undefined ? DEFAULT_DELAY_MS : Number(fault.value);
}

/** What a `code` fault wants to be answered; null for every other fault. */
export function faultCode(fault: Fault | null): string | null {
  return fault?.kind === 'code' && fault.value !== undefined ? String(fault.value) : null;
}

/** An amount in fen, with what a `wrong_amount` fault adds. */
export function faultedFen(fault: Fault | null, fen: bigint): bigint {
  return fault?.kind === 'wrong_amount' ? fen + BigInt(fault.value ?? 1) : fen;
}

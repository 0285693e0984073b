import type { BankRail, LegReply, LegRequest, ReverseReply, Stamp } from '../bank/rail.ts';
import type { Clock } from '../base/clock.ts';
import { settlementDayOf } from './settlement-day.ts';

/* For tests of moves: banks in memory that keep their books right, whatever becomes of the messages to and from them. */

export type Fault =
  | 'none'
  /** It never arrives. */
  | 'request_lost'
  /** It is done, and nobody hears. */
  | 'reply_lost'
  | 'refused'
  | 'not_sent'
  | 'flagged'
  /** It is never answered within the life of this process: lost, or done. */
  | 'hangs_undone'
  | 'hangs_done';

export type LegKind = 'debit' | 'credit' | 'reversal';

export interface SeenLeg {
  kind: LegKind;
  stamp: Stamp;
  amountMinor: bigint;
  last4: string;
  fault: Fault;
}

export interface PretendBank {
  rail: Pick<BankRail, 'debit' | 'credit' | 'reverse'>;
  balances: Map<string, bigint>;
  seen: SeenLeg[];
  /** What happens to the next message of a kind; `none` when it says nothing. */
  fault: (kind: LegKind, no: number) => Fault;
  /** Puts faults in a row for one kind; afterwards all is well. */
  script(kind: LegKind, ...faults: Fault[]): void;
  /** All that was taken, given, and given back. */
  totals(): { taken: bigint; given: bigint; givenBack: bigint };
  /** What the switch's file has: what was done and not taken back, by `MMDDhhmmss stan`-like name. */
  isDone(stamp: Stamp): boolean;
  /** Calls under way that will never be answered. */
  hanging: number;
}

interface Done {
  kind: 'debit' | 'credit';
  number: string;
  amountMinor: bigint;
  reply: LegReply;
  isReversed: boolean;
}

export function createPretendBank(clock: Clock): PretendBank {
  const balances = new Map<string, bigint>();
  const done = new Map<string, Done>();
  const barred = new Set<string>();
  const seen: SeenLeg[] = [];
  const scripts: Record<LegKind, Fault[]> = { debit: [], credit: [], reversal: [] };
  const counts: Record<LegKind, number> = { debit: 0, credit: 0, reversal: 0 };
  const totals = { taken: 0n, given: 0n, givenBack: 0n };

  function draw(kind: LegKind): Fault {
    counts[kind] += 1;
    return scripts[kind].shift() ?? bank.fault(kind, counts[kind]);
  }

  function move(kind: 'debit' | 'credit', request: LegRequest, fault: Fault): LegReply {
    const key = nameOf(request.stamp);
    const before = done.get(key);
    if (before !== undefined) return before.reply;
    if (barred.has(key)) return { kind: 'refused', code: '12', reason: 'declined' };
    const number = request.card.number.reveal();
    const balance = balances.get(number);
    if (fault === 'refused') return { kind: 'refused', code: '61', reason: 'limit_exceeded' };
    if (balance === undefined) return { kind: 'refused', code: '14', reason: 'card_unknown' };
    if (kind === 'debit' && balance < request.amount.minor)
      return { kind: 'refused', code: '51', reason: 'insufficient_funds' };
    const { minor } = request.amount;
    balances.set(number, kind === 'debit' ? balance - minor : balance + minor);
    totals[kind === 'debit' ? 'taken' : 'given'] += minor;
    const settlementDay = settlementDayOf(clock.now());
    const reply: LegReply = { kind: 'approved', authId: 'A12345', settlementDay, isFlagged: fault === 'flagged' };
    done.set(key, { kind, number, amountMinor: minor, reply, isReversed: false });
    return reply;
  }

  async function ask(kind: 'debit' | 'credit', request: LegRequest): Promise<LegReply> {
    const fault = draw(kind);
    seen.push({
      kind,
      stamp: request.stamp,
      amountMinor: request.amount.minor,
      last4: request.card.number.last4,
      fault,
    });
    await new Promise((resolve) => setImmediate(resolve));
    if (fault === 'not_sent') return { kind: 'not_sent', why: 'too much in flight' };
    if (fault === 'hangs_undone') return await hang();
    if (fault === 'request_lost') return { kind: 'unknown', why: 'no reply', code: null };
    const reply = move(kind, request, fault);
    if (fault === 'hangs_done') return await hang();
    return fault === 'reply_lost' ? { kind: 'unknown', why: 'no reply', code: null } : reply;
  }

  function takeBack(original: Stamp): ReverseReply {
    const key = nameOf(original);
    const found = done.get(key);
    const settlementDay = settlementDayOf(clock.now());
    if (found === undefined || found.kind !== 'debit') {
      barred.add(key);
      return { kind: 'reversed', settlementDay, wasFound: false };
    }
    if (!found.isReversed) {
      found.isReversed = true;
      balances.set(found.number, (balances.get(found.number) ?? 0n) + found.amountMinor);
      totals.givenBack += found.amountMinor;
    }
    return { kind: 'reversed', settlementDay, wasFound: true };
  }

  function hang(): Promise<never> {
    bank.hanging += 1;
    return new Promise(() => {});
  }

  const bank: PretendBank = {
    balances,
    seen,
    hanging: 0,
    fault: () => 'none',
    script: (kind, ...faults) => void scripts[kind].push(...faults),
    totals: () => ({ ...totals }),
    isDone(stamp) {
      const found = done.get(nameOf(stamp));
      return found !== undefined && !found.isReversed;
    },
    rail: {
      debit: (request) => ask('debit', request),
      credit: (request) => ask('credit', request),
      async reverse({ stamp, original }) {
        const fault = draw('reversal');
        const { last4 } = original.card.number;
        seen.push({ kind: 'reversal', stamp, amountMinor: original.amount.minor, last4, fault });
        await new Promise((resolve) => setImmediate(resolve));
        if (fault === 'hangs_undone') return await hang();
        if (fault === 'refused') return { kind: 'refused', code: '57' };
        if (fault === 'request_lost' || fault === 'not_sent') return { kind: 'unknown', why: 'no reply' };
        const reply = takeBack(original.stamp);
        if (fault === 'hangs_done') return await hang();
        return fault === 'reply_lost' ? { kind: 'unknown', why: 'no reply' } : reply;
      },
    },
  };
  return bank;
}

/** F7 and F11, as the switch knows a message. */
function nameOf(stamp: Stamp): string {
  return `${stamp.transmittedAt.toISOString()} ${stamp.stan}`;
}

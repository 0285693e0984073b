import type { Bank } from './banks.ts';

export interface Person {
  /** `p1`, `p2` … */
  id: string;
  name: string;
  idNumber: string;
  /** The number that the wallet signs up with; a card may have another one on record. */
  phone: string;
}

export type CardStatus = 'active' | 'frozen' | 'lost' | 'stolen' | 'expired';

export interface Bill {
  amountFen: bigint;
  minimumFen: bigint;
  /** `2026-12-15`. */
  dueDay: string;
  billedDay: string;
}

/** What a card may do in one payment, one day (Asia/Shanghai) and one year; null for no limit. */
export interface CardLimits {
  paymentMaxFen: bigint | null;
  dayMaxFen: bigint | null;
  yearMaxFen: bigint | null;
  dayMaxCount: number | null;
  /** What may come in from others; classes II and III only. */
  dayInMaxFen: bigint | null;
  yearInMaxFen: bigint | null;
  balanceMaxFen: bigint | null;
  dayMaxEnquiries: number | null;
}

/** A card as its issuer keeps it. Balances are not here: they are sums of the books. */
export interface Card {
  number: string;
  bank: Bank;
  person: Person;
  kind: 'debit' | 'credit';
  accountClass: 1 | 2 | 3;
  /** What the bank knows as the holder's phone. */
  phone: string;
  pin: string;
  status: CardStatus;
  /** Credit cards: how much may be owed. */
  creditFen: bigint;
  bill: Bill | null;
  limits: CardLimits;
  used: Usage;
  pinTries: number;
}

export interface Usage {
  /** `2026-11-23`; the counters of another day count nothing. */
  day: string;
  outFen: bigint;
  outCount: number;
  inFen: bigint;
  enquiries: number;
  verifyFailures: number;
  year: string;
  yearOutFen: bigint;
  yearInFen: bigint;
}

const NO_USE = { outFen: 0n, outCount: 0, inFen: 0n, enquiries: 0, verifyFailures: 0 };

export function newUsage(): Usage {
  return { day: '', ...NO_USE, year: '', yearOutFen: 0n, yearInFen: 0n };
}

/** What was used on this day; a new day or year begins at nothing. */
export function usageOn(card: Card, day: string): Usage {
  const { used } = card;
  if (used.year !== day.slice(0, 4)) Object.assign(used, { year: day.slice(0, 4), yearOutFen: 0n, yearInFen: 0n });
  if (used.day !== day) Object.assign(used, { day, ...NO_USE });
  return used;
}

const DAY_COUNT = 50;
const DAY_ENQUIRIES = 100;

/** The limits that a bank sets by itself. Classes II and III by the central bank's rules on personal accounts (2015 to 2018). */
export function usualLimits(bank: Bank, kind: Card['kind'], accountClass: Card['accountClass']): CardLimits {
  const open: CardLimits = {
    paymentMaxFen: kind === 'credit' ? null : bank.paymentMaxFen,
    dayMaxFen: kind === 'credit' ? null : bank.dayMaxFen,
    yearMaxFen: null,
    dayMaxCount: DAY_COUNT,
    dayInMaxFen: null,
    yearInMaxFen: null,
    balanceMaxFen: null,
    dayMaxEnquiries: DAY_ENQUIRIES,
  };
  if (kind === 'credit' || accountClass === 1) return open;
  if (accountClass === 2) {
    const flow = { dayMaxFen: 1_000_000n, yearMaxFen: 20_000_000n, dayInMaxFen: 1_000_000n, yearInMaxFen: 20_000_000n };
    return { ...open, ...flow };
  }
  const out = { dayMaxFen: 200_000n, yearMaxFen: 5_000_000n };
  return { ...open, ...out, dayInMaxFen: 500_000n, yearInMaxFen: 10_000_000n, balanceMaxFen: 200_000n };
}

/** For benches and tests that are about something else. */
export const noLimits: CardLimits = {
  paymentMaxFen: null,
  dayMaxFen: null,
  yearMaxFen: null,
  dayMaxCount: null,
  dayInMaxFen: null,
  yearInMaxFen: null,
  balanceMaxFen: null,
  dayMaxEnquiries: null,
};

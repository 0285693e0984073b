import { newId } from '../base/id.ts';
import { STATEMENT_BACKFILL_DAYS_MAX } from '../base/limits.ts';
import { addSeconds } from '../cashier/ask-schedule.ts';
import { type BilledAccount, eachBilledAccount } from '../cashier/billed-accounts.ts';
import { readIdleHours } from '../cashier/day-records.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import type { Statement } from './statement.ts';
import { findLastDay, insertStatement } from './statement-store.ts';
import { addDays, type DayEnd, walletDay, walletDayOf } from './wallet-day.ts';

/** A wallet without bills is asked about a day from midnight on; an hour later what was open then has mostly ended. */
const ASKING = { dayEndsAt: '00:00', readyAfterHours: 1 } as const;
const HOUR_MS = 3_600_000;

/**
 * Makes the rows of all days that have ended: of an account that is switched on every one, of one that is switched off those
 * on which money of it may have moved. Answers how many.
 */
export async function planStatements(
  deps: SettlementDeps,
  book: number,
  /** Days that are known to be planned, by account: saves looking. */
  planned: Map<string, string>,
): Promise<number> {
  const { clock, sql } = deps.cashier.deps;
  let made = 0;
  let idle: Map<string, Date[]> | null = null; // most servers have no such account, and then nobody looks
  const idleHours = async (accountId: string): Promise<readonly Date[]> => {
    idle ??= await readIdleHours(sql, book, clock.now(), STATEMENT_BACKFILL_DAYS_MAX);
    return idle.get(accountId) ?? [];
  };
  for await (const account of eachBilledAccount(deps.cashier.deps, book)) {
    const { dayEndsAt } = calendarOf(deps, account);
    const today = walletDayOf(clock.now(), dayEndsAt).day;
    const yesterday = addDays(today, -1);
    if (planned.get(account.id) === yesterday) continue;
    const days = account.enabled
      ? daysUntil(today, await firstDay(deps, account, today, dayEndsAt))
      : busyDays(await idleHours(account.id), today, dayEndsAt);
    for (const day of days) if ((await insertStatement(sql, newStatement(deps, account, day))) !== null) made += 1;
    planned.set(account.id, yesterday);
  }
  return made;
}

export function newStatement(deps: SettlementDeps, account: BilledAccount, day: string): Statement {
  const { dayEndsAt, readyAfterHours } = calendarOf(deps, account);
  const { startsAt, endsAt } = walletDay(day, dayEndsAt);
  return {
    book: account.book,
    id: newId('stm', deps.cashier.deps, account.book),
    merchantId: account.merchantId,
    walletAccountId: account.id,
    wallet: account.wallet,
    day,
    startsAt,
    endsAt,
    source: deps.cashier.deps.wallets[account.wallet].statement === null ? 'asking' : 'bill',
    state: 'waiting',
    reason: null,
    fileId: null,
    linesDigest: null,
    askedThrough: null,
    currency: null,
    feeBps: null,
    theirs: null,
    ours: null,
    booked: null,
    matchedCount: null,
    feesMilli: null,
    feesPostedMinor: null,
    createdAt: deps.cashier.deps.clock.now(),
    readAt: null,
    reconciledAt: null,
    dueAt: addSeconds(endsAt, readyAfterHours * 3600),
    leaseNo: 0n,
    triesCount: 0,
  };
}

/** After the last one there is; else the day on which the account was registered, a month ago at most. */
async function firstDay(
  deps: SettlementDeps,
  account: BilledAccount,
  today: string,
  dayEndsAt: DayEnd,
): Promise<string> {
  const earliest = addDays(today, -STATEMENT_BACKFILL_DAYS_MAX);
  const last = await findLastDay(deps.cashier.deps.sql, account.book, account.id);
  const next = last === null ? walletDayOf(account.createdAt, dayEndsAt).day : addDays(last, 1);
  return next > earliest ? next : earliest;
}

/**
 * Of accounts that are switched off, the days with payments or refunds, and each day after such a day, whose bill tells what
 * came close to its end. All are looked at anew: money that came late may belong to a day that was passed over.
 */
function busyDays(hours: readonly Date[], today: string, dayEndsAt: DayEnd): string[] {
  const busy = new Set<string>();
  for (const hour of hours) {
    for (const instant of [hour, new Date(hour.getTime() + HOUR_MS - 1)]) {
      const { day } = walletDayOf(instant, dayEndsAt);
      busy.add(day).add(addDays(day, 1));
    }
  }
  return [...busy].filter((day) => day < today).sort();
}

function daysUntil(today: string, first: string): string[] {
  const days: string[] = [];
  for (let day = first; day < today; day = addDays(day, 1)) days.push(day);
  return days;
}

function calendarOf(deps: SettlementDeps, account: BilledAccount): { dayEndsAt: DayEnd; readyAfterHours: number } {
  return deps.cashier.deps.wallets[account.wallet].statement ?? ASKING;
}

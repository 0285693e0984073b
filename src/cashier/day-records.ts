import { STATEMENT_PAYMENT_AGE_DAYS_MAX, STATEMENT_REFUND_AGE_DAYS_MAX } from '../base/limits.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Currency } from '../money/money.ts';
import type { Outcome } from '../wallets/wallet.ts';
import { toQueryRequest } from './ask-wallet.ts';
import { findAttempt } from './attempt-store.ts';
import type { Cashier } from './cashier.ts';
import { applyOutcome } from './apply-outcome.ts';
import { findRecords, listIdleHours, pageDayRecords } from './day-records-store.ts';
import type { OutcomeKind } from './moves.ts';
import { findRefundOwner } from './operator-store.ts';
import type { AttemptId, PaymentId, Refund, RefundId, WalletAccountId } from './payment.ts';
import { findRefund } from './refund-store.ts';
import { applyRefundOutcome, toRefundRequest } from './send-refund.ts';

/* Our attempts and refunds as whoever compares them with a wallet's bill sees them. */

/** An attempt or a refund, with what a bill says of such a thing. Amounts are minor units. */
export interface MoneyRecord {
  record: 'payment' | 'refund';
  id: AttemptId | RefundId;
  paymentId: PaymentId;
  walletAccountId: WalletAccountId;
  orderNo: string;
  outcome: OutcomeKind;
  currency: Currency;
  amountMinor: bigint;
  /** Of a payment that was paid, what the wallet settles of it before its fee; null where that is not known, and of refunds. */
  settledMinor: bigint | null;
  /** When it began; of a refund, when it was sent to the wallet, once it was. */
  startedAt: Date;
  /** The wallet's own id of it, once it said one. */
  walletId: string | null;
  /** When the wallet says it happened, else when we heard of it, else when it began. */
  happenedAt: Date;
}

/** Records of one account in order of their ids, which is the order in which they began. */
export interface DayQuery {
  book: number;
  walletAccountId: string;
  record: MoneyRecord['record'];
  /** Of these records `happenedAt` lies between; the end is exclusive. */
  startsAt: Date;
  endsAt: Date;
  /** How long before the day a record may have begun. */
  ageDaysMax: number;
  /** Only what has succeeded, or whatever became of it. */
  succeededOnly: boolean;
  afterId: string | null;
  itemsMax: number;
}

export async function listDayRecords(sql: Sql | Tx, query: DayQuery): Promise<MoneyRecord[]> {
  return await pageDayRecords(sql, query);
}

/**
 * Of each account that is switched off, the hours in which something of it happened, in no order; an account with none is
 * left out. Read a day of births at a time: ids tell when a record began, and there is no index by account and time.
 */
export async function readIdleHours(sql: Sql, book: number, now: Date, daysBack: number): Promise<Map<string, Date[]>> {
  const since = new Date(now.getTime() - daysBack * DAY_MS);
  const found = new Map<string, Date[]>();
  for (const [record, ageDaysMax] of RECORDS) {
    for (let bornMs = since.getTime() - ageDaysMax * DAY_MS; bornMs <= now.getTime(); bornMs += DAY_MS) {
      const born = { fromMs: bornMs, untilMs: bornMs + DAY_MS };
      for (const { walletAccountId, hour } of await listIdleHours(sql, { book, record, born, since })) {
        const hours = found.get(walletAccountId);
        if (hours === undefined) found.set(walletAccountId, [hour]);
        else hours.push(hour);
      }
    }
  }
  return found;
}

const DAY_MS = 86_400_000;
const RECORDS = [
  ['payment', STATEMENT_PAYMENT_AGE_DAYS_MAX],
  ['refund', STATEMENT_REFUND_AGE_DAYS_MAX],
] as const;

/** By id, whatever became of them; ids of nothing are left out. */
export async function readRecords(
  sql: Sql | Tx,
  book: number,
  record: MoneyRecord['record'],
  ids: readonly string[],
): Promise<MoneyRecord[]> {
  return ids.length === 0 ? [] : await findRecords(sql, book, record, ids);
}

/** Asks the wallet about a record; nothing is changed. */
export async function askAboutRecord(cashier: Cashier, record: MoneyRecord, book: number): Promise<Outcome> {
  return (await prepareQuestion(cashier, record, book)).ask();
}

/**
 * Asks the wallet about a record and, where it proves that money moved, takes that through the one door. Any other answer
 * changes nothing here: the loops that ask anyway take care of it.
 */
export async function askAndApply(cashier: Cashier, record: MoneyRecord, book: number): Promise<Outcome> {
  const question = await prepareQuestion(cashier, record, book);
  const outcome = await question.ask();
  if (outcome.kind === 'succeeded') await question.apply(outcome);
  return outcome;
}

interface Question {
  ask(): Promise<Outcome>;
  apply(outcome: Outcome): Promise<unknown>;
}

async function prepareQuestion(cashier: Cashier, record: MoneyRecord, book: number): Promise<Question> {
  const { deps } = cashier;
  const opened = await cashier.openWallet(book, record.walletAccountId);
  const refund = record.record === 'refund' ? await findRefundOf(deps.sql, book, record.id) : null;
  const attempt = await findAttempt(deps.sql, book, refund?.attemptId ?? record.id);
  if (attempt === null) throw new Error(`assertion failed: ${record.id} is there`);
  if (record.record === 'payment')
    return {
      ask: () => opened.wallet.query(deps, opened.config, toQueryRequest(attempt)),
      apply: (outcome) => applyOutcome(cashier, attempt, outcome, 'poll', null),
    };
  if (refund === null || attempt.walletPaymentId === null)
    throw new Error(`assertion failed: ${record.id} refunds an attempt that was paid`);
  const request = toRefundRequest(cashier, refund, attempt, attempt.walletPaymentId);
  return {
    ask: () => opened.wallet.queryRefund(deps, opened.config, request),
    apply: (outcome) => applyRefundOutcome(cashier, refund, outcome, 'poll'),
  };
}

async function findRefundOf(sql: Sql, book: number, id: string): Promise<Refund | null> {
  const owner = await findRefundOwner(sql, book, id);
  return owner === null ? null : await findRefund(sql, book, owner, id);
}

import { STATEMENT_CUT_OFF_MINUTES } from '../base/limits.ts';
import { idLetters, isId } from '../base/id.ts';
import type { MoneyRecord } from '../cashier/day-records.ts';
import type { StatementLine } from '../wallets/statement.ts';
import type { Break, BreakSide } from './statement.ts';

/** What does not agree, before it is written down. */
export type Finding = Pick<Break, 'kind' | 'record' | 'orderNo' | 'cause' | 'ours' | 'theirs'> & {
  state: 'open' | 'carried' | 'left_for_operator';
};

export interface Terms {
  walletAccountId: string;
  /** Hundredths of a percent; null: fees are recorded and not compared. */
  feeBps: number | null;
  /** Another day's bill that had the same name already. */
  toldOn: string | null;
  submitted: SubmittedRefunds | null;
}

/** Where a refund's line says no more than that it was asked for: how long one may be under way, and what time it is. */
export interface SubmittedRefunds {
  underWaySeconds: number;
  now: Date;
}

/** The id of ours that a bill's order number stands for; null when it is none of ours by its form. */
export function recordIdOf(line: Pick<StatementLine, 'kind' | 'orderNo'>): MoneyRecord['id'] | null {
  const [payment, refund] = [`att_${line.orderNo}`, `rf_${line.orderNo}`];
  if (line.kind === 'payment') return isId('att', payment) ? payment : null;
  return isId('rf', refund) ? refund : null;
}

/**
 * One line of a bill beside our record of that name; nothing when they agree. What is worst is told alone: no record, then
 * another amount, then another state. Of a payment or refund that agrees so far two things may differ, and each is told, because
 * each ends in its own way: more or less is settled than discounts explain, and the fee is not the agreed one of what is settled. An amount
 * that differs is for people, always; but of what is settled the wallet is asked first, because it may tell of its discounts late.
 */
export function compareLine(line: StatementLine, ours: MoneyRecord | undefined, terms: Terms): readonly Finding[] {
  const found = (why: Pick<Finding, 'kind' | 'cause' | 'state'>): Finding => ({
    record: line.kind,
    orderNo: line.orderNo,
    ours: ours === undefined ? null : sideOfRecord(ours),
    theirs: sideOfLine(line, terms),
    ...why,
  });
  const left = (kind: Finding['kind'], cause: Finding['cause']) => found({ kind, cause, state: 'left_for_operator' });
  if (terms.toldOn !== null) {
    const finding = left('theirs_only', 'told_before');
    return [{ ...finding, theirs: { ...finding.theirs, told_on: terms.toldOn } }];
  }
  if (ours === undefined) return [left('theirs_only', causeWithout(line))];
  if (ours.walletAccountId !== terms.walletAccountId) return [left('theirs_only', 'other_account')];
  if (ours.currency !== line.currency || ours.amountMinor !== line.amountMinor)
    return [left('amount_differs', 'amount')];
  if (isUnderWay(ours, terms)) return [];
  if (ours.outcome !== 'succeeded') {
    const cause = ours.outcome === 'failed' ? 'failed' : 'not_final';
    return [found({ kind: 'status_differs', cause, state: 'open' })];
  }
  const findings: Finding[] = [];
  if (line.settledMinor !== undefined && !isSettledAs(ours, line.settledMinor))
    findings.push(found({ kind: 'amount_differs', cause: 'settled', state: 'open' }));
  const expected = terms.feeBps === null ? null : expectedFeeMilli(line, terms.feeBps);
  if (expected !== null && line.feeMilli !== null && !isFee(line, line.feeMilli, expected)) {
    const agreed = { ...sideOfRecord(ours), fee_milli: expected.toString(), fee_bps: `${terms.feeBps}` };
    findings.push({ ...left('fee_differs', 'fee'), ours: agreed });
  }
  return findings;
}

/** Whether the discounts that the wallet told of leave as much as its bill settles; where they leave that open, anything is right. */
function isSettledAs(ours: MoneyRecord, toldMinor: bigint): boolean {
  return ours.settledMinor === null || ours.settledMinor === toldMinor;
}

/**
 * Whether the wallet has told of its discounts since, so that a difference in what is settled is none any more. What leaves that open does not
 * end a difference that was found.
 */
export function isSettledNow({ cause, theirs }: Pick<Break, 'cause' | 'theirs'>, ours: MoneyRecord): boolean {
  const told = theirs?.['settled_minor'] ?? theirs?.['amount_minor']; // the whole amount is not told twice
  return cause === 'settled' && told !== undefined && ours.settledMinor === BigInt(told);
}

/** Why there is no record of ours. A refund that names its payment in place of itself was not made through us. */
function causeWithout(line: StatementLine): Finding['cause'] {
  const { kind, orderNo, paymentOrderNo } = line;
  const isPayments = kind === 'refund' && paymentOrderNo !== null && orderNo.split('#')[0] === paymentOrderNo;
  if (isPayments && recordIdOf({ kind: 'payment', orderNo: paymentOrderNo }) !== null) return 'no_refund_no';
  return recordIdOf(line) === null ? 'foreign_order_no' : 'no_record';
}

/** Both sides say the same: asked for, and not ended yet. The loop that asks after refunds goes on by itself. */
function isUnderWay(ours: MoneyRecord, { submitted }: Terms): boolean {
  if (submitted === null || ours.record !== 'refund' || ours.outcome !== 'pending') return false;
  return submitted.now.getTime() < ours.startedAt.getTime() + submitted.underWaySeconds * 1000;
}

/**
 * A payment code that was taken back: bills tell it as a refund without a record of ours, of the whole amount, naming the
 * payment. It agrees when our record says that the payment failed: the buyer has the money.
 */
export function isUndone(line: StatementLine, payment: MoneyRecord | undefined, walletAccountId: string): boolean {
  return (
    line.kind === 'refund' &&
    payment?.outcome === 'failed' &&
    payment.walletAccountId === walletAccountId &&
    payment.currency === line.currency &&
    payment.amountMinor === line.amountMinor
  );
}

/** A record of ours that no bill has told. Near the end of the wallet's day it is awaited in the next day's bill. */
export function compareMissing(
  ours: MoneyRecord,
  day: { endsAt: Date; isLaterCompared: boolean; isAsking: boolean },
): Finding {
  const isNear = day.endsAt.getTime() - ours.happenedAt.getTime() <= STATEMENT_CUT_OFF_MINUTES * 60_000;
  const isCarried = isNear && !day.isLaterCompared && !day.isAsking;
  return {
    kind: 'ours_only',
    record: ours.record,
    orderNo: idLetters(ours.id),
    cause: isNear && !day.isAsking ? 'near_cut_off' : 'not_in_bill',
    ours: sideOfRecord(ours),
    theirs: null,
    state: isCarried ? 'carried' : 'open',
  };
}

export function sideOfRecord(ours: MoneyRecord): BreakSide {
  return {
    id: ours.id,
    payment_id: ours.paymentId,
    outcome: ours.outcome,
    currency: ours.currency,
    amount_minor: ours.amountMinor.toString(),
    happened_at: ours.happenedAt.toISOString(),
    ...(ours.settledMinor === null || ours.settledMinor === ours.amountMinor
      ? {}
      : { settled_minor: ours.settledMinor.toString() }),
    ...(ours.walletId === null ? {} : { wallet_id: ours.walletId }),
  };
}

function sideOfLine(line: StatementLine, { submitted }: Terms): BreakSide {
  return {
    line_no: line.lineNo.toString(),
    wallet_id: line.walletPaymentId,
    currency: line.currency,
    amount_minor: line.amountMinor.toString(),
    ...(line.settledMinor === undefined || line.settledMinor === line.amountMinor
      ? {}
      : { settled_minor: line.settledMinor.toString() }),
    ...(line.feeMilli === null ? {} : { fee_milli: line.feeMilli.toString() }),
    ...(line.occurredAt === null ? {} : { happened_at: line.occurredAt.toISOString() }),
    ...(line.paymentOrderNo === null ? {} : { payment_order_no: line.paymentOrderNo }),
    ...(line.kind === 'refund' && submitted !== null ? { says: 'submitted' } : {}),
  };
}

/** Of what is settled, where the bill says that. Exact: a minor unit has 1000 thousandths, the whole has 10,000 hundredths of a percent. */
function expectedFeeMilli(line: StatementLine, feeBps: number): bigint {
  const fee = ((line.settledMinor ?? line.amountMinor) * BigInt(feeBps)) / 10n;
  return line.kind === 'payment' ? fee : -fee;
}

const MINOR_MILLI = 1000n;

/**
 * Wallets round a fee to whole minor units, each in its own way, so less than one minor unit is no difference. Of a refund's
 * fee some wallets give all back and some nothing: anything between the two is right.
 */
function isFee(line: StatementLine, told: bigint, expected: bigint): boolean {
  const least = line.kind === 'payment' ? expected : expected < 0n ? expected : 0n;
  const most = line.kind === 'payment' ? expected : 0n;
  return told > least - MINOR_MILLI && told < most + (line.kind === 'payment' ? MINOR_MILLI : 1n);
}

import { assertNever } from '../base/assert.ts';
import { BREAK_LEASE_SECONDS } from '../base/limits.ts';
import { addSeconds } from '../cashier/ask-schedule.ts';
import { askAndApply, type MoneyRecord, readRecords } from '../cashier/day-records.ts';
import { checkMove } from '../cashier/moves.ts';
import { raiseAlert } from '../cashier/raise-alert.ts';
import type { Outcome } from '../wallets/wallet.ts';
import { claimDueBreaks, updateBreak } from './break-store.ts';
import { isSettledNow } from './compare-line.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import { type Break, BREAK_MOVES, type Statement } from './statement.ts';
import { findStatement, hasLaterCompared } from './statement-store.ts';

/** Seconds between two questions about one break, after which it is left for a person. */
export const BREAK_ASK_AFTER_SECONDS = [60, 300, 1800, 7200, 21_600, 86_400];

/** Takes breaks that are to be asked about, for BREAK_LEASE_SECONDS. */
export async function claimBreaks(deps: SettlementDeps, itemsMax: number): Promise<Break[]> {
  const { sql, clock } = deps.cashier.deps;
  const now = clock.now();
  return await claimDueBreaks(sql, now, addSeconds(now, BREAK_LEASE_SECONDS), itemsMax);
}

/**
 * Asks the wallet about an open break. The bill's line is only the reason to ask: what counts is the wallet's own answer,
 * which goes through the one door, and our record as it is afterwards.
 */
export async function resolveBreak(deps: SettlementDeps, one: Break): Promise<void> {
  const { sql, clock } = deps.cashier.deps;
  const before = await recordOf(deps, one);
  const statement = await findStatement(sql, one.book, one.statementId);
  if (before === undefined || statement === null)
    throw new Error(`assertion failed: ${one.id} is about a record of ours`);
  const isOver = (one.kind === 'status_differs' && agrees(one, before)) || isSettledNow(one, before);
  const outcome = isOver ? null : await askAndApply(deps.cashier, before, one.book);
  const after = isOver ? before : await recordOf(deps, one);
  const isLaterCompared = await hasLaterCompared(sql, statement);
  const decided = decideBreak(one, { outcome, after: after ?? before, statement, isLaterCompared, now: clock.now() });
  await writeBreak(deps, one, decided);
}

interface Learned {
  /** Null when nobody had to be asked: our record has caught up by itself. */
  outcome: Outcome | null;
  after: MoneyRecord;
  statement: Pick<Statement, 'source'>;
  isLaterCompared: boolean;
  now: Date;
}

/** What becomes of an open break after the wallet was asked about it; pure. */
export function decideBreak(one: Break, learned: Learned): Break {
  const { outcome, after, now } = learned;
  const asked = {
    ...one,
    evidence: outcome === null ? one.evidence : { ...one.evidence, ...toEvidence(outcome, now) },
  };
  const resolved = (resolution: NonNullable<Break['resolution']>): Break => ({
    ...asked,
    state: 'resolved',
    resolution,
    resolvedAt: now,
    dueAt: null,
  });
  const left: Break = { ...asked, state: 'left_for_operator', dueAt: null };
  const nextSeconds = BREAK_ASK_AFTER_SECONDS[one.triesCount - 1];
  const again = nextSeconds === undefined ? left : { ...asked, dueAt: addSeconds(now, nextSeconds) };

  if (one.kind === 'status_differs') {
    if (agrees(one, after)) return resolved('record_brought_up_to_date');
    const isFinalNo = after.record === 'refund' && after.outcome === 'failed' && outcome?.kind === 'succeeded';
    return isFinalNo ? left : again; // a refund that has failed for us never succeeds later: a person has to look
  }
  if (one.cause === 'settled') return isSettledNow(one, after) ? resolved('record_brought_up_to_date') : again;
  if (outcome?.kind === 'failed') return left;
  if (outcome?.kind !== 'succeeded') return again;
  const isSame = outcome.amount.currency === after.currency && outcome.amount.minor === after.amountMinor;
  if (!isSame) return left;
  if (learned.statement.source === 'asking') return resolved('wallet_confirmed');
  return learned.isLaterCompared ? left : { ...asked, state: 'carried', dueAt: null };
}

/** Their line and our record say the same. */
function agrees(one: Break, record: MoneyRecord): boolean {
  const { currency, amount_minor: minor } = one.theirs ?? {};
  return record.outcome === 'succeeded' && currency === record.currency && minor === record.amountMinor.toString();
}

function toEvidence(outcome: Outcome, now: Date): Record<string, string> {
  const asked = { asked_at: now.toISOString(), answer: outcome.kind };
  switch (outcome.kind) {
    case 'succeeded':
      return {
        ...asked,
        wallet_id: outcome.walletPaymentId,
        currency: outcome.amount.currency,
        amount_minor: outcome.amount.minor.toString(),
      };
    case 'failed':
      return { ...asked, detail: `${outcome.walletCode} ${outcome.walletMessage}`.slice(0, 200) };
    case 'unknown':
      return { ...asked, detail: outcome.reason.slice(0, 200) };
    case 'pending':
      return asked;
    default:
      return assertNever(outcome);
  }
}

async function recordOf(deps: SettlementDeps, one: Break): Promise<MoneyRecord | undefined> {
  const id = `${one.record === 'payment' ? 'att' : 'rf'}_${one.orderNo}`;
  return (await readRecords(deps.cashier.deps.sql, one.book, one.record, [id]))[0];
}

/** Nothing is written when a later bill or an operator has ended the break meanwhile. */
async function writeBreak(deps: SettlementDeps, before: Break, after: Break): Promise<void> {
  checkMove(BREAK_MOVES, before.state, after.state);
  await deps.cashier.deps.sql.begin(async (tx) => {
    const isWritten = await updateBreak(tx, after, { state: before.state });
    if (!isWritten || after.state !== 'left_for_operator') return;
    const detail = `the ${after.kind} break of order ${after.orderNo} has to be looked at by a person`;
    await raiseAlert(tx, deps.cashier.deps, after, 'statement_breaks', detail);
  });
}

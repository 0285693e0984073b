import { explainBreak } from './explain-break.ts';
import type { Break, BreakKind, BreakState, Statement, Sums } from './statement.ts';
import type { StatementFile } from './statement-file-store.ts';

export interface BreakCount {
  kind: BreakKind;
  state: BreakState;
  count: number;
}

/** As the API tells it: amounts as integers in text, times in UTC. */
export function showStatement(statement: Statement, file: StatementFile | null, counts: readonly BreakCount[]) {
  const countOf = (state: BreakState): number =>
    counts.filter((one) => one.state === state).reduce((sum, one) => sum + one.count, 0);
  return {
    id: statement.id,
    object: 'statement' as const, // the literal, not any text
    wallet_account_id: statement.walletAccountId,
    wallet: statement.wallet,
    day: statement.day,
    starts_at: statement.startsAt.toISOString(),
    ends_at: statement.endsAt.toISOString(),
    source: statement.source,
    state: statement.state,
    reason: statement.reason,
    file: file === null ? null : { sha256: file.sha256, bytes: file.bytesCount, origin: file.origin },
    currency: statement.currency,
    theirs: showSums(statement.theirs),
    ours: showSums(statement.ours),
    booked: showSums(statement.booked),
    matched_count: statement.matchedCount,
    breaks: {
      open: countOf('open'),
      carried: countOf('carried'),
      left_for_operator: countOf('left_for_operator'),
      resolved: countOf('resolved'),
    },
    fee_bps: statement.feeBps,
    fees_milli: statement.feesMilli?.toString() ?? null,
    fees_posted_minor: statement.feesPostedMinor?.toString() ?? null,
    due_at: statement.dueAt?.toISOString() ?? null,
    created_at: statement.createdAt.toISOString(),
    reconciled_at: statement.reconciledAt?.toISOString() ?? null,
  };
}

export type ShownStatement = ReturnType<typeof showStatement>;

export function showBreak(one: Break) {
  return {
    id: one.id,
    object: 'break' as const, // the literal, not any text
    statement_id: one.statementId,
    wallet_account_id: one.walletAccountId,
    kind: one.kind,
    cause: one.cause,
    record: one.record,
    order_no: one.orderNo,
    ours: one.ours,
    theirs: one.theirs,
    explanation: explainBreak(one),
    state: one.state,
    evidence: one.evidence,
    resolution: one.resolution,
    note: one.note,
    resolved_by: one.resolvedBy,
    created_at: one.createdAt.toISOString(),
    resolved_at: one.resolvedAt?.toISOString() ?? null,
  };
}

export type ShownBreak = ReturnType<typeof showBreak>;

function showSums(sums: Sums | null) {
  return sums === null
    ? null
    : {
        payments_count: sums.paymentsCount,
        payments_minor: sums.paymentsMinor.toString(),
        refunds_count: sums.refundsCount,
        refunds_minor: sums.refundsMinor.toString(),
      };
}

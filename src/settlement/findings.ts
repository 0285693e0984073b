import { newId } from '../base/id.ts';
import { STATEMENT_PIECE_ITEMS } from '../base/limits.ts';
import type { Tx } from '../db/connect.ts';
import { insertBreaks } from './break-store.ts';
import type { Finding } from './compare-line.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import type { Break, Statement } from './statement.ts';

/** Collects what does not agree and writes it in pieces. */
export interface Findings {
  add(finding: Finding): Promise<void>;
  flush(): Promise<void>;
  /** How many were left for a person at once. */
  leftCount(): number;
}

export function openFindings(deps: SettlementDeps, tx: Tx, statement: Statement): Findings {
  const { clock } = deps.cashier.deps;
  let waiting: Break[] = [];
  let left = 0;
  const flush = async (): Promise<void> => {
    const piece = waiting;
    waiting = [];
    await insertBreaks(tx, piece);
  };
  return {
    async add(finding) {
      const now = clock.now();
      left += finding.state === 'left_for_operator' ? 1 : 0;
      waiting.push({
        ...finding,
        book: statement.book,
        id: newId('brk', deps.cashier.deps, statement.book),
        statementId: statement.id,
        merchantId: statement.merchantId,
        walletAccountId: statement.walletAccountId,
        resolution: null,
        evidence: null,
        note: null,
        resolvedBy: null,
        createdAt: now,
        resolvedAt: null,
        dueAt: finding.state === 'open' ? now : null,
        leaseNo: 0n,
        triesCount: 0,
      });
      if (waiting.length >= STATEMENT_PIECE_ITEMS) await flush();
    },
    flush,
    leftCount: () => left,
  };
}

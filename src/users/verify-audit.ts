import { AUDIT_UNCHAINED_SECONDS_MAX, AUDIT_VERIFY_ITEMS } from '../base/limits.ts';
import type { Tx } from '../db/connect.ts';
import { type AuditDeps, CHAIN_START, isHead, isLine, linkHash } from './audit.ts';
import { type ChainedRow, findHead, type HeadRow, listChained, listUnchained } from './audit-store.ts';
import type { AuditFinding, AuditHead } from './users-api.ts';

/**
 * Walks a book's chain from its first line to its head and then looks at what waits to be chained. Sees one moment of the database, while others
 * go on writing. Names the first row that is wrong: edited, put in, taken out, moved, cut off. A head that was put back together with its cut chain
 * is a true head of earlier: only `knownHead`, from the log, tells.
 */
export async function verifyAudit(deps: AuditDeps, book: number, knownHead: AuditHead | null): Promise<AuditFinding> {
  return await deps.sql.begin('isolation level repeatable read read only', async (tx) => {
    const head = await findHead(tx, book);
    if (head !== null && !isHead(deps, book, head)) return broken(head.seq, head.lastId, 'the head was altered');
    const walked = await walk(deps, tx, book, knownHead);
    if ('kind' in walked) return walked;
    return (
      compareHead(walked, head) ??
      compareKnown(walked, knownHead) ??
      (await findLeftOut(deps, tx, book)) ?? {
        kind: 'whole',
        head: { seq: walked.seq, hash: walked.hash.toString('hex') },
        linesCount: walked.seq,
      }
    );
  });
}

interface Walked {
  seq: bigint;
  id: string | null;
  hash: Buffer;
}

async function walk(
  deps: AuditDeps,
  tx: Tx,
  book: number,
  knownHead: AuditHead | null,
): Promise<Walked | AuditFinding> {
  let at: Walked = { seq: 0n, id: null, hash: CHAIN_START };
  for (;;) {
    const rows = await listChained(tx, book, at.seq, AUDIT_VERIFY_ITEMS);
    for (const row of rows) {
      const fault = faultOf(deps, at, row, knownHead);
      if (fault !== null) return fault;
      at = { seq: row.seq, id: row.id, hash: row.hash };
    }
    if (rows.length < AUDIT_VERIFY_ITEMS) return at;
  }
}

function faultOf(deps: AuditDeps, at: Walked, row: ChainedRow, knownHead: AuditHead | null): AuditFinding | null {
  const { seq, id } = row;
  if (seq !== at.seq + 1n) return broken(at.seq + 1n, null, 'a line is gone');
  if (!isLine(deps, row)) return broken(seq, id, 'the line was altered or was not written by us');
  if (!linkHash(at.hash, seq, row).equals(row.hash)) return broken(seq, id, 'the line does not follow the one before');
  if (knownHead?.seq === seq && knownHead.hash !== row.hash.toString('hex'))
    return broken(seq, id, 'the chain is another one than the log told');
  return null;
}

function compareHead(walked: Walked, head: HeadRow | null): AuditFinding | null {
  if (head === null) return walked.seq === 0n ? null : broken(walked.seq, walked.id, 'the head is gone');
  if (walked.seq < head.seq) {
    const missing = walked.seq + 1n;
    return broken(missing, missing === head.seq ? head.lastId : null, 'the last lines are gone');
  }
  if (walked.seq > head.seq || !head.hash.equals(walked.hash))
    return broken(walked.seq, walked.id, 'the chain does not end at its head');
  return null;
}

function compareKnown(walked: Walked, knownHead: AuditHead | null): AuditFinding | null {
  if (knownHead === null || walked.seq >= knownHead.seq) return null;
  return broken(walked.seq + 1n, null, 'the chain is shorter than the log told');
}

async function findLeftOut(deps: AuditDeps, tx: Tx, book: number): Promise<AuditFinding | null> {
  const oldestMs = deps.clock.now().getTime() - AUDIT_UNCHAINED_SECONDS_MAX * 1000;
  for (const row of await listUnchained(tx, book, AUDIT_VERIFY_ITEMS)) {
    if (!isLine(deps, row)) return broken(null, row.id, 'the line was altered or was not written by us');
    if (row.at.getTime() < oldestMs) return broken(null, row.id, 'the line was left out of the chain');
  }
  return null;
}

function broken(seq: bigint | null, id: string | null, why: string): AuditFinding {
  return { kind: 'broken', seq, id, why };
}

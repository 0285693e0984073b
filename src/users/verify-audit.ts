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
    const { end, suspect, fault } = await walk(deps, tx, book, knownHead);
    const chainFault = fault ?? compareHead(end, head);
    // The signed head vouches for every line that leads to it, also for those whose key is long gone. Where it does not, the first line
    // whose own signature is wrong is the one to look at.
    if (chainFault !== null) return suspect ?? chainFault;
    return (
      compareKnown(end, knownHead) ??
      (await findLeftOut(deps, tx, book)) ?? {
        kind: 'whole',
        head: { seq: end.seq, hash: end.hash.toString('hex') },
        linesCount: end.seq,
      }
    );
  });
}

interface Place {
  seq: bigint;
  id: string | null;
  hash: Buffer;
}

interface Walk {
  /** The last line that follows those before it. */
  end: Place;
  /** The first line up to there whose own signature does not fit. */
  suspect: AuditFinding | null;
  fault: AuditFinding | null;
}

async function walk(deps: AuditDeps, tx: Tx, book: number, knownHead: AuditHead | null): Promise<Walk> {
  let end: Place = { seq: 0n, id: null, hash: CHAIN_START };
  let suspect: AuditFinding | null = null;
  for (;;) {
    const rows = await listChained(tx, book, end.seq, AUDIT_VERIFY_ITEMS);
    for (const row of rows) {
      const { seq, id, hash } = row;
      if (seq !== end.seq + 1n) return { end, suspect, fault: broken(end.seq + 1n, null, 'a line is gone') };
      if (!isLine(deps, row)) suspect ??= broken(seq, id, NOT_OURS);
      const fault = linkFault(end, row, knownHead);
      if (fault !== null) return { end, suspect, fault };
      end = { seq, id, hash };
    }
    if (rows.length < AUDIT_VERIFY_ITEMS) return { end, suspect, fault: null };
  }
}

const NOT_OURS = 'the line was altered or was not written by us';

function linkFault(end: Place, row: ChainedRow, knownHead: AuditHead | null): AuditFinding | null {
  const { seq, id, hash } = row;
  if (!linkHash(end.hash, seq, row).equals(hash)) return broken(seq, id, 'the line does not follow the one before');
  if (knownHead?.seq === seq && knownHead.hash !== hash.toString('hex'))
    return broken(seq, id, 'the chain is another one than the log told');
  return null;
}

function compareHead(walked: Place, head: HeadRow | null): AuditFinding | null {
  if (head === null) return walked.seq === 0n ? null : broken(walked.seq, walked.id, 'the head is gone');
  if (walked.seq < head.seq) {
    const missing = walked.seq + 1n;
    return broken(missing, missing === head.seq ? head.lastId : null, 'the last lines are gone');
  }
  if (walked.seq > head.seq || !head.hash.equals(walked.hash))
    return broken(walked.seq, walked.id, 'the chain does not end at its head');
  return null;
}

function compareKnown(walked: Place, knownHead: AuditHead | null): AuditFinding | null {
  if (knownHead === null || walked.seq >= knownHead.seq) return null;
  return broken(walked.seq + 1n, null, 'the chain is shorter than the log told');
}

async function findLeftOut(deps: AuditDeps, tx: Tx, book: number): Promise<AuditFinding | null> {
  const oldestMs = deps.clock.now().getTime() - AUDIT_UNCHAINED_SECONDS_MAX * 1000;
  for (const row of await listUnchained(tx, book, AUDIT_VERIFY_ITEMS)) {
    if (!isLine(deps, row)) return broken(null, row.id, NOT_OURS);
    if (row.at.getTime() < oldestMs) return broken(null, row.id, 'the line was left out of the chain');
  }
  return null;
}

function broken(seq: bigint | null, id: string | null, why: string): AuditFinding {
  return { kind: 'broken', seq, id, why };
}

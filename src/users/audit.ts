import { createHash } from 'node:crypto';
import { assert } from '../base/assert.ts';
import { newId } from '../base/id.ts';
import { AUDIT_CHAIN_ITEMS_MAX, AUDIT_FACTS_BYTES_MAX } from '../base/limits.ts';
import type { Sql, Tx } from '../db/connect.ts';
import {
  type AuditRow,
  chainLines,
  type HeadRow,
  insertAuditLines,
  insertHead,
  listUnchained,
  lockHead,
  updateHead,
} from './audit-store.ts';
import type { AuditLine } from './users.ts';
import type { AuditHead } from './users-api.ts';
import type { UsersDeps } from './users-deps.ts';

/*
 * A line is written in the transaction of the deed, signed with a key outside the database, and waits for nobody. A moment later one process at a
 * time chains what was committed: each line gets the next number and SHA-256 over the hash before it, its number, its signature and itself. So an
 * edited line, a line put in, one taken out and a chain cut short are all found, and busy people do not queue behind one row.
 */

export type AuditDeps = Pick<UsersDeps, 'sql' | 'clock' | 'random' | 'keyring' | 'log'>;

/** Writes lines in the caller's transaction. */
export async function audit(deps: AuditDeps, tx: Sql | Tx, lines: readonly AuditLine[]): Promise<void> {
  if (lines.length === 0) return;
  const at = deps.clock.now();
  const rows = lines.map(({ book, userId, event, facts }): AuditRow => {
    const line = { book, id: newId('aud', deps, book), userId, event, facts: factsText(facts), at };
    assert(Buffer.byteLength(line.facts) <= AUDIT_FACTS_BYTES_MAX, 'an audit line is short');
    return { ...line, mac: deps.keyring.digest(LINE, lineText(line)) };
  });
  await insertAuditLines(tx, rows);
}

/** For what happens without a transaction of its own: a wrong PIN. */
export async function auditAlone(deps: AuditDeps, line: AuditLine): Promise<void> {
  await audit(deps, deps.sql, [line]);
}

/** Chains what waits, at most AUDIT_CHAIN_ITEMS_MAX lines; returns the head and how many it added. @throws an Error when the head was forged. */
export async function chainAudit(deps: AuditDeps, book: number): Promise<{ head: AuditHead; count: number }> {
  return await deps.sql.begin(async (tx) => {
    const head = (await lockHead(tx, book)) ?? (await beginChain(deps, tx, book));
    assert(isHead(deps, book, head), 'the head of the audit chain is the one that we signed');
    const waiting = await listUnchained(tx, book, AUDIT_CHAIN_ITEMS_MAX);
    // What we did not write is not taken into the chain: the head's signature would vouch for it.
    const lines = waiting.filter((line) => isLine(deps, line));
    const forged = waiting.find((line) => !isLine(deps, line));
    if (forged !== undefined) deps.log.error({ book, id: forged.id }, 'an audit line was not written by us');
    let [seq, hash] = [head.seq, head.hash];
    const links = lines.map((line) => {
      seq += 1n;
      hash = linkHash(hash, seq, line);
      return { id: line.id, seq, hash };
    });
    const last = links.at(-1);
    if (last !== undefined) {
      await chainLines(tx, book, links);
    }
    // Also when nothing is added and the newest key is another one: older keys can go, and the chain still holds.
    const signed = signHead(deps, book, { seq, lastId: last?.id ?? head.lastId, hash });
    if (!signed.mac.equals(head.mac)) await updateHead(tx, book, signed);
    return { head: { seq, hash: hash.toString('hex') }, count: links.length };
  });
}

async function beginChain(deps: AuditDeps, tx: Tx, book: number): Promise<HeadRow> {
  const head = signHead(deps, book, { seq: 0n, lastId: null, hash: CHAIN_START });
  if (await insertHead(tx, book, head)) return head;
  const begun = await lockHead(tx, book);
  assert(begun !== null, 'a chain that was begun has a head');
  return begun;
}

/** What stands before a book's first line. */
export const CHAIN_START = Buffer.alloc(32);

export function linkHash(previous: Buffer, seq: bigint, line: AuditRow): Buffer {
  return createHash('sha256').update(previous).update(`${seq} `).update(line.mac).update(lineText(line)).digest();
}

export function isLine(deps: Pick<AuditDeps, 'keyring'>, line: AuditRow): boolean {
  return deps.keyring.isDigest(LINE, lineText(line), line.mac);
}

export function isHead(deps: Pick<AuditDeps, 'keyring'>, book: number, head: HeadRow): boolean {
  return deps.keyring.isDigest(HEAD, headText(book, head), head.mac);
}

const LINE = 'audit line';
const HEAD = 'audit head';

function signHead(deps: AuditDeps, book: number, head: Omit<HeadRow, 'mac'>): HeadRow {
  return { ...head, mac: deps.keyring.digest(HEAD, headText(book, head)) };
}

function headText(book: number, head: Omit<HeadRow, 'mac'>): string {
  return JSON.stringify([book, head.seq.toString(), head.lastId, head.hash.toString('hex')]);
}

function lineText(line: Omit<AuditRow, 'mac'>): string {
  return JSON.stringify([line.book, line.id, line.userId, line.event, line.facts, line.at.toISOString()]);
}

/** Keys in order, so that one set of facts has one text. */
function factsText(facts: AuditLine['facts']): string {
  return JSON.stringify(Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1))));
}

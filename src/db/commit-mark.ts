import { setTimeout as sleep } from 'node:timers/promises';
import { COMMIT_LOOKUP_SECONDS_MAX, COMMIT_MARK_DAYS } from '../base/limits.ts';
import { pauseMs } from './backoff.ts';
import type { Sql, Tx } from './connect.ts';

/** The answer to a commit was lost and could not be found out: the writes are there completely, or not at all. */
export class CommitUnknown extends Error {
  constructor(options: ErrorOptions) {
    super('it is not known whether the transaction was committed', options);
    this.name = 'CommitUnknown';
  }
}

/** Writes the number of this transaction into the batcher's row; the row stays locked until the transaction ends. */
export async function writeMark(tx: Tx, batcher: string, mark: bigint): Promise<void> {
  await tx`
    insert into commit_marks (batcher, mark, marked_at)
    values (${batcher}, ${mark}, now())
    on conflict (batcher) do update set mark = excluded.mark, marked_at = excluded.marked_at`;
}

/**
 * Whether the transaction that wrote this mark was committed. Touching the row waits for a transaction that is still under
 * way, so the answer is final.
 */
export async function isMarked(sql: Sql, batcher: string, mark: bigint): Promise<boolean> {
  return (await readMark(sql, batcher)) === mark;
}

/** Asks until the database answers. @throws CommitUnknown when it gives no answer within COMMIT_LOOKUP_SECONDS_MAX */
export async function findOut(ask: () => Promise<boolean>): Promise<boolean> {
  const started = process.hrtime.bigint();
  const limit = BigInt(COMMIT_LOOKUP_SECONDS_MAX) * 1_000_000_000n;
  for (let tryNo = 1; ; tryNo++) {
    try {
      return await ask();
    } catch (error) {
      if (process.hrtime.bigint() - started > limit) throw new CommitUnknown({ cause: error });
      await sleep(pauseMs(tryNo));
    }
  }
}

/** Forgets batchers of processes that are long gone. */
export async function sweepMarks(sql: Sql): Promise<void> {
  await sql`delete from commit_marks where marked_at < now() - make_interval(days => ${COMMIT_MARK_DAYS})`;
}

async function readMark(sql: Sql, batcher: string): Promise<bigint> {
  const [row] = await sql<{ mark: bigint }[]>`
    insert into commit_marks (batcher, mark, marked_at)
    values (${batcher}, 0, now())
    on conflict (batcher) do update set marked_at = excluded.marked_at
    returning mark`;
  return row?.mark ?? 0n;
}

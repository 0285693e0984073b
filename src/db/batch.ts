import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '../base/assert.ts';
import { isConnectionLoss } from '../base/connection-loss.ts';
import { TRANSACTION_TRIES_MAX } from '../base/limits.ts';
import { systemRandom } from '../base/random.ts';
import { Refusal } from '../base/refusal.ts';
import { pauseMs } from './backoff.ts';
import { findOut, isMarked, sweepMarks, writeMark } from './commit-mark.ts';
import type { Sql, Tx } from './connect.ts';

const RETRY_AFTER_SECONDS = 1;

export interface BatchOptions<In, Out> {
  /** For people: shown in refusals. */
  name: string;
  sql: Sql;
  /** The most that one transaction takes on. */
  itemsMax: number;
  /** The most that waits; more is refused. */
  queueMax: number;
  /** What an item counts towards both, usually 1. */
  sizeOf?: (item: In) => number;
  /**
   * Does all items in one transaction and answers each at its index, a Refusal for one that is declined. It may run again
   * after a rollback, so it changes nothing but the database. An error is taken to be the fault of a single item: that
   * one is found by halving, and only its caller sees the error.
   */
  run(tx: Tx, items: readonly In[]): Promise<readonly (Out | Refusal)[]>;
  /**
   * For a `run` whose own writes can tell, when the answer to a commit was lost, whether it happened: asked with the answers
   * of that `run`. It must wait for a transaction that is still under way. Without it, every transaction writes a mark.
   */
  wasCommitted?: (sql: Sql, answers: readonly (Out | Refusal)[]) => Promise<boolean>;
}

export interface Batch<In, Out> {
  /**
   * Resolves when the item's write is durable. @throws Refusal `overloaded` (queue full, or too many conflicts),
   * `unavailable` (no database), or what `run` declined with: nothing was written. @throws CommitUnknown
   */
  submit(item: In): Promise<Out>;
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>;
  /** Takes nothing more and resolves when all is done. */
  close(): Promise<void>;
}

/**
 * Group commit: what arrives while a transaction is under way goes into the next one. There is no timer; a request that
 * comes alone waits for nobody. Transactions of one batch follow one another, so `run` never meets itself.
 */
export function createBatch<In, Out>(options: BatchOptions<In, Out>): Batch<In, Out> {
  const sizeOf = options.sizeOf ?? (() => 1);
  const runner = createRunner(options);
  const queue: Entry<In, Out>[] = [];
  let queuedSize = 0;
  let closed = false;
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    while (queue.length > 0) {
      // All that this turn of the event loop still brings goes along.
      await new Promise((resolve) => setImmediate(resolve));
      const reached = await runner.run(takeBatch());
      // Who waited through the same outage hears of it now, instead of waiting through it again.
      if (!reached) for (const entry of takeAll()) entry.reject(unavailable(options.name));
    }
    working = undefined;
  }

  function takeBatch(): Entry<In, Out>[] {
    let count = 0;
    for (let size = 0; count < queue.length; count++) {
      size += queue[count]?.size ?? 0;
      if (size > options.itemsMax && count > 0) break;
    }
    return take(count);
  }

  const takeAll = (): Entry<In, Out>[] => take(queue.length);

  function take(count: number): Entry<In, Out>[] {
    const taken = queue.splice(0, count);
    for (const entry of taken) queuedSize -= entry.size;
    return taken;
  }

  async function submit(item: In): Promise<Out> {
    if (closed) throw unavailable(options.name);
    const size = sizeOf(item);
    if (queuedSize + size > options.queueMax) throw overloaded(options.name);
    return new Promise<Out>((resolve, reject) => {
      queue.push({ item, size, resolve, reject });
      queuedSize += size;
      working ??= work();
    });
  }

  async function idle(): Promise<void> {
    await working;
    if (working) await idle();
  }

  return {
    submit,
    idle,
    close() {
      closed = true;
      return idle();
    },
  };
}

interface Entry<In, Out> {
  item: In;
  size: number;
  resolve(out: Out): void;
  reject(error: unknown): void;
}

/** Settles every entry it is given; `run` tells whether the database could be reached. */
interface Runner<In, Out> {
  run(entries: readonly Entry<In, Out>[]): Promise<boolean>;
}

function createRunner<In, Out>(options: BatchOptions<In, Out>): Runner<In, Out> {
  const { name, sql, wasCommitted } = options;
  const batcher = systemRandom.bytes(12).toString('base64url');
  let mark = 0n;
  let swept = false;

  async function runEntries(entries: readonly Entry<In, Out>[]): Promise<boolean> {
    for (let tryNo = 1; ; tryNo++) {
      const failure = await tryOnce(entries);
      if (failure === undefined) return true;
      const kind = kindOf(failure.error);
      if (kind === 'ours' && entries.length > 1) return runHalves(entries);
      if (kind === 'ours' || failure.final) {
        rejectAll(entries, () => failure.error);
        return true;
      }
      if (tryNo === TRANSACTION_TRIES_MAX) {
        rejectAll(entries, () => (kind === 'conflict' ? overloaded(name) : unavailable(name)));
        return kind === 'conflict';
      }
      // A database that starts again needs a second or two; a conflict is over sooner.
      await sleep(pauseMs(kind === 'away' ? tryNo + 2 : tryNo));
    }
  }

  async function runHalves(entries: readonly Entry<In, Out>[]): Promise<boolean> {
    const middle = Math.ceil(entries.length / 2);
    if (await runEntries(entries.slice(0, middle))) return runEntries(entries.slice(middle));
    rejectAll(entries.slice(middle), () => unavailable(name));
    return false;
  }

  /** Undefined when the transaction was committed and everybody has their answer; else nothing was written, unless `final`. */
  async function tryOnce(entries: readonly Entry<In, Out>[]): Promise<{ error: unknown; final: boolean } | undefined> {
    const myMark = (mark += 1n);
    let answers: readonly (Out | Refusal)[] = [];
    let answered = false;
    try {
      await sql.begin(async (tx) => {
        // Not waited for: begin, the mark and the first read of `run` travel together.
        const marked = wasCommitted ? undefined : writeMark(tx, batcher, myMark);
        const running = (async () => options.run(tx, entries.map(itemOf)))();
        const [found] = await Promise.all([running, marked]);
        assert(found.length === entries.length, `${name} answers every item`);
        answers = found;
        answered = true;
      });
    } catch (error) {
      if (!answered || !isConnectionLoss(error)) return { error, final: false };
      // The commit was sent and its answer lost.
      try {
        const ask = () => (wasCommitted ? wasCommitted(sql, answers) : isMarked(sql, batcher, myMark));
        if (!(await findOut(ask))) return { error, final: false };
      } catch (unknown) {
        return { error: unknown, final: true };
      }
    }
    settle(entries, answers);
    if (!swept && !wasCommitted) {
      swept = true;
      void sweepMarks(sql).catch(() => undefined); // only tidying; the next process tries again
    }
    return undefined;
  }

  return { run: runEntries };
}

/** conflict: try again soon. away: the database, not the items. ours: one of the items, or `run` itself. */
function kindOf(error: unknown): 'conflict' | 'away' | 'ours' {
  if (isConnectionLoss(error)) return 'away';
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  // serialization_failure, deadlock_detected, lock_not_available
  if (code === '40001' || code === '40P01' || code === '55P03') return 'conflict';
  // 53: out of memory, disk or connections; 58: system error; 25006: a standby that takes no writes
  if (error instanceof Error && error.name === 'PostgresError' && /^(53|58|25006)/.test(code)) return 'away';
  return 'ours';
}

function settle<In, Out>(entries: readonly Entry<In, Out>[], answers: readonly (Out | Refusal)[]): void {
  for (const [index, entry] of entries.entries()) {
    const answer = answers[index] as Out | Refusal; // as many as entries, asserted above
    if (answer instanceof Refusal) entry.reject(answer);
    else entry.resolve(answer);
  }
}

function rejectAll<In, Out>(entries: readonly Entry<In, Out>[], error: () => unknown): void {
  for (const entry of entries) entry.reject(error());
}

function itemOf<In, Out>(entry: Entry<In, Out>): In {
  return entry.item;
}

function overloaded(name: string): Refusal {
  return new Refusal('overloaded', `There is more to do than fits (${name}).`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

function unavailable(name: string): Refusal {
  return new Refusal('unavailable', `The database cannot be reached (${name}).`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

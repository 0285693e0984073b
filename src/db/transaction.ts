import { assert } from '../base/assert.ts';
import type { Driver, Lane, Query } from './lane.ts';
import { connectionClosed } from './lane.ts';
import { offer } from './offer.ts';
import type { Tx } from './connect.ts';

/** The modes that `begin` may be given, as PostgreSQL spells them: `isolation level serializable`, `read only`. */
const MODE = /^[a-z ,]*$/i;

/**
 * Runs `work` in one transaction on a lane. `begin` is not waited for: it travels with the first statement. An error of
 * any statement rolls everything back, also when `work` swallowed it. When the connection is lost during `commit` the
 * outcome is unknown to the caller; batch.ts finds it out.
 */
export async function runTransaction<T>(
  lane: Lane,
  driver: Driver,
  mode: string,
  work: (tx: Tx) => T | Promise<T>,
): Promise<Awaited<T>> {
  assert(MODE.test(mode), 'a transaction mode is made of words');
  const state: State = { lane, driver, failure: undefined, over: false, savepoints: 0 };
  const tx = offerTx(state);
  const begun = tx.unsafe(`begin ${mode}`).execute();
  let result: Awaited<T>;
  try {
    result = await together(work(tx));
    await begun;
    if (state.failure !== undefined) throw state.failure;
  } catch (error) {
    await begun.catch(() => undefined);
    throw await rollBack(state, error);
  }
  state.over = true;
  const { command } = await runOn(lane, driver, 'commit');
  // PostgreSQL answers a commit of a broken transaction with ROLLBACK and no error.
  if (command !== 'COMMIT') throw state.failure ?? new Error('the transaction was rolled back by the database');
  return result;
}

interface State {
  lane: Lane;
  driver: Driver;
  /** The first statement that failed and was not undone by a savepoint. */
  failure: unknown;
  over: boolean;
  savepoints: number;
}

function offerTx(state: State): Tx {
  const send = (query: Query): void => {
    if (state.over) return query.reject(new Error('the transaction is over'));
    query.catch((error: unknown) => (state.failure ??= error));
    state.lane.run(query);
  };
  const tx: Tx = offer(state.driver, send, {
    savepoint: (...args: unknown[]) => runSavepoint(state, tx, args.at(-1) as SavepointWork), // (fn) or (name, fn)
  });
  return tx;
}

type SavepointWork = (tx: Tx) => unknown;

async function runSavepoint(state: State, tx: Tx, work: SavepointWork): Promise<unknown> {
  const before = state.failure;
  const name = `s${(state.savepoints += 1)}`;
  await tx.unsafe(`savepoint ${name}`);
  try {
    const result = await together(work(tx));
    if (state.failure !== before) throw state.failure;
    return result;
  } catch (error) {
    await tx.unsafe(`rollback to savepoint ${name}`);
    state.failure = before;
    throw error;
  }
}

/** Returns the error to show: the first one, not PostgreSQL's complaint about statements that came after it. */
async function rollBack(state: State, error: unknown): Promise<unknown> {
  state.over = true;
  try {
    await runOn(state.lane, state.driver, 'rollback');
  } catch {
    state.lane.close(); // in an unknown state: nobody may use it again
  }
  const consequence = error instanceof Error && 'code' in error && error.code === '25P02'; // in_failed_sql_transaction
  return consequence ? (state.failure ?? error) : error;
}

async function runOn(lane: Lane, driver: Driver, text: string): Promise<{ command: string }> {
  if (lane.dead) throw connectionClosed();
  return offer(driver, (query) => lane.run(query), {}).unsafe(text);
}

/** As the driver does: a list of queries is waited for as one. */
async function together<T>(result: T | Promise<T>): Promise<Awaited<T>> {
  if (!Array.isArray(result)) return await result;
  const all: unknown = await Promise.all(result);
  return all as Awaited<T>; // the list of the same type, each member waited for
}

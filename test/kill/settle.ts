import type { Sql } from '../../src/db/connect.ts';
import type { Sleeper } from './order-steps.ts';
import { NOTIFY_DELAYS_MS, type World } from './world.ts';

const LEAP_MS = 601_000;
const LEAPS_MAX = 80;
const SHORT_LEAPS = 12;
/** By now every payment has expired. */
const LEAPS_UNTIL_LATE = 3;
/** Every loop of the server looks at least so often what there is to do. */
const LOOP_MS = 1000;
const LOOK_MS = 50;
/** So often in a row nothing may be under way: between two steps of one thing it may look so once. */
const LOOKS_AT_REST = 4;
/** What is due and stays so is held by one who is dead: only time ends that. */
const STUCK_MS = 10_000;

/** What may be open, and who can tell. */
export interface OpenThings {
  sql: Sql;
  /** Things that are not over, and those of them for which it is time. */
  count: (now: Date) => Promise<{ open: bigint; due: bigint }>;
  /** Some of them in words. */
  describe: () => Promise<string[]>;
  /** How far each leap goes once the first, short ones are over. */
  longLeapMs: number;
}

/** Lets hours pass until nothing is open any more; answers how many leaps it took. `afterLeaps` is called once, when all has expired. */
export async function settle(
  { clock, server }: Pick<World, 'clock' | 'server'>,
  things: OpenThings,
  afterLeaps: () => void,
): Promise<number> {
  for (let leaps = 0; leaps < LEAPS_MAX; leaps++) {
    await comeToRest({ clock, server }, things);
    if (leaps === LEAPS_UNTIL_LATE) afterLeaps();
    if (leaps > LEAPS_UNTIL_LATE && (await things.count(clock.now())).open === 0n) return leaps;
    server.leap(leaps < SHORT_LEAPS ? LEAP_MS : things.longLeapMs);
  }
  const { open, due } = await things.count(clock.now());
  const lines = await things.describe();
  throw new Error(`${open} things are still open after ${LEAPS_MAX} leaps, ${due} of them due\n${lines.join('\n')}`);
}

/**
 * A call that is still on its way when ten minutes pass at once looks lost to whoever asks afterwards, which no call of ten seconds ever does.
 * So time only goes on when all that is due has been taken in hand, no statement runs, and every call has come back; however long the
 * machine needs for that.
 */
async function comeToRest({ clock, server }: Pick<World, 'clock' | 'server'>, things: OpenThings): Promise<void> {
  await pause(LOOP_MS);
  let changed = { due: 0n, atMs: performance.now() };
  for (let looks = 0; looks < LOOKS_AT_REST; ) {
    await pause(LOOK_MS);
    await server.callsEnded();
    const { due } = await things.count(clock.now());
    if (due !== changed.due) changed = { due, atMs: performance.now() };
    const isStuck = performance.now() - changed.atMs > STUCK_MS;
    const isAtRest = (due === 0n || isStuck) && !(await isAtWork(things.sql));
    looks = isAtRest ? looks + 1 : 0;
  }
}

/** Whether anybody but us has a statement or a transaction under way. */
async function isAtWork(sql: Sql): Promise<boolean> {
  const rows = await sql`
    select 1 from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' and backend_type = 'client backend'`;
  return rows.length > 0;
}

/** What the cashier may still owe; `lateOnes` paid when all was over, and only the wallet can tell us that. */
export function openPayments(sql: Sql, lateOnes: readonly Sleeper[]): OpenThings {
  return {
    sql,
    async count(now) {
      const { open, due } = await countOpen(sql, now);
      return { open: open + BigInt(lateOnes.filter(isToBeTold).length), due };
    },
    async describe() {
      const untold = lateOnes
        .filter(isToBeTold)
        .map(({ wallet, orderNo }) => `${wallet.name} has yet to tell ${orderNo}`);
      return [...(await describeOpen(sql)), ...untold].slice(0, LINES_SHOWN_MAX);
    },
    // Some wallets' silence is believed only after a day.
    longLeapMs: 3_601_000,
  };
}

function isToBeTold({ wallet, orderNo }: Sleeper): boolean {
  const paid = wallet.sandbox
    .orders({ orderNo })
    .filter(({ kind, state }) => kind === 'payment' && state === 'succeeded');
  return paid.some((order) => !order.notify_acknowledged && order.notify_tries < NOTIFY_DELAYS_MS.length);
}

const LINES_SHOWN_MAX = 10;

async function describeOpen(sql: Sql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select concat_ws(' ', id, wallet, scene, outcome, unknown_reason, 'asked', asks_count, 'due', due_at) as line
    from attempts where outcome in ('pending', 'unknown') or (outcome = 'failed' and due_at is not null)
    union all select concat_ws(' ', id, wallet, outcome, unknown_reason, 'due', due_at)
    from refunds where outcome in ('pending', 'unknown')
    union all select concat_ws(' ', id, state, 'due', due_at) from payments where state not in ('succeeded', 'canceled')
    union all select concat_ws(' ', id, state, 'due', due_at) from webhook_deliveries where state = 'pending'
    limit ${LINES_SHOWN_MAX}`;
  return rows.map((row) => row.line);
}

async function countOpen(sql: Sql, now: Date): Promise<{ open: bigint; due: bigint }> {
  const [row] = await sql<{ open: bigint; due: bigint }[]>`
    select count(*) as open, count(*) filter (where due_at <= ${now}) as due
    from (
      select due_at from attempts where outcome in ('pending', 'unknown')
      union all select due_at from attempts where outcome = 'failed' and due_at <= ${now}
      union all select due_at from refunds where outcome in ('pending', 'unknown')
      union all select due_at from payments where state not in ('succeeded', 'canceled')
      union all select due_at from webhook_deliveries where state = 'pending'
    ) as owed`;
  if (row === undefined) throw new Error('a count is one row');
  return row;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

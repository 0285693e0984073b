import type { Sql } from '../../src/db/connect.ts';
import type { World } from './world.ts';

const LEAP_MS = 601_000;
const LEAPS_MAX = 80;
const LOOKS_MAX = 40;
const SHORT_LEAPS = 12;
/** By now every payment has expired. */
const LEAPS_UNTIL_LATE = 3;

/**
 * A call that is still on its way when ten minutes pass at once looks lost to whoever asks afterwards, which no call of ten seconds ever does:
 * so long every call has to arrive, also on a busy machine.
 */
const CALLS_MS = 1000;
/** What was sent before the last kill may still be worked on by a slow wallet; the first ten minutes begin after that. */
const ARRIVALS_MS = 4000;

/** What may be open, and who can tell. */
export interface OpenThings {
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
  await pause(ARRIVALS_MS);
  for (let leaps = 0; leaps < LEAPS_MAX; leaps++) {
    if (leaps === LEAPS_UNTIL_LATE) afterLeaps();
    if (leaps > LEAPS_UNTIL_LATE && (await things.count(clock.now())).open === 0n) return leaps;
    server.leap(leaps < SHORT_LEAPS ? LEAP_MS : things.longLeapMs);
    for (let looks = 0; looks < LOOKS_MAX && (await things.count(clock.now())).due > 0n; looks++) await pause(100);
    await pause(CALLS_MS);
  }
  const { open, due } = await things.count(clock.now());
  const lines = await things.describe();
  throw new Error(`${open} things are still open after ${LEAPS_MAX} leaps, ${due} of them due\n${lines.join('\n')}`);
}

/** What the cashier may still owe. */
export function openPayments(sql: Sql): OpenThings {
  // Some wallets' silence is believed only after a day.
  return { count: (now) => countOpen(sql, now), describe: () => describeOpen(sql), longLeapMs: 3_601_000 };
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

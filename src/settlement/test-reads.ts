import { claimRefunds, sendRefund } from '../cashier/send-refund.ts';
import { chartAccountId } from '../ledger/chart.ts';
import { listBreaks } from './break-store.ts';
import type { Break } from './statement.ts';
import { BOOK, type TestWorld } from './test-world.ts';

/* What tests look at. */

/** Every break of the world, in the order of the orders. */
export async function breaksOf(world: TestWorld): Promise<Break[]> {
  const rows = await world.sql<{ id: string }[]>`select id from statements order by day`;
  const all: Break[] = [];
  for (const { id } of rows) {
    const filter = { book: BOOK, statementId: id, kind: null, state: null, after: null, itemsMax: 1000 };
    all.push(...(await listBreaks(world.sql, filter)));
  }
  return all.sort((a, b) => (a.orderNo < b.orderNo ? -1 : 1));
}

/** Takes the shop's refunds to their end, as the cashier's loop does. */
export async function sendRefunds(world: TestWorld): Promise<void> {
  for (const { refund } of await claimRefunds(world.cashier, 10))
    await sendRefund(world.cashier, { refund, firstTime: false });
}

/** Debits less credits. */
export async function balanceOf(world: TestWorld, kind: 'wallet_fees' | 'wallet_receivable'): Promise<bigint> {
  const [account] = await world.ledger.lookupAccounts([chartAccountId(kind, world.walletAccountId, 'CNY', BOOK)]);
  return account === undefined ? 0n : account.debitsPosted - account.creditsPosted;
}

export async function alertKindsOf(world: TestWorld): Promise<string[]> {
  return (await world.sql<{ kind: string }[]>`select kind from alerts order by id`).map(({ kind }) => kind);
}

/** What shops are told, in the order in which it happened; of one moment by type, as different objects have no order. */
export async function eventsOf(world: TestWorld): Promise<{ type: string; data: object }[]> {
  const rows = await world.sql<{ type: string; payload: string }[]>`
    select type, payload
    from events
    order by occurred_at, type, object_seq`;
  return rows.map(({ type, payload }) => ({ type, data: Object(JSON.parse(payload)).data }));
}

/** All that settlement may touch, for comparing before with after. */
export async function everythingOf({ sql }: TestWorld) {
  return {
    statements: await sql`select id, state, theirs, ours, booked, fees_posted_minor from statements order by id`,
    lines: await sql`select * from statement_lines order by statement_id, line_no`,
    files: (await sql`select id from statement_files`).length,
    breaks: await sql`select * from statement_breaks order by id`,
    alerts: await sql`select * from alerts order by id`,
    attempts: await sql`select id, outcome, settled, asks_count from attempts order by id`,
    payments: await sql`select id, state, version from payments order by id`,
    transfers: await sql`select id, amount from ledger_transfers order by id`,
  };
}

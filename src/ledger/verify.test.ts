import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { ManualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { rootDir } from '../base/root.ts';
import type { Sql, Tx } from '../db/connect.ts';
import { exportLedger } from './export-ledger.ts';
import { createLedger } from './ledger.ts';
import { TransferFlags as Flags } from './types.ts';
import { showId } from './verify-store.ts';
import { verifyLedger } from './verify.ts';

const clock = new ManualClock(new Date('2026-11-05T08:00:00Z'));
const start = BigInt(clock.now().getTime()) << 80n;
/** The n-th id of this file, as the tables show it. */
const uuid = (n: number) => showId(start + BigInt(n));
const [SOURCE, PURSE, HISTORIC] = [start + 1n, start + 2n, start + 3n];
let sql: Sql;
let folder: string;

beforeAll(async () => {
  ({ sql } = await freshDatabase());
  folder = await mkdtemp(join(tmpdir(), 'hutong-verify-'));
  const ledger = createLedger({ sql, clock, log: silentLog, book: 0 });
  await ledger.prepareMonths();
  await ledger.createAccounts([
    { id: SOURCE, ledger: 156, code: 1, flags: 0 },
    { id: PURSE, ledger: 156, code: 2, flags: 2, userData128: 5n },
    { id: HISTORIC, ledger: 156, code: 3, flags: 8 },
  ]);
  const move = (n: number, debit: bigint, credit: bigint, amount: bigint, over: object = {}) => ({
    id: start + BigInt(n),
    debitAccountId: debit,
    creditAccountId: credit,
    amount,
    ledger: 156,
    code: 1,
    flags: 0,
    ...over,
  });
  const results = await ledger.createTransfers([
    move(11, SOURCE, PURSE, 500n),
    move(12, PURSE, HISTORIC, 100n),
    move(13, PURSE, HISTORIC, 50n, { flags: Flags.pending }),
    move(14, PURSE, HISTORIC, 60n, { flags: Flags.pending | Flags.closing_credit, timeoutSeconds: 60 }),
  ]);
  expect(results.every(({ status }) => status === 'created')).toBe(true);
  clock.advanceMs(61_000);
  await ledger.expirePending(10);
  await ledger.createTransfers([move(15, 0n, 0n, 20n, { flags: Flags.post_pending_transfer, pendingId: start + 13n })]);
  await ledger.createTransfers([move(16, SOURCE, HISTORIC, 1n), move(17, SOURCE, HISTORIC, 2n)]);
});
afterAll(() => rm(folder, { recursive: true }));

/** Changes rows as only the owner of the database can, looks, and puts everything back. */
async function afterTampering(statement: string, look: (tx: Sql) => Promise<void>): Promise<void> {
  const done = sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    for (const name of ['debits_must_not_exceed_credits', 'balances_are_not_negative']) {
      await tx.unsafe(`alter table ledger_balances drop constraint ${name}`);
    }
    await tx.unsafe(statement);
    await look(asSql(tx));
    throw new Error('put back');
  });
  await expect(done).rejects.toThrow('put back');
}

/** The verifier opens its own snapshot; here it must see what this transaction has done and not committed. */
function asSql(tx: Tx): Sql {
  const begin = async (_mode: string, work: (tx: Tx) => Promise<unknown>) => {
    const result = await tx.savepoint(work);
    await tx`set local session_replication_role = replica`;
    return result;
  };
  // Only `begin` is used of it.
  return { begin } as unknown as Sql;
}

const tamperings: {
  what: string;
  statement: string;
  table: string;
  id: number | null;
  expected?: RegExp;
  found: RegExp;
}[] = [
  {
    what: 'an amount changed',
    statement: `update ledger_transfers set amount = 101 where id = '${uuid(12)}'`,
    table: 'ledger_transfers',
    id: 12,
    expected: /^hash [0-9a-f]{64}$/,
    found: /this row was changed/,
  },
  {
    what: 'a transfer deleted: the one after it no longer follows',
    statement: `delete from ledger_transfers where id = '${uuid(12)}'`,
    table: 'ledger_transfers',
    id: 13,
    found: /removed/,
  },
  {
    what: 'the tail cut off: the head knows',
    statement: `delete from ledger_transfers where id = '${uuid(17)}'`,
    table: 'ledger_balance_history',
    id: 3,
    expected: /no row without an event/,
    found: /one at/,
  },
  {
    what: 'the tail cut off with its history',
    statement: `delete from ledger_balance_history where timestamp = (select timestamp from ledger_transfers where id = '${uuid(17)}');
      delete from ledger_transfers where id = '${uuid(17)}'`,
    table: 'ledger_heads',
    id: null,
    found: /events at the end are missing/,
  },
  {
    what: 'two rows swapped in time',
    statement: `update ledger_transfers t set timestamp = o.timestamp from ledger_transfers o
      where (t.id, o.id) in (('${uuid(11)}', '${uuid(12)}'), ('${uuid(12)}', '${uuid(11)}'))`,
    table: 'ledger_transfers',
    id: 12,
    found: /moved/,
  },
  {
    what: 'a transfer inserted',
    statement: `insert into ledger_transfers select book, '${uuid(99)}', debit_account_id, credit_account_id, amount,
      timestamp + 1, pending_id, user_data_128, user_data_64, user_data_32, timeout_seconds, ledger, code, flags, hash
      from ledger_transfers where id = '${uuid(17)}'`,
    table: 'ledger_transfers',
    id: 99,
    found: /added/,
  },
  {
    what: 'an account changed',
    statement: `update ledger_accounts set flags = 0 where id = '${uuid(2)}'`,
    table: 'ledger_accounts',
    id: 2,
    found: /this row was changed/,
  },
  {
    what: 'a balance changed',
    statement: `update ledger_balances set credits_posted = credits_posted + 1 where account_id = '${uuid(2)}'`,
    table: 'ledger_balances',
    id: 2,
    expected: /credits 500 /,
    found: /credits 501 /,
  },
  {
    what: 'a balance deleted',
    statement: `delete from ledger_balances where account_id = '${uuid(2)}'`,
    table: 'ledger_balances',
    id: 2,
    expected: /a row for every account/,
    found: /none/,
  },
  {
    what: 'a kept balance changed',
    statement: `update ledger_balance_history set credits_posted = 7 where timestamp =
      (select timestamp from ledger_transfers where id = '${uuid(16)}')`,
    table: 'ledger_balance_history',
    id: 3,
    expected: /credits 121 /,
    found: /credits 7 /,
  },
  {
    what: 'a pending transfer said to be pending still',
    statement: `update ledger_pending_transfers set status = 'pending' where transfer_id = '${uuid(13)}'`,
    table: 'ledger_pending_transfers',
    id: 13,
    expected: /^posted/,
    found: /^pending/,
  },
  {
    what: 'an expiry deleted',
    statement: `delete from ledger_expiries`,
    table: 'ledger_transfers',
    id: 15,
    found: /removed/,
  },
  {
    what: 'the head set back',
    statement: `update ledger_heads set last_timestamp = last_timestamp - 1`,
    table: 'ledger_heads',
    id: null,
    found: /the head was changed/,
  },
];

describe('verifying the ledger', () => {
  test('finds nothing wrong where nothing is', async () => {
    const progress: number[] = [];
    const found = await verifyLedger({ sql, onProgress: ({ events }) => progress.push(events) });
    expect(found).toEqual({ ok: true, books: [{ book: 0, events: 11, accounts: 3, hash: expect.any(String) }] });
    expect(progress).toEqual([11]);
  });

  test.each(tamperings)('names the row: $what', async ({ statement, table, id, expected, found }) => {
    await afterTampering(statement, async (tx) => {
      const result = await verifyLedger({ sql: tx });
      if (result.ok) throw new Error('nothing was noticed');
      expect(result).toMatchObject({ book: 0, table, found: expect.stringMatching(found) });
      if (id !== null) expect(result.id).toBe(uuid(id));
      if (expected) expect(result.expected).toMatch(expected);
      expect(result.text).toContain(table);
    });
  });
});

describe('the stand-alone verifier', () => {
  const script = join(rootDir, 'scripts', 'verify-ledger-export.mjs');
  const run = (path: string) =>
    new Promise<{ code: number; out: string }>((resolve) => {
      const child = execFile(process.execPath, [script, path], (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, out: stdout + stderr });
      });
    });

  async function exportTo(name: string, from: Sql): Promise<string> {
    const path = join(folder, name);
    const out = createWriteStream(path);
    await exportLedger(from, out);
    out.end();
    await finished(out);
    return path;
  }

  test('imports nothing of ours', async () => {
    const imports = (await readFile(script, 'utf8')).match(/from '[^']+'/g);
    expect(imports?.every((line) => line.startsWith("from 'node:"))).toBe(true);
  });

  test('agrees that nothing is wrong', async () => {
    const { code, out } = await run(await exportTo('right.jsonl', sql));
    expect(out).toBe('right: 11 events in 1 books\n');
    expect(code).toBe(0);
  });

  test.each(tamperings)('exits 1 and names the line: $what', async ({ statement, table, id }) => {
    await afterTampering(statement, async (tx) => {
      const { code, out } = await run(await exportTo('wrong.jsonl', tx));
      expect(out).toMatch(/^wrong: line \d+, /);
      expect(code).toBe(1);
      const named = id === null ? 'head of book 0' : uuid(id).replaceAll('-', '');
      if (table !== 'ledger_balance_history') expect(out).toContain(named);
    });
  });

  test('refuses a file that ends too early', async () => {
    const path = await exportTo('cut.jsonl', sql);
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    await writeFile(path, `${lines.slice(0, -1).join('\n')}\n`);
    expect((await run(path)).out).toBe('wrong: expected the end of book 0, found the end of the file\n');
    await writeFile(path, '');
    expect((await run(path)).code).toBe(1);
  });
});

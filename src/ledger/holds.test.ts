import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId as newObjectId } from '../base/id.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { createBatch } from '../db/batch.ts';
import { connect } from '../db/connect.ts';
import { chartAccount } from './chart.ts';
import {
  collectFreed,
  type HoldEnd,
  type HoldLine,
  type HoldRequest,
  reserveHolds,
  returnHolds,
  settleHolds,
  useLate,
} from './holds.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { limitAccountId } from './limit-accounts.ts';
import { readRoom, readStandings } from './read-room.ts';
import { clock, openTestLedger, type TestLedger, transact, transfer } from './test-ledger.ts';
import { verifyLedger } from './verify.ts';

let at: TestLedger;
beforeAll(async () => {
  at = await openTestLedger();
});

const BOOK = 0;
const newAttempt = (): string => newObjectId('att', { clock, random: systemRandom }, BOOK);
let names = 0;
const newLimit = (): string => `off_${(names += 1)}/count`;

function line(limit: string, figures: readonly bigint[], over: Partial<HoldLine> = {}): HoldLine {
  return { limit, unit: 'count', currency: 'CNY', figures, amount: 1n, onSuccess: 'commit', ...over };
}

async function reserve(requests: readonly HoldRequest[], ledger: Ledger = at.ledger): Promise<string[]> {
  const results = await transact(at.sql, (tx) => reserveHolds(tx, ledger, BOOK, requests));
  return results.map((result) => (result.kind === 'held' ? 'held' : `no room for ${result.line}`));
}

async function hold(lines: readonly HoldLine[]): Promise<{ id: string; lines: readonly HoldLine[]; told: string }> {
  const id = newAttempt();
  const [told = ''] = await reserve([{ id, lines }]);
  return { id, lines, told };
}

async function end(of: Omit<HoldEnd, 'to'>, to: HoldEnd['to']): Promise<void> {
  await transact(at.sql, (tx) => settleHolds(tx, at.ledger, BOOK, [{ ...of, to }]));
}

async function left(...lines: HoldLine[]): Promise<bigint[]> {
  return readRoom(at.sql, BOOK, lines);
}

describe('a limit', () => {
  test('has its whole figure before anybody held anything', async () => {
    expect(await left(line(newLimit(), [10n]), line(newLimit(), [10n, 3n]))).toEqual([10n, 3n]);
  });

  test('of two lets two in and no third, and one more when one of them failed', async () => {
    const one = line(newLimit(), [2n]);
    const first = await hold([one]);
    const second = await hold([one]);
    expect([first.told, second.told, (await hold([one])).told]).toEqual(['held', 'held', 'no room for 0']);
    expect(await left(one)).toEqual([0n]);
    await end(first, 'release');
    expect(await left(one)).toEqual([1n]);
    await end(second, 'commit');
    expect([(await hold([one])).told, (await hold([one])).told]).toEqual(['held', 'no room for 0']);
  });

  test('is held once, however often the same attempt asks, and ends once', async () => {
    const lines = [line(newLimit(), [5n]), line(newLimit(), [5n])];
    const request = { id: newAttempt(), lines };
    expect(await reserve([request, request])).toEqual(['held', 'held']);
    expect(await reserve([request])).toEqual(['held']);
    expect(await left(...lines)).toEqual([4n, 4n]);
    await end(request, 'commit');
    await end(request, 'commit');
    expect(await left(...lines)).toEqual([4n, 4n]);
    await expect(end(request, 'release')).rejects.toThrow('what was held can be ended');
  });

  test('keeps a refused attempt refused, also when there is room again', async () => {
    const one = line(newLimit(), [1n]);
    const first = await hold([one]);
    const refused = await hold([one]);
    await end(first, 'release');
    expect(await reserve([refused])).toEqual(['no room for 0']);
    expect((await hold([one])).told).toBe('held');
  });

  test('gives all lines or none, and says which one has no room', async () => {
    const [wide, narrow] = [line(newLimit(), [5n]), line(newLimit(), [1n])];
    await hold([narrow]);
    expect((await hold([wide, narrow, wide])).told).toBe('no room for 1');
    expect(await left(wide, narrow)).toEqual([5n, 0n]);
  });

  test('refuses one of a batch and serves the others', async () => {
    const one = line(newLimit(), [2n]);
    const wide = line(newLimit(), [9n]);
    const requests = [[one], [one, wide], [one], [wide]].map((lines) => ({ id: newAttempt(), lines }));
    expect(await reserve(requests)).toEqual(['held', 'held', 'no room for 0', 'held']);
    expect(await left(one, wide)).toEqual([0n, 7n]);
  });

  test('of money gives back what a draw did not take', async () => {
    const budget = line('off_money/money', [10_000n], { unit: 'money', amount: 500n });
    const count = line(newLimit(), [3n]);
    const held = await hold([budget, count]);
    expect(await left(budget)).toEqual([9_500n]);
    await end({ ...held, amounts: [123n, 1n] }, 'commit');
    expect(await left(budget, count)).toEqual([9_877n, 2n]);
  });

  test('of money at risk is free again when the attempt has succeeded', async () => {
    const risk = line('rol_1/money', [1_000n], { unit: 'money', amount: 900n, onSuccess: 'release' });
    const held = await hold([risk]);
    expect((await hold([risk])).told).toBe('no room for 0');
    await end(held, 'commit');
    expect(await left(risk)).toEqual([1_000n]);
  });

  test('of one name in two units or currencies is two limits', async () => {
    const limit = newLimit();
    const lines = [
      line(limit, [1n]),
      line(limit, [1n], { unit: 'money' }),
      line(limit, [1n], { unit: 'money', currency: 'USD' }),
    ];
    expect((await hold(lines)).told).toBe('held');
  });

  test('that is only looked at is neither opened nor written', async () => {
    const limit = newLimit();
    await left(line(limit, [1n]));
    expect(await at.ledger.lookupAccounts([limitAccountId('limit_room', limit, 1, BOOK)])).toEqual([undefined]);
  });
});

describe('what is held instead of something else', () => {
  test('takes its room in the same step', async () => {
    const one = line(newLimit(), [1n]);
    const first = await hold([one]);
    const id = newAttempt();
    expect(await reserve([{ id, lines: [one], insteadOf: [first] }])).toEqual(['held']);
    expect(await reserve([{ id, lines: [one], insteadOf: [first] }])).toEqual(['held']);
    expect(await left(one)).toEqual([0n]);
    await end({ id, lines: [one] }, 'commit');
    expect((await hold([one])).told).toBe('no room for 0');
  });

  test('leaves it as it is where there is no room for all', async () => {
    const [one, full] = [line(newLimit(), [1n]), line(newLimit(), [0n])];
    const first = await hold([one]);
    expect(await reserve([{ id: newAttempt(), lines: [one, full], insteadOf: [first] }])).toEqual(['no room for 1']);
    expect(await left(one)).toEqual([0n]);
    await end(first, 'commit');
  });
});

describe('the figure of a limit', () => {
  test('that is raised while it is being used lets exactly the difference in, once', async () => {
    const limit = newLimit();
    const [before, after] = [line(limit, [2n]), line(limit, [2n, 3n])];
    await hold([before]);
    await hold([before]);
    expect(await left(after)).toEqual([1n]);
    expect((await hold([after])).told).toBe('held');
    expect([(await hold([after])).told, (await hold([before])).told]).toEqual(['no room for 0', 'no room for 0']);
  });

  test('that is lowered takes what is free, and what becomes free later', async () => {
    const limit = newLimit();
    const before = line(limit, [10n]);
    const held = [];
    for (let i = 0; i < 8; i++) held.push(await hold([before]));
    const after = line(limit, [10n, 5n]);
    expect(await left(after)).toEqual([0n]);
    expect((await hold([after])).told).toBe('no room for 0');
    for (const one of held.slice(0, 3)) await end(one, 'release');
    expect(await left(after)).toEqual([0n]);
    expect((await hold([after])).told).toBe('no room for 0');
    await end(held[3] as HoldRequest, 'release'); // eight are held
    expect(await left(after)).toEqual([1n]);
    expect([(await hold([after])).told, (await hold([after])).told]).toEqual(['held', 'no room for 0']);
  });

  test('that went down and up again allows what it says now', async () => {
    const limit = newLimit();
    for (let i = 0; i < 8; i++) await hold([line(limit, [10n])]);
    await hold([line(limit, [10n, 5n])]);
    const now = line(limit, [10n, 5n, 9n, 9n]);
    expect(await left(now)).toEqual([1n]);
    expect([(await hold([now])).told, (await hold([now])).told]).toEqual(['held', 'no room for 0']);
  });

  test('of nothing lets nobody in', async () => {
    expect((await hold([line(newLimit(), [0n])])).told).toBe('no room for 0');
  });

  test('that was filled and asked again in a transaction that is rolled back is filled by the next', async () => {
    const limit = newLimit();
    const lost = at.sql.begin(async (tx) => {
      for (const figures of [[1n, 2n], [1n]])
        await reserveHolds(tx, at.ledger, BOOK, [{ id: newAttempt(), lines: [line(limit, figures)] }]);
      throw new Error('rolled back');
    });
    await expect(lost).rejects.toThrow('rolled back');
    expect((await hold([line(limit, [1n])])).told).toBe('held');
  });

  test('that is filled in a transaction that is rolled back is filled by the next', async () => {
    const one = line(newLimit(), [1n]);
    const lost = at.sql.begin(async (tx) => {
      await reserveHolds(tx, at.ledger, BOOK, [{ id: newAttempt(), lines: [one] }]);
      await reserveHolds(tx, at.ledger, BOOK, [{ id: newAttempt(), lines: [one] }]);
      throw new Error('rolled back');
    });
    await expect(lost).rejects.toThrow('rolled back');
    expect((await hold([one])).told).toBe('held');
  });
});

describe('money that comes late', () => {
  test('takes the room that there is', async () => {
    const one = line(newLimit(), [1n]);
    const given = await hold([one]);
    await end(given, 'release');
    expect(await at.sql.begin((tx) => useLate(tx, at.ledger, BOOK, [given]))).toEqual([[]]);
    expect(await left(one)).toEqual([0n]);
  });

  test('is used beyond the limit when there is none, and that is told, again and again', async () => {
    const limit = newLimit();
    const [one, other] = [line(limit, [1n]), line(newLimit(), [5n])];
    const risk = line('rol_2/count', [1n], { onSuccess: 'release' });
    const given = await hold([one, other, risk]);
    await end(given, 'release');
    await end(await hold([one, risk]), 'commit');
    for (let i = 0; i < 2; i++)
      expect(await at.sql.begin((tx) => useLate(tx, at.ledger, BOOK, [given]))).toEqual([[one]]);
    expect(await left(one, other, risk)).toEqual([0n, 4n, 1n]);
    expect(await readStandings(at.sql, BOOK, [one, other])).toEqual([
      { used: 2n, held: 0n, left: 0n },
      { used: 1n, held: 0n, left: 4n },
    ]);
    const [owed] = await at.ledger.lookupAccounts([limitAccountId('limit_owed', limit, 1, BOOK)]);
    expect(owed?.debitsPosted).toBe(1n);
  });
});

describe('what was used beyond a limit', () => {
  /** One of one is held, and somebody else's money comes late. */
  async function overrun(one: HoldLine) {
    const late = await hold([one]);
    await end(late, 'release');
    const holder = await hold([one]);
    expect(await at.sql.begin((tx) => useLate(tx, at.ledger, BOOK, [late]))).toEqual([[one]]);
    return { late, holder };
  }

  test('takes the place that becomes free: it is not there for another', async () => {
    const one = line(newLimit(), [1n]);
    const { holder } = await overrun(one);
    for (let i = 0; i < 2; i++)
      await at.sql.begin(async (tx) => {
        await settleHolds(tx, at.ledger, BOOK, [{ ...holder, to: 'release' }]);
        await collectFreed(tx, at.ledger, BOOK, [holder]);
      });
    expect(await readStandings(at.sql, BOOK, [one])).toEqual([{ used: 1n, held: 0n, left: 0n }]);
    expect((await hold([one])).told).toBe('no room for 0');
  });

  test('takes what a refund gives back, and only the next refund makes room', async () => {
    const one = line(newLimit(), [1n]);
    const { holder } = await overrun(one);
    await end(holder, 'commit');
    const left: bigint[] = [];
    for (let i = 0; i < 2; i++) {
      const refund = newObjectId('rf', { clock, random: systemRandom }, BOOK);
      await at.sql.begin(async (tx) => {
        await returnHolds(tx, at.ledger, BOOK, [{ id: refund, lines: [{ line: one, amount: 1n }] }]);
        await collectFreed(tx, at.ledger, BOOK, [{ id: refund, lines: [one] }]);
      });
      left.push(...(await readRoom(at.sql, BOOK, [one])));
    }
    expect(left).toEqual([0n, 1n]);
  });

  test('takes its part of a figure that is raised', async () => {
    const limit = newLimit();
    const { holder } = await overrun(line(limit, [1n]));
    await end(holder, 'commit');
    const raised = line(limit, [1n, 3n]);
    expect(await left(raised)).toEqual([1n]);
    expect([(await hold([raised])).told, (await hold([raised])).told]).toEqual(['held', 'no room for 0']);
  });
});

test('what was used is given back once for each refund', async () => {
  const budget = line(newLimit(), [100n], { unit: 'money', amount: 60n });
  await end(await hold([budget]), 'commit');
  const refund = newObjectId('rf', { clock, random: systemRandom }, BOOK);
  for (let i = 0; i < 2; i++)
    await at.sql.begin((tx) =>
      returnHolds(tx, at.ledger, BOOK, [{ id: refund, lines: [{ line: budget, amount: 20n }] }]),
    );
  expect(await left(budget)).toEqual([60n]);
});

test('a thousand that ask at once over two nodes share ten slots: exactly ten', async () => {
  const one = line(newLimit(), [10n]);
  const nodes = [at.sql, connect(at.url, { connectionsMax: 2, applicationName: 'second node' })].map((sql) => {
    const ledger = createLedger({ sql, clock, log: silentLog, book: BOOK });
    return createBatch<HoldRequest, string>({
      name: 'holds',
      sql,
      itemsMax: 64,
      queueMax: 2000,
      run: async (tx, requests) => (await reserveHolds(tx, ledger, BOOK, requests)).map((result) => result.kind),
    });
  });
  const told = await Promise.all(
    nodes.flatMap((node) => Array.from({ length: 500 }, () => node.submit({ id: newAttempt(), lines: [one] }))),
  );
  expect(told.filter((kind) => kind === 'held')).toHaveLength(10);
  expect(await left(one)).toEqual([0n]);
});

test('limits and money live side by side: other ledgers, and every balance is right', async () => {
  const [receivable, payable] = [
    chartAccount('wallet_receivable', 'wa_1', 'CNY', BOOK),
    chartAccount('merchant_payable', 'mer_1', 'CNY', BOOK),
  ];
  await at.ledger.createAccounts([receivable, payable]);
  await at.ledger.createTransfers([transfer(receivable, payable, 5n)]);
  const room = limitAccountId('limit_room', 'off_money/money', 1156, BOOK);
  const [mixed] = await at.ledger.createTransfers([{ ...transfer(receivable, payable, 5n), debitAccountId: room }]);
  expect(mixed?.status).toBe('accounts_must_have_the_same_ledger');
  expect(await verifyLedger({ sql: at.sql })).toMatchObject({ ok: true });
});

test('any mixture of holds, ends, refunds and new figures keeps to a plain account of it', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('hold' as const), amount: fc.bigInt(0n, 6n) }),
    fc.record({
      do: fc.constantFrom('commit' as const, 'release' as const),
      which: fc.nat(20),
      part: fc.bigInt(0n, 6n),
    }),
    fc.record({ do: fc.constant('figure' as const), figure: fc.bigInt(0n, 15n) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.bigInt(0n, 12n), fc.array(step, { maxLength: 12 }), async (figure, steps) => {
      const limit = newLimit();
      let figures = [figure];
      let used = 0n;
      const open: { id: string; lines: HoldLine[] }[] = [];
      const heldNow = (): bigint => open.reduce((sum, { lines }) => sum + (lines[0]?.amount ?? 0n), 0n);
      for (const one of steps) {
        if (one.do === 'figure') figures = [...figures, one.figure];
        else if (one.do === 'hold') {
          const lines = [line(limit, figures, { amount: one.amount })];
          const fits = used + heldNow() + one.amount <= (figures.at(-1) ?? 0n);
          const { id, told } = await hold(lines);
          expect(told).toBe(fits || one.amount === 0n ? 'held' : 'no room for 0');
          if (told === 'held') open.push({ id, lines });
        } else {
          const [held] = open.splice(one.which % Math.max(open.length, 1), 1);
          if (held === undefined) continue;
          const most = held.lines[0]?.amount ?? 0n;
          const took = one.part < most ? one.part : most;
          await end({ ...held, amounts: [took] }, one.do);
          if (one.do === 'commit') used += took;
        }
        const room = (figures.at(-1) ?? 0n) - used - heldNow();
        expect(await readStandings(at.sql, BOOK, [line(limit, figures)])).toEqual([
          { used, held: heldNow(), left: room < 0n ? 0n : room },
        ]);
      }
    }),
    { numRuns: 60 },
  );
});

import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import type { Sql } from '../db/connect.ts';
import { listDayCounts } from './count-store.ts';
import { observe, readCounts } from './observe.ts';
import type { Plan } from './plan.ts';
import type { Metric, Observation } from './rollouts.ts';

const BOOK = 1;
const NOON = new Date('2026-11-23T04:00:00Z');
const PLAN: Plan = {
  key: 'wallet.unionpay',
  wallet: 'unionpay',
  merchantId: null,
  when: null,
  always: { staff: true, buyers: [] },
  steps: [{ sharePpm: 1000, dwellMs: 0, payments: 1, isGate: false }],
  holdbackPpm: 1000,
  keepHoldbackPpm: 0,
  freeze: [],
  atRisk: { money: null, payments: null },
  slowMs: 3000,
  guardrails: [],
  floor: null,
  lateDays: 14,
  onBreach: 'halt',
};

let sql: Sql;
beforeAll(async () => {
  ({ sql } = await freshDatabase());
  for (const id of [
    'rol_a',
    'rol_b',
    'rol_c',
    'rol_days',
    'rol_recent',
    'rol_versions',
    'rol_gone',
    'rol_firsts',
    'rol_crowd',
    'rol_before',
  ])
    await insertRollout(id);
});

async function insertRollout(id: string): Promise<void> {
  await sql`
    insert into rollouts (book, id, key, wallet, state, step, step_since, started_at, version, judged_from, money_figures, payments_figures,
      created_at, leased_until)
    values (${BOOK}, ${id}, ${id}, null, 'running', 0, ${NOON}, ${NOON}, 2, 1, '{}', '{}', ${NOON}, ${NOON})`;
  for (const version of [1, 2])
    await sql`
      insert into rollout_versions (book, rollout_id, version, plan, created_at, created_by)
      values (${BOOK}, ${id}, ${version}, '{}', ${NOON}, 'test')`;
}

function seen(rolloutId: string, metric: Metric, over: Partial<Observation> = {}): Observation {
  return { rolloutId, version: 1, step: 0, arm: 'treatment', metric, since: 1, entered: 0, payer: null, ...over };
}

async function write(observations: readonly Observation[], at = NOON): Promise<void> {
  await sql.begin((tx) => observe(tx, BOOK, observations, at));
}

const read = (id: string, judgedFrom = 1) => readCounts(sql, { book: BOOK, id, judgedFrom }, () => PLAN);

test('nothing is lost while many write at once, in whatever order each saw it', async () => {
  const kinds = ['rol_a', 'rol_b', 'rol_c'].flatMap((id) =>
    (['begun', 'first_failed', 'wallet_succeeded'] as const).flatMap((metric) =>
      (['treatment', 'control'] as const).map((arm) => seen(id, metric, { arm })),
    ),
  );
  const rounds = 40;
  await Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      for (let round = 0; round < rounds; round++) {
        const turned = [...kinds.slice(writer), ...kinds.slice(0, writer), ...kinds]; // each twice, from another start
        await write(writer % 2 === 0 ? turned : turned.reverse());
      }
    }),
  );
  for (const id of ['rol_a', 'rol_b', 'rol_c']) {
    const { strata, recent } = await read(id);
    const compared = { begun: 2 * 8 * rounds, first_failed: 2 * 8 * rounds };
    const sums = { ...compared, wallet_succeeded: 2 * 8 * rounds };
    const cohorts = [{ entered: 0, treatment: compared, control: compared }];
    expect(strata).toEqual([
      { version: 1, step: 0, treatmentPpm: 1000, controlPpm: 1000, treatment: sums, control: sums, cohorts },
    ]);
    expect(recent).toBe('1'.repeat(64));
  }
});

test('a transaction that is rolled back has counted nothing', async () => {
  const failing = sql.begin(async (tx) => {
    await observe(tx, BOOK, [seen('rol_gone', 'begun'), seen('rol_gone', 'wallet_failed')], NOON);
    throw new Error('rolled back');
  });
  await expect(failing).rejects.toThrow('rolled back');
  expect(await read('rol_gone')).toEqual({ strata: [], recent: '' });
});

test('the last 64 outcomes are kept in the order in which they ended', async () => {
  const outcomes = Array.from({ length: 100 }, (_, n) => (n % 3 === 0 ? '0' : '1')).join('');
  for (const piece of outcomes.match(/.{1,7}/g) ?? [])
    await write(piece.split('').map((one) => seen('rol_recent', one === '1' ? 'wallet_succeeded' : 'wallet_failed')));
  expect((await read('rol_recent')).recent).toBe(outcomes.slice(-64));
  await write(Array.from({ length: 70 }, () => seen('rol_recent', 'wallet_failed')));
  expect((await read('rol_recent')).recent).toBe('0'.repeat(64));
});

test('what was counted before judging began anew is not judged', async () => {
  await write([seen('rol_versions', 'begun'), seen('rol_versions', 'wallet_failed')]);
  await write([
    seen('rol_versions', 'begun', { version: 2, step: 1 }),
    seen('rol_versions', 'wallet_succeeded', { version: 2 }),
  ]);
  expect((await read('rol_versions')).strata.map((one) => [one.version, one.step])).toEqual([
    [1, 0],
    [2, 0],
    [2, 1],
  ]);
  expect((await read('rol_versions')).recent).toBe('01');
  const anew = await read('rol_versions', 2);
  expect(anew.strata.map((one) => one.version)).toEqual([2, 2]);
  expect(anew.recent).toBe('1');
});

describe('of a buyer who comes back', () => {
  const of = (buyer: string, paymentId: string, metric: Metric, over: Partial<Observation> = {}) =>
    seen('rol_firsts', metric, { payer: { targetingKey: buyer, paymentId }, ...over });
  const comparedOf = async (judgedFrom = 1) =>
    (await read('rol_firsts', judgedFrom)).strata.flatMap(({ version, step, cohorts }) =>
      cohorts.flatMap(({ entered, treatment }) => ({ version, step, entered, ...treatment })),
    );

  test('a payment that had begun before first ones were noted still counts with what becomes of it, once its buyer has no other', async () => {
    const late = (id: string, metric: Metric, buyer = 'old') =>
      seen('rol_before', metric, { payer: { targetingKey: buyer, paymentId: id } });
    await write([late('pay_1', 'begun'), late('pay_2', 'begun', 'back')]);
    await sql`delete from rollout_firsts where rollout_id = 'rol_before'`; // as if both were from before
    await write([late('pay_1', 'refunded'), late('pay_3', 'begun', 'back')]);
    await write([late('pay_1', 'complained'), late('pay_2', 'refunded', 'back')]);
    const [stratum] = (await read('rol_before')).strata;
    expect(stratum?.cohorts[0]?.treatment).toEqual({ begun: 3, refunded: 1, complained: 1 });
  });

  test('only the first payment is compared, whatever becomes of the others, and every one counts for the step', async () => {
    await write([of('anna', 'pay_1', 'begun'), of('anna', 'pay_2', 'begun'), of('anna', 'pay_2', 'first_failed')]);
    expect(await comparedOf()).toEqual([{ version: 1, step: 0, entered: 0, begun: 1 }]);
    await write([of('anna', 'pay_1', 'first_failed'), of('anna', 'pay_2', 'slow'), of('bert', 'pay_3', 'begun')]);
    expect(await comparedOf()).toEqual([{ version: 1, step: 0, entered: 0, begun: 2, first_failed: 1 }]);
    await write([of('anna', 'pay_4', 'begun', { step: 1 }), of('bert', 'pay_3', 'refunded')]);
    expect(await comparedOf()).toEqual([{ version: 1, step: 0, entered: 0, begun: 2, first_failed: 1, refunded: 1 }]);
    const [first, second] = (await read('rol_firsts')).strata;
    expect(first?.treatment).toEqual({ begun: 3, first_failed: 2, slow: 1, refunded: 1 });
    expect(second?.treatment).toEqual({ begun: 1 });
  });

  test('who came in at another step is compared apart, and judging anew counts everybody anew', async () => {
    const later = { version: 2, step: 3, since: 2 };
    await write([
      of('anna', 'pay_5', 'begun', { ...later, entered: 1 }),
      of('carl', 'pay_6', 'begun', { ...later, entered: 3 }),
    ]);
    expect(await comparedOf(2)).toEqual([
      { version: 2, step: 3, entered: 1, begun: 1 },
      { version: 2, step: 3, entered: 3, begun: 1 },
    ]);
  });

  test('nothing that is kept tells who it was', async () => {
    const kept = await sql<{ text: string }[]>`select f::text as text from rollout_firsts f`;
    expect(kept.length).toBeGreaterThan(3);
    expect(JSON.stringify(kept)).not.toMatch(/anna|bert|carl/);
  });

  test('one is the first though many begin at the same moment', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_, writer) =>
        write(
          ['u', 'v', 'w', 'x'].map((buyer, at) =>
            seen('rol_crowd', 'begun', {
              payer: { targetingKey: `${buyer}${(at + writer) % 2}`, paymentId: `p${writer}${buyer}` },
            }),
          ),
        ),
      ),
    );
    const [stratum] = (await read('rol_crowd')).strata;
    expect(stratum?.treatment).toEqual({ begun: 48 });
    expect(stratum?.cohorts).toEqual([{ entered: 0, treatment: { begun: 8 }, control: {} }]);
  });
});

test('days are those of Asia/Shanghai', async () => {
  await write([seen('rol_days', 'begun')], new Date('2026-11-22T15:59:59Z'));
  await write([seen('rol_days', 'begun'), seen('rol_days', 'begun', { step: 1 })], new Date('2026-11-22T16:00:00Z'));
  expect(await listDayCounts(sql, BOOK, 'rol_days')).toEqual([
    { day: '2026-11-22', arm: 'treatment', metric: 'begun', count: 1 },
    { day: '2026-11-23', arm: 'treatment', metric: 'begun', count: 2 },
  ]);
});

test('no observation is no statement', async () => {
  await sql.begin(async (tx) => {
    await observe(tx, BOOK, [], NOON);
  });
  expect((await read('rol_nobody')).strata).toEqual([]);
});

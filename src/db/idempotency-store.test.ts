import { afterEach, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { IDEMPOTENCY_REPLY_HOURS, LEASE_SECONDS } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { claimKeys, finishKeys, sweepKeys, type ClaimedKey, type KeyClaim } from './idempotency-store.ts';

const { sql } = await freshDatabase();
const start = new Date('2026-01-02T03:04:05Z');
const reply = { status: 201, body: '{"id":"pay_1"}' };

afterEach(async () => {
  await sql`truncate idempotency_keys`;
});

function claimOf(over: Partial<KeyClaim> = {}): KeyClaim {
  return { book: 1, merchantId: 'mer_1', key: 'k', route: 'POST /v1/payments', fingerprint: 'f', ...over };
}

function at(seconds: number): Date {
  return new Date(start.getTime() + seconds * 1000);
}

async function claim(claims: KeyClaim[], now = start): Promise<(ClaimedKey | Refusal)[]> {
  return sql.begin(async (tx) => {
    const answers = await claimKeys(tx, claims, now);
    return answers;
  });
}

async function finish(one: KeyClaim): Promise<void> {
  await sql.begin((tx) => finishKeys(tx, { finished: [{ claim: one, reply }], released: [] }));
}

describe('idempotency keys', () => {
  test.each<[string, Partial<KeyClaim>, 'running' | 'over' | 'done', object]>([
    ['a key never seen is new', { key: 'other' }, 'running', { kind: 'new' }],
    ['the same key of another merchant is another key', { merchantId: 'mer_2' }, 'done', { kind: 'new' }],
    ['the same key in another book is another key', { book: 2 }, 'done', { kind: 'new' }],
    ['another body is refused while running', { fingerprint: 'g' }, 'running', { code: 'idempotency_key_reused' }],
    [
      'another body is refused when the lease is over',
      { fingerprint: 'g' },
      'over',
      { code: 'idempotency_key_reused' },
    ],
    ['another body is refused when done', { fingerprint: 'g' }, 'done', { code: 'idempotency_key_reused' }],
    ['another route is refused when done', { route: 'POST /v1/x' }, 'done', { code: 'idempotency_key_reused' }],
    ['a running one is refused until its lease is over', {}, 'running', { code: 'idempotency_key_in_use' }],
    ['a running one is taken over after that', {}, 'over', { kind: 'new' }],
    ['a finished one is replayed', {}, 'done', { kind: 'replay', ...reply }],
  ])('%s', async (_, over, state, answer) => {
    await claim([claimOf()]);
    if (state === 'done') await finish(claimOf());
    expect(await claim([claimOf(over)], at(state === 'over' ? LEASE_SECONDS : LEASE_SECONDS - 1))).toMatchObject([
      answer,
    ]);
  });

  test('a list is answered at the same index, and a key twice in it points at its first', async () => {
    await claim([claimOf({ key: 'done' })]);
    await finish(claimOf({ key: 'done' }));
    const b = claimOf({ key: 'b' });
    expect(
      await claim([b, claimOf({ key: 'done' }), { ...b }, { ...b, fingerprint: 'g' }, claimOf({ key: 'a' })]),
    ).toMatchObject([
      { kind: 'new' },
      { kind: 'replay' },
      { kind: 'twin', of: 0 },
      { code: 'idempotency_key_reused' },
      { kind: 'new' },
    ]);
  });

  test('a claim that rolls back was never there', async () => {
    const failed = sql.begin(async (tx) => {
      await claimKeys(tx, [claimOf()], start);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await claim([claimOf()])).toEqual([{ kind: 'new' }]);
  });

  test('a released key may be used for a corrected request', async () => {
    await claim([claimOf()]);
    await sql.begin((tx) => finishKeys(tx, { finished: [], released: [claimOf()] }));
    expect(await claim([claimOf({ fingerprint: 'corrected' })])).toEqual([{ kind: 'new' }]);
  });

  test('a hundred requests with one key at once: one runs, the others are refused', async () => {
    const answers = (await Promise.all(Array.from({ length: 100 }, () => claim([claimOf()])))).flat();
    expect(answers.filter((answer) => !(answer instanceof Refusal))).toEqual([{ kind: 'new' }]);
  });

  test('a key that goes away under a claim is refused, not run without a row', async () => {
    const seen: (ClaimedKey | Refusal)[] = [];
    for (let round = 0; round < 50; round++) {
      await claim([claimOf()]);
      const release = sql.begin((tx) => finishKeys(tx, { finished: [], released: [claimOf()] }));
      const [again] = await claim([claimOf()]);
      await release;
      if (again && !(again instanceof Refusal)) expect(await sql`select 1 from idempotency_keys`).toHaveLength(1);
      if (again) seen.push(again);
      await sql`truncate idempotency_keys`;
    }
    expect(seen).toHaveLength(50);
  });

  test('the sweep forgets what is older than the promise, and nothing younger', async () => {
    await claim([claimOf({ key: 'old' })], start);
    await claim([claimOf({ key: 'young' })], at(60));
    expect(await sweepKeys(sql, at(IDEMPOTENCY_REPLY_HOURS * 3600))).toBe(0);
    expect(await sweepKeys(sql, at(IDEMPOTENCY_REPLY_HOURS * 3600 + 1))).toBe(1);
    expect(await sql`select key from idempotency_keys`).toEqual([{ key: 'young' }]);
  });
});

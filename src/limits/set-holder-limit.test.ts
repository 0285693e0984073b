import { beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../base/refusal.ts';
import { BOOK, type LimitsWorld, openLimitsWorld } from './test-limits.ts';

let world: LimitsWorld;
beforeAll(async () => {
  world = await openLimitsWorld();
});

const refuse = async (): Promise<void> => {
  throw new Refusal('invalid_request', 'not proved');
};
const accept = async (): Promise<void> => {};

function set(
  userId: string,
  max: bigint | null,
  prove = refuse,
  rule = 'transfer_user_day',
  cardId: string | null = null,
) {
  return world.sql.begin((tx) => world.limits.setHolderLimit(tx, { book: BOOK, userId, rule, cardId, max, prove }));
}

const maxOf = async (userId: string) =>
  (await world.left(world.reservation({ userId }), 'transfer_user_day')) ?? { max: null, setBy: null };

describe("a holder's own limit", () => {
  test('a lower one counts at once and needs no proof', async () => {
    expect(await set('usr_low', 10_000n)).toEqual({ countsFrom: world.clock.now(), isRaise: false });
    expect(await world.tryOne(world.reservation({ userId: 'usr_low', minor: 10_001n }))).toBe('transfer_user_day');
    expect(await world.tryOne(world.reservation({ userId: 'usr_low', minor: 10_000n }))).toBeNull();
    expect(await set('usr_low', 5000n)).toMatchObject({ isRaise: false });
    expect(await maxOf('usr_low')).toMatchObject({ max: 5000n, held: 10_000n, setBy: 'holder' });
  });

  test('a higher one needs a proof and counts after 24 hours', async () => {
    await set('usr_high', 10_000n);
    await expect(set('usr_high', 20_000n)).rejects.toThrow('not proved');
    const day = 86_400_000;
    const countsFrom = new Date(world.clock.now().getTime() + day);
    expect(await set('usr_high', 20_000n, accept)).toEqual({ countsFrom, isRaise: true });
    expect(await maxOf('usr_high')).toMatchObject({ max: 10_000n });
    const before = world.reservation({ userId: 'usr_high', minor: 20_000n, at: new Date(countsFrom.getTime() - 1) });
    expect(await world.tryOne(before)).toBe('transfer_user_day');
    expect(await world.tryOne({ ...before, at: countsFrom })).toBeNull();
  });

  test('to lift it is a raise', async () => {
    await set('usr_lift', 10_000n);
    await expect(set('usr_lift', null)).rejects.toThrow('not proved');
    const { countsFrom } = await set('usr_lift', null, accept);
    const later = world.reservation({ userId: 'usr_lift', minor: 4_000_000n, at: countsFrom });
    expect(await world.tryOne(world.reservation({ userId: 'usr_lift', minor: 10_001n }))).toBe('transfer_user_day');
    expect(await world.tryOne(later)).toBeNull();
  });

  test('a lower one takes back a higher one that waits', async () => {
    await set('usr_thief', 10_000n);
    const { countsFrom } = await set('usr_thief', 5_000_000n, accept);
    await set('usr_thief', 8000n);
    const later = world.reservation({ userId: 'usr_thief', minor: 8001n, at: new Date(countsFrom.getTime() + 1) });
    expect(await world.tryOne(later)).toBe('transfer_user_day');
    expect(await world.limits.listHolderLimits(world.sql, BOOK, 'usr_thief')).toMatchObject([
      { max: 8000n, nextMax: null, nextFrom: null },
    ]);
  });

  test('two raises at once leave one that waits, a day from now', async () => {
    await set('usr_two', 10_000n);
    await Promise.all([set('usr_two', 20_000n, accept), set('usr_two', 30_000n, accept)]);
    const [row] = await world.limits.listHolderLimits(world.sql, BOOK, 'usr_two');
    expect(row?.max).toBe(10_000n);
    expect([20_000n, 30_000n]).toContain(row?.nextMax);
  });

  test('lowered between reservation and sending: the reservation stands, the next one meets it', async () => {
    const sent = world.reservation({ userId: 'usr_between', minor: 50_000n });
    expect(await world.tryOne(sent)).toBeNull();
    await set('usr_between', 20_000n);
    await world.use(sent.id);
    expect(await maxOf('usr_between')).toMatchObject({ max: 20_000n, used: 50_000n, held: 0n });
    expect(await world.tryOne(world.reservation({ userId: 'usr_between', minor: 1n }))).toBe('transfer_user_day');
  });

  test('one for a card leaves the other cards', async () => {
    const userId = 'usr_cards';
    await set(userId, 100n, refuse, 'transfer_payment', 'card_x');
    expect(await world.tryOne(world.reservation({ userId, cardId: 'card_x', minor: 101n }))).toBe('transfer_payment');
    expect(await world.tryOne(world.reservation({ userId, cardId: 'card_y', minor: 101n }))).toBeNull();
  });

  test("is no way around anybody else's: a higher own figure changes nothing", async () => {
    await set('usr_vain', 99_999_999_999n);
    expect(await maxOf('usr_vain')).toMatchObject({ max: 50_000_000n, setBy: 'hutong' });
  });

  const WRONG: [why: string, rule: string, cardId: string | null, max: bigint, param: string][] = [
    ['an unknown rule', 'transfer_hour', null, 1n, 'rule'],
    ['a rule of the law', 'purchase_c_user_day', null, 1n, 'rule'],
    ['a rule by name of the prototype', 'constructor', null, 1n, 'rule'],
    ['a card for what counts by person', 'transfer_user_day', 'card_x', 1n, 'card_id'],
    ['no card for what counts by card', 'transfer_card_day', null, 1n, 'card_id'],
    ['less than nothing', 'transfer_user_day', null, -1n, 'max'],
    ['more than amounts go', 'transfer_user_day', null, 1_000_000_000_000n, 'max'],
  ];
  test.each(WRONG)('nobody sets %s', async (_why, rule, cardId, max, param) => {
    await expect(set('usr_wrong', max, accept, rule, cardId)).rejects.toMatchObject({
      code: 'invalid_request',
      facts: { param },
    });
  });
});

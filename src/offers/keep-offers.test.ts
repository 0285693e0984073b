import { afterAll, describe, expect, test } from 'vitest';
import { cutConnections } from './test-cut.ts';
import { appliedOf, campaignOf, OPERATOR, openOffersWorld, publish, requestOf } from './test-offers.ts';

const world = await openOffersWorld();
afterAll(() => world.close());
const { shop, otherShop } = world;

describe('two nodes', () => {
  const one = world.node({ sql: world.connect(2) });
  const two = world.node({ sql: world.connect(2) });
  one.startWork();
  two.startWork();

  test('know of what the other has published and stopped, without anybody asking for a quote', async () => {
    expect(await appliedOf(two, requestOf(shop))).toEqual([]);
    expect(two.isPlain(1, shop)).toBe(true);
    const { id } = await publish(one, shop, campaignOf({ conditions: { first_use: 'merchant' } }));
    await expect.poll(() => two.isPlain(1, shop)).toBe(false);
    expect(two.asksFirstUse(1, shop)).toBe(true);
    expect(two.isPlain(1, otherShop)).toBe(true);
    expect(two.isPlain(2, shop)).toBe(true);
    await one.switch({ actor: OPERATOR, id, to: 'stopped', reason: null, claim: null });
    await expect.poll(() => two.isPlain(1, shop)).toBe(true);
    expect(two.asksFirstUse(1, shop)).toBe(false);
    const [quote] = await two.quote([requestOf(shop)]);
    expect(quote?.quotes[0]).toMatchObject({ toPayMinor: 10_000n, notUsed: [{ offerId: id, code: 'stopped' }] });
  });

  test('hear of a stop though every listening connection was cut a moment before', async () => {
    const { id } = await publish(one, shop);
    await expect.poll(() => two.isPlain(1, shop)).toBe(false);
    await cutConnections(world.sql, 'test node');
    await one.switch({ actor: OPERATOR, id, to: 'stopped', reason: null, claim: null }).catch(async () => {
      await one.switch({ actor: OPERATOR, id, to: 'stopped', reason: null, claim: null }); // its own was cut as well
    });
    await expect.poll(() => two.isPlain(1, shop)).toBe(true);
  });

  test('leave quoting out once the last offer has ended', async () => {
    const { id } = await publish(one, otherShop, campaignOf({ when: { until: '2020-01-01' } }));
    const [quote] = await two.quote([requestOf(otherShop)]);
    expect(quote?.quotes[0]?.applied).toEqual([]);
    expect(two.isPlain(1, otherShop)).toBe(true);
    await one.switch({ actor: OPERATOR, id, to: 'stopped', reason: null, claim: null });
  });
});

test('a node that can hear nothing any more asks for the whole price instead of promising what may be stopped', async () => {
  const { id } = await publish(world.node(), shop);
  const pool = world.connect(1);
  const deaf = world.node({ sql: pool });
  expect((await appliedOf(deaf, requestOf(shop))).map(({ offerId }) => offerId)).toEqual([id]);
  await pool.end();
  await expect
    .poll(async () => (await deaf.quote([requestOf(shop)]))[0]?.quotes[0])
    .toMatchObject({ toPayMinor: 10_000n, savedMinor: 0n, applied: [] });
  await world.node().switch({ actor: OPERATOR, id, to: 'stopped', reason: null, claim: null });
});

test('terms that this build cannot read are passed over and do not disturb the others', async () => {
  const errors: object[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (facts: object) => void errors.push(facts) };
  const strange = await publish(world.node(), shop);
  const good = await publish(world.node(), shop, campaignOf({ off: '2.00' }));
  await world.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`update offer_versions set campaign = '{"kind": "of the future"}' where offer_id = ${strange.id}`;
  });
  const node = world.node({ log });
  expect((await appliedOf(node, requestOf(shop))).map(({ offerId }) => offerId)).toEqual([good.id]);
  expect(errors).toEqual([{ offerId: strange.id, version: 1 }]);
});

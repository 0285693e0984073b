import { afterAll, describe, expect, test } from 'vitest';
import { dumpRows } from '../../test/dump-rows.ts';
import { systemClock } from '../base/clock.ts';
import { newId } from '../base/id.ts';
import { systemRandom } from '../base/random.ts';
import type { CampaignDocument } from './campaign.ts';
import { appliedOf, campaignOf, hold, OPERATOR, openOffersWorld, publish, requestOf, settle } from './test-offers.ts';

const world = await openOffersWorld();
afterAll(() => world.close());
const { shop, otherShop, sql } = world;
const offers = world.node();
const asShop = { kind: 'merchant', merchantId: shop, keyId: 'key_test' } as const;

describe('an offer', () => {
  test('is published, shown, changed by versions, stopped and started again, and who did it is written down', async () => {
    const { id } = await publish(offers, shop);
    const change = (fromVersion: number, off: string) =>
      offers.change({ actor: asShop, id, fromVersion, campaign: campaignOf({ off }), reason: '双十二', claim: null });
    await change(1, '6.00');
    await expect(change(1, '7.00')).rejects.toMatchObject({ code: 'offer_version_outdated', facts: { version: 2 } });
    const flip = (to: 'stopped' | 'published') => offers.switch({ actor: OPERATOR, id, to, reason: null, claim: null });
    await flip('stopped');
    await flip('stopped');
    await expect(change(2, '7.00')).rejects.toMatchObject({ code: 'offer_stopped' });
    await flip('published');
    const shown = await offers.get(shop, id);
    expect(shown).toMatchObject({ state: 'published', version: 2, stopped_at: null, campaign: { off: '6.00' } });
    expect(shown.moves?.map(({ move, by, reason }) => [move, by, reason])).toEqual([
      ['resumed', 'operator', null],
      ['stopped', 'operator', null],
      ['changed', 'key_test', '双十二'],
      ['published', 'operator', null],
    ]);
    expect(shown.versions.map(({ version }) => version)).toEqual([2, 1]);
    await flip('stopped');
  });

  test('has so many versions and no more: each is read again at every change, while the whole book waits', async () => {
    const { id } = await publish(offers, shop);
    await sql`
      insert into offer_versions (book, offer_id, version, campaign, figures, created_at, created_by)
      select book, offer_id, no, campaign, figures, created_at, created_by
      from offer_versions
      cross join generate_series(2, 200) as no
      where offer_id = ${id}`;
    await sql`update offers set version = 200 where id = ${id}`;
    const campaign = campaignOf({ off: '6.00' });
    await expect(
      offers.change({ actor: asShop, id, fromVersion: 200, campaign, reason: null, claim: null }),
    ).rejects.toMatchObject({ code: 'versions_max', facts: { versions_max: 200 } });
    await offers.switch({ actor: asShop, id, to: 'stopped', reason: null, claim: null });
  });

  test('that was stopped is remembered with the last few of its shop: nobody fills the memory of every node', async () => {
    const { id } = await publish(offers, otherShop);
    await offers.switch({ actor: OPERATOR, id, to: 'stopped', reason: null, claim: null });
    const now = systemClock.now();
    const ids = Array.from({ length: 60 }, () => newId('off', { clock: systemClock, random: systemRandom }, 1));
    await sql`
      insert into offers (book, id, merchant_id, state, version, created_at, created_by, stopped_at, updated_at)
      select 1, id, ${otherShop}, 'stopped', 1, ${now}, 'test', ${now}, ${now}
      from unnest(${ids}::text[]) as id`;
    await sql`
      insert into offer_versions (book, offer_id, version, campaign, figures, created_at, created_by)
      select 1, new, 1, campaign, figures, created_at, created_by
      from offer_versions
      cross join unnest(${ids}::text[]) as new
      where offer_id = ${id}`;
    const [quote] = await world.node().quote([requestOf(otherShop)]);
    expect(quote?.quotes[0]?.notUsed.map(({ code }) => code)).toEqual(Array(50).fill('stopped'));
  });

  test('is what it was: neither its versions nor who did what can be rewritten', async () => {
    await publish(offers, otherShop);
    for (const statement of [
      'update offer_versions set version = 9',
      'delete from offer_versions',
      "update offer_moves set moved_by = 'nobody'",
      'delete from offer_moves',
    ])
      await expect(sql.unsafe(statement), statement).rejects.toMatchObject({ code: '23001' });
  });

  test.each<[string, Partial<CampaignDocument>, string]>([
    ['another currency', { currency: 'HKD' }, 'campaign.currency'],
    ['another side', { by: 'wallet', conditions: { wallets: ['unionpay'] } }, 'campaign.by'],
    ['another kind', { kind: 'percent', off_per_mille: 100 }, 'campaign.kind'],
  ])('does not change into one of %s', async (_, over, param) => {
    const { id } = await publish(offers, shop);
    const campaign = campaignOf(over);
    await expect(
      offers.change({ actor: OPERATOR, id, fromVersion: 1, campaign, reason: null, claim: null }),
    ).rejects.toMatchObject({ code: 'campaign_invalid', facts: { param } });
  });

  test('that cannot run as it is written is refused with a pointer to each fault, and nothing is changed', async () => {
    const before = await dumpRows(sql);
    for (const [campaign, param, text] of [
      [{ ...campaignOf(), off: '5' }, 'campaign.off', '/off: '],
      [{ ...campaignOf(), wat: 1 }, 'campaign', 'wat'],
      [campaignOf({ funders: [{ funder: 'merchant', per_mille: 900 }] }), 'campaign.funders', '/funders'],
      ['offer', 'campaign', '/'],
    ] as const)
      await expect(
        offers.publish({ actor: OPERATOR, merchantId: shop, campaign, reason: null, claim: null }),
      ).rejects.toMatchObject({
        code: 'campaign_invalid',
        facts: { param: expect.stringContaining(param) },
        message: expect.stringContaining(text),
      });
    expect(await dumpRows(sql)).toEqual(before);
  });

  test('with the same idempotency key is published once', async () => {
    const claim = { book: 1, merchantId: shop, key: 'once', route: 'POST /v1/offers', fingerprint: 'f' };
    const publishOnce = () =>
      offers.publish({ actor: asShop, merchantId: shop, campaign: campaignOf(), reason: null, claim });
    const [first, second] = [await publishOnce(), await publishOnce()];
    expect([first.replayed, second.replayed, second.body]).toEqual([false, true, first.body]);
  });
});

describe('a shop', () => {
  test.each<[string, Partial<CampaignDocument>, string | null]>([
    ['what it pays itself', {}, null],
    ['what it pays by its own name', { funders: [{ funder: 'merchant', owner: shop, per_mille: 1000 }] }, null],
    [
      "an estimate of a wallet's own",
      { by: 'wallet', funders: [{ funder: 'wallet', per_mille: 1000 }], conditions: { wallets: ['unionpay'] } },
      null,
    ],
    ['what the platform pays', { funders: [{ funder: 'platform', per_mille: 1000 }] }, 'campaign.funders.0'],
    ['what a wallet pays', { funders: [{ funder: 'wallet', per_mille: 1000 }] }, 'campaign.funders.0'],
    [
      'what a bank pays a part of',
      {
        funders: [
          { funder: 'merchant', per_mille: 500 },
          { funder: 'bank', owner: 'ICBC', per_mille: 500 },
        ],
      },
      'campaign.funders.1',
    ],
    [
      'what another shop pays',
      { funders: [{ funder: 'merchant', owner: otherShop, per_mille: 1000 }] },
      'campaign.funders.0',
    ],
    ['what runs at another shop', { merchants: [shop, otherShop] }, 'campaign.merchants'],
  ])('publishes %s or is refused', async (_, over, param) => {
    const publishing = offers.publish({
      actor: asShop,
      merchantId: shop,
      campaign: campaignOf(over),
      reason: null,
      claim: null,
    });
    if (param === null) await expect(publishing).resolves.toMatchObject({ status: 201 });
    else await expect(publishing).rejects.toMatchObject({ code: 'offer_funder_not_yours', facts: { param } });
  });

  test('changes and stops its own offers alone', async () => {
    for (const owner of [otherShop, null]) {
      const { id } = await publish(offers, owner);
      const what = { actor: asShop, id, reason: null, claim: null };
      const refused = { code: 'not_found' };
      await expect(offers.change({ ...what, fromVersion: 1, campaign: campaignOf() })).rejects.toMatchObject(refused);
      await expect(offers.switch({ ...what, to: 'stopped' })).rejects.toMatchObject(refused);
      await offers.switch({ ...what, actor: OPERATOR, to: 'stopped' });
    }
  });

  test("sees its own and the platform's that concern it, without what is not its business", async () => {
    const mine = await publish(offers, shop);
    const ours = await publish(offers, null, campaignOf({ merchants: [shop, otherShop] }));
    const theirs = await publish(offers, otherShop);
    const notHere = await publish(offers, null, campaignOf({ merchants: [otherShop] }));
    const wish = { state: null, before: null, itemsMax: 100 };
    const listed = (await offers.list({ viewer: shop, ...wish })).data.map(({ id }) => id);
    expect(listed).toEqual(expect.arrayContaining([mine.id, ours.id]));
    expect(listed).not.toContain(theirs.id);
    expect(listed).not.toContain(notHere.id);
    expect(await offers.get(shop, ours.id)).toMatchObject({
      created_by: 'operator',
      usage: null,
      moves: null,
      versions: [],
      campaign: { merchants: [shop] },
    });
    for (const hidden of [theirs.id, notHere.id, 'off_nothing'])
      await expect(offers.get(shop, hidden)).rejects.toMatchObject({ code: 'not_found' });
    const pages = [];
    for (let before: string | null = null; ; ) {
      const page = await offers.list({ viewer: null, state: 'published', before, itemsMax: 2 });
      pages.push(...page.data.map(({ id }) => id));
      if (page.next === null) break;
      before = page.next;
    }
    const all = await offers.list({ viewer: null, ...wish, state: 'published' });
    expect(pages).toEqual(all.data.map(({ id }) => id));
    for (const id of [mine.id, ours.id, theirs.id, notHere.id])
      await offers.switch({ actor: OPERATOR, id, to: 'stopped', reason: null, claim: null });
  });
});

describe('limits', () => {
  test('a budget that is raised while it is used has room for as many more, and one that is lowered for none', async () => {
    const { id } = await publish(offers, shop, campaignOf({ off: '9.99', limits: { count: { campaign: 2 } } }));
    const own = async () => (await appliedOf(world.node(), requestOf(shop))).filter(({ offerId }) => offerId === id);
    const usage = async () => (await offers.get(shop, id)).usage;
    const held = [await hold(world, await own()), await hold(world, await own())];
    expect(held.map(({ kind }) => kind)).toEqual(['held', 'held']);
    const first = await own();
    expect(first).toEqual([]);
    const change = (fromVersion: number, campaign: number) =>
      offers.change({
        actor: OPERATOR,
        id,
        fromVersion,
        campaign: campaignOf({ off: '9.99', limits: { count: { campaign } } }),
        reason: null,
        claim: null,
      });
    await change(1, 3);
    const third = await own();
    expect(third[0]?.holds.map(({ limit, figures }) => [limit, figures])).toEqual([[`${id}/count`, [2n, 3n]]]);
    expect(await usage()).toEqual([
      { limit: 'count/campaign', unit: 'count', max: '3', used: '0', held: '2', left: '1' },
    ]);
    const taken = await hold(world, third);
    await settle(world, taken.id, third, 'commit');
    expect(await usage()).toMatchObject([{ max: '3', used: '1', held: '2', left: '0' }]);
    await change(2, 1);
    expect(await own()).toEqual([]);
    await settle(world, held[0]?.id ?? '', third, 'release');
    expect(await usage()).toMatchObject([{ max: '1', left: '0' }]);
    await change(3, 10);
    expect((await own())[0]?.holds[0]?.figures).toEqual([2n, 3n, 1n, 10n]);
    await offers.switch({ actor: OPERATOR, id, to: 'stopped', reason: null, claim: null });
  });

  test('what is remembered of a limit is forgotten when an attempt was refused for it', async () => {
    const { id } = await publish(offers, shop, campaignOf({ off: '8.88', limits: { count: { campaign: 1 } } }));
    const node = world.node();
    const mine = async () => (await appliedOf(node, requestOf(shop))).filter(({ offerId }) => offerId === id);
    const applied = await mine();
    expect(applied).toHaveLength(1);
    expect((await hold(world, applied)).kind).toBe('held');
    const late = await hold(world, applied);
    expect(late).toMatchObject({ kind: 'refused', line: 0 });
    node.forget(applied.flatMap(({ holds }) => holds.map(({ limit }) => limit)));
    expect(await mine()).toEqual([]);
    const [quote] = await node.quote([requestOf(shop)]);
    expect(quote?.quotes[0]?.notUsed.find(({ offerId }) => offerId === id)).toMatchObject({ code: 'budget_gone' });
    await offers.switch({ actor: OPERATOR, id, to: 'stopped', reason: null, claim: null });
  });
});

test('what offers cost is told by funder and day, with what refunds took back', async () => {
  const { id } = await publish(offers, shop);
  await paidAttempt(id, '2026-11-22T15:59:00Z', { minor: 500n, backMinor: 120n }); // still the 22nd in Shanghai
  await paidAttempt(id, '2026-11-22T16:00:00Z', { minor: 300n, backMinor: 0n });
  await paidAttempt(id, '2026-11-23T09:00:00Z', { minor: 200n, backMinor: 0n });
  const wish = { offerIds: [id], from: new Date('2026-11-01T00:00:00Z'), until: new Date('2026-12-01T00:00:00Z') };
  const shown = (await offers.costs({ ...wish, viewer: shop })).map((cost) => Object.values(cost));
  expect(shown).toEqual([
    [id, '2026-11-23', 'merchant', shop, 'CNY', 500n, 0n, 2],
    [id, '2026-11-22', 'merchant', shop, 'CNY', 500n, 120n, 1],
  ]);
  expect(await offers.costs({ ...wish, viewer: otherShop })).toEqual([]);
  await expect(offers.costs({ ...wish, viewer: shop, from: new Date('2020-01-01T00:00:00Z') })).rejects.toMatchObject({
    code: 'invalid_request',
  });
});

/** An attempt that was paid with this offer, and its refund, as the cashier leaves them. */
async function paidAttempt(offerId: string, at: string, share: { minor: bigint; backMinor: bigint }): Promise<void> {
  const deps = { clock: systemClock, random: systemRandom };
  const [attempt, payment, account] = [newId('att', deps, 1), newId('pay', deps, 1), newId('wa', deps, 1)];
  const refund = newId('rf', deps, 1);
  const kept = (minor: bigint) =>
    JSON.stringify([
      { offerId, by: 'hutong', minor: `${minor}`, parts: [{ funder: 'merchant', owner: shop, minor: `${minor}` }] },
    ]);
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`; // without the payment and the account around it
    await tx`
      insert into attempts (book, id, payment_id, merchant_id, wallet, wallet_account_id, scene, order_no, ordered_at,
        currency, amount_minor, subject, outcome, settled, paid_minor, expires_at, created_at, finished_at, discount_minor,
        offers)
      values (1, ${attempt}, ${payment}, ${shop}, 'unionpay', ${account}, 'web', ${attempt.slice(4)}, ${at}, 'CNY', 1000,
        'tea', 'succeeded', 'accepted', 1000, ${at}, ${at}, ${at}, ${share.minor}, ${kept(share.minor)}::text::jsonb)`;
    if (share.backMinor === 0n) return;
    await tx`
      insert into refunds (book, id, payment_id, attempt_id, merchant_id, wallet, wallet_account_id, refund_no, currency,
        amount_minor, discount_minor, shares, method, automatic, reason, order_no, ordered_at, outcome, created_at, finished_at)
      values (1, ${refund}, ${payment}, ${attempt}, ${shop}, 'unionpay', ${account}, ${refund}, 'CNY', 880,
        ${share.backMinor}, ${kept(share.backMinor)}::text::jsonb, 'refund', false, '', ${refund.slice(3)}, ${at},
        'succeeded', ${at}, ${at})`;
  });
}

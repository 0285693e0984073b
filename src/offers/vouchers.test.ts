import { afterAll, describe, expect, test } from 'vitest';
import { dumpRows } from '../../test/dump-rows.ts';
import { campaignOf, hold, issue, OPERATOR, openOffersWorld, publish, requestOf, settle } from './test-offers.ts';
import type { QuoteRequest } from './offers.ts';

const world = await openOffersWorld();
afterAll(() => world.close());
const { shop, otherShop, sql } = world;
const offers = world.node();

const voucherCampaign = campaignOf({ kind: 'voucher', value: { kind: 'flat', off: '8.00' } });
const byCode = async (over: Parameters<typeof requestOf>[1], at: string = shop) => {
  const [quote] = await offers.quote([requestOf(at, over)]);
  const { applied = [], notUsed = [] } = quote?.quotes[0] ?? {};
  return { applied, codes: notUsed.filter(({ offerId }) => offerId === own.id).map(({ code }) => code) };
};
const own = await publish(offers, shop, voucherCampaign);

describe('a voucher', () => {
  test('opens its offer, however its code is typed', async () => {
    const [voucher] = await issue(offers, own.id, [null]);
    const code = voucher?.code ?? '';
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    for (const typed of [code, code.toLowerCase(), code.replaceAll('-', ' '), ` ${code.replaceAll('-', '')} `]) {
      const { applied } = await byCode({ vouchers: [typed] });
      expect(applied, typed).toMatchObject([{ offerId: own.id, minor: 800n, voucherId: voucher?.id }]);
    }
    for (const wrong of ['', 'x', '0000-0000-0000-0000', `${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`])
      expect(await byCode({ vouchers: [wrong] }), wrong).toEqual({ applied: [], codes: ['voucher_missing'] });
  });

  test('of one buyer is worth nothing to another, nor to a buyer of that name at another shop', async () => {
    const ours = await publish(offers, null, voucherCampaign);
    const [voucher] = await issue(offers, ours.id, ['anna'], { merchantId: shop });
    const vouchers = [voucher?.code ?? ''];
    expect((await byCode({ vouchers, buyer: { id: 'anna' } })).applied).toMatchObject([{ offerId: ours.id }]);
    for (const [request, at] of [
      [{ vouchers, buyer: { id: 'otto' } }, shop],
      [{ vouchers }, shop],
      [{ vouchers, buyer: { id: 'anna' } }, otherShop],
    ] as const)
      expect((await byCode(request, at)).applied).toEqual([]);
    await offers.switch({ actor: OPERATOR, id: ours.id, to: 'stopped', reason: null, claim: null });
  });

  test('is used once, by one of a hundred who bring it at the same instant', async () => {
    const [voucher] = await issue(offers, own.id, [null]);
    const { applied } = await byCode({ vouchers: [voucher?.code ?? ''] });
    const taken = await Promise.all(Array.from({ length: 100 }, () => hold(world, applied)));
    const [winner, ...others] = taken.filter(({ kind }) => kind === 'held');
    expect(others).toEqual([]);
    expect(await stateOf(voucher?.id)).toBe('held');
    offers.forget([voucher?.id ?? '']);
    expect(await byCode({ vouchers: [voucher?.code ?? ''] })).toEqual({ applied: [], codes: ['voucher_used'] });
    await settle(world, winner?.id ?? '', applied, 'commit');
    expect(await stateOf(voucher?.id)).toBe('used');
  });

  test('comes back when its payment failed', async () => {
    const [voucher] = await issue(offers, own.id, [null]);
    const { applied } = await byCode({ vouchers: [voucher?.code ?? ''] });
    const { id } = await hold(world, applied);
    await settle(world, id, applied, 'release');
    expect(await stateOf(voucher?.id)).toBe('unused');
    expect((await byCode({ vouchers: [voucher?.code ?? ''] })).applied).toHaveLength(1);
  });

  test('ends when it says so', async () => {
    const validUntil = new Date(Date.now() + 60_000);
    const [voucher] = await issue(offers, own.id, [null], { validUntil });
    const vouchers = [voucher?.code ?? ''];
    expect((await byCode({ vouchers, at: new Date(validUntil.getTime() - 1) })).applied).toHaveLength(1);
    expect((await byCode({ vouchers, at: validUntil })).applied).toEqual([]);
  });

  test('shares the cap of its campaign with all others: a thousand codes are not a thousand times the cap', async () => {
    const { id } = await publish(offers, shop, { ...voucherCampaign, limits: { count: { campaign: 10 } } });
    const issued = await issue(
      offers,
      id,
      Array.from({ length: 40 }, () => null),
    );
    const requests: QuoteRequest[] = issued.map(({ code }) => requestOf(shop, { vouchers: [code] }));
    const quotes = await offers.quote(requests);
    const taken = await Promise.all(quotes.map((quote) => hold(world, quote.quotes[0]?.applied ?? [])));
    expect(taken.filter(({ kind }) => kind === 'held')).toHaveLength(10);
    await offers.switch({ actor: OPERATOR, id, to: 'stopped', reason: null, claim: null });
  });
});

describe('vouchers', () => {
  test('are kept without their codes and without the buyers that they are for', async () => {
    const buyer = 'buyer-13800138000';
    const issued = await issue(offers, own.id, [buyer, null]);
    await byCode({ vouchers: issued.map(({ code }) => code), buyer: { id: buyer } });
    const rows = await dumpRows(sql);
    for (const secret of [
      ...issued.map(({ code }) => code),
      ...issued.map(({ code }) => code.replaceAll('-', '')),
      buyer,
    ])
      expect(rows.includes(secret), secret).toBe(false);
    const { data } = await offers.listVouchers({ viewer: shop, offerId: own.id, before: null, itemsMax: 2 });
    for (const [index, { id, code }] of issued.entries())
      expect(data.find((each) => each.id === id)).toMatchObject({
        tail: code.replaceAll('-', '').slice(-6),
        bound: index === 0,
        state: 'unused',
      });
    expect(JSON.stringify(data)).not.toContain('code');
  });

  test('are issued once for one key, and the reply is sealed meanwhile', async () => {
    const claim = { book: 1, merchantId: shop, key: 'v', route: 'POST /v1/offers/:id/vouchers', fingerprint: 'f' };
    const request = {
      actor: OPERATOR,
      offerId: own.id,
      buyers: [null],
      merchantId: null,
      validUntil: null,
      reason: null,
      claim,
    };
    const [first, second] = [await offers.issueVouchers(request), await offers.issueVouchers(request)];
    expect([first.replayed, second.replayed, second.body]).toEqual([false, true, first.body]);
    const { data }: { data: { code: string }[] } = JSON.parse(first.body);
    expect((await dumpRows(sql)).includes(data[0]?.code ?? 'no code')).toBe(false);
  });

  test('are refused where they have no place', async () => {
    const flat = await publish(offers, shop);
    const everybodys = await publish(offers, null, voucherCampaign);
    const stopped = await publish(offers, shop, voucherCampaign);
    await offers.switch({ actor: OPERATOR, id: stopped.id, to: 'stopped', reason: null, claim: null });
    const listing = { viewer: shop, offerId: everybodys.id, before: null, itemsMax: 1 };
    for (const [run, code] of [
      [() => issue(offers, flat.id, [null]), 'invalid_request'],
      [() => issue(offers, everybodys.id, ['anna']), 'invalid_request'],
      [() => issue(offers, own.id, [null], { validUntil: new Date(0) }), 'invalid_request'],
      [() => issue(offers, stopped.id, [null]), 'offer_stopped'],
      [() => issue(offers, 'off_nothing', [null]), 'not_found'],
      [() => offers.listVouchers(listing), 'not_found'],
    ] as const)
      await expect(run()).rejects.toMatchObject({ code });
  });
});

async function stateOf(id: string | undefined): Promise<unknown> {
  const { data } = await offers.listVouchers({ viewer: null, offerId: own.id, before: null, itemsMax: 100 });
  return data.find((voucher) => voucher.id === id)?.state;
}

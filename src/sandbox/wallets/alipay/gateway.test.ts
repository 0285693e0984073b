import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import type { AlipaySandbox } from './alipay.ts';
import { call, newNo, orderOf, postForm, signAs, type TestMerchant, type Wire } from './test-merchant.ts';
import { openWorld, type TestWorld } from './test-world.ts';

let world: TestWorld;
let sandbox: AlipaySandbox;
let shop: TestMerchant;
let certified: TestMerchant;

beforeAll(async () => {
  const clock = new ManualClock(new Date('2026-11-23T02:00:00Z'));
  world = await openWorld({ clock, random: systemRandom, log: silentLog });
  ({ sandbox, shop, certified } = world);
});

afterAll(async () => {
  await sandbox.stop();
  world.forget();
});

const trade = (orderNo: string) => ({ out_trade_no: orderNo });
const query = (orderNo: string, by = shop) => call(by, 'alipay.trade.query', trade(orderNo));

describe('the gateway refuses', () => {
  const rows: [string, Record<string, string | undefined>, string, string][] = [
    ['an application of nobody', { app_id: '2021000000000099' }, '40002', 'isv.invalid-app-id'],
    ['no method', { method: undefined }, '40001', 'isv.missing-method'],
    ['a method of nobody', { method: 'alipay.trade.moon' }, '40002', 'isv.invalid-method'],
    ['another version', { version: '2.0' }, '40002', 'isv.invalid-version'],
    ['SHA-1', { sign_type: 'RSA' }, '40002', 'isv.invalid-signature-type'],
    ['another character set', { charset: 'gbk' }, '40002', 'isv.invalid-charset'],
    ['no timestamp', { timestamp: undefined }, '40002', 'isv.invalid-timestamp'],
    ['a day that there is not', { timestamp: '2026-02-30 10:00:00' }, '40002', 'isv.invalid-timestamp'],
    ['content that is no JSON', { biz_content: '{' }, '40002', 'isv.invalid-parameter'],
    ['certificates of nobody', { app_cert_sn: '00', alipay_root_cert_sn: '00' }, '40002', 'isv.invalid-signature'],
  ];
  test.each(rows)('%s', async (_name, more, code, subCode) => {
    const told = await postForm(shop, signAs(shop, 'alipay.trade.query', trade('A'), more));
    expect(told.node).toMatchObject({ code, sub_code: subCode });
    expect(told.isSigned, 'who is unknown gets no signature').toBe(subCode !== 'isv.invalid-app-id');
  });

  test('a signature over anything else than what came', async () => {
    const params = signAs(shop, 'alipay.trade.query', trade('A'));
    const changed: Wire[] = [
      { ...params, biz_content: '{"out_trade_no":"B"}' },
      { ...params, alipay_sdk: 'unsigned' },
      { ...params, sign: `${params['sign']?.slice(0, -4)}AAA=` },
      { ...params, sign: '' },
      Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'sign')),
    ];
    for (const wrong of changed) expect((await postForm(shop, wrong)).node['sub_code']).toMatch(/signature/);
    const foreign = { ...shop, key: certified.key };
    expect((await call(foreign, 'alipay.trade.query', trade('A'))).node['sub_code']).toBe('isv.invalid-signature');
  });

  test('a merchant in certificate mode without the numbers of its certificates', async () => {
    expect((await call(certified, 'alipay.trade.query', trade('A'))).node['sub_code']).toBe('ACQ.TRADE_NOT_EXIST');
    const bare = { ...certified, serials: {} };
    expect((await call(bare, 'alipay.trade.query', trade('A'))).node['sub_code']).toBe('isv.invalid-signature');
  });

  test('a parameter that stands in the query and in the body', async () => {
    const params = signAs(shop, 'alipay.trade.query', trade('A'));
    const url = `${shop.settings.gateway_url}?${new URLSearchParams({ method: 'alipay.trade.query' }).toString()}`;
    const reply = await fetch(url, { method: 'POST', body: new URLSearchParams(params) });
    expect(await reply.text()).toContain('isv.invalid-app-id');
  });

  const orders: [string, Record<string, unknown>][] = [
    ['no subject', { subject: '' }],
    ['a subject with a slash', { subject: 'a/b' }],
    ['a number with a dash', { out_trade_no: 'A-1' }],
    ['no amount', { total_amount: '0.00' }],
    ['an amount as a number', { total_amount: 1 }],
    ['three decimals', { total_amount: '1.001' }],
    ['a time of nobody', { time_expire: 'soon' }],
    ['a time-out beyond 15 days', { timeout_express: '16d' }],
  ];
  test.each(orders)('an order with %s', async (_name, more) => {
    const told = await call(shop, 'alipay.trade.precreate', orderOf(newNo(), more));
    expect(told.node).toMatchObject({ code: '40004', sub_code: 'ACQ.INVALID_PARAMETER' });
  });

  test('a browser with a page, and nobody with anything but status 200', async () => {
    const params = signAs(shop, 'alipay.trade.page.pay', orderOf(newNo(), { subject: '' }));
    const reply = await fetch(`${shop.settings.gateway_url}?${new URLSearchParams(params).toString()}`);
    expect(reply.status).toBe(200);
    expect(await reply.text()).toContain('ACQ.INVALID_PARAMETER');
  });
});

describe('answers', () => {
  test('are signed as they are written, with escaped slashes and now and then a field of nobody', async () => {
    const texts: string[] = [];
    for (let round = 0; round < 2; round++) {
      const told = await call(shop, 'alipay.trade.precreate', orderOf(newNo()));
      expect(told.isSigned).toBe(true);
      texts.push(told.text);
    }
    expect(texts.join()).toContain(String.raw`http:\/\/127.0.0.1`);
    expect(texts.filter((text) => text.includes('hutong_sandbox_note'))).toHaveLength(1);
  });

  test('name the certificate in certificate mode, and another one under a fault', async () => {
    const told = await query('A', certified);
    expect(told.isSigned).toBe(true);
    expect(told.text).toMatch(/"alipay_cert_sn":"[0-9a-f]{32}","sign"/);
    sandbox.setFault({ operation: 'query', kind: 'foreign_certificate', times: 1 });
    expect((await query('A', certified)).text).toContain('0123456789abcdef');
    expect((await query('A')).text).not.toContain('alipay_cert_sn');
  });

  test('that leave it open are given to what was done', async () => {
    const orderNo = newNo();
    sandbox.setFault({ operation: 'precreate', kind: 'code', value: '20000', times: 1 });
    expect((await call(shop, 'alipay.trade.precreate', orderOf(orderNo))).node).toMatchObject({ code: '20000' });
    expect(sandbox.orders({ orderNo })).toHaveLength(1);
    const refused = newNo();
    sandbox.setFault({ operation: 'pay', kind: 'code', value: '40005', times: 1 });
    expect((await call(shop, 'alipay.trade.precreate', orderOf(refused))).node).toMatchObject({ code: '40005' });
    expect(sandbox.orders({ orderNo: refused })).toEqual([]);
    sandbox.setFault({ operation: 'query', kind: 'unsigned', times: 1 });
    expect(await query('A')).toMatchObject({ isSigned: false, nodeName: 'error_response' });
  });
});

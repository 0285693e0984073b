import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import { type AlipaySandbox, startAlipaySandbox } from './alipay.ts';
import {
  call,
  isBelieved,
  type Listener,
  listen,
  newNo,
  openMerchant,
  orderOf,
  signAs,
  type TestMerchant,
  type Wire,
} from './test-merchant.ts';
import { openWorld, type TestWorld } from './test-world.ts';

const clock = new ManualClock(new Date('2026-11-23T02:00:00Z'));
const deps = { clock, random: systemRandom, log: silentLog };
let world: TestWorld;
let sandbox: AlipaySandbox;
let shop: TestMerchant;
let certified: TestMerchant;
let ear: Listener;

beforeAll(async () => {
  world = await openWorld(deps);
  ({ sandbox, shop, certified } = world);
  ear = await listen();
});

afterAll(async () => {
  await sandbox.stop();
  await ear.close();
  world.forget();
});

const trade = (orderNo: string) => ({ out_trade_no: orderNo });
const query = (orderNo: string, by = shop) => call(by, 'alipay.trade.query', trade(orderNo));

/** A code to scan, scanned. */
async function opened(orderNo = newNo(), by = shop, more: Record<string, unknown> = {}): Promise<string> {
  const shown = await call(by, 'alipay.trade.precreate', orderOf(orderNo, more), { notify_url: ear.url });
  expect((await fetch(String(shown.node['qr_code']))).status).toBe(200);
  return orderNo;
}

async function paid(by = shop): Promise<string> {
  const orderNo = await opened(newNo(), by);
  sandbox.pay(orderNo);
  return orderNo;
}

describe('an order', () => {
  test('by a code to scan is no trade before somebody scans it', async () => {
    const orderNo = newNo();
    const shown = await call(shop, 'alipay.trade.precreate', orderOf(orderNo));
    expect((await query(orderNo)).node).toMatchObject({ sub_code: 'ACQ.TRADE_NOT_EXIST', out_trade_no: orderNo });
    expect((await call(shop, 'alipay.trade.close', trade(orderNo))).node['sub_code']).toBe('ACQ.TRADE_NOT_EXIST');
    const again = await call(shop, 'alipay.trade.precreate', orderOf(orderNo));
    expect(again.node['qr_code'], 'the same code').toBe(shown.node['qr_code']);
    const scan = `${sandbox.url}/sandbox/scan?text=${encodeURIComponent(String(shown.node['qr_code']))}`;
    expect(await (await fetch(scan)).text()).toContain('¥88.00');
    expect((await query(orderNo)).node).toMatchObject({ trade_status: 'WAIT_BUYER_PAY', total_amount: '88.00' });
    expect((await fetch(`${sandbox.url}/qr/bax00`)).status).toBe(404);
  });

  test('again is how it stands; another one under its number is refused', async () => {
    const orderNo = await opened();
    const other = await call(shop, 'alipay.trade.precreate', orderOf(orderNo, { total_amount: '88.01' }));
    expect(other.node['sub_code']).toBe('ACQ.CONTEXT_INCONSISTENT');
    sandbox.pay(orderNo);
    const again = await call(shop, 'alipay.trade.precreate', orderOf(orderNo));
    expect(again.node['sub_code']).toBe('ACQ.TRADE_HAS_SUCCESS');
    const closed = await opened();
    expect((await call(shop, 'alipay.trade.close', trade(closed))).node['code']).toBe('10000');
    expect((await call(shop, 'alipay.trade.precreate', orderOf(closed))).node['sub_code']).toBe('ACQ.TRADE_HAS_CLOSE');
  });

  test('is over at its time, and not taken after it', async () => {
    const orderNo = await opened(newNo(), shop, { time_expire: '2026-11-23 10:30:00' });
    clock.advanceMs(31 * 60_000);
    expect((await query(orderNo)).node).toMatchObject({ trade_status: 'TRADE_CLOSED', receipt_amount: '0.00' });
    expect((await query(orderNo)).node).not.toHaveProperty('send_pay_date');
    const late = await call(shop, 'alipay.trade.precreate', orderOf(newNo(), { time_expire: '2026-11-23 10:30:00' }));
    expect(late.node['sub_code']).toBe('ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR');
  });

  test('belongs to its merchant alone', async () => {
    const orderNo = await paid();
    expect((await query(orderNo, certified)).node['sub_code']).toBe('ACQ.TRADE_NOT_EXIST');
    const { trade_no } = (await query(orderNo)).node;
    const byNumber = await call(certified, 'alipay.trade.query', { trade_no });
    expect(byNumber.node['sub_code']).toBe('ACQ.TRADE_NOT_EXIST');
    expect((await call(shop, 'alipay.trade.query', { trade_no })).node['out_trade_no']).toBe(orderNo);
  });

  test('within Alipay wants a buyer whom the login told', async () => {
    const create = (buyer: object) => call(shop, 'alipay.trade.create', orderOf(newNo(), { ...buyer }));
    expect((await create({})).node['sub_code']).toBe('ACQ.INVALID_PARAMETER');
    expect((await create({ buyer_id: '2088100000000099' })).node['sub_code']).toBe('ACQ.INVALID_PARAMETER');
    const taken = await create({ buyer_id: '2088100000000007' });
    expect(taken.node['trade_no']).toMatch(/^\d{28}$/);
    const page = await fetch(`${sandbox.url}/cashier?trade_no=${String(taken.node['trade_no'])}`);
    expect(await page.text()).toContain('支付宝');
  });
});

describe('the login', () => {
  const ask = (more: Wire = {}) =>
    fetch(
      `${sandbox.url}/oauth2/publicAppAuthorize.htm?${new URLSearchParams({
        app_id: shop.settings.app_id,
        scope: 'auth_base',
        redirect_uri: 'https://shop.example/back?a=1',
        state: 'S',
        ...more,
      }).toString()}`,
      { redirect: 'manual' },
    );
  const token = (code: string, by = shop) =>
    call(by, 'alipay.system.oauth.token', null, { grant_type: 'authorization_code', code });

  test('comes back with a code that is good once, for its own application', async () => {
    const code = async () => new URL((await ask()).headers.get('location') ?? '').searchParams.get('auth_code') ?? '';
    const first = await code();
    expect((await token(first)).node).toMatchObject({ user_id: '2088100000000007' });
    expect((await token(first)).node).toMatchObject({ code: '40002', sub_code: 'isv.code-invalid' });
    expect((await token(await code(), certified)).node['sub_code']).toBe('isv.code-invalid');
    const late = await code();
    clock.advanceMs(301_000);
    expect((await token(late)).node['sub_code']).toBe('isv.code-invalid');
  });

  test.each([{ app_id: 'x' }, { scope: 'moon' }, { redirect_uri: 'javascript:alert(1)' }])(
    'is none with %o',
    async (more) => {
      expect((await ask(more)).status).toBe(400);
    },
  );
});

describe('money that goes back', () => {
  const refund = (orderNo: string, amount: string, no = newNo()) =>
    call(shop, 'alipay.trade.refund', { ...trade(orderNo), refund_amount: amount, out_request_no: no });

  test('is told as what went back in all, once for each number', async () => {
    const orderNo = await paid();
    expect((await refund(orderNo, '8.00', 'R1')).node).toMatchObject({ fund_change: 'Y', refund_fee: '8.00' });
    expect((await refund(orderNo, '8.00', 'R1')).node).toMatchObject({ fund_change: 'N', refund_fee: '8.00' });
    expect((await refund(orderNo, '9.00', 'R1')).node['sub_code']).toBe('ACQ.DISCORDANT_REPEAT_REQUEST');
    expect((await refund(orderNo, '10.00', 'R2')).node).toMatchObject({ fund_change: 'Y', refund_fee: '18.00' });
    expect((await refund(orderNo, '88.01')).node['sub_code']).toBe('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL');
    expect((await refund(orderNo, '70.01')).node['sub_code']).toBe('ACQ.REASON_TRADE_REFUND_FEE_ERR');
    expect((await query(orderNo)).node['trade_status']).toBe('TRADE_SUCCESS');
    await refund(orderNo, '70.00', 'R3');
    expect((await query(orderNo)).node).toMatchObject({
      trade_status: 'TRADE_CLOSED',
      send_pay_date: expect.any(String),
    });
    expect((await refund(orderNo, '0.01')).node['sub_code']).toBe('ACQ.TRADE_HAS_CLOSE');
    const ask = (no: string) =>
      call(shop, 'alipay.trade.fastpay.refund.query', { ...trade(orderNo), out_request_no: no });
    expect((await ask('R2')).node).toMatchObject({ refund_status: 'REFUND_SUCCESS', refund_amount: '10.00' });
    expect((await ask('R9')).node).not.toHaveProperty('refund_status');
  });

  test('does not go back from an order that is not paid, or has no name for a part', async () => {
    expect((await refund(await opened(), '1.00')).node['sub_code']).toBe('ACQ.TRADE_STATUS_ERROR');
    expect((await refund('NOBODY', '1.00')).node['sub_code']).toBe('ACQ.TRADE_NOT_EXIST');
    expect((await refund(await paid(), '1.00', '')).node['sub_code']).toBe('ACQ.INVALID_PARAMETER');
    expect((await refund(await paid(), '88.00', '')).node['fund_change']).toBe('Y');
  });

  test('by a payment code goes back as a whole, within a day', async () => {
    const orderNo = newNo();
    const charge = orderOf(orderNo, { scene: 'bar_code', auth_code: sandbox.paymentCode('pays') });
    expect((await call(shop, 'alipay.trade.pay', charge)).node).toMatchObject({ code: '10000' });
    const cancel = () => call(shop, 'alipay.trade.cancel', trade(orderNo));
    expect((await cancel()).node).toMatchObject({ code: '10000', action: 'refund', retry_flag: 'N' });
    expect((await cancel()).node, 'again').toMatchObject({ code: '10000', action: 'refund' });
    expect((await query(orderNo)).node['trade_status']).toBe('TRADE_CLOSED');
    expect((await refund(orderNo, '1.00')).node['code']).toBe('40004');
    const nobody = await call(shop, 'alipay.trade.cancel', trade('NOBODY'));
    expect(nobody.node).toMatchObject({ code: '10000', retry_flag: 'N' });
    expect(nobody.node).not.toHaveProperty('action');
    const old = await paid();
    clock.advanceMs(25 * 3_600_000);
    const late = await call(shop, 'alipay.trade.cancel', trade(old));
    expect(late.node['sub_code']).toBe('ACQ.TRADE_CANCEL_TIME_OUT');
  });
});

describe('a merchant is told', () => {
  test('of a payment, signed, and of each refund at the same address', async () => {
    const orderNo = await paid();
    await call(shop, 'alipay.trade.refund', { ...trade(orderNo), refund_amount: '8.00', out_request_no: 'B1' });
    const heard = () => ear.received.filter((one) => one['out_trade_no'] === orderNo);
    await expect.poll(() => heard().length).toBe(2);
    const [first = {}, second = {}] = heard();
    expect(first).toMatchObject({
      trade_status: 'TRADE_SUCCESS',
      total_amount: '88.00',
      seller_id: shop.settings.seller_id,
    });
    expect(second).toMatchObject({
      out_biz_no: 'B1',
      refund_fee: '8.00',
      gmt_refund: expect.stringMatching(/\.\d{3}$/),
    });
    for (const one of [first, second]) {
      expect(isBelieved(shop, one)).toBe(true);
      expect(isBelieved(shop, { ...one, total_amount: '88.01' })).toBe(false);
    }
  });

  test('until it says success: at once, then after 4m 10m 10m 1h 2h 6h 15h, eight times in all', async () => {
    const deaf = await listen(Array.from({ length: 20 }, () => 'ok'));
    const orderNo = newNo();
    const shown = await call(shop, 'alipay.trade.precreate', orderOf(orderNo), { notify_url: deaf.url });
    await fetch(String(shown.node['qr_code']));
    sandbox.pay(orderNo);
    const tries = () => sandbox.orders({ orderNo })[0]?.notify_tries;
    await expect.poll(tries).toBe(1);
    for (const [index, minutes] of [4, 10, 10, 60, 120, 360, 900].entries()) {
      clock.advanceMs(minutes * 60_000 - 1000);
      await new Promise((resolve) => setTimeout(resolve, 250)); // longer than the schedule looks away
      expect(tries(), `a second before ${minutes} minutes`).toBe(index + 1);
      clock.advanceMs(1000);
      await expect.poll(tries).toBe(index + 2);
    }
    expect(new Set(deaf.received.map((one) => one['notify_id'])).size, 'one id for all').toBe(1);
    await deaf.close();
  });
});

test('the browser goes back with signed parameters after a success, and bare after a failure', async () => {
  const back = async (orderNo: string) => {
    const params = signAs(shop, 'alipay.trade.page.pay', orderOf(orderNo), {
      return_url: 'https://shop.example/back?x=1',
    });
    const arrived = await fetch(`${shop.settings.gateway_url}?${new URLSearchParams(params).toString()}`);
    const token = new URL(arrived.url).searchParams.get('order') ?? '';
    if (orderNo.endsWith('9')) sandbox.expire(orderNo);
    else sandbox.pay(orderNo);
    const page = await (await fetch(`${sandbox.url}/pay/result?order=${token}`)).text();
    return new URL((/href="(https:\/\/shop\.example[^"]*)"/.exec(page)?.[1] ?? '').replaceAll('&amp;', '&'));
  };
  const good = Object.fromEntries((await back('GOOD1')).searchParams);
  const { x, ...told } = good;
  expect(x).toBe('1');
  expect(told).toMatchObject({ out_trade_no: 'GOOD1', total_amount: '88.00', method: 'alipay.trade.page.pay.return' });
  expect(isBelieved(shop, told)).toBe(true);
  expect([...(await back('BAD9')).searchParams.keys()]).toEqual(['x']);
});

describe('the bill', () => {
  const ask = (date: string, type = 'trade') =>
    call(shop, 'alipay.data.dataservice.bill.downloadurl.query', { bill_type: type, bill_date: date });

  test('lives at an address for half a minute, once', async () => {
    const now = () => new Date(clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
    await paid();
    const day = now();
    expect((await ask(day)).node['sub_code'], 'the day is not over').toBe('isp.bill_not_exist');
    clock.advanceMs(40 * 3_600_000);
    const url = String((await ask(day)).node['bill_download_url']);
    const file = await fetch(url);
    expect(file.headers.get('content-type')).toBe('application/zip');
    expect((await fetch(url)).status, 'twice').toBe(404);
    const late = String((await ask(day)).node['bill_download_url']);
    clock.advanceMs(31_000);
    expect((await fetch(late)).status, 'late').toBe(404);
    expect((await ask('2020-01-01')).node['sub_code']).toBe('isp.bill_not_exist');
    expect((await ask(day, 'signcustomer')).node['sub_code']).toBe('ACQ.INVALID_PARAMETER');
    expect((await ask('2026-02-30')).node['sub_code']).toBe('ACQ.INVALID_PARAMETER');
  });
});

test('keys and orders are there again after a restart, and nobody else can read them', async () => {
  const orderNo = await paid();
  const before = (await query(orderNo)).node;
  await expect.poll(() => sandbox.orders({ orderNo })[0]?.notify_acknowledged).toBe(true);
  await sandbox.stop();
  sandbox = await startAlipaySandbox({ port: 0, ...deps, dataDir: world.dataDir });
  const again = openMerchant(sandbox.merchantSettings);
  expect(again.key.equals(shop.key)).toBe(true);
  shop = again;
  expect((await query(orderNo)).node).toMatchObject({ trade_no: before['trade_no'], trade_status: 'TRADE_SUCCESS' });
  expect(statSync(join(world.dataDir, 'keys.json')).mode & 0o077).toBe(0);
});

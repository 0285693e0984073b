import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import { type JdpaySandbox, startJdpaySandbox } from './jdpay.ts';
import {
  call,
  decrypted,
  envelope,
  formOf,
  type Listener,
  listen,
  newOrderNo,
  open,
  openMerchant,
  orderFields,
  postForm,
  type TestMerchant,
  toXml,
  type Wire,
} from './test-merchant.ts';

const clock = new ManualClock(new Date('2026-11-23T02:11:12Z'));
const deps = { clock, random: systemRandom, log: silentLog };
let sandbox: JdpaySandbox;
let shop: TestMerchant;
let till: TestMerchant;
let other: TestMerchant;
let ear: Listener;

beforeAll(async () => {
  sandbox = await startJdpaySandbox({ port: 0, ...deps, dataDir: null, refundDelayMs: 0 });
  shop = openMerchant(sandbox.merchantSettings);
  till = openMerchant(sandbox.merchantSettings, 'code');
  const [second] = sandbox.extraMerchants;
  if (second === undefined) throw new Error('there is one shop only');
  other = openMerchant(second);
  ear = await listen();
});

afterAll(async () => {
  await sandbox.stop();
  await ear.close();
});

async function ordered(more: Wire = {}): Promise<string> {
  const fields = orderFields(shop, { tradeType: 'QR', notifyUrl: ear.url, ...more });
  expect(await call(shop, 'uniorder', fields)).toMatchObject({ code: '000000' });
  return fields['tradeNum'] ?? '';
}

async function paid(more: Wire = {}): Promise<string> {
  const orderNo = await ordered(more);
  expect(sandbox.pay(orderNo)).toBe('2');
  return orderNo;
}

const named = (tradeNum: string, by = shop) => ({ version: 'V2.0', merchant: by.merchant, tradeNum });
const query = (tradeNum: string, by = shop) => call(by, 'query', { ...named(tradeNum, by), tradeType: '0' });
const undo = (what: 'refund' | 'revoke', oTradeNum: string, amount: string, tradeNum = newOrderNo(), by = shop) =>
  call(by, what, { ...named(tradeNum, by), oTradeNum, amount, currency: 'CNY', tradeTime: '20261123101112' });
const told = async (orderNo: string, count = 1) => {
  const about = () => ear.bodies.map((body) => open(shop, body)).filter((one) => one.fields['tradeNum'] === orderNo);
  await expect.poll(() => about().length).toBeGreaterThanOrEqual(count);
  return about();
};

describe('an order', () => {
  test('is taken once: the same again and another under its number are refused, signed', async () => {
    const fields = orderFields(shop, { tradeType: 'GEN' });
    const first = await call(shop, 'uniorder', fields);
    expect(first).toMatchObject({ code: '000000', isByJd: true, fields: { amount: '8800', merchantName: '胡同百货' } });
    expect(first.fields['orderId']).toMatch(/^\d{22}$/);
    expect(first.fields).not.toHaveProperty('qrCode');
    expect(await call(shop, 'uniorder', fields)).toMatchObject({ code: '000006', isByJd: true });
    expect(await call(shop, 'uniorder', { ...fields, amount: '1' })).toMatchObject({ code: '000006' });
    expect(sandbox.orders({ orderNo: fields['tradeNum'] ?? '' })).toMatchObject([{ amount_fen: '8800', via: 'app' }]);
  });

  test('by QR is found by whoever scans its code', async () => {
    const fields = orderFields(shop, { tradeType: 'QR' });
    const { qrCode = '' } = (await call(shop, 'uniorder', fields)).fields;
    expect(qrCode).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/code\?c=[0-9a-f]{18}$/);
    const page = await (await fetch(qrCode)).text();
    expect(page).toContain('¥88.00');
    expect(page).toContain('模拟器');
    const scanned = await fetch(`${sandbox.url}/sandbox/scan?text=${encodeURIComponent(qrCode)}`);
    expect(await scanned.text()).toContain(fields['tradeNum']);
    expect((await fetch(`${sandbox.url}/code?c=0`)).status).toBe(404);
  });

  test('of an app opens only with the app’s id and signData', async () => {
    const { orderId = '' } = (await call(shop, 'uniorder', orderFields(shop, { tradeType: 'GEN' }))).fields;
    const { merchant, app_id: appId, md5_key: key } = sandbox.merchantSettings;
    const signData = createHash('md5').update(`merchant=${merchant}&orderId=${orderId}&key=${key}`).digest('hex');
    const right = { orderId, merchant, appId, signData };
    const status = async (changed: Wire) => {
      const query = new URLSearchParams({ ...right, ...changed }).toString();
      return (await fetch(`${sandbox.url}/pay?${query}`)).status;
    };
    expect(await status({})).toBe(200);
    for (const changed of [
      { signData: '' },
      { signData: `${signData}0` },
      { appId: 'x' },
      { merchant: 'x' },
      { orderId: '1' },
    ]) {
      expect(await status(changed), JSON.stringify(changed)).toBe(404);
    }
  });

  test('is waiting, then paid with its means, then told; or closed when its time is over', async () => {
    const orderNo = await ordered({ expireTime: '600' });
    expect((await query(orderNo)).fields).toMatchObject({ status: '0', tradeType: '0', amount: '8800' });
    sandbox.pay(orderNo, { card: 1 });
    const found = await query(orderNo);
    expect(found.fields).toMatchObject({ status: '2', payType: '0', cardNo: '6216***********0018' });
    const [news] = await told(orderNo);
    expect(news).toMatchObject({
      code: '000000',
      isByJd: true,
      fields: { status: '2', tradeType: '0', amount: '8800' },
    });
    expect(news?.inside.split('<payList>')[0]).not.toContain('<currency>');
    const late = await ordered({ expireTime: '600' });
    clock.advanceMs(600_001);
    expect((await query(late)).fields).toMatchObject({ status: '4' });
  });

  test('that nobody made, or another merchant, is not found, signed', async () => {
    expect(await query('NOTHING')).toMatchObject({ code: '000005', desc: '订单不存在', isByJd: true });
    expect(await query(await ordered(), other)).toMatchObject({ code: '000005' });
  });
});

describe('a browser’s form', () => {
  const form = (more: Wire = {}) =>
    orderFields(shop, { callbackUrl: 'http://127.0.0.1:9/return', notifyUrl: ear.url, ...more });
  const web = () => `${sandbox.merchantSettings.pay_url}/saveOrder`;
  const wap = () => `${sandbox.merchantSettings.h5_url}/saveOrder`;

  test('leads to the cashier: a relative address on a desktop, an absolute one on a phone', async () => {
    const fields = form();
    const desktop = await postForm(web(), formOf(shop, fields));
    expect(desktop.status).toBe(302);
    expect(desktop.headers.get('location')).toMatch(/^payCashier\?tradeNum=\w+&ourTradeNum=\d{22}&key=/);
    const phone = await postForm(wap(), formOf(shop, form()));
    expect(phone.headers.get('location')).toMatch(
      /^http:.*\/h5pay\/jdpay\/payCashier\?tradeNum=\w+&orderId=\d{22}&key=/,
    );
    const page = await (await fetch(new URL(desktop.headers.get('location') ?? '', web()))).text();
    expect(page).toContain(fields['tradeNum']);
  });

  test('a second time is refused on a page with the way on to the order that waits', async () => {
    const fields = form();
    await postForm(web(), formOf(shop, fields));
    const again = await (await postForm(web(), formOf(shop, fields))).text();
    expect(again).toContain('data-resp-code="000006"');
    expect(again).toMatch(/href="\/pay\?order=/);
    const changed = await (await postForm(web(), formOf(shop, { ...fields, amount: '1' }))).text();
    expect(changed).toContain('000006');
    expect(changed).not.toMatch(/href="\/pay\?order=/);
  });

  test('is refused with one changed value, another’s signature, or a field in clear', async () => {
    const fields = form();
    const sealed = formOf(shop, fields);
    const wrong: Wire[] = [
      { ...sealed, amount: formOf(shop, form({ amount: '1' }))['amount'] ?? '' },
      { ...sealed, sign: formOf(other, fields)['sign'] ?? '' },
      { ...sealed, sign: '' },
      { ...sealed, amount: '8800' },
      { ...sealed, merchant: '1' },
      { ...sealed, version: 'V1.0' },
      formOf(shop, { ...fields, surprise: '1' }),
      formOf(shop, { ...fields, callbackUrl: 'javascript:alert(1)' }),
      formOf(till, { ...fields, merchant: till.merchant }),
    ];
    for (const one of wrong) {
      const page = await (await postForm(web(), one)).text();
      expect(page, JSON.stringify(one).slice(0, 99)).toMatch(/data-resp-code="00000[1-4]"/);
    }
    expect(sandbox.orders({ orderNo: fields['tradeNum'] ?? '' })).toEqual([]);
  });

  test('once paid, brings the browser back with sealed values and the status 0 that means success there', async () => {
    const fields = form();
    const page = await postForm(web(), formOf(shop, fields));
    const key = new URL(page.headers.get('location') ?? '', web()).searchParams.get('key') ?? '';
    sandbox.pay(fields['tradeNum'] ?? '');
    const result = await (await fetch(`${sandbox.url}/pay/result?order=${key}`)).text();
    const back = Object.fromEntries(
      [...result.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(([, name, value]) => [
        name,
        value,
      ]),
    );
    expect(Object.keys(back)).toEqual(['tradeNum', 'amount', 'currency', 'tradeTime', 'note', 'status', 'sign']);
    const clear = (name: string) => decrypted(shop, back[name] ?? '');
    expect([clear('tradeNum'), clear('amount'), clear('status')]).toEqual([fields['tradeNum'], '8800', '0']);
    expect(back['note']).toBe('');
  });
});

describe('a payment code', () => {
  const charge = (token: string, more: Wire = {}) => {
    const { orderType: _, userId: __, ...fields } = orderFields(till, { notifyUrl: ear.url, ...more });
    return call(till, 'fkmPay', { ...fields, token, device: 'TILL01' });
  };

  test('pays at once, waits for the PIN, or cannot pay', async () => {
    expect(sandbox.paymentCode('pays')).toMatch(/^62\d{16}$/);
    expect((await charge(sandbox.paymentCode('pays'))).fields).toMatchObject({ status: '2' });
    expect((await charge(sandbox.paymentCode('declines'))).fields).toMatchObject({ status: '3' });
    const waiting = await charge(sandbox.paymentCode('asks_pin'));
    expect(waiting.fields).toMatchObject({ status: '1' });
    const orderNo = waiting.fields['tradeNum'] ?? '';
    sandbox.pay(orderNo);
    expect((await query(orderNo, till)).fields).toMatchObject({ status: '2' });
  });

  test('works once, and only for the number of that business', async () => {
    const code = sandbox.paymentCode('pays');
    await charge(code);
    expect((await charge(code)).fields).toMatchObject({ status: '3' });
    expect((await charge('621111111111111111')).fields).toMatchObject({ status: '3' });
    expect(await charge('12345')).toMatchObject({ code: '000004' });
    const { orderType: _, userId: __, ...fields } = orderFields(shop);
    const wrong = await call(shop, 'fkmPay', { ...fields, token: sandbox.paymentCode('pays') });
    expect(wrong).toMatchObject({ code: '000003', isByJd: true });
    expect(await call(till, 'uniorder', orderFields(till, { tradeType: 'QR' }))).toMatchObject({ code: '000003' });
  });
});

describe('undoing', () => {
  test('refunds in parts and never more than was paid', async () => {
    const orderNo = await paid();
    const first = await undo('refund', orderNo, '3000');
    expect(first).toMatchObject({ code: '000000', fields: { status: '1', oTradeNum: orderNo, amount: '3000' } });
    expect((await undo('refund', orderNo, '5801')).fields).toMatchObject({ status: '2' });
    expect((await undo('refund', orderNo, '5800')).fields).toMatchObject({ status: '1' });
    expect((await undo('refund', orderNo, '1')).fields).toMatchObject({ status: '2' });
    expect((await query(orderNo)).fields).toMatchObject({ status: '2', amount: '8800' });
    const list = await call(shop, 'queryRefund', { version: 'V2.0', merchant: shop.merchant, oTradeNum: orderNo });
    expect(list.inside.match(/<refund>/g)).toHaveLength(2);
  });

  test('takes a number once, and finds a refund by it under its own payment alone', async () => {
    const orderNo = await paid();
    const no = newOrderNo();
    await undo('refund', orderNo, '1', no);
    expect(await undo('refund', orderNo, '1', no)).toMatchObject({ code: '000006' });
    expect(await undo('refund', orderNo, '1', orderNo)).toMatchObject({ code: '000006' });
    const find = (oTradeNum: string) => call(shop, 'query', { ...named(no), tradeType: '1', oTradeNum });
    expect((await find(orderNo)).fields).toMatchObject({ tradeType: '1', status: '1' });
    expect(await find('OTHER')).toMatchObject({ code: '000005' });
    expect(await query(no)).toMatchObject({ code: '000005' });
  });

  test('by a revoke closes what is unpaid and gives back the whole of what is paid', async () => {
    const open = await ordered();
    expect((await undo('revoke', open, '8800')).fields).toMatchObject({ status: '1', tradeType: '2' });
    expect((await query(open)).fields).toMatchObject({ status: '4' });
    expect(() => sandbox.pay(open)).toThrow('past its time');
    const orderNo = await paid();
    expect((await undo('revoke', orderNo, '8799')).fields).toMatchObject({ status: '2' });
    const no = newOrderNo();
    expect((await undo('revoke', orderNo, '8800', no)).fields).toMatchObject({ status: '1', tradeType: '2' });
    expect(sandbox.orders({ orderNo })).toMatchObject([{ refunded_fen: '8800' }]);
    expect((await told(no))[0]?.fields).toMatchObject({ tradeType: '2', oTradeNum: orderNo, status: '1' });
  });

  test('is refused for what is not paid, and for what is another merchant’s', async () => {
    expect(await undo('refund', await ordered(), '1')).toMatchObject({ code: '000007' });
    expect(await undo('refund', await paid(), '1', newOrderNo(), other)).toMatchObject({ code: '000005' });
  });
});

describe('a call that cannot be believed is answered without a word that is signed', () => {
  test.each<[string, string, (body: string) => string]>([
    ['000002', 'another’s signature', (body) => body.replace(/.*/s, () => forged())],
    ['000001', 'a changed letter', (body) => body.replace(/<encrypt>..../, '<encrypt>AAAA')],
    ['000001', 'a document type', (body) => body.replace('<jdpay>', '<!DOCTYPE jdpay><jdpay>')],
    ['000001', 'an old version', (body) => body.replace('V2.0', 'V1.0')],
    ['000003', 'a stranger’s number', (body) => body.replace(shop.merchant, '999')],
    ['000001', 'another’s number', (body) => body.replace(shop.merchant, other.merchant)],
    ['000001', 'nothing', () => ''],
  ])('%s for %s', async (code, _, spoil) => {
    const said = await call(shop, 'uniorder', orderFields(shop, { tradeType: 'QR' }), spoil);
    expect(said).toMatchObject({ code, isByJd: false, inside: '' });
  });

  function forged(): string {
    return envelope({ ...shop, keyPem: other.keyPem }, toXml(orderFields(shop, { tradeType: 'QR' })));
  }

  test('and one that is signed but wrong is told what is wrong', async () => {
    const wrong: Wire[] = [
      { amount: '0' },
      { amount: '1.5' },
      { currency: 'USD' },
      { tradeType: 'XX' },
      { tradeNum: 'A-1' },
      { tradeTime: '20260230101010' },
      { notifyUrl: 'ftp://shop.example' },
      { surprise: '1' },
      { tradeName: '' },
    ];
    for (const more of wrong) {
      const said = await call(shop, 'uniorder', orderFields(shop, { tradeType: 'QR', ...more }));
      expect(said, JSON.stringify(more)).toMatchObject({ code: '000004', isByJd: true });
      expect(said.desc).toContain(Object.keys(more)[0]);
    }
  });
});

describe('notifications', () => {
  test('come again after 1, 3, 10 and 120 minutes until one is taken, by `success` or `ok`', async () => {
    const own = await startJdpaySandbox({ port: 0, ...deps, dataDir: null });
    const ears = await listen([
      { status: 500, body: 'success' },
      { status: 200, body: '' },
      { status: 200, body: 'fail' },
      { status: 200, body: 'ok' },
    ]);
    try {
      const by = openMerchant(own.merchantSettings);
      const fields = orderFields(by, { tradeType: 'QR', notifyUrl: ears.url });
      await call(by, 'uniorder', fields);
      own.pay(fields['tradeNum'] ?? '');
      for (const [count, minutes] of [
        [1, 1],
        [2, 3],
        [3, 10],
        [4, 120],
      ] as const) {
        await expect.poll(() => own.orders()[0]?.notify_tries).toBe(count);
        clock.advanceMs(minutes * 60_000);
      }
      await expect.poll(() => own.orders()[0]?.notify_acknowledged).toBe(true);
      expect(new Set(ears.bodies).size, 'each the same, letter for letter').toBe(1);
      expect(ears.bodies).toHaveLength(4);
    } finally {
      await own.stop();
      await ears.close();
    }
  });

  test('and answers write their header in two ways, and break some signatures into lines', async () => {
    const insides: string[] = [];
    for (let count = 0; count < 24; count++) insides.push((await query(await paid())).inside);
    const kinds = (pattern: RegExp) => insides.filter((inside) => pattern.test(inside)).length;
    for (const pattern of [/^<\?xml [^>]*"\?>/, /^<\?xml [^>]*" \?>/, /<sign>[^<]*\n/, /<sign>[^\n<]*<\/sign>/]) {
      expect(kinds(pattern), String(pattern)).toBeGreaterThan(0);
    }
  });
});

test('keys and books are kept, closed to others, and found again by the next start', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'jdpay-books-'));
  try {
    const first = await startJdpaySandbox({ port: 0, ...deps, dataDir });
    const by = openMerchant(first.merchantSettings);
    const fields = orderFields(by, { tradeType: 'QR' });
    await call(by, 'uniorder', fields);
    first.pay(fields['tradeNum'] ?? '');
    await first.stop();
    expect(statSync(join(dataDir, 'keys.json')).mode & 0o077).toBe(0);
    const second = await startJdpaySandbox({ port: 0, ...deps, dataDir });
    const again = openMerchant(second.merchantSettings);
    expect(again.keyPem).toBe(by.keyPem);
    expect(
      (await call(again, 'query', { ...named(fields['tradeNum'] ?? '', again), tradeType: '0' })).fields,
    ).toMatchObject({
      status: '2',
    });
    await second.stop();
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});

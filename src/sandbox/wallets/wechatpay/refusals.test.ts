import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ask,
  authorizationOf,
  call,
  get,
  isSignedBy,
  type Json,
  type Odd,
  orderOf,
  post,
  startTestSandbox,
  type TestSandbox,
} from './test-merchant.ts';

const NATIVE = '/v3/pay/transactions/native';

let at: TestSandbox;
beforeAll(async () => {
  at = await startTestSandbox();
});
afterAll(() => at.sandbox.stop());

describe('a request that is not signed as it must be is 401 SIGN_ERROR', () => {
  const other = () => at.sandbox.extraMerchants[0] ?? at.settings;
  const nowSeconds = () => Math.floor(at.clock.now().getTime() / 1000);
  const cases: [name: string, odd: () => Odd][] = [
    ['no Authorization', () => ({ authorization: '' })],
    ['another scheme', () => ({ authorization: 'Bearer abc' })],
    ['a pair is missing', () => ({ authorization: 'WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="2",timestamp="3"' })],
    ['an unknown merchant', () => ({ mchid: '1900000000' })],
    ['another merchant than the key', () => ({ mchid: other().mchid })],
    ['another serial number', () => ({ serialNo: other().merchant_serial_no })],
    ['another key', () => ({ keyPem: other().merchant_private_key_pem })],
    ['another body than was signed', () => ({ signedBody: '{}' })],
    ['signed six minutes ago', () => ({ timestamp: nowSeconds() - 360 })],
    ['signed for in six minutes', () => ({ timestamp: nowSeconds() + 360 })],
  ];
  test.each(cases)('%s', async (_name, odd) => {
    const told = await post(at, NATIVE, orderOf(at), odd());
    expect(told).toMatchObject({ status: 401, json: { code: 'SIGN_ERROR' } });
    expect(isSignedBy(at.settings.platform_certificates_pem ?? '', told.headers, told.text)).toBe(true);
  });

  test('another target than was signed', async () => {
    const order = orderOf(at);
    await post(at, NATIVE, order);
    const target = `/v3/pay/transactions/out-trade-no/${String(order['out_trade_no'])}`;
    expect(await get(at, `${target}?mchid=${at.settings.mchid}`)).toMatchObject({ status: 200 });
    const authorization = authorizationOf(at, 'GET', target, '');
    expect(await get(at, `${target}?mchid=${at.settings.mchid}`, { authorization })).toMatchObject({ status: 401 });
  });
});

describe('an order that is not as documented is refused', () => {
  const wrong: [name: string, path: string, more: Json, status: number, code: string, field?: string][] = [
    ['an unknown key', 'native', { surprise: 1 }, 400, 'PARAM_ERROR', '/surprise'],
    ['an unknown key inside', 'native', { amount: { total: 1, more: 1 } }, 400, 'PARAM_ERROR', '/amount/more'],
    ['null', 'native', { attach: null }, 400, 'PARAM_ERROR', '/attach'],
    ['nothing to pay', 'native', { amount: { total: 0 } }, 400, 'PARAM_ERROR', '/amount/total'],
    ['half a fen', 'native', { amount: { total: 1.5 } }, 400, 'PARAM_ERROR', '/amount/total'],
    ['an amount as text', 'native', { amount: { total: '1' } }, 400, 'PARAM_ERROR', '/amount/total'],
    ['another currency', 'native', { amount: { total: 1, currency: 'USD' } }, 400, 'PARAM_ERROR', '/amount/currency'],
    ['a description of 128', 'native', { description: '长'.repeat(128) }, 400, 'PARAM_ERROR', '/description'],
    ['a short number', 'native', { out_trade_no: '12345' }, 400, 'PARAM_ERROR', '/out_trade_no'],
    ['a number with a blank', 'native', { out_trade_no: '1234 5678' }, 400, 'PARAM_ERROR', '/out_trade_no'],
    ['an address with a query', 'native', { notify_url: 'https://a.example/?b=1' }, 400, 'PARAM_ERROR', '/notify_url'],
    ['no payer on a page', 'jsapi', {}, 400, 'PARAM_ERROR', '/payer'],
    ['no scene on H5', 'h5', {}, 400, 'PARAM_ERROR', '/scene_info'],
    ['an unreadable time', 'native', { time_expire: 'soon' }, 400, 'PARAM_ERROR'],
    ['another merchant inside', 'native', { mchid: '1900009192' }, 400, 'PARAM_ERROR'],
    ['an appid of nobody', 'native', { appid: 'wx0000000000000000' }, 400, 'APPID_MCHID_NOT_MATCH'],
    ['a stranger on a page', 'jsapi', { payer: { openid: 'oNobody' } }, 500, 'OPENID_MISMATCH'],
  ];
  test.each(wrong)('%s', async (_name, path, more, status, code, field) => {
    const told = await post(at, `/v3/pay/transactions/${path}`, orderOf(at, more));
    expect(told).toMatchObject({ status, json: { code } });
    if (field !== undefined) expect(told.json['detail']).toMatchObject({ field, location: 'body' });
  });

  test('with an appid of another kind', async () => {
    expect(await post(at, '/v3/pay/transactions/app', orderOf(at))).toMatchObject({
      json: { code: 'APPID_MCHID_NOT_MATCH' },
    });
    const own = orderOf(at, { appid: at.settings.app_appid });
    expect(await post(at, '/v3/pay/transactions/app', own)).toMatchObject({ status: 200 });
  });

  test('without one of the fields that are required', async () => {
    for (const name of ['appid', 'mchid', 'description', 'out_trade_no', 'notify_url', 'amount']) {
      const { [name]: _, ...order } = orderOf(at);
      expect((await post(at, NATIVE, order)).json, name).toMatchObject({
        code: 'PARAM_ERROR',
        detail: { field: `/${name}` },
      });
    }
  });

  test('that is no JSON, or holds a character of four bytes', async () => {
    for (const body of ['', '[]', '{', JSON.stringify(orderOf(at, { description: '咖啡😀' }))])
      expect(await post(at, NATIVE, body), body).toMatchObject({ status: 400, json: { code: 'PARAM_ERROR' } });
  });

  test('with the inner number of its kind at the end of Request-ID', async () => {
    const fine = await post(at, NATIVE, orderOf(at));
    expect(fine.headers.get('request-id')).toMatch(/^[0-9A-F]{34}-0$/);
    const unknown = await post(at, NATIVE, orderOf(at, { surprise: 1 }));
    expect(unknown.headers.get('request-id')).toMatch(/-270924358$/);
  });
});

describe('who signs a reply', () => {
  test('is chosen by the request', async () => {
    const { platform_public_key_id: id = '', platform_public_key_pem: pem = '' } = at.settings;
    const order = orderOf(at);
    const byCertificate = await post(at, NATIVE, order);
    expect(byCertificate.headers.get('wechatpay-serial')).toMatch(/^[0-9A-F]{40}$/);
    const { platform_certificates_pem: certificate = '' } = at.settings;
    expect(isSignedBy(certificate, byCertificate.headers, byCertificate.text)).toBe(true);
    const byKey = await post(at, NATIVE, order, { headers: { 'wechatpay-serial': id } });
    expect(byKey.headers.get('wechatpay-serial')).toBe(id);
    expect(isSignedBy(pem, byKey.headers, byKey.text)).toBe(true);
    expect(isSignedBy(pem, byKey.headers, `${byKey.text} `)).toBe(false);
  });

  test('an empty answer is signed too', async () => {
    const order = orderOf(at);
    await post(at, NATIVE, order);
    const closed = await post(at, `/v3/pay/transactions/out-trade-no/${String(order['out_trade_no'])}/close`, {
      mchid: at.settings.mchid,
    });
    expect([closed.status, closed.text]).toEqual([204, '']);
    expect(isSignedBy(at.settings.platform_certificates_pem ?? '', closed.headers, '')).toBe(true);
    expect(await ask(at, order)).toMatchObject({ json: { trade_state: 'CLOSED' } });
  });

  test('a merchant with the public key alone gets no certificates', async () => {
    const settings = at.sandbox.extraMerchants[1] ?? at.settings;
    const alone = await call({ ...at, settings }, 'GET', '/v3/certificates', null);
    expect(alone).toMatchObject({ status: 404, json: { code: 'RESOURCE_NOT_EXISTS' } });
    expect(alone.headers.get('wechatpay-serial')).toBe(settings.platform_public_key_id);
  });
});

test('another merchant’s order is as if it were not there', async () => {
  const order = orderOf(at);
  await post(at, NATIVE, order);
  const stranger = { ...at, settings: at.sandbox.extraMerchants[0] ?? at.settings };
  expect(await ask(stranger, order)).toMatchObject({ status: 404, json: { code: 'ORDER_NOT_EXIST' } });
  const asThemselves = `/v3/pay/transactions/out-trade-no/${String(order['out_trade_no'])}?mchid=${at.settings.mchid}`;
  expect(await get(stranger, asThemselves)).toMatchObject({ status: 400, json: { code: 'PARAM_ERROR' } });
});

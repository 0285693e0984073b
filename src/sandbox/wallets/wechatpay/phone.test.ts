import { createSign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, orderOf, post, startTestSandbox, type TestSandbox } from './test-merchant.ts';

let at: TestSandbox;
beforeAll(async () => {
  at = await startTestSandbox();
});
afterAll(() => at.sandbox.stop());

const open = (url: string) => fetch(url, { redirect: 'manual' });

async function login(more: Record<string, string> = {}): Promise<Response> {
  const query = {
    appid: at.settings.appid,
    redirect_uri: 'https://shop.example/back?a=1',
    response_type: 'code',
    scope: 'snsapi_base',
    state: 'abc123',
    ...more,
  };
  return open(`${at.sandbox.url}/connect/oauth2/authorize?${new URLSearchParams(query).toString()}`);
}

async function redeem(code: string, more: Record<string, string> = {}): Promise<Json> {
  const { appid, app_secret: secret } = at.settings;
  const query = new URLSearchParams({ appid, secret, code, grant_type: 'authorization_code', ...more });
  const reply = await fetch(`${at.sandbox.url}/sns/oauth2/access_token?${query.toString()}`);
  expect(reply.headers.get('content-type')).toMatch(/^text\/plain/);
  return JSON.parse(await reply.text());
}

async function openid(): Promise<string> {
  const back = new URL((await login()).headers.get('location') ?? '');
  return String((await redeem(back.searchParams.get('code') ?? ''))['openid']);
}

describe('the log-in inside WeChat', () => {
  test('brings the browser back with a code for one use', async () => {
    const back = new URL((await login()).headers.get('location') ?? '');
    expect([back.origin, back.searchParams.get('a'), back.searchParams.get('state')]).toEqual([
      'https://shop.example',
      '1',
      'abc123',
    ]);
    const code = back.searchParams.get('code') ?? '';
    expect(await redeem(code)).toMatchObject({ openid: expect.stringMatching(/^o[\w-]{27}$/), scope: 'snsapi_base' });
    expect(await redeem(code)).toMatchObject({ errcode: 40029 });
  });

  test('refuses what is not asked for rightly', async () => {
    for (const more of [
      { appid: 'wx0' },
      { scope: 'snsapi_userinfo' },
      { response_type: 'token' },
      { redirect_uri: 'javascript:1' },
    ])
      expect((await login(more)).status, JSON.stringify(more)).toBe(400);
    const code = new URL((await login()).headers.get('location') ?? '').searchParams.get('code') ?? '';
    expect(await redeem(code, { secret: 'wrong' })).toMatchObject({ errcode: 40125 });
    expect(await redeem(code, { appid: 'wx0' })).toMatchObject({ errcode: 40013 });
    expect(await redeem('nothing')).toMatchObject({ errcode: 40029 });
  });
});

describe('a page of the pretend app', () => {
  test('opens from H5 for five minutes, is paid, and leads back to the shop', async () => {
    const h5 = { scene_info: { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } } };
    const order = orderOf(at, h5);
    const { json } = await post(at, '/v3/pay/transactions/h5', order);
    const back = 'https://shop.example/return?order=1';
    const url = `${String(json['h5_url'])}&redirect_url=${encodeURIComponent(back)}`;
    const page = await (await fetch(url)).text();
    for (const text of ['微信支付', '互通演示商店', '¥12.34', '云南咖啡 2 袋', '模拟器']) expect(page).toContain(text);
    const token = /name="order" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const form = new URLSearchParams({ order: token, lang: 'en', action: 'pay', card: '0', pin: '123456' });
    const done = await (await fetch(`${at.sandbox.url}/pay`, { method: 'POST', body: form })).text();
    expect(done).toContain('Paid');
    expect(done).toContain('https://shop.example/return?order=1');

    const later = await post(at, '/v3/pay/transactions/h5', orderOf(at, h5));
    at.clock.advanceMs(5 * 60_000 + 1000);
    expect((await open(String(later.json['h5_url']))).status).toBe(404);
  });

  test('opens in place of the bridge, for an order of that kind', async () => {
    const placed = await post(at, '/v3/pay/transactions/jsapi', orderOf(at, { payer: { openid: await openid() } }));
    const query = `prepay_id=${String(placed.json['prepay_id'])}&redirect_url=javascript:alert(1)`;
    const reply = await open(`${at.sandbox.url}/jsapi/pay?${query}`);
    expect([reply.status, reply.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/pay\?order=/)]);
    expect((await open(`${at.sandbox.url}/cgi-bin/mmpayweb-bin/checkmweb?${query}`)).status).toBe(404);
    expect((await open(`${at.sandbox.url}/jsapi/pay?prepay_id=nothing`)).status).toBe(404);
  });
});

describe('what a page or an app hands over', () => {
  const hand = (fields: Json) =>
    fetch(`${at.sandbox.url}/client/open`, { method: 'POST', body: JSON.stringify(fields) });
  const sign = (...parts: string[]) =>
    createSign('RSA-SHA256')
      .update(parts.map((part) => `${part}\n`).join(''))
      .sign(at.settings.merchant_private_key_pem, 'base64');

  test('is taken when the merchant has signed it, and refused when a letter is changed', async () => {
    const placed = await post(at, '/v3/pay/transactions/jsapi', orderOf(at, { payer: { openid: await openid() } }));
    const packed = `prepay_id=${String(placed.json['prepay_id'])}`;
    const parts = { appId: at.settings.appid, timeStamp: '1414561699', nonceStr: 'abc', package: packed };
    const fields = { ...parts, signType: 'RSA', paySign: sign(...Object.values(parts)) };
    expect((await hand(fields)).status).toBe(200);
    expect((await hand({ ...fields, nonceStr: 'abd' })).status).toBe(400);
    expect((await hand({ ...fields, signType: 'MD5' })).status).toBe(400);
    expect((await hand({ ...fields, paySign: sign('other') })).status).toBe(400);
    expect((await hand({})).status).toBe(400);
  });

  test('by an app is signed over the bare prepay_id', async () => {
    const placed = await post(at, '/v3/pay/transactions/app', orderOf(at, { appid: at.settings.app_appid }));
    const prepayid = String(placed.json['prepay_id']);
    const appid = at.settings.app_appid;
    const fields = {
      appid,
      partnerid: at.settings.mchid,
      prepayid,
      package: 'Sign=WXPay',
      noncestr: 'abc',
      timestamp: '1414561699',
      sign: sign(appid, '1414561699', 'abc', prepayid),
    };
    expect((await hand(fields)).status).toBe(200);
    expect((await hand({ ...fields, partnerid: '1' })).status).toBe(400);
    expect((await hand({ ...fields, sign: sign(appid, '1414561699', 'abc', `prepay_id=${prepayid}`) })).status).toBe(
      400,
    );
  });
});

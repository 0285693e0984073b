import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addWalletAccount } from '../src/cashier/add-wallet-account.ts';
import { createApiKey } from '../src/cashier/api-keys.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { SCOPES } from '../src/cashier/merchant.ts';
import { BOOK } from '../src/hutong.ts';
import { STAND_INS } from '../src/web/stand-ins.ts';
import { startWalletWorld, type WalletWorld } from './browser/wallet-world.ts';
import { everything } from './refused.ts';
import { callApi } from './server.ts';

/* What buyers' pages and pictures answer to people who mean harm: a shop, a scanner of its code, another site. */

const EVIL = '"><img src=x onerror=alert(1)><svg/onload=alert(2)>\'`${7*7}{{7*7}}';

let world: WalletWorld;
let codeId: string;
beforeAll(async () => {
  world = await startWalletWorld();
  codeId = (await world.server.call('POST', '/v1/qr-codes', { label: EVIL })).json.id;
});
afterAll(() => world.close());

function userAgentOf(place: string): string {
  return STAND_INS.find(({ name }) => name === place)?.userAgent ?? place;
}

async function open(url: string, place = 'phone', init: RequestInit = {}) {
  const headers = { 'user-agent': userAgentOf(place), ...(init.headers as Record<string, string>) }; // plain objects only, here
  const reply = await fetch(url, { redirect: 'manual', ...init, headers });
  return { reply, status: reply.status, headers: reply.headers, body: await reply.text() };
}

async function choose(url: string, wallet: string, place: string) {
  return await open(`${url}/attempts`, place, { method: 'POST', body: new URLSearchParams({ wallet }) });
}

/** No script but our files, no frame around it, nothing kept, nothing guessed. */
function expectSafePage(headers: Headers, what: string): void {
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy, what).toContain("default-src 'none'");
  expect(policy, what).toContain("script-src 'self'");
  expect(policy, what).toContain("base-uri 'none'");
  expect(policy, what).toContain("frame-ancestors 'none'");
  expect(policy, what).not.toMatch(/unsafe|\*|data:/);
  expect(headers.get('x-frame-options'), what).toBe('DENY');
  expect(headers.get('x-content-type-options'), what).toBe('nosniff');
  expect(headers.get('cache-control'), what).toBe('no-store');
  expect(['same-origin', 'strict-origin', 'no-referrer'], what).toContain(headers.get('referrer-policy'));
  expect(headers.get('access-control-allow-origin'), what).toBeNull();
}

/** Every script is a file of ours, and no attribute runs anything. */
function expectNoScript(body: string, what: string): void {
  for (const [tag] of body.matchAll(/<script[^>]*>/g)) expect(tag, what).toMatch(/^<script src="\/assets\//);
  expect(body, what).not.toMatch(/<img src=x|<svg\/onload|<style|javascript:/i);
  expect(body.replace(/="[^"]*"/g, ''), what).not.toMatch(/<[^>]*\son\w+\s*=/i);
}

describe('every page', () => {
  test('has the whole policy, whatever it is about', async () => {
    const { url } = await world.newCashier({ subject: EVIL.slice(0, 120) });
    const pages: [string, Awaited<ReturnType<typeof open>>][] = [
      ['the cashier', await open(url)],
      ['on a desktop', await open(url, 'desktop')],
      ['in WeChat', await open(url, 'wechat')],
      ['the way out', await open(`${url}/elsewhere?wallet=alipay`, 'wechat')],
      ['a form for a wallet', await choose((await world.newCashier()).url, 'unionpay', 'desktop')],
      ['a page of a wallet', await choose((await world.newCashier()).url, 'wechatpay', 'phone')],
      ['a wrong choice', await choose(url, 'nothing', 'phone')],
      ['no such payment', await open(`${world.server.url}/c/pay_0/x`)],
      ['a printed code', await open(`${world.server.url}/q/${codeId}`)],
      [
        'a wrong amount',
        await open(`${world.server.url}/q/${codeId}`, 'phone', {
          method: 'POST',
          body: new URLSearchParams({ nonce: '0'.repeat(32), amount: EVIL, note: EVIL.repeat(3) }),
        }),
      ],
      ['no such code', await open(`${world.server.url}/q/qr_01M83E1H4Q000ND8XG5P3H3Z00`)],
      ['a wrong paper', await open(`${world.server.url}/q/${codeId}/poster.pdf?paper=A0`)],
    ];
    for (const [what, { headers, body }] of pages) {
      expect(headers.get('content-type'), what).toBe('text/html; charset=utf-8');
      expectSafePage(headers, what);
      expectNoScript(body, what);
    }
  });

  test('is the same for a forged place, language or browser: nothing of it is said again', async () => {
    const { url } = await world.newCashier();
    const evil = encodeURIComponent(EVIL);
    for (const target of [url, `${world.server.url}/q/${codeId}`])
      for (const query of [
        `as=${evil}`,
        `lang=${evil}`,
        `said=${evil}`,
        `wallet=${evil}`,
        'as=wechat&as=alipay',
        'as=__proto__',
        'wallet=__proto__',
        'lang=constructor',
        'go=1&stay=1',
        '__proto__=1',
      ]) {
        const { status, body, headers } = await open(`${target}?${query}`, `Mozilla/5.0 ${EVIL.replaceAll('`', '')}`, {
          headers: { 'accept-language': EVIL, cookie: `hutong_last_wallet=${evil}; hutong_as=${evil}; hutong_started` },
        });
        expect(status, query).toBe(200);
        expectNoScript(body, query);
        expect(body, query).not.toContain('__proto__');
        expect(headers.getSetCookie().join(), query).not.toContain('onerror');
      }
  });

  test('answers at once to a browser whose name is endless', async () => {
    const { url } = await world.newCashier();
    for (const userAgent of [
      'MicroMessenger/'.repeat(500),
      `UnionPay/${'1.'.repeat(6000)}`,
      ' '.repeat(8000),
      `${'('.repeat(6000)}iPhone`,
      `Mozilla/5.0 ${'App/1 '.repeat(2000)}`,
    ])
      expect((await open(url, `x${userAgent}`)).status).toBe(200);
  });
});

describe('pictures of a code', () => {
  test.each([
    ['poster.svg', 'image/svg+xml'],
    ['qr.svg', 'image/svg+xml'],
    ['poster.pdf', 'application/pdf'],
    ['qr.png', 'image/png'],
  ])('%s is a file of its type that runs nothing', async (file, type) => {
    const { status, headers, body } = await open(`${world.server.url}/q/${codeId}/${file}`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-disposition')).toBe(`inline; filename="${codeId}-${file}"`);
    expect(body).not.toMatch(/<script|onerror|onload|<image|<a |href|xlink|foreignObject/i);
    if (type === 'image/svg+xml')
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'; sandbox");
  });

  test.each(['A0', 'a4', '__proto__', 'toString', '../A4', 'A4&paper=A5', ''])(
    'paper %j is refused or the usual one',
    async (paper) => {
      const { status } = await open(`${world.server.url}/q/${codeId}/poster.svg?paper=${paper}`);
      expect(status).toBe(paper.includes('&') ? 200 : 400);
    },
  );

  test('of nobody, or of a code that is switched off, are not there', async () => {
    const { server } = world;
    const off = (await server.call('POST', '/v1/qr-codes', { label: 'x' })).json.id;
    await server.call('PATCH', `/v1/qr-codes/${off}`, { enabled: false });
    for (const file of ['', '/poster.svg', '/poster.pdf', '/qr.svg', '/qr.png']) {
      expect((await open(`${server.url}/q/${off}${file}`)).status, file).toBeGreaterThanOrEqual(400);
      expect((await open(`${server.url}/q/qr_01M83E1H4Q000ND8XG5P3H3Z00${file}`)).status, file).toBe(404);
      expect((await open(`${server.url}/q/${'x'.repeat(400)}${file}`)).status, file).toBe(404);
    }
  });
});

describe('the buyer is led', () => {
  test('only to our own pages, whatever the address or the form says', async () => {
    const { url } = await world.newCashier();
    const path = new URL(url).pathname;
    const evil =
      'return_url=//evil.example&redirect=https://evil.example&url=javascript:alert(1)&path=//evil.example&host=evil.example';
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'gopher',
      referer: 'https://evil.example/',
    };
    for (const [target, method] of [
      [`${url}/return?${evil}`, 'GET'],
      [`${url}/return?${evil}`, 'POST'],
      [`${url}/payer/wechatpay?${evil}&code=x&state=y`, 'GET'],
      [`${url}/elsewhere?${evil}&wallet=alipay`, 'GET'],
    ] as const) {
      const { status, headers: told, body } = await open(target, 'wechat', { method, headers });
      if (status === 303) expect(told.get('location'), target).toMatch(new RegExp(`^${path}[/?]`));
      expect(`${told.get('location')} ${body}`, target).not.toContain('evil.example');
    }
  });

  test('to a shop only by an address that the shop gave, and never by a script', async () => {
    for (const returnUrl of ['javascript:alert(1)', '//evil.example', 'data:text/html,x'])
      for (const [path, body] of [
        [
          '/v1/payments',
          { order_no: 'x', amount: { currency: 'CNY', minor: '1' }, subject: 'x', return_url: returnUrl },
        ],
        ['/v1/qr-codes', { label: 'x', return_url: returnUrl }],
      ] as const)
        expect((await world.server.call('POST', path, body)).status).toBe(400);
  });
});

describe('another site', () => {
  test('changes nothing by an address alone', async () => {
    const { url } = await world.newCashier();
    const before = await everything(world.server);
    for (const target of [
      `${url}/attempts?wallet=alipay`,
      `${url}/elsewhere?wallet=alipay`,
      `${url}/return?wallet=alipay`,
      `${url}/codes/att_01M83E1H4Q000ND8XG5P3H3Z00.png`,
      `${world.server.url}/q/${codeId}?amount=1&nonce=${'0'.repeat(32)}`,
    ])
      for (const method of ['GET', 'HEAD', 'DELETE', 'PUT', 'OPTIONS']) await open(target, 'wechat', { method });
    expect(await everything(world.server)).toBe(before);
  });

  test('cannot have a form of another type read as one', async () => {
    const { url } = await world.newCashier();
    for (const target of [`${url}/attempts`, `${world.server.url}/q/${codeId}`])
      for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'application/xml'])
        expect(
          (await open(target, 'phone', { method: 'POST', headers: { 'content-type': type }, body: 'wallet=alipay' }))
            .status,
        ).toBe(415);
    const long = await open(`${url}/attempts`, 'phone', {
      method: 'POST',
      body: new URLSearchParams({ wallet: 'x'.repeat(20_000) }),
    });
    expect(long.status).toBe(413);
  });

  test('reads no cookie, and no cookie of ours is readable by script or sent along with its forms', async () => {
    const { url } = await world.newCashier();
    const replies = [
      await open(url, 'wechat'),
      await choose(url, 'jdpay', 'phone'),
      await open(`${url}?as=alipay`),
      await open(`${url}/payer/wechatpay`, 'wechat'),
    ];
    const cookies = replies.flatMap(({ headers }) => headers.getSetCookie());
    expect(cookies.length).toBeGreaterThan(4);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/; Path=\/c\/.*; HttpOnly; SameSite=Lax$/);
      expect(cookie).toMatch(/^hutong_\w+=[\w-]*;/);
    }
  });
});

describe('a shop with real money', () => {
  test('has no stand-ins: the page is of the browser that it is, whatever the address and the cookie say', async () => {
    const { server } = world;
    const { deps } = server.cashier;
    const live = await createMerchant(deps, { book: BOOK, name: EVIL.slice(0, 60), livemode: true });
    const { token } = await createApiKey(deps, { merchantId: live.id, label: '', scopes: SCOPES, expiresAt: null });
    const call = (path: string, body: object) => callApi(server.url, token.reveal(), 'POST', path, body);
    const { cashier_url: url } = (
      await call('/v1/payments', {
        order_no: 'live-1',
        amount: { currency: 'CNY', minor: '1' },
        subject: 'x',
        return_url: 'https://shop.example/',
      })
    ).json;
    const { url: codeUrl } = (await call('/v1/qr-codes', { label: 'x' })).json;
    for (const target of [url, codeUrl]) {
      const plain = await open(target);
      const forged = await open(`${target}?as=wechat`, 'phone', { headers: { cookie: 'hutong_as=wechat' } });
      const settled = (body: string) =>
        body.replace(/nonce" value="\w+|data-expires-in-ms="\d+|data-version="[^"]*|\d\d:\d\d|\d+ ?(秒|分)/g, '');
      expect(settled(forged.body)).toBe(settled(plain.body));
      expect(forged.body).not.toContain('data-testid="sandbox"');
      expect(forged.headers.getSetCookie()).toEqual([]);
      expectNoScript(plain.body, target);
    }
  });
});

test("a wallet's name that a shop chose is text", async () => {
  const { server } = world;
  const shop = await createMerchant(server.cashier.deps, { book: BOOK, name: '坏店', livemode: false });
  const { token } = await createApiKey(server.cashier.deps, {
    merchantId: shop.id,
    label: '',
    scopes: SCOPES,
    expiresAt: null,
  });
  const settings = world.meituanpay.merchantSettings;
  const made = await addWalletAccount(server.cashier.deps, {
    merchantId: shop.id,
    wallet: 'open',
    label: EVIL.slice(0, 80),
    settings,
    claim: null,
  });
  expect(made.status, made.body).toBe(201);
  const reply = await callApi(server.url, token.reveal(), 'POST', '/v1/payments', {
    order_no: 'x-1',
    amount: { currency: 'CNY', minor: '1' },
    subject: 'x',
    return_url: 'https://shop.example/',
  });
  for (const place of ['phone', 'desktop', 'wechat']) {
    const { body } = await open(reply.json.cashier_url, place);
    expectNoScript(body, place);
    expect(body).toContain('&lt;img');
    expectNoScript((await choose(reply.json.cashier_url, 'open', place)).body, place);
    expectNoScript((await open(reply.json.cashier_url, place)).body, place);
  }
});

test('whoever forges the way back from asking who pays makes a wallet hear of it a few times a minute, not more', async () => {
  const { id, url } = await world.newCashier();
  const calls: string[] = [];
  const { deps } = world.server.cashier;
  const send = deps.send;
  deps.send = async (request) => {
    calls.push(request.url);
    return await send(request);
  };
  try {
    for (let i = 0; i < 30; i += 1)
      await open(`${url}/payer/wechatpay?code=c${i}`, 'wechat', { headers: { cookie: 'hutong_asked=x' } });
  } finally {
    deps.send = send;
  }
  expect(calls.filter((called) => called.includes('/sns/')).length).toBeLessThanOrEqual(10);
  expect(await world.stateOf(id)).toBe('requires_payment_method');
});

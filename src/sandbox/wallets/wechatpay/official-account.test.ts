import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestSandbox, type TestSandbox } from './test-merchant.ts';

let at: TestSandbox;
beforeAll(async () => {
  at = await startTestSandbox();
});
afterAll(() => at.sandbox.stop());

// Replies are read field by field, whatever they are.
type Told = ReturnType<typeof JSON.parse>;

async function askToken(more: object = {}): Promise<Told> {
  const { appid, app_secret: secret } = at.settings;
  const body = JSON.stringify({ grant_type: 'client_credential', appid, secret, ...more });
  const reply = await fetch(`${at.sandbox.url}/cgi-bin/stable_token`, { method: 'POST', body });
  expect(reply.status).toBe(200);
  return reply.json();
}

async function askTicket(query: Record<string, string>): Promise<Told> {
  const reply = await fetch(`${at.sandbox.url}/cgi-bin/ticket/getticket?${new URLSearchParams(query).toString()}`);
  expect(reply.status).toBe(200);
  return reply.json();
}

describe('a token', () => {
  test('stays the same until its last five minutes; then both are good', async () => {
    const first = await askToken();
    expect(first).toEqual({ access_token: expect.stringMatching(/^[\w-]{40,512}$/), expires_in: 7200 });
    at.clock.advanceMs(6_800_000);
    expect(await askToken()).toEqual({ ...first, expires_in: 400 });
    at.clock.advanceMs(150_000);
    const second = await askToken();
    expect(second.access_token).not.toBe(first.access_token);
    for (const { access_token } of [first, second])
      expect(await askTicket({ access_token, type: 'jsapi' })).toMatchObject({ errcode: 0 });
    at.clock.advanceMs(300_000);
    expect(await askTicket({ access_token: first.access_token, type: 'jsapi' })).toMatchObject({ errcode: 42001 });
  });

  test('that is forced ends the one before', async () => {
    const first = await askToken();
    await askToken({ force_refresh: true });
    expect(await askTicket({ access_token: first.access_token, type: 'jsapi' })).toMatchObject({ errcode: 40001 });
  });

  test.each([
    ['another kind of grant', { grant_type: 'authorization_code' }, 40002],
    ['no AppID', { appid: '' }, 41002],
    ['no secret', { secret: '' }, 41004],
    ['an AppID of nobody', { appid: 'wx00000000000000ff' }, 40013],
    ['a wrong secret', { secret: 'f'.repeat(32) }, 40125],
  ])('is refused with %s', async (_name, more, errcode) => {
    expect(await askToken(more)).toEqual({ errcode, errmsg: expect.any(String) });
  });

  test('is refused when the day’s calls are used up', async () => {
    at.sandbox.setFault({ operation: 'stable_token', kind: 'code', value: '45009', times: 1 });
    expect(await askToken()).toMatchObject({ errcode: 45009 });
    expect(await askToken()).toMatchObject({ expires_in: expect.any(Number) });
  });
});

describe('a ticket', () => {
  test('is the same for two hours', async () => {
    const { access_token } = await askToken();
    const first = await askTicket({ access_token, type: 'jsapi' });
    expect(first).toMatchObject({ errcode: 0, errmsg: 'ok', ticket: expect.any(String) });
    expect((await askTicket({ access_token, type: 'jsapi' })).ticket).toBe(first.ticket);
    at.clock.advanceMs(7_200_000);
    const later = await askToken();
    expect((await askTicket({ access_token: later.access_token, type: 'jsapi' })).ticket).not.toBe(first.ticket);
  });

  test.each([
    ['no token', {}, 41001],
    ['a token of nobody', { access_token: 'T1', type: 'jsapi' }, 40001],
  ])('is refused with %s', async (_name, query, errcode) => {
    expect(await askTicket(query)).toMatchObject({ errcode });
  });
});

describe('a page inside the pretend WeChat', () => {
  const PAGE = 'https://go.example/l/abcd2345?from=timeline';

  async function signed(more: Record<string, string> = {}): Promise<Record<string, string>> {
    const { access_token } = await askToken();
    const { ticket } = await askTicket({ access_token, type: 'jsapi' });
    const timestamp = String(at.clock.now().getTime() / 1000);
    const text = `jsapi_ticket=${ticket}&noncestr=abc&timestamp=${timestamp}&url=${PAGE}`;
    const signature = createHash('sha1').update(text).digest('hex');
    return { appId: at.settings.appid, timestamp, nonceStr: 'abc', signature, url: PAGE, call: '7', ...more };
  }

  async function told(what: string, fields: Record<string, string>): Promise<string> {
    const query = new URLSearchParams({ do: what, ...fields });
    return (await fetch(`${at.sandbox.url}/open/js/jweixin-1.6.0.js?${query.toString()}`)).text();
  }

  test('may do something only with a signature for the address that is shown', async () => {
    expect(await told('verify', await signed())).toBe('window.__jweixin(7, {"errMsg":"config:ok"});');
    for (const more of [
      { url: 'https://go.example/l/abcd2345' },
      { url: `${PAGE}#a` },
      { signature: '0'.repeat(40) },
      { appId: 'wx00000000000000ff' },
      { timestamp: '1', signature: '' },
    ])
      expect(await told('verify', await signed(more))).toMatch(/"config:invalid/);
  });

  test('shares what is of its own host, with what it has asked for', async () => {
    const card = { to: 'friend', title: '茶', desc: '¥1.00', link: 'https://go.example/l/abcd2345', imgUrl: '' };
    const apis = 'updateAppMessageShareData';
    expect(await told('share', { ...(await signed({ apis })), ...card })).toContain('updateAppMessageShareData:ok');
    expect(await told('share', { ...(await signed({ apis })), ...card, to: 'timeline' })).toContain(
      'permission denied',
    );
    expect(await told('share', { ...(await signed({ apis })), ...card, link: 'https://evil.example/' })).toContain(
      'host',
    );
    expect(at.sandbox.sharedCards()).toEqual([{ ...card, appId: at.settings.appid, url: PAGE }]);
  });
});

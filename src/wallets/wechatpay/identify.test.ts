import { describe, expect, test } from 'vitest';
import type { OutboundReply } from '../../base/outbound.ts';
import { readConfig } from './config.ts';
import { identify } from './identify.ts';
import { answering, APPID, merchantSettings, NOW } from './pretend-wechatpay.ts';

const config = readConfig(merchantSettings({ api_url: undefined, oauth_url: undefined, sns_url: undefined }));
const NAME = { orderNo: '06F5KZJ8W0000000000000ABCD', orderedAt: NOW };

test('the log-in is asked for as documented, in the documented order', () => {
  expect(identify.askUrl(config, { returnUrl: 'https://hub.example/c/1/payer?a=1&b=2', state: 'abc123' })).toBe(
    `https://open.weixin.qq.com/connect/oauth2/authorize?appid=${APPID}` +
      '&redirect_uri=https%3A%2F%2Fhub.example%2Fc%2F1%2Fpayer%3Fa%3D1%26b%3D2' +
      '&response_type=code&scope=snsapi_base&state=abc123#wechat_redirect',
  );
  expect(() => identify.askUrl(config, { returnUrl: 'https://hub.example/', state: 'a b' })).toThrow(/letters/);
});

describe('what the browser came back with', () => {
  const read = (query: Record<string, string>, body: string, status = 200) => {
    const reply: OutboundReply = { kind: 'reply', status, headers: {}, body: Buffer.from(body) };
    const { deps, sent } = answering(reply);
    return { sent, reading: identify.read(deps, config, { query, userAgent: '', name: NAME }) };
  };
  const ANSWER = '{"access_token":"t","expires_in":7200,"refresh_token":"r","openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}';

  test('is redeemed for the openid', async () => {
    const { sent, reading } = read({ code: '021abc', state: 'abc123' }, ANSWER);
    expect(await reading).toEqual({ kind: 'payer', payer: { id: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o', walletApp: null } });
    const url = new URL(sent[0]?.url ?? '');
    expect(url.origin + url.pathname).toBe('https://api.weixin.qq.com/sns/oauth2/access_token');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      appid: APPID,
      secret: 'c2f6e1a09b7d4853e6f1027384a5b6c9',
      code: '021abc',
      grant_type: 'authorization_code',
    });
  });

  test('may be nothing, or nothing usable', async () => {
    const nothing = read({ state: 'abc123' }, ANSWER);
    expect(await nothing.reading).toMatchObject({ kind: 'refused' });
    expect(nothing.sent).toEqual([]);
    expect(await read({ code: 'a&secret=b' }, ANSWER).reading).toMatchObject({ kind: 'unknown' });
    const used = await read({ code: '021abc' }, '{"errcode":40029,"errmsg":"invalid code"}').reading;
    expect(used).toEqual({ kind: 'unknown', reason: 'errcode 40029' });
    expect(await read({ code: '021abc' }, '<html>', 502).reading).toMatchObject({ kind: 'unknown' });
    expect(await read({ code: '021abc' }, '{"openid":"o 1"}').reading).toMatchObject({ kind: 'unknown' });
  });

  test('cannot be redeemed without an app_secret', async () => {
    const bare = readConfig(merchantSettings({ app_secret: undefined }));
    const { deps, sent } = answering();
    const came = { query: { code: '021abc' }, userAgent: '', name: NAME };
    expect(await identify.read(deps, bare, came)).toMatchObject({ kind: 'unknown' });
    expect(sent).toEqual([]);
  });
});

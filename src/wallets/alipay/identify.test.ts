import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { identify } from './identify.ts';
import { answer, APP_ID, merchantSettings, NOW, pretendDeps } from './pretend-alipay.ts';

const config = readConfig(merchantSettings());

describe('who pays', () => {
  const name = { orderNo: 'X', orderedAt: NOW };
  const came = (query: Record<string, string>) => ({ query, userAgent: '', name });
  const TOKEN = 'alipay.system.oauth.token';

  test('is asked for at the login of Alipay, silently', () => {
    const url = new URL(identify.askUrl(config, { returnUrl: 'https://shop.example/back?a=1&b=2', state: 'S' }));
    expect(url.pathname).toBe('/oauth2/publicAppAuthorize.htm');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      app_id: APP_ID,
      scope: 'auth_base',
      redirect_uri: 'https://shop.example/back?a=1&b=2',
      state: 'S',
    });
  });

  test.each([
    ['an open_id', { open_id: '074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5' }, '074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5'],
    ['a number', { user_id: '2088100000000007' }, '2088100000000007'],
    ['both', { user_id: '2088100000000007', open_id: '074a1CcTG1LelxKe' }, '074a1CcTG1LelxKe'],
  ])('is told by %s', async (_name, node, id) => {
    const deps = pretendDeps(answer(TOKEN, { access_token: 'x', ...node }));
    const reading = await identify.read(deps, config, came({ auth_code: 'abc', app_id: APP_ID }));
    expect(reading).toEqual({ kind: 'payer', payer: { id, walletApp: null } });
    expect(new URL(deps.asked[0]?.url ?? '').searchParams.get('code')).toBe('abc');
  });

  test('is not told by a code of another application, by none, or by a refusal', async () => {
    const refusing = pretendDeps(answer(TOKEN, { code: '40002', sub_code: 'isv.code-invalid' }));
    const read = async (query: Record<string, string>) => (await identify.read(refusing, config, came(query))).kind;
    expect(await read({ auth_code: 'abc' })).toBe('unknown');
    expect(await read({ auth_code: 'abc', app_id: '2021000000000099' })).toBe('unknown');
    expect(await read({})).toBe('refused');
  });
});

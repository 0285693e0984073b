import { describe, expect, test } from 'vitest';
import { Refusal } from '../base/refusal.ts';
import { checkApp, checkSecret } from './check-app.ts';
import type { LinkAppSettings } from './link.ts';
import { ANDROID_APP, IOS_APP, TARGET } from './test-links.ts';

const GROUND = { targets: new Set([TARGET]) };
type Ios = typeof IOS_APP;
type Android = typeof ANDROID_APP;
const ios = (over: Partial<Ios>): LinkAppSettings => ({ ...IOS_APP, ...over });
const android = (over: Partial<Android>): LinkAppSettings => ({ ...ANDROID_APP, ...over });
const mini = {
  kind: 'wechat_mini',
  appId: 'wx0123456789abcdef',
  originalId: 'gh_0123456789ab',
  page: 'pages/item?id={path}',
} as const;
const alipay = { kind: 'alipay_mini', appId: '2021000000000001', page: 'pages/item?id={path}' } as const;
const account = { kind: 'wechat_account', appId: 'wx0123456789abcdef', openAppId: null } as const;

function paramOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.facts.param;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('settings that can be', () => {
  test.each<[string, LinkAppSettings]>([
    ['an app for iOS', IOS_APP],
    ['with a universal host', ios({ universalHost: TARGET })],
    ['without a scheme and a store', ios({ scheme: null, storeUrl: null })],
    ['an app for Android', ANDROID_APP],
    ['with an app link host', android({ appLinkHost: TARGET })],
    ['a mini program of WeChat', mini],
    ['a mini program of Alipay', alipay],
    ['an account of WeChat', account],
    ['an account with an app', { ...account, openAppId: 'wxfedcba9876543210' }],
  ])('%s', (_name, settings) => expect(checkApp(settings, GROUND)).toEqual(settings));

  test('certificates are kept in capitals, each once', () => {
    const one = Array.from({ length: 32 }, () => 'ab').join(':');
    const kept = checkApp(android({ certificates: [one, one.toUpperCase()] }), GROUND);
    expect(kept).toMatchObject({ certificates: [one.toUpperCase()] });
  });
});

describe('settings that are refused', () => {
  test.each<[string, LinkAppSettings, string]>([
    ['an app id without team', ios({ appId: 'com.example.shop' }), 'app_id'],
    ['an app id of a star', ios({ appId: 'TEAMID1234.*' }), 'app_id'],
    ['a universal host of nobody', ios({ universalHost: 'evil.example' }), 'universal_host'],
    ['a store without https', ios({ storeUrl: 'http://apps.apple.com/' }), 'store_url'],
    ['a store that is a script', ios({ storeUrl: 'javascript:alert(1)' }), 'store_url'],
    ['a store with a password', ios({ storeUrl: 'https://a:b@apps.apple.com/' }), 'store_url'],
    ['a store that installs', ios({ storeUrl: 'itms-services://?action=download-manifest' }), 'store_url'],
    ['a package of one word', android({ package: 'shop' }), 'package'],
    ['a package with a semicolon', android({ package: 'com.example;end' }), 'package'],
    ['no certificate', android({ certificates: [] }), 'certificates'],
    ['eleven certificates', android({ certificates: Array.from({ length: 11 }, (_, at) => `${at}`) }), 'certificates'],
    ['a short certificate', android({ certificates: ['AA:BB'] }), 'certificates.0'],
    ['an app link host of nobody', android({ appLinkHost: 'evil.example' }), 'app_link_host'],
    ['another id of WeChat', { ...mini, appId: 'wx0123' }, 'app_id'],
    ['another original id', { ...mini, originalId: 'gh_' }, 'original_id'],
    ['a page from the root', { ...mini, page: '/pages/item' }, 'page'],
    ['a page with two paths', { ...mini, page: 'p/{path}/{path}' }, 'page'],
    ['a page with another brace', { ...mini, page: 'p/{id}' }, 'page'],
    ['an id of Alipay in letters', { ...alipay, appId: '20210000000000ab' }, 'app_id'],
    ['a page of Alipay with a hash', { ...alipay, page: 'p#x' }, 'page'],
    ['another app id of the platform', { ...account, openAppId: 'x' }, 'open_app_id'],
  ])('%s', (_name, settings, param) => expect(paramOf(() => checkApp(settings, GROUND))).toBe(`settings.${param}`));

  test.each([
    'javascript://%0aalert(1)',
    'data://text/html,x',
    'file:///etc/passwd',
    'http://evil.example/{path}',
    'https://evil.example/',
    'intent://a',
    'content://a',
    'blob://a',
    'about://a',
    'vbscript://a',
    'view-source://a',
    'itms-services://?action=x',
    'market://details?id=x',
    'sms://10086',
    'tel://10086',
    'ms-settings://x',
    'alipays://platformapi/startapp',
    'weixin://dl/business/',
    'taobao://item',
    'upwallet://pay',
    'openapp.jdmobile://virtual',
    'snssdk1128://user',
    'mqqapi://im',
    'hutong://pay',
    'teashop:item',
    'teashop:/item',
    'TEASHOP://item',
    '//item',
    'item/{path}',
    'teashop://a b',
    'teashop://a"b',
    'teashop://a<b',
    'teashop://a\\b',
    'teashop://a#Intent;end',
    'teashop://a;b',
    "teashop://a'b",
    'teashop://{path}/{path}',
    'teashop://{other}',
    `teashop://${'x'.repeat(600)}`,
    '',
  ])('a scheme such as %j', (scheme) => {
    expect(paramOf(() => checkApp(ios({ scheme }), GROUND))).toBe('settings.scheme');
    expect(paramOf(() => checkApp(android({ scheme }), GROUND))).toBe('settings.scheme');
  });

  test('a secret of what has none, or of a few letters', () => {
    expect(paramOf(() => checkSecret('0123456789abcdef', 'ios'))).toBe('secret');
    expect(paramOf(() => checkSecret('short', 'wechat_account'))).toBe('secret');
    expect(paramOf(() => checkSecret('0123456789abcdef 0', 'wechat_account'))).toBe('secret');
    expect(checkSecret('0123456789abcdef', 'wechat_account')).toBe('0123456789abcdef');
  });
});

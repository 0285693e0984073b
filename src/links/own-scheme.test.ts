import { expect, test } from 'vitest';
import { schemeUrl } from './open/step-addresses.ts';
import { isOwnScheme } from './own-scheme.ts';

test.each([
  'teashop',
  'shop',
  'tea-shop',
  'com.example.shop',
  'shop2',
  'httpshop',
  'wxshop',
  'liner',
  'tgame',
  'timer',
])('%s is a scheme that a shop’s app may have', (scheme) => {
  expect(isOwnScheme(scheme)).toBe(true);
  expect(schemeUrl(`${scheme}://item/{path}`, '/42')).toBe(`${scheme}://item/42`);
});

test.each([
  // What stands behind these is an address of anybody's.
  'x-safari-https',
  'x-safari-http',
  'googlechrome',
  'googlechromes',
  'googlechrome-x-callback',
  'firefox',
  'firefox-focus',
  'touch-https',
  'opera-http',
  'microsoft-edge',
  'microsoft-edge-https',
  'brave',
  'mttbrowser',
  'ucbrowser',
  'web+https',
  'ms-word',
  'ms-excel',
  'ms-msdt',
  'search-ms',
  // What a system or an installer does something with.
  'javascript',
  'intent',
  'content',
  'app-settings',
  'altstore',
  'apple-magnifier',
  'itms-services',
  'ssh',
  // Where money goes.
  'alipay',
  'alipays',
  'alipayhk',
  'alipayauth',
  'weixinulapi',
  'wechat',
  'wx0123456789abcdef',
  'uppaywallet',
  'upi',
  'bitcoin',
  'wc',
  'paytmmp',
  'mqqapi',
  'dingtalk',
  'hutong',
])('%s is none', (scheme) => {
  expect(isOwnScheme(scheme)).toBe(false);
  expect(schemeUrl(`${scheme}://evil.example/{path}`, '/42')).toBeNull();
});

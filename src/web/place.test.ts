import { describe, expect, test } from 'vitest';
import { findWhereabouts, toPlace } from './place.ts';
import { STAND_INS } from './stand-ins.ts';

const WINDOWS =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36';

describe('standing in for a place', () => {
  test.each([
    ['wechat', 'wechat', true],
    ['alipay', 'alipay', true],
    ['unionpay', 'unionpay', true],
    ['jd', 'jd', true],
    ['meituan', 'meituan', true],
    ['taobao', 'taobao', true],
    ['bank', 'bank', true],
    ['phone', 'browser', true],
    ['desktop', 'browser', false],
  ])('%s is told as %s', (name, app, isPhone) => {
    const { detected, standsInFor, userAgent } = findWhereabouts(WINDOWS, name);
    expect(detected).toMatchObject({ app, isPhone });
    expect(standsInFor).toBe(name);
    expect(userAgent).not.toBe(WINDOWS);
  });

  test('every place to stand in for is in the table above', () => {
    expect(STAND_INS).toHaveLength(9);
  });

  test.each([null, '', 'none', 'toString', 'WECHAT'])('%j is this browser itself', (name) => {
    const where = findWhereabouts(WINDOWS, name);
    expect(where).toMatchObject({ userAgent: WINDOWS, standsInFor: null });
  });
});

describe('a place', () => {
  test('has the app’s name in both languages, and none where the app is not known', () => {
    expect(toPlace(findWhereabouts('', 'wechat')).app).toEqual({ 'zh-CN': '微信', en: 'WeChat' });
    const unknown = toPlace(findWhereabouts('Mozilla/5.0 (Linux; Android 14; X; wv) Chrome/126 Mobile', null));
    expect(unknown).toEqual({ isPhone: true, isBrowser: false, app: null, standsInFor: null });
  });
});

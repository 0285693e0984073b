import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { APPS, APPS_SEEN, appRow } from './apps.ts';
import { detectApp } from './detect-app.ts';
import { userAgents } from './test-user-agents.ts';

const texts = userAgents.map((row) => row.text);

describe('which app the buyer is in', () => {
  test.each(userAgents)('$app on $os, $device, version $version: $text', ({ app, os, device, version, text }) => {
    expect(detectApp(text)).toMatchObject({ app, os, isPhone: device === 'phone', version });
  });

  test('at least ninety user agents, and every row of the table among them', () => {
    expect(new Set(texts).size).toBeGreaterThanOrEqual(90);
    const seen = new Set<string>(userAgents.map((row) => row.app));
    expect(APPS.filter((row) => !seen.has(row.app)).map((row) => row.app)).toEqual([]);
  });

  test('the table says when it was last compared with what apps send', () => {
    expect(APPS_SEEN).toMatch(/^20\d\d-(?:0[1-9]|1[0-2])$/);
  });

  test('every app is one row, named in both languages, with a reason', () => {
    expect(new Set(APPS.map((row) => row.app)).size).toBe(APPS.length);
    for (const row of APPS) {
      expect(row.zh && row.en && row.because).toBeTruthy();
      expect(appRow(row.app)).toBe(row);
      // A pattern with a state of its own would answer differently the second time.
      expect(row.mark.flags).not.toMatch(/[gy]/);
    }
  });
});

describe('UnionPay’s id', () => {
  test.each([
    ['(UnionPay/1.0 CloudPay) (clientVersion 324)', 'UnionPay/1.0 CloudPay'],
    ['&CpayJS=UnionPay/1.0 JDJR&stockSDK=', 'UnionPay/1.0 JDJR'],
    ['UnionPay/1.0 BoComMDB;buildVersion265;', 'UnionPay/1.0 BoComMDB'],
    ['psbc UnionPay/1.0 PSBC/newPsbc WK', 'UnionPay/1.0 PSBC'],
    ['CloudMercWebView/UnionPay/1.0 CCBLoongPay', 'UnionPay/1.0 CCBLoongPay'],
    ['UnionPay/1.0 MeituanPay', 'UnionPay/1.0 MeituanPay'],
    ['UnionPay/1.0  two blanks', null],
    ['UnionPay/ CloudPay', null],
    ['unionpay', null],
  ])('%s → %s', (text, id) => {
    expect(detectApp(text).unionpayApp).toBe(id);
  });

  test('an app of the network that is not known is a bank, and keeps its id', () => {
    expect(detectApp('UnionPay/2.1 SomeNewBank')).toMatchObject({
      app: 'bank',
      unionpayApp: 'UnionPay/2.1 SomeNewBank',
    });
  });
});

describe('mini programs', () => {
  test.each([
    [
      'wechat',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_2_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.76(0x18004c24) NetType/WIFI Language/zh_CN miniProgram/wx2c1c63e28bb33be1',
    ],
    [
      'wechat',
      'Mozilla/5.0 (Linux; Android 7.1.1; MI 6 Build/NMF26X; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/57.0.2987.132 MQQBrowser/6.2 TBS/043807 Mobile Safari/537.36 MicroMessenger/6.6.1.1220(0x26060135) NetType/4G Language/zh_CN miniProgram',
    ],
    [
      'wechat',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 MicroMessenger/7.0.20.1781(0x6700143B) NetType/WIFI MiniProgramEnv/Windows WindowsWechat/WMPF WindowsWechat(0x63090a13) XWEB/18055',
    ],
    [
      'alipay',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Ariver/1.0.0 AliApp(AP/10.8.60.6000) NebulaSDK/1.8.100112 Nebula WK RVKType(1) Language/zh-Hans Region/CN MiniProgram',
    ],
  ])('%s', (app, text) => {
    expect(detectApp(text)).toMatchObject({ app, isMiniProgram: true });
  });

  test('no ordinary page is taken for one', () => {
    expect(texts.filter((text) => detectApp(text).isMiniProgram)).toEqual([]);
  });
});

describe('whatever a browser sends', () => {
  test('any text gives an answer', () => {
    const marks = fc.constantFrom(
      'UnionPay/',
      'MicroMessenger/',
      'AliApp(',
      'QQ/',
      'MQQBrowser/',
      '(iPhone',
      'jdapp;',
      ' ',
    );
    const text = fc
      .array(fc.oneof(fc.string({ unit: 'binary' }), marks), { maxLength: 20 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (userAgent) => {
        const where = detectApp(userAgent);
        expect(APPS.some((row) => row.app === where.app) || where.app === 'browser').toBe(true);
        if (where.unionpayApp !== null) expect(where.unionpayApp).toMatch(/^UnionPay\/[0-9.]+ [A-Za-z0-9]+$/);
      }),
    );
  });

  test('what lies past the limit changes nothing: 100 kB are read as the first 4 kB', () => {
    for (const junk of ['a', ' ', '(', '/', '.', '1', 'UnionPay/', 'UnionPay/1.', 'QQ/ ', 'AliApp(', '\u{1F600}']) {
      const long = junk.repeat(Math.ceil(100_000 / junk.length));
      expect(detectApp(`${long} MicroMessenger/8.0.0`)).toEqual(detectApp(long.slice(0, 4096)));
    }
  });

  test('no pattern repeats a repetition', () => {
    for (const row of APPS)
      for (const pattern of [row.mark, row.version]) expect(pattern?.source ?? '').not.toMatch(/[+*]|\{\d+,\}/);
  });
});

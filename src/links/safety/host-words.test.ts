import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BRANDS } from './brand-hosts.ts';
import { skeletonOf } from './confusables.ts';
import { type HostWarning, judgeHost, registrationFaultOf } from './host-words.ts';
import { readHost } from './read-host.ts';

function judge(typed: string) {
  const reading = readHost(typed);
  return judgeHost(reading.kind === 'host' ? reading.host : typed);
}

/** Nothing is wrong with these; people see them in their own letters. */
const PLAIN = [
  'shop.example',
  'item.shop.example.com.cn',
  '商城.中国',
  '我的商城.com',
  'vip商城.cn',
  'テスト・店.jp',
  'ひらがな漢字カタカナabc.jp',
  '한국어.kr',
  '韓國어shop.kr',
  'ㄅㄆㄇ漢字.tw',
  'münchen.de',
  'niño.es',
  'привет.com',
  'пример.рф',
  'παράδειγμα.gr',
  'ไทย.com',
  'हिन्दी.com',
  'עברית.com',
  'ısparta.com',
  'a-b-c.example',
  'xn--fiqs8s.xn--fiqs8s',
  'coffee-1688.example',
  'qq.example',
  'jd-sports.example',
  'visa-help.example',
  'apple.example',
  'foo.github.io',
];

/** What is said about each, in any order. */
const WARNED: [typed: string, shown: string, warnings: HostWarning[]][] = [
  ['shop.example:8443', 'shop.example:8443', ['port']],
  ['shop.example.', 'shop.example', ['trailing_dot']],
  ['127.0.0.1:4700', '127.0.0.1:4700', ['port', 'address']],
  ['[::1]', '[::1]', ['address']],
  ['localhost', 'localhost', ['no_registrable']],
  ['com.cn', 'com.cn', ['no_registrable']],
  ['github.io', 'github.io', ['no_registrable']],
  ['shоp.example', 'xn--shp-ted.example', ['mixed_scripts', 'imitates']], // Cyrillic о
  ['ѕhop.example', 'xn--hop-ehd.example', ['mixed_scripts', 'imitates']],
  ['shοp.example', 'xn--shp-bzc.example', ['mixed_scripts', 'imitates']], // Greek ο
  ['商щ.example', 'xn--y1a9752b.example', ['mixed_scripts']],
  ['aبc.example', 'aبc.example', ['broken_punycode']], // right to left beside left to right: no name at all (RFC 5893)
  ['한カ.example', 'xn--lck9270c.example', ['mixed_scripts']],
  ['ㄅカ.example', 'xn--lck0j.example', ['mixed_scripts']],
  ['กа.example', 'xn--80a931c.example', ['mixed_scripts']],
  ['сосо.com', 'xn--n1aahb.com', ['imitates']], // wholly Cyrillic
  ['ο.com', 'xn--0xa.com', ['imitates']],
  ['☃.net', 'xn--n3h.net', ['odd_sign']],
  ['♥shop.example', 'xn--shop-4u3b.example', ['odd_sign']],
  ['ノ.com', 'xn--ldk.com', ['odd_sign']],
  ['shop一a.example', 'xn--shopa-jg1h.example', ['odd_sign']],
  ['xn--a.example', 'xn--a.example', ['broken_punycode']],
];

/** Taken for a brand's host, or carrying its name. */
const BRANDED: [typed: string, brand: string, how: 'look_alike' | 'names_brand'][] = [
  ['taobao.xyz', 'taobao.com', 'look_alike'],
  ['taoba0.com', 'taobao.com', 'look_alike'],
  ['taobɑo.com', 'taobao.com', 'look_alike'],
  ['tаobаo.com', 'taobao.com', 'look_alike'],
  ['ταοbαο.com', 'taobao.com', 'look_alike'],
  ['tao-bao.com', 'taobao.com', 'look_alike'],
  ['taobao.com.evil.example', 'taobao.com', 'look_alike'],
  ['item.taobao.com.cn-login.example', 'taobao.com', 'look_alike'],
  ['login-taobao.example', 'taobao.com', 'names_brand'],
  ['wwwtaobao.example', 'taobao.com', 'names_brand'],
  ['taobao.evil.example', 'taobao.com', 'names_brand'],
  ['taobao.github.io', 'taobao.com', 'look_alike'],
  ['trnall.com', 'tmall.com', 'look_alike'],
  ['tmаll.com', 'tmall.com', 'look_alike'],
  ['a1ipay.com', 'alipay.com', 'look_alike'],
  ['aIipay.com', 'alipay.com', 'look_alike'],
  ['alipаy.com', 'alipay.com', 'look_alike'],
  ['ạlipay.com', 'alipay.com', 'look_alike'],
  ['ali-pay.cn', 'alipay.com', 'look_alike'],
  ['alipay-help.cn', 'alipay.com', 'names_brand'],
  ['www.jd.com.evil.cn', 'jd.com', 'look_alike'],
  ['јd.com', 'jd.com', 'look_alike'],
  ['jԁ.com', 'jd.com', 'look_alike'],
  ['ԛԛ.com', 'qq.com', 'look_alike'],
  ['pay.qq.com.example', 'qq.com', 'look_alike'],
  ['wеixin.com', 'weixin.com', 'look_alike'],
  ['vveixin.com', 'weixin.com', 'look_alike'],
  ['weixin.example', 'weixin.com', 'look_alike'],
  ['wechat-pay.example', 'wechat.com', 'names_brand'],
  ['meltuan.com', 'meituan.com', 'look_alike'],
  ['unionpay.top', 'unionpay.com', 'look_alike'],
  ['uniоnpay.com', 'unionpay.com', 'look_alike'],
  ['955l6.com', '95516.com', 'look_alike'],
  ['95516.top', '95516.com', 'look_alike'],
  ['www-95516.top', '95516.com', 'names_brand'],
  ['pinduodu0.com', 'pinduoduo.com', 'look_alike'],
  ['d0uyin.com', 'douyin.com', 'look_alike'],
  ['lcbc.com.cn', 'icbc.com.cn', 'look_alike'],
  ['ісbс.com.cn', 'icbc.com.cn', 'look_alike'],
  ['ccb.com.evil.example', 'ccb.com', 'look_alike'],
  ['cmbchlna.com', 'cmbchina.com', 'look_alike'],
  ['аррӏе.com', 'apple.com', 'look_alike'],
  ['paypaI.com', 'paypal.com', 'look_alike'],
  ['gооgle.com', 'google.com', 'look_alike'],
  ['rnicrosoft.com', 'microsoft.com', 'look_alike'],
  ['支付宝客服.com', 'alipay.com', 'names_brand'],
  ['淘宝.com', 'taobao.com', 'names_brand'],
  ['商城taobao.com', 'taobao.com', 'names_brand'],
];

describe('how a host is shown and what is said of it', () => {
  test.each(PLAIN)('%s is shown as it is', (host) => {
    expect(judge(host)).toMatchObject({ looksLike: null, isMixed: false, warnings: [] });
    expect(registrationFaultOf(judge(host))).toBeNull();
    expect(judge(host).shown).toBe(host.startsWith('xn--') ? '中国.中国' : host);
  });

  test.each(WARNED)('%s is shown as %s and warned of: %j', (host, shown, warnings) => {
    const judged = judge(host);
    expect([...judged.warnings].sort()).toEqual([...warnings].sort());
    expect(judged.shown).toBe(shown);
  });

  test.each(BRANDED)('%s is taken for %s: %s', (host, brand, how) => {
    const judged = judge(host);
    expect(judged).toMatchObject({ looksLike: brand });
    expect(judged.warnings).toContain(how);
    if (how === 'look_alike') {
      expect(judged.shown).toMatch(/^[\x20-\x7e]+$/);
      expect(registrationFaultOf(judged)).not.toBeNull();
    } else expect(registrationFaultOf(judged)).toBeNull();
  });

  test.each(BRANDS.flatMap(({ host, own }) => [host, ...own]))('%s is its own', (host) => {
    for (const each of [host, `www.${host}`, `a.b.${host}`])
      expect(judgeHost(each)).toMatchObject({ looksLike: null, warnings: [] });
  });
});

test.each([
  ['item.shop.example', 'shop.example'],
  ['a.b.shop.com.cn', 'shop.com.cn'],
  ['a.foo.github.io', 'foo.github.io'],
  ['商城.公司.cn', 'xn--czru2d.xn--55qx5d.cn'],
  ['127.0.0.1', null],
  ['com', null],
])('the owner of %s registered %s', (host, registrable) => {
  expect(judge(host).registrable).toBe(registrable);
});

test('what looks alike has one skeleton, and what does not has two', () => {
  expect(skeletonOf('pаypаl')).toBe(skeletonOf('paypal'));
  expect(skeletonOf('PAYPAL')).toBe(skeletonOf('paypal'));
  expect(skeletonOf('modern')).toBe(skeletonOf('modem'));
  expect(skeletonOf('jd')).not.toBe(skeletonOf('qq'));
});

test('no two brands look alike, so that a warning names the right one', () => {
  const skeletons = BRANDS.map(({ name }) => skeletonOf(name));
  expect(new Set(skeletons).size).toBe(skeletons.length);
});

test('a skeleton of a skeleton is itself, whatever the letters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const once = skeletonOf(text);
      expect(skeletonOf(once).length).toBeLessThanOrEqual(once.length);
      expect(judgeHost(`${encodeURIComponent(text)}.example`)).toBeTruthy();
    }),
  );
});

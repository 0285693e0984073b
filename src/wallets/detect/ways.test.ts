import { describe, expect, test } from 'vitest';
import type { Scene, WalletName } from '../wallet.ts';
import { APPS } from './apps.ts';
import { type DetectedApp, detectApp } from './detect-app.ts';
import { userAgents } from './test-user-agents.ts';
import { homeWallet, homeWallets, type Way, waysToPay } from './ways.ts';

const WALLETS: readonly WalletName[] = ['unionpay', 'wechatpay', 'alipay', 'jdpay', 'meituanpay', 'open'];
const SCENES: readonly Scene[] = ['web', 'wap', 'app', 'qr', 'jsapi', 'code'];
const SUBSETS: Scene[][] = Array.from({ length: 2 ** SCENES.length }, (_, bits) =>
  SCENES.filter((_scene, index) => (bits >> index) & 1),
);
const ALL: readonly Scene[] = ['web', 'wap', 'qr', 'jsapi'];

const in_ = (app: string, more: Partial<DetectedApp> = {}): DetectedApp => {
  const row = userAgents.find((candidate) => candidate.app === app && candidate.device === 'phone');
  return { ...detectApp(row?.text ?? ''), ...more };
};
const PHONE = in_('browser');
const DESKTOP: DetectedApp = { ...PHONE, os: 'windows', isPhone: false };

const brief = (ways: readonly Way[]): string =>
  ways
    .map((way) => {
      switch (way.kind) {
        case 'scene':
          return way.scene;
        case 'show_qr':
          return way.scanBy === 'phone' ? 'qr' : 'qr for another phone';
        case 'open_in_browser':
          return 'leave by the menu';
        case 'copy_link':
          return way.openIn === 'browser' ? 'link' : 'link for the wallet';
      }
      return way satisfies never;
    })
    .join(', ');

describe('what the cashier offers', () => {
  test.each<[string, DetectedApp, WalletName, readonly Scene[], string]>([
    ['WeChat Pay in WeChat', in_('wechat'), 'wechatpay', ALL, 'jsapi, leave by the menu, qr for another phone, link'],
    [
      'WeChat Pay in WeChat without a payer',
      in_('wechat'),
      'wechatpay',
      ['wap', 'qr'],
      'leave by the menu, qr for another phone, link',
    ],
    [
      'Alipay in WeChat, which blocks it',
      in_('wechat'),
      'alipay',
      ALL,
      'leave by the menu, qr for another phone, link',
    ],
    [
      'UnionPay in WeChat, an https page',
      in_('wechat'),
      'unionpay',
      ALL,
      'wap, leave by the menu, qr for another phone, link',
    ],
    ['Alipay in Alipay', in_('alipay'), 'alipay', ALL, 'jsapi, wap, leave by the menu, qr for another phone, link'],
    [
      'WeChat Pay in Alipay',
      in_('alipay'),
      'wechatpay',
      ['wap', 'qr', 'jsapi'],
      'leave by the menu, qr for another phone, link',
    ],
    ['UnionPay in Alipay', in_('alipay'), 'unionpay', ALL, 'wap, leave by the menu, qr for another phone, link'],
    ['UnionPay in 云闪付', in_('unionpay'), 'unionpay', ALL, 'jsapi, wap, qr for another phone, link'],
    ['UnionPay in a bank’s app', in_('bank'), 'unionpay', ALL, 'jsapi, wap, qr for another phone, link'],
    ['UnionPay in JD Finance', in_('jdfinance'), 'unionpay', ALL, 'jsapi, wap, qr for another phone, link'],
    [
      'UnionPay in Meituan with UnionPay’s mark',
      in_('meituan', { unionpayApp: 'UnionPay/1.0 MeituanPay' }),
      'unionpay',
      ALL,
      'jsapi, wap, qr for another phone, link',
    ],
    [
      'UnionPay in Meituan without it',
      in_('meituan', { unionpayApp: null }),
      'unionpay',
      ALL,
      'wap, qr for another phone, link',
    ],
    [
      'Meituan Pay in Meituan',
      in_('meituan', { unionpayApp: null }),
      'meituanpay',
      ['wap', 'qr', 'jsapi'],
      'jsapi, wap, qr for another phone, link',
    ],
    [
      'WeChat Pay in WeCom',
      in_('wecom'),
      'wechatpay',
      ['wap', 'qr', 'jsapi'],
      'leave by the menu, qr for another phone, link',
    ],
    ['Alipay in Taobao', in_('taobao'), 'alipay', ALL, 'wap, qr for another phone, link'],
    ['WeChat Pay in Taobao', in_('taobao'), 'wechatpay', ['wap', 'qr', 'jsapi'], 'qr for another phone, link'],
    [
      'Alipay in AlipayHK is a page, not its bridge',
      in_('alipayhk'),
      'alipay',
      ALL,
      'wap, leave by the menu, qr for another phone, link',
    ],
    ['Alipay in Douyin', in_('douyin'), 'alipay', ALL, 'wap, leave by the menu, qr for another phone, link'],
    ['WeChat Pay in a phone’s browser', PHONE, 'wechatpay', ['wap', 'qr', 'jsapi'], 'wap, qr for another phone, link'],
    ['Alipay in a phone’s browser', PHONE, 'alipay', ALL, 'wap, qr for another phone, link'],
    ['a wallet with no page for phones', PHONE, 'jdpay', ['web'], 'web, link'],
    ['Alipay on a desktop', DESKTOP, 'alipay', ALL, 'web, qr, link'],
    ['WeChat Pay on a desktop', DESKTOP, 'wechatpay', ['wap', 'qr', 'jsapi'], 'qr, link'],
    [
      'WeChat Pay in WeChat for Windows',
      in_('wechat', { os: 'windows', isPhone: false }),
      'wechatpay',
      ['wap', 'qr', 'jsapi'],
      'jsapi, qr, link',
    ],
    ['WeChat Pay by its own page alone', PHONE, 'wechatpay', ['jsapi'], 'link for the wallet'],
    [
      'WeChat Pay in a mini program',
      in_('wechat', { isMiniProgram: true }),
      'wechatpay',
      ['wap', 'qr', 'jsapi'],
      'qr for another phone, link',
    ],
    ['a wallet that a page cannot start', PHONE, 'unionpay', ['app', 'code'], ''],
  ])('%s', (_name, where, wallet, scenes, expected) => {
    expect(brief(waysToPay(where, wallet, scenes))).toBe(expected);
  });

  test('a table of one’s own replaces ours', () => {
    const open = APPS.map((row) => ({ ...row, blocked: [] }));
    expect(waysToPay(in_('wechat'), 'alipay', ALL, open)[0]).toEqual({ kind: 'scene', scene: 'wap' });
  });
});

describe('no dead end', () => {
  const places = [
    ...userAgents.map((row) => detectApp(row.text)),
    ...userAgents.map((row) => ({ ...detectApp(row.text), isMiniProgram: true })),
  ];

  test('in every app, for every wallet and every set of scenes, the last way needs nothing of the app', () => {
    for (const where of places)
      for (const wallet of WALLETS)
        for (const scenes of SUBSETS) {
          const ways = waysToPay(where, wallet, scenes);
          const canStart = scenes.some((scene) => ALL.includes(scene));
          expect(ways.length > 0).toBe(canStart);
          if (canStart) expect(ways.at(-1)?.kind).toBe('copy_link');
        }
  });

  test('only scenes that the account has are offered, none twice, and a phone is never told to scan itself', () => {
    for (const where of places)
      for (const wallet of WALLETS)
        for (const scenes of SUBSETS) {
          const ways = waysToPay(where, wallet, scenes);
          expect(new Set(ways.map((way) => JSON.stringify(way))).size).toBe(ways.length);
          for (const way of ways) {
            if (way.kind === 'scene') expect(scenes).toContain(way.scene);
            if (way.kind === 'show_qr')
              expect(scenes.includes('qr') && way.scanBy === (where.isPhone ? 'another_phone' : 'phone')).toBe(true);
          }
        }
  });

  test('a wallet’s own bridge is offered in its own browser and nowhere else', () => {
    for (const where of places)
      for (const wallet of WALLETS) {
        const offered = waysToPay(where, wallet, ALL).some((way) => way.kind === 'scene' && way.scene === 'jsapi');
        expect(offered).toBe(homeWallets(where).includes(wallet));
      }
  });
});

describe('whose browser it is', () => {
  test.each<[string, DetectedApp, WalletName | null]>([
    ['WeChat', in_('wechat'), 'wechatpay'],
    ['WeCom', in_('wecom'), null],
    ['Alipay', in_('alipay'), 'alipay'],
    ['AlipayHK', in_('alipayhk'), null],
    ['云闪付', in_('unionpay'), 'unionpay'],
    ['a bank', in_('bank'), 'unionpay'],
    ['JD Finance', in_('jdfinance'), 'unionpay'],
    ['JD', in_('jd'), 'jdpay'],
    ['Meituan', in_('meituan', { unionpayApp: null }), 'meituanpay'],
    ['Meituan in UnionPay’s network', in_('meituan', { unionpayApp: 'UnionPay/1.0 MeituanPay' }), 'unionpay'],
    ['DingTalk', in_('dingtalk'), null],
    ['a mini program', in_('wechat', { isMiniProgram: true }), null],
    ['a browser', PHONE, null],
  ])('%s → %s', (_name, where, wallet) => {
    expect(homeWallet(where)).toBe(wallet);
  });

  test('JD Finance pays by UnionPay first and by JD Pay where the shop has no UnionPay', () => {
    expect(homeWallets(in_('jdfinance'))).toEqual(['unionpay', 'jdpay']);
  });
});

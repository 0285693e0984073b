import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { userAgents } from '../../wallets/detect/test-user-agents.ts';
import { testReadyLink } from '../preview/test-ready-link.ts';
import type { LinkApp } from '../link.ts';
import { ABILITIES } from './abilities.ts';
import { decideOpening } from './decide-opening.ts';
import type { Step } from './opening.ts';
import { readVisitor } from './read-visitor.ts';
import { ALL_APPS, appsOf, decide, NOW, shopLink, stepsOf, userAgentIn, visitorIn } from './test-openings.ts';

/** App, system; then the first step for a shop with every app and mini program, for one with its own apps alone, and for one with none. */
const table: [app: string, os: string, all: string, own: string, none: string][] = [
  ['browser', 'ios', 'universal_link', 'universal_link', 'page'],
  ['browser', 'android', 'intent', 'intent', 'page'],
  ['browser', 'harmony', 'page', 'page', 'page'],
  ['wechat', 'ios', 'wechat_launch_mini', 'page', 'page'],
  ['wechat', 'android', 'wechat_launch_mini', 'page', 'page'],
  ['wechat', 'harmony', 'page', 'page', 'page'],
  ['wecom', 'ios', 'page', 'page', 'page'],
  ['wecom', 'android', 'page', 'page', 'page'],
  ['alipay', 'ios', 'alipay_scheme', 'page', 'page'],
  ['alipay', 'android', 'alipay_scheme', 'page', 'page'],
  ['alipay', 'harmony', 'page', 'page', 'page'],
  ['alipayhk', 'android', 'page', 'page', 'page'],
  ['taobao', 'ios', 'copy_text', 'copy_text', 'copy_text'],
  ['taobao', 'android', 'copy_text', 'copy_text', 'copy_text'],
  ['tmall', 'ios', 'copy_text', 'copy_text', 'copy_text'],
  ['xianyu', 'ios', 'copy_text', 'copy_text', 'copy_text'],
  ['dingtalk', 'android', 'page', 'page', 'page'],
  ['unionpay', 'ios', 'page', 'page', 'page'],
  ['unionpay', 'android', 'page', 'page', 'page'],
  ['bank', 'ios', 'page', 'page', 'page'],
  ['jd', 'ios', 'page', 'page', 'page'],
  ['jdfinance', 'android', 'page', 'page', 'page'],
  ['meituan', 'android', 'page', 'page', 'page'],
  ['dianping', 'ios', 'page', 'page', 'page'],
  ['qq', 'ios', 'page', 'page', 'page'],
  ['qq', 'android', 'page', 'page', 'page'],
  ['weibo', 'android', 'page', 'page', 'page'],
  ['tiktok', 'android', 'page', 'page', 'page'],
  ['douyin', 'ios', 'page', 'page', 'page'],
  ['toutiao', 'android', 'page', 'page', 'page'],
  ['kuaishou', 'ios', 'page', 'page', 'page'],
  ['xiaohongshu', 'android', 'page', 'page', 'page'],
  ['baidu', 'android', 'page', 'page', 'page'],
  ['pinduoduo', 'android', 'page', 'page', 'page'],
  ['bilibili', 'ios', 'page', 'page', 'page'],
  ['feishu', 'ios', 'page', 'page', 'page'],
  ['qqbrowser', 'android', 'page', 'page', 'page'],
  ['other_app', 'ios', 'page', 'page', 'page'],
  ['other_app', 'android', 'page', 'page', 'page'],
];

const owners = [
  ['every app', ALL_APPS, 2],
  ['its own apps', appsOf('ios', 'android'), 3],
  ['no app', [], 4],
] as const;

describe.each(owners)('the first step for a shop with %s', (_name, apps, column) => {
  test.each(table)('in %s on %s', (...row) => {
    const [app, os] = row;
    expect(stepsOf(decide(shopLink({ apps }), visitorIn(app, os)))[0]).toBe(row[column]);
  });
});

test('the table has at least twenty-five apps', () => {
  expect(new Set(table.map(([app]) => app)).size).toBeGreaterThanOrEqual(25);
});

describe('what is to be paid', () => {
  test.each(table)('opens the cashier in %s on %s', (app, os) => {
    for (const kind of ['pay', 'group', 'collect'] as const)
      expect(stepsOf(decide(shopLink({ kind, page: null }), visitorIn(app, os)))).toEqual(['pay', 'copy_text']);
  });
});

describe('all steps in their order', () => {
  const wechat = visitorIn('wechat', 'android');
  test.each([
    [
      'iPhone, Safari',
      shopLink(),
      visitorIn('browser', 'ios'),
      ['universal_link', 'page', 'alipay_scheme', 'store', 'copy_text'],
    ],
    [
      'Android, Chrome',
      shopLink(),
      visitorIn('browser', 'android'),
      ['intent', 'page', 'alipay_scheme', 'store', 'copy_text'],
    ],
    [
      'WeChat',
      shopLink(),
      wechat,
      ['wechat_launch_mini', 'wechat_launch_app', 'page', 'store', 'open_in_browser', 'copy_text'],
    ],
    [
      'WeChat before its tags',
      shopLink(),
      { ...wechat, version: '7.0.11' },
      ['page', 'store', 'open_in_browser', 'copy_text'],
    ],
    [
      'WeChat of no version',
      shopLink(),
      { ...wechat, version: null },
      ['page', 'store', 'open_in_browser', 'copy_text'],
    ],
    [
      'WeChat without a service account',
      shopLink({ apps: appsOf('wechat_mini', 'android') }),
      wechat,
      ['page', 'store', 'open_in_browser', 'copy_text'],
    ],
    [
      'WeChat on an iPhone, where a universal link is reported to open',
      shopLink({ apps: appsOf('ios') }),
      visitorIn('wechat', 'ios'),
      ['page', 'universal_link', 'store', 'open_in_browser', 'copy_text'],
    ],
    ['WeChat, no app of the owner', shopLink({ apps: [] }), wechat, ['page', 'copy_text']],
    ['inside a mini program', shopLink(), { ...wechat, isMiniProgram: true }, ['copy_text', 'page', 'store']],
    ['Taobao', shopLink({ apps: [] }), visitorIn('taobao', 'ios'), ['copy_text', 'page']],
    [
      'Taobao, a page of its own family',
      {
        ...shopLink({ apps: [], page: 'https://item.taobao.com/item.htm?id=1' }),
        targets: new Set(['item.taobao.com']),
      },
      visitorIn('taobao', 'ios'),
      ['page', 'copy_text'],
    ],
    [
      'Douyin, where schemes open by a list',
      shopLink(),
      visitorIn('douyin', 'android'),
      ['page', 'scheme', 'store', 'open_in_browser', 'copy_text'],
    ],
    ['Weibo', shopLink(), visitorIn('weibo', 'android'), ['page', 'store', 'open_in_browser', 'copy_text']],
    ['a bank', shopLink(), visitorIn('bank', 'ios'), ['page', 'store', 'copy_text']],
    ['a large screen', shopLink(), visitorIn('browser', 'windows', 'desk'), ['page', 'copy_text']],
    ['WeChat on a large screen', shopLink(), visitorIn('wechat', 'windows', 'desk'), ['page', 'copy_text']],
    ['HarmonyOS', shopLink(), visitorIn('browser', 'harmony'), ['page', 'copy_text']],
  ])('%s', (_name, ready, visitor, steps) => {
    expect(stepsOf(decide(ready, visitor))).toEqual(steps);
  });

  test('without the app on the phone, what is left begins with the page', () => {
    expect(stepsOf(decide(shopLink(), visitorIn('browser', 'android'), true))).toEqual([
      'page',
      'alipay_scheme',
      'store',
      'copy_text',
    ]);
  });

  test('an operator’s row counts from the next opening on', () => {
    const abilities = { ...ABILITIES, douyin: { ...ABILITIES.douyin, schemes: 'all', evidence: 'operator' } as const };
    const opening = decideOpening(shopLink(), visitorIn('douyin', 'android'), { now: NOW, abilities, lacksApp: false });
    expect(stepsOf(opening)[0]).toBe('scheme');
  });
});

describe('the addresses of steps', () => {
  const step = (kind: string, ready = shopLink(), app = 'browser', os = 'android') => {
    const opening = decide(ready, visitorIn(app, os));
    return opening.kind === 'landing' ? opening.steps.find((each) => each.kind === kind) : undefined;
  };

  test('each as its app wants it, all with the link’s code', () => {
    expect(step('universal_link', shopLink(), 'browser', 'ios')).toMatchObject({
      url: 'https://shop.example/42?hutong_link=abcd2345',
    });
    expect(step('intent')).toMatchObject({
      url: 'intent://item/42?hutong_link=abcd2345#Intent;scheme=shop;package=com.example.shop;S.browser_fallback_url=https%3A%2F%2Fgo.example%2Fl%2Fabcd2345%3Fapp%3Dnone;end',
    });
    expect(step('page')).toMatchObject({
      url: 'https://shop.example/item/42?sku=7&hutong_link=abcd2345',
      host: 'shop.example',
    });
    expect(step('alipay_scheme')).toMatchObject({
      url: 'alipays://platformapi/startapp?appId=2021000000000001&page=pages%2Fitem%2Fitem%3Fid%3D42%26hutong_link%3Dabcd2345',
    });
    expect(step('wechat_launch_mini', shopLink(), 'wechat', 'ios')).toMatchObject({
      originalId: 'gh_0123456789ab',
      path: 'pages/item/item.html?id=42&hutong_link=abcd2345',
    });
    expect(step('wechat_launch_app', shopLink(), 'wechat', 'ios')).toMatchObject({
      appId: 'wx0011223344556677',
      extinfo: '/42?hutong_link=abcd2345',
    });
    expect(step('copy_text')).toMatchObject({ text: 'https://go.example/l/abcd2345?via=text' });
    expect(step('store')).toMatchObject({ url: 'https://shop.example/app.apk' });
  });

  test('without a path of its own an app is handed the page’s', () => {
    expect(step('intent', shopLink({ appPath: null }))).toMatchObject({
      url: expect.stringContaining('intent://item/item/42?sku=7&hutong_link=abcd2345#Intent'),
    });
  });

  test('the scheme carries it, and an owner who names it in his own address is left alone', () => {
    const scheme = (template: string) =>
      stepsAt(changed('ios', { scheme: template, universalHost: null }), 'ios').find(({ kind }) => kind === 'scheme');
    expect(scheme('shop://item/{path}')).toMatchObject({ url: 'shop://item/42?hutong_link=abcd2345' });
    expect(scheme('shop://item/{path}?hutong_link=')).toMatchObject({ url: 'shop://item/42?hutong_link=' });
  });

  test('a universal link of this page’s own host is no use, and it is said why', () => {
    const here = { ...shopLink({ url: 'https://shop.example/abcd2345' }) };
    const opening = decide(here, visitorIn('browser', 'ios'));
    expect(stepsOf(opening)[0]).toBe('scheme');
    expect(opening.kind === 'landing' && opening.why.find((reason) => reason.step === 'universal_link')).toMatchObject({
      verdict: 'left_out',
      because: 'shop.example is the host of this page, and iOS opens a universal link only from a page of another host',
    });
  });

  test('a host that is not proved is claimed by nobody', () => {
    const apps = changed('ios', { universalHost: 'other.example', scheme: null });
    expect(stepsOf(decide(shopLink({ apps }), visitorIn('browser', 'ios')))).toEqual(['page', 'store', 'copy_text']);
  });

  test('an Android app that claims its host and has no scheme is opened by name all the same', () => {
    const [step] = stepsAt(changed('android', { scheme: null }), 'android');
    expect(step).toMatchObject({
      kind: 'intent',
      url: expect.stringMatching(
        /^intent:\/\/shop\.example\/42\?hutong_link=abcd2345#Intent;scheme=https;package=com\.example\.shop;/,
      ),
    });
  });

  test.each([
    'javascript:alert(1)',
    'alipays://platformapi/startapp?appId=1',
    'https://evil.example/{path}',
    'tel:10086',
  ])('a scheme that is not the merchant’s own opens nothing: %s', (scheme) => {
    const apps = changed('ios', { scheme, universalHost: null });
    expect(stepsAt(apps, 'ios').map(({ kind }) => kind)).toEqual(['page', 'store', 'copy_text']);
  });

  test.each(['http://shop.example/app', 'javascript:alert(1)', 'itms-services://?action=x', 'nothing'])(
    'a download page is an https page: %s',
    (storeUrl) => {
      const apps = changed('ios', { scheme: null, universalHost: null, storeUrl });
      expect(stepsAt(apps, 'ios').map(({ kind }) => kind)).toEqual(['page', 'copy_text']);
    },
  );
});

function changed(kind: 'ios' | 'android', change: object): LinkApp[] {
  return appsOf(kind).map((app) => ({ ...app, settings: { ...app.settings, ...change } }));
}

function stepsAt(apps: readonly LinkApp[], os: string): readonly Step[] {
  const opening = decide(shopLink({ apps }), visitorIn('browser', os));
  return opening.kind === 'landing' ? opening.steps : [];
}

describe('at once', () => {
  const direct = (more = {}) => shopLink({ direct: true, apps: [], ...more });

  test.each([
    ['a plain browser without an app of the owner', direct(), visitorIn('browser', 'ios'), 'redirect'],
    ['a large screen', direct({ apps: ALL_APPS }), visitorIn('browser', 'windows', 'desk'), 'redirect'],
    ['an app that opens pages', direct(), visitorIn('weibo', 'android'), 'redirect'],
    ['where the owner’s app can be opened', direct({ apps: ALL_APPS }), visitorIn('browser', 'ios'), 'landing'],
    ['where the page may be stopped', direct(), visitorIn('taobao', 'ios'), 'landing'],
    ['what is to be paid', direct({ kind: 'pay', page: null }), visitorIn('browser', 'ios'), 'landing'],
    ['a link that did not ask for it', shopLink({ apps: [] }), visitorIn('browser', 'ios'), 'landing'],
    [
      'a page that is this very link',
      { ...direct({ page: 'https://go.example/l/abcd2345' }), targets: new Set(['go.example']) },
      visitorIn('browser', 'ios'),
      'landing',
    ],
  ])('%s', (_name, ready, visitor, kind) => {
    expect(decide(ready, visitor).kind).toBe(kind);
  });

  test('without its app a direct link goes on to the page', () => {
    expect(decide(direct({ apps: ALL_APPS }), visitorIn('browser', 'android'), true)).toMatchObject({
      kind: 'redirect',
      to: 'https://shop.example/item/42?sku=7&hutong_link=abcd2345',
    });
  });
});

describe('what opens nothing', () => {
  const active = shopLink();
  test.each([
    ['stopped', { ...active, link: { ...active.link, state: 'stopped' } }],
    ['taken_down', { ...active, link: { ...active.link, state: 'taken_down' } }],
    ['expired', shopLink({ expiresAt: NOW })],
    ['host_not_proved', { ...active, targets: new Set(['other.example']) }],
    ['host_not_proved', { ...active, targets: new Set(['shop.example:8443']) }],
    ['host_not_proved', shopLink({ page: null })],
    ['host_not_proved', shopLink({ page: 'not an address' })],
  ] as const)('%s', (reason, ready) => {
    for (const visitor of [visitorIn('browser', 'ios'), readVisitor('Twitterbot/1.0', undefined)])
      expect(decide(ready, visitor)).toEqual({ kind: 'gone', reason });
  });

  test('a link is open until the very moment at which it expires', () => {
    expect(decide(shopLink({ expiresAt: new Date(NOW.getTime() + 1) }), visitorIn('browser', 'ios')).kind).toBe(
      'landing',
    );
  });
});

describe('every opening', () => {
  test('robots get the card, whatever link it is', () => {
    expect(decide(shopLink({ direct: true }), readVisitor('Twitterbot/1.0', undefined))).toEqual({ kind: 'card' });
  });

  test('says why for each kind of step, with what it rests on', () => {
    const opening = decide(shopLink(), visitorIn('douyin', 'android'));
    if (opening.kind !== 'landing') throw new Error('a landing page');
    expect(opening.why).toHaveLength(12);
    expect(opening.why.filter(({ verdict }) => verdict === 'best')).toHaveLength(1);
    expect(opening.why.filter(({ because }) => because === '')).toEqual([]);
    expect(opening.why.find(({ step }) => step === 'intent')).toMatchObject({
      verdict: 'left_out',
      evidence: 'reported',
    });
  });

  test('has a way on, one way into the owner’s app at most, and leads to proved hosts alone', () => {
    const visitors = userAgents.map(({ text }) => readVisitor(text, undefined)).filter(({ robot }) => robot === null);
    const kinds = fc.constantFrom('page', 'pay', 'group', 'collect');
    const link = fc.record({
      visitor: fc.constantFrom(...visitors),
      kind: kinds,
      apps: fc.subarray(ALL_APPS),
      direct: fc.boolean(),
      page: fc.constantFrom(
        'https://shop.example/item/42',
        'https://evil.example/',
        'https://shop.example.evil.example/',
        'https://shop.example:444/',
      ),
      appPath: fc.option(fc.webPath(), { nil: null }),
      lacksApp: fc.boolean(),
    });
    fc.assert(
      fc.property(link, ({ visitor, kind, apps, direct, page, appPath, lacksApp }) => {
        const ready = testReadyLink({
          kind: kind as 'page',
          apps,
          direct,
          page: kind === 'page' ? page : null,
          appPath,
        });
        const opening = decide(ready, visitor, lacksApp);
        if (kind === 'page' && page !== 'https://shop.example/item/42') {
          expect(opening).toEqual({ kind: 'gone', reason: 'host_not_proved' });
          return;
        }
        if (opening.kind === 'redirect') {
          expect(new URL(opening.to).host).toBe('shop.example');
          return;
        }
        if (opening.kind !== 'landing') throw new Error('a landing page');
        const kindsOf = stepsOf(opening);
        expect(new Set(kindsOf).size).toBe(kindsOf.length);
        expect(kindsOf.some((each) => each === 'page' || each === 'pay')).toBe(true);
        expect(kindsOf).toContain('copy_text');
        expect(
          kindsOf.filter((each) => /universal_link|intent|app_link|^scheme$/.test(each)).length,
        ).toBeLessThanOrEqual(1);
        for (const step of opening.steps)
          if (step.kind === 'universal_link' || step.kind === 'app_link' || step.kind === 'page')
            expect(ready.targets.has(new URL(step.url).host)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('the same question has the same answer', () => {
    const visitor = readVisitor(userAgentIn('wechat', 'ios'), 'en');
    expect(decide(shopLink(), visitor)).toEqual(decide(shopLink(), visitor));
  });
});

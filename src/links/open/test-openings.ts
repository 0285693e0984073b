import { userAgents } from '../../wallets/detect/test-user-agents.ts';
import type { LinkApp, LinkAppSettings, ReadyLink } from '../link.ts';
import { testLinkApp, testReadyLink } from '../preview/test-ready-link.ts';
import type { Visitor } from '../visitor.ts';
import { ABILITIES } from './abilities.ts';
import { decideOpening } from './decide-opening.ts';
import type { Opening, StepKind } from './opening.ts';
import { readVisitor } from './read-visitor.ts';

/* A shop with an app for everything, and places to open its links in. */

export const NOW = new Date('2026-11-23T04:00:00Z');

export const SETTINGS: readonly LinkAppSettings[] = [
  {
    kind: 'ios',
    appId: 'TEAMID1234.com.example.shop',
    scheme: 'shop://item/{path}',
    universalHost: 'shop.example',
    storeUrl: 'https://apps.apple.com/app/id1',
  },
  {
    kind: 'android',
    package: 'com.example.shop',
    certificates: [Array.from({ length: 32 }, () => 'AB').join(':')],
    scheme: 'shop://item/{path}',
    appLinkHost: 'shop.example',
    storeUrl: 'https://shop.example/app.apk',
  },
  {
    kind: 'wechat_mini',
    appId: 'wx0123456789abcdef',
    originalId: 'gh_0123456789ab',
    page: 'pages/item/item?id={path}',
  },
  { kind: 'alipay_mini', appId: '2021000000000001', page: 'pages/item/item?id={path}' },
  { kind: 'wechat_account', appId: 'wxfedcba9876543210', openAppId: 'wx0011223344556677' },
];

export function appsOf(...kinds: LinkAppSettings['kind'][]): LinkApp[] {
  return SETTINGS.filter(({ kind }) => kinds.includes(kind)).map((settings, index) => ({
    ...testLinkApp(settings, `lap_06F5KZJ8W0000000000000ABC${index}`),
    name: '云上商店',
  }));
}

export const ALL_APPS = appsOf('ios', 'android', 'wechat_mini', 'alipay_mini', 'wechat_account');

export function shopLink(more: Parameters<typeof testReadyLink>[0] = {}): ReadyLink {
  return testReadyLink({ apps: ALL_APPS, appPath: '/42', ...more });
}

/** The first captured browser of this app on this system. */
export function visitorIn(app: string, os: string, device = 'phone'): Visitor {
  return readVisitor(userAgentIn(app, os, device), 'zh-CN');
}

export function userAgentIn(app: string, os: string, device = 'phone'): string {
  const row = userAgents.find((each) => each.app === app && each.os === os && each.device === device);
  if (row === undefined) throw new Error(`no user agent of ${app} on ${os} ${device}`);
  return row.text;
}

export function decide(ready: ReadyLink, visitor: Visitor, lacksApp = false): Opening {
  return decideOpening(ready, visitor, { now: NOW, abilities: ABILITIES, lacksApp });
}

export function stepsOf(opening: Opening): StepKind[] {
  return opening.kind === 'landing' ? opening.steps.map(({ kind }) => kind) : [];
}

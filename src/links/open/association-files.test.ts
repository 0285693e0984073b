import { describe, expect, test } from 'vitest';
import type { LinkAppSettings } from '../link.ts';
import { testLinkApp } from '../preview/test-ready-link.ts';
import { buildAppleAssociation, buildAssetLinks, explainAssociation } from './association-files.ts';

const ios = (appId: string): LinkAppSettings => ({
  kind: 'ios',
  appId,
  scheme: null,
  universalHost: null,
  storeUrl: null,
});
const android = (name: string, certificates: string[]): LinkAppSettings => ({
  kind: 'android',
  package: name,
  certificates,
  scheme: null,
  appLinkHost: null,
  storeUrl: null,
});
const CERTIFICATE = Array.from({ length: 32 }, () => 'AB').join(':');
const OTHER = Array.from({ length: 32 }, () => 'CD').join(':');
const apps = [
  ios('TEAMID1234.com.example.shop'),
  ios('TEAMID1234.com.example.shop.beta'),
  ios('TEAMID1234.com.example.shop'),
  android('com.example.shop', [CERTIFICATE]),
  android('com.example.shop', [CERTIFICATE, OTHER]),
  android('com.example.nocert', []),
  { kind: 'alipay_mini', appId: '2021000000000001', page: 'p' } as const,
].map((settings) => testLinkApp(settings));

describe('Apple’s file', () => {
  test('all apps once, under the second form of rules and never the first', () => {
    const { details } = buildAppleAssociation(apps).applinks;
    expect(details).toHaveLength(1);
    expect(details[0]?.appIDs).toEqual(['TEAMID1234.com.example.shop', 'TEAMID1234.com.example.shop.beta']);
    expect(JSON.stringify(details)).not.toContain('"paths"');
    expect(details[0]?.components.every(({ comment }) => comment)).toBe(true);
  });

  test('without apps it claims nothing', () => {
    expect(buildAppleAssociation([])).toEqual({ applinks: { details: [] } });
  });
});

describe('Google’s file', () => {
  test('a package once, with every certificate; one without any is left out', () => {
    expect(buildAssetLinks(apps)).toEqual([
      {
        relation: ['delegate_permission/common.handle_all_urls'],
        target: {
          namespace: 'android_app',
          package_name: 'com.example.shop',
          sha256_cert_fingerprints: [CERTIFICATE, OTHER],
        },
      },
    ]);
    expect(buildAssetLinks([])).toEqual([]);
  });
});

describe('what they say about an address', () => {
  test.each([
    ['https://go.shop.example/abcd2345', [true, true, true]],
    ['https://go.shop.example/abcd2345/report', [false, false, true]],
    ['https://go.shop.example/', [false, false, true]],
    ['http://go.shop.example/abcd2345', [false, false, false]],
    ['not an address', []],
  ])('%s', (address, opens) => {
    expect(explainAssociation(address, apps).map((answer) => answer.opens)).toEqual(opens);
  });

  test('the rule is named with its place and its words', () => {
    const [first] = explainAssociation('https://go.shop.example/abcd2345/pay', apps);
    expect(first).toMatchObject({ system: 'ios', opens: false, rule: { index: 1 } });
    expect(first?.because).toBe('rule 2 excludes it: pages of ours about a link: paying, reporting, pictures');
  });
});

import type { LinkApp, LinkAppSettings, LinkContent, LinkKind, ReadyLink } from '../link.ts';

/* Links as they stand in memory, made up for tests. */

const MADE = new Date('2026-03-01T08:00:00Z');

/** An active link of a shop, with whatever a test wants else. */
export function testReadyLink(more: Partial<LinkContent> & TestFacts = {}): ReadyLink {
  const { kind = 'page', version = 3, url, ownerName = '云上咖啡', apps = [], servedBy = null, ...content } = more;
  return {
    link: {
      book: 7,
      id: 'lnk_06F5KZJ8W0000000000000ABCD',
      code: 'abcd2345',
      servedBy,
      kind,
      owner: { kind: 'merchant', merchantId: 'mer_06F5KZJ8W0000000000000ABCD' },
      livemode: false,
      state: 'active',
      stateReason: null,
      version,
      createdAt: MADE,
      updatedAt: MADE,
      page: 'https://shop.example/item/42?sku=7',
      appPath: null,
      title: '云南小粒咖啡豆 500 克',
      description: '高海拔日晒，烘焙后三天内发货。',
      imageUrl: null,
      price: { currency: 'CNY', minor: 5900n },
      availability: 'in_stock',
      direct: false,
      expiresAt: null,
      ...content,
    },
    url: url ?? 'https://go.example/l/abcd2345',
    servedHost: new URL(url ?? 'https://go.example/').host,
    ownerName,
    apps,
    targets: new Set(['shop.example']),
  };
}

interface TestFacts {
  kind?: LinkKind;
  version?: number;
  url?: string;
  ownerName?: string;
  servedBy?: string | null;
  apps?: readonly LinkApp[];
}

export function testLinkApp(settings: LinkAppSettings, id = 'lap_06F5KZJ8W0000000000000ABCD'): LinkApp {
  return { book: 7, id, merchantId: 'mer_06F5KZJ8W0000000000000ABCD', name: settings.kind, settings, createdAt: MADE };
}

/** Words of a shop's that try to get out of wherever they are put. */
export const HOSTILE = `"'><script>alert(1)</script><!-- ]]> & \u2028\u2029 </title></style> \${x} {{y}} javascript:alert(2) \u202e`;

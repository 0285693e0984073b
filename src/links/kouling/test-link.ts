import type { Link, ReadyLink } from '../link.ts';

/** A link of a shop as it stands in memory, for tests that need none of a database. */
export function testLink(of: Partial<Link> & { url?: string } = {}): ReadyLink {
  const { url, ...said } = of;
  const at = new Date('2026-11-23T08:00:00Z');
  const link: Link = {
    book: 1,
    id: 'lnk_01ARZ3NDEKTSV4RRFFQ69G5FAV',
    code: 'abcd2345',
    servedBy: null,
    kind: 'page',
    owner: { kind: 'merchant', merchantId: 'mer_01ARZ3NDEKTSV4RRFFQ69G5FAV' },
    livemode: false,
    state: 'active',
    stateReason: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
    page: 'https://shop.example/item/42',
    appPath: null,
    title: '茉莉花茶',
    description: null,
    imageUrl: null,
    price: null,
    availability: null,
    direct: false,
    expiresAt: null,
    ...said,
  };
  return {
    link,
    url: url ?? `https://pay.example/l/${link.code}`,
    servedHost: 'pay.example',
    ownerName: '老街茶铺',
    apps: [],
    targets: new Set(['shop.example']),
  };
}

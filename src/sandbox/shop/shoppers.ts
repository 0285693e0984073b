import type { Lang } from '../../base/lang.ts';

/** One of the pretend people who buy here. The shop tells Hutong its own lasting name of the buyer and nothing else of them. */
export interface Shopper {
  key: string;
  name: Record<Lang, string>;
  /** The shop's name of the buyer towards Hutong; null for somebody who has not signed in. */
  buyerId: string | null;
  isStaff: boolean;
}

export const shoppers: readonly Shopper[] = [
  { key: 'lin', name: { 'zh-CN': '林小雨', en: 'Lin Xiaoyu' }, buyerId: 'shopper-lin', isStaff: false },
  { key: 'zhao', name: { 'zh-CN': '赵大川', en: 'Zhao Dachuan' }, buyerId: 'shopper-zhao', isStaff: false },
  { key: 'mei', name: { 'zh-CN': '梅兰', en: 'Mei Lan' }, buyerId: 'shopper-mei', isStaff: false },
  { key: 'staff', name: { 'zh-CN': '店员小胡', en: 'Hu, who works here' }, buyerId: 'staff-hu', isStaff: true },
  { key: 'guest', name: { 'zh-CN': '游客', en: 'A guest' }, buyerId: null, isStaff: false },
];

const COOKIE = 'shop_buyer';
const COOKIE_SECONDS = 31_536_000;
const [usual] = shoppers;

/** Who buys in this browser; the first of them until somebody else was chosen. */
export function shopperOf(cookies: string | undefined): Shopper {
  const pairs = (cookies ?? '').split(';').map((pair) => pair.trim().split('='));
  const found = findShopper(pairs.find(([name]) => name === COOKIE)?.[1] ?? '') ?? usual;
  if (found === undefined) throw new Error('assertion failed: somebody buys here');
  return found;
}

export function findShopper(key: string): Shopper | undefined {
  return shoppers.find((shopper) => shopper.key === key);
}

export function shopperCookie(shopper: Shopper): string {
  return `${COOKIE}=${shopper.key}; Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax`;
}

/** What the API is told of the buyer; nothing of somebody who has not signed in. */
export function toBuyer({ buyerId, isStaff }: Shopper): { id: string; staff: boolean } | undefined {
  return buyerId === null ? undefined : { id: buyerId, staff: isStaff };
}

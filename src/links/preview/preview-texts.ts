import type { Lang } from '../../base/lang.ts';
import type { LinkKind } from '../link.ts';

/** What previews say in words of ours, in both languages. */
export interface PreviewTexts {
  /** Where the owner wrote no words: `price` is null where the buyer types it, or where there is none. */
  described: Record<LinkKind, (owner: string, price: string | null) => string>;
  cardAlt(title: string, price: string | null, owner: string): string;
  price: string;
  from: string;
  availability: { in_stock: string; out_of_stock: string; preorder: string };
  open: string;
}

const chinese: PreviewTexts = {
  described: {
    page: (owner, price) => (price === null ? `来自 ${owner}` : `${price} · ${owner}`),
    pay: (owner, price) => (price === null ? `向 ${owner} 付款` : `向 ${owner} 付款 ${price}`),
    group: (owner, price) => (price === null ? `大家一起付给 ${owner}` : `大家一起付给 ${owner}，共 ${price}`),
    collect: (owner, price) => (price === null ? `${owner} 发起的收款` : `${owner} 发起的收款，共 ${price}`),
  },
  cardAlt: (title, price, owner) => [title, price, owner].filter((part) => part !== null).join('，'),
  price: '价格',
  from: '来自',
  availability: { in_stock: '有货', out_of_stock: '暂时缺货', preorder: '可预订' },
  open: '打开',
};

const english: PreviewTexts = {
  described: {
    page: (owner, price) => (price === null ? `From ${owner}` : `${price} · ${owner}`),
    pay: (owner, price) => (price === null ? `Pay ${owner}` : `Pay ${price} to ${owner}`),
    group: (owner, price) => (price === null ? `Pay ${owner} together` : `Pay ${owner} together, ${price} in all`),
    collect: (owner, price) =>
      price === null ? `${owner} is collecting money` : `${owner} is collecting ${price} in all`,
  },
  cardAlt: (title, price, owner) => [title, price, owner].filter((part) => part !== null).join(', '),
  price: 'Price',
  from: 'From',
  availability: { in_stock: 'In stock', out_of_stock: 'Out of stock', preorder: 'Can be ordered ahead' },
  open: 'Open',
};

export const previewTexts: Record<Lang, PreviewTexts> = { 'zh-CN': chinese, en: english };

import {
  LINK_APP_PATH_CHARS_MAX,
  LINK_DESCRIPTION_CHARS_MAX,
  LINK_ORDER_NO_CHARS_MAX,
  LINK_PLACES_MAX,
  LINK_SHARES_MAX,
  LINK_SUBJECT_CHARS_MAX,
  LINK_TITLE_CHARS_MAX,
} from '../../base/link-limits.ts';
import { currencies } from '../../money/money.ts';
import type { Label } from '../../wallets/wallet-names.ts';
import type { LinkKind } from '../link.ts';

/*
 * Every field of a link that people write: in a form, in a line of a table, in a list, or as an option of a command. The API's JSON says the
 * same by its own schema.
 */

/** Kinds that shops make; people collect in their wallet. */
export const MADE_KINDS = ['page', 'pay', 'group'] as const satisfies readonly LinkKind[];
export type MadeKind = (typeof MADE_KINDS)[number];

export const AVAILABILITIES = ['in_stock', 'out_of_stock', 'preorder'] as const;

export interface FieldRow {
  /** Links of which kinds have it. */
  of: readonly MadeKind[];
  /** It is part of what a link says, and may be changed; the rest stays for ever. */
  mayChange: boolean;
  /** As a form calls it. */
  label: Label;
  /** What to write; told when something else was written. */
  write: Label;
  /** What stands for it in the help of a command. */
  value: string;
  /** The option of a command, where it is not the field's name with hyphens. */
  option?: string;
}

const PAGE = ['page'] as const;
const PAY = ['pay'] as const;
const GROUP = ['group'] as const;
const PAID = ['pay', 'group'] as const;

const said = (of: FieldRow['of'], value: string, label: Label, write: Label): FieldRow => ({
  of,
  mayChange: true,
  label,
  write,
  value,
});
const fixed = (of: FieldRow['of'], value: string, label: Label, write: Label): FieldRow => ({
  ...said(of, value, label, write),
  mayChange: false,
});
export const LINK_FIELD_NAMES = [
  'kind',
  'title',
  'page',
  'description',
  'price',
  'currency',
  'image_url',
  'availability',
  'app_path',
  'direct',
  'expires_at',
  'host',
  'amount',
  'min',
  'max',
  'times',
  'order_no',
  'total',
  'shares',
  'people',
  'subject',
] as const;
export type LinkField = (typeof LINK_FIELD_NAMES)[number];

export const LINK_FIELDS: Readonly<Record<LinkField, FieldRow>> = {
  kind: fixed(
    MADE_KINDS,
    'kind',
    both('种类', 'Kind'),
    both(
      '写 page（网页）、pay（收款）或 group（多人付款）；不写是 page',
      'page, pay (one pays) or group (several pay); page when left out',
    ),
  ),
  title: said(
    MADE_KINDS,
    'text',
    both('标题', 'Title'),
    both(
      `写给人看的标题，1 到 ${LINK_TITLE_CHARS_MAX} 个字`,
      `what it is, for people: 1 to ${LINK_TITLE_CHARS_MAX} letters`,
    ),
  ),
  page: said(
    PAGE,
    'url',
    both('网页', 'Page'),
    both('买家最后到的网页地址，以 https:// 开头，域名要先证明', 'where the buyer ends: an address of a proved host'),
  ),
  description: said(
    MADE_KINDS,
    'text',
    both('说明', 'Description'),
    both(
      `一两句话，最多 ${LINK_DESCRIPTION_CHARS_MAX} 个字`,
      `a sentence more, at most ${LINK_DESCRIPTION_CHARS_MAX} letters`,
    ),
  ),
  price: said(MADE_KINDS, 'amount', both('价格', 'Price'), both('写成 12.50 这样的金额', 'an amount such as 12.50')),
  currency: said(
    MADE_KINDS,
    'code',
    both('币种', 'Currency'),
    both(
      `金额的币种，是其中之一：${currencies.join(' ')}；不写是 CNY`,
      `of the amounts, one of ${currencies.join(', ')}; CNY when left out`,
    ),
  ),
  image_url: {
    ...said(
      MADE_KINDS,
      'url',
      both('图片', 'Picture'),
      both('图片地址，以 https:// 开头，域名要先证明', 'a picture of a proved host, for previews'),
    ),
    option: 'image',
  },
  availability: said(
    MADE_KINDS,
    'word',
    both('供货', 'Availability'),
    both(`是其中之一：${AVAILABILITIES.join(' ')}`, `one of ${AVAILABILITIES.join(', ')}`),
  ),
  app_path: said(
    PAGE,
    'path',
    both('App 里的路径', 'Path in the app'),
    both(
      `App 打开的路径，如 /item/42?color=red，最多 ${LINK_APP_PATH_CHARS_MAX} 个字符；不写就同网页`,
      'what the merchant’s apps open, such as /item/42; path and query of the page when left out',
    ),
  ),
  direct: said(
    PAGE,
    'yes|no',
    both('直接到网页', 'Straight to the page'),
    both(
      '写 yes 或 no：没有更好的打开方式时，直接到网页',
      'yes or no: open the page at once where nothing better can be done',
    ),
  ),
  expires_at: {
    ...said(
      MADE_KINDS,
      'when',
      both('到期', 'Until'),
      both(
        '北京时间的最后一天，如 2026-12-31，或时刻，如 2026-12-31 18:00',
        'the last day in Asia/Shanghai such as 2026-12-31, or an instant such as 2026-12-31T20:00:00+08:00',
      ),
    ),
    option: 'expires',
  },
  host: fixed(
    MADE_KINDS,
    'host',
    both('短链接的域名', 'Host of the short link'),
    both(
      '商家已证明的短链接域名，如 go.shop.example；不写是我们的',
      'a proved host of the merchant’s that serves it; our own address when left out',
    ),
  ),
  amount: fixed(
    PAY,
    'amount',
    both('收多少', 'Amount'),
    both('每人付多少，如 12.50；不写由买家输入', 'what each pays, such as 12.50; the buyer types it when left out'),
  ),
  min: fixed(
    PAY,
    'amount',
    both('最少', 'At least'),
    both('买家输入时最少多少，如 1.00', 'the least that the buyer may type, such as 1.00'),
  ),
  max: fixed(
    PAY,
    'amount',
    both('最多', 'At most'),
    both('买家输入时最多多少，如 500.00', 'the most that the buyer may type, such as 500.00'),
  ),
  times: fixed(
    PAY,
    'count',
    both('可付几次', 'How often'),
    both(
      `1 到 ${LINK_PLACES_MAX} 的整数；不写就不限次数`,
      `a whole number from 1 to ${LINK_PLACES_MAX}; without end when left out`,
    ),
  ),
  order_no: fixed(
    PAY,
    'text',
    both('订单号', 'Order number'),
    both(
      `只收这一单，只付一次：以字母或数字开头，最多 ${LINK_ORDER_NO_CHARS_MAX} 个字母、数字和 . _ : -`,
      `the one order that it is for: at most ${LINK_ORDER_NO_CHARS_MAX} letters, digits and . _ : - that begin with a letter or digit`,
    ),
  ),
  total: fixed(
    GROUP,
    'amount',
    both('一共多少', 'Total'),
    both('大家一共付多少，如 100.00', 'what all pay together, such as 100.00'),
  ),
  shares: fixed(
    GROUP,
    'count',
    both('分几份', 'Shares'),
    both(
      `平均分几份，1 到 ${LINK_SHARES_MAX} 的整数`,
      `over how many it is split, a whole number from 1 to ${LINK_SHARES_MAX}`,
    ),
  ),
  people: fixed(
    GROUP,
    'list',
    both('谁付多少', 'Who pays how much'),
    both(
      '每人一行或用分号分开，名字后面写金额，如 小王 33.50; 小李 66.50',
      'names with amounts, such as "Wang 33.50; Li 66.50"',
    ),
  ),
  subject: fixed(
    PAID,
    'text',
    both('付的是什么', 'What is paid'),
    both(
      `给买家和钱包看的，1 到 ${LINK_SUBJECT_CHARS_MAX} 个字；不写就同标题`,
      `for the buyer and the wallet, 1 to ${LINK_SUBJECT_CHARS_MAX} letters; the title when left out`,
    ),
  ),
};

/** What may be changed later, in the table's order. */
export const CHANGED_FIELDS: readonly LinkField[] = LINK_FIELD_NAMES.filter((name) => LINK_FIELDS[name].mayChange);

export function isLinkField(name: string): name is LinkField {
  return LINK_FIELD_NAMES.some((field) => field === name);
}

/** The option of a command that takes it. */
export function optionOf(field: LinkField): string {
  return LINK_FIELDS[field].option ?? field.replaceAll('_', '-');
}

/** A sentence in both languages. */
export function both(chinese: string, english: string): Label {
  return { 'zh-CN': chinese, en: english };
}

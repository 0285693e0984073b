import type { AppName } from '../../wallets/detect/app-row.ts';

/** The apps whose shared texts are known, and our own. */
export type AppOfText =
  | Extract<
      AppName,
      | 'taobao'
      | 'tmall'
      | 'xianyu'
      | 'jd'
      | 'douyin'
      | 'kuaishou'
      | 'xiaohongshu'
      | 'wechat'
      | 'alipay'
      | 'pinduoduo'
      | 'meituan'
      | 'dianping'
      | 'baidu'
      | 'bilibili'
      | 'weibo'
    >
  | 'hutong';

/**
 * `cut`: the end was not read. `several`: there is more than one; this is the first. `credentials_removed`: the address named a user, as
 * `https://shop.example@other.example` does to look like another. `tracking_removed`: marks of a device or a person are gone from the address.
 * `not_the_apps_host`: the text speaks for an app, its address is none of the app's. `mistyped`: a code of ours whose check letter is wrong.
 * `looks_private`: a code of an SMS, an order or a parcel stands there, so nothing in it is taken for a token.
 */
export const TEXT_WARNINGS = [
  'cut',
  'several',
  'credentials_removed',
  'tracking_removed',
  'not_the_apps_host',
  'mistyped',
  'looks_private',
] as const;
export type TextWarning = (typeof TEXT_WARNINGS)[number];

export const TEXT_KINDS = ['token', 'link', 'mini_program', 'ours', 'none'] as const;
export type TextKind = (typeof TEXT_KINDS)[number];

/** What a pasted text is, as far as the text itself tells: nothing is looked up. */
export interface PastedText {
  /** Whose text it is; null for a plain link and for what is none of all. */
  app: AppOfText | null;
  /** `link` wherever there is an address, also where a token came with it; `token` where the app alone can read it. */
  kind: TextKind;
  /** A foreign app's token, or our own link's code, or our own deferred code; letter for letter. */
  token: string | null;
  /** http or https, without a user, without tracking; as `URL.href` writes it. */
  url: string | null;
  title: string | null;
  /** What stands beside the token: `CZ3457`, or the four letters that open a shared folder. */
  shareCode: string | null;
  /** The row of formats.ts that fitted. */
  formatId: string | null;
  /** high: the app's own host, check letter or both fences. medium: one sign is missing. low: it only looks like it. */
  confidence: 'high' | 'medium' | 'low';
  warnings: readonly TextWarning[];
}

import type { Money } from './json.ts';

/** What a link says and where it leads. */
export interface LinkContent {
  /** Where the buyer ends: a page of a host that you have proved to own; null where something is paid. */
  page: string | null;
  /** What your apps and mini programs open, such as `/item/42`; null: path and query of the page. */
  app_path: string | null;
  title: string;
  description: string | null;
  /** A picture of a proved host, for previews and the card. */
  image_url: string | null;
  price: Money | null;
  availability: 'in_stock' | 'out_of_stock' | 'preorder' | null;
  /** True: where nothing better can be done the page opens at once, without Hutong's own page in between. */
  direct: boolean;
  expires_at: string | null;
}

export type LinkState = 'active' | 'stopped' | 'taken_down';

export interface Link extends LinkContent {
  id: string;
  object: 'link';
  /** What stands in the address. */
  code: string;
  /** What people share. */
  url: string;
  /** Its picture with title, price and a code to scan. */
  card_url: string;
  /** What to paste where an app takes text alone. */
  texts: { 'zh-CN': string; en: string };
  /** The host of yours that serves it; null: Hutong's own address. */
  host: string | null;
  kind: 'page' | 'pay' | 'group' | 'collect';
  state: LinkState;
  state_reason: string | null;
  version: number;
  livemode: boolean;
  created_at: string;
  updated_at: string;
  /** Of kind `pay`, when it was asked for by itself. */
  pay?: LinkPay;
  /** Of kind `group`, when it was asked for by itself. */
  group?: LinkGroup;
}

export interface LinkPay {
  /** Null: the buyer types it. */
  amount: Money | null;
  min: Money | null;
  max: Money | null;
  subject: string;
  /** How often it may be paid; null: without end, and then nothing is counted here. */
  times: number | null;
  order_no: string | null;
  paid_count: number;
  /** That may still be paid. */
  open_count: number;
  complete_at: string | null;
}

export interface LinkGroup {
  total: Money | null;
  subject: string;
  shares: {
    no: number;
    /** For whom it is, or what its payer calls themselves. */
    name: string | null;
    amount: Money;
    state: 'free' | 'open' | 'paid';
    /** Of the payment that keeps it. */
    order_no: string | null;
  }[];
  /** Before refunds. */
  paid: Money;
  paid_count: number;
  open_count: number;
  complete_at: string | null;
}

export interface LinkVersion extends LinkContent {
  version: number;
  state: LinkState;
  state_reason: string | null;
  /** The operator, an API key's id, or a person's id. */
  by: string;
  at: string;
}

export interface LinkHost {
  id: string;
  object: 'link_host';
  /** As in a URL, with the port only where it is not the usual one. */
  host: string;
  uses: ('target' | 'serve')[];
  /** The line that proves it, and where it may stand; null where that place proves nothing for such a host. One place is enough. */
  proof: { line: string; file_url: string | null; dns_name: string | null };
  /** Null until it is proved, and again when the proof is gone for good. */
  proved_at: string | null;
  /** What a serving host shows at its root for platforms that ask whose it is. */
  files: { name: string; content: string }[];
  created_at: string;
}

/** `{path}` in a template stands for the link's `app_path` without its first slash. */
export type LinkAppSettings =
  | {
      kind: 'ios';
      /** `TEAMID1234.com.example.shop`. */
      app_id: string;
      scheme: string | null;
      universal_host: string | null;
      store_url: string | null;
    }
  | {
      kind: 'android';
      package: string;
      /** SHA-256 of every signing certificate: `AA:BB:…`. */
      certificates: string[];
      scheme: string | null;
      app_link_host: string | null;
      store_url: string | null;
    }
  | { kind: 'wechat_mini'; app_id: string; original_id: string; page: string }
  | { kind: 'alipay_mini'; app_id: string; page: string }
  | { kind: 'wechat_account'; app_id: string; open_app_id: string | null };

export interface LinkApp {
  id: string;
  object: 'link_app';
  name: string;
  settings: LinkAppSettings;
  created_at: string;
}

/** By what days can be split. */
export type LinkSplit = 'app' | 'system' | 'referrer' | 'via' | 'robot' | 'step';

export interface LinkStats {
  object: 'link_stats';
  link_id: string;
  /** Days of Asia/Shanghai, both included. */
  from: string;
  until: string;
  by: 'hour' | 'day';
  split: LinkSplit | 'none';
  totals: {
    /** By people; robots are apart. */
    opens: number;
    /** Estimated for each day and added up: who comes on two days is two. */
    people: number;
    robots: number;
    /** Steps that were offered and taken. */
    taps: number;
    payments: number;
    /** `minor` is an integer in a string. */
    amounts: { currency: string; payments: number; minor: string }[];
  };
  /** Every day (`2026-11-23`) or hour (`2026-11-23T09`) in order; what is known by day alone is null by hour. */
  points: {
    at: string;
    opens: number;
    people: number | null;
    robots: number | null;
    taps: number | null;
    payments: number | null;
  }[];
  /** Days by what was asked for, the most first within each; empty without a split. */
  rows: { at: string; value: string; count: number }[];
  /** Of all days together, the most first. */
  tops: Record<LinkSplit, { value: string; count: number }[]>;
}

/** What a page says of itself. */
export interface LinkPreview {
  object: 'link_preview';
  /** Where the page came from after all redirects, as people may be shown it. */
  host: string;
  /** Somebody's host that it looks like; null otherwise. */
  looks_like: string | null;
  /** Why the page could not be seen; null where it was. */
  note: string | null;
  title: string | null;
  description: string | null;
  site_name: string | null;
  image_url: string | null;
  price: Money | null;
  availability: 'in_stock' | 'out_of_stock' | 'preorder' | null;
  canonical_url: string | null;
}

/** A text that somebody copied in an app, read. Tokens of other apps are told, not resolved: that their own app alone can do. */
export interface LinkText {
  object: 'link_text';
  /**
   * Where it leads. `link`: to a link of Hutong's, which stands in `link`. `deferral`: it is a code for an installed app. `no_link`: ours in form,
   * and there is no such link. `foreign`: to another app or site. `mistyped`: ours, with a letter wrong. `nothing`: nowhere.
   */
  place: 'link' | 'deferral' | 'no_link' | 'foreign' | 'mistyped' | 'nothing';
  kind: 'token' | 'link' | 'mini_program' | 'ours' | 'none';
  /** Whose text it is; null for a plain link and for what is none of all. */
  app: string | null;
  token: string | null;
  /** Without marks of devices and people. */
  url: string | null;
  title: string | null;
  share_code: string | null;
  /** Which format was recognised. */
  format: string | null;
  confidence: 'high' | 'medium' | 'low';
  warnings: string[];
  /** Of `url`: how to show it, and whether it looks like somebody else's. */
  host: { shown: string; looks_like: string | null; suspicious: boolean; warnings: string[] } | null;
  /** How the app that can read it is opened. */
  open: { name_zh: string; name_en: string; scheme: string; android_package: string } | null;
  /** What to copy before that app is opened. */
  copy: string | null;
  link: {
    code: string;
    url: string;
    title: string;
    owner_name: string;
    state: LinkState | 'expired';
  } | null;
}

export interface LinkDeferral {
  object: 'link_deferral';
  link: Link;
  /** Show the link, and ask the person before you open it: the code may have been somebody else's. */
  ask_first: true;
}

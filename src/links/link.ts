import type { Currency } from '../money/money.ts';

/*
 * What a share link is. A link belongs to a merchant (or, for collecting among people, to a person of Hutong Wallet), has a code that tells
 * nothing, and leads to a page of a host that its merchant has proved to own, or to a page of ours where something is paid. There is no free
 * choice of where a link leads, so it can be no open redirect.
 */

/**
 * `page`: a page of the merchant's. `pay`: one thing is paid, with an amount of its own or one that the buyer types. `group`: several people
 * pay a share each to a merchant. `collect`: several people pay a share each to a person of Hutong Wallet.
 */
export const LINK_KINDS = ['page', 'pay', 'group', 'collect'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** `stopped` by its owner, or by the operator after a report; `taken_down` only the operator takes back. */
export type LinkState = 'active' | 'stopped' | 'taken_down';

export interface LinkPrice {
  currency: Currency;
  /** Minor units. */
  minor: bigint;
}

/** What a link says and where it leads: the part that is edited, each time as a new version. */
export interface LinkContent {
  /** Where the buyer ends: an http(s) address, as `URL.href` writes it, of a host proved for `target`. Null for what is paid: the page is ours. */
  page: string | null;
  /** What the merchant's apps and mini programs open, as a path with query such as `/item/42`; null: path and query of `page`. */
  appPath: string | null;
  title: string;
  description: string | null;
  /** A picture of a proved host; shown in previews and on the card. */
  imageUrl: string | null;
  price: LinkPrice | null;
  availability: 'in_stock' | 'out_of_stock' | 'preorder' | null;
  /** True: where nothing better than the page can be done (a plain browser, no app), it opens at once, without our page in between. */
  direct: boolean;
  expiresAt: Date | null;
}

export interface Link extends LinkContent {
  book: number;
  /** `lnk_…`, for owners and operators. */
  id: string;
  /** What stands in the address: LINK_CODE_CHARS letters, unguessable, unique in all books. */
  code: string;
  /** `lho_…` of the host that serves it; null: our own address. */
  servedBy: string | null;
  kind: LinkKind;
  owner: { kind: 'merchant'; merchantId: string } | { kind: 'user'; userId: string };
  livemode: boolean;
  state: LinkState;
  /** Why it was stopped, for its owner; null while it is active. */
  stateReason: string | null;
  /** 1 and up; each edit adds one, the older ones stay readable. */
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/** A host that a merchant named, and what it may be used for once it is proved. */
export interface LinkHost {
  book: number;
  /** `lho_…`. */
  id: string;
  merchantId: string;
  /** As in `URL.host`: lower case, ASCII (xn--…), the port only where it is not the usual one. */
  host: string;
  /** `target`: links may lead to its pages. `serve`: it points to us, and short links and association files are served under it. */
  uses: readonly ('target' | 'serve')[];
  /** What the proof must show: in a file below /.well-known or in a DNS TXT record. Not secret. */
  proofToken: string;
  /** Null until it is proved; it is looked at again from time to time and becomes null when the proof is gone for good. */
  provedAt: Date | null;
  /** What stands at its root for platforms that ask whose the host is, by name; only a serving host has any. */
  files: readonly ProofFile[];
  createdAt: Date;
}

/** A small file by which a platform believes that a host is its merchant's; which there are: hosts/proof-file-kinds.ts. */
export interface ProofFile {
  /** `MP_verify_….txt`: below the root, without a slash. */
  name: string;
  /** ASCII, without a line's end. */
  content: string;
}

/** A merchant's app as something that a link may open. `{path}` in a template stands for the link's appPath without its first slash. */
export type LinkAppSettings =
  | {
      kind: 'ios';
      /** `TEAMID1234.com.example.shop`. */
      appId: string;
      /** `shop://item/{path}`, or null where the app has no scheme of its own. */
      scheme: string | null;
      /** The host whose universal links the app claims; must be proved, and another one than the link's own. */
      universalHost: string | null;
      storeUrl: string | null;
    }
  | {
      kind: 'android';
      /** `com.example.shop`. */
      package: string;
      /** SHA-256 of every signing certificate, as `AA:BB:…`. */
      certificates: readonly string[];
      scheme: string | null;
      appLinkHost: string | null;
      /** Chinese stores stand in for Play: the merchant's own download page or a store's. */
      storeUrl: string | null;
    }
  | {
      kind: 'wechat_mini';
      /** `wx` and 16 hex letters. */
      appId: string;
      /** `gh_…`: what wx-open-launch-weapp asks for. */
      originalId: string;
      /** `pages/item/item?id={path}`. */
      page: string;
    }
  | {
      kind: 'alipay_mini';
      /** 16 digits. */
      appId: string;
      page: string;
    }
  | {
      /** A verified service account: JS-SDK, share cards and launch tags. Its secret is sealed apart. */
      kind: 'wechat_account';
      appId: string;
      /** The mobile app's id at WeChat's open platform, for wx-open-launch-app; null where none is bound. */
      openAppId: string | null;
    };

export type LinkAppKind = LinkAppSettings['kind'];

export interface LinkApp {
  book: number;
  /** `lap_…`. */
  id: string;
  merchantId: string;
  name: string;
  settings: LinkAppSettings;
  createdAt: Date;
}

/** A link with everything that opening it needs, as it stands in memory. Never changed in place: another version is another object. */
export interface ReadyLink {
  link: Link;
  /** The address that people share: `https://go.shop.example/abcd2345` or `https://pay.example/l/abcd2345`. */
  url: string;
  /** How the host that serves it is shown: without scheme and path. */
  servedHost: string;
  /** Whose it is, for the page: the merchant's name, or the person's shortened. */
  ownerName: string;
  /** The owner's apps, oldest first. */
  apps: readonly LinkApp[];
  /** Hosts that the owner has proved for `target`; where a page's host is no longer among them the link does not lead there. */
  targets: ReadonlySet<string>;
}

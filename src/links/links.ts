import type { KeyedReply } from '../db/with-key.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import type { Money } from '../money/money.ts';
import type { AppName } from '../wallets/detect/app-row.ts';
import type { Os } from '../wallets/detect/detect-app.ts';
import type {
  Link,
  LinkApp,
  LinkAppSettings,
  LinkContent,
  LinkHost,
  LinkKind,
  LinkState,
  ProofFile,
  ReadyLink,
} from './link.ts';

/*
 * What the parts of links/ give to one another and to the doors. Each is opened by a function of its own (`openX(deps)`); main wires them.
 */

export type Keyed = KeyedReply & { replayed: boolean };

/** Who changes something: a merchant by its API key, a person of Hutong Wallet, or the operator by name. */
export type LinkActor =
  | { kind: 'operator'; name: string }
  | { kind: 'merchant'; merchantId: string; keyId: string }
  | { kind: 'user'; userId: string };

/** The hot path: from memory, kept fresh by notices and a look every 250 ms, read once where it is not there yet. */
export interface LinkReader {
  /**
   * The link of this code as served at this host (null: our own address), whatever its state; null where there is none. At once when it is in
   * memory. A code of one host is unknown at another.
   */
  find(servedHost: string | null, code: string): ReadyLink | null | Promise<ReadyLink | null>;
  /** The same by id. */
  findById(book: number, id: string): Promise<ReadyLink | null>;
  /** The host that serves links under this `URL.host`, proved for `serve`, or undefined; from memory, answers at once. */
  servingHost(host: string): LinkHost | undefined;
  /** All apps of the merchant whose serving host this is; for association files. */
  appsOfHost(host: string): readonly LinkApp[];
}

/** For texts that people paste, where the address may be gone: a code is unique in all books, so it finds its link without the host. */
export interface LinkFinder extends LinkReader {
  findByCode(code: string): Promise<ReadyLink | null>;
}

/** A link that is wanted; what is left out of the content is null, `direct` false. */
export interface NewLink {
  kind: LinkKind;
  content: LinkContent;
  /** `URL.host` of a proved serving host of the merchant; null: our own address. */
  servedHost: string | null;
}

/** What owners and operators do with links. Every change is a new version; all of it is written down with who did it. */
export interface LinkDesk {
  /**
   * One reply with all of them in order, or a refusal that names the first that is wrong and nothing is made. `within` runs in the same
   * transaction, after the rows are there: what a pay link needs besides is written by it.
   * @throws Refusal invalid_request, link_host_not_proved, not_found
   */
  create(request: {
    actor: LinkActor;
    book: number;
    livemode: boolean;
    links: readonly NewLink[];
    /** 'one' answers the link itself, 'list' answers {data: […]}. */
    reply: 'one' | 'list';
    /** Null where no request can come twice: a command, a form of ours. */
    claim: KeyClaim | null;
    within?: (tx: Tx, links: readonly Link[]) => Promise<void>;
  }): Promise<Keyed>;
  /** What is left out stays. @throws Refusal not_found, invalid_request, link_host_not_proved, link_version_outdated */
  edit(request: {
    actor: LinkActor;
    id: string;
    content: Partial<LinkContent>;
    /** The version that was read: nothing is written over a later one. Left out or null: on top of whatever it says by then. */
    fromVersion?: number | null;
  }): Promise<ReadyLink>;
  /** `taken_down` and back only by the operator. @throws Refusal not_found, link_taken_down, link_version_outdated */
  setState(request: {
    actor: LinkActor;
    id: string;
    state: LinkState;
    reason: string | null;
    /** As above. */
    fromVersion?: number | null;
  }): Promise<ReadyLink>;
  /**
   * Takes down at once every link of a merchant, or every one whose page is at this `URL.host`, whatever its state; each gets a version. Only
   * the operator. @returns the ids of those that were not taken down before
   * @throws Refusal not_found for everybody else
   */
  takeDownAll(request: {
    actor: LinkActor;
    book: number;
    which: { kind: 'host'; host: string } | { kind: 'merchant'; merchantId: string };
    reason: string;
  }): Promise<string[]>;
  /** @throws Refusal not_found */
  get(viewer: LinkActor, id: string): Promise<ReadyLink>;
  /** Newest first. */
  list(wish: {
    viewer: LinkActor;
    state: LinkState | null;
    before: string | null;
    itemsMax: number;
  }): Promise<{ data: ReadyLink[]; next: string | null }>;
  /** Newest version first: what it said, who wrote it, when. @throws Refusal not_found */
  history(viewer: LinkActor, id: string): Promise<LinkVersion[]>;

  addHost(request: { actor: LinkActor; merchantId: string; host: string; uses: LinkHost['uses'] }): Promise<LinkHost>;
  /** Looks now whether the proof is there. @throws Refusal link_proof_missing with what was looked for and found */
  proveHost(actor: LinkActor, id: string): Promise<LinkHost>;
  dropHost(actor: LinkActor, id: string): Promise<void>;
  /** What a serving host shows at its root from now on: all of it, an empty list is nothing. @throws Refusal not_found, invalid_request */
  setHostFiles(request: { actor: LinkActor; id: string; files: readonly ProofFile[] }): Promise<LinkHost>;
  /** Some of them go, others come or change; those that are not named stay. @throws Refusal not_found, invalid_request */
  changeHostFiles(request: {
    actor: LinkActor;
    id: string;
    drop: readonly string[];
    put: readonly ProofFile[];
  }): Promise<LinkHost>;
  listHosts(viewer: LinkActor, merchantId: string): Promise<LinkHost[]>;
  /** `secret` belongs to a `wechat_account` and to no other. */
  putApp(request: {
    actor: LinkActor;
    merchantId: string;
    id: string | null;
    name: string;
    settings: LinkAppSettings;
    secret: string | null;
  }): Promise<LinkApp>;
  dropApp(actor: LinkActor, id: string): Promise<void>;
  listApps(viewer: LinkActor, merchantId: string): Promise<LinkApp[]>;
  /** The sealed secret of a `wechat_account`, opened; null where none was given. */
  openAppSecret(app: LinkApp): Promise<string | null>;
}

export interface LinkVersion {
  version: number;
  content: LinkContent;
  state: LinkState;
  stateReason: string | null;
  /** `operator name`, an API key's id, or a person's id. */
  by: string;
  at: Date;
}

/** One opening, as it is counted. Address and user agent are only mixed into a number that is forgotten with the day's salt. */
export interface OpenEvent {
  book: number;
  linkId: string;
  app: AppName;
  os: Os;
  robot: string | null;
  /** Where it was opened from, `URL.host` of the Referer; null for none or our own. */
  referrerHost: string | null;
  /** How it came: a tap on the link, a scanned code of ours, a pasted text. */
  via: 'link' | 'qr' | 'text';
  /** The network address and user agent; never kept. */
  address: string;
  userAgent: string;
}

/** Off the hot path: counted in memory, written in batches, all of it at a clean stop. */
export interface LinkCounter {
  opened(event: OpenEvent): void;
  /** A step that was offered was tapped (told by our page's own beacon). */
  tapped(event: { book: number; linkId: string; step: string }): void;
}

/** A look at somebody else’s page; it lives where the network does. */
export type { SafeFetch, SafePage } from '../net/safe-fetch.ts';

/** A payment that came by a link and succeeded. */
export interface LinkedPayment {
  /** `lnk_…` that the payment named; null where it is no link of this merchant, and counts for none. */
  linkId: string | null;
  merchantId: string;
  /** What was paid. */
  money: Money;
  /** When it succeeded. */
  at: Date;
  /** Goes on behind this payment. */
  cursor: string;
}

/** Payments that came by links, for counting them. */
export interface LinkedPayments {
  /**
   * Those that succeeded behind `after` (null: from the first), in an order in which no later one ever appears in front of one that was
   * already told: what is still being committed is waited for.
   */
  page(sql: Sql | Tx, book: number, after: string | null, itemsMax: number): Promise<LinkedPayment[]>;
  /** Whether a cursor was told by another database server, from whose dump this database was restored. */
  isElsewhere(sql: Sql | Tx, cursor: string): Promise<boolean>;
  /** Where to go on from then, with what had not been told up to the old cursor; nothing that had been is ever told again. */
  resume(tx: Tx, book: number, cursor: string): Promise<{ untold: LinkedPayment[]; cursor: string }>;
}

import type { Lang } from '../../base/lang.ts';
import type { ReadyLink } from '../link.ts';
import type { LinkActor } from '../links.ts';

/*
 * Reports of abuse, what operators do about them, and what people are warned of. The doors (page, console, commands) work with what stands
 * here; open-reports.ts makes it.
 */

/** Why somebody reports a link, in the order in which the page asks. */
export const REPORT_REASONS = ['phishing', 'fraud', 'counterfeit', 'illegal', 'harassment', 'broken', 'other'] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];

export type ReportState = 'open' | 'dismissed' | 'upheld';

export interface Report {
  book: number;
  /** `lrp_…`. */
  id: string;
  linkId: string;
  code: string;
  /** What the link said then: the version of it that was reported. */
  linkVersion: number;
  /** The merchant's or person's id whose link it is. */
  owner: string;
  /** `URL.host` of where it led then; null where it led to a page of ours. */
  targetHost: string | null;
  reason: ReportReason;
  words: string | null;
  /** How to reach who reported; null where nothing was given or REPORT_CONTACT_DAYS have passed. Only `get` opens it. */
  hasContact: boolean;
  state: ReportState;
  createdAt: Date;
  resolvedAt: Date | null;
  resolvedBy: string | null;
  note: string | null;
}

/** Reports of one link that wait, together: what an operator works through. */
export interface ReportedLink {
  linkId: string;
  code: string;
  owner: string;
  targetHost: string | null;
  openCount: number;
  /** Networks that they came from: one person with many reports is one. */
  networksCount: number;
  reasons: readonly { reason: ReportReason; count: number }[];
  firstAt: Date;
  lastAt: Date;
  /** Whether people are warned at present. */
  brake: BrakeEffect | null;
}

/** `warn` shows a page before going on; `block` lets nothing lead there and no new link be made. */
export type BrakeEffect = 'warn' | 'block';
export type BrakeSubject = { kind: 'link' | 'host' | 'merchant'; id: string };

export interface Brake {
  /** `lbr_…`. */
  id: string;
  subject: BrakeSubject;
  effect: BrakeEffect;
  reason: string;
  setBy: string;
  setAt: Date;
}

export interface SafetyAct {
  id: string;
  act: 'dismissed' | 'upheld' | 'taken_down' | 'brake_set' | 'brake_lifted';
  subjectKind: 'report' | 'link' | 'host' | 'merchant';
  subject: string;
  by: string;
  reason: string;
  linksCount: number;
  at: Date;
}

/** Why people are shown a page before a link goes on. Texts are the page's. */
export interface Warning {
  /**
   * `blocked`: nothing leads there; the page has no way on. `reported`: several people reported it lately, or an operator warns. `look_alike`:
   * the host looks like that of `brand`. `mixed_scripts`: letters of several scripts in one name.
   */
  kind: 'blocked' | 'reported' | 'look_alike' | 'mixed_scripts';
  /** The host as it may be shown: as letters where they deceive nobody, else in its xn-- form; null where the page is ours. */
  host: string | null;
  /** The host it looks like, such as `taobao.com`; null otherwise. */
  brand: string | null;
}

export type TakeDown =
  | { kind: 'link'; id: string }
  /** Every link that leads to this `URL.host`, and none is made any more. */
  | { kind: 'host'; id: string }
  /** Every link of the merchant, and none is made any more. */
  | { kind: 'merchant'; id: string };

/** `actor` must be an operator wherever it is asked for. @throws Refusal not_found for everybody else */
export interface Reports {
  /**
   * Takes one report; the same network reports a link once a day at most (a second one changes the first). When reports within the hour weigh
   * enough (weigh-reports.ts), the operator is alerted, and people are warned. @throws Refusal too_many_tries
   */
  report(request: {
    ready: ReadyLink;
    reason: ReportReason;
    words: string | null;
    contact: string | null;
    lang: Lang;
    /** The network address; only a keyed digest is kept, for REPORT_NETWORK_DAYS. */
    address: string;
    /** As the browser writes it: by it and the network the day's count tells whether who reports has opened the link. Not kept. */
    userAgent: string;
  }): Promise<{ id: string; braked: boolean }>;
  /** Newest first. */
  list(wish: {
    viewer: LinkActor;
    state: ReportState | null;
    linkId: string | null;
    before: string | null;
    itemsMax: number;
  }): Promise<{ data: Report[]; next: string | null }>;
  /** With how to reach who reported, and what was done about it. */
  get(viewer: LinkActor, id: string): Promise<Report & { contact: string | null; acts: readonly SafetyAct[] }>;
  /** Links with open reports, most networks first, then oldest: what to look at next. */
  waiting(viewer: LinkActor, itemsMax: number): Promise<ReportedLink[]>;
  /**
   * Closes every open report of the link at once, with a note. `dismissed` also lifts a brake that was set by itself; `upheld` takes down the
   * link, its host's or its owner's links as `takeDown` says. @returns how many reports were closed and how many links taken down
   * @throws Refusal not_found, invalid_request
   */
  resolve(request: {
    actor: LinkActor;
    linkId: string;
    verdict: { kind: 'dismissed' } | { kind: 'upheld'; takeDown: TakeDown };
    note: string;
  }): Promise<{ reports: number; links: number }>;
  /** Without any report: the operator found it out otherwise. @throws Refusal not_found, invalid_request */
  takeDown(request: { actor: LinkActor; takeDown: TakeDown; reason: string }): Promise<{ links: number }>;
  setBrake(request: { actor: LinkActor; subject: BrakeSubject; effect: BrakeEffect; reason: string }): Promise<Brake>;
  /** @throws Refusal not_found where none is in force */
  liftBrake(request: { actor: LinkActor; subject: BrakeSubject; reason: string }): Promise<void>;
  /** Those in force, newest first. */
  listBrakes(viewer: LinkActor): Promise<Brake[]>;
  /** What was done about this link, host or merchant, newest first. */
  acts(viewer: LinkActor, subject: string, itemsMax: number): Promise<SafetyAct[]>;

  /** What is to be said before this link goes on, or null; from memory, answers at once. */
  warningOf(ready: ReadyLink): Warning | null;
  /** Counts the changes of what warningOf answers from: a page kept per link is old when this has changed. */
  revision(): number;
  /** Whether no link may lead to this `URL.host` or be made by this merchant; from memory, answers at once. */
  isBlocked(subject: BrakeSubject): boolean;
  /** Forgets contacts and networks past their days; startWork does it every hour. @returns of how many reports */
  forget(): Promise<number>;
  /** Resolves when what is in force is in memory. */
  ready(): Promise<void>;
  startWork(): void;
  stop(): Promise<void>;
}

import type { Clock } from '../../base/clock.ts';
import type { Deferrals } from '../deferred/open-deferrals.ts';
import type { ReadyLink } from '../link.ts';
import type { LinkFinder } from '../links.ts';
import { standingOf } from '../ready-link.ts';
import { judgeHost, type JudgedHost, registrationFaultOf } from '../safety/host-words.ts';
import { APP_WAYS, type AppWay, nameOfApp } from './app-ways.ts';
import type { AppOfText, PastedText } from './pasted-text.ts';
import { readKouling } from './read-kouling.ts';

export interface PastedDeps {
  reader: Pick<LinkFinder, 'find' | 'findByCode' | 'servingHost'>;
  deferrals: Pick<Deferrals, 'claimByPaste'>;
  clock: Clock;
  /** Addresses of ours; links stand below /l/ of each. */
  publicUrl: string;
  linkUrl: string;
}

/** Where a pasted text leads. What is somebody else's is only told, never opened: nothing here redirects. */
export type PastedPlace = { read: PastedText } & (
  | { kind: 'link'; ready: ReadyLink; standing: ReturnType<typeof standingOf> }
  /** A code from before an installation, claimed by this; whoever pasted it is asked before it opens. */
  | { kind: 'deferred'; ready: ReadyLink }
  /** Such a code was found and left as it is. */
  | { kind: 'deferral' }
  /** A deferred code that is unknown, used or over an hour old. */
  | { kind: 'spent' }
  /** A code or an address of ours behind which nothing is. */
  | { kind: 'no_link' }
  | { kind: 'foreign'; app: ForeignApp | null; host: ForeignHost | null; copy: string }
  | { kind: 'mistyped' }
  | { kind: 'nothing' }
);

export interface ForeignApp {
  app: Exclude<AppOfText, 'hutong'>;
  name: { 'zh-CN': string; en: string };
  way: AppWay;
}

/** The host of a foreign address as it may be shown. */
export type ForeignHost = Pick<JudgedHost, 'shown' | 'looksLike' | 'warnings'> & {
  /** Its letters say something else than they seem to, or it is taken for a brand's. */
  isSuspicious: boolean;
};

/**
 * From what somebody pasted to where it leads. The text is neither kept nor logged. A deferred code is claimed only where `mayClaim`, which is a
 * person's own page and nothing else.
 * @throws Refusal unavailable, overloaded: links cannot be looked up right now
 */
export async function openPasted(deps: PastedDeps, text: string, options: { mayClaim: boolean }): Promise<PastedPlace> {
  const read = readKouling(text);
  if (read.formatId === 'hutong-deferral') return await openDeferral(deps, read, options.mayClaim);
  if (read.kind === 'ours') return placeOf(deps, read, await deps.reader.findByCode(read.token ?? ''));
  if (read.url !== null) {
    const own = ownLinkOf(deps, read.url);
    if (own !== null) return placeOf(deps, read, await deps.reader.find(own.servedHost, own.code));
  }
  if (read.kind === 'none') return { read, kind: read.warnings.includes('mistyped') ? 'mistyped' : 'nothing' };
  return { read, kind: 'foreign', app: appOf(read.app), host: hostOf(read.url), copy: copyOf(read, text) };
}

async function openDeferral(deps: PastedDeps, read: PastedText, mayClaim: boolean): Promise<PastedPlace> {
  if (!mayClaim) return { read, kind: 'deferral' };
  const ready = await deps.deferrals.claimByPaste(read.token ?? '');
  return ready === null || !isServed(deps.reader, ready) ? { read, kind: 'spent' } : { read, kind: 'deferred', ready };
}

function placeOf({ clock, reader }: PastedDeps, read: PastedText, ready: ReadyLink | null): PastedPlace {
  if (ready === null || !isServed(reader, ready)) return { read, kind: 'no_link' };
  return { read, kind: 'link', ready, standing: standingOf(ready.link, clock.now()) };
}

/** Nobody is sent to a host that the link's owner has lost: by now it may be anybody's. */
function isServed(reader: PastedDeps['reader'], { link, servedHost }: ReadyLink): boolean {
  const owner = link.owner.kind === 'merchant' ? link.owner.merchantId : null;
  return link.servedBy === null || reader.servingHost(servedHost)?.merchantId === owner;
}

/** The code in an address of ours or of a serving host; null for everybody else's. */
function ownLinkOf(
  { reader, publicUrl, linkUrl }: PastedDeps,
  text: string,
): { servedHost: string | null; code: string } | null {
  const { origin, host, pathname } = new URL(text);
  const [, ownCode] = /^\/l\/([^/]+)/.exec(pathname) ?? [];
  if (ownCode !== undefined && (isHostOf(publicUrl, host) || isHostOf(linkUrl, host) || origin === linkUrl))
    return { servedHost: null, code: ownCode };
  const servedHost = reader.servingHost(host)?.host;
  const [, servedCode] = /^\/([^/]+)/.exec(pathname) ?? [];
  return servedHost === undefined || servedCode === undefined ? null : { servedHost, code: servedCode };
}

function isHostOf(url: string, host: string): boolean {
  return new URL(url).host === host;
}

function appOf(app: PastedText['app']): ForeignApp | null {
  return app === null || app === 'hutong' ? null : { app, name: nameOfApp(app), way: APP_WAYS[app] };
}

function hostOf(url: string | null): ForeignHost | null {
  if (url === null) return null;
  const judged = judgeHost(new URL(url).host);
  const { shown, looksLike, warnings } = judged;
  return { shown, looksLike, warnings, isSuspicious: registrationFaultOf(judged) !== null || looksLike !== null };
}

/** What the app is handed: its own text as it was pasted where only it can read it, the cleaned address else. */
function copyOf(read: PastedText, text: string): string {
  return read.url ?? text.trim();
}

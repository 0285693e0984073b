import type { OutboundRequest } from '../base/outbound.ts';
import { inflateStart } from './inflate-start.ts';
import type { StartReply } from './send.ts';
import { ADDRESS_REFUSED, createVettedSend, type VettedSendOptions } from './vetted-send.ts';

/** A look at somebody else's page: vetted at connect time and as a literal, hop by hop, bounded in bytes, time, hops and type. */
export interface SafeFetch {
  /** @returns the last page, or why there is none; never throws for what the other side does. */
  fetch(wish: SafeWish): Promise<SafePage>;
}

export interface SafeWish {
  url: string;
  /** `text/html`, … ; another type is not read. Empty: any. */
  types: readonly string[];
  /** Of the page as it is read; the rest is left (`cut`), packed or not. */
  bytesMax: number;
  /** Over all hops together. */
  timeoutMs: number;
  /** Redirects that are followed; 5 at most, whatever is said. */
  hopsMax: number;
}

/**
 * `refused`: it may not be asked (an address of the private world, another port, a password in the address, down from https, too many hops,
 * another type). `unreachable`: it may, and did not answer. hops: every address that was asked, the first one included.
 */
export type SafePage =
  | { kind: 'page'; url: string; status: number; type: string; body: Buffer; cut: boolean; hops: readonly string[] }
  | { kind: 'refused'; reason: string; hops: readonly string[] }
  | { kind: 'unreachable'; reason: string; hops: readonly string[] };

export type SafeFetchOptions = Pick<VettedSendOptions, 'allowPrivate' | 'lookup' | 'trustedCertificates'>;

export interface SafeFetcher extends SafeFetch {
  close(): Promise<void>;
}

/** Says who asks and why, without a version of anything that runs here. */
export const LINK_USER_AGENT = 'HutongLinkPreview/1.0';

const HOPS_MAX = 5;
const URL_CHARS_MAX = 2048;
const CONNECT_MS_MAX = 3_000;
/** Pages are looked at once: a connection is worth keeping for a redirect on the same host, and not longer. */
const IDLE_MS_MAX = 1_000;
const CONNECTIONS_PER_ORIGIN_MAX = 4;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Follows what strangers typed, without cookies, without Referer, without scripts; every hop is vetted like the first. */
export function createSafeFetch(options: SafeFetchOptions): SafeFetcher {
  const sender = createVettedSend({
    ...options,
    webPortsOnly: true,
    connectionsPerOriginMax: CONNECTIONS_PER_ORIGIN_MAX,
    connectTimeoutMs: CONNECT_MS_MAX,
    idleTimeoutMs: IDLE_MS_MAX,
  });

  async function fetch(wish: SafeWish): Promise<SafePage> {
    const endMs = performance.now() + wish.timeoutMs;
    const hopsMax = Math.min(wish.hopsMax, HOPS_MAX);
    const hops: string[] = [];
    for (let from: URL | null = null, text = wish.url; ; ) {
      const url = nextUrl(text, from);
      if (typeof url === 'string') return { kind: 'refused', reason: url, hops };
      hops.push(url.href);
      const leftMs = Math.floor(endMs - performance.now());
      if (leftMs < 1) return { kind: 'unreachable', reason: `no answer within ${wish.timeoutMs} ms`, hops };
      const reply = await sender.sendForStart(toRequest(url, wish, leftMs), (status, headers) =>
        isWanted(wish, status, headers),
      );
      if (reply.kind !== 'reply') return toNoPage(reply, hops);
      const { location } = reply.headers;
      if (!REDIRECTS.has(reply.status) || location === undefined) return await toPage(wish, url, reply, hops);
      if (hops.length > hopsMax) return { kind: 'refused', reason: `more than ${hopsMax} redirects`, hops };
      [from, text] = [url, location];
    }
  }

  return { fetch, close: () => sender.close() };
}

/** The address to ask, or why it is not asked. */
function nextUrl(text: string, from: URL | null): URL | string {
  if (text.length > URL_CHARS_MAX) return 'the address is too long';
  if (!URL.canParse(text, from?.href)) return 'not an address';
  const url = new URL(text, from?.href);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'not an http address';
  if (url.username !== '' || url.password !== '') return 'a name or password in the address';
  if (from?.protocol === 'https:' && url.protocol === 'http:') return 'a redirect from https down to http';
  if (url.href.length > URL_CHARS_MAX) return 'the address is too long';
  url.hash = '';
  return url;
}

function toRequest(url: URL, { types, bytesMax }: SafeWish, timeoutMs: number): OutboundRequest {
  const headers = {
    'user-agent': LINK_USER_AGENT,
    accept: types.length === 0 ? '*/*' : types.join(', '),
    'accept-encoding': 'identity',
    'accept-language': 'zh-CN, zh;q=0.9, en;q=0.8',
  };
  return { method: 'GET', url: url.href, headers, body: '', timeoutMs, replyBytesMax: bytesMax };
}

/** Redirects are followed by their headers; of a type that was not asked for nothing is read. */
function isWanted({ types }: SafeWish, status: number, headers: Record<string, string>): boolean {
  if (REDIRECTS.has(status) && headers['location'] !== undefined) return false;
  return types.length === 0 || types.includes(typeOf(headers));
}

function typeOf(headers: Record<string, string>): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Which address of ours a name leads to is nobody's business: it is not told. */
function toNoPage({ reason }: Exclude<StartReply, { kind: 'reply' }>, hops: readonly string[]): SafePage {
  const isRefused = reason.startsWith(ADDRESS_REFUSED);
  return isRefused ? { kind: 'refused', reason: NOT_PUBLIC, hops } : { kind: 'unreachable', reason, hops };
}

const NOT_PUBLIC = 'the host is not on the open internet';

async function toPage(
  wish: SafeWish,
  url: URL,
  reply: Extract<StartReply, { kind: 'reply' }>,
  hops: readonly string[],
): Promise<SafePage> {
  const { status, headers } = reply;
  if (wish.types.length > 0 && !wish.types.includes(typeOf(headers)))
    return { kind: 'refused', reason: `not a type that is read: ${typeOf(headers).slice(0, 100) || 'none'}`, hops };
  // Asked for plain; some send packed all the same.
  const start = await inflateStart(reply.body, headers['content-encoding'] ?? '', wish.bytesMax);
  if (start === null) return { kind: 'unreachable', reason: 'the page is packed in a way that cannot be read', hops };
  const type = headers['content-type'] ?? '';
  return { kind: 'page', url: url.href, status, type, body: start.bytes, cut: start.cut || reply.cut === true, hops };
}

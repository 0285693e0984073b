import { createHash } from 'node:crypto';
import {
  LINK_SAFETY_FORGET_MINUTES,
  LINK_URL_CHARS_MAX,
  PREVIEW_FRESH_MINUTES,
  PREVIEW_HOPS_MAX,
  PREVIEW_KEPT_DAYS,
  PREVIEW_LOOKS_AT_ONCE_MAX,
  PREVIEW_LOOKS_PER_HOST_AND_MINUTE_MAX,
  PREVIEW_LOOKS_PER_MINUTE_MAX,
  PREVIEW_NONE_MINUTES,
  PREVIEW_PAGE_BYTES_MAX,
  PREVIEW_TIMEOUT_MS,
} from '../../base/link-limits.ts';
import { createRateLimit } from '../../base/rate-limit.ts';
import { Refusal } from '../../base/refusal.ts';
import type { SafePage } from '../../net/safe-fetch.ts';
import type { LinksDeps } from '../links-deps.ts';
import { cleanLine } from './clean-text.ts';
import { type JudgedHost, judgeHost } from './host-words.ts';
import { deleteLooks, findLook, type KeptLook, putLook } from './preview-store.ts';
import { type Preview, readPreview } from './read-preview.ts';

export type PreviewsDeps = Pick<LinksDeps, 'sql' | 'clock' | 'log' | 'book' | 'safeFetch'>;

/** `none`: the page cannot be seen, or may not be; `note` says why, for people who know such words. */
export type Look =
  | { kind: 'page'; preview: Preview; asked: JudgedHost; ended: JudgedHost }
  | { kind: 'none'; note: string; asked: JudgedHost };

export interface Previews {
  /**
   * What the page at this address says of itself. Seen once, it is remembered for PREVIEW_FRESH_MINUTES, and that it could not be seen for
   * PREVIEW_NONE_MINUTES. `who` (a network, a key's id) may look so often a minute. `asked` and `ended` judge the host that was asked for and
   * the one that the page came from: both are shown to people as their `shown`.
   * @throws Refusal too_many_tries, overloaded, invalid_request where it is no http(s) address
   */
  look(url: string, who: string): Promise<Look>;
  /** @returns how many that are past their days were forgotten; startWork does it every hour */
  forget(): Promise<number>;
  startWork(): void;
  stop(): Promise<void>;
}

const TYPES = ['text/html', 'application/xhtml+xml'];
const NOTE_CHARS_MAX = 300;

/** Looks at others' pages, each address once at a time. */
export function openPreviews(deps: PreviewsDeps): Previews {
  const limits = createRateLimit(deps.clock);
  const underWay = new Map<string, Promise<KeptLook>>();
  let forgetting: NodeJS.Timeout | null = null;

  async function lookAt(url: URL): Promise<KeptLook> {
    const urlHash = createHash('sha256').update(url.href).digest();
    const kept = await findLook(deps.sql, deps.book, urlHash, deps.clock.now());
    if (kept !== null) return kept;
    const registrable = judgeHost(url.host).registrable ?? url.host;
    limits.count('look at a host', registrable, PREVIEW_LOOKS_PER_HOST_AND_MINUTE_MAX);
    const look = toLook(url, await deps.safeFetch.fetch({ url: url.href, ...BOUNDS }));
    const fetchedAt = deps.clock.now();
    const minutes = look.outcome === 'page' ? PREVIEW_FRESH_MINUTES : PREVIEW_NONE_MINUTES;
    const freshUntil = new Date(fetchedAt.getTime() + minutes * 60_000);
    await putLook(deps.sql, { book: deps.book, urlHash, look, fetchedAt, freshUntil });
    return look;
  }

  /** Who asks for what somebody else is waiting for waits with him. */
  async function once(url: URL): Promise<KeptLook> {
    const known = underWay.get(url.href);
    if (known !== undefined) return await known;
    if (underWay.size >= PREVIEW_LOOKS_AT_ONCE_MAX)
      throw new Refusal('overloaded', 'Too many pages are being looked at.', { retryAfterSeconds: 1 });
    const looking = lookAt(url).finally(() => underWay.delete(url.href));
    underWay.set(url.href, looking);
    return await looking;
  }

  async function forget(): Promise<number> {
    const freshBefore = new Date(deps.clock.now().getTime() - PREVIEW_KEPT_DAYS * 86_400_000);
    return await deleteLooks(deps.sql, deps.book, freshBefore);
  }

  return {
    async look(text, who) {
      const url = readUrl(text);
      limits.count('look at pages', who, PREVIEW_LOOKS_PER_MINUTE_MAX);
      const look = await once(url);
      const asked = judgeHost(url.host);
      if (look.outcome === 'none') return { kind: 'none', note: look.note, asked };
      return { kind: 'page', preview: look.preview, asked, ended: judgeHost(look.host) };
    },
    forget,
    startWork() {
      forgetting ??= setInterval(() => {
        forget().catch((error: unknown) => deps.log.warn({ error }, 'old previews were not forgotten yet'));
      }, LINK_SAFETY_FORGET_MINUTES * 60_000).unref();
    },
    async stop() {
      if (forgetting !== null) clearInterval(forgetting);
      await Promise.allSettled(underWay.values());
    },
  };
}

const BOUNDS = {
  types: TYPES,
  bytesMax: PREVIEW_PAGE_BYTES_MAX,
  timeoutMs: PREVIEW_TIMEOUT_MS,
  hopsMax: PREVIEW_HOPS_MAX,
};

/** What a page that was fetched says of itself; null where it is none that can be read: for whoever fetches by himself. */
export function previewOf(page: SafePage): Preview | null {
  return page.kind === 'page' && page.status >= 200 && page.status < 300 ? readPreview(page) : null;
}

function toLook(url: URL, page: SafePage): KeptLook {
  const preview = previewOf(page);
  if (preview !== null && page.kind === 'page') return { outcome: 'page', preview, host: new URL(page.url).host };
  const note = page.kind === 'page' ? `the page answers ${page.status}` : page.reason;
  return { outcome: 'none', note: cleanLine(note, NOTE_CHARS_MAX) ?? page.kind, host: url.host };
}

function readUrl(text: string): URL {
  const url = text.length <= LINK_URL_CHARS_MAX && URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.href.length > LINK_URL_CHARS_MAX)
    throw new Refusal('invalid_request', 'This is no address of a page.', { param: 'url' });
  url.hash = '';
  return url;
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import { LINK_URL_CHARS_MAX } from '../../base/link-limits.ts';
import { Refusal } from '../../base/refusal.ts';
import type { ReadyLink } from '../../links/link.ts';
import type { LinkReader } from '../../links/links.ts';
import { goneReason } from '../../links/open/decide-opening.ts';
import { toPreview } from '../../links/preview/preview.ts';
import { langOf, queryOf } from '../page-request.ts';
import { isLinkCode } from './link-address.ts';

export interface OembedDeps {
  clock: Clock;
  reader: LinkReader;
  /** Where our own links are, without a slash at the end. */
  linkUrl: string;
  isBlocked: (ready: ReadyLink) => boolean;
}

/** oEmbed 1.0 (oembed.com), 2.3.4.3: a link with a picture. Nothing of ours is put into other sites' pages as HTML. */
export interface OembedLink {
  version: '1.0';
  type: 'link';
  title: string;
  author_name: string;
  provider_name: 'Hutong';
  provider_url: string;
  /** Seconds. */
  cache_age: number;
  thumbnail_url?: string;
  thumbnail_width?: number;
  thumbnail_height?: number;
}

/** What is taken down is soon gone from others' memories as well. */
const CACHE_SECONDS = 300;

/** `GET /oembed?url=…`, at our own address and at every serving host: what sites show that embed links by this protocol. */
export function mountOembedRoutes(app: FastifyInstance, deps: OembedDeps): void {
  app.get('/oembed', hidden, (request, reply) => answer(deps, null, request, reply));
  app.get<{ Params: { host: string } }>('/l-at/:host/oembed', hidden, (request, reply) =>
    answer(deps, request.params.host, request, reply),
  );
}

const hidden = { schema: { hide: true } } as const;

async function answer(
  deps: OembedDeps,
  host: string | null,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('access-control-allow-origin', '*');
  // 2.3.1: a format that is not spoken is answered 501; ours is JSON.
  if ((queryOf(request, 'format') ?? 'json') !== 'json')
    return reply.code(501).type('text/plain; charset=utf-8').send('only format=json is spoken here\n');
  const ready = await findAsked(deps, host, queryOf(request, 'url') ?? '');
  if (ready === null) throw new Refusal('not_found', 'there is no such link');
  const size = { widthMax: readSide(request, 'maxwidth'), heightMax: readSide(request, 'maxheight') };
  return reply
    .headers({ 'content-type': 'application/json; charset=utf-8', 'cache-control': `public, max-age=${CACHE_SECONDS}` })
    .send(JSON.stringify(toOembed(ready, langOf(request), size)));
}

/** The active link that an address means: one of ours, or one of the host that was asked; nothing else is looked up. */
async function findAsked({ reader, clock, linkUrl, isBlocked }: OembedDeps, host: string | null, text: string) {
  if (text.length > LINK_URL_CHARS_MAX || !URL.canParse(text)) return null;
  const { origin, pathname } = new URL(text);
  const prefix = host === null ? `${linkUrl}/l/` : `${origin}/`;
  const isHere = host === null || new URL(text).host === host;
  const code = `${origin}${pathname}`.slice(prefix.length);
  if (!isHere || !`${origin}${pathname}`.startsWith(prefix) || !isLinkCode(code)) return null;
  const ready = await reader.find(host, code);
  return ready !== null && goneReason(ready, clock.now()) === null && !isBlocked(ready) ? ready : null;
}

function toOembed(
  ready: ReadyLink,
  lang: Parameters<typeof toPreview>[1],
  size: { widthMax: number; heightMax: number },
): OembedLink {
  const { title, price, ownerName, url, card } = toPreview(ready, lang);
  const isFit = card.width <= size.widthMax && card.height <= size.heightMax;
  const thumbnail = isFit ? { url: card.url, width: card.width, height: card.height } : smallCard(card.url, size);
  return {
    version: '1.0',
    type: 'link',
    title: price === null ? title : `${title} · ${price.text}`,
    author_name: ownerName,
    provider_name: 'Hutong',
    provider_url: new URL(url).origin,
    cache_age: CACHE_SECONDS,
    ...(thumbnail === null
      ? {}
      : { thumbnail_url: thumbnail.url, thumbnail_width: thumbnail.width, thumbnail_height: thumbnail.height }),
  };
}

const SMALL_SIDE = 300;

/** 2.2: a thumbnail obeys maxwidth and maxheight; there is one that is smaller, and else none. */
function smallCard(cardUrl: string, { widthMax, heightMax }: { widthMax: number; heightMax: number }) {
  if (Math.min(widthMax, heightMax) < SMALL_SIDE) return null;
  return { url: `${cardUrl}&shape=square`, width: SMALL_SIDE, height: SMALL_SIDE };
}

/** @throws Refusal invalid_request */
function readSide(request: FastifyRequest, name: 'maxwidth' | 'maxheight'): number {
  const text = queryOf(request, name);
  if (text === null) return Number.POSITIVE_INFINITY;
  if (!/^\d{1,6}$/.test(text)) throw new Refusal('invalid_request', `${name} is a number of pixels`, { param: name });
  return Number(text);
}

import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { LINK_CODE_CHARS, LINK_CODE_LETTERS } from '../../base/link-limits.ts';
import type { ReadyLink } from '../../links/link.ts';
import type { LinkReader } from '../../links/links.ts';

/*
 * Where the pages of a link stand. Under our own address they are `/l/<code>…`. A merchant's serving host shows `/<code>…`; the server writes
 * that to `/l-at/<host>/<code>…` before it looks for a route, so that nothing else of ours is reachable under such a host.
 */

export interface LinkParams {
  Params: { code: string; host?: string };
}

const SERVED = '/l-at/';
/** No route has this address. */
const NOWHERE = '/l-at';

/** The routes of one page of a link, for both addresses: `linkPaths('/report')`; '' is the link itself. */
export function linkPaths(path: string): readonly [own: string, served: string] {
  return [`/l/:code${path}`, `${SERVED}:host/:code${path}`];
}

/** What the buyer's browser calls the link's own page, without a slash at the end: for links among its pages. */
export function linkBase({ link, url }: Pick<ReadyLink, 'link' | 'url'>): string {
  return link.servedBy === null ? `/l/${link.code}` : new URL(url).pathname;
}

/** The link that a request for one of `linkPaths` is about; a code of one host is unknown at another. */
export function findLink(
  reader: LinkReader,
  { params }: FastifyRequest<LinkParams>,
): ReadyLink | null | Promise<ReadyLink | null> {
  return isLinkCode(params.code) ? reader.find(params.host ?? null, params.code) : null;
}

const CODE = new RegExp(`^[${LINK_CODE_LETTERS}]{${LINK_CODE_CHARS}}$`);

export function isLinkCode(text: string): boolean {
  return CODE.test(text);
}

/**
 * Fastify's `rewriteUrl`: what comes to a serving host is asked there, what comes to us is left as it is. The Host header is compared as
 * `URL.host` writes one: lower case, without the port that the scheme has anyway. A proxy in front must hand on the Host it was asked for.
 */
export function rewriteForServingHost(
  { url = '/', headers }: Pick<IncomingMessage, 'url' | 'headers'>,
  reader: Pick<LinkReader, 'servingHost'>,
): string {
  const asked = plainHost(headers.host ?? '');
  const path = pathOf(url, asked);
  const host = reader.servingHost(asked)?.host ?? null;
  if (host === null) return path === null || INNER.test(path) ? NOWHERE : path;
  if (path === null || !path.startsWith('/')) return NOWHERE;
  // Pages about a link are drawn with our files; their names are hashes of what is in them.
  return path.startsWith('/assets/') ? path : `${SERVED}${host}${path}`;
}

/** `/l-at` in every spelling that the router reads as it. */
const INNER = /^\/(?:l|%6c)(?:-|%2d)(?:a|%61)(?:t|%74)/i;

/**
 * What is asked for, from its first slash. A whole address (RFC 9112, 3.2.2) has to name the host that was asked, or there would be two of them;
 * null for that, and for what is no path.
 */
function pathOf(url: string, asked: string): string | null {
  if (url.startsWith('/') || url === '*') return url;
  const [, host, rest = ''] = /^https?:\/\/([^/?#@]+)(.*)$/is.exec(url) ?? [];
  if (host === undefined || plainHost(host) !== asked) return null;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** The dot of the root at a name's end names the same host. */
function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/:(?:80|443)$/, '')
    .replace(/\.(?=:|$)/, '');
}

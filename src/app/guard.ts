import type { FastifyRequest } from 'fastify';
import { Refusal } from '../base/refusal.ts';

/**
 * Whether a request came from our own pages. The cookie is SameSite=Strict already; this stands beside it: no other site can send this header,
 * and browsers say themselves where a request comes from. @throws Refusal `foreign_site`
 */
export function checkSite(request: FastifyRequest, walletUrl: string): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const isOwnOrigin = origin === undefined || origin === new URL(walletUrl).origin;
  const isOwnSite = site === undefined || site === 'same-origin' || (isRead && site === 'none'); // typed into the address bar
  const hasHeader = isRead || request.headers['x-hutong-app'] === '1';
  if (!isOwnOrigin || !isOwnSite || !hasHeader)
    throw new Refusal('foreign_site', 'only our own pages may ask this, with the header x-hutong-app: 1');
}

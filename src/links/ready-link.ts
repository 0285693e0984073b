import type { OwnerThings } from './keep-owners.ts';
import { isLocalHost } from './hosts/read-host-name.ts';
import type { LinkRow } from './link-store.ts';
import type { Link, ReadyLink } from './link.ts';
import type { LinksDeps } from './links-deps.ts';

export type WhereLinksAre = Pick<LinksDeps, 'linkUrl' | 'isSandbox'>;

/** A link as it is opened: of its row and what its owner's links share. */
export function toReady(where: WhereLinksAre, row: LinkRow, things: OwnerThings): ReadyLink {
  const { servedHost, revision: _, ...link } = row;
  const url = linkUrlOf(where, link.code, servedHost);
  return {
    link,
    url,
    servedHost: new URL(url).host,
    ownerName: things.name,
    apps: things.apps,
    targets: things.targets,
  };
}

/** The address that people share. */
export function linkUrlOf({ linkUrl, isSandbox }: WhereLinksAre, code: string, servedHost: string | null): string {
  if (servedHost === null) return `${linkUrl}/l/${code}`;
  return `${isSandbox && isLocalHost(servedHost) ? 'http' : 'https'}://${servedHost}/${code}`;
}

/** How a link stands at an instant: whether it is over is decided by the clock when it is asked for, whatever was remembered. */
export function standingOf(
  { state, expiresAt }: Pick<Link, 'state' | 'expiresAt'>,
  now: Date,
): 'active' | 'stopped' | 'taken_down' | 'expired' {
  if (state !== 'active') return state;
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

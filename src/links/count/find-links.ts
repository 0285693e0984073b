import type { Sql } from '../../db/connect.ts';
import type { LinkHost, LinkState, ReadyLink } from '../link.ts';
import type { LinkActor, LinkDesk } from '../links.ts';
import { listHostOwners, searchLinks } from './link-search-store.ts';

export interface FoundLinks {
  links: readonly ReadyLink[];
  /** Hand it in as `before` for the next page; null on the last one. */
  next: string | null;
}

/** Links of everybody, newest first, for the operator: by code, address, title, host or merchant. */
export async function findLinks(
  deps: { sql: Sql; desk: Pick<LinkDesk, 'get'> },
  wish: {
    viewer: Extract<LinkActor, { kind: 'operator' }>;
    book: number;
    text: string;
    state: LinkState | null;
    merchantId: string | null;
    before: string | null;
    itemsMax: number;
  },
): Promise<FoundLinks> {
  const { viewer, book, state, merchantId, before, itemsMax } = wish;
  const text = readSearch(wish.text);
  const ids = await searchLinks(deps.sql, book, { text, state, merchantId, before, itemsMax: itemsMax + 1 });
  const links = await Promise.all(ids.slice(0, itemsMax).map((id) => deps.desk.get(viewer, id)));
  return { links, next: ids.length > itemsMax ? (ids[itemsMax - 1] ?? null) : null };
}

/** A whole address stands for the code at its end. */
function readSearch(given: string): string | null {
  const text = given.trim();
  if (text === '') return null;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return text;
  const { pathname, host } = new URL(text);
  return pathname.split('/').findLast((part) => part !== '') ?? host;
}

/** Hosts of everybody, those of the merchant who named one last first. */
export async function findHosts(
  deps: { sql: Sql; desk: Pick<LinkDesk, 'listHosts'> },
  wish: {
    viewer: Extract<LinkActor, { kind: 'operator' }>;
    book: number;
    merchantId: string | null;
    merchantsMax: number;
  },
): Promise<readonly LinkHost[]> {
  const { viewer, book, merchantId, merchantsMax } = wish;
  const owners = merchantId === null ? await listHostOwners(deps.sql, book, merchantsMax) : [merchantId];
  return (await Promise.all(owners.map((owner) => deps.desk.listHosts(viewer, owner)))).flat();
}

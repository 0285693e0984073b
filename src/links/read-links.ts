import { bookOfId, isId } from '../base/id.ts';
import { LINK_VERSIONS_MAX } from '../base/link-limits.ts';
import type { DeskDeps } from './desk-deps.ts';
import { checkOwner } from './link-actor.ts';
import { findLinksById, type LinkRow, listLinks, listLinkVersions } from './link-store.ts';
import type { ReadyLink } from './link.ts';
import type { LinkActor, LinkDesk, LinkVersion } from './links.ts';

/** From the rows, not from memory: who has just changed it sees so. @throws Refusal not_found, also for somebody else's */
export async function getLink(deps: DeskDeps, viewer: LinkActor, id: string): Promise<ReadyLink> {
  const [ready] = await deps.kept.makeReady([await seenLink(deps, viewer, id)]);
  if (ready === undefined) throw new Error('assertion failed: a link has an owner');
  return ready;
}

/** Newest first; `next` is where the next page starts. */
export async function pageLinks(
  deps: DeskDeps,
  wish: Parameters<LinkDesk['list']>[0],
): Promise<{ data: ReadyLink[]; next: string | null }> {
  const { viewer, state, before, itemsMax } = wish;
  const found = await listLinks(deps.sql, {
    book: deps.book,
    merchantId: viewer.kind === 'merchant' ? viewer.merchantId : null,
    userId: viewer.kind === 'user' ? viewer.userId : null,
    state,
    before,
    itemsMax: itemsMax + 1,
  });
  const page = found.slice(0, itemsMax);
  return {
    data: await deps.kept.makeReady(page),
    next: found.length > page.length ? (page.at(-1)?.id ?? null) : null,
  };
}

/** Newest version first. @throws Refusal not_found */
export async function readHistory(deps: DeskDeps, viewer: LinkActor, id: string): Promise<LinkVersion[]> {
  const link = await seenLink(deps, viewer, id);
  // Stopping makes a version also where no edit may: a few more than the most.
  return await listLinkVersions(deps.sql, deps.book, link.id, LINK_VERSIONS_MAX + 100);
}

async function seenLink(deps: DeskDeps, viewer: LinkActor, id: string): Promise<LinkRow> {
  const isOurs = isId('lnk', id) && bookOfId(id) === deps.book;
  const [row = null] = isOurs ? await findLinksById(deps.sql, deps.book, [id]) : [];
  return checkOwner(viewer, row);
}

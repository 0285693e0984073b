import { isDeepStrictEqual } from 'node:util';
import { isId } from '../base/id.ts';
import { LINK_REASON_CHARS_MAX, LINK_VERSIONS_MAX } from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tx } from '../db/connect.ts';
import { checkContent, readWords, wrong } from './check-content.ts';
import type { DeskDeps } from './desk-deps.ts';
import { checkOwner, nameOf } from './link-actor.ts';
import { raiseRevision } from './link-book-store.ts';
import { listHostsOf } from './link-host-store.ts';
import {
  insertLinkVersions,
  listLinkVersions,
  lockLink,
  lockLinksNotDown,
  type LinkRow,
  updateLinks,
} from './link-store.ts';
import type { LinkContent, ReadyLink } from './link.ts';
import type { LinkActor, LinkDesk } from './links.ts';

/** Links that are taken down in one transaction. */
const TAKEN_DOWN_AT_ONCE = 1000;

/**
 * What is left out stays; where nothing is another, no version is made. Whoever edits at the same moment comes after, on top of it, or is
 * refused where they name the version that they have read.
 * @throws Refusal not_found, invalid_request, link_host_not_proved, link_taken_down, link_version_outdated, versions_max
 */
export async function editLink(deps: DeskDeps, request: Parameters<LinkDesk['edit']>[0]): Promise<ReadyLink> {
  const { content } = request;
  return await change(deps, request, async (tx, before) => {
    if (before.state === 'taken_down') throw takenDown(before);
    const merchantId = before.owner.kind === 'merchant' ? before.owner.merchantId : null;
    const hosts = merchantId === null ? [] : await listHostsOf(tx, before.book, [merchantId]);
    const isTarget = ({ provedAt, uses }: (typeof hosts)[number]) => provedAt !== null && uses.includes('target');
    const given = { ...contentOf(before), ...content };
    const checked = checkContent(given, {
      kind: before.kind,
      targets: new Set(hosts.filter(isTarget).map(({ host }) => host)),
      isSandbox: deps.isSandbox,
      isBlockedHost: (host) => deps.isBlocked?.({ kind: 'host', id: host }) === true,
      now: deps.clock.now(),
      // What has run out may be corrected all the same, as long as its end is not what is edited.
      mayBeOver: content.expiresAt === undefined,
      path: '',
    });
    if (isDeepStrictEqual(checked, contentOf(before))) return before;
    if (before.kind !== 'page') await checkSamePrice(tx, before, checked.price);
    if (before.version >= LINK_VERSIONS_MAX) throw tooMany();
    return { ...before, ...checked };
  });
}

/** What is paid never changes, so the price that is shown is the one that was shown before, or none. @throws Refusal invalid_request */
async function checkSamePrice(tx: Tx, { book, id }: LinkRow, price: LinkContent['price']): Promise<void> {
  if (price === null) return;
  const versions = await listLinkVersions(tx, book, id, LINK_VERSIONS_MAX + 100);
  if (versions.every(({ content }) => !isDeepStrictEqual(content.price, price)))
    throw wrong('', 'price', 'what is paid keeps its price; make another link');
}

/**
 * Where it stands there already, nothing changes. Every node knows within a second. Stopping is never refused to its owner.
 * @throws Refusal not_found, invalid_request, link_taken_down, link_version_outdated, versions_max
 */
export async function setLinkState(deps: DeskDeps, request: Parameters<LinkDesk['setState']>[0]): Promise<ReadyLink> {
  const { actor, state } = request;
  if (state === 'taken_down' && actor.kind !== 'operator')
    throw wrong('', 'state', 'only the operator takes a link down');
  const reason = readReason(request.reason);
  if (state === 'active' && reason !== null) throw wrong('', 'reason', 'what is active needs no reason');
  if (state === 'taken_down' && reason === null) throw wrong('', 'reason', 'its owner is told why');
  return await change(deps, request, async (_tx, before) => {
    if (before.state === state) return before;
    if (before.state === 'taken_down' && actor.kind !== 'operator') throw takenDown(before);
    if (state === 'active' && before.version >= LINK_VERSIONS_MAX) throw tooMany();
    return { ...before, state, stateReason: reason };
  });
}

/** @throws Refusal not_found for everybody but the operator */
export async function takeDownAll(deps: DeskDeps, request: Parameters<LinkDesk['takeDownAll']>[0]): Promise<string[]> {
  const { actor, book, which } = request;
  if (actor.kind !== 'operator') throw new Refusal('not_found', 'there is no such thing');
  const reason = readReason(request.reason);
  if (reason === null) throw wrong('', 'reason', 'their owners are told why');
  const taken: string[] = [];
  for (;;) {
    const now = deps.clock.now();
    const after = taken.at(-1) ?? '';
    const done = await deps.sql.begin(async (tx) => {
      const found = await lockLinksNotDown(tx, { book, which, after, itemsMax: TAKEN_DOWN_AT_ONCE });
      const down = found.map((link): LinkRow => next({ ...link, state: 'taken_down', stateReason: reason }, now));
      if (down.length > 0) await write(tx, down, actor);
      return { ids: down.map(({ id }) => id) };
    });
    deps.kept.doubt();
    taken.push(...done.ids);
    if (done.ids.length < TAKEN_DOWN_AT_ONCE) return taken;
  }
}

/**
 * Locks the link and writes what it becomes as its next version. The same row changes nothing, whatever version was named: so a change that
 * is sent again because its answer was lost finds itself done.
 */
async function change(
  deps: DeskDeps,
  { actor, id, fromVersion = null }: { actor: LinkActor; id: string; fromVersion?: number | null },
  become: (tx: Tx, before: LinkRow) => Promise<LinkRow>,
): Promise<ReadyLink> {
  const { row } = await deps.sql.begin(async (tx) => {
    const before = checkOwner(actor, isId('lnk', id) ? await lockLink(tx, deps.book, id) : null);
    const after = await become(tx, before);
    if (after === before) return { row: before };
    if (fromVersion !== null && before.version !== fromVersion)
      throw new Refusal('link_version_outdated', `the link is at version ${before.version} by now`, {
        version: before.version,
      });
    const changed = next(after, deps.clock.now());
    return { row: { ...changed, revision: await write(tx, [changed], actor) } };
  });
  deps.kept.doubt();
  const [ready] = await deps.kept.makeReady([row]);
  if (ready === undefined) throw new Error('assertion failed: a link has an owner');
  return ready;
}

function next(link: LinkRow, now: Date): LinkRow {
  // Clocks of nodes differ a little; a version is never older than the one before.
  return { ...link, version: link.version + 1, updatedAt: now < link.updatedAt ? link.updatedAt : now };
}

async function write(tx: Tx, links: readonly LinkRow[], actor: LinkActor): Promise<bigint> {
  await insertLinkVersions(tx, links, nameOf(actor));
  const [first] = links;
  const revision = await raiseRevision(tx, first?.book ?? 0);
  await updateLinks(tx, links, revision);
  return revision;
}

function contentOf(row: LinkRow): LinkContent {
  const { page, appPath, title, description, imageUrl, price, availability, direct, expiresAt } = row;
  return { page, appPath, title, description, imageUrl, price, availability, direct, expiresAt };
}

function readReason(reason: string | null): string | null {
  return reason === null ? null : readWords(reason, LINK_REASON_CHARS_MAX, '', 'reason');
}

function takenDown({ stateReason }: LinkRow): Refusal {
  const facts = stateReason === null ? {} : { reason: stateReason };
  return new Refusal('link_taken_down', 'the operator took the link down', facts);
}

function tooMany(): Refusal {
  return new Refusal('versions_max', `a link has at most ${LINK_VERSIONS_MAX} versions`, {
    versions_max: LINK_VERSIONS_MAX,
  });
}

import { assert } from '../base/assert.ts';
import { newId } from '../base/id.ts';
import { LINKS_PER_CALL_MAX } from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tx } from '../db/connect.ts';
import { withKey } from '../db/with-key.ts';
import { checkContent, wrong } from './check-content.ts';
import type { DeskDeps } from './desk-deps.ts';
import { nameOf } from './link-actor.ts';
import { newLinkCode } from './link-code.ts';
import { listHostsOf } from './link-host-store.ts';
import { insertLinks, insertLinkVersions } from './link-store.ts';
import type { Link, LinkHost } from './link.ts';
import type { Keyed, LinkActor, LinkDesk, NewLink } from './links.ts';
import { showLink } from './show-link.ts';

type Request = Parameters<LinkDesk['create']>[0];

/** Codes are drawn anew where another link has one of them; that it goes on like this has another reason. */
const DRAWS_MAX = 5;

/**
 * All of them or none, in one transaction. Hosts are read in it, so what a merchant gives up at this moment is either still proved or refused.
 * @throws Refusal invalid_request, link_host_not_proved
 */
export async function createLinks(deps: DeskDeps, request: Request): Promise<Keyed> {
  const { actor, links: wanted, reply } = request;
  if (actor.kind === 'operator')
    throw new Refusal('invalid_request', 'a link is made by whose it is', { param: 'actor' });
  if (wanted.length === 0 || wanted.length > LINKS_PER_CALL_MAX)
    throw new Refusal('invalid_request', `1 to ${LINKS_PER_CALL_MAX} links at once`, { param: 'links' });
  assert(reply === 'list' || wanted.length === 1, 'one reply has one link');
  if (actor.kind === 'merchant' && deps.isBlocked?.({ kind: 'merchant', id: actor.merchantId }) === true)
    throw new Refusal('link_blocked', 'the operator lets this merchant make no links');
  const now = deps.clock.now();
  let codes: string[] = [];
  const answer = await withKey(deps.sql, request.claim, now, null, async (tx) => {
    const hosts = actor.kind === 'merchant' ? await listHostsOf(tx, request.book, [actor.merchantId]) : [];
    const made = await insertAll(deps, tx, request, toLinks(deps, request, hosts, now));
    await request.within?.(tx, made);
    codes = made.map(({ code }) => code);
    const shown = made.map((link, index) => showLink(deps, link, wanted[index]?.servedHost ?? null));
    return { status: 201, body: JSON.stringify(reply === 'one' ? shown[0] : { data: shown }) };
  });
  deps.kept.forgetMissed(codes);
  return answer;
}

function toLinks(deps: DeskDeps, request: Request, hosts: readonly LinkHost[], now: Date): Link[] {
  const { actor, book, livemode, reply } = request;
  const proved = hosts.filter(({ provedAt }) => provedAt !== null);
  const targets = new Set(proved.filter(({ uses }) => uses.includes('target')).map(({ host }) => host));
  return request.links.map((wanted, index): Link => {
    const path = reply === 'one' ? '' : `links.${index}.`;
    checkKind(actor, wanted, path);
    const content = checkContent(wanted.content, {
      kind: wanted.kind,
      targets,
      isSandbox: deps.isSandbox,
      isBlockedHost: (host) => deps.isBlocked?.({ kind: 'host', id: host }) === true,
      now,
      path,
    });
    return {
      ...content,
      book,
      id: newId('lnk', deps, book),
      code: '',
      servedBy: wanted.servedHost === null ? null : servingOf(proved, wanted.servedHost, path).id,
      kind: wanted.kind,
      owner:
        actor.kind === 'user'
          ? { kind: 'user', userId: actor.userId }
          : { kind: 'merchant', merchantId: actor.kind === 'merchant' ? actor.merchantId : '' }, // the operator was refused
      livemode,
      state: 'active',
      stateReason: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
  });
}

/** People collect, merchants do the rest. */
function checkKind(actor: LinkActor, { kind }: NewLink, path: string): void {
  if ((actor.kind === 'user') !== (kind === 'collect'))
    throw wrong(path, 'kind', kind === 'collect' ? 'people of Hutong Wallet collect' : 'a person only collects');
}

function servingOf(proved: readonly LinkHost[], servedHost: string, path: string): LinkHost {
  const found = proved.find(({ host, uses }) => host === servedHost && uses.includes('serve'));
  if (found === undefined)
    throw new Refusal('link_host_not_proved', `${servedHost} is not proved as a host that serves links`, {
      param: `${path}host`,
      host: servedHost,
    });
  return found;
}

/** With codes that no other link has. */
async function insertAll(deps: DeskDeps, tx: Tx, request: Request, wanted: readonly Link[]): Promise<Link[]> {
  const made = new Map<string, Link>();
  for (let draw = 0; made.size < wanted.length; draw++) {
    assert(draw < DRAWS_MAX, 'codes are drawn by chance');
    const drawn = wanted
      .filter(({ id }) => !made.has(id))
      .map((link): Link => ({ ...link, code: newLinkCode(deps.random) }));
    const inserted = await insertLinks(tx, drawn);
    for (const link of drawn) if (inserted.has(link.id)) made.set(link.id, link);
  }
  const links = wanted.flatMap(({ id }) => made.get(id) ?? []);
  await insertLinkVersions(tx, links, nameOf(request.actor));
  return links;
}

import { bookOfId, isId, newId } from '../base/id.ts';
import { LINK_HOSTS_PER_MERCHANT_MAX } from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tx } from '../db/connect.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { withKey } from '../db/with-key.ts';
import type { DeskDeps } from './desk-deps.ts';
import { readHostName } from './hosts/read-host-name.ts';
import { checkMerchant, checkMerchants, nameOf } from './link-actor.ts';
import { findMerchantNames, lockMerchant, raiseMerchant } from './link-book-store.ts';
import { dropHost, findHost, type HostRow, insertHost, listHostsOf, updateUses } from './link-host-store.ts';
import type { LinkHost } from './link.ts';
import type { Keyed, LinkActor, LinkDesk } from './links.ts';
import { showLinkHost } from './show-link.ts';

const TOKEN_BYTES = 24;

/**
 * Names a host; it counts once it is proved. The same host again is the same thing: with another use it has to be proved anew, with fewer it
 * stays proved. @throws Refusal invalid_request, link_hosts_max, not_found
 */
export async function addHost(deps: DeskDeps, request: AddHost): Promise<LinkHost> {
  const { host } = await addHostWithKey(deps, request, null);
  if (host === null) throw new Error('assertion failed: without a key nothing is repeated');
  return host;
}

type AddHost = Parameters<LinkDesk['addHost']>[0];

/** The same by an idempotency key; `host` is null where the reply is an earlier one. */
export async function addHostWithKey(
  deps: DeskDeps,
  request: AddHost,
  claim: KeyClaim | null,
): Promise<Keyed & { host: LinkHost | null }> {
  const { actor, merchantId } = request;
  checkMerchant(actor, merchantId);
  const host = readHost(deps, request.host);
  const uses = (['target', 'serve'] as const).filter((use) => request.uses.includes(use));
  if (uses.length === 0) throw new Refusal('invalid_request', 'a host is used for something', { param: 'uses' });
  if (uses.includes('serve')) checkServing(deps, host);
  const { book } = deps;
  const done: { host: LinkHost | null } = { host: null };
  const reply = await withKey(deps.sql, claim, deps.clock.now(), null, async (tx) => {
    await lockMerchantOf(deps, tx, merchantId);
    const hosts = await listHostsOf(tx, book, [merchantId]);
    const known = hosts.find((each) => each.host === host);
    if (known === undefined && hosts.length >= LINK_HOSTS_PER_MERCHANT_MAX) throw tooMany();
    done.host =
      known === undefined
        ? await insertNew(deps, tx, { merchantId, host, uses, by: nameOf(actor) })
        : await setUses(deps, tx, known, uses);
    return { status: 201, body: JSON.stringify(showLinkHost(done.host)) };
  });
  deps.kept.doubt();
  return { ...reply, host: done.host };
}

async function insertNew(
  deps: DeskDeps,
  tx: Tx,
  wish: Pick<LinkHost, 'merchantId' | 'host' | 'uses'> & { by: string },
): Promise<LinkHost> {
  const { by, ...named } = wish;
  const row: LinkHost = {
    ...named,
    book: deps.book,
    id: newId('lho', deps, deps.book),
    proofToken: deps.random.bytes(TOKEN_BYTES).toString('base64url'),
    provedAt: null,
    files: [],
    createdAt: deps.clock.now(),
  };
  await insertHost(tx, row, by);
  return row;
}

function tooMany(): Refusal {
  return new Refusal('link_hosts_max', `at most ${LINK_HOSTS_PER_MERCHANT_MAX} hosts`, {
    hosts_max: LINK_HOSTS_PER_MERCHANT_MAX,
  });
}

/** Links to it no longer lead there, links and association files are no longer served under it. @throws Refusal not_found */
export async function dropHostOf(deps: DeskDeps, actor: LinkActor, id: string): Promise<void> {
  const { merchantId } = await seenHost(deps, actor, id);
  await deps.sql.begin(async (tx) => {
    await lockMerchant(tx, deps.book, merchantId);
    const host = await findHost(tx, deps.book, id);
    if (host === null || host.droppedAt !== null)
      throw new Refusal('not_found', 'there is no such thing of this merchant');
    await dropHost(tx, deps.book, id, deps.clock.now(), nameOf(actor));
    await raiseMerchant(tx, deps.book, merchantId);
  });
  deps.kept.doubt();
}

export async function listHosts(deps: DeskDeps, viewer: LinkActor, merchantId: string): Promise<LinkHost[]> {
  checkMerchant(viewer, merchantId);
  return await listHostsOf(deps.sql, deps.book, [merchantId]);
}

/** @throws Refusal not_found, also for somebody else's and for one that was dropped */
export async function seenHost(deps: DeskDeps, viewer: LinkActor, id: string): Promise<HostRow> {
  const isOurs = isId('lho', id) && bookOfId(id) === deps.book;
  const host = isOurs ? await findHost(deps.sql, deps.book, id) : null;
  return checkMerchants(viewer, host === null || host.droppedAt !== null ? null : host);
}

/** @throws Refusal not_found where there is no such merchant */
export async function lockMerchantOf(deps: DeskDeps, tx: Tx, merchantId: string): Promise<void> {
  const [merchant] = await findMerchantNames(tx, deps.book, [merchantId]);
  if (merchant === undefined) throw new Refusal('not_found', 'there is no such merchant');
  await lockMerchant(tx, deps.book, merchantId);
}

function readHost(deps: DeskDeps, text: string): string {
  const read = readHostName(text, deps);
  if ('reason' in read) throw new Refusal('invalid_request', read.reason, { param: 'host' });
  // Pages of ours are nobody's to lead to or to serve.
  if ([deps.publicUrl, deps.linkUrl].some((url) => new URL(url).host === read.host))
    throw new Refusal('invalid_request', 'that is where Hutong itself is reached', { param: 'host' });
  return read.host;
}

function checkServing(deps: DeskDeps, host: string): void {
  if (!deps.isSandbox && host.includes(':'))
    throw new Refusal('invalid_request', 'links are served at the usual port', { param: 'host' });
}

async function setUses(deps: DeskDeps, tx: Tx, host: HostRow, uses: LinkHost['uses']): Promise<HostRow> {
  const isSame = uses.length === host.uses.length && uses.every((use) => host.uses.includes(use));
  if (isSame) return host;
  const staysProved = uses.every((use) => host.uses.includes(use));
  await updateUses(tx, host, uses, staysProved);
  await raiseMerchant(tx, deps.book, host.merchantId);
  return { ...host, uses, provedAt: staysProved ? host.provedAt : null };
}

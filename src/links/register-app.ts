import { bookOfId, isId, newId } from '../base/id.ts';
import { LINK_APPS_PER_MERCHANT_MAX } from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tx } from '../db/connect.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { withKey } from '../db/with-key.ts';
import { checkApp, checkSecret } from './check-app.ts';
import { readWords } from './check-content.ts';
import type { DeskDeps } from './desk-deps.ts';
import { checkMerchant, checkMerchants, nameOf } from './link-actor.ts';
import { dropApp, findApp, findSecret, insertApp, listAppsOf, updateApp } from './link-app-store.ts';
import { lockMerchant, raiseMerchant } from './link-book-store.ts';
import { listHostsOf } from './link-host-store.ts';
import type { LinkApp } from './link.ts';
import type { Keyed, LinkActor, LinkDesk } from './links.ts';
import { lockMerchantOf } from './register-host.ts';
import { showLinkApp } from './show-link.ts';

const NAME_CHARS_MAX = 80;

/**
 * A new app (`id` null), or other settings of one; a secret that is not given stays. Its kind stays as it is.
 * @throws Refusal not_found, invalid_request, link_host_not_proved, link_apps_max
 */
export async function putApp(deps: DeskDeps, request: PutApp): Promise<LinkApp> {
  const { app } = await putAppWithKey(deps, request, null);
  if (app === null) throw new Error('assertion failed: without a key nothing is repeated');
  return app;
}

type PutApp = Parameters<LinkDesk['putApp']>[0];

/** The same by an idempotency key; `app` is null where the reply is an earlier one. */
export async function putAppWithKey(
  deps: DeskDeps,
  request: PutApp,
  claim: KeyClaim | null,
): Promise<Keyed & { app: LinkApp | null }> {
  const { actor, merchantId } = request;
  checkMerchant(actor, merchantId);
  const name = readWords(request.name, NAME_CHARS_MAX, '', 'name');
  const secret = request.secret === null ? null : checkSecret(request.secret, request.settings.kind);
  const { book } = deps;
  const done: { app: LinkApp | null } = { app: null };
  const reply = await withKey(deps.sql, claim, deps.clock.now(), null, async (tx) => {
    await lockMerchantOf(deps, tx, merchantId);
    const hosts = await listHostsOf(tx, book, [merchantId]);
    const isTarget = ({ provedAt, uses }: (typeof hosts)[number]) => provedAt !== null && uses.includes('target');
    const targets = new Set(hosts.filter(isTarget).map(({ host }) => host));
    const settings = checkApp(request.settings, { targets });
    const before = request.id === null ? null : await seenApp(deps, tx, actor, request.id, merchantId);
    if (before !== null && before.settings.kind !== settings.kind)
      throw new Refusal('invalid_request', 'an app stays of its kind', { param: 'settings.kind' });
    if (before === null) checkRoom(await listAppsOf(tx, book, [merchantId]), settings.kind);
    const now = deps.clock.now();
    const app: LinkApp = {
      book,
      id: before?.id ?? newId('lap', deps, book),
      merchantId,
      name,
      settings,
      createdAt: before?.createdAt ?? now,
    };
    const sealed = secret === null ? null : deps.keyring.seal(secret, aboutSecret(app));
    if (before === null) await insertApp(tx, app, sealed, nameOf(actor));
    else await updateApp(tx, app, sealed, now < app.createdAt ? app.createdAt : now);
    await raiseMerchant(tx, book, merchantId);
    done.app = app;
    return { status: 201, body: JSON.stringify(showLinkApp(app)) };
  });
  deps.kept.doubt();
  return { ...reply, app: done.app };
}

/** Links open it no more; its secret is forgotten. @throws Refusal not_found */
export async function dropAppOf(deps: DeskDeps, actor: LinkActor, id: string): Promise<void> {
  const { book } = deps;
  const found = isId('lap', id) && bookOfId(id) === book ? await findApp(deps.sql, book, id) : null;
  const { merchantId } = checkMerchants(actor, found);
  await deps.sql.begin(async (tx) => {
    await lockMerchant(tx, book, merchantId);
    if ((await findApp(tx, book, id)) === null)
      throw new Refusal('not_found', 'there is no such thing of this merchant');
    await dropApp(tx, book, id, deps.clock.now(), nameOf(actor));
    await raiseMerchant(tx, book, merchantId);
  });
  deps.kept.doubt();
}

export async function listApps(deps: DeskDeps, viewer: LinkActor, merchantId: string): Promise<LinkApp[]> {
  checkMerchant(viewer, merchantId);
  return await listAppsOf(deps.sql, deps.book, [merchantId]);
}

/** Null where none was given, and for an app that is dropped. */
export async function openAppSecret(deps: DeskDeps, app: LinkApp): Promise<string | null> {
  const sealed = await findSecret(deps.sql, app.book, app.id);
  return sealed === null ? null : deps.keyring.open(sealed, aboutSecret(app));
}

function aboutSecret({ book, id }: LinkApp): string {
  return `link_apps ${book} ${id}`;
}

async function seenApp(deps: DeskDeps, tx: Tx, actor: LinkActor, id: string, merchantId: string): Promise<LinkApp> {
  const found = isId('lap', id) && bookOfId(id) === deps.book ? await findApp(tx, deps.book, id) : null;
  const app = checkMerchants(actor, found);
  if (app.merchantId !== merchantId) throw new Refusal('not_found', 'there is no such thing of this merchant');
  return app;
}

function checkRoom(apps: readonly LinkApp[], kind: LinkApp['settings']['kind']): void {
  if (apps.length >= LINK_APPS_PER_MERCHANT_MAX)
    throw new Refusal('link_apps_max', `at most ${LINK_APPS_PER_MERCHANT_MAX} apps`, {
      apps_max: LINK_APPS_PER_MERCHANT_MAX,
    });
  if (kind === 'wechat_account' && apps.some((app) => app.settings.kind === kind))
    throw new Refusal('link_apps_max', 'share cards are signed by one account', { apps_max: 1 });
}

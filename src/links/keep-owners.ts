import type { Sql } from '../db/connect.ts';
import { listAppsOf } from './link-app-store.ts';
import { findMerchantNames, listChangedMerchants } from './link-book-store.ts';
import { listHostsOf, listServingMerchants } from './link-host-store.ts';
import type { Link, LinkApp, LinkHost } from './link.ts';
import type { LinksDeps } from './links-deps.ts';

/** What all links of one owner share. Never changed in place. */
export interface OwnerThings {
  name: string;
  apps: readonly LinkApp[];
  targets: ReadonlySet<string>;
  serving: readonly LinkHost[];
  /** Of the last change of hosts and apps, as the book counts; 0 before the first and for people. */
  revision: bigint;
}

/** An owner in memory; links hold on to it and look whether `things` is still what they were made of. */
export interface OwnerSlot {
  key: string;
  things: OwnerThings;
  /** Links in memory that are made of it. */
  linksCount: number;
}

export interface KeptOwners {
  get(key: string): OwnerSlot | undefined;
  /** Remembered from now on, unless something newer is. */
  keep(key: string, things: OwnerThings): OwnerSlot;
  /** One link less is made of it; the last takes it along, unless links are served under its hosts. */
  letGo(slot: OwnerSlot): void;
  /** As they are now, of those that are asked for; one that there is not is left out. */
  read(sql: Sql, keys: readonly string[]): Promise<Map<string, OwnerThings>>;
  /**
   * Reads all under whose hosts links are served, and then forgets everybody else, together with what `forget` does. Until they are read, those
   * who were known stay: a serving host that nobody knew would be taken for our own address.
   */
  startAnew(sql: Sql, forget: () => void): Promise<void>;
  /** What has changed since; each is noted before it is read. False where more than `itemsMax` have. */
  readChanges(
    sql: Sql,
    since: { after: bigint; itemsMax: number },
    note: (merchantId: string, revision: bigint) => void,
  ): Promise<boolean>;
  servingHost(host: string): LinkHost | undefined;
  appsOfHost(host: string): readonly LinkApp[];
}

export const ownerKey = ({ owner }: Pick<Link, 'owner'>): string =>
  owner.kind === 'merchant' ? owner.merchantId : owner.userId;

const NO_APPS: readonly LinkApp[] = [];

/** Names, apps and proved hosts of those whose links are in memory, and of all under whose hosts links are served. */
export function keepOwners(deps: LinksDeps): KeptOwners {
  const { book } = deps;
  const slots = new Map<string, OwnerSlot>();
  const serving = new Map<string, { host: LinkHost; slot: OwnerSlot }>();

  function keep(key: string, things: OwnerThings): OwnerSlot {
    const slot = slots.get(key);
    if (slot === undefined) {
      const made: OwnerSlot = { key, things, linksCount: 0 };
      slots.set(key, made);
      serve(made, []);
      return made;
    }
    if (things.revision > slot.things.revision) {
      const before = slot.things.serving;
      slot.things = things;
      serve(slot, before);
    }
    return slot;
  }

  function serve(slot: OwnerSlot, before: readonly LinkHost[]): void {
    for (const { host } of before) if (serving.get(host)?.slot === slot) serving.delete(host);
    for (const host of slot.things.serving) serving.set(host.host, { host, slot });
  }

  async function read(sql: Sql, keys: readonly string[]): Promise<Map<string, OwnerThings>> {
    const people = keys.filter((key) => key.startsWith('usr_'));
    const merchants = keys.filter((key) => !key.startsWith('usr_'));
    const named = await Promise.all(people.map(async (key) => [key, (await deps.nameOfPerson?.(key)) ?? ''] as const));
    const found = new Map(named.map(([key, name]) => [key, personOf(name)]));
    if (merchants.length === 0) return found;
    // The number first: what changes while the rest is read is in the rows already, and read once more.
    const names = await findMerchantNames(sql, book, merchants);
    const [hosts, apps] = await Promise.all([listHostsOf(sql, book, merchants), listAppsOf(sql, book, merchants)]);
    for (const { merchantId, name, revision } of names) {
      const proved = hosts.filter((host) => host.merchantId === merchantId && host.provedAt !== null);
      const names = new Set(proved.map(({ host }) => host));
      found.set(merchantId, {
        name,
        revision,
        apps: apps.filter((app) => app.merchantId === merchantId).map((app) => withoutLostHost(app, names)),
        targets: new Set(proved.filter(({ uses }) => uses.includes('target')).map(({ host }) => host)),
        serving: proved.filter(({ uses }) => uses.includes('serve')),
      });
    }
    return found;
  }

  return {
    get: (key) => slots.get(key),
    keep,
    letGo(slot) {
      slot.linksCount -= 1;
      if (slot.linksCount === 0 && slot.things.serving.length === 0) slots.delete(slot.key);
    },
    read,
    async startAnew(sql, forget) {
      const found = await read(sql, await listServingMerchants(sql, book));
      forget();
      slots.clear();
      serving.clear();
      for (const [key, things] of found) keep(key, things);
    },
    async readChanges(sql, { after, itemsMax }, note) {
      const changed = await listChangedMerchants(sql, book, after, itemsMax + 1);
      if (changed.length > itemsMax) return false;
      for (const { merchantId, revision } of changed) note(merchantId, revision);
      const ids = changed.map(({ merchantId }) => merchantId);
      if (ids.length === 0) return true;
      for (const [key, things] of await read(sql, ids))
        if (slots.has(key) || things.serving.length > 0) keep(key, things);
      return true;
    },
    servingHost: (host) => serving.get(host)?.host,
    appsOfHost: (host) => serving.get(host)?.slot.things.apps ?? NO_APPS,
  };
}

function personOf(name: string): OwnerThings {
  return { name, apps: NO_APPS, targets: new Set(), serving: [], revision: 0n };
}

/** A host that is no longer proved may be somebody else's by now: no link of the app goes there. */
function withoutLostHost(app: LinkApp, proved: ReadonlySet<string>): LinkApp {
  const { settings } = app;
  if (settings.kind === 'ios' && settings.universalHost !== null && !proved.has(settings.universalHost))
    return { ...app, settings: { ...settings, universalHost: null } };
  if (settings.kind === 'android' && settings.appLinkHost !== null && !proved.has(settings.appLinkHost))
    return { ...app, settings: { ...settings, appLinkHost: null } };
  return app;
}

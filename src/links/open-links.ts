import type { KeyClaim } from '../db/idempotency-store.ts';
import type { DueLoop } from '../db/due.ts';
import { createDnsText } from '../net/dns-text.ts';
import { changeHostFiles, setHostFiles } from './change-host-files.ts';
import { editLink, setLinkState, takeDownAll } from './change-link.ts';
import { createLinks } from './create-links.ts';
import type { DeskDeps } from './desk-deps.ts';
import { keepLinks } from './keep-links.ts';
import type { LinksDeps } from './links-deps.ts';
import type { Keyed, LinkActor, LinkDesk, LinkFinder } from './links.ts';
import { proveHost, proveHostWithKey, startProofLooks } from './prove-host.ts';
import { getLink, pageLinks, readHistory } from './read-links.ts';
import { dropAppOf, listApps, openAppSecret, putApp, putAppWithKey } from './register-app.ts';
import { addHost, addHostWithKey, dropHostOf, listHosts } from './register-host.ts';

export interface OpenedLinks {
  desk: LinkDesk;
  reader: LinkFinder;
  /** What the API asks of the desk with an idempotency key: the reply as it was kept with it. */
  keyed: KeyedLinkDesk;
  /** Resolves when `reader.servingHost` knows all hosts under which links are served. @throws Refusal unavailable */
  ready(): Promise<void>;
  /** Hears of changes from now on, and looks again at proofs of hosts; a process that only serves requests need not. */
  startWork(): void;
  stop(): Promise<void>;
}

export interface KeyedLinkDesk {
  addHost(request: Parameters<LinkDesk['addHost']>[0], claim: KeyClaim): Promise<Keyed>;
  proveHost(actor: LinkActor, id: string, claim: KeyClaim): Promise<Keyed>;
  putApp(request: Parameters<LinkDesk['putApp']>[0], claim: KeyClaim): Promise<Keyed>;
}

/** The book's links: what owners and operators do with them, and how they are found when somebody opens one. */
export function openLinks(given: LinksDeps): OpenedLinks {
  const kept = keepLinks(given);
  const deps: DeskDeps = { ...given, kept, lookUpText: given.lookUpText ?? createDnsText(null) };
  let looks: DueLoop | null = null;
  return {
    desk: {
      create: (request) => createLinks(deps, request),
      edit: (request) => editLink(deps, request),
      setState: (request) => setLinkState(deps, request),
      takeDownAll: (request) => takeDownAll(deps, request),
      get: (viewer, id) => getLink(deps, viewer, id),
      list: (wish) => pageLinks(deps, wish),
      history: (viewer, id) => readHistory(deps, viewer, id),
      addHost: (request) => addHost(deps, request),
      proveHost: (actor, id) => proveHost(deps, actor, id),
      dropHost: (actor, id) => dropHostOf(deps, actor, id),
      setHostFiles: (request) => setHostFiles(deps, request),
      changeHostFiles: (request) => changeHostFiles(deps, request),
      listHosts: (viewer, merchantId) => listHosts(deps, viewer, merchantId),
      putApp: (request) => putApp(deps, request),
      dropApp: (actor, id) => dropAppOf(deps, actor, id),
      listApps: (viewer, merchantId) => listApps(deps, viewer, merchantId),
      openAppSecret: (app) => openAppSecret(deps, app),
    },
    reader: kept,
    keyed: {
      addHost: (request, claim) => addHostWithKey(deps, request, claim),
      proveHost: (actor, id, claim) => proveHostWithKey(deps, actor, id, claim),
      putApp: (request, claim) => putAppWithKey(deps, request, claim),
    },
    ready: () => kept.ready(),
    startWork() {
      kept.startWork();
      looks ??= startProofLooks(deps);
    },
    async stop() {
      await Promise.all([kept.stop(), looks?.stop()]);
    },
  };
}

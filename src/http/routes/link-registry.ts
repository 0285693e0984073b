import { type Static, Type } from 'typebox';
import { assertNever } from '../../base/assert.ts';
import { Refusal } from '../../base/refusal.ts';
import type { LinkAppSettings } from '../../links/link.ts';
import type { OpenedLinks } from '../../links/open-links.ts';
import { showLinkApp, showLinkHost } from '../../links/show-link.ts';
import { linkApp, linkAppChange, linkHost, linkHostChange, newLinkApp, newLinkHost } from '../link-schemas.ts';
import { type RouteRow, row } from '../route.ts';
import { idOf, pageOf } from '../schemas.ts';
import { actorOf } from './links.ts';

const closed = { additionalProperties: false } as const;
const hostParams = Type.Object({ id: idOf('lho') }, closed);
const appParams = Type.Object({ id: idOf('lap') }, closed);
const tag = 'Links';

type Desk = Pick<OpenedLinks, 'desk' | 'keyed'>;

/** What a shop registers for its links: hosts that it proves to own, and apps that they open. */
export function linkRegistryRoutes(links: Desk): RouteRow[] {
  return [...hostRoutes(links), ...appRoutes(links)];
}

function hostRoutes({ desk, keyed }: Desk): RouteRow[] {
  return [
    row({
      method: 'POST',
      url: '/v1/link-hosts',
      operation: 'addLinkHost',
      summary: 'Name a host for links; it counts once it is proved',
      tag,
      scope: 'links',
      body: newLinkHost,
      reply: { 201: linkHost },
      run: async ({ caller, body, claim }) => {
        const { merchantId } = caller;
        return await keyed.addHost({ actor: actorOf(caller), merchantId, host: body.host, uses: body.uses }, claim);
      },
    }),
    row({
      method: 'GET',
      url: '/v1/link-hosts',
      operation: 'listLinkHosts',
      summary: 'List the hosts, oldest first; all of them are one page',
      tag,
      scope: 'read',
      reply: { 200: pageOf(linkHost) },
      run: async ({ caller }) => {
        const hosts = await desk.listHosts(actorOf(caller), caller.merchantId);
        return { status: 200, value: { data: hosts.map(showLinkHost), next_cursor: null } };
      },
    }),
    row({
      method: 'POST',
      url: '/v1/link-hosts/:id/prove',
      operation: 'proveLinkHost',
      summary: 'Look now whether the proof of a host is there',
      tag,
      scope: 'links',
      params: hostParams,
      reply: { 200: linkHost },
      run: async ({ caller, params, claim }) => await keyed.proveHost(actorOf(caller), params.id, claim),
    }),
    row({
      method: 'PATCH',
      url: '/v1/link-hosts/:id',
      operation: 'changeLinkHost',
      summary: 'Say which files a serving host shows at its root for platforms that ask whose it is',
      tag,
      scope: 'links',
      params: hostParams,
      body: linkHostChange,
      reply: { 200: linkHost },
      async run({ caller, params, body }) {
        const wish = { actor: actorOf(caller), id: params.id, files: body.files };
        return { status: 200, value: showLinkHost(await desk.setHostFiles(wish)) };
      },
    }),
    row({
      method: 'DELETE',
      url: '/v1/link-hosts/:id',
      operation: 'dropLinkHost',
      summary: 'Give up a host: links lead there no more',
      tag,
      scope: 'links',
      params: hostParams,
      reply: { 204: Type.Null() },
      async run({ caller, params }) {
        await desk.dropHost(actorOf(caller), params.id);
        return { status: 204, value: null };
      },
    }),
  ];
}

function appRoutes({ desk, keyed }: Desk): RouteRow[] {
  return [
    row({
      method: 'POST',
      url: '/v1/link-apps',
      operation: 'addLinkApp',
      summary: 'Register an app or a mini program that links open',
      tag,
      scope: 'links',
      body: newLinkApp,
      reply: { 201: linkApp },
      run: async ({ caller, body, claim }) =>
        await keyed.putApp(
          {
            actor: actorOf(caller),
            merchantId: caller.merchantId,
            id: null,
            name: body.name,
            settings: readSettings(body.settings),
            secret: body.secret ?? null,
          },
          claim,
        ),
    }),
    row({
      method: 'GET',
      url: '/v1/link-apps',
      operation: 'listLinkApps',
      summary: 'List the apps without their secrets, oldest first; all of them are one page',
      tag,
      scope: 'read',
      reply: { 200: pageOf(linkApp) },
      run: async ({ caller }) => {
        const apps = await desk.listApps(actorOf(caller), caller.merchantId);
        return { status: 200, value: { data: apps.map(showLinkApp), next_cursor: null } };
      },
    }),
    row({
      method: 'PATCH',
      url: '/v1/link-apps/:id',
      operation: 'changeLinkApp',
      summary: 'Rename an app, or give it other settings or another secret',
      tag,
      scope: 'links',
      params: appParams,
      body: linkAppChange,
      reply: { 200: linkApp },
      async run({ caller, params, body }) {
        const actor = actorOf(caller);
        const { merchantId } = caller;
        const before = (await desk.listApps(actor, merchantId)).find(({ id }) => id === params.id);
        if (before === undefined) throw new Refusal('not_found', 'there is no such app');
        const app = await desk.putApp({
          actor,
          merchantId,
          id: before.id,
          name: body.name ?? before.name,
          settings: body.settings === undefined ? before.settings : readSettings(body.settings),
          secret: body.secret ?? null,
        });
        return { status: 200, value: showLinkApp(app) };
      },
    }),
    row({
      method: 'DELETE',
      url: '/v1/link-apps/:id',
      operation: 'dropLinkApp',
      summary: 'Forget an app and its secret: links open it no more',
      tag,
      scope: 'links',
      params: appParams,
      reply: { 204: Type.Null() },
      async run({ caller, params }) {
        await desk.dropApp(actorOf(caller), params.id);
        return { status: 204, value: null };
      },
    }),
  ];
}

/** What is left out is null. */
function readSettings(given: Static<typeof newLinkApp>['settings']): LinkAppSettings {
  switch (given.kind) {
    case 'ios': {
      const { kind, app_id: appId, scheme = null, universal_host: universalHost = null } = given;
      return { kind, appId, scheme, universalHost, storeUrl: given.store_url ?? null };
    }
    case 'android': {
      const { kind, certificates, scheme = null, app_link_host: appLinkHost = null } = given;
      return { kind, package: given.package, certificates, scheme, appLinkHost, storeUrl: given.store_url ?? null };
    }
    case 'wechat_mini':
      return { kind: given.kind, appId: given.app_id, originalId: given.original_id, page: given.page };
    case 'alipay_mini':
      return { kind: given.kind, appId: given.app_id, page: given.page };
    case 'wechat_account':
      return { kind: given.kind, appId: given.app_id, openAppId: given.open_app_id ?? null };
    default:
      return assertNever(given);
  }
}

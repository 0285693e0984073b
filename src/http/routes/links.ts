import { type Static, Type } from 'typebox';
import { LINKS_BODY_BYTES_MAX, LINKS_BODY_KEYS_MAX, LINKS_PER_CALL_MAX } from '../../base/link-limits.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Caller } from '../../cashier/api-keys.ts';
import { deskRequest, type WantedLink, wantLink } from '../../links/fields/wanted-link.ts';
import type { LinkContent, ReadyLink } from '../../links/link.ts';
import type { LinkActor } from '../../links/links.ts';
import type { OpenedLinks } from '../../links/open-links.ts';
import type { PayLinks } from '../../links/pay/pay-links.ts';
import { type ShownLink, showLinkVersion, showReady } from '../../links/show-link.ts';
import { link, linkChange, linkVersion, linkWithPay, newLink } from '../link-schemas.ts';
import { type RouteRow, row } from '../route.ts';
import { idOf, pageOf, pageQuery } from '../schemas.ts';
import { readPage, showPage } from './payments.ts';

const closed = { additionalProperties: false } as const;
const linkParams = Type.Object({ id: idOf('lnk') }, closed);
const tag = 'Links';

/** A shop's share links. */
export function linkRoutes({ desk, pay }: Pick<OpenedLinks, 'desk'> & { pay: Pick<PayLinks, 'show'> }): RouteRow[] {
  return [
    row({
      method: 'POST',
      url: '/v1/links',
      operation: 'createLink',
      summary: 'Create a link that opens in every app',
      tag,
      scope: 'links',
      body: newLink,
      reply: { 201: link },
      run: async ({ caller, body, claim }) =>
        await desk.create({ ...madeBy(caller), ...readNewLinks([body], false), reply: 'one', claim }),
    }),
    row({
      method: 'POST',
      url: '/v1/links/bulk',
      operation: 'createLinks',
      summary: 'Create many links at once: all of them or none',
      tag,
      scope: 'links',
      body: Type.Object({ links: Type.Array(newLink, { minItems: 1, maxItems: LINKS_PER_CALL_MAX }) }, closed),
      reply: { 201: Type.Object({ data: Type.Array(link) }) },
      large: { bodyBytesMax: LINKS_BODY_BYTES_MAX, jsonKeysMax: LINKS_BODY_KEYS_MAX },
      run: async ({ caller, body, claim }) =>
        await desk.create({ ...madeBy(caller), ...readNewLinks(body.links, true), reply: 'list', claim }),
    }),
    row({
      method: 'GET',
      url: '/v1/links',
      operation: 'listLinks',
      summary: 'List links, newest first',
      tag,
      scope: 'read',
      query: Type.Object(
        { ...pageQuery, state: Type.Optional(Type.Enum(['active', 'stopped', 'taken_down'])) },
        closed,
      ),
      reply: { 200: pageOf(link) },
      async run({ caller, query }) {
        const wish = { viewer: actorOf(caller), state: query.state ?? null, ...readPage('lnk', query) };
        const page = await desk.list(wish);
        return showPage({ data: page.data.map(showReady), next: page.next });
      },
    }),
    row({
      method: 'GET',
      url: '/v1/links/:id',
      operation: 'getLink',
      summary: 'Show a link',
      tag,
      scope: 'read',
      params: linkParams,
      reply: { 200: linkWithPay },
      async run({ caller, params }) {
        const ready = await desk.get(actorOf(caller), params.id);
        return { status: 200, value: { ...showReady(ready), ...(await pay.show(caller.book, ready.link.id)) } };
      },
    }),
    row({
      method: 'PATCH',
      url: '/v1/links/:id',
      operation: 'changeLink',
      summary: 'Change what a link says as a new version, stop it, or let it go on',
      tag,
      scope: 'links',
      params: linkParams,
      body: linkChange,
      reply: { 200: link },
      run: async ({ caller, params, body }) => {
        const { state, reason = null, from_version: fromVersion = null, ...content } = body;
        const actor = actorOf(caller);
        const hasContent = Object.keys(content).length > 0;
        if (state === undefined && body.reason !== undefined)
          throw new Refusal('invalid_request', 'a reason goes with a state', { param: 'reason' });
        if (state !== undefined && hasContent)
          throw new Refusal('invalid_request', 'a state goes alone, with a reason at most', { param: 'state' });
        if (state === undefined && !hasContent)
          throw new Refusal('invalid_request', 'say what is to be another', { in: 'body' });
        const which = { actor, id: params.id, fromVersion };
        if (state !== undefined) return showOne(await desk.setState({ ...which, state, reason }));
        return showOne(await desk.edit({ ...which, content: readContent(content) }));
      },
    }),
    row({
      method: 'GET',
      url: '/v1/links/:id/versions',
      operation: 'listLinkVersions',
      summary: 'List what a link said and how it stood, newest first',
      tag,
      scope: 'read',
      params: linkParams,
      reply: { 200: Type.Object({ data: Type.Array(linkVersion) }) },
      run: async ({ caller, params }) => {
        const versions = await desk.history(actorOf(caller), params.id);
        return { status: 200, value: { data: versions.map(showLinkVersion) } };
      },
    }),
  ];
}

function showOne(ready: ReadyLink): { status: number; value: ShownLink } {
  return { status: 200, value: showReady(ready) };
}

export function actorOf({ merchantId, keyId }: Caller): LinkActor & { kind: 'merchant' } {
  return { kind: 'merchant', merchantId, keyId };
}

function madeBy(caller: Caller): { actor: LinkActor; book: number; livemode: boolean } {
  return { actor: actorOf(caller), book: caller.book, livemode: caller.livemode };
}

/** @throws Refusal invalid_request */
function readNewLinks(bodies: readonly Static<typeof newLink>[], isList: boolean): ReturnType<typeof deskRequest> {
  return deskRequest(bodies.map((body, index) => readNewLink(body, isList ? `links.${index}.` : '')));
}

function readNewLink(body: Static<typeof newLink>, at: string): WantedLink {
  const { kind = 'page', host = null, pay, group, ...content } = body;
  const terms = { ...(pay && { pay }), ...(group && { group }) };
  return wantLink({ kind, title: body.title, content: readContent(content), servedHost: host, terms }, at);
}

type GivenContent = Omit<Static<typeof linkChange>, 'state' | 'reason' | 'from_version'>;

/** What was given, and nothing for what was left out. */
function readContent(given: GivenContent): Partial<LinkContent> {
  const { app_path: appPath, image_url: imageUrl, expires_at: expiresAt, price, ...same } = given;
  return {
    ...same,
    ...(appPath === undefined ? {} : { appPath }),
    ...(imageUrl === undefined ? {} : { imageUrl }),
    ...(price === undefined ? {} : { price: price === null ? null : { ...price, minor: BigInt(price.minor) } }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? null : new Date(expiresAt) }), // the schema checks the format
  };
}

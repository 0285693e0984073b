import type { FastifyInstance, FastifyReply } from 'fastify';
import { Refusal } from '../base/refusal.ts';
import type { LinkTexts } from '../links/fields/field-sheet.ts';
import { MADE_KINDS, type MadeKind } from '../links/fields/link-fields.ts';
import { readLinkChange } from '../links/fields/read-link-fields.ts';
import { refusedField } from '../links/fields/refused-field.ts';
import { mergeLinkTexts, writeLinkFields } from '../links/fields/write-link-fields.ts';
import type { ReadyLink } from '../links/link.ts';
import type { ConsoleDeps, ConsoleLinks } from './console-deps.ts';
import { PAGE_HEADERS } from './headers.ts';
import { renderLinkEdit } from './link-edit-page.ts';
import { editFields, faultText } from './link-fields-part.ts';
import { mayEdit } from './link-page.ts';
import { operatorOf, signedForm, type Visitor, visitorOf } from './visitor.ts';

const hidden = { schema: { hide: true } } as const;

interface LinkParams {
  Params: { id: string };
}

/** What a shop's link says, changed by the operator: never over what somebody else wrote after the form was opened. */
export function mountLinkEditRoutes(app: FastifyInstance, deps: ConsoleDeps, links: ConsoleLinks): void {
  app.get<LinkParams>('/links/:id/edit', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const { ready, kind } = await linkOf(visitor, request.params.id);
    const page = { ready, kind, texts: writeLinkFields(ready.link), faults: [], meanwhile: null };
    return reply.headers(PAGE_HEADERS).send(renderLinkEdit(visitor, page));
  });

  app.post<LinkParams>('/links/:id/edit', hidden, async (request, reply) => {
    const { visitor, form } = await signedForm(deps, request);
    const { ready, kind } = await linkOf(visitor, request.params.id);
    const { id } = ready.link;
    const fromVersion = readVersion(form('from_version'));
    const texts = Object.fromEntries(editFields(kind).map((field) => [field, form(field) ?? '']));
    const again = (faults: readonly string[]): FastifyReply =>
      reply
        .code(422)
        .headers(PAGE_HEADERS)
        .send(renderLinkEdit(visitor, { ready: asOf(ready, fromVersion), kind, texts, faults, meanwhile: null }));
    const reading = readLinkChange(texts, ready.link.price?.currency ?? 'CNY');
    if ('faults' in reading) return again(reading.faults.map((fault) => faultText(visitor, fault)));
    try {
      await links.desk.edit({ actor: operatorOf(visitor.session), id, content: reading.content, fromVersion });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'link_version_outdated')
        return await tellMeanwhile(visitor, reply, { id, texts, fromVersion });
      return again([faultText(visitor, refusedField(error))]);
    }
    return reply.headers(PAGE_HEADERS).redirect(`/console/links/${id}?done=edited`, 303);
  });

  /** The form once more, on top of what there is by now, with what was changed meanwhile and by whom. */
  async function tellMeanwhile(
    visitor: Visitor,
    reply: FastifyReply,
    { id, texts, fromVersion }: { id: string; texts: LinkTexts; fromVersion: number },
  ): Promise<FastifyReply> {
    const history = await links.desk.history(operatorOf(visitor.session), id);
    const { ready, kind } = await linkOf(visitor, id);
    const versions = history
      .filter(({ version }) => version >= fromVersion && version <= ready.link.version)
      .toReversed();
    const [seen] = versions;
    if (seen === undefined)
      throw new Refusal('invalid_request', 'there was no such version', { param: 'from_version' });
    const merged = mergeLinkTexts(writeLinkFields(seen.content), texts, writeLinkFields(ready.link));
    const page = { ready, kind, texts: merged.texts, faults: [], meanwhile: { versions, both: merged.both } };
    return reply.code(409).headers(PAGE_HEADERS).send(renderLinkEdit(visitor, page));
  }

  /** @throws Refusal not_found for what is not to be edited here */
  async function linkOf({ session }: Visitor, id: string): Promise<{ ready: ReadyLink; kind: MadeKind }> {
    const ready = await links.desk.get(operatorOf(session), id);
    const kind = MADE_KINDS.find((one) => one === ready.link.kind);
    if (kind === undefined || !mayEdit(ready.link)) throw new Refusal('not_found', 'there is no such page');
    return { ready, kind };
  }
}

/** A form with faults still holds against the version that it began with. */
function asOf(ready: ReadyLink, version: number): ReadyLink {
  return { ...ready, link: { ...ready.link, version } };
}

function readVersion(text: string | null): number {
  if (text === null || !/^[1-9]\d{0,6}$/.test(text))
    throw new Refusal('invalid_request', 'the form is not one of ours', { param: 'from_version' });
  return Number(text);
}

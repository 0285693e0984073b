import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LINK_BULK_FORM_BYTES_MAX, LINK_FAULTS_SHOWN_MAX, LINKS_PER_CALL_MAX } from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Merchant } from '../cashier/merchant.ts';
import { readMerchants } from '../cashier/operator-reads.ts';
import { type LinkField, MADE_KINDS, type MadeKind } from '../links/fields/link-fields.ts';
import { readNewLink } from '../links/fields/read-link-fields.ts';
import { readLinkRows } from '../links/fields/read-link-rows.ts';
import { type RefusedField, refusedField } from '../links/fields/refused-field.ts';
import { deskRequest, fingerprintOf, type WantedLink } from '../links/fields/wanted-link.ts';
import type { Label } from '../wallets/wallet-names.ts';
import type { ConsoleDeps, ConsoleLinks } from './console-deps.ts';
import { PAGE_HEADERS } from './headers.ts';
import { faultText, newFields } from './link-fields-part.ts';
import { type NewLinkPage, renderBulk, renderMade, renderNewLink } from './link-new-page.ts';
import { operatorOf, queryOf, signedForm, type Visitor, visitorOf } from './visitor.ts';

const SHOPS_MAX = 1000;
const hidden = { schema: { hide: true } } as const;

interface Typed {
  merchantId: string;
  nonce: string;
}

/** New links for shops, one by a form or many by what is pasted. They are the shop's own: its proved hosts are what they may lead to. */
export function mountNewLinkRoutes(app: FastifyInstance, deps: ConsoleDeps, links: ConsoleLinks): void {
  app.get('/links/new', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const page = { ...(await blankPage(request)), kind: kindOf(queryOf(request, 'kind')) };
    return reply.headers(PAGE_HEADERS).send(renderNewLink(visitor, { ...page, texts: {} }));
  });

  app.get('/links/bulk', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const page = await blankPage(request);
    return reply.headers(PAGE_HEADERS).send(renderBulk(visitor, { ...page, rows: '' }));
  });

  app.post('/links/new', hidden, async (request, reply) => {
    const { visitor, form } = await signedForm(deps, request);
    const typed = readTyped(form);
    const kind = kindOf(form('kind'));
    const texts = Object.fromEntries(newFields(kind).map((field) => [field, form(field) ?? '']));
    const again = async (faults: readonly string[]): Promise<FastifyReply> =>
      await askAgain(reply, (shops) => renderNewLink(visitor, { ...typed, shops, kind, texts, faults }));
    const reading = readNewLink({ ...texts, kind });
    if ('faults' in reading) return await again(reading.faults.map((fault) => faultText(visitor, fault)));
    const made = await make(visitor, typed, [reading.wanted], (refused) => faultText(visitor, refused));
    if (made.kind === 'faults') return await again(made.faults);
    return reply.headers(PAGE_HEADERS).redirect(`/console/links/${made.links[0]?.id ?? ''}?done=made`, 303);
  });

  app.post('/links/bulk', { ...hidden, bodyLimit: LINK_BULK_FORM_BYTES_MAX }, async (request, reply) => {
    const { visitor, form } = await signedForm(deps, request);
    const typed = readTyped(form);
    const rows = form('rows') ?? '';
    const again = async (faults: readonly string[]): Promise<FastifyReply> =>
      await askAgain(reply, (shops) => renderBulk(visitor, { ...typed, shops, rows, faults }));
    const reading = readBulk(visitor, rows);
    if ('faults' in reading) return await again(reading.faults.slice(0, LINK_FAULTS_SHOWN_MAX));
    const made = await make(visitor, typed, reading.wanted, (refused) =>
      lineText(visitor, reading.lines[refused.index ?? 0] ?? 1, refused),
    );
    if (made.kind === 'faults') return await again(made.faults);
    return reply.headers(PAGE_HEADERS).send(renderMade(visitor, made.links));
  });

  async function blankPage(request: FastifyRequest): Promise<NewLinkPage> {
    return {
      shops: await shopsOf(),
      merchantId: queryOf(request, 'merchant') ?? '',
      nonce: deps.random.bytes(16).toString('hex'),
      faults: [],
    };
  }

  async function shopsOf(): Promise<readonly Merchant[]> {
    return await readMerchants(deps.cashier.deps, deps.book, SHOPS_MAX);
  }

  async function askAgain(reply: FastifyReply, render: (shops: readonly Merchant[]) => string): Promise<FastifyReply> {
    return reply
      .code(422)
      .headers(PAGE_HEADERS)
      .send(render(await shopsOf()));
  }

  /** As the shop itself, by the operator's name; the same form again answers the same links. */
  async function make(
    { session }: Visitor,
    { merchantId, nonce }: Typed,
    wanted: readonly WantedLink[],
    tell: (refused: RefusedField) => string,
  ): Promise<{ kind: 'made'; links: MadeLink[] } | { kind: 'faults'; faults: string[] }> {
    const shop = (await shopsOf()).find(({ id }) => id === merchantId);
    if (shop === undefined) throw new Refusal('not_found', 'there is no such shop');
    const fingerprint = fingerprintOf(wanted);
    const claim = { book: deps.book, merchantId, key: `console-${nonce}`, route: 'POST /console/links', fingerprint };
    try {
      const { body } = await links.desk.create({
        actor: { kind: 'merchant', merchantId, keyId: operatorOf(session).name },
        book: deps.book,
        livemode: shop.livemode,
        ...deskRequest(wanted),
        reply: 'list',
        claim,
      });
      const { data }: { data: MadeLink[] } = JSON.parse(body); // links as the API shows them
      return { kind: 'made', links: data };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { kind: 'faults', faults: [tell(refusedField(error))] };
    }
  }
}

function kindOf(text: string | null): MadeKind {
  return MADE_KINDS.find((kind) => kind === text) ?? 'page';
}

interface MadeLink {
  id: string;
  url: string;
  title: string;
}

function readTyped(form: (name: string) => string | null): Typed {
  const nonce = form('nonce') ?? '';
  if (!/^[0-9a-f]{32}$/.test(nonce))
    throw new Refusal('invalid_request', 'the form is not one of ours', { param: 'nonce' });
  return { merchantId: form('merchant') ?? '', nonce };
}

/** The lines of a table, with where each begins; or everything that is wrong. */
function readBulk(
  visitor: Visitor,
  text: string,
): { wanted: WantedLink[]; lines: number[] } | { faults: readonly string[] } {
  const { say } = visitor;
  const { wishes, faults } = readLinkRows(text);
  if (faults.length > 0) return { faults: faults.map((fault) => lineText(visitor, fault.place.line, fault)) };
  if (wishes.length === 0) return { faults: [say('一行链接也没有。', 'There is no line with a link.')] };
  if (wishes.length > LINKS_PER_CALL_MAX)
    return {
      faults: [
        say(
          `${wishes.length} 个太多，一次最多 ${LINKS_PER_CALL_MAX} 个。`,
          `${wishes.length} are too many; ${LINKS_PER_CALL_MAX} at once are the most.`,
        ),
      ],
    };
  const read = wishes.map((wish) => ({ wish, reading: readNewLink(wish.texts) }));
  const wrong = read.flatMap(({ wish, reading }) =>
    'faults' in reading ? reading.faults.map((fault) => lineText(visitor, wish.locate(fault.field).line, fault)) : [],
  );
  if (wrong.length > 0) return { faults: wrong };
  return {
    wanted: read.flatMap(({ reading }) => ('wanted' in reading ? [reading.wanted] : [])),
    lines: wishes.map((wish) => wish.locate('title').line),
  };
}

/** At its line, by the name that stands above the column. */
function lineText(
  { say, lang }: Visitor,
  line: number,
  { field, text }: { field: LinkField | null; text: Label },
): string {
  const name = field === null ? '' : `${field}${say('：', ': ')}`;
  return `${say(`第 ${line} 行`, `Line ${line}`)} ${name}${text[lang]}`;
}

import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LINK_BULK_FORM_BYTES_MAX, LINK_FAULTS_SHOWN_MAX, LINKS_PER_CALL_MAX } from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Merchant } from '../cashier/merchant.ts';
import { readMerchants } from '../cashier/operator-reads.ts';
import type { NewLink } from '../links/links.ts';
import type { ConsoleDeps, ConsoleLinks } from './console-deps.ts';
import { PAGE_HEADERS } from './headers.ts';
import { LINK_FIELDS, type LinkField, type LinkTexts, readLinkTexts } from './link-form.ts';
import { type NewLinkPage, renderBulk, renderMade, renderNewLink } from './link-new-page.ts';
import { readPastedRows } from './link-rows.ts';
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
    const page = await blankPage(request);
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
    const texts = Object.fromEntries(LINK_FIELDS.map((field) => [field, form(field) ?? ''])) as Record<
      LinkField,
      string
    >; // one for each field
    const again = async (faults: readonly string[]): Promise<FastifyReply> =>
      await askAgain(reply, (shops) => renderNewLink(visitor, { ...typed, shops, texts, faults }));
    const reading = readLinkTexts(texts, visitor.say);
    if ('faults' in reading) return await again(reading.faults.map(({ text }) => text));
    const made = await make(visitor, typed, [reading.link], (error) => [tellRefusal(visitor, error, null)]);
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
    const lineOf = (index: number): number => reading.lines[index] ?? 0;
    const made = await make(visitor, typed, reading.links, (error) => [tellRefusal(visitor, error, lineOf)]);
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
    wanted: readonly NewLink[],
    tell: (error: Refusal) => string[],
  ): Promise<{ kind: 'made'; links: MadeLink[] } | { kind: 'faults'; faults: string[] }> {
    const shop = (await shopsOf()).find(({ id }) => id === merchantId);
    if (shop === undefined) throw new Refusal('not_found', 'there is no such shop');
    const fingerprint = createHash('sha256')
      .update(JSON.stringify(wanted, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)))
      .digest('hex');
    const claim = { book: deps.book, merchantId, key: `console-${nonce}`, route: 'POST /console/links', fingerprint };
    try {
      const { body } = await links.desk.create({
        actor: { kind: 'merchant', merchantId, keyId: operatorOf(session).name },
        book: deps.book,
        livemode: shop.livemode,
        links: wanted,
        reply: 'list',
        claim,
      });
      const { data }: { data: MadeLink[] } = JSON.parse(body); // links as the API shows them
      return { kind: 'made', links: data };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { kind: 'faults', faults: tell(error) };
    }
  }
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

function readBulk(visitor: Visitor, text: string): { links: NewLink[]; lines: number[] } | { faults: string[] } {
  const { say } = visitor;
  const pasted = readPastedRows(text);
  if (pasted.kind === 'fault')
    return {
      faults: [
        say(
          `第一行要写字段名。不认识：${pasted.unknown.join(' ').slice(0, 100)}`,
          `The first line names the fields. Not known: ${pasted.unknown.join(' ').slice(0, 100)}`,
        ),
      ],
    };
  const { rows } = pasted;
  if (rows.length === 0) return { faults: [say('一行链接也没有。', 'There is no line with a link.')] };
  if (rows.length > LINKS_PER_CALL_MAX)
    return {
      faults: [
        say(
          `${rows.length} 个太多，一次最多 ${LINKS_PER_CALL_MAX} 个。`,
          `${rows.length} are too many; ${LINKS_PER_CALL_MAX} at once are the most.`,
        ),
      ],
    };
  const read = rows.map(({ line, texts }: { line: number; texts: LinkTexts }) => ({
    line,
    reading: readLinkTexts(texts, say),
  }));
  const faults = read.flatMap(({ line, reading }) =>
    'faults' in reading
      ? reading.faults.map((fault) => `${lineText(visitor, line)} ${fault.field}${say('：', ': ')}${fault.text}`)
      : [],
  );
  if (faults.length > 0) return { faults };
  return {
    links: read.flatMap(({ reading }) => ('link' in reading ? [reading.link] : [])),
    lines: rows.map(({ line }) => line),
  };
}

function lineText({ say }: Visitor, line: number): string {
  return say(`第 ${line} 行`, `Line ${line}`);
}

/** What the desk said, at the line that it meant: its place is `links.3.page`. */
function tellRefusal(
  visitor: Visitor,
  { facts, message, code }: Refusal,
  lineOf: ((index: number) => number) | null,
): string {
  const { say } = visitor;
  const [, index = '0', field = ''] = /^links\.(\d+)\.(.+)$/.exec(facts.param ?? '') ?? [];
  const place = lineOf === null ? '' : `${lineText(visitor, lineOf(Number(index)))} `;
  const host = typeof facts['host'] === 'string' ? facts['host'] : '';
  const words =
    code === 'link_host_not_proved'
      ? say(`这个商家没有证明 ${host} 是它的`, `the shop has not proved that ${host} is its own`)
      : message;
  return `${place}${field}${field === '' ? '' : say('：', ': ')}${words}`;
}

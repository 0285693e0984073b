import type { FastifyInstance, FastifyReply } from 'fastify';
import { isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import { readMerchants } from '../cashier/operator-reads.ts';
import { findHosts } from '../links/count/find-links.ts';
import type { ConsoleDeps, ConsoleLinks } from './console-deps.ts';
import { PAGE_HEADERS } from './headers.ts';
import { type HostList, renderDrop, renderHostList } from './host-list-page.ts';
import { operatorOf, queryOf, signedForm, type Visitor, visitorOf } from './visitor.ts';

const SHOPS_MAX = 1000;
const OWNERS_SHOWN_MAX = 100;
const hidden = { schema: { hide: true } } as const;

interface HostParams {
  Params: { id: string };
}

/** Hosts of shops: named, proved, dropped. */
export function mountHostRoutes(app: FastifyInstance, deps: ConsoleDeps, { desk }: ConsoleLinks): void {
  app.get('/hosts', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const merchantId = queryOf(request, 'merchant');
    const page = { typed: { merchantId: merchantId ?? '', host: '' }, fault: null };
    return await send(reply, visitor, 200, { ...page, merchantId, done: doneText(visitor, queryOf(request, 'done')) });
  });

  app.post('/hosts', hidden, async (request, reply) => {
    const { visitor, form } = await signedForm(deps, request);
    const typed = { merchantId: form('merchant') ?? '', host: form('host')?.trim() ?? '' };
    const uses = (['target', 'serve'] as const).filter((use) => form(use) === 'yes');
    const again = async (fault: string): Promise<FastifyReply> =>
      await send(reply, visitor, 422, { typed, fault, merchantId: null, done: null });
    if (uses.length === 0) return await again(visitor.say('请选用途。', 'Say what it is used for.'));
    if (!isId('mer', typed.merchantId)) throw new Refusal('not_found', 'there is no such shop');
    try {
      await desk.addHost({ actor: operatorOf(visitor.session), merchantId: typed.merchantId, host: typed.host, uses });
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === 'not_found') throw error;
      return await again(error.message);
    }
    return reply.headers(PAGE_HEADERS).redirect('/console/hosts?done=added', 303);
  });

  app.post<HostParams>('/hosts/:id/prove', hidden, async (request, reply) => {
    const { visitor } = await signedForm(deps, request);
    const blank = { typed: { merchantId: '', host: '' }, merchantId: null, done: null };
    try {
      await desk.proveHost(operatorOf(visitor.session), request.params.id);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === 'not_found') throw error;
      return await send(reply, visitor, 409, { ...blank, fault: error.message });
    }
    return reply.headers(PAGE_HEADERS).redirect('/console/hosts?done=proved', 303);
  });

  app.get<HostParams>('/hosts/:id/drop', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const merchantId = queryOf(request, 'merchant') ?? '';
    const hosts = isId('mer', merchantId) ? await desk.listHosts(operatorOf(visitor.session), merchantId) : [];
    const host = hosts.find(({ id }) => id === request.params.id);
    if (host === undefined) throw new Refusal('not_found', 'there is no such host');
    return reply.headers(PAGE_HEADERS).send(renderDrop(visitor, host));
  });

  app.post<HostParams>('/hosts/:id/drop', hidden, async (request, reply) => {
    const { visitor } = await signedForm(deps, request);
    await desk.dropHost(operatorOf(visitor.session), request.params.id);
    return reply.headers(PAGE_HEADERS).redirect('/console/hosts?done=dropped', 303);
  });

  async function send(
    reply: FastifyReply,
    visitor: Visitor,
    status: number,
    page: Omit<HostList, 'hosts' | 'shops'>,
  ): Promise<FastifyReply> {
    const { book } = deps;
    const viewer = operatorOf(visitor.session);
    const chosen = page.merchantId !== null && isId('mer', page.merchantId) ? page.merchantId : null;
    const hosts = await findHosts(
      { sql: deps.sql, desk },
      { viewer, book, merchantId: chosen, merchantsMax: OWNERS_SHOWN_MAX },
    );
    const shops = await readMerchants(deps.cashier.deps, book, SHOPS_MAX);
    return reply
      .code(status)
      .headers(PAGE_HEADERS)
      .send(renderHostList(visitor, { ...page, hosts, shops }));
  }
}

function doneText({ say }: Visitor, done: string | null): string | null {
  const texts: Readonly<Record<string, string>> = {
    added: say('已加上，还要证明', 'It is added; it is still to be proved'),
    proved: say('已证明', 'It is proved'),
    dropped: say('已移除', 'It is removed'),
  };
  return done !== null && Object.hasOwn(texts, done) ? (texts[done] ?? null) : null;
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { assert } from '../src/base/assert.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { Secret } from '../src/base/secret.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { BOOK, type Hutong, openHutong } from '../src/hutong.ts';
import type { LinkContent } from '../src/links/link.ts';
import type { LinkActor } from '../src/links/links.ts';

/*
 * A Hutong server with share links, or a bare Fastify route, as a process of its own. The parent sends { databaseUrl, port } or
 * { body, type } and gets back { codes } or { bareUrl }; { ask: 'cpu' } answers with the processor time used so far, { ask: 'counted' }
 * with the opens that are written.
 */
type Start = { databaseUrl: string; port: number } | { body: string; type: string; port: number };
type Question = { ask: 'cpu' | 'counted' };

/** How many links of each kind there are: what people open at one time. */
const LINKS_EACH = 200;
const OPERATOR: LinkActor = { kind: 'operator', name: 'bench' };

let hutong: Hutong | null = null;

process.on('disconnect', () => process.exit()); // whoever asked is gone
process.on('message', (message: Start | Question) => {
  if ('body' in message) void startBare(message);
  else if ('port' in message) void start(message);
  else if (message.ask === 'cpu') process.send?.({ cpu: process.cpuUsage() });
  else void countOpens().then((opens) => process.send?.({ opens }));
});

async function start({ databaseUrl, port }: { databaseUrl: string; port: number }): Promise<void> {
  hutong = await openHutong({
    databaseUrl,
    publicUrl: `http://127.0.0.1:${port}`,
    masterSecrets: [new Secret(systemRandom.bytes(32).toString('base64'))],
    isSandbox: true,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });
  const codes = await shareProducts(hutong);
  await hutong.app.listen({ port, host: '127.0.0.1' });
  hutong.startWork();
  process.send?.({ codes });
}

/** Half of the links open the page at once where nothing better can be done, half always show what they are. */
async function shareProducts({ cashier, links }: Hutong): Promise<{ direct: string[]; landing: string[] }> {
  const { id: merchantId } = await createMerchant(cashier.deps, { book: BOOK, name: '胡同茶铺', livemode: false });
  const shop = createServer((_request, response) =>
    response.setHeader('content-type', 'text/plain').end(`hutong-verification=${token}\n`),
  );
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(shop.address() as AddressInfo).port}`; // it listens on a port
  const added = await links.desk.addHost({ actor: OPERATOR, merchantId, host, uses: ['target'] });
  const token = added.proofToken;
  await links.desk.proveHost(OPERATOR, added.id);
  shop.close();
  await links.desk.putApp({
    actor: OPERATOR,
    merchantId,
    id: null,
    name: '胡同茶铺',
    settings: {
      kind: 'android',
      package: 'cn.hutong.tea',
      certificates: [Array.from({ length: 32 }, () => 'AB').join(':')],
      scheme: 'hutongtea://item/{path}',
      appLinkHost: null,
      storeUrl: null,
    },
    secret: null,
  });
  const actor: LinkActor = { kind: 'merchant', merchantId, keyId: 'key_bench' };
  const make = async (direct: boolean): Promise<string[]> => {
    const content = (no: number): LinkContent => ({
      page: `http://${host}/item/${no}`,
      appPath: null,
      title: `雨前龙井 ${no} 号`,
      description: '清明前采摘，杭州直发。',
      imageUrl: null,
      price: { currency: 'CNY', minor: BigInt(12800 + no) },
      availability: 'in_stock',
      direct,
      expiresAt: null,
    });
    const reply = await links.desk.create({
      actor,
      book: BOOK,
      livemode: false,
      links: Array.from({ length: LINKS_EACH }, (_, no) => ({ kind: 'page', content: content(no), servedHost: null })),
      reply: 'list',
      claim: null,
    });
    const { data }: { data: { code: string }[] } = JSON.parse(reply.body); // our own reply
    return data.map(({ code }) => code);
  };
  return { direct: await make(true), landing: await make(false) };
}

async function countOpens(): Promise<number> {
  assert(hutong !== null, 'the server runs');
  await hutong.links.counter.flush();
  const [row] = await hutong.sql<{ opens: bigint }[]>`select coalesce(sum(opens), 0)::bigint as opens from link_days`;
  return Number(row?.opens ?? 0n);
}

/** The floor: a route with a parameter that sends bytes which are there already. */
async function startBare({ body, type, port }: { body: string; type: string; port: number }): Promise<void> {
  const bytes = Buffer.from(body, 'base64');
  const app = fastify();
  app.get('/l/:code', async (_request, reply) => reply.headers({ 'content-type': type }).send(bytes));
  process.send?.({ bareUrl: await app.listen({ port, host: '127.0.0.1' }) });
}

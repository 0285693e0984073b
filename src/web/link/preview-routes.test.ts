import { Resvg } from '@resvg/resvg-js';
import fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import type { ReadyLink } from '../../links/link.ts';
import { openLinkCards } from '../../links/preview/link-cards.ts';
import { signConfig } from '../../links/preview/sign-config.ts';
import { fetchDeps, pictureOf, readerOf } from '../../links/preview/test-deps.ts';
import { HOSTILE, testLinkApp, testReadyLink } from '../../links/preview/test-ready-link.ts';
import { WECHAT } from '../../links/preview/wechat-api.ts';
import type { TicketReading } from '../../links/preview/wechat-tickets.ts';
import { previewRoutes } from './preview-routes.ts';

const START = new Date('2026-03-01T08:00:00Z');
const OWN = testReadyLink({ imageUrl: 'https://shop.example/cup.png' });
const SERVED = testReadyLink({ url: 'https://s.shop.example/abcd2345', servedBy: 'lho_1' });
const ACCOUNT = testLinkApp({ kind: 'wechat_account', appId: 'wx0123456789abcdef', openAppId: 'wxfedcba9876543210' });
const PROGRAM = testLinkApp(
  { kind: 'wechat_mini', appId: 'wx1111111111111111', originalId: 'gh_0123456789ab', page: 'pages/item?id={path}' },
  'lap_2',
);

async function serve(...links: ReadyLink[]) {
  const clock = new ManualClock(START);
  const fetching = fetchDeps(clock);
  const state = { ticket: { kind: 'ticket', ticket: 'TICKET-1' } as TicketReading, isBlocked: false };
  const app = fastify();
  await app.register(
    previewRoutes({
      clock,
      random: systemRandom,
      log: silentLog,
      reader: readerOf(...links),
      isBlocked: () => state.isBlocked,
      linkUrl: 'https://go.example',
      preview: {
        cards: openLinkCards(fetching),
        tickets: { ticketOf: () => Promise.resolve(state.ticket) },
        place: WECHAT,
      },
    }),
  );
  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers });
  return { clock, fetching, state, get, app };
}

describe('the card of a link', () => {
  test.each([
    ['/l/abcd2345/card.png', 1200, 630],
    ['/l/abcd2345/card.png?shape=tall', 1080, 1440],
    ['/l/abcd2345/card.png?shape=square&v=3', 300, 300],
    ['/l-at/s.shop.example/abcd2345/card.png', 1200, 630],
  ])('%s is a picture of its size', async (url, width, height) => {
    const { get } = await serve(OWN, SERVED);
    const reply = await get(url);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers).toMatchObject({
      'content-type': 'image/png',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'cache-control': 'public, max-age=300',
    });
    expect([reply.rawPayload.readUInt32BE(16), reply.rawPayload.readUInt32BE(20)]).toEqual([width, height]);
  });

  test('that is known already is not sent again', async () => {
    const { get, app } = await serve(OWN);
    const { etag } = (await get('/l/abcd2345/card.png?shape=square')).headers;
    const again = await get('/l/abcd2345/card.png?shape=square', { 'if-none-match': `"other", W/${String(etag)}` });
    expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0]);
    const head = await app.inject({ method: 'HEAD', url: '/l/abcd2345/card.png?shape=square' });
    expect([head.statusCode, head.headers['etag']]).toEqual([200, etag]);
  });

  test.each([
    ['a link that is not there', '/l/zzzz2345/card.png', 404],
    ['a code of another host', '/l-at/other.example/abcd2345/card.png', 404],
    ['what is no code', '/l/..%2f..%2fetc/card.png', 404],
    ['a shape that there is not', '/l/abcd2345/card.png?shape=round', 400],
    ['a picture that there is not', '/l/abcd2345/picture', 404],
  ])('%s is refused as a problem', async (_name, url, status) => {
    const reply = await (await serve(testReadyLink({ imageUrl: null }))).get(url);
    expect([reply.statusCode, reply.headers['content-type'], reply.headers['cache-control']]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
      'no-store',
    ]);
  });

  test('a link that opens nothing any more shows nothing any more', async () => {
    const stopped = testReadyLink();
    const ended = testReadyLink({ expiresAt: START });
    const unproved = testReadyLink({ page: 'https://lost.example/' });
    for (const ready of [{ ...stopped, link: { ...stopped.link, state: 'stopped' as const } }, ended, unproved]) {
      const { get } = await serve(ready);
      for (const path of ['card.png', 'picture', 'wechat-config'])
        expect((await get(`/l/abcd2345/${path}`)).statusCode).toBe(404);
      expect((await get(`/oembed?url=${encodeURIComponent(ready.url)}`)).statusCode).toBe(404);
    }
  });

  test('the product’s picture is sent as what it is, and as nothing else', async () => {
    const { get, fetching } = await serve(OWN);
    const png = new Resvg('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>').render().asPng();
    fetching.answer = () => pictureOf(png, { type: 'text/html' });
    const reply = await get('/l/abcd2345/picture?v=3');
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'image/png']);
    expect(reply.rawPayload.equals(png)).toBe(true);
  });
});

describe('oEmbed', () => {
  const ask = (url: string, more = '') => `/oembed?url=${encodeURIComponent(url)}${more}`;

  test('answers a link with its card', async () => {
    const reply = await (await serve(OWN)).get(ask(`${OWN.url}?from=timeline`, '&format=json&lang=zh-CN'));
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'access-control-allow-origin': '*',
    });
    expect(reply.json()).toEqual({
      version: '1.0',
      type: 'link',
      title: '云南小粒咖啡豆 500 克 · ¥59.00',
      author_name: '云上咖啡',
      provider_name: 'Hutong',
      provider_url: 'https://go.example',
      cache_age: 300,
      thumbnail_url: 'https://go.example/l/abcd2345/card.png?v=3',
      thumbnail_width: 1200,
      thumbnail_height: 630,
    });
  });

  test.each([
    ['', 1200],
    ['&maxwidth=1200&maxheight=630', 1200],
    ['&maxwidth=1199', 300],
    ['&maxheight=400&maxwidth=2000', 300],
    ['&maxwidth=299', undefined],
    ['&maxheight=0', undefined],
  ])('a thumbnail obeys %s', async (more, width) => {
    const body = (await (await serve(OWN)).get(ask(OWN.url, more))).json();
    expect(body.thumbnail_width).toBe(width);
    expect(body.thumbnail_url === undefined).toBe(width === undefined);
  });

  test('is there at a serving host for the links of that host', async () => {
    const { get } = await serve(OWN, SERVED);
    const at = (host: string, url: string) => get(`/l-at/${host}${ask(url)}`);
    expect((await at('s.shop.example', SERVED.url)).json()).toMatchObject({ provider_url: 'https://s.shop.example' });
    expect((await at('s.shop.example', OWN.url)).statusCode).toBe(404);
    expect((await get(ask(SERVED.url))).statusCode).toBe(404);
  });

  test.each([
    ['another site', 'https://evil.example/l/abcd2345', '', 404],
    ['our name in the user part', 'https://go.example@evil.example/l/abcd2345', '', 404],
    ['our name as the beginning of another', 'https://go.example.evil.example/l/abcd2345', '', 404],
    ['a page of ours that is no link', 'https://go.example/l/abcd2345/pay', '', 404],
    ['no address', 'javascript:alert(1)', '', 404],
    ['nothing', '', '', 404],
    ['XML', 'https://go.example/l/abcd2345', '&format=xml', 501],
    ['a width that is none', 'https://go.example/l/abcd2345', '&maxwidth=-1', 400],
  ])('%s is not answered', async (_name, url, more, status) => {
    expect((await (await serve(OWN)).get(ask(url, more))).statusCode).toBe(status);
  });

  test('words of a shop’s stay words', async () => {
    const reply = await (await serve(testReadyLink({ title: HOSTILE }))).get(ask(OWN.url));
    expect(reply.json().title).toBe(`${HOSTILE} · ¥59.00`);
    expect(reply.json().html).toBeUndefined();
  });
});

describe('the signature for WeChat', () => {
  const linked = testReadyLink({ apps: [ACCOUNT, PROGRAM] });
  const ask = (url: string) => `/l/abcd2345/wechat-config?url=${encodeURIComponent(url)}`;

  test('is made for the address that the browser reports, whatever WeChat added to it', async () => {
    const { get } = await serve(linked);
    const url = `${linked.url}?from=groupmessage&isappinstalled=0&a=%E4%BA%91+b`;
    const reply = await get(ask(`${url}#browser`));
    expect(reply.headers['cache-control']).toBe('no-store');
    const { signature, nonceStr, timestamp, ...rest } = reply.json();
    expect(rest).toEqual({
      appId: 'wx0123456789abcdef',
      jsApiList: ['updateAppMessageShareData', 'updateTimelineShareData'],
      openTagList: ['wx-open-launch-app', 'wx-open-launch-weapp'],
    });
    expect(timestamp).toBe(START.getTime() / 1000);
    expect(signature).toBe(signConfig('TICKET-1', url, nonceStr, timestamp));
    expect(reply.body).not.toContain('TICKET');
  });

  test.each([
    ['another link', 'https://go.example/l/bbbb2345'],
    ['another site', 'https://evil.example/'],
    ['what only begins like it', 'https://go.example/l/abcd2345x'],
    ['a page below it', 'https://go.example/l/abcd2345/pay'],
    ['another scheme', 'http://go.example/l/abcd2345'],
    ['a blank in it', 'https://go.example/l/abcd2345?a b'],
    ['nothing', ''],
    ['without end', `https://go.example/l/abcd2345?${'a'.repeat(3000)}`],
  ])('%s is never signed', async (_name, url) => {
    expect((await (await serve(linked)).get(ask(url))).statusCode).toBe(400);
  });

  test('is not there without a service account, and not now without a ticket', async () => {
    expect((await (await serve(OWN)).get(ask(OWN.url))).statusCode).toBe(404);
    const { get, state } = await serve(linked);
    state.ticket = { kind: 'none', reason: 'errcode 45009' };
    const reply = await get(ask(linked.url));
    expect([reply.statusCode, reply.json().code]).toEqual([503, 'unavailable']);
    expect(reply.body).not.toContain('45009');
  });
});

test('what the operator has blocked shows neither card nor picture, and is no link for others', async () => {
  const ready = testReadyLink();
  const { get, state } = await serve(ready);
  const paths = [`/l/${ready.link.code}/card.png`, `/oembed?url=${encodeURIComponent(ready.url)}`];
  for (const path of paths) expect((await get(path)).statusCode, path).toBe(200);
  state.isBlocked = true;
  for (const path of paths) expect((await get(path)).statusCode, path).toBe(404);
});

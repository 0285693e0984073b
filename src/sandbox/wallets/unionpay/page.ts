import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { rootDir } from '../../../base/root.ts';
import { sealFields } from './answer.ts';
import { CARDS } from './cards.ts';
import { DECLINE_CODES, respMsg } from './codes.ts';
import { toNotificationFacts } from './describe.ts';
import { type Fields, readForm } from './form.ts';
import type { Gateway, Refused } from './gateway.ts';
import type { Markup } from './markup.ts';
import type { Order } from './orders.ts';
import { gonePage, payPage, refusedPage, resultPage } from './page-html.ts';
import { type Language, readLanguage } from './page-text.ts';
import { declineOrder, expireOrder, isPayable, payOrder } from './payments.ts';

const FONT_DIR = dirname(createRequire(import.meta.url).resolve('@fontsource-variable/noto-sans-sc/package.json'));
const ASSETS_DIR = join(rootDir, 'src', 'sandbox', 'wallets', 'unionpay', 'assets');
const WRONG_PIN = '000000';

interface PageQuery {
  order?: string;
  tn?: string;
  lang?: string;
  error?: string;
}

/** The payer's side: what stands for the 云闪付 app, in the browser. */
export async function registerPages(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const asset = { decorateReply: false, index: false, maxAge: '1h' } as const;
  await app.register(fastifyStatic, { ...asset, root: ASSETS_DIR, prefix: '/assets/' });
  await app.register(fastifyStatic, { ...asset, root: FONT_DIR, prefix: '/font/', maxAge: '365d', immutable: true });

  app.get<{ Querystring: PageQuery }>('/pay', (request, reply) => {
    const language = readLanguage(request.query.lang);
    const order = findOrder(gateway, request.query);
    if (order === undefined) return sendPage(reply.status(404), gonePage(language));
    if (!isPayable(gateway, order)) return reply.redirect(resultPath(order, language), 303);
    const error = DECLINE_CODES.find((code) => code === request.query.error) ?? null;
    return sendPage(
      reply,
      payPage({ order, merchant: merchantName(gateway, order), now: gateway.clock.now(), error, language }),
    );
  });

  app.post('/pay', (request, reply) => {
    const fields = (Buffer.isBuffer(request.body) ? readForm(request.body) : null) ?? {};
    const language = readLanguage(fields.lang);
    const order = gateway.books.findByToken(fields.order ?? '');
    if (order === undefined) return sendPage(reply.status(404), gonePage(language));
    return reply.redirect(act(gateway, order, fields, language), 303);
  });

  app.get<{ Querystring: PageQuery }>('/pay/result', async (request, reply) => {
    const language = readLanguage(request.query.lang);
    const order = gateway.books.findByToken(request.query.order ?? '');
    if (order === undefined) return sendPage(reply.status(404), gonePage(language));
    const canRetry = isPayable(gateway, order);
    if (canRetry && order.lastCode === null) return reply.redirect(payPath(order, language), 303);
    // An app order may carry a frontUrl; it is never used.
    const back = order.state === 'succeeded' && order.via === 'front' ? await returnForm(gateway, order) : null;
    return sendPage(
      reply,
      resultPage({ order, merchant: merchantName(gateway, order), canRetry, back, language }),
      true,
    );
  });
}

/** The page for a front order that was not accepted. It is always 200, as on the real gateway. */
export function showFailedOrder(reply: FastifyReply, refused: Refused, goOnToken: string | null): FastifyReply {
  const message = respMsg(refused.respCode, refused.detail);
  return sendPage(reply, refusedPage(refused.respCode, message, goOnToken));
}

/** Does what a button asks for and says where the browser goes next. */
function act(gateway: Gateway, order: Order, fields: Fields, language: Language): string {
  const result = resultPath(order, language);
  if (!isPayable(gateway, order)) return result;
  switch (fields.action ?? '') {
    case 'pay': {
      const cardIndex = Number(fields.card ?? '0');
      if (CARDS[cardIndex] === undefined || !/^\d{6}$/.test(fields.pin ?? ''))
        return `${payPath(order, language)}&error=65`;
      if (fields.pin === WRONG_PIN) {
        declineOrder(gateway, order, '65');
        return `${payPath(order, language)}&error=65`;
      }
      const code = payOrder(gateway, order, { cardIndex });
      return code === '00' || code === 'A6' ? result : `${payPath(order, language)}&error=${code}`;
    }
    case 'decline':
      declineOrder(gateway, order, DECLINE_CODES.find((code) => code === fields.reason) ?? '60');
      return result;
    case 'expire':
      expireOrder(gateway, order);
      return result;
    default:
      return payPath(order, language);
  }
}

/** The signed fields with which the payer's browser returns to the merchant. */
function returnForm(gateway: Gateway, order: Order): Promise<Fields> {
  const merchant = gateway.keys.merchants.get(order.merId);
  return sealFields(gateway.keys, merchant, toNotificationFacts(gateway, order), null);
}

function findOrder(gateway: Gateway, query: PageQuery): Order | undefined {
  return query.tn === undefined ? gateway.books.findByToken(query.order ?? '') : gateway.books.findByTn(query.tn);
}

function merchantName(gateway: Gateway, order: Order): string {
  return gateway.keys.merchants.get(order.merId)?.name ?? order.merId;
}

function payPath(order: Order, language: Language): string {
  return `/pay?order=${order.token}&lang=${language}`;
}

function resultPath(order: Order, language: Language): string {
  return `/pay/result?order=${order.token}&lang=${language}`;
}

/** `leaves`: the page has a form that goes to the merchant, whose answer may redirect anywhere. */
function sendPage(reply: FastifyReply, page: Markup, leaves = false): FastifyReply {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "font-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    `form-action ${leaves ? 'http: https:' : "'self'"}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return reply
    .headers({
      'content-security-policy': policy.join('; '),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'strict-origin',
      'cache-control': 'no-store',
    })
    .type('text/html;charset=UTF-8')
    .send(page.text);
}

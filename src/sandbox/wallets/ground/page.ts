import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Html } from '../../../base/html.ts';
import { SANDBOX_SCAN_CHARS_MAX } from '../../../base/limits.ts';
import { rootDir } from '../../../base/root.ts';
import { cardsOf } from './cards.ts';
import { discountsFor } from './discounts.ts';
import type { Brand, Ground } from './ground.ts';
import type { Order } from './order.ts';
import { gonePage, payPage, resultPage, scanPage } from './page-html.ts';
import { type Language, readLanguage } from './page-text.ts';
import { closeOrder, declineOrder, isPayable, payOrder } from './payments.ts';

const FONT_DIR = dirname(createRequire(import.meta.url).resolve('@fontsource-variable/noto-sans-sc/package.json'));
const ASSETS_DIR = join(rootDir, 'src', 'sandbox', 'wallets', 'ground', 'assets');
const WRONG_PIN = '000000';

interface PageQuery extends Record<string, string> {
  order: string;
  lang: string;
  error: string;
}

/** The payer's side: what stands for the wallet's app, in the browser. */
export async function registerPages(app: FastifyInstance, ground: Ground): Promise<void> {
  await registerAssets(app, ground.side.brand);

  app.get<{ Querystring: Partial<PageQuery> }>('/pay', (request, reply) => {
    const language = readLanguage(request.query.lang);
    const order = findOrder(ground, request.query);
    if (order === undefined) return sendPage(reply.status(404), gonePage(ground.side.brand, language));
    if (!isPayable(ground, order)) return reply.redirect(resultPath(order, language), 303);
    const error = knownCodes(ground).find((code) => code === request.query.error) ?? null;
    const discounts = discountsFor(ground.discounts.list(), order.amount.minor, null);
    return sendPage(reply, payPage({ ...about(ground, order, language), now: ground.clock.now(), error, discounts }));
  });

  app.post('/pay', (request, reply) => {
    const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
    const language = readLanguage(form.get('lang'));
    const order = ground.books.findByToken(form.get('order') ?? '');
    if (order === undefined) return sendPage(reply.status(404), gonePage(ground.side.brand, language));
    return reply.redirect(act(ground, order, form, language), 303);
  });

  app.get<{ Querystring: Partial<PageQuery> }>('/pay/result', async (request, reply) => {
    const language = readLanguage(request.query.lang);
    const order = ground.books.findByToken(request.query.order ?? '');
    if (order === undefined) return sendPage(reply.status(404), gonePage(ground.side.brand, language));
    const canRetry = isPayable(ground, order);
    if (canRetry && order.lastCode === null) return reply.redirect(payPath(order, language), 303);
    const back = await ground.side.wayBack(order);
    return sendPage(reply, resultPage({ ...about(ground, order, language), canRetry, back }), true);
  });

  app.get<{ Querystring: { text?: string; lang?: string } }>('/sandbox/scan', (request, reply) => {
    const { text = '', lang } = request.query;
    const language = readLanguage(lang);
    const order = text.length > SANDBOX_SCAN_CHARS_MAX ? null : (ground.side.scan?.(text) ?? null);
    if (order !== null) return reply.redirect(payPath(order, language), 303);
    return sendPage(reply, scanPage(ground.side.brand, isWebLink(text) ? text : null, language));
  });
}

/** An address that a browser may be sent to. */
export function isWebLink(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text) && text.length <= SANDBOX_SCAN_CHARS_MAX;
}

/** Where a browser goes to pay this order. */
export function payPath(order: Order, language?: Language): string {
  return `/pay?order=${order.token}${language === undefined ? '' : `&lang=${language}`}`;
}

/** Sends a page with the headers that every page here has. `leaves`: it has a form that goes to the merchant. */
export function sendPage(reply: FastifyReply, page: Html, leaves = false): FastifyReply {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "font-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    // The merchant's answer may redirect anywhere.
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
    .send(page.toString());
}

async function registerAssets(app: FastifyInstance, brand: Brand): Promise<void> {
  const asset = { decorateReply: false, index: false, maxAge: '1h' } as const;
  await app.register(fastifyStatic, { ...asset, root: ASSETS_DIR, prefix: '/assets/' });
  await app.register(fastifyStatic, { ...asset, root: FONT_DIR, prefix: '/font/', maxAge: '365d', immutable: true });
  const { colour, colourDeep, ink = '#fff', colourOnWhite = colour } = brand;
  const colours = `:root { --brand: ${colour}; --brand-deep: ${colourDeep}; --brand-ink: ${ink}; --brand-dark: ${colourOnWhite}; }\n`;
  app.get('/assets/brand.css', (_request, reply) => reply.type('text/css;charset=UTF-8').send(colours));
  app.get('/assets/mark.svg', (_request, reply) => reply.type('image/svg+xml').send(brand.markSvg));
}

/** Does what a button asks for and says where the browser goes next. */
function act(ground: Ground, order: Order, form: URLSearchParams, language: Language): string {
  const result = resultPath(order, language);
  const { codes, brand } = ground.side;
  const again = (code: string) => `${payPath(order, language)}&error=${code}`;
  if (!isPayable(ground, order)) return result;
  switch (form.get('action') ?? '') {
    case 'pay': {
      const cardIndex = Number(form.get('card') ?? '0');
      const pin = form.get('pin') ?? '';
      if (cardsOf(brand.balance)[cardIndex] === undefined || !/^\d{6}$/.test(pin)) return again(codes.wrongPin);
      if (pin === WRONG_PIN) {
        declineOrder(ground, order, codes.wrongPin);
        return again(codes.wrongPin);
      }
      const code = payOrder(ground, order, { cardIndex });
      return codes.isPaid(code) ? result : again(code);
    }
    case 'decline':
      declineOrder(
        ground,
        order,
        codes.declines.find((code) => code === form.get('reason')) ?? codes.declines[0] ?? codes.noFunds,
      );
      return result;
    case 'expire':
      closeOrder(ground, order);
      return result;
    default:
      return payPath(order, language);
  }
}

function findOrder(ground: Ground, query: Partial<PageQuery>): Order | undefined {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(query)) if (typeof value === 'string') given[name] = value;
  return ground.books.findByToken(given.order ?? '') ?? ground.side.findOrder?.(given);
}

function knownCodes(ground: Ground): string[] {
  const { declines, wrongPin, noFunds, cardFrozen } = ground.side.codes;
  return [...declines, wrongPin, noFunds, cardFrozen];
}

function about(ground: Ground, order: Order, language: Language) {
  const { brand, codes } = ground.side;
  const named = ground.side.merchants().find(({ merchantNo }) => merchantNo === order.merchantNo)?.name;
  return { order, merchant: named ?? order.merchantNo, brand, codes, language };
}

export function resultPath(order: Order, language: Language): string {
  return `/pay/result?order=${order.token}&lang=${language}`;
}

import type { FastifyInstance } from 'fastify';
import QRCode from 'qrcode';
import { rawHtml } from '../../../base/html.ts';
import type { Ground } from './ground.ts';
import { codePage, homePage, type HomeRow } from './home-html.ts';
import { CODE_BUYERS } from './order.ts';
import { payPath, resultPath, sendPage } from './page.ts';
import { type Language, readLanguage } from './page-text.ts';
import { mintPaymentCode, readPaymentCode } from './payment-codes.ts';
import { isPayable } from './payments.ts';

const ROWS_MAX = 10;

/** The pretend app when nothing is to be paid: scan a code, show a payment code, look at what happened. */
export function registerHome(app: FastifyInstance, ground: Ground): void {
  app.get('/', (_request, reply) => reply.redirect('/app', 303));

  app.get<{ Querystring: { lang?: string } }>('/app', (request, reply) => {
    const language = readLanguage(request.query.lang);
    const { brand, mintCode } = ground.side;
    const rows = latestRows(ground, language);
    return sendPage(reply, homePage({ brand, language, hasCodes: mintCode !== undefined, rows }));
  });

  app.post('/app/codes', (request, reply) => {
    const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
    const buyer = CODE_BUYERS.find((one) => one === form.get('buyer')) ?? 'pays';
    const code = mintPaymentCode(ground, buyer);
    return reply.redirect(`/app/codes/${code}?lang=${readLanguage(form.get('lang'))}`, 303);
  });

  app.get<{ Params: { code: string }; Querystring: { lang?: string } }>('/app/codes/:code', async (request, reply) => {
    const { code } = request.params;
    const language = readLanguage(request.query.lang);
    const kept = ground.books.codes.get(code);
    const order = ground.books.find(kept?.usedBy ?? '');
    if (order !== undefined) {
      return reply.redirect(isPayable(ground, order) ? payPath(order, language) : resultPath(order, language), 303);
    }
    const isGood = readPaymentCode(ground, code) !== null;
    const picture = isGood ? rawHtml(await QRCode.toString(code, { type: 'svg', margin: 2 })) : null;
    return sendPage(reply, codePage({ brand: ground.side.brand, language, code, picture }));
  });
}

function latestRows(ground: Ground, language: Language): HomeRow[] {
  const latest = [...ground.books.orders.values()].slice(-ROWS_MAX).reverse();
  return latest.map((order) => {
    const path = isPayable(ground, order) ? payPath(order, language) : resultPath(order, language);
    return { order, path: order.kind === 'payment' ? path : null };
  });
}

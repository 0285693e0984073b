import type { FastifyInstance } from 'fastify';
import type { Random } from '../../../base/random.ts';
import type { Order } from '../ground/order.ts';
import { gonePage } from '../ground/page-html.ts';
import { payPath, sendPage } from '../ground/page.ts';
import { BRAND } from './brand.ts';
import type { Gateway } from './gateway.ts';

// 银联二维码: https://qr.95516.com/<institution>/<number>; 00010000 is UnionPay itself. Here it stands at our own address.
const INSTITUTION = '00010000';
const NUMBER_DIGITS = 28;

/** The text of a code that a merchant shows (主扫). */
export function shownCodeOf(gateway: Gateway, order: Order): string {
  return `${gateway.url}/${INSTITUTION}/${order.wire.codeNumber ?? ''}`;
}

/** The order behind such a text; null when it is none of ours. */
export function findShownCode(gateway: Gateway, text: string): Order | null {
  const lead = `${gateway.url}/${INSTITUTION}/`;
  return text.startsWith(lead) ? (gateway.books.findByWire('codeNumber', text.slice(lead.length)) ?? null) : null;
}

/** Whoever opens the code in a browser comes to the pretend app too: it is where the code is scanned here. */
export function registerShownCodes(app: FastifyInstance, gateway: Gateway): void {
  app.get<{ Params: { number: string } }>(`/${INSTITUTION}/:number`, (request, reply) => {
    const order = gateway.books.findByWire('codeNumber', request.params.number);
    if (order === undefined) return sendPage(reply.status(404), gonePage(BRAND, 'zh'));
    return reply.redirect(payPath(order), 303);
  });
}

export function newCodeNumber(random: Random): string {
  return digits(random, NUMBER_DIGITS);
}

/** So many digits by chance, leading zeros included. */
export function digits(random: Random, count: number): string {
  const number = BigInt(`0x${random.bytes(count).toString('hex')}`) % 10n ** BigInt(count);
  return number.toString().padStart(count, '0');
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { createLinksStandIn, type LinksStandIn } from './links-stand-in.ts';

/**
 * What the demo shop sees of Hutong, when only the shop is under test: it takes payments and refunds as the API does, has
 * one page for a cashier, and signs webhooks with a foreign library.
 */
export interface ApiStandIn {
  url: string;
  secret: string;
  /** [method and path, Idempotency-Key, body] of every call, in order. */
  calls: [string, string | undefined, Record<string, unknown>][];
  /** While true, every call is refused with 503. */
  isDown: boolean;
  /** The state that `GET /v1/payments/…` tells. */
  paymentState: 'requires_payment_method' | 'succeeded' | 'canceled';
  /** Headers and body of a genuine webhook. */
  sign(id: string, message: { type: string; data: object }): { headers: Record<string, string>; body: string };
  paymentOf(orderNo: string, minor: string): object;
  refundOf(orderNo: string, state: 'pending' | 'succeeded'): object;
  /** What `POST /v1/offers/quote` answers, best first; null where there is no such route. */
  quotes: object[] | null;
  links: LinksStandIn;
  stop(): Promise<void>;
}

export async function startApiStandIn(): Promise<ApiStandIn> {
  const server = createServer((request, response) => void answer(standIn, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in listens on a port');
  const url = `http://127.0.0.1:${address.port}`;
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const standIn: ApiStandIn = {
    url,
    secret,
    calls: [],
    isDown: false,
    paymentState: 'requires_payment_method',
    quotes: null,
    links: createLinksStandIn(url),
    sign(id, { type, data }) {
      const at = new Date();
      const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
      const signature = new Webhook(secret).sign(id, at, body);
      const headers = {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': signature,
      };
      return { headers, body };
    },
    paymentOf: (orderNo, minor) => payment(url, standIn.paymentState, orderNo, { currency: 'CNY', minor }),
    refundOf: (orderNo, state) => refund(orderNo, state),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return standIn;
}

async function answer(standIn: ApiStandIn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', standIn.url);
  if (pathname.startsWith('/c/')) {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p data-testid="cashier">cashier</p>');
    return;
  }
  if (pathname.endsWith('/card.png')) {
    response.writeHead(200, { 'content-type': 'image/png' }).end(CARD);
    return;
  }
  const body = await readJson(request);
  const key = request.headers['idempotency-key'];
  standIn.calls.push([`${request.method} ${pathname}`, Array.isArray(key) ? key[0] : key, body]);
  const [status, reply] = standIn.isDown
    ? [503, { title: 'Too busy', status: 503, detail: 'down', code: 'overloaded', retryable: true }]
    : reply2xx(standIn, request.method ?? '', pathname, body);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
}

function reply2xx(standIn: ApiStandIn, method: string, path: string, body: Record<string, unknown>): [number, object] {
  const linked = standIn.links.answer(method, path, body);
  if (linked !== null) return linked;
  if (path.endsWith('/refunds')) return [201, refund(path.split('/')[3]?.slice('pay_'.length) ?? '', 'pending')];
  if (path === '/v1/offers/quote')
    return standIn.quotes === null
      ? [
          404,
          { title: 'There is no such thing here', status: 404, detail: 'none', code: 'not_found', retryable: false },
        ]
      : [200, { at: new Date().toISOString(), quotes: standIn.quotes }];
  if (method === 'GET') {
    const orderNo = path.split('_')[1] ?? '';
    const created = standIn.calls.find(([, , sent]) => sent['order_no'] === orderNo)?.[2];
    return [200, payment(standIn.url, standIn.paymentState, orderNo, created?.['amount'])];
  }
  return [201, payment(standIn.url, 'requires_payment_method', String(body['order_no']), body['amount'])];
}

/** One grey pixel. */
const CARD = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);

/** Every paid order has this one. */
const offer = {
  offer_id: 'off_1',
  name: { 'zh-CN': '云闪付满减', en: 'UnionPay offer' },
  kind: 'threshold',
  by: 'hutong',
  amount: yuan('500'),
  paid_by: [{ funder: 'wallet', owner: 'unionpay', amount: yuan('500') }],
};

function refund(orderNo: string, state: 'pending' | 'succeeded'): object {
  return {
    id: 'rf_1',
    object: 'refund',
    payment_id: `pay_${orderNo}`,
    amount: yuan('9900'),
    through_wallet: yuan('9400'),
    buyer_received: state === 'succeeded' ? yuan('9400') : null,
    state,
    automatic: false,
  };
}

function yuan(minor: string): { currency: string; minor: string } {
  return { currency: 'CNY', minor };
}

function payment(url: string, state: string, orderNo: string, amount: unknown): object {
  const { minor } = (amount ?? yuan('0')) as { minor: string }; // as the shop sent it
  return {
    id: `pay_${orderNo}`,
    object: 'payment',
    order_no: orderNo,
    amount,
    state,
    wallet: state === 'succeeded' ? 'unionpay' : null,
    discount: yuan(state === 'succeeded' ? '500' : '0'),
    buyer_paid: state === 'succeeded' ? yuan(String(Number(minor) - 500)) : null,
    attempts: state === 'succeeded' ? [{ settled: 'accepted', offers: [offer], wallet_discounts: [] }] : [],
    cashier_url: `${url}/c/pay_${orderNo}/tok`,
  };
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : JSON.parse(text);
}

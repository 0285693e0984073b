import type { FastifyInstance } from 'fastify';
import { SANDBOX_LIST_ITEMS_MAX } from '../../../base/limits.ts';
import { addMoney, money } from '../../../money/money.ts';
import { CARDS } from './cards.ts';
import { outcomeCode } from './describe.ts';
import { FAULT_KINDS, FAULT_OPERATIONS, type Fault } from './fault.ts';
import type { Gateway } from './gateway.ts';
import type { Order } from './orders.ts';
import { OrderStateError, declineOrder, expireOrder, payOrder } from './payments.ts';
import { type MerchantSettings, toSettings } from './settings.ts';

/** One transaction of the books, as told to tests, the command line and other processes. */
export interface ShownOrder {
  mer_id: string;
  order_no: string;
  txn_time: string;
  txn_type: '01' | '04' | '31';
  amount_fen: string;
  state: Order['state'];
  /** As a query would tell it: 00 or A6 done, 05 not yet, else failed. */
  resp_code: string;
  tn: string | null;
  query_id: string | null;
  original_order_no: string | null;
  settled_at: string | null;
  /** Payments: what was taken back and has finished. */
  refunded_fen: string;
  notify_tries: number;
  notify_acknowledged: boolean;
}

/** What moved for one merchant by the gateway's own books. */
interface ShownTotals {
  mer_id: string;
  payments: number;
  paid_fen: string;
  refunds: number;
  refunded_fen: string;
  /** Paid minus refunded. */
  net_fen: string;
}

interface PayOptions {
  /** Which pretend card, from 0; the first pays. */
  card?: number;
  /** Ends like this, whatever the card says; `A6` is a success with a flaw. */
  respCode?: string;
  /** The bank's success arrives although the time to pay is over. */
  late?: boolean;
  merId?: string;
}

/** The hands of a test: what a payer or a bad day would do. */
export interface Control {
  pay(orderNo: string, options?: PayOptions): string;
  decline(orderNo: string, respCode: string, merId?: string): void;
  expire(orderNo: string, merId?: string): void;
  orders(filter?: { orderNo?: string; merId?: string }): ShownOrder[];
  totals(): ShownTotals[];
}

export function createControl(gateway: Gateway): Control {
  const need = (orderNo: string, merId?: string): Order => {
    const found = gateway.books
      .listByOrderId(orderNo)
      .filter((order) => order.txnType === '01' && (merId === undefined || order.merId === merId));
    const last = found.at(-1);
    if (last === undefined) throw new OrderStateError(`there is no payment ${orderNo}`);
    return last;
  };
  return {
    pay: (orderNo, options = {}) =>
      payOrder(gateway, need(orderNo, options.merId), {
        cardIndex: options.card ?? 0,
        late: options.late ?? false,
        ...(options.respCode === undefined ? {} : { respCode: options.respCode }),
      }),
    decline: (orderNo, respCode, merId) => declineOrder(gateway, need(orderNo, merId), respCode),
    expire: (orderNo, merId) => expireOrder(gateway, need(orderNo, merId)),
    orders: (filter = {}) => {
      const from =
        filter.orderNo === undefined ? [...gateway.books.orders.values()] : gateway.books.listByOrderId(filter.orderNo);
      return from
        .filter((order) => filter.merId === undefined || order.merId === filter.merId)
        .map((order) => showOrder(gateway, order));
    },
    totals: () => [...gateway.keys.merchants.keys()].map((merId) => showTotals(gateway, merId)),
  };
}

interface OrderBody {
  card?: number;
  resp_code?: string;
  late?: boolean;
  mer_id?: string;
}

const CODE = { type: 'string', pattern: '^[0-9A-Z]{2}$' } as const;
const ORDER_BODY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    card: { type: 'integer', minimum: 0, maximum: CARDS.length - 1 },
    resp_code: CODE,
    late: { type: 'boolean' },
    mer_id: { type: 'string' },
  },
} as const;
const FAULT_BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['operation', 'kind'],
  properties: {
    operation: { enum: FAULT_OPERATIONS },
    kind: { enum: FAULT_KINDS },
    value: { type: ['string', 'number'] },
    times: { type: 'integer', minimum: 1 },
    orderNo: { type: 'string' },
  },
} as const;

/** The same hands over HTTP, JSON under /sandbox/. Only for this machine, and never for a web page: see the host check. */
export function registerControlRoutes(
  app: FastifyInstance,
  gateway: Gateway,
  control: Control,
  url: () => string,
): void {
  app.addHook('onRequest', async (request, reply) => {
    // A page somewhere whose name points to this machine must not reach us; forms cannot send JSON across origins.
    if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(request.headers.host ?? '')) {
      await reply.status(403).send({ error: 'only for this machine' });
    }
  });
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof OrderStateError || error instanceof RangeError) {
      return reply.status(409).send({ error: error.message });
    }
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    return reply.status(status).send({ error: error instanceof Error ? error.message : 'unknown' });
  });

  app.get<{ Querystring: { order_no?: string; mer_id?: string; after?: string } }>('/orders', (request) => {
    const { order_no, mer_id, after = '0' } = request.query;
    const all = control.orders({
      ...(order_no === undefined ? {} : { orderNo: order_no }),
      ...(mer_id === undefined ? {} : { merId: mer_id }),
    });
    const from = Number(after) || 0;
    const data = all.slice(from, from + SANDBOX_LIST_ITEMS_MAX);
    return { data, next_after: from + data.length < all.length ? from + data.length : null };
  });
  app.post<{ Params: { orderNo: string }; Body: OrderBody | null }>(
    '/orders/:orderNo/pay',
    { schema: { body: { ...ORDER_BODY, type: ['object', 'null'] } } },
    (request) => {
      const { card, resp_code, late, mer_id } = request.body ?? {};
      const respCode = control.pay(request.params.orderNo, {
        ...(card === undefined ? {} : { card }),
        ...(resp_code === undefined ? {} : { respCode: resp_code }),
        ...(late === undefined ? {} : { late }),
        ...(mer_id === undefined ? {} : { merId: mer_id }),
      });
      return { resp_code: respCode };
    },
  );
  app.post<{ Params: { orderNo: string }; Body: OrderBody }>(
    '/orders/:orderNo/decline',
    { schema: { body: { ...ORDER_BODY, required: ['resp_code'] } } },
    (request) => {
      control.decline(request.params.orderNo, request.body.resp_code ?? '60', request.body.mer_id);
      return { resp_code: request.body.resp_code };
    },
  );
  app.post<{ Params: { orderNo: string }; Body: OrderBody | null }>(
    '/orders/:orderNo/expire',
    { schema: { body: { ...ORDER_BODY, type: ['object', 'null'] } } },
    (request) => {
      control.expire(request.params.orderNo, request.body?.mer_id);
      return { resp_code: '69' };
    },
  );
  app.get('/totals', () => ({ data: control.totals() }));
  app.get('/merchants', () => ({ data: listSettings(gateway, url()) }));
  app.get('/notifications', () => ({ data: gateway.notifier.sent() }));
  app.get('/faults', () => ({ data: gateway.faults.list() }));
  app.post<{ Body: Fault }>('/faults', { schema: { body: FAULT_BODY } }, (request) => {
    gateway.faults.set(request.body);
    return { data: gateway.faults.list() };
  });
  app.delete('/faults', () => {
    gateway.faults.clear();
    return { data: [] };
  });
}

export function listSettings(gateway: Gateway, url: string): MerchantSettings[] {
  return [...gateway.keys.merchants.values()].map((merchant) => toSettings(merchant, gateway.keys, url));
}

function showOrder(gateway: Gateway, order: Order): ShownOrder {
  const original = order.originalKey === null ? undefined : gateway.books.orders.get(order.originalKey);
  return {
    mer_id: order.merId,
    order_no: order.orderId,
    txn_time: order.txnTime,
    txn_type: order.txnType,
    amount_fen: order.amountFen,
    state: order.state,
    resp_code: outcomeCode(gateway, order),
    tn: order.tn,
    query_id: order.queryId,
    original_order_no: original?.orderId ?? null,
    settled_at: order.settledAt?.toISOString() ?? null,
    refunded_fen: order.refunded.minor.toString(),
    notify_tries: order.told.tries,
    notify_acknowledged: order.told.acknowledged,
  };
}

function showTotals(gateway: Gateway, merId: string): ShownTotals {
  let paid = money('CNY', 0n);
  let refunded = money('CNY', 0n);
  let payments = 0;
  let refunds = 0;
  for (const order of gateway.books.orders.values()) {
    if (order.merId !== merId || order.state !== 'succeeded') continue;
    if (order.txnType === '01') {
      payments++;
      paid = addMoney(paid, order.amount);
    } else {
      refunds++;
      refunded = addMoney(refunded, order.amount);
    }
  }
  return {
    mer_id: merId,
    payments,
    paid_fen: paid.minor.toString(),
    refunds,
    refunded_fen: refunded.minor.toString(),
    net_fen: (paid.minor - refunded.minor).toString(),
  };
}

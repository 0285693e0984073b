import type { FastifyInstance } from 'fastify';
import { SANDBOX_LIST_ITEMS_MAX } from '../../../base/limits.ts';
import { cardsOf } from './cards.ts';
import type { Control, PayOptions } from './control.ts';
import {
  DISCOUNT_FUNDERS,
  DISCOUNT_KINDS,
  type DiscountFunder,
  type DiscountKind,
  PLAIN_DISCOUNT,
} from './discounts.ts';
import type { Fault } from './fault.ts';
import type { Ground } from './ground.ts';
import { CODE_BUYERS, type CodeBuyer } from './order.ts';
import { OrderStateError } from './payments.ts';

/** `resp_code` and `mer_id` are UnionPay's words for `code` and `merchant_no`. */
interface OrderBody {
  card?: number;
  code?: string;
  resp_code?: string;
  late?: boolean;
  merchant_no?: string;
  mer_id?: string;
}

/** The hands of `Control` over HTTP, JSON under /sandbox/. Only for this machine, and never for a web page. */
export function registerControlRoutes(app: FastifyInstance, ground: Ground, control: Control): void {
  guardControl(app);
  registerOrderRoutes(app, ground, control);
  app.get('/totals', () => ({ data: control.totals() }));
  app.get('/merchants', () => ({ data: ground.side.settings() }));
  app.get('/notifications', () => ({ data: ground.notifier.sent() }));
  app.post<{ Body: { buyer?: CodeBuyer } | null }>(
    '/payment-codes',
    { schema: { body: { type: ['object', 'null'], properties: { buyer: { enum: CODE_BUYERS } } } } },
    (request) => ({ code: control.paymentCode(request.body?.buyer ?? 'pays') }),
  );
  registerFaultRoutes(app, ground);
  registerDiscountRoutes(app, ground);
}

/** Only for this machine and never for another site's page; what cannot be done is answered 409. */
export function guardControl(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    // A page somewhere must not reach us, neither by a name that points to this machine nor by a call without a body.
    const { host = '', origin } = request.headers;
    const isHere = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host);
    if (!isHere || (origin !== undefined && origin !== `http://${host}`)) {
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
}

function registerOrderRoutes(app: FastifyInstance, ground: Ground, control: Control): void {
  const code = { type: 'string', pattern: '^[0-9A-Za-z._]{1,64}$' };
  const properties = {
    card: { type: 'integer', minimum: 0, maximum: cardsOf(ground.side.brand.balance).length - 1 },
    code,
    resp_code: code,
    late: { type: 'boolean' },
    merchant_no: { type: 'string' },
    mer_id: { type: 'string' },
  };
  const schema = { body: { type: ['object', 'null'], additionalProperties: false, properties } };

  app.get<{ Querystring: { order_no?: string; merchant_no?: string; mer_id?: string; after?: string } }>(
    '/orders',
    (request) => {
      const { order_no, merchant_no, mer_id, after = '0' } = request.query;
      const merchantNo = merchant_no ?? mer_id;
      const all = control.orders({
        ...(order_no === undefined ? {} : { orderNo: order_no }),
        ...(merchantNo === undefined ? {} : { merchantNo }),
      });
      const from = Number(after) || 0;
      const data = all.slice(from, from + SANDBOX_LIST_ITEMS_MAX);
      return { data, next_after: from + data.length < all.length ? from + data.length : null };
    },
  );
  type OrderCall = { Params: { orderNo: string }; Body: OrderBody | null };
  app.post<OrderCall>('/orders/:orderNo/pay', { schema }, ({ params, body }) =>
    showCode(control.pay(params.orderNo, toPayOptions(body ?? {}))),
  );
  app.post<OrderCall>('/orders/:orderNo/decline', { schema }, ({ params, body }) => {
    const { declines, noFunds } = ground.side.codes;
    const reason = body?.code ?? body?.resp_code ?? declines[0] ?? noFunds;
    control.decline(params.orderNo, reason, body?.merchant_no ?? body?.mer_id);
    return showCode(reason);
  });
  app.post<OrderCall>('/orders/:orderNo/expire', { schema }, ({ params, body }) => {
    control.expire(params.orderNo, body?.merchant_no ?? body?.mer_id);
    return showCode(ground.side.codes.timedOut);
  });
}

function toPayOptions(body: OrderBody): PayOptions {
  const code = body.code ?? body.resp_code;
  const merchantNo = body.merchant_no ?? body.mer_id;
  return {
    ...(body.card === undefined ? {} : { card: body.card }),
    ...(code === undefined ? {} : { code }),
    ...(body.late === undefined ? {} : { late: body.late }),
    ...(merchantNo === undefined ? {} : { merchantNo }),
  };
}

function showCode(code: string): { code: string; resp_code: string } {
  return { code, resp_code: code };
}

function registerFaultRoutes(app: FastifyInstance, ground: Ground): void {
  const { operations, kinds } = ground.faults.known();
  const body = {
    type: 'object',
    additionalProperties: false,
    required: ['operation', 'kind'],
    properties: {
      operation: { enum: operations },
      kind: { enum: kinds },
      value: { type: ['string', 'number'] },
      times: { type: 'integer', minimum: 1 },
      orderNo: { type: 'string' },
      order_no: { type: 'string' },
      share: { type: 'integer', minimum: 1, maximum: 100 },
      seed: { type: 'integer', minimum: 0 },
    },
  };
  app.get('/faults', () => ({ data: ground.faults.list(), operations, kinds }));
  app.post<{ Body: Fault & { order_no?: string } }>('/faults', { schema: { body } }, (request) => {
    const { order_no, ...fault } = request.body;
    ground.faults.set(order_no === undefined ? fault : { ...fault, orderNo: order_no });
    return { data: ground.faults.list() };
  });
  app.delete('/faults', () => {
    ground.faults.clear();
    return { data: [] };
  });
}

interface DiscountBody {
  off_fen: number;
  funders?: DiscountFunder[];
  kind?: DiscountKind;
  min_fen?: number;
  gap_fen?: number;
  prefunded?: boolean;
}

function registerDiscountRoutes(app: FastifyInstance, ground: Ground): void {
  const fen = { type: 'integer', minimum: 0 };
  const body = {
    type: 'object',
    additionalProperties: false,
    required: ['off_fen'],
    properties: {
      off_fen: fen,
      funders: { type: 'array', items: { enum: DISCOUNT_FUNDERS } },
      kind: { enum: DISCOUNT_KINDS },
      min_fen: fen,
      gap_fen: fen,
      prefunded: { type: 'boolean' },
    },
  };
  const shown = () => ({
    data: ground.discounts.list().map((one) => ({
      id: one.id,
      off_fen: one.offFen,
      funders: one.funders,
      kind: one.kind,
      min_fen: one.minFen,
      gap_fen: one.gapFen,
      prefunded: one.isPrefunded,
    })),
  });
  app.get('/discounts', shown);
  app.post<{ Body: DiscountBody }>('/discounts', { schema: { body } }, (request) => {
    const { off_fen, min_fen, gap_fen, prefunded, ...same } = request.body;
    ground.discounts.set({
      ...PLAIN_DISCOUNT,
      ...same,
      offFen: off_fen,
      ...(min_fen === undefined ? {} : { minFen: min_fen }),
      ...(gap_fen === undefined ? {} : { gapFen: gap_fen }),
      ...(prefunded === undefined ? {} : { isPrefunded: prefunded }),
    });
    return shown();
  });
  app.delete('/discounts', () => {
    ground.discounts.clear();
    return shown();
  });
}

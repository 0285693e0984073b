import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Fault, faultCode } from '../ground/fault.ts';
import { orderKey } from '../ground/order.ts';
import { sendUnderFault } from '../ground/send-under-fault.ts';
import { bill, billFile } from './bill.ts';
import { type Json, readBody, textAt } from './check-body.ts';
import { bodyOf, checkRequest, signerOf } from './check-request.ts';
import { isErrorCode, UNCLEAR_CODES } from './codes.ts';
import { toRefund, toTransaction } from './describe.ts';
import { answer, type Decision, type Gateway, refuse } from './gateway.ts';
import type { SandboxMerchant } from './keys.ts';
import { placeOrder } from './place-order.ts';
import { newRequestId, sealedHeaders } from './sealed-headers.ts';
import type { OrderKind } from './shapes.ts';
import { sealFor } from './sign.ts';
import { toStamp } from './stamp.ts';
import { close, findPayment, refund, reverse } from './undo.ts';

/** What an address does with a request that is signed as it must be. `fault` names states that nobody knows. */
interface Work {
  operation: string;
  orderNo(request: FastifyRequest, body: Json): string;
  decide(gateway: Gateway, asked: Asked): Decision;
}

interface Asked {
  merchant: SandboxMerchant;
  params: Record<string, string>;
  query: Record<string, string>;
  body: Json;
  fault: Fault | null;
}

/** The addresses of API v3, at the root: merchants sign the whole path. */
export function registerApiRoutes(app: FastifyInstance, gateway: Gateway): void {
  const get = (path: string, work: Work) =>
    app.get(path, { exposeHeadRoute: false }, (request, reply) => handle(gateway, work, request, reply));
  const post = (path: string, work: Work) => app.post(path, (request, reply) => handle(gateway, work, request, reply));
  for (const kind of ['jsapi', 'app', 'h5', 'native', 'codepay'] as const) {
    post(`/v3/pay/transactions/${kind}`, orderWork(kind));
  }
  get('/v3/pay/transactions/out-trade-no/:orderNo', QUERY);
  get('/v3/pay/transactions/id/:id', QUERY_BY_ID);
  post('/v3/pay/transactions/out-trade-no/:orderNo/close', {
    operation: 'close',
    orderNo: fromPath,
    decide: (at, { merchant, params, body }) => close(at, merchant, params['orderNo'] ?? '', body),
  });
  post('/v3/pay/transactions/out-trade-no/:orderNo/reverse', {
    operation: 'reverse',
    orderNo: fromPath,
    decide: (at, { merchant, params, body }) => reverse(at, merchant, params['orderNo'] ?? '', body),
  });
  post('/v3/refund/domestic/refunds', {
    operation: 'refund',
    orderNo: (_request, body) => textAt(body, 'out_refund_no'),
    decide: (at, { merchant, body }) => refund(at, merchant, body),
  });
  get('/v3/refund/domestic/refunds/:orderNo', QUERY_REFUND);
  get('/v3/certificates', {
    operation: 'certificates',
    orderNo: () => '',
    decide: (at, { merchant }) => certificates(at, merchant),
  });
  get('/v3/bill/tradebill', {
    operation: 'bill',
    orderNo: () => '',
    decide: (at, { merchant, query }) => bill(at, merchant, query),
  });
  app.get('/v3/billdownload/file', { exposeHeadRoute: false }, (request, reply) => sendFile(gateway, request, reply));
}

function orderWork(kind: OrderKind): Work {
  return {
    operation: kind,
    orderNo: (_request, body) => textAt(body, 'out_trade_no'),
    decide: (at, { merchant, body }) => placeOrder(at, merchant, kind, body),
  };
}

const QUERY: Work = {
  operation: 'query',
  orderNo: fromPath,
  decide(gateway, { merchant, params, query, fault }) {
    if (query['mchid'] !== merchant.mchid) return refuse('PARAM_ERROR', '参数错误：mchid与签名中的商户号不一致');
    const order = findPayment(gateway, merchant, params['orderNo'] ?? '');
    return order === undefined ? refuse('ORDER_NOT_EXIST') : answer(toTransaction(order, fault));
  },
};

/** Only paid orders have such a number. */
const QUERY_BY_ID: Work = {
  operation: 'query',
  orderNo: () => '',
  decide(gateway, { merchant, params, query, fault }) {
    if (query['mchid'] !== merchant.mchid) return refuse('PARAM_ERROR', '参数错误：mchid与签名中的商户号不一致');
    const order = gateway.books.findByWalletId(params['id'] ?? '');
    const isTheirs = order?.merchantNo === merchant.mchid && order.kind === 'payment';
    return isTheirs ? answer(toTransaction(order, fault)) : refuse('ORDER_NOT_EXIST');
  },
};

const QUERY_REFUND: Work = {
  operation: 'refund_query',
  orderNo: fromPath,
  decide(gateway, { merchant, params, fault }) {
    const found = gateway.books.find(orderKey('refund', merchant.mchid, params['orderNo'] ?? ''));
    return found === undefined ? refuse('RESOURCE_NOT_EXISTS') : answer(toRefund(gateway, found, fault));
  },
};

async function handle(
  gateway: Gateway,
  work: Work,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const body = request.method === 'POST' ? readBody(bodyOf(request)) : {};
  const fault = gateway.faults.take(work.operation, work.orderNo(request, body ?? {}));
  return sendUnderFault(reply, fault, async () => {
    const checked = checkRequest(gateway, request);
    const merchant = checked.ok ? checked.merchant : null;
    const decision = checked.ok
      ? decideUnder(gateway, work, { ...toAsked(request), merchant: checked.merchant, body, fault })
      : checked.refusal;
    return (to) => sendDecision(gateway, request, to, decision, { merchant, fault });
  });
}

/** A fault may answer an error instead; after some errors the work was done all the same. */
function decideUnder(gateway: Gateway, work: Work, asked: Omit<Asked, 'body'> & { body: Json | null }): Decision {
  const { body } = asked;
  if (body === null) return refuse('PARAM_ERROR', '请求体不是合法的JSON');
  const code = faultCode(asked.fault);
  const isQuery = work.operation === 'query' || work.operation === 'refund_query';
  if (code === null || (isQuery && !isErrorCode(code))) return work.decide(gateway, { ...asked, body });
  if (UNCLEAR_CODES.includes(code)) work.decide(gateway, { ...asked, body });
  if (isErrorCode(code)) return refuse(code);
  return { kind: 'error', status: 400, code, message: code, inner: 1 };
}

function sendDecision(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  decision: Decision,
  from: { merchant: SandboxMerchant | null; fault: Fault | null },
): FastifyReply {
  const body = toBody(decision);
  const inner = decision.kind === 'error' ? decision.inner : 0;
  const headers = sealedHeaders(gateway, 'reply', signerOf(gateway, from.merchant, request), body, from.fault);
  reply.status(decision.status).headers({ ...headers, 'request-id': newRequestId(gateway, inner) });
  return body === '' ? reply.send() : reply.type('application/json; charset=utf-8').send(body);
}

function toBody(decision: Decision): string {
  if (decision.kind === 'answer') return decision.json === null ? '' : JSON.stringify(decision.json);
  const { code, message, detail } = decision;
  return JSON.stringify({ code, message, ...(detail === undefined ? {} : { detail }) });
}

/** Every certificate, sealed for the merchant: the one in use and the one that follows. */
function certificates(gateway: Gateway, merchant: SandboxMerchant): Decision {
  if (merchant.mode === 'public_key') return refuse('RESOURCE_NOT_EXISTS', '无可用的平台证书，请使用微信支付公钥');
  const now = gateway.clock.now();
  const data = [gateway.keys.current, gateway.keys.next].map(({ serial, pem }) => ({
    serial_no: serial,
    effective_time: toStamp(now),
    expire_time: toStamp(new Date(now.getTime() + 5 * 365 * 24 * 3_600_000)),
    encrypt_certificate: sealFor(merchant.apiV3Key, 'certificate', pem, gateway.random),
  }));
  return answer({ data });
}

/** The bill itself: asked for with a signature, answered without one. */
async function sendFile(gateway: Gateway, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const fault = gateway.faults.take('bill_file', '');
  return sendUnderFault(reply, fault, async () => {
    const checked = checkRequest(gateway, request);
    const file = checked.ok ? billFile(gateway, checked.merchant, toAsked(request).query) : checked.refusal;
    if (Buffer.isBuffer(file)) return (to) => to.type('application/octet-stream').send(file);
    const merchant = checked.ok ? checked.merchant : null;
    return (to) => sendDecision(gateway, request, to, file, { merchant, fault });
  });
}

function fromPath(request: FastifyRequest): string {
  return toAsked(request).params['orderNo'] ?? '';
}

function toAsked(request: FastifyRequest): Pick<Asked, 'params' | 'query'> {
  return { params: texts(request.params), query: texts(request.query) };
}

function texts(value: unknown): Record<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

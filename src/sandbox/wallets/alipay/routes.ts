import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Fault, faultCode } from '../ground/fault.ts';
import { gonePage, refusedPage } from '../ground/page-html.ts';
import { isWebLink, payPath, sendPage } from '../ground/page.ts';
import { note } from '../ground/payments.ts';
import { sendUnderFault } from '../ground/send-under-fault.ts';
import { writeAnswer } from './answer.ts';
import { billAddress, billFile } from './bill.ts';
import { BRAND, CODES } from './brand.ts';
import { type Checked, checkRequest, readParams } from './check-request.ts';
import { type Call, type Decision, done, type Gateway, gatewayNode, refuse, textOf } from './gateway.ts';
import { registerLogin, token } from './login.ts';
import { queryRefund, refund } from './refund.ts';
import { cancel, close, open, place, query, type Way } from './trade.ts';

/** Which operation of ours, and of the faults, a method is. */
const OPERATIONS: Readonly<Record<string, string>> = {
  'alipay.trade.page.pay': 'page',
  'alipay.trade.wap.pay': 'wap',
  'alipay.trade.app.pay': 'app',
  'alipay.trade.precreate': 'precreate',
  'alipay.trade.create': 'create',
  'alipay.trade.pay': 'charge',
  'alipay.trade.query': 'query',
  'alipay.trade.close': 'close',
  'alipay.trade.cancel': 'cancel',
  'alipay.trade.refund': 'refund',
  'alipay.trade.fastpay.refund.query': 'refund_query',
  'alipay.data.dataservice.bill.downloadurl.query': 'bill',
  'alipay.system.oauth.token': 'token',
  'alipay.open.app.alipaycert.download': 'certificate',
};
const FRONT_OPERATIONS: readonly string[] = ['page', 'wap', 'app'];

/** One address for everything, by GET or POST; and what browsers open besides. */
export function registerGatewayRoutes(app: FastifyInstance, gateway: Gateway): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/gateway.do',
    handler: (request, reply) => {
      const query = request.raw.url?.split('?').slice(1).join('?') ?? '';
      return handle(gateway, query, request.body, reply);
    },
  });
  registerLogin(app, gateway);
  app.get<{ Params: { code: string } }>('/qr/:code', (request, reply) => {
    const order = scan(gateway, request.params.code);
    return order === null ? sendPage(reply.status(404), gonePage(BRAND, 'zh')) : reply.redirect(payPath(order), 303);
  });
  // What stands for AlipayJSBridge's tradePay.
  app.get<{ Querystring: { trade_no?: string; return_url?: string } }>('/cashier', (request, reply) => {
    const order = gateway.books.findByWire('tradeNo', request.query.trade_no ?? '');
    if (order === undefined) return sendPage(reply.status(404), gonePage(BRAND, 'zh'));
    const returnUrl = request.query.return_url ?? '';
    if (isWebLink(returnUrl) && order.wire.returnUrl !== returnUrl) note(gateway, order, { returnUrl });
    return reply.redirect(payPath(order), 303);
  });
  app.get<{ Querystring: { code?: string } }>('/bill', (request, reply) => {
    const file = billFile(gateway, request.query.code ?? '');
    return file === null ? reply.status(404).send() : reply.type('application/zip').send(file);
  });
}

/** The order behind a shown code; being scanned makes it a trade. */
export function scan(gateway: Gateway, code: string) {
  const order = gateway.books.findByWire('qrCode', code);
  if (order === undefined) return null;
  open(gateway, order);
  return order;
}

async function handle(gateway: Gateway, query: string, body: unknown, reply: FastifyReply): Promise<FastifyReply> {
  const params = readParams(query, body) ?? {};
  const checked = checkRequest(gateway, params);
  const operation = OPERATIONS[params.method ?? ''] ?? '';
  const fault = gateway.faults.take(operation, orderNoOf(checked));
  return sendUnderFault(reply, fault, async () => {
    const decision = decideUnder(gateway, checked, operation, fault);
    if (decision.kind === 'page') return (to) => to.redirect(decision.path, 303);
    if (FRONT_OPERATIONS.includes(operation)) return (to) => showRefusal(decision, to);
    const merchant = checked.ok ? checked.call.merchant : checked.merchant;
    const text = writeAnswer(gateway, merchant, params.method ?? '', decision.node, fault);
    const traceId = gateway.random.bytes(16).toString('hex');
    return (to) => to.header('trace_id', traceId).type('text/html;charset=utf-8').send(text);
  });
}

function orderNoOf(checked: Checked): string | undefined {
  if (!checked.ok) return undefined;
  const { content } = checked.call;
  return textOf(content, 'out_request_no') || textOf(content, 'out_trade_no') || undefined;
}

/** A fault may answer another code than what was decided; where that leaves the outcome open, it was done all the same. */
function decideUnder(gateway: Gateway, checked: Checked, operation: string, fault: Fault | null): Decision {
  if (!checked.ok) return { kind: 'node', node: checked.node };
  if (fault?.kind === 'unsigned') return { kind: 'node', node: gatewayNode('40002', 'isv.invalid-signature') };
  const code = faultCode(fault);
  if (code === null) return decide(gateway, checked.call, operation, fault);
  const isOpen = code === '20000' || code.endsWith('SYSTEM_ERROR');
  if (isOpen) decide(gateway, checked.call, operation, null);
  return /^\d+$/.test(code) ? { kind: 'node', node: gatewayNode(code) } : refuse(code);
}

/** Does what a checked request asks for. Synchronous: no other request comes between looking and recording. */
function decide(gateway: Gateway, call: Call, operation: string, fault: Fault | null): Decision {
  switch (operation) {
    case 'query':
      return query(gateway, call, fault);
    case 'close':
      return close(gateway, call);
    case 'cancel':
      return cancel(gateway, call);
    case 'refund':
      return refund(gateway, call);
    case 'refund_query':
      return queryRefund(gateway, call, fault);
    case 'bill':
      return billAddress(gateway, call);
    case 'token':
      return token(gateway, call);
    case 'certificate':
      return certificate(gateway, call);
    default:
      return place(gateway, call, toWay(operation), fault);
  }
}

/** The certificate of a number, with the authority above it, in base64 of its PEM. */
function certificate(gateway: Gateway, call: Call): Decision {
  const sn = textOf(call.content, 'alipay_cert_sn');
  const { signer, next, class2Pem } = gateway.keys;
  const found = [signer, next].find(({ serial }) => serial === sn);
  if (found === undefined) return { kind: 'node', node: gatewayNode('40002', 'isv.invalid-parameter') };
  return done({ alipay_cert_content: Buffer.from(found.certificatePem + class2Pem).toString('base64') });
}

function toWay(operation: string): Way {
  const ways: readonly Way[] = ['page', 'wap', 'app', 'precreate', 'create', 'charge'];
  const way = ways.find((one) => one === operation);
  if (way === undefined) throw new Error(`no method is called ${operation}`);
  return way;
}

/** Nobody is called back: the payer's browser has come, so it gets a page that says why. */
function showRefusal(decision: Extract<Decision, { kind: 'node' }>, reply: FastifyReply): FastifyReply {
  const code = textOf(decision.node, 'sub_code') || textOf(decision.node, 'code');
  const { zh, en } = CODES.text(code);
  return sendPage(reply, refusedPage(BRAND, code, zh, en, null));
}

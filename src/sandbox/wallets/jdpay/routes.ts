import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SANDBOX_FORM_FIELDS_MAX } from '../../../base/limits.ts';
import { faultCode } from '../ground/fault.ts';
import { refusedPage } from '../ground/page-html.ts';
import { payPath, sendPage } from '../ground/page.ts';
import { sendUnderFault } from '../ground/send-under-fault.ts';
import { BRAND, type Result, RESULTS } from './codes.ts';
import { unseal } from './crypt.ts';
import { type Decision, decide, saveOrder } from './decide.ts';
import { findWrong, type Operation } from './fields.ts';
import { bareRefusal, type Fields, openCall, sealMessage } from './message.ts';
import { formText, isSigned } from './sign.ts';
import type { World } from './world.ts';

const OPERATIONS = ['uniorder', 'fkmPay', 'query', 'queryRefund', 'refund', 'revoke'] as const;

/** Three hosts of JD under one origin: /wepay for desktops, /h5pay for phones, /service for servers. */
export function registerRoutes(app: FastifyInstance, world: World): void {
  for (const operation of OPERATIONS) {
    app.post(`/service/${operation}`, (request, reply) => answerCall(world, operation, request, reply));
  }
  app.post('/wepay/jdpay/saveOrder', (request, reply) => answerForm(world, 'web', request, reply));
  app.post('/h5pay/jdpay/saveOrder', (request, reply) => answerForm(world, 'wap', request, reply));
  for (const host of ['wepay', 'h5pay']) {
    app.get<{ Querystring: { key?: string } }>(`/${host}/jdpay/payCashier`, (request, reply) =>
      reply.redirect(`/pay?order=${encodeURIComponent(request.query.key ?? '')}`, 303),
    );
  }
  app.get<{ Querystring: { c?: string } }>('/code', (request, reply) => {
    const order = world.ground.books.findByWire('code', request.query.c ?? '');
    return reply.redirect(order === undefined ? '/pay' : payPath(order), 303);
  });
}

async function answerCall(
  world: World,
  operation: (typeof OPERATIONS)[number],
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { ground, keys } = world;
  const opened = openCall(keys, request.body);
  const orderNo = opened.ok ? opened.fields.get('tradeNum') : undefined;
  const fault = ground.faults.take(operation, orderNo);
  return await sendUnderFault(reply, fault, async () => {
    const xml = (text: string) => (sending: FastifyReply) => sending.type('application/xml;charset=UTF-8').send(text);
    if (!opened.ok) return xml(bareRefusal(opened.merchantNo, opened.result));
    const { merchant, fields } = opened;
    const code = faultCode(fault);
    const decision: Decision =
      code === null
        ? (checked(findWrong(operation, merchant, fields)) ?? decide(world, operation, merchant, fields, fault))
        : { result: { code, desc: '系统繁忙' }, facts: [] };
    return xml(sealMessage(keys, merchant, decision.result, decision.facts, fault));
  });
}

function checked(wrong: Result | null): Decision | null {
  return wrong === null ? null : { result: wrong, facts: [] };
}

/** The buyer's browser: 302 to the cashier, relative on a desktop and absolute on a phone, or a page that says no. */
async function answerForm(
  world: World,
  via: 'web' | 'wap',
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { ground } = world;
  const opened = openForm(world, request.body);
  const orderNo = 'fields' in opened ? opened.fields.get('tradeNum') : undefined;
  const fault = ground.faults.take('saveOrder', orderNo);
  return await sendUnderFault(reply, fault, async () => {
    if (!('fields' in opened)) return refusal(opened, null);
    const { fields, merchant } = opened;
    const code = faultCode(fault);
    const wrong = code === null ? findWrong('saveOrder', merchant, fields) : { code, desc: '系统繁忙' };
    if (wrong !== null) return refusal(wrong, null);
    const { result, order } = saveOrder(world, merchant, fields, via);
    if (result !== RESULTS.ok || order === null) return refusal(result, order === null ? null : payPath(order));
    const ours = order.wire['orderId'] ?? '';
    const path =
      via === 'web'
        ? `payCashier?tradeNum=${order.orderNo}&ourTradeNum=${ours}&key=${order.token}`
        : `${ground.url}/h5pay/jdpay/payCashier?tradeNum=${order.orderNo}&orderId=${ours}&key=${order.token}`;
    return (sending: FastifyReply) => sending.redirect(path, 302);
  });
}

function refusal({ code, desc }: Result, goOnPath: string | null) {
  return (reply: FastifyReply): FastifyReply =>
    sendPage(reply, refusedPage(BRAND, code, desc, 'JD Pay does not take this order.', goOnPath));
}

/** All fields but three are encrypted; the signature is over the clear ones. */
function openForm(world: World, body: unknown) {
  const sent = readForm(body);
  const merchant = world.keys.merchants.get(sent?.get('merchant') ?? '');
  if (sent === null || sent.get('version') !== 'V2.0') return RESULTS.malformed;
  if (merchant === undefined) return RESULTS.noMerchant;
  const fields = new Map<string, string>();
  for (const [name, value] of sent) {
    const clear =
      ['version', 'merchant', 'sign'].includes(name) || value === '' ? value : unseal(value, merchant.desKey);
    if (clear === null) return RESULTS.malformed;
    fields.set(name, clear);
  }
  if (!isSigned(formText(fields), fields.get('sign') ?? '', merchant.publicKey)) return RESULTS.unsigned;
  return { merchant, fields: fields as Fields }; // read only from here on
}

function readForm(body: unknown): Map<string, string> | null {
  if (!Buffer.isBuffer(body)) return null;
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) {
    if (fields.has(name) || fields.size >= SANDBOX_FORM_FIELDS_MAX) return null;
    fields.set(name, value);
  }
  return fields;
}

/** The operations with what the ground calls them. */
export const OPERATION_GROUPS = {
  saveOrder: 'pay',
  uniorder: 'pay',
  fkmPay: 'pay',
  query: 'query',
  queryRefund: 'query',
  refund: 'refund',
  revoke: 'cancel',
} as const satisfies Record<Operation, string>;

import type { FastifyInstance, FastifyReply } from 'fastify';
import { sealFields } from './answer.ts';
import { checkRequest } from './check-request.ts';
import { UNCLEAR_CODES, respMsg } from './codes.ts';
import { decide } from './decide.ts';
import { type Fault, faultDelayMs } from './fault.ts';
import { type Endpoint, operationOf } from './fields.ts';
import { type Fields, isEchoable, readForm, writeRaw } from './form.ts';
import { type Decision, type Gateway, type Refused, refuse } from './gateway.ts';
import type { SandboxMerchant } from './keys.ts';
import { showFailedOrder } from './page.ts';
import { isPayable } from './payments.ts';

// UnionPay 5.1.0, the addresses below the gateway's host; bill files come from a host of their own.
const PATHS: Record<string, Endpoint> = {
  '/gateway/api/frontTransReq.do': 'front',
  '/gateway/api/appTransReq.do': 'app',
  '/gateway/api/backTransReq.do': 'back',
  '/gateway/api/queryTrans.do': 'query',
  '/filedownload': 'file',
  '/filedownload/': 'file',
};

// What an answer repeats from the request, where it was readable.
const ECHOED = ['accessType', 'bizType', 'encoding', 'merId', 'orderId', 'txnSubType', 'txnTime', 'txnType', 'version'];
const ECHOABLE = /^[\x20-\x7e]{1,64}$/;

export function registerGatewayRoutes(app: FastifyInstance, gateway: Gateway): void {
  for (const [path, endpoint] of Object.entries(PATHS)) {
    app.post(path, (request, reply) => handle(gateway, endpoint, request.body, reply));
  }
}

async function handle(gateway: Gateway, endpoint: Endpoint, body: unknown, reply: FastifyReply): Promise<FastifyReply> {
  const fields = Buffer.isBuffer(body) ? readForm(body) : null;
  if (fields === null) return reply.type('text/plain;charset=UTF-8').send('Invalid request.');
  const operation = operationOf(endpoint, fields);
  const fault = operation === null ? null : gateway.faults.take(operation, fields.orderId);
  if (fault?.kind === 'silent') return reply.hijack();
  if (fault?.kind === 'html') {
    return reply
      .type('text/html;charset=UTF-8')
      .send('<!doctype html><title>系统维护中</title><p>系统维护中，请稍后再试。');
  }

  const checked = checkRequest(gateway, endpoint, fields);
  const decision = checked.ok ? decideUnder(fault, () => decide(gateway, checked.operation, fields)) : checked.refusal;
  if (fault?.kind === 'slow' || fault?.kind === 'late') {
    await new Promise((resolve) => setTimeout(resolve, faultDelayMs(fault)));
  }
  if (fault?.kind === 'drop_after') {
    reply.hijack().raw.destroy();
    return reply;
  }
  if (decision.kind === 'page') return reply.redirect(`/pay?order=${decision.token}`, 303);
  if (endpoint === 'front') return showRefusedOrder(gateway, fields, decision, reply);
  return answer(gateway, checked.merchant, fields, decision, fault, reply);
}

/** A fault may answer another code than what was decided, and for some codes nothing is done at all. */
function decideUnder(fault: Fault | null, decideIt: () => Decision): Decision {
  if (fault?.kind === 'resp_code') {
    const value = String(fault.value ?? '06');
    // `orig:05` changes what a query says about the transaction, not whether the query worked.
    if (value.startsWith('orig:')) return withOrigCode(decideIt(), value.slice('orig:'.length));
    if (!UNCLEAR_CODES.has(value)) return refuse(value);
    decideIt();
    return refuse(value);
  }
  const decision = decideIt();
  return fault?.kind === 'duplicate' ? refuse('12') : decision;
}

function withOrigCode(decision: Decision, code: string): Decision {
  if (decision.kind !== 'answer' || decision.fields === undefined) return decision;
  return { ...decision, fields: { ...decision.fields, origRespCode: code, origRespMsg: respMsg(code) } };
}

/** Nobody is called back: the payer's browser has come, so it gets a page that says why. */
function showRefusedOrder(gateway: Gateway, fields: Fields, refused: Refused, reply: FastifyReply): FastifyReply {
  const { merId = '', orderId = '', txnTime = '', signature = '' } = fields;
  const order = gateway.books.find({ merId, orderId, txnTime });
  const isSameRequest = refused.respCode === '12' && order?.signature === signature;
  const goOn = order !== undefined && isSameRequest && isPayable(gateway, order) ? order.token : null;
  return showFailedOrder(reply, refused, goOn);
}

async function answer(
  gateway: Gateway,
  merchant: SandboxMerchant | undefined,
  request: Fields,
  refused: Refused,
  fault: Fault | null,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const echo: Fields = {};
  for (const name of ECHOED) {
    const value = request[name];
    if (value !== undefined && ECHOABLE.test(value) && isEchoable(value)) echo[name] = value;
  }
  const plain = {
    ...echo,
    ...refused.fields,
    respCode: refused.respCode,
    respMsg: respMsg(refused.respCode, refused.detail),
  };
  const sealed = await sealFields(gateway.keys, merchant, plain, fault);
  return reply.type('text/html;charset=UTF-8').send(writeRaw(sealed));
}

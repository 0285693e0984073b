import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Fault } from '../ground/fault.ts';
import { refusedPage } from '../ground/page-html.ts';
import { payPath, sendPage } from '../ground/page.ts';
import { isPayable } from '../ground/payments.ts';
import { sendUnderFault } from '../ground/send-under-fault.ts';
import { sealFields } from './answer.ts';
import { checkRequest } from './check-request.ts';
import { BRAND } from './brand.ts';
import { UNCLEAR_CODES, respMsg, respText } from './codes.ts';
import { decide } from './decide.ts';
import { type Endpoint, operationOf } from './fields.ts';
import { type Fields, isEchoable, readForm, writeRaw } from './form.ts';
import { type Decision, type Gateway, type Refused, refuse } from './gateway.ts';
import type { SandboxMerchant } from './keys.ts';
import { transactionKey } from './numbers.ts';
import { registerShownCodes } from './shown-code.ts';
import { registerUserAuth } from './user-auth.ts';

// UnionPay 5.1.0, the addresses below the gateway's host; bill files come from a host of their own.
const PATHS: Record<string, Endpoint> = {
  '/gateway/api/frontTransReq.do': 'front',
  '/gateway/api/appTransReq.do': 'app',
  '/gateway/api/newAppTransReq.do': 'newApp',
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
  registerShownCodes(app, gateway);
  registerUserAuth(app, gateway);
}

async function handle(gateway: Gateway, endpoint: Endpoint, body: unknown, reply: FastifyReply): Promise<FastifyReply> {
  const fields = Buffer.isBuffer(body) ? readForm(body) : null;
  if (fields === null) return reply.type('text/plain;charset=UTF-8').send('Invalid request.');
  const operation = operationOf(endpoint, fields);
  const fault = operation === null ? null : gateway.faults.take(operation, fields.orderId);
  return sendUnderFault(reply, fault, async () => {
    const checked = checkRequest(gateway, endpoint, fields);
    const decision = checked.ok
      ? decideUnder(fault, () => decide(gateway, checked.operation, fields))
      : checked.refusal;
    if (decision.kind === 'page') return (to) => to.redirect(decision.path, 303);
    if (endpoint === 'front') return (to) => showRefusedOrder(gateway, fields, decision, to);
    const sealed = await sealAnswer(gateway, checked.merchant, fields, decision, fault);
    return (to) => to.type('text/html;charset=UTF-8').send(writeRaw(sealed));
  });
}

/** A fault may answer another code than what was decided, and for some codes nothing is done at all. */
function decideUnder(fault: Fault | null, decideIt: () => Decision): Decision {
  const code = fault?.kind === 'code' ? String(fault.value ?? '06') : null;
  if (code === null) {
    const decision = decideIt();
    return fault?.kind === 'duplicate' ? refuse('12') : decision;
  }
  // `orig:05` changes what a query says about the transaction, not whether the query worked.
  if (code.startsWith('orig:')) return withOrigCode(decideIt(), code.slice('orig:'.length));
  if (UNCLEAR_CODES.has(code)) decideIt();
  return refuse(code);
}

function withOrigCode(decision: Decision, code: string): Decision {
  if (decision.kind !== 'answer' || decision.fields === undefined) return decision;
  return { ...decision, fields: { ...decision.fields, origRespCode: code, origRespMsg: respMsg(code) } };
}

/** Nobody is called back: the payer's browser has come, so it gets a page that says why. It is always 200. */
function showRefusedOrder(gateway: Gateway, fields: Fields, refused: Refused, reply: FastifyReply): FastifyReply {
  const { merId = '', orderId = '', txnTime = '', signature = '' } = fields;
  const order = gateway.books.find(transactionKey({ merId, orderId, txnTime }));
  const isSameRequest = refused.respCode === '12' && order?.fingerprint === signature;
  const goOn = order !== undefined && isSameRequest && isPayable(gateway, order) ? payPath(order) : null;
  const { respCode, detail } = refused;
  return sendPage(reply, refusedPage(BRAND, respCode, respMsg(respCode, detail), respText(respCode, 'en'), goOn));
}

function sealAnswer(
  gateway: Gateway,
  merchant: SandboxMerchant | undefined,
  request: Fields,
  refused: Refused,
  fault: Fault | null,
): Promise<Fields> {
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
  return sealFields(gateway.keys, merchant, plain, fault);
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Fault, faultCode } from '../ground/fault.ts';
import type { Order } from '../ground/order.ts';
import type { Composed } from '../ground/ground.ts';
import { sendUnderFault } from '../ground/send-under-fault.ts';
import { checkRequest, type Checked } from './check-request.ts';
import { showOrder, showRefund } from './show.ts';
import { digestOf, sealMessage, type Seal, type SignedLine } from './sign.ts';
import { type Answer, type Asked, isProblemCode, type OpenSide, problem } from './wallet.ts';

/** Checks a request, lets `decide` decide, and answers signed and bound to it; a fault may spoil each of these. */
export function answerSigned(
  side: OpenSide,
  request: FastifyRequest,
  reply: FastifyReply,
  fault: Fault | null,
  decide: (asked: Asked) => Answer,
): Promise<FastifyReply> {
  return sendUnderFault(reply, fault, async () => {
    const checked = checkRequest(side, request);
    const answer = checked.kind === 'refused' ? checked.answer : decideUnder(fault, () => decide(checked.asked));
    return (to) => send(side, to, answer, checked, fault);
  });
}

/** The wallet's word about itself answers to nobody in particular: it is signed, and bound to no request. */
export function sendUnbound(side: OpenSide, reply: FastifyReply, answer: Answer): FastifyReply {
  return send(side, reply, answer, { lines: [], signature: null }, null);
}

/** A `code` fault that is an error of the protocol is answered instead; with final ones nothing is done at all. */
function decideUnder(fault: Fault | null, decideIt: () => Answer): Answer {
  const code = faultCode(fault);
  if (code === null || !isProblemCode(code)) return decideIt();
  const instead = problem(code);
  if (instead.status >= 500) decideIt();
  return instead;
}

function send(
  side: OpenSide,
  reply: FastifyReply,
  answer: Answer,
  request: Pick<Checked, 'lines' | 'signature'>,
  fault: Fault | null,
): FastifyReply {
  const body = Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(JSON.stringify(answer.body));
  const isBound = request.signature !== null && fault?.kind !== 'unbound';
  const lines: SignedLine[] = [
    { name: '"@status"', value: String(answer.status) },
    { name: '"content-digest"', value: digestOf(body) },
    ...(isBound ? boundTo(request) : []),
  ];
  const headers = fault?.kind === 'unsigned' ? {} : sealMessage(lines, body, sealFor(side, 'owp-reply', fault));
  const kind = Buffer.isBuffer(answer.body) ? 'gzip' : answer.status >= 400 ? 'problem+json' : 'json';
  return reply.status(answer.status).headers(headers).type(`application/${kind}`).send(body);
}

/** All that the request was signed over but its authority, and its signature. */
function boundTo({ lines, signature }: Pick<Checked, 'lines' | 'signature'>): SignedLine[] {
  return [
    ...lines.filter(({ name }) => name !== '"@authority"').map(({ name, value }) => ({ name: `${name};req`, value })),
    { name: '"signature";req;key="owp"', value: `:${signature?.signature ?? ''}:` },
  ];
}

function sealFor(side: OpenSide, tag: Seal['tag'], fault: Fault | null): Seal {
  const { keys, ground } = side;
  const key = fault?.kind === 'bad_signature' ? keys.foreign : keys.wallet[fault?.kind === 'next_key' ? 1 : 0];
  return {
    key,
    tag,
    atSeconds: Math.floor(ground.clock.now().getTime() / 1000),
    nonce: ground.random.bytes(16).toString('base64url'),
  };
}

/** One notification, signed anew for each delivery. */
export function composeNotification(side: OpenSide, order: Order, fault: Fault | null): Composed {
  const about =
    order.kind === 'payment'
      ? { type: 'order', merchant_no: order.merchantNo, order: showOrder(side, order, fault) }
      : { type: 'refund', merchant_no: order.merchantNo, refund: showRefund(order, fault) };
  const body = Buffer.from(JSON.stringify(about));
  const lines = [
    { name: '"@method"', value: 'POST' },
    { name: '"content-digest"', value: digestOf(body) },
  ];
  const seal = fault?.kind === 'unsigned' ? {} : sealMessage(lines, body, sealFor(side, 'owp-notification', fault));
  return { headers: { 'content-type': 'application/json', ...seal }, body: body.toString('utf8') };
}

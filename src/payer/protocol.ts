import { BATCH_ITEMS_MAX, BATCH_QUEUE_MAX } from '../base/limits.ts';
import { toProblem as toHttpProblem } from '../base/problem.ts';
import { createBatch } from '../db/batch.ts';
import type { Members } from '../wallets/open/parse.ts';
import { readOrderNo } from '../wallets/open/parse.ts';
import { type Answer, problem } from './answer.ts';
import { believeRequest, type Binding, type ProtocolRequest } from './believe-request.ts';
import { insertNonces } from './code-store.ts';
import { createOrder } from './create-order.ts';
import { createRefund } from './create-refund.ts';
import { answerStatement } from './daily-statement.ts';
import { endOrder } from './end-order.ts';
import { answerManifest } from './manifest.ts';
import { API_PATH } from './order.ts';
import { exchangePayerCode } from './payer-codes.ts';
import type { ProtocolSide } from './protocol-side.ts';
import { queryOrder, queryRefund } from './query.ts';
import { readEnd, readMembers, readNewOrder, readNewRefund, readPayerCode } from './read-request.ts';
import type { ShopWithKeys } from './shop-store.ts';
import { type ProtocolReply, signReply } from './sign-reply.ts';

/** The wallet's side of docs/open-wallet-protocol.md, without a transport: requests in, signed replies out. */
export interface Protocol {
  /** Everything below `API_PATH` but the page `authorize`. Never throws: what goes wrong is a signed `internal_error` or `unavailable`. */
  answer(request: ProtocolRequest): Promise<ProtocolReply>;
  manifest(): Promise<ProtocolReply>;
  close(): Promise<void>;
}

/** A request that is believed. */
interface Asked {
  shop: ShopWithKeys;
  /** When its signature is over. */
  until: Date;
  members: Members;
}

export function openProtocol(side: ProtocolSide): Protocol {
  const { deps } = side;
  const nonces = createBatch<{ merchantNo: string; nonce: string; expiresAt: Date }, boolean>({
    name: 'nonces of the wallet',
    sql: deps.sql,
    itemsMax: BATCH_ITEMS_MAX,
    queueMax: BATCH_QUEUE_MAX,
    run: (tx, items) => insertNonces(tx, deps.book, items),
  });

  async function decide(request: ProtocolRequest): Promise<{ answer: Answer; binding: Binding }> {
    const believed = await believeRequest(deps, request, deps.clock.now());
    const { binding } = believed;
    if (believed.kind === 'refused') return { answer: problem(believed.code, believed.detail), binding };
    try {
      return { answer: await answerBelieved(request, believed), binding };
    } catch (error) {
      return { answer: toProblem(side, error), binding };
    }
  }

  async function answerBelieved(
    request: ProtocolRequest,
    { shop, nonce, expiresAt }: { shop: ShopWithKeys; nonce: string; expiresAt: Date },
  ): Promise<Answer> {
    const isFresh = await nonces.submit({ merchantNo: shop.merchantNo, nonce, expiresAt });
    if (!isFresh) return problem('nonce_used');
    const members = readMembers(request);
    const path = request.target.split('?')[0] ?? '';
    const route = path.startsWith(`${API_PATH}/`) ? findRoute(request.method, path.slice(API_PATH.length)) : null;
    if (route === null) return problem('not_found');
    if (members === null) return problem('malformed', 'the body');
    return await route(side, { shop, until: expiresAt, members });
  }

  return {
    async answer(request) {
      let decided: { answer: Answer; binding: Binding };
      try {
        decided = await decide(request);
      } catch (error) {
        decided = { answer: toProblem(side, error), binding: null };
      }
      return await signReply(deps, side.keys, decided.answer, decided.binding);
    },
    async manifest() {
      return await signReply(deps, side.keys, await answerManifest(side), null);
    },
    close: () => nonces.close(),
  };
}

type Route = (side: ProtocolSide, asked: Asked) => Promise<Answer>;

const MALFORMED = (detail: string): Promise<Answer> => Promise.resolve(problem('malformed', detail));

/** Null where there is no such address. The number stands in the path, so it is read here. */
function findRoute(method: string, path: string): Route | null {
  const [, kind = '', no = '', act = '', more] = path.split('/');
  if (more !== undefined || (no === '') !== (kind === 'payers')) return null;
  switch (`${method} ${kind}${act === '' ? '' : `/${act}`}`) {
    case 'POST orders':
      return numbered(no, (side, { shop, members }) => {
        const wanted = readNewOrder(members);
        return wanted === null ? MALFORMED('') : createOrder(side, shop, no, wanted);
      });
    case 'GET orders':
      return numbered(no, (side, { shop }) => queryOrder(side, shop, no));
    case 'POST orders/close':
      return numbered(no, (side, asked) => end(side, asked, no, 'close'));
    case 'POST orders/undo':
      return numbered(no, (side, asked) => end(side, asked, no, 'undo'));
    case 'POST refunds':
      return numbered(no, (side, { shop, members, until }) => {
        const wanted = readNewRefund(members);
        return wanted === null ? MALFORMED('') : createRefund(side, shop, no, wanted, until);
      });
    case 'GET refunds':
      return numbered(no, (side, { shop }) => queryRefund(side, shop, no));
    case 'GET statements':
      return (side, { shop }) => answerStatement(side, shop, no);
    case 'POST payers':
      return (side, { shop, members }) => {
        const code = readPayerCode(members);
        return code === null ? MALFORMED('code') : exchangePayerCode(side, shop, code);
      };
    default:
      return null;
  }
}

function numbered(no: string, route: Route): Route {
  return readOrderNo(no) === null ? () => MALFORMED('not a number of 8 to 32 letters and digits') : route;
}

function end(side: ProtocolSide, { shop, members }: Asked, no: string, how: 'close' | 'undo'): Promise<Answer> {
  const amountMinor = readEnd(members);
  return amountMinor === null ? MALFORMED('amount') : endOrder(side, shop, no, { how, amountMinor });
}

/** Whether it was done is not known then: neither code is final. */
function toProblem({ deps }: ProtocolSide, error: unknown): Answer {
  // The database being away is one of them: over in a moment, and no fault of ours.
  const { code } = toHttpProblem(error, '').body;
  if (code === 'overloaded' || code === 'unavailable') return problem('unavailable');
  deps.log.error({ error }, 'a request of a shop failed');
  return problem('internal_error');
}

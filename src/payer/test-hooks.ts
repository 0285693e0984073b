import { newId } from '../base/id.ts';
import { readStrictJson } from '../base/strict-json.ts';
import { shanghaiDay } from '../base/shanghai.ts';
import { type Members, membersOf, readOrderNo } from '../wallets/open/parse.ts';
import { beginPaying, checkPayable } from './decide-order.ts';
import { SETTLE_WAIT_MS } from './figures.ts';
import { findMoves } from './move-store.ts';
import { findNewestByNumber } from './order-store.ts';
import { mintGrant } from './payer-codes.ts';
import type { PayerDeps, TestBuyer } from './payer-deps.ts';
import { mintCode } from './payment-codes.ts';
import type { ProtocolSide } from './protocol-side.ts';
import { runMoveQuietly } from './run-moves.ts';
import { findShop } from './shop-store.ts';
import { insertEndedDay } from './statement-store.ts';

export interface HookReply {
  status: number;
  body: object;
}

const NOT_FOUND: HookReply = { status: 404, body: { error: 'there is no such test hook' } };

/**
 * docs/open-wallet-protocol.md, appendix A: plays the buyer, in test mode only. `path` begins below the hooks' address. Real orders and real
 * moves over the pretend banks' rail; only the proof is left out.
 */
export async function answerHook(side: ProtocolSide, path: string, body: Buffer): Promise<HookReply> {
  const { deps } = side;
  if (deps.testBuyers === null) return NOT_FOUND;
  const members = readBody(body);
  if (members === null) return { status: 400, body: { error: 'not a JSON object' } };
  const buyers = await deps.testBuyers();
  const [, orderNo, act] = /^\/orders\/([0-9A-Za-z]{8,32})\/(pay|decline)$/.exec(path) ?? [];
  if (orderNo !== undefined && act === 'pay') return await play(side, orderNo, act, buyers.pays);
  if (orderNo !== undefined) return await play(side, orderNo, 'decline', buyers.declines);
  if (path === '/payment-codes') return await giveCode(deps, members['buyer'], buyers);
  if (path === '/payer-codes') return await givePayerCode(deps, members['merchant_no'], buyers.pays);
  if (path !== '/day-end') return NOT_FOUND;
  const day = shanghaiDay(deps.clock.now());
  await insertEndedDay(deps.sql, deps.book, day);
  return { status: 200, body: { day } };
}

/** A try by this buyer; one whose account is empty is declined by the bank. */
async function play(
  side: ProtocolSide,
  orderNo: string,
  wants: 'pay' | 'decline',
  buyer: TestBuyer,
): Promise<HookReply> {
  const { deps, lane } = side;
  const found = readOrderNo(orderNo) === null ? null : await findNewestByNumber(deps.sql, deps.book, orderNo);
  const refused = { status: 409, body: { error: 'the order cannot be paid' } };
  if (found === null) return refused;
  const { userId, cardId } = buyer;
  const moveId = newId('tr', deps, deps.book);
  const begun = await lane.change({
    of: { id: found.id },
    decide(order, locked) {
      if (order === null) return null;
      const isPayable =
        checkPayable(order, { userId: order.onlyUserId ?? userId, key: moveId }, locked.now) === 'payable';
      if (!isPayable) return null;
      const payment = { moveId, userId, cardId, deviceIsNew: false, level: 'strong', key: moveId } as const;
      beginPaying(order, payment, locked.effects, locked.now);
      return locked.effects.moves.find(({ id }) => id === moveId) ?? null;
    },
  });
  if (begun === null) return refused;
  await runMoveQuietly(deps, lane, begun, SETTLE_WAIT_MS);
  side.kick();
  const tried = (await findMoves(deps.sql, deps.book, [moveId])).get(moveId);
  const isOff = wants === 'pay' && tried?.state === 'failed'; // over a limit, or the account is empty
  return isOff ? { status: 409, body: { error: tried.failure } } : { status: 200, body: {} };
}

async function giveCode(
  deps: PayerDeps,
  kind: unknown,
  buyers: { pays: TestBuyer; declines: TestBuyer },
): Promise<HookReply> {
  if (kind !== 'pays' && kind !== 'asks_pin' && kind !== 'declines')
    return { status: 400, body: { error: 'buyer is pays, asks_pin or declines' } };
  const buyer = kind === 'declines' ? buyers.declines : buyers.pays;
  const { code } = await mintCode(deps, deps.sql, { ...buyer, deviceIsNew: false, asksAlways: kind === 'asks_pin' });
  return { status: 200, body: { code } };
}

async function givePayerCode(deps: PayerDeps, merchantNo: unknown, buyer: TestBuyer): Promise<HookReply> {
  const shop = typeof merchantNo === 'string' ? await findShop(deps.sql, deps.book, merchantNo) : null;
  if (shop === null) return { status: 404, body: { error: 'there is no such merchant' } };
  return { status: 200, body: { code: await mintGrant(deps, buyer.userId, shop.merchantNo) } };
}

function readBody(body: Buffer): Members | null {
  try {
    return membersOf(readStrictJson(body));
  } catch {
    return null;
  }
}

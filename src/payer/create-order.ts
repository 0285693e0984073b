import { newId } from '../base/id.ts';
import type { ProblemCode } from '../wallets/open/codes.ts';
import { type Answer, answerJson, problem } from './answer.ts';
import { findPayers } from './code-store.ts';
import { decideCreate } from './decide-order.ts';
import { ORDER_DAYS_MAX, SETTLE_WAIT_MS } from './figures.ts';
import { isScene, type Order, type OrderScene } from './order.ts';
import { findOrders } from './order-store.ts';
import type { PayerDeps } from './payer-deps.ts';
import { codeDigest } from './payment-codes.ts';
import type { ProtocolSide } from './protocol-side.ts';
import type { NewOrderRequest } from './read-request.ts';
import { isRegistered } from './registered-origin.ts';
import { runMoveQuietly } from './run-moves.ts';
import type { ShopWithKeys } from './shop-store.ts';
import { showOrder } from './show-order.ts';

/** POST /orders/{order_no}. A code is charged here, and waited for a little. */
export async function createOrder(
  side: ProtocolSide,
  shop: ShopWithKeys,
  orderNo: string,
  wanted: NewOrderRequest,
): Promise<Answer> {
  const { deps, lane } = side;
  const { merchantNo } = shop;
  const onlyUserId = await findPayer(deps, merchantNo, wanted.payerId);
  const refusal = whyNotTaken(deps, shop, wanted);
  const sameText = fingerprintText(merchantNo, orderNo, wanted);
  const facts = { shop, orderNo, wanted, onlyUserId, fingerprint: deps.keyring.digest('payer order', sameText) };
  const digest = wanted.paymentCode === null ? null : codeDigest(deps, wanted.paymentCode);
  const moveId = newId('tr', deps, deps.book);
  const made = await lane.change({
    of: { name: { merchantNo, orderNo } },
    begin: refusal === null ? (now) => newOrder(deps, facts, now) : null,
    codeDigest: digest,
    decide(order, locked) {
      if (order === null) return null;
      const isNew = locked.newIds.has(order.id);
      const isSameRequest =
        order.fingerprint !== null && deps.keyring.isDigest('payer order', sameText, order.fingerprint);
      const decision = decideCreate(
        order,
        {
          isNew,
          isSameRequest,
          amountMinor: wanted.amountMinor,
          isPayerUnknown: wanted.payerId !== null && onlyUserId === null,
          code: digest === null ? null : (locked.codes.get(digest.toString('hex')) ?? null),
          moveId,
        },
        locked.effects,
        locked.now,
      );
      const charge = locked.effects.moves.find((move) => move.id === moveId) ?? null;
      return { decision, order: { ...order }, charge };
    },
  });
  if (made === null) return problem(refusal?.code ?? 'unavailable', refusal?.detail);
  if (made.decision === 'differs') return problem('order_differs');
  if (made.charge !== null) await runMoveQuietly(deps, lane, made.charge, SETTLE_WAIT_MS);
  const order = await side.asItIs(made.charge === null ? made.order : await reread(deps, made.order));
  return answerJson(made.decision === 'new' ? 201 : 200, showOrder(deps, order));
}

async function findPayer(deps: PayerDeps, merchantNo: string, payerId: string | null): Promise<string | null> {
  if (payerId === null) return null;
  const found = await findPayers(deps.sql, deps.book, [{ merchantNo, payerId }]);
  return found.get(`${merchantNo} ${payerId}`) ?? null;
}

async function reread(deps: PayerDeps, order: Order): Promise<Order> {
  return (await findOrders(deps.sql, deps.book, [order.id])).get(order.id) ?? order;
}

/** Why a new one would not be taken. One that was taken before is not judged again. */
function whyNotTaken(
  deps: PayerDeps,
  shop: ShopWithKeys,
  wanted: NewOrderRequest,
): { code: ProblemCode; detail: string } | null {
  if (shop.state !== 'active') return { code: 'merchant_refused', detail: '' };
  if (!isScene(wanted.scene)) return { code: 'scene_refused', detail: '' };
  if (wanted.expiresAt.getTime() > deps.clock.now().getTime() + ORDER_DAYS_MAX * 86_400_000)
    return { code: 'malformed', detail: 'expires_at' };
  if (!isRegistered(deps, shop, wanted.notifyUrl)) return { code: 'malformed', detail: 'notify_url' };
  if (!isRegistered(deps, shop, wanted.returnUrl)) return { code: 'malformed', detail: 'return_url' };
  return null;
}

function newOrder(
  deps: PayerDeps,
  facts: {
    shop: ShopWithKeys;
    orderNo: string;
    wanted: NewOrderRequest;
    onlyUserId: string | null;
    fingerprint: Buffer;
  },
  now: Date,
): Order {
  const { shop, orderNo, wanted } = facts;
  return {
    ...blankOrder(deps, { merchantNo: shop.merchantNo, orderNo, amountMinor: wanted.amountMinor }, now),
    fingerprint: facts.fingerprint,
    scene: wanted.scene as OrderScene, // looked at in whyNotTaken
    subject: wanted.subject,
    notifyUrl: wanted.notifyUrl,
    returnUrl: wanted.returnUrl,
    onlyUserId: facts.onlyUserId,
    expiresAt: wanted.expiresAt,
    dueAt: wanted.expiresAt,
  };
}

/** An open order of which nothing is known but number and amount. */
export function blankOrder(
  deps: PayerDeps,
  facts: { merchantNo: string; orderNo: string; amountMinor: bigint },
  now: Date,
): Order {
  const book = Buffer.alloc(2);
  book.writeUInt16BE(deps.book);
  return {
    book: deps.book,
    id: newId('wor', deps, deps.book),
    ...facts,
    // The book, and 144 bits of chance: who has the link may see the order, and nobody can guess one.
    token: Buffer.concat([book, deps.random.bytes(18)]).toString('base64url'),
    fingerprint: null,
    scene: null,
    subject: null,
    notifyUrl: null,
    returnUrl: null,
    onlyUserId: null,
    state: 'open',
    reason: null,
    ending: null,
    payingMoveId: null,
    payingKey: null,
    failure: null,
    paidMoveId: null,
    paidUserId: null,
    paidCardId: null,
    paidAt: null,
    undoMoveId: null,
    undoneAt: null,
    refundingMinor: 0n,
    refundedMinor: 0n,
    expiresAt: now,
    createdAt: now,
    dueAt: null,
  };
}

/** Everything that makes it this order: all members but the buyer's address. Only a keyed digest is kept, as a code is among them. */
function fingerprintText(merchantNo: string, orderNo: string, wanted: NewOrderRequest): string {
  const { amountMinor, expiresAt, scene, subject, notifyUrl, returnUrl, payerId, paymentCode } = wanted;
  const rest = [scene, subject, notifyUrl, returnUrl, payerId, paymentCode];
  return JSON.stringify([merchantNo, orderNo, amountMinor.toString(), expiresAt.getTime(), ...rest]);
}

import { assertNever } from '../base/assert.ts';
import { newId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import { money } from '../money/money.ts';
import type { Move } from '../transfers/transfers.ts';
import { levelFor } from '../users/proof-levels.ts';
import type { Act, ProofLevel, Session } from '../users/users.ts';
import { beginPaying, checkPayable } from './decide-order.ts';
import { SETTLE_WAIT_MS } from './figures.ts';
import { findOwnCard } from './own-card.ts';
import type { Order } from './order.ts';
import type { OrderView } from './payer.ts';
import type { PayerDeps } from './payer-deps.ts';
import { findOrders, findOrdersByToken } from './order-store.ts';
import type { ProtocolSide } from './protocol-side.ts';
import { runMoveQuietly } from './run-moves.ts';
import { findShops } from './shop-store.ts';

/** An order by its token; null for a token that is none. What was closed before it came has never had one that anybody saw. */
export async function findOrder(deps: PayerDeps, token: string): Promise<OrderView | null> {
  const order = await findByToken(deps, token);
  return order === null ? null : ((await viewOrders(deps, [order]))[0] ?? null);
}

/** What is to be proved before this card pays this order: amount and shop are the order's. @throws Refusal `not_found` */
export async function payAct(
  deps: PayerDeps,
  session: Session,
  token: string,
  cardId: string,
): Promise<{ act: Act; level: ProofLevel }> {
  const order = await needOrder(deps, session, token);
  await findOwnCard(deps, session, cardId);
  return await actOf(deps, session, order, cardId);
}

/**
 * Records that this order is being paid by this move and uses up the proof, in one transaction; then the move is started, and waited for a
 * little. The same key again answers what became of it.
 * @throws Refusal `not_found`, `payment_not_payable`, `payment_already_succeeded`, `payment_processing`, `step_up_…`
 */
export async function payOrder(
  side: ProtocolSide,
  session: Session,
  input: { token: string; cardId: string; proof: string | null; key: string },
): Promise<{ order: OrderView; move: Move | null }> {
  const { deps, lane } = side;
  const { cardId } = input;
  const found = await needOrder(deps, session, input.token);
  await findOwnCard(deps, session, cardId);
  const { act, level } = await actOf(deps, session, found, cardId);
  const moveId = newId('tr', deps, deps.book);
  const { userId, deviceIsNew } = session;
  const begun = await lane.change({
    of: { id: found.id },
    async decide(order, locked, tx) {
      if (order === null) throw notFound();
      const payable = checkPayable(order, { userId, key: input.key }, locked.now);
      if (payable === 'same') return null;
      if (payable !== 'payable') throw whyNot(order, payable);
      await deps.users.consumeProof(tx, session, act, level, input.proof);
      beginPaying(order, { moveId, userId, cardId, deviceIsNew, level, key: input.key }, locked.effects, locked.now);
      return locked.effects.moves.find(({ id }) => id === moveId) ?? null;
    },
  });
  const move = begun === null ? null : await runMoveQuietly(deps, lane, begun, SETTLE_WAIT_MS);
  const order = (await findOrders(deps.sql, deps.book, [found.id])).get(found.id) ?? found;
  const [view] = await viewOrders(deps, [order]);
  if (view === undefined) throw notFound();
  return { order: view, move: move ?? (await findMove(deps, order)) };
}

/** The move of an order that was asked for before. */
async function findMove(deps: PayerDeps, order: Order): Promise<Move | null> {
  const id = order.payingMoveId ?? order.paidMoveId;
  return id === null ? null : ((await deps.transfers.find(deps.book, [id])).get(id) ?? null);
}

function whyNot(order: Order, payable: 'paying' | 'over' | 'foreign'): Refusal {
  switch (payable) {
    case 'foreign':
      return notFound();
    case 'paying':
      return new Refusal('payment_processing', 'an earlier try is still being cleared up', { retryAfterSeconds: 2 });
    case 'over':
      return order.state === 'paid'
        ? new Refusal('payment_already_succeeded', 'this order is paid')
        : new Refusal('payment_not_payable', 'this order cannot be paid any more');
    default:
      return assertNever(payable);
  }
}

async function actOf(
  deps: PayerDeps,
  session: Session,
  order: Order,
  cardId: string,
): Promise<{ act: Act; level: ProofLevel }> {
  const amount = money('CNY', order.amountMinor);
  const [shop] = await findShops(deps.sql, deps.book, [order.merchantNo]);
  const byPaymentCode = order.scene === 'code';
  return {
    act: { kind: 'purchase', subject: `${order.id} ${cardId}`, amount, payee: shop?.name ?? order.merchantNo },
    level: levelFor({ kind: 'purchase', amount, deviceIsNew: session.deviceIsNew, payeeIsNew: false, byPaymentCode }),
  };
}

async function needOrder(deps: PayerDeps, session: Session, token: string): Promise<Order> {
  const order = await findByToken(deps, token);
  const isForeign = order !== null && order.onlyUserId !== null && order.onlyUserId !== session.userId;
  if (order === null || isForeign) throw notFound();
  return order;
}

async function findByToken(deps: PayerDeps, token: string): Promise<Order | null> {
  if (!/^[\w-]{27}$/.test(token)) return null;
  const [order] = await findOrdersByToken(deps.sql, deps.book, [token]);
  return order === undefined || order.scene === null ? null : order;
}

function notFound(): Refusal {
  return new Refusal('not_found', 'there is no such order');
}

/** As buyers see them; same order out as in. */
export async function viewOrders(deps: PayerDeps, orders: readonly Order[]): Promise<OrderView[]> {
  const shops = await findShops(deps.sql, deps.book, [...new Set(orders.map((order) => order.merchantNo))]);
  const names = new Map(shops.map((shop) => [shop.merchantNo, shop.name]));
  const now = deps.clock.now();
  return orders.map((order) => ({
    token: order.token,
    shopName: names.get(order.merchantNo) ?? order.merchantNo,
    subject: order.subject ?? '',
    amount: money('CNY', order.amountMinor),
    state: order.state === 'open' && order.payingMoveId === null && order.expiresAt <= now ? 'closed' : order.state,
    isPaying: order.payingMoveId !== null,
    failure: order.failure,
    expiresAt: order.expiresAt,
    returnUrl: order.returnUrl ?? '',
  }));
}

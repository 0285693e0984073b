import { newId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import { type DueLoop, startDueLoop } from '../db/due.ts';
import { assert } from '../base/assert.ts';
import { money } from '../money/money.ts';
import type { EndedMove, Move, MoveId, MoveOrder } from '../transfers/transfers.ts';
import type { Tx } from '../db/connect.ts';
import type { UserId } from '../users/users.ts';
import { decideEnded, decideExpiry } from './decide-order.ts';
import { EXPIRE_ITEMS_MAX, MOVE_AGAIN_SECONDS, MOVE_LEASE_SECONDS, MOVES_AT_ONCE } from './figures.ts';
import { claimDueMoves, findMoves, updateMoveDue } from './move-store.ts';
import type { Order, PayerMove } from './order.ts';
import { lockRows, type OrderLane, snapshot, writeRows } from './order-lane.ts';
import { findOrders, listExpiredIds } from './order-store.ts';
import type { PayerDeps } from './payer-deps.ts';
import { findRefunds } from './refund-store.ts';
import { findShop } from './shop-store.ts';

/**
 * Starts what was recorded and waits a little for its end. A refusal is the end: it is recorded. Starting twice is starting once, so nothing
 * is lost where somebody died between recording and starting.
 */
export async function runMove(deps: PayerDeps, lane: OrderLane, move: PayerMove, waitMs: number): Promise<Move | null> {
  const order = (await findOrders(deps.sql, deps.book, [move.orderId])).get(move.orderId);
  const shop = order === undefined ? null : await findShop(deps.sql, deps.book, order.merchantNo);
  assert(order !== undefined && shop !== null, 'a move has its order and shop: there are foreign keys');
  const started = await deps.transfers.start(toMoveOrder(move, shop));
  if (started instanceof Refusal) {
    await recordRefused(deps, lane, move, started);
    return null;
  }
  return waitMs === 0 ? started : await deps.transfers.settle(started.id, waitMs);
}

/** For `runMove` where a failure of the moment must not reach the caller: the loop goes on with it. */
export async function runMoveQuietly(
  deps: PayerDeps,
  lane: OrderLane,
  move: PayerMove,
  waitMs: number,
): Promise<Move | null> {
  try {
    return await runMove(deps, lane, move, waitMs);
  } catch (error) {
    deps.log.warn({ error, move: move.id }, 'a payment could not be started yet; it is tried again');
    return null;
  }
}

/** It did not start and never will under this id. */
async function recordRefused(deps: PayerDeps, lane: OrderLane, move: PayerMove, refusal: Refusal): Promise<void> {
  await lane.change({
    of: { id: move.orderId },
    async decide(_order, locked, tx) {
      const endedAt = locked.now;
      const ended = { id: move.id as MoveId, state: 'failed' as const, failure: refusal.code, endedAt }; // we gave it this prefix
      await decideAllEnded(deps, tx, locked, [ended]);
    },
  });
}

type Ended = Pick<EndedMove, 'id' | 'state' | 'failure' | 'endedAt'>;

/** `OnEnded` of transfers/: in the transaction that ended the moves. What is not ours is passed over. */
export async function applyEnded(deps: PayerDeps, tx: Tx, ended: readonly Ended[]): Promise<void> {
  const moves = await findMoves(
    tx,
    deps.book,
    ended.map((each) => each.id),
  );
  if (moves.size === 0) return;
  const locked = await lockRows(tx, deps, {
    orderIds: [...moves.values()].map((move) => move.orderId),
    codeDigests: [],
    refundNames: [],
    refundIds: [],
  });
  const before = snapshot(locked);
  await decideAllEnded(deps, tx, locked, ended);
  await writeRows(tx, deps, locked, before);
}

/** The orders are locked, so their moves and refunds stand still; they are read anew under that lock. */
async function decideAllEnded(
  deps: PayerDeps,
  tx: Tx,
  locked: Awaited<ReturnType<typeof lockRows>>,
  ended: readonly Ended[],
): Promise<void> {
  const moves = await findMoves(
    tx,
    deps.book,
    ended.map((each) => each.id),
  );
  const refundIds = [...moves.values()].flatMap((move) => (move.refundId === null ? [] : [move.refundId]));
  const refunds = await findRefunds(tx, deps.book, refundIds);
  for (const each of ended) {
    const move = moves.get(each.id);
    const order = move === undefined ? undefined : locked.byId.get(move.orderId);
    if (move === undefined || order === undefined) continue;
    if (locked.effects.endedMoves.some(({ id }) => id === move.id)) continue; // told twice in one batch
    const refund = move.refundId === null ? null : (refunds.get(move.refundId) ?? null);
    decideEnded({ order, move, refund }, each, newId('tr', deps, deps.book), locked.effects);
  }
}

function toMoveOrder(move: PayerMove, shop: { merchantNo: string; name: string; mcc: string }): MoveOrder {
  return {
    id: move.id as MoveId, // we gave it this prefix
    book: move.book,
    kind: move.kind === 'pay' ? 'purchase' : 'refund',
    userId: move.userId as UserId, // it came from a session
    cardId: move.cardId,
    amount: money('CNY', move.amountMinor),
    deviceIsNew: move.deviceIsNew,
    level: move.level,
    shop: { no: shop.merchantNo, name: shop.name, mcc: shop.mcc },
    originalId: move.originalId as MoveId | null, // the id of the purchase, which we gave
  };
}

/** Starts again what has not been heard of, and closes open orders whose time is over. */
export function startMoveLoop(deps: PayerDeps, lane: OrderLane, idleMs: number): DueLoop {
  return startDueLoop({
    name: 'wallet payments',
    concurrency: MOVES_AT_ONCE,
    idleMs,
    log: deps.log,
    async claim(limit) {
      const now = deps.clock.now();
      await expireOrders(deps, lane, now);
      const leasedUntil = new Date(now.getTime() + MOVE_LEASE_SECONDS * 1000);
      return await claimDueMoves(deps.sql, deps.book, { now, leasedUntil, limit });
    },
    async work({ move, leaseNo }) {
      await runMove(deps, lane, move, 0);
      const now = deps.clock.now();
      const dueAt = new Date(now.getTime() + MOVE_AGAIN_SECONDS * 1000);
      await updateMoveDue(deps.sql, move, { leaseNo, now, dueAt });
    },
  });
}

async function expireOrders(deps: PayerDeps, lane: OrderLane, now: Date): Promise<void> {
  const ids = await listExpiredIds(deps.sql, deps.book, now, EXPIRE_ITEMS_MAX);
  await Promise.all(
    ids.map((id) =>
      lane.change({
        of: { id },
        decide: (order: Order | null, locked) => {
          if (order !== null) decideExpiry(order, locked.now);
        },
      }),
    ),
  );
}

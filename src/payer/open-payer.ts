import type { DueLoop } from '../db/due.ts';
import type { ProtocolRequest } from './believe-request.ts';
import { deleteOldCodes, deleteOldGrants, deleteOldNonces } from './code-store.ts';
import { decideExpiry } from './decide-order.ts';
import type { Order } from './order.ts';
import { openOrderLane, type OrderLane } from './order-lane.ts';
import { findOrder, payAct, payOrder, viewOrders } from './pay-order.ts';
import type { Payer } from './payer.ts';
import { type AuthorizeWish, grantWish, readWish, refuseWish } from './payer-codes.ts';
import type { PayerDeps } from './payer-deps.ts';
import { listCodeOrders, makePaymentCode } from './payment-codes.ts';
import { openProtocol } from './protocol.ts';
import type { ProtocolSide } from './protocol-side.ts';
import { applyEnded, startMoveLoop } from './run-moves.ts';
import { startSendingNotices } from './send-notices.ts';
import { addShop, addShopKey, type NewShop, revokeShopKey } from './shops.ts';
import { listShops, type ShopWithKeys, updateShopState } from './shop-store.ts';
import type { ProtocolReply } from './sign-reply.ts';
import { answerHook, type HookReply } from './test-hooks.ts';
import { openWalletKeys } from './wallet-keys.ts';
import type { Session } from '../users/users.ts';

/** The payer with its protocol door and what an operator does. */
export interface OpenedPayer extends Payer {
  /** The Open Wallet Protocol, for the door that mounts it. */
  protocol: {
    /** A request below `API_PATH`; the answer is sent as it is. */
    answer(request: ProtocolRequest): Promise<ProtocolReply>;
    manifest(): Promise<ProtocolReply>;
    /** The page `authorize`: what it asks for, and where it leads. */
    readWish(query: URLSearchParams): Promise<AuthorizeWish | null>;
    grantWish(session: Session, wish: AuthorizeWish): Promise<string>;
    refuseWish(wish: AuthorizeWish): string;
    /** Null in live mode. */
    answerHook: ((path: string, body: Buffer) => Promise<HookReply>) | null;
  };
  addShop(shop: NewShop): Promise<ShopWithKeys>;
  listShops(): Promise<ShopWithKeys[]>;
  addShopKey(merchantNo: string, key: { keyId: string; publicKey: Buffer }): Promise<void>;
  revokeShopKey(merchantNo: string, keyId: string): Promise<void>;
  /** A stopped shop makes no new orders; what it has goes on. False where there is none. */
  setShopState(merchantNo: string, state: 'active' | 'stopped'): Promise<boolean>;
  /** Announces the wallet's next signing key. */
  rotateKey(): Promise<{ keyId: string; signsFrom: Date }>;
  /** Drops nonces, codes and grants that are over; answers how many. */
  sweep(): Promise<number>;
}

const IDLE_MS = 250;
const SWEEP_PAUSE_MS = 60_000;
/** Rows are kept a little longer than they count, for clocks that differ. */
const SWEEP_AFTER_MS = 60_000;
/** Used codes tell their owner which orders were charged. */
const CODES_KEPT_MS = 24 * 3_600_000;

/** Wires the payer; `startWork` starts its loops. Hand `applyEnded` to transfers/ as `OnEnded`. */
export function openPayer(deps: PayerDeps): OpenedPayer {
  const lane = openOrderLane(deps);
  const loops: DueLoop[] = [];
  const kick = (): void => {
    for (const loop of loops) loop.kick();
  };
  const keys = openWalletKeys(deps);
  const side: ProtocolSide = { deps, lane, keys, kick, asItIs: (order) => asItIs(deps, lane, order) };
  const protocol = openProtocol(side);
  let sweeping: { timer: NodeJS.Timeout; running: Promise<unknown> | null } | null = null;

  return {
    findOrder: (token) => findOrder(deps, token),
    payAct: (session, token, cardId) => payAct(deps, session, token, cardId),
    async pay(session, input) {
      const paid = await payOrder(side, session, input);
      kick();
      return paid;
    },
    makePaymentCode: (session, cardId) => makePaymentCode(deps, session, cardId),
    listCodeOrders: async (session) => viewOrders(deps, await listCodeOrders(deps, session)),
    applyEnded: (tx, ended) => applyEnded(deps, tx, ended),
    protocol: {
      answer: (request) => protocol.answer(request),
      manifest: () => protocol.manifest(),
      readWish: (query) => readWish(deps, query),
      grantWish: (session, wish) => grantWish(deps, session, wish),
      refuseWish,
      answerHook: deps.testBuyers === null ? null : (path, body) => answerHook(side, path, body),
    },
    addShop: (shop) => addShop({ ...deps, isTest: deps.testBuyers !== null }, shop),
    listShops: () => listShops(deps.sql, deps.book),
    addShopKey: (merchantNo, key) => addShopKey(deps, merchantNo, key),
    revokeShopKey: (merchantNo, keyId) => revokeShopKey(deps, merchantNo, keyId),
    setShopState: (merchantNo, state) => updateShopState(deps.sql, deps.book, merchantNo, state),
    rotateKey: () => keys.rotate(),
    sweep: () => sweep(deps),
    startWork() {
      loops.push(startMoveLoop(deps, lane, IDLE_MS), startSendingNotices(side, IDLE_MS));
      sweeping = startSweeping(deps);
    },
    async stop() {
      if (sweeping !== null) clearInterval(sweeping.timer);
      await sweeping?.running;
      await Promise.all(loops.map((loop) => loop.stop()));
      await protocol.close();
      await lane.close();
    },
  };
}

/** An open order whose time is over is closed in writing before it is told, so that nothing pays it afterwards. */
async function asItIs(deps: PayerDeps, lane: OrderLane, order: Order): Promise<Order> {
  const mayBeOver = order.state === 'open' && order.payingMoveId === null && order.expiresAt <= deps.clock.now();
  if (!mayBeOver) return order;
  return await lane.change({
    of: { id: order.id },
    decide(row, locked) {
      if (row === null) return order;
      decideExpiry(row, locked.now);
      return { ...row };
    },
  });
}

async function sweep(deps: PayerDeps): Promise<number> {
  const { sql, book } = deps;
  const nowMs = deps.clock.now().getTime();
  const over = new Date(nowMs - SWEEP_AFTER_MS);
  return (
    (await deleteOldNonces(sql, book, over)) +
    (await deleteOldGrants(sql, book, over)) +
    (await deleteOldCodes(sql, book, new Date(nowMs - CODES_KEPT_MS)))
  );
}

function startSweeping(deps: PayerDeps): { timer: NodeJS.Timeout; running: Promise<unknown> | null } {
  const state: { timer: NodeJS.Timeout; running: Promise<unknown> | null } = {
    running: null,
    timer: setInterval(() => {
      state.running ??= sweep(deps)
        .catch((error: unknown) => deps.log.error({ error }, 'sweeping failed; it is tried again'))
        .finally(() => (state.running = null));
    }, SWEEP_PAUSE_MS),
  };
  state.timer.unref();
  return state;
}

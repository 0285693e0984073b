import { assert } from '../base/assert.ts';
import { newId } from '../base/id.ts';
import { BATCH_ITEMS_MAX, BATCH_QUEUE_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { createBatch } from '../db/batch.ts';
import type { Tx } from '../db/connect.ts';
import { lockNames } from '../db/lock-names.ts';
import { lockCodes, updateCodesUsed } from './code-store.ts';
import type { Effects } from './decide-order.ts';
import { insertMoves, updateMovesEnded } from './move-store.ts';
import { insertNotices } from './notice-store.ts';
import type { Order, PaymentCode, Refund } from './order.ts';
import { findIdsByName, insertOrders, lockOrders, type OrderName, updateOrders } from './order-store.ts';
import type { PayerDeps } from './payer-deps.ts';
import { insertRefunds, lockRefunds, type RefundName, updateRefundsEnded } from './refund-store.ts';

/** Everything that a batch of decisions looks at, locked; `now` was read after the locks were taken. */
export interface LockedOrders {
  now: Date;
  byId: Map<string, Order>;
  /** `<merchant no> <order no>` → id. */
  idByName: Map<string, string>;
  /** Rows that this very batch has written, until the first change has looked at them. */
  newIds: Set<string>;
  codes: Map<string, PaymentCode>;
  /** `<merchant no> <refund no>`. */
  refunds: Map<string, Refund>;
  effects: Effects;
}

/** One change of one order, or a look that must not miss what is being written. */
export interface OrderChange {
  of: { name: OrderName } | { id: string };
  /** The row to begin with where the number is new. */
  begin: ((now: Date) => Order) | null;
  codeDigest: Buffer | null;
  refundName: RefundName | null;
  /** Throws a Refusal before it has changed anything, or changes rows and effects. `order` is null where there is none. */
  decide(order: Order | null, locked: LockedOrders, tx: Tx): void | Promise<void>;
}

/** A change that answers something; what it does not need may be left out. */
export type ChangeOf<T> = Pick<OrderChange, 'of'> &
  Partial<Pick<OrderChange, 'begin' | 'codeDigest' | 'refundName'>> & {
    decide(order: Order | null, locked: LockedOrders, tx: Tx): T | Promise<T>;
  };

export interface OrderLane {
  /** Resolves with what `decide` returned, once that is durable. @throws Refusal, and what db/batch.ts throws */
  change<T>(change: ChangeOf<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * The one writer of orders and refunds beside `applyEnded`. Changes that arrive together are one transaction: rows are locked in id order,
 * each change decides in memory in order of arrival, and everything is written at once.
 */
export function openOrderLane(deps: PayerDeps): OrderLane {
  const batch = createBatch<OrderChange, null>({
    name: `orders of book ${deps.book}`,
    sql: deps.sql,
    itemsMax: BATCH_ITEMS_MAX,
    queueMax: BATCH_QUEUE_MAX,
    run: (tx, changes) => runChanges(tx, deps, changes),
  });
  return {
    async change<T>(change: ChangeOf<T>): Promise<T> {
      const told: { answer: T }[] = [];
      await batch.submit({
        begin: null,
        codeDigest: null,
        refundName: null,
        ...change,
        decide: async (order, locked, tx) => {
          told.push({ answer: await change.decide(order, locked, tx) });
        },
      });
      const last = told.at(-1); // after a rollback it is decided again, and the last one was committed
      assert(last !== undefined, 'submit resolves after decide has answered');
      return last.answer;
    },
    close: () => batch.close(),
  };
}

async function runChanges(tx: Tx, deps: PayerDeps, changes: readonly OrderChange[]): Promise<(null | Refusal)[]> {
  const names = changes.flatMap(({ of }) => ('name' in of ? [of.name] : []));
  const refundNames = changes.flatMap(({ refundName }) => (refundName === null ? [] : [refundName]));
  // Before the clock is read: what is not there under this lock will be written with a later `now` than this one.
  await lockNames(tx, deps.book, [
    ...names.map((name) => `order ${name.merchantNo} ${name.orderNo}`),
    ...refundNames.map((name) => `refund ${name.merchantNo} ${name.refundNo}`),
  ]);
  const begun = beginRows(changes, deps.clock.now());
  const newIds = await insertOrders(tx, begun);
  const idByName = await findIdsByName(tx, deps.book, names);
  const ids = changes.map(({ of }) => ('id' in of ? of.id : idByName.get(nameOf(of.name))));
  const locked = await lockRows(tx, deps, {
    orderIds: ids.filter((id) => id !== undefined),
    codeDigests: changes.flatMap(({ codeDigest }) => (codeDigest === null ? [] : [codeDigest])),
    refundNames,
    refundIds: [],
  });
  const rows: LockedOrders = { ...locked, idByName, newIds };
  const before = snapshot(rows);
  const answers: (null | Refusal)[] = [];
  for (const [index, change] of changes.entries()) {
    const id = ids[index];
    const order = id === undefined ? null : (rows.byId.get(id) ?? null);
    answers.push(await decideOrRefuse(change, order, rows, tx));
    if (id !== undefined) newIds.delete(id);
  }
  await writeRows(tx, deps, rows, before);
  return answers;
}

async function decideOrRefuse(
  change: OrderChange,
  order: Order | null,
  locked: LockedOrders,
  tx: Tx,
): Promise<null | Refusal> {
  try {
    await change.decide(order, locked, tx);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** One row for each number, whoever comes first. */
function beginRows(changes: readonly OrderChange[], now: Date): Order[] {
  const rows = new Map<string, Order>();
  for (const { of, begin } of changes)
    if (begin !== null && 'name' in of && !rows.has(nameOf(of.name))) rows.set(nameOf(of.name), begin(now));
  return [...rows.values()];
}

/** Locks orders, then codes, then refunds: every writer in this order. */
export async function lockRows(
  tx: Tx,
  deps: PayerDeps,
  wanted: {
    orderIds: readonly string[];
    codeDigests: readonly Buffer[];
    refundNames: readonly RefundName[];
    refundIds: readonly string[];
  },
): Promise<LockedOrders> {
  const { book } = deps;
  const byId = await lockOrders(tx, book, [...new Set(wanted.orderIds)]);
  const codes = await lockCodes(tx, book, wanted.codeDigests);
  const refunds = await lockRefunds(tx, book, { names: wanted.refundNames, ids: wanted.refundIds });
  return {
    now: deps.clock.now(),
    byId,
    idByName: new Map(),
    newIds: new Set(),
    codes,
    refunds: new Map(refunds.map((refund) => [`${refund.merchantNo} ${refund.refundNo}`, refund])),
    effects: { moves: [], endedMoves: [], refunds: [], endedRefunds: [], usedCodes: [], notices: [] },
  };
}

/** Orders as they are before anything is decided. */
export function snapshot(locked: LockedOrders): Map<string, Order> {
  return new Map([...locked.byId].map(([id, order]) => [id, { ...order }]));
}

/** Writes what decisions changed, in their transaction. */
export async function writeRows(
  tx: Tx,
  deps: PayerDeps,
  locked: LockedOrders,
  before: ReadonlyMap<string, Order>,
): Promise<void> {
  const { book } = deps;
  const { effects, now } = locked;
  const changed = [...locked.byId.values()].filter((order) => differs(order, before.get(order.id)));
  for (const order of changed) assertWhole(order);
  await updateMovesEnded(tx, effects.endedMoves); // first: a try may begin where another has just ended
  await updateOrders(tx, changed);
  await insertRefunds(tx, effects.refunds);
  await updateRefundsEnded(tx, effects.endedRefunds);
  await insertMoves(tx, effects.moves);
  await updateCodesUsed(tx, book, effects.usedCodes, now);
  const notices = effects.notices.map((notice) => ({ ...notice, id: newId('wno', deps, book) }));
  await insertNotices(tx, book, notices, now);
}

/** What the table's own constraints say, before they have to. */
function assertWhole(order: Order): void {
  assert(order.refundingMinor >= 0n && order.refundedMinor >= 0n, 'what goes back is not negative');
  assert(order.refundingMinor + order.refundedMinor <= order.amountMinor, 'no more goes back than was paid');
  assert(order.state !== 'closed' || order.payingMoveId === null, 'nothing is closed while money may come');
  assert((order.paidMoveId !== null) === (order.state === 'paid' || order.state === 'undone'), 'paid has its move');
}

/** Rows are flat; what is inside a field is replaced, never changed in place. */
function differs(order: Order, before: Order | undefined): boolean {
  if (before === undefined) return true;
  const old = new Map(Object.entries(before));
  return Object.entries(order).some(([field, value]) => old.get(field) !== value);
}

function nameOf(name: OrderName): string {
  return `${name.merchantNo} ${name.orderNo}`;
}

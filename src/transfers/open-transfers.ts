import { bookOfId, isId } from '../base/id.ts';
import { LEG_LEASE_SECONDS, MOVE_SETTLE_MS_MAX, MOVE_WORK_CONCURRENCY, QUOTE_SWEEP_ITEMS } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { type DueLoop, startDueLoop } from '../db/due.ts';
import { addDays, shanghaiDay } from '../base/shanghai.ts';
import { money } from '../money/money.ts';
import type { Session } from '../users/users.ts';
import { cardOfOrder } from './card-of-order.ts';
import { learnLegs, readLegsByStamp, readLegsOfDay } from './clearing-legs.ts';
import { confirmQuote } from './confirm-quote.ts';
import { type Engine, openEngine } from './engine.ts';
import { makeQuote } from './make-quote.ts';
import type { MoveResult } from './move-batch.ts';
import { claimDueMoves, type DueMove, isCardUsed } from './move-store.ts';
import { isEnded } from './moves-of-state.ts';
import { deleteUnpaidPayees } from './payee-store.ts';
import { deleteOldQuotes } from './quote-store.ts';
import { readConfirmed } from './read-confirmed.ts';
import { listKnownPayees, listOwnMoves, readMoves } from './read-moves.ts';
import { addSeconds } from './repeat-schedule.ts';
import { drawStamp } from './send-leg.ts';
import { showMove } from './show-move.ts';
import { actOf, levelOf } from './show-quote.ts';
import type { Move, MoveId, MoveOrder, Transfers } from './transfers.ts';
import type { TransfersDeps } from './transfers-deps.ts';

/** The port, and what main and the command line do beside it. */
export interface OpenedTransfers extends Transfers {
  /** Once an hour: quotes that nobody confirmed and counts of days gone by go away; answers how many. */
  sweep(): Promise<number>;
}

const WORK_IDLE_MS = 250;
/** How often a move is looked at that another process may be ending. */
const LOOK_MS = 400;
const DAY_SECONDS = 86_400;

export function openTransfers(deps: TransfersDeps): OpenedTransfers {
  const { sql, clock } = deps;
  const engines = new Map<number, Engine>();
  const engineOf = (book: number): Engine => {
    const engine = engines.get(book) ?? openEngine(deps, book);
    engines.set(book, engine);
    return engine;
  };
  let loop: DueLoop | null = null;

  return {
    quote: (session, input) => makeQuote(engineOf(session.book), session, input),
    async quoteAct(session, quoteId) {
      const quote = isId('quo', quoteId) ? await engineOf(session.book).quote(quoteId) : undefined;
      if (quote === undefined || quote.userId !== session.userId)
        throw new Refusal('not_found', 'there is no such quote');
      return { act: actOf(quote), level: levelOf(quote, session) };
    },
    async quotedTo(session, quoteId) {
      const quote = isId('quo', quoteId) ? await engineOf(session.book).quote(quoteId) : undefined;
      if (quote === undefined || quote.userId !== session.userId)
        throw new Refusal('not_found', 'there is no such quote');
      return { toUserId: quote.toUserId, amount: money('CNY', quote.amountMinor) };
    },
    confirmedBy: readConfirmed,
    knownPayees: (session) => listKnownPayees(sql, session),
    confirm: async (session, input) => showResult(await confirmQuote(engineOf(session.book), session, input)),
    start: (order) => startOrder(engineOf(order.book), order),
    settle: (id, waitMs) => settle(engineOf(bookOfId(id)), id, Math.min(waitMs, MOVE_SETTLE_MS_MAX)),
    cancel: (session, id) => cancelMove(engineOf(session.book), session, id),
    find: (book, ids) => readMoves(sql, book, ids),
    list: (session, filter) => listOwnMoves(sql, session, filter),
    isInUse: isCardUsed,
    legsOfDay: (book, day, after, itemsMax) => readLegsOfDay(sql, book, day, after, itemsMax),
    findLegs: (book, day, stamps) => readLegsByStamp(sql, book, day, stamps),
    learn: (book, items) => learnLegs(engineOf(book), book, items),
    async sweep() {
      const now = clock.now();
      const [before, dayBefore] = [addSeconds(now, -DAY_SECONDS), addDays(shanghaiDay(now), -1)];
      const quotesCount = await deleteOldQuotes(sql, before, dayBefore, QUOTE_SWEEP_ITEMS);
      return quotesCount + (await deleteUnpaidPayees(sql, before, QUOTE_SWEEP_ITEMS));
    },
    startWork() {
      loop = startDueLoop<DueMove>({
        name: 'moves',
        concurrency: MOVE_WORK_CONCURRENCY,
        idleMs: WORK_IDLE_MS,
        log: deps.log,
        claim(limit) {
          const now = clock.now();
          return claimDueMoves(sql, deps.book, now, addSeconds(now, LEG_LEASE_SECONDS), limit);
        },
        work: (job) => workOff(engineOf(job.book), job),
      });
    },
    async stop() {
      await loop?.stop();
      await Promise.all([...engines.values()].map(({ walker }) => walker.stop()));
      await Promise.all([...engines.values()].flatMap(({ lane, quotes }) => [lane.close(), quotes.close()]));
    },
  };
}

/** What a move owes: see decideLeg. */
async function workOff(engine: Engine, { id, originalId, leaseUntil }: DueMove): Promise<void> {
  const { deps, lane, walker } = engine;
  const evidence = { kind: 'due', leaseUntil, stamp: await drawStamp(deps) } as const;
  const result = await lane.submit({ kind: 'evidence', moveId: id, originalId, userId: null, evidence });
  for (const call of result.next) await walker.walk(call);
}

async function startOrder(engine: Engine, order: MoveOrder): Promise<Move | Refusal> {
  const card = cardOfOrder(order, await engine.opener.card(order.cardId));
  try {
    const stamp = await drawStamp(engine.deps);
    const result = await engine.lane.submit({ kind: 'start', order, card, stamp });
    engine.walker.setOut(result);
    return first(result);
  } catch (error) {
    // Too busy, or no database, says nothing about the order: the caller asks again.
    if (!(error instanceof Refusal) || error.code === 'overloaded' || error.code === 'unavailable') throw error;
    return error;
  }
}

async function cancelMove(engine: Engine, session: Session, id: string): Promise<Move> {
  if (!isId('tr', id)) throw new Refusal('not_found', 'there is no such transfer');
  const evidence = { kind: 'cancel' } as const;
  const { userId } = session;
  return first(await engine.lane.submit({ kind: 'evidence', moveId: id, originalId: null, userId, evidence }));
}

/** Waited for by the clock on the wall: somebody is standing there. */
async function settle(engine: Engine, id: MoveId, waitMs: number): Promise<Move> {
  const until = performance.now() + waitMs;
  for (;;) {
    const leftMs = until - performance.now();
    const ended = engine.walker.waitForEnd(id, Math.max(0, Math.min(leftMs, LOOK_MS)));
    const move = await engine.move(id);
    if (move === undefined) throw new Refusal('not_found', 'there is no such transfer');
    if (isEnded(move.state) || leftMs <= 0) return move;
    await ended;
  }
}

function showResult({ folders }: MoveResult): Move[] {
  return folders.map((folder) => showMove(folder.move, folder));
}

function first(result: MoveResult): Move {
  const [move] = showResult(result);
  if (move === undefined) throw new Error('assertion failed: a change of one move answers it');
  return move;
}

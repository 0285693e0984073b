import { Refusal } from '../base/refusal.ts';
import type { Clock } from '../base/clock.ts';
import type { Sql } from '../db/connect.ts';
import { money } from '../money/money.ts';
import type { EndedMove, Move, MoveId, MoveOrder, OnEnded, Transfers } from '../transfers/transfers.ts';

/** What a card's bank does in tests. */
export type BankMood = 'pays' | 'poor' | 'over_limit' | 'slow' | 'unreachable';

/**
 * A pretend transfers/ for tests of payer/ alone: keeps its promises (starting twice is once, the end is told inside a transaction), and ends
 * moves as the card's mood says.
 */
export class PretendTransfers implements Pick<Transfers, 'start' | 'settle' | 'find'> {
  readonly moves = new Map<string, Move>();
  readonly orders: MoveOrder[] = [];
  readonly moods = new Map<string, BankMood>();
  readonly #refused = new Map<string, Refusal>();
  readonly #deps: { sql: Sql; clock: Clock; onEnded: OnEnded };

  constructor(deps: { sql: Sql; clock: Clock; onEnded: OnEnded }) {
    this.#deps = deps;
  }

  async start(order: MoveOrder): Promise<Move | Refusal> {
    this.orders.push(order);
    const mood = this.moods.get(order.cardId) ?? 'pays';
    if (mood === 'unreachable') throw new Refusal('unavailable', 'the database cannot be reached');
    const known = this.moves.get(order.id) ?? this.#refused.get(order.id);
    if (known !== undefined) return known;
    if (mood === 'over_limit') {
      const refusal = new Refusal('limit_exceeded', 'more than may move');
      this.#refused.set(order.id, refusal);
      return refusal;
    }
    this.moves.set(order.id, toMove(order, this.#deps.clock.now()));
    if (mood === 'slow') return this.#of(order.id);
    await this.end(order.id, mood === 'poor' ? 'failed' : 'succeeded');
    return this.#of(order.id);
  }

  settle(id: MoveId): Promise<Move> {
    return Promise.resolve(this.#of(id));
  }

  find(_book: number, ids: readonly string[]): Promise<Map<string, Move>> {
    return Promise.resolve(new Map(ids.flatMap((id) => (this.moves.has(id) ? [[id, this.#of(id)] as const] : []))));
  }

  /** The bank has answered at last. */
  async end(id: MoveId, state: 'succeeded' | 'failed'): Promise<void> {
    const move = this.#of(id);
    const endedAt = this.#deps.clock.now();
    const failure = state === 'failed' ? 'insufficient_funds' : null;
    const { book, kind, amount } = move;
    const ended: EndedMove = { id, book, kind, state, amount, failure, endedAt, rrn: '000000000001' };
    await this.#deps.sql.begin((tx) => this.#deps.onEnded(tx, [ended]));
    this.moves.set(id, { ...move, state, failure, endedAt });
  }

  #of(id: string): Move {
    const move = this.moves.get(id);
    if (move === undefined) throw new Error(`there is no move ${id}`);
    return move;
  }
}

function toMove(order: MoveOrder, now: Date): Move {
  return {
    id: order.id,
    book: order.book,
    kind: order.kind,
    state: order.kind === 'purchase' ? 'debiting' : 'crediting',
    userId: order.userId,
    quoteId: null,
    amount: order.amount,
    fee: money('CNY', 0n),
    fromCardId: order.kind === 'purchase' ? order.cardId : null,
    toCardId: order.kind === 'refund' ? order.cardId : null,
    from: null,
    to: null,
    note: '',
    arrival: 'instant',
    dueAt: null,
    failure: null,
    rrn: '000000000001',
    createdAt: now,
    endedAt: null,
  };
}

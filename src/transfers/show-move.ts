import { money } from '../money/money.ts';
import type { CardEnd, Leg, MoveRow } from './move.ts';
import type { EndedMove, Move, PartyView } from './transfers.ts';

/** As its owner sees it. The shop of a purchase or refund stands where the other card would, by its name alone. */
export function showMove(move: MoveRow, legs: { debit: Leg | null; credit: Leg | null }): Move {
  const shop = move.shop === null ? null : { bank: '', last4: '', nameMasked: move.shop.name };
  return {
    id: move.id,
    book: move.book,
    kind: move.kind,
    state: move.state,
    userId: move.userId,
    quoteId: move.quoteId,
    amount: money('CNY', move.amountMinor),
    fee: money('CNY', 0n),
    fromCardId: move.from?.cardId ?? null,
    // Whose card it is, is that person's own affair.
    toCardId: move.to?.userId === null ? move.to.cardId : null,
    from: showEnd(move.from) ?? shop,
    to: showEnd(move.to) ?? shop,
    note: move.note,
    arrival: move.arrival,
    dueAt: move.arrivesAt,
    failure: move.failure,
    rrn: rrnOf(legs),
    createdAt: move.createdAt,
    endedAt: move.endedAt,
  };
}

export function showEnded(move: MoveRow, legs: { debit: Leg | null; credit: Leg | null }): EndedMove {
  const { id, book, kind, state, amountMinor, failure, endedAt } = move;
  if (endedAt === null || (state !== 'succeeded' && state !== 'failed' && state !== 'canceled'))
    throw new Error(`assertion failed: ${id} has ended`);
  return { id, book, kind, state, amount: money('CNY', amountMinor), failure, endedAt, rrn: rrnOf(legs) };
}

/** The receipt's number is that of the debit; of a refund, which has none, that of the credit. */
function rrnOf({ debit, credit }: { debit: Leg | null; credit: Leg | null }): string | null {
  return (debit ?? credit)?.stamp.rrn ?? null;
}

function showEnd(end: CardEnd | null): PartyView | null {
  return end === null ? null : { bank: end.bank, last4: end.last4, nameMasked: end.nameMasked };
}

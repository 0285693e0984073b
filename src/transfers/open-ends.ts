import type { CardAtBank } from '../bank/rail.ts';
import type { OpenedCard } from '../cards/cards.ts';
import { createGatherer } from '../base/gather.ts';
import type { CardEnd, MoveRow } from './move.ts';
import { type OpenedPayee, openPayees } from './open-payees.ts';
import type { TransfersDeps } from './transfers-deps.ts';

/** One end of a move, opened: for the rail, and for no longer than the walk of that move. */
export interface OpenedEnd {
  card: CardAtBank;
  holder: string;
}

export interface Opener {
  card(id: string): Promise<OpenedCard | undefined>;
  /** Both ends of a move; null for one that is not a card, or cannot be opened any more. */
  ends(move: MoveRow): Promise<{ from: OpenedEnd | null; to: OpenedEnd | null }>;
}

/** Opens cards and payees of one book, those of many moves in one look-up. */
export function createOpener(deps: TransfersDeps, book: number): Opener {
  const card = createGatherer<OpenedCard>((ids) => deps.cards.open(deps.sql, book, ids));
  const payee = createGatherer<OpenedPayee>((ids) => openPayees(deps, book, ids));

  async function openEnd(end: CardEnd | null): Promise<OpenedEnd | null> {
    if (end === null) return null;
    // The leg goes to the institution that was recorded, whatever the routes say by now.
    if (end.cardId !== null) {
      const opened = await card(end.cardId);
      return opened === undefined
        ? null
        : { card: { number: opened.number, issuer: end.institution }, holder: opened.holder };
    }
    const opened = end.payeeId === null ? undefined : await payee(end.payeeId);
    return opened === undefined
      ? null
      : { card: { number: opened.number, issuer: end.institution }, holder: opened.name };
  }

  return {
    card,
    async ends(move) {
      const [from, to] = await Promise.all([openEnd(move.from), openEnd(move.to)]);
      return { from, to };
    },
  };
}

import { Refusal } from '../base/refusal.ts';
import type { OpenedCard } from '../cards/cards.ts';
import type { AccountClass } from '../limits/limits.ts';
import { maskName } from '../users/mask.ts';
import type { CardEnd } from './move.ts';
import type { MoveOrder } from './transfers.ts';

/** The card of a purchase or refund, as its reservation and its leg need to know it. */
export interface CardOfOrder {
  end: CardEnd;
  bank: string;
  accountClass: AccountClass;
}

/**
 * A purchase is paid with a debit card of that person that is bound; a refund goes back to the card wherever it stands. A card of another
 * person is as absent as one that does not exist.
 */
export function cardOfOrder(order: MoveOrder, opened: OpenedCard | undefined): CardOfOrder | Refusal {
  if (opened === undefined || opened.card.userId !== order.userId)
    return new Refusal('not_found', 'there is no such card', { param: 'card_id' });
  const { card } = opened;
  if (order.kind === 'purchase' && card.state !== 'bound')
    return new Refusal('card_not_usable', 'the card is not bound any more', { param: 'card_id' });
  return { end: endOfCard(opened), bank: card.bank, accountClass: card.accountClass };
}

/** A card of ours as an end of a move. */
export function endOfCard({ card, issuer, holder }: OpenedCard): CardEnd {
  return {
    cardId: card.id,
    payeeId: null,
    userId: null,
    bank: card.bank,
    institution: issuer,
    last4: card.last4,
    nameMasked: maskName(holder),
  };
}

import { Refusal } from '../base/refusal.ts';
import type { OpenedCard } from '../cards/cards.ts';
import type { AccountClass } from '../limits/limits.ts';
import { maskName } from '../users/mask.ts';
import type { CardEnd } from './move.ts';
import type { MoveOrder } from './transfers.ts';

/** The card of a purchase or refund, as its reservation and its leg need to know it. */
export interface CardOfOrder {
  /** Without an institution while its bank takes no part: a refund then goes to where its purchase was. */
  end: Omit<CardEnd, 'institution'> & { institution: string | null };
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
  if (order.kind === 'purchase' && !isReachable(opened))
    return new Refusal('card_not_usable', 'the card is not bound any more, or its bank takes no part', {
      param: 'card_id',
    });
  return { end: { ...factsOf(opened), institution: opened.issuer }, bank: card.bank, accountClass: card.accountClass };
}

/** A bound card whose bank takes part: something new may begin with it. */
export type ReachableCard = OpenedCard & { issuer: string };

export function isReachable(opened: OpenedCard | undefined): opened is ReachableCard {
  return opened !== undefined && opened.card.state === 'bound' && opened.issuer !== null;
}

/** A card of ours as an end of a move. */
export function endOfCard(opened: ReachableCard): CardEnd {
  return { ...factsOf(opened), institution: opened.issuer };
}

function factsOf({ card, holder }: OpenedCard): Omit<CardEnd, 'institution'> {
  return {
    cardId: card.id,
    payeeId: null,
    userId: null,
    bank: card.bank,
    last4: card.last4,
    nameMasked: maskName(holder),
  };
}

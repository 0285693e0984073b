import { Refusal } from '../base/refusal.ts';
import type { Card } from '../cards/cards.ts';
import type { Session } from '../users/users.ts';
import type { PayerDeps } from './payer-deps.ts';

/** A card that this person has bound. @throws Refusal `not_found`, for another person's card as for none */
export async function findOwnCard(deps: PayerDeps, session: Session, cardId: string): Promise<Card> {
  const cards = await deps.cards.list(deps.sql, session.book, session.userId);
  const card = cards.find((each) => each.id === cardId && each.state === 'bound');
  if (card === undefined) throw new Refusal('not_found', 'there is no such card', { param: 'card_id' });
  return card;
}

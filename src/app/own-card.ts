import { Refusal } from '../base/refusal.ts';
import type { Card } from '../cards/cards.ts';
import type { Session } from '../users/users.ts';
import type { AppDeps } from './app-deps.ts';

/** The person's bound cards. */
export async function listOwnCards(deps: Pick<AppDeps, 'cards' | 'sql'>, session: Session): Promise<Card[]> {
  const cards = await deps.cards.list(deps.sql, session.book, session.userId);
  return cards.filter((card) => card.state === 'bound');
}

/** @throws Refusal `not_found`, for another person's card as for none */
export async function findOwnCard(
  deps: Pick<AppDeps, 'cards' | 'sql'>,
  session: Session,
  cardId: string,
): Promise<Card> {
  const card = (await listOwnCards(deps, session)).find((each) => each.id === cardId);
  if (card === undefined) throw new Refusal('not_found', 'there is no such card', { param: 'card_id' });
  return card;
}

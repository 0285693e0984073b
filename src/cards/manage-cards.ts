import { assert } from '../base/assert.ts';
import { CARD_NUMBER_KEPT_HOURS } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tx } from '../db/connect.ts';
import type { Act, Session } from '../users/users.ts';
import { readAlias } from './alias.ts';
import {
  type CardRow,
  type HolderRow,
  listBoundCards,
  lockHolder,
  updateAlias,
  updateHolder,
  updateUnbound,
} from './card-store.ts';
import type { Card } from './cards.ts';
import type { CardsDeps } from './cards-deps.ts';
import { cardNotFound, findOwnCards } from './read-cards.ts';

/** @throws Refusal invalid_request, not_found */
export async function renameCard(deps: CardsDeps, session: Session, cardId: string, text: string): Promise<Card> {
  const alias = readAlias(text);
  if (alias === null)
    throw new Refusal('invalid_request', 'a name for a card has at most 20 letters and no line breaks', {
      param: 'alias',
    });
  return changeCard(deps, session, cardId, async (tx, { row }) => updateAlias(tx, session.book, row.id, alias));
}

/** @throws Refusal not_found */
export async function setDefaultCard(deps: CardsDeps, session: Session, cardId: string): Promise<Card> {
  const { book, userId } = session;
  return changeCard(deps, session, cardId, async (tx, { row, holder }) => {
    await updateHolder(tx, book, userId, { ...holder, defaultCardId: row.id });
    await deps.users.audit(tx, [{ book, userId, event: 'card.default', facts: { card_id: row.id } }]);
  });
}

/** @throws Refusal not_found */
export async function unbindAct(deps: CardsDeps, session: Session, cardId: string): Promise<Act> {
  const [card] = await findOwnCards(deps, session, [cardId]);
  if (card === undefined) throw cardNotFound();
  return { kind: 'unbind_card', subject: card.id, amount: null, payee: '' };
}

/** Proof and deed are one transaction. @throws Refusal not_found, card_in_use, step_up_required, step_up_invalid */
export async function unbindCard(
  deps: CardsDeps,
  session: Session,
  cardId: string,
  proof: string | null,
): Promise<void> {
  const { book, userId } = session;
  await deps.sql.begin(async (tx) => {
    const { row, rows, holder } = await lockCard(tx, session, cardId);
    if (await deps.isInUse(tx, book, row.id))
      throw new Refusal('card_in_use', 'a payment or transfer of this card has not ended', { retryAfterSeconds: 60 });
    const act: Act = { kind: 'unbind_card', subject: row.id, amount: null, payee: '' };
    await deps.users.consumeProof(tx, session, act, 'pin', proof);
    const left = rows.filter(({ id }) => id !== row.id);
    const next = left.find(({ isDefault }) => isDefault) ?? left.find(({ kind }) => kind === 'debit') ?? left[0];
    await updateHolder(tx, book, userId, {
      cardsCount: holder.cardsCount - 1,
      defaultCardId: next?.id ?? null,
    });
    const unboundAt = deps.clock.now();
    const eraseAt = new Date(unboundAt.getTime() + CARD_NUMBER_KEPT_HOURS * 3_600_000);
    await updateUnbound(tx, book, row.id, { unboundAt, eraseAt });
    await deps.users.audit(tx, [{ book, userId, event: 'card.unbound', facts: { card_id: row.id, bank: row.bank } }]);
  });
}

interface LockedCard {
  row: CardRow;
  /** All bound cards of the person. */
  rows: CardRow[];
  holder: HolderRow;
}

/** The holder's row is the lock of all their cards. @throws Refusal not_found */
async function lockCard(tx: Tx, { book, userId }: Session, cardId: string): Promise<LockedCard> {
  const holder = await lockHolder(tx, book, userId);
  const rows = await listBoundCards(tx, book, [userId]);
  const row = rows.find(({ id }) => id === cardId);
  if (row === undefined) throw cardNotFound();
  return { row, rows, holder };
}

async function changeCard(
  deps: CardsDeps,
  session: Session,
  cardId: string,
  change: (tx: Tx, locked: LockedCard) => Promise<void>,
): Promise<Card> {
  await deps.sql.begin(async (tx) => change(tx, await lockCard(tx, session, cardId)));
  const [card] = await findOwnCards(deps, session, [cardId]);
  assert(card !== undefined, 'a card that was changed is there');
  return card;
}

import { assert } from '../base/assert.ts';
import { CardNumber } from '../base/card-number.ts';
import { newToken } from '../base/id.ts';
import { CARDS_PER_PERSON_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tx } from '../db/connect.ts';
import type { Session } from '../users/users.ts';
import { insertBalanceRows } from './balance-store.ts';
import type { PendingCard, PendingRequest } from './card-requests.ts';
import { findBoundByIndex, insertCards, lockHolder, type NewCardRow, updateHolder } from './card-store.ts';
import type { CardId } from './cards.ts';
import type { CardsDeps } from './cards-deps.ts';

/**
 * Writes cards that a bank has confirmed and a code has sealed, the person's identity with the first of them. Those that are bound already
 * are left out. In the caller's transaction. @throws Refusal cards_max, identity_differs
 */
export async function insertBound(
  deps: CardsDeps,
  tx: Tx,
  session: Session,
  pending: Pick<PendingRequest, 'name' | 'idNumber'>,
  cards: readonly PendingCard[],
): Promise<CardId[]> {
  const { book, userId } = session;
  const holder = await lockHolder(tx, book, userId);
  const numbers = cards.map(({ number }) => deps.vault.indexesOf(readNumber(number)));
  const all = numbers.flatMap((versions) => versions.map(({ index }) => index));
  const bound = new Set((await findBoundByIndex(tx, book, userId, all)).map((row) => row.numberIndex.toString('hex')));
  const wanted = cards.flatMap((card, at) => {
    const versions = numbers[at] ?? [];
    if (versions.some(({ index }) => bound.has(index.toString('hex')))) return [];
    const newest = versions[0];
    assert(newest !== undefined, 'there is a key for indexes');
    return [{ card, id: newToken('card', deps, book), newest }];
  });
  if (wanted.length === 0) return [];
  if (holder.cardsCount + wanted.length > CARDS_PER_PERSON_MAX) throw tooManyCards();

  await deps.vault.prepare(tx, book, [userId]);
  const sealed = await deps.vault.seal(
    tx,
    wanted.flatMap(({ card, id }) => [
      { place: { book, userId, rowId: id, field: 'number' }, text: card.number },
      { place: { book, userId, rowId: id, field: 'holder' }, text: pending.name },
    ]),
  );
  const rows = wanted.map(({ card, id, newest }, at): NewCardRow => {
    const [numberSealed, holderSealed] = [sealed[at * 2], sealed[at * 2 + 1]];
    assert(numberSealed !== undefined && holderSealed !== undefined, 'the vault seals each');
    return {
      id,
      bank: card.bank,
      kind: card.kind,
      accountClass: card.accountClass,
      last4: card.number.slice(-4),
      numberSealed,
      holderSealed,
      numberIndex: newest.index,
      indexVersion: newest.version,
      tableVersion: card.tableVersion,
    };
  });
  const ids = rows.map(({ id }) => id);
  await insertCards(tx, { book, userId, boundAt: deps.clock.now() }, rows);
  await insertBalanceRows(tx, book, ids);
  const cardsCount = holder.cardsCount + ids.length;
  await updateHolder(tx, book, userId, { cardsCount, defaultCardId: holder.defaultCardId ?? ids[0] ?? null });
  await deps.users.confirmIdentity(tx, book, userId, { name: pending.name, idNumber: pending.idNumber });
  await deps.users.audit(
    tx,
    rows.map(({ id, bank }) => ({ book, userId, event: 'card.bound', facts: { card_id: id, bank } })),
  );
  return ids;
}

export function tooManyCards(): Refusal {
  return new Refusal('cards_max', `a person has at most ${CARDS_PER_PERSON_MAX} cards`, {
    cards_max: CARDS_PER_PERSON_MAX,
  });
}

/** Digits that were checked before they were sealed. */
export function readNumber(digits: string): CardNumber {
  const number = CardNumber.read(digits);
  assert(number !== null, 'a sealed number is a card number');
  return number;
}

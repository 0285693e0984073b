import { isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Session, UserId } from '../users/users.ts';
import { openEach } from '../vault/open-each.ts';
import { type CardRow, findBoundCards, listBoundCards } from './card-store.ts';
import type { Card, OpenedCard } from './cards.ts';
import type { CardsDeps } from './cards-deps.ts';
import { readNumber } from './insert-bound.ts';

export async function listCards(deps: CardsDeps, sql: Sql | Tx, book: number, userId: UserId): Promise<Card[]> {
  return (await listBoundCards(sql, book, [userId])).map((row) => toCard(deps, row));
}

/** The bound cards of many people in one look-up; one who has none is missing. */
export async function listCardsOf(
  deps: CardsDeps,
  sql: Sql | Tx,
  book: number,
  userIds: readonly UserId[],
): Promise<Map<UserId, Card[]>> {
  const cards = (await listBoundCards(sql, book, userIds)).map((row) => toCard(deps, row));
  const byPerson = new Map<UserId, Card[]>();
  for (const card of cards) byPerson.set(card.userId, [...(byPerson.get(card.userId) ?? []), card]);
  return byPerson;
}

/** The person's bound cards among these, in the order asked for. */
export async function findOwnCards(deps: CardsDeps, session: Session, ids: readonly string[]): Promise<Card[]> {
  const rows = await findBoundCards(deps.sql, session.book, ids.filter(isCardId));
  return ids.flatMap((id) => {
    const row = rows.find((each) => each.id === id && each.userId === session.userId);
    return row === undefined ? [] : [toCard(deps, row)];
  });
}

/**
 * Numbers and holders in the open, for the rail: one query and one pass through the vault, however many. A card whose sealed values were
 * altered or swapped is missing, loudly; it does not take the others with it.
 */
export async function openCardRows(
  deps: CardsDeps,
  sql: Sql | Tx,
  rows: readonly CardRow[],
): Promise<Map<string, OpenedCard>> {
  const wanted = rows.flatMap((row) => {
    const issuer = deps.desk.institutionOf(row.bank);
    const { numberSealed: number, holderSealed: holder } = row;
    return number === null || holder === null ? [] : [{ row, issuer, number, holder }];
  });
  const groups = wanted.map(({ row: { book, userId, id: rowId }, number, holder }) => [
    { place: { book, userId, rowId, field: 'number' }, sealed: number },
    { place: { book, userId, rowId, field: 'holder' }, sealed: holder },
  ]);
  const opened = await openEach(deps.vault, sql, groups, (at, error) => {
    deps.log.error(
      { error, cardId: wanted[at]?.row.id },
      'a sealed card does not open: somebody may have changed its row',
    );
  });
  return new Map(
    wanted.flatMap(({ row, issuer }, at): [string, OpenedCard][] => {
      const [number, holder] = opened[at] ?? [];
      if (number === undefined || holder === undefined) return [];
      return [[row.id, { card: toCard(deps, row), number: readNumber(number), issuer, holder }]];
    }),
  );
}

export async function openCards(
  deps: CardsDeps,
  sql: Sql | Tx,
  book: number,
  ids: readonly string[],
): Promise<Map<string, OpenedCard>> {
  const wanted = [...new Set(ids.filter(isCardId))];
  return wanted.length === 0 ? new Map() : openCardRows(deps, sql, await findBoundCards(sql, book, wanted));
}

/** The default when it is a debit card, else the debit card that was bound first. */
export async function findReceivingCard(
  deps: CardsDeps,
  sql: Sql | Tx,
  book: number,
  userId: UserId,
): Promise<Card | null> {
  const rows = await listBoundCards(sql, book, [userId]);
  const row = rows.find(({ kind }) => kind === 'debit');
  return row === undefined ? null : toCard(deps, row);
}

export function toCard(deps: CardsDeps, row: CardRow): Card {
  const { numberSealed: _number, holderSealed: _holder, ...card } = row;
  return { ...card, bankName: deps.table().names(card.bank) };
}

/** Somebody else's card is as absent as one that does not exist. */
export function cardNotFound(): Refusal {
  return new Refusal('not_found', 'there is no such card');
}

export function isCardId(text: string): boolean {
  return isId('card', text);
}

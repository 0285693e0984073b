import { isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Session, UserId } from '../users/users.ts';
import { type CardRow, findBoundCards, listBoundCards } from './card-store.ts';
import type { Card, OpenedCard } from './cards.ts';
import type { CardsDeps } from './cards-deps.ts';
import { readNumber } from './insert-bound.ts';

export async function listCards(deps: CardsDeps, sql: Sql | Tx, book: number, userId: UserId): Promise<Card[]> {
  return (await listBoundCards(sql, book, userId)).map((row) => toCard(deps, row));
}

/** The person's bound cards among these, in the order asked for. */
export async function findOwnCards(deps: CardsDeps, session: Session, ids: readonly string[]): Promise<Card[]> {
  const rows = await findBoundCards(deps.sql, session.book, ids.filter(isCardId));
  return ids.flatMap((id) => {
    const row = rows.find((each) => each.id === id && each.userId === session.userId);
    return row === undefined ? [] : [toCard(deps, row)];
  });
}

/** Numbers and holders in the open, for the rail: one query and one pass through the vault, however many. */
export async function openCardRows(
  deps: CardsDeps,
  sql: Sql | Tx,
  rows: readonly CardRow[],
): Promise<Map<string, OpenedCard>> {
  const wanted = rows.flatMap((row) => {
    const issuer = deps.desk.institutionOf(row.bank);
    const { numberSealed, holderSealed } = row;
    return issuer === null || numberSealed === null || holderSealed === null
      ? []
      : [{ row, issuer, numberSealed, holderSealed }];
  });
  const texts = await deps.vault.open(
    sql,
    wanted.flatMap(({ row: { book, userId, id }, numberSealed, holderSealed }) => [
      { place: { book, userId, rowId: id, field: 'number' }, sealed: numberSealed },
      { place: { book, userId, rowId: id, field: 'holder' }, sealed: holderSealed },
    ]),
  );
  return new Map(
    wanted.map(({ row, issuer }, at) => [
      row.id,
      { card: toCard(deps, row), number: readNumber(texts[at * 2] ?? ''), issuer, holder: texts[at * 2 + 1] ?? '' },
    ]),
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
  const rows = await listBoundCards(sql, book, userId);
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

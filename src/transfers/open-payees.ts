import { CardNumber } from '../base/card-number.ts';
import type { Sql } from '../db/connect.ts';
import type { CardVault } from '../vault/card-vault.ts';
import { findPayees, type PayeeRow } from './payee-store.ts';

/** A payee opened for the rail, inside a use case and for no longer than that. */
export interface OpenedPayee {
  payee: PayeeRow;
  number: CardNumber;
  name: string;
}

/** @throws an Error when one was altered */
export async function openPayees(
  deps: { sql: Sql; vault: CardVault },
  book: number,
  ids: readonly string[],
): Promise<Map<string, OpenedPayee>> {
  return await openPayeeRows(deps, await findPayees(deps.sql, book, ids));
}

export async function openPayeeRows(
  deps: { sql: Sql; vault: CardVault },
  rows: readonly PayeeRow[],
): Promise<Map<string, OpenedPayee>> {
  if (rows.length === 0) return new Map();
  const texts = await deps.vault.open(
    deps.sql,
    rows.flatMap((payee) => [
      { place: placeOf(payee, 'number'), sealed: payee.numberSealed },
      { place: placeOf(payee, 'name'), sealed: payee.nameSealed },
    ]),
  );
  return new Map(
    rows.map((payee, index) => {
      const number = CardNumber.read(texts[index * 2]);
      const name = texts[index * 2 + 1];
      if (number === null || name === undefined) throw new Error(`assertion failed: ${payee.id} was sealed as it came`);
      return [payee.id, { payee, number, name }];
    }),
  );
}

export function placeOf(payee: Pick<PayeeRow, 'book' | 'userId' | 'id'>, field: 'number' | 'name') {
  return { book: payee.book, userId: payee.userId, rowId: payee.id, field };
}

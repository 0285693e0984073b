import { CardNumber } from '../base/card-number.ts';
import type { Log } from '../base/log.ts';
import type { Sql } from '../db/connect.ts';
import type { CardVault } from '../vault/card-vault.ts';
import { openEach } from '../vault/open-each.ts';
import { findPayees, type PayeeRow } from './payee-store.ts';

/** A payee opened for the rail, inside a use case and for no longer than that. */
export interface OpenedPayee {
  payee: PayeeRow;
  number: CardNumber;
  name: string;
}

interface Deps {
  sql: Sql;
  log: Log;
  vault: CardVault;
}

/** One whose row was altered is missing, loudly; it does not take the others with it. */
export async function openPayees(deps: Deps, book: number, ids: readonly string[]): Promise<Map<string, OpenedPayee>> {
  return await openPayeeRows(deps, await findPayees(deps.sql, book, ids));
}

export async function openPayeeRows(deps: Deps, rows: readonly PayeeRow[]): Promise<Map<string, OpenedPayee>> {
  if (rows.length === 0) return new Map();
  const groups = rows.map((payee) => [
    { place: placeOf(payee, 'number'), sealed: payee.numberSealed },
    { place: placeOf(payee, 'name'), sealed: payee.nameSealed },
  ]);
  const opened = await openEach(deps.vault, deps.sql, groups, (at, error) => {
    deps.log.error({ error, payeeId: rows[at]?.id }, 'a sealed payee does not open: somebody may have changed its row');
  });
  return new Map(
    rows.flatMap((payee, at): [string, OpenedPayee][] => {
      const [digits, name] = opened[at] ?? [];
      if (digits === undefined || name === undefined) return [];
      const number = CardNumber.read(digits);
      if (number === null) throw new Error(`assertion failed: ${payee.id} was sealed as it came`);
      return [[payee.id, { payee, number, name }]];
    }),
  );
}

export function placeOf(payee: Pick<PayeeRow, 'book' | 'userId' | 'id'>, field: 'number' | 'name') {
  return { book: payee.book, userId: payee.userId, rowId: payee.id, field };
}

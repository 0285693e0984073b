import type { CardNumber } from '../base/card-number.ts';
import type { Sql, Tx } from '../db/connect.ts';

/*
 * Card numbers and what is known of a person, sealed: AES-256-GCM under a data key of that person, which is itself wrapped under a
 * key-encryption key that stands outside the database. Every sealed value names its keys, so that keys change while it serves.
 */

/** What a sealed value belongs to; part of what is authenticated, so that a value moved to another row does not open. */
export interface SealedPlace {
  book: number;
  userId: string;
  /** The row: a card id or the user id. */
  rowId: string;
  /** The column: `number`, `name`, `id_number`, `phone`. */
  field: string;
}

export interface CardVault {
  /** Makes a data key for each person who has none; a repeat changes nothing. Before the first `seal` for that person. */
  prepare(tx: Tx, book: number, userIds: readonly string[]): Promise<void>;
  /** Same index out as in. The people have data keys (see `prepare`). */
  seal(tx: Tx, items: readonly { place: SealedPlace; text: string }[]): Promise<Buffer[]>;
  /** Same index out as in. @throws SealBroken when one was altered, moved, or sealed under a key that is not there: nothing opens then. */
  open(sql: Sql | Tx, items: readonly { place: SealedPlace; sealed: Buffer }[]): Promise<string[]>;
  /** The keyed blind index of a number: equal numbers, equal bytes; nothing can be guessed from it without the key. Newest first: rows are written with the first and found by any. */
  indexesOf(number: CardNumber): readonly { version: number; index: Buffer }[];
  /** The same for a phone number or an ID number, apart from each other by `field`. */
  textIndexesOf(field: 'phone' | 'id_number', text: string): readonly { version: number; index: Buffer }[];
}

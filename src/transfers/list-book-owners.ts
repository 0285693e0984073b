import type { Sql } from '../db/connect.ts';
import { sumMoves } from './move-store.ts';
import { TRANSIT_OWNER } from './postings.ts';

/** Who has an account in the books through moves: banks by institution, shops of the wallet by number, and the money in between. */
export interface BookOwner {
  what: 'institution' | 'shop of the wallet' | 'platform';
  id: string;
}

/** Empty where nothing has moved yet. */
export async function listBookOwners(sql: Sql, book: number): Promise<BookOwner[]> {
  const { institutions, shops } = await sumMoves(sql, book);
  const transit: BookOwner[] = institutions.length === 0 ? [] : [{ what: 'platform', id: TRANSIT_OWNER }];
  return [
    ...institutions.map(({ institution }): BookOwner => ({ what: 'institution', id: institution })),
    ...shops.map(({ shopNo }): BookOwner => ({ what: 'shop of the wallet', id: shopNo })),
    ...transit,
  ];
}

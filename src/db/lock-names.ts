import type { Tx } from './connect.ts';

/**
 * Holds these names until the transaction ends, in one order for everybody. Whoever looks for a name that is not there holds it too: what is
 * being written elsewhere at this moment is then seen, or begins after the look.
 */
export async function lockNames(tx: Tx, book: number, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await tx`
    select pg_advisory_xact_lock(key)
    from (
      select distinct hashtextextended(name, ${BigInt(book)}) as key
      from unnest(${[...names]}::text[]) as named (name)
      order by key
    ) as sorted`;
}

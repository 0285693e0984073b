import type { Sql, Tx } from '../db/connect.ts';
import type { CardVault, SealedPlace } from './card-vault.ts';
import { SealBroken } from './sealed-value.ts';

/**
 * Opens groups of sealed values, at best in one pass: where a value of one group does not open, that group alone is null and `onBroken` is
 * told. @throws whatever else goes wrong: a database or a key service that is away breaks no seal
 */
export async function openEach(
  vault: CardVault,
  sql: Sql | Tx,
  groups: readonly (readonly { place: SealedPlace; sealed: Buffer }[])[],
  onBroken: (index: number, error: SealBroken) => void,
): Promise<(string[] | null)[]> {
  try {
    const texts = await vault.open(sql, groups.flat());
    let from = 0;
    return groups.map((group) => texts.slice(from, (from += group.length)));
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
  }
  const opened: (string[] | null)[] = [];
  for (const [index, group] of groups.entries()) {
    try {
      opened.push(await vault.open(sql, group));
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      onBroken(index, error);
      opened.push(null);
    }
  }
  return opened;
}

import { UsageError } from './command.ts';
import { nearest } from './nearest.ts';

/** A word that has to be one of a few. @throws UsageError naming the one that was most likely meant, else all of them */
export function chooseWord<const T extends string>(
  command: string,
  what: string,
  word: string,
  choices: readonly T[],
): T {
  const found = choices.find((choice) => choice === word);
  if (found !== undefined) return found;
  const guess = nearest(word, choices);
  const hint = guess === null ? `choose ${choices.join(', ')}` : `did you mean ${guess}?`;
  throw new UsageError(`hutong ${command}: there is no ${what} ${JSON.stringify(word)}: ${hint}`);
}

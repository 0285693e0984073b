import { UsageError } from '../command.ts';
import { nearest } from '../nearest.ts';

/** What can be made to go wrong, in plain words, with what the simulators call it. */
const KINDS: readonly { word: string; kind: string; what: string }[] = [
  { word: 'silent', kind: 'silent', what: 'nothing is done and nothing is answered' },
  { word: 'slow', kind: 'slow', what: 'done, and answered after --value milliseconds (1000)' },
  { word: 'late', kind: 'late', what: 'the same; a notification is sent that much later' },
  { word: 'html', kind: 'html', what: 'an HTML page instead of an answer, nothing is done' },
  { word: 'wrong', kind: 'bad_signature', what: 'done, and answered with a signature that does not fit' },
  { word: 'lies', kind: 'wrong_amount', what: 'rightly signed, but with one fen (or --value) too much' },
  { word: 'duplicated', kind: 'duplicate', what: 'a notification is sent twice (or --value times)' },
  { word: 'cut', kind: 'drop_after', what: 'done, but the connection is cut before the answer' },
  { word: 'code', kind: 'code', what: "the wallet's own code --value is answered" },
  {
    word: 'declined',
    kind: 'declined',
    what: 'the payment is refused for good: at pay as its order comes in, at outcome as its buyer confirms',
  },
];

const OPERATIONS: readonly { word: string; what: string }[] = [
  { word: 'pay', what: 'an order, whichever way it comes in' },
  { word: 'query', what: 'a question how an order or a refund stands' },
  { word: 'refund', what: 'a refund' },
  { word: 'cancel', what: 'closing or undoing an order' },
  { word: 'notify', what: 'what the wallet tells by itself' },
  { word: 'bill', what: 'the daily bill' },
  { word: 'identify', what: 'who the buyer is' },
  { word: 'outcome', what: 'how a payment or an accepted refund ends, only with code' },
  { word: 'any', what: 'all of them but outcome' },
];

/** Lines for the help page. */
export const FAULT_NOTES: readonly string[] = [
  'Operations, the same at every wallet (hutong sandbox faults <wallet> --json tells those that are its own):',
  ...OPERATIONS.map(({ word, what }) => `  ${word.padEnd(10)}  ${what}`),
  '',
  'Kinds:',
  ...KINDS.map(({ word, what }) => `  ${word.padEnd(10)}  ${what}`),
  '',
  'A fault stays until it is cleared, unless --times says how often it strikes. With --share 20 it strikes 20 of each 100',
  'calls, spread by --seed: the same seed strikes the same calls again. `declined` alone means `pay declined`.',
];

/** The two words on the line; a kind alone stands for the operation that it usually strikes. @throws UsageError */
export function faultWords(operation: string, kind: string): { operation: string; kind: string } {
  if (kind !== '') return { operation, kind };
  if (operation === 'declined') return { operation: 'pay', kind: operation };
  throw new UsageError('hutong sandbox fault: <kind> is missing');
}

/** The simulator's name for a kind. @throws UsageError when neither we nor this simulator know it */
export function toKind(word: string, known: readonly string[]): string {
  const kind = KINDS.find((one) => one.word === word)?.kind ?? word;
  return choose('kind', kind, known, [...KINDS.map((one) => one.word), ...known]);
}

/** @throws UsageError when this simulator does not know the operation */
export function toOperation(word: string, known: readonly string[]): string {
  return choose('operation', word, known, known);
}

/** A simulator's kind in our words. */
export function kindWord(kind: string): string {
  return KINDS.find((one) => one.kind === kind)?.word ?? kind;
}

function choose(what: string, word: string, known: readonly string[], offered: readonly string[]): string {
  if (known.includes(word)) return word;
  const guess = nearest(word, offered);
  const choices = [...new Set(offered.map(kindWord))].join(', ');
  const hint = guess === null ? `choose ${choices}` : `did you mean ${guess}?`;
  throw new UsageError(`hutong sandbox fault: there is no ${what} ${JSON.stringify(word)}: ${hint}`);
}

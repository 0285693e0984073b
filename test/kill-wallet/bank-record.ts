import type { BankSandbox } from '../../src/sandbox/bank/bank.ts';

/** One movement at a card that stands in the banks' books in the end, by what the switch's files say. */
export interface Standing {
  card: string;
  minor: bigint;
  /** Taken from the card, or given to it. */
  side: 'debit' | 'credit';
  bank: string;
}

/** How wide each column of a line is, a blank between any two; read here once more, apart from the product's reader. */
const WIDTHS = [
  11, 11, 6, 10, 19, 12, 12, 12, 4, 6, 4, 8, 15, 12, 2, 6, 11, 6, 2, 3, 12, 12, 12, 1, 3, 1, 1, 10, 11, 1, 2, 2, 12, 14,
];
const [STAN, SENT_AT, CARD, AMOUNT, TYPE, PROCESSING, ORIGINAL_STAN, ORIGINAL_SENT_AT, ISSUER] = [
  2, 3, 4, 5, 8, 9, 17, 27, 28,
] as const;
/** Transfers and purchases take, the other two give. */
const TAKES = ['000000', '460000'];

/**
 * Everything that the files of all days leave standing, by second and number of its message (`MMDDhhmmss stan`); what is wrong in them is
 * said. A debit that went back on a later day stands in its own file, and its reversal in that of the later one.
 */
export function readBankRecord(
  bank: BankSandbox,
  days: readonly string[],
): { standing: Map<string, Standing>; wrong: string[] } {
  const standing = new Map<string, Standing>();
  const wrong: string[] = [];
  const reversed: string[] = [];
  for (const day of days)
    for (const line of bank.dayLines(day)) {
      const cells = cellsOf(line);
      const cell = (column: number): string => cells[column] ?? '';
      const name = `${cell(SENT_AT)} ${cell(STAN)}`;
      if (cell(TYPE) === '0420') {
        reversed.push(`${cell(ORIGINAL_SENT_AT)} ${cell(ORIGINAL_STAN)}`);
        continue;
      }
      if (standing.has(name)) wrong.push(`the banks' files have ${name} twice`);
      standing.set(name, {
        card: cell(CARD),
        minor: BigInt(cell(AMOUNT)),
        side: TAKES.includes(cell(PROCESSING)) ? 'debit' : 'credit',
        bank: cell(ISSUER),
      });
    }
  for (const name of reversed)
    if (!standing.delete(name)) wrong.push(`the banks took back ${name}, which does not stand`);
  return { standing, wrong };
}

function cellsOf(line: string): string[] {
  let at = 0;
  return WIDTHS.map((width) => {
    const cell = line.slice(at, at + width).trim();
    at += width + 1;
    return cell;
  });
}

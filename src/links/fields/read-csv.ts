import type { Place } from '../../offers/read-campaign-file.ts';
import type { Label } from '../../wallets/wallet-names.ts';
import { both } from './link-fields.ts';

/** A cell with where it begins, counted from 1. */
export interface Cell {
  text: string;
  line: number;
  column: number;
}

export type CsvReading = { kind: 'rows'; rows: Cell[][] } | { kind: 'fault'; fault: { place: Place; text: Label } };

/**
 * CSV as RFC 4180 has it, with `sign` between the cells: they may stand in quotes, with `""` for a quote and line ends inside. Empty lines are
 * left out; a byte order mark is skipped. What the grammar does not allow is told with its place instead of being guessed. Where tabs stand
 * between them, spreadsheet programs put in quotes only what has to be: any other quote is a letter.
 */
export function readCsv(text: string, sign: string): CsvReading {
  const plain = new RegExp(`[^${sign}\\r\\n]*`, 'y');
  const rows: Cell[][] = [];
  let row: Cell[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let [line, lineStart] = [1, at];
  const place = () => ({ line, column: at - lineStart + 1 });
  const fault = (at: Place, words: Label): CsvReading => ({ kind: 'fault', fault: { place: at, text: words } });
  const endRow = (): void => {
    if (row.length > 1 || (row[0]?.text ?? '') !== '') rows.push(row);
    row = [];
  };
  while (at < text.length) {
    const began = place();
    let cell = '';
    if (text[at] === '"') {
      at += 1;
      for (; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (at >= text.length) return fault(began, both('引号没有结束', 'the quote is never closed'));
        if (text[at] === '"') at += 1; // of a pair only one is meant
        cell += text[at];
        if (text[at] === '\n') [line, lineStart] = [line + 1, at + 1];
      }
      at += 1;
      if (at < text.length && text[at] !== sign && !/[\r\n]/.test(text[at] ?? ''))
        return fault(
          place(),
          both('引号后面少了分隔符或换行', 'behind a quote comes the next cell or the end of the line'),
        );
    } else {
      plain.lastIndex = at;
      cell = plain.exec(text)?.[0] ?? '';
      if (cell.includes('"') && sign !== '\t')
        return fault(began, both('有引号的格子要整个放在引号里', 'a cell with a quote stands in quotes'));
      at += cell.length;
    }
    row.push({ text: cell, ...began });
    if (text[at] === sign) {
      at += 1;
      if (at === text.length) row.push({ text: '', ...place() });
      continue;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') {
      at += 1;
      [line, lineStart] = [line + 1, at];
    }
    endRow();
  }
  endRow();
  return { kind: 'rows', rows };
}

/** A cell with where it begins, counted from 1. */
export interface Cell {
  text: string;
  line: number;
  column: number;
}

export type CsvReading =
  | { kind: 'rows'; rows: Cell[][] }
  | { kind: 'fault'; fault: { line: number; column: number; text: string } };

const PLAIN = /[^,\r\n]*/y;

/**
 * CSV as RFC 4180 has it: cells may stand in quotes, with `""` for a quote and line ends inside. Empty lines are left out; a byte order mark
 * is skipped. What the grammar does not allow is told with its place instead of being guessed.
 */
export function readCsv(text: string): CsvReading {
  const rows: Cell[][] = [];
  let row: Cell[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let [line, lineStart] = [1, at];
  const place = () => ({ line, column: at - lineStart + 1 });
  const fault = (what: string): CsvReading => ({ kind: 'fault', fault: { ...place(), text: what } });
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
        if (at >= text.length) return { kind: 'fault', fault: { ...began, text: 'the quote is never closed' } };
        if (text[at] === '"') at += 1; // of a pair only one is meant
        cell += text[at];
        if (text[at] === '\n') [line, lineStart] = [line + 1, at + 1];
      }
      at += 1;
      if (at < text.length && !/[,\r\n]/.test(text[at] ?? ''))
        return fault('a comma or the end of the line is missing');
    } else {
      PLAIN.lastIndex = at;
      cell = PLAIN.exec(text)?.[0] ?? '';
      if (cell.includes('"'))
        return { kind: 'fault', fault: { ...began, text: 'a cell with a quote stands in quotes' } };
      at += cell.length;
    }
    row.push({ text: cell, ...began });
    if (text[at] === ',') {
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

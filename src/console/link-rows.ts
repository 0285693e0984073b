import { LINK_FIELDS, type LinkField, type LinkTexts } from './link-form.ts';

export interface PastedRow {
  /** From 1, as an editor counts. */
  line: number;
  texts: LinkTexts;
}

export type PastedRows =
  | { kind: 'rows'; rows: readonly PastedRow[] }
  /** The first line names something that no link has, or names nothing. */
  | { kind: 'fault'; unknown: readonly string[] };

/**
 * Rows that were pasted from a spreadsheet program (tabs) or a CSV file (RFC 4180, commas or semicolons); the first one names the fields. Empty
 * lines are passed over.
 */
export function readPastedRows(text: string): PastedRows {
  const plain = text.replace(/^\u{feff}/u, '');
  const [first = ''] = plain.split(/\r\n|\r|\n/, 1);
  const sign = [',', ';'].reduce((best, one) => (count(first, one) > count(first, best) ? one : best), '\t');
  const [heads, ...rest] = split(plain, sign);
  const names = heads?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const unknown = names.filter((name) => !isField(name));
  if (names.length === 0 || unknown.length > 0) return { kind: 'fault', unknown };
  const rows = rest.map(({ line, cells }): PastedRow => {
    const texts: Partial<Record<LinkField, string>> = {};
    for (const [index, name] of names.entries()) if (isField(name)) texts[name] = cells[index] ?? '';
    return { line, texts };
  });
  return { kind: 'rows', rows };
}

function isField(name: string): name is LinkField {
  return LINK_FIELDS.some((field) => field === name);
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}

/** Cells line by line; a quoted one may hold the sign, line ends and doubled quotes. */
function split(text: string, sign: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let [cells, cell, line, began]: [string[], string, number, number] = [[], '', 1, 1];
  let isQuoted = false;
  const endRow = (): void => {
    cells.push(cell);
    if (cells.some((one) => one.trim() !== '')) rows.push({ line: began, cells });
    [cells, cell, began] = [[], '', line];
  };
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at);
    if (letter === '\n') line += 1;
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text.charAt(at + 1) === '"') [cell, at] = [`${cell}"`, at + 1];
      else isQuoted = false;
    } else if (letter === '"' && cell === '') isQuoted = true;
    else if (letter === sign) [cells, cell] = [[...cells, cell], ''];
    else if (letter === '\n') endRow();
    else if (letter !== '\r') cell += letter;
  }
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}

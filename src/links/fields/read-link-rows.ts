import type { LinkTexts } from './field-sheet.ts';
import { both, isLinkField, type LinkField } from './link-fields.ts';
import { type LinkWish, type LinkWishes, type PlacedFault, unknownField } from './link-wish.ts';
import { type Cell, readCsv } from './read-csv.ts';

/**
 * Links as rows of a table: CSV with commas or semicolons, or what a spreadsheet program copies (tabs). The first line names the fields; an
 * empty cell is a field left out, and a line without anything is passed over.
 */
export function readLinkRows(text: string): LinkWishes {
  const reading = readCsv(text, signOf(text));
  if (reading.kind === 'fault') return { wishes: [], faults: [{ ...reading.fault, field: null }] };
  const [head = [], ...all] = reading.rows;
  const names = head.map((cell) => cell.text.trim().toLowerCase());
  const faults = head.flatMap((cell, index) => faultOfName(names, cell, index));
  if (head.length === 0)
    faults.push(fault({ line: 1, column: 1 }, '第一行要写字段名', 'the first line names the fields'));
  if (faults.length > 0) return { wishes: [], faults };
  const rows = all.filter((cells) => cells.some((cell) => cell.text.trim() !== ''));
  return { wishes: rows.map((row) => toWish(names, row)), faults: rows.flatMap((row) => faultOfRow(names, row)) };
}

/** Whichever parts the names most often. */
function signOf(text: string): string {
  const [first = ''] = text.split(/[\r\n]/, 1);
  const count = (sign: string): number => first.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

function faultOfName(names: readonly string[], cell: Cell, index: number): PlacedFault[] {
  const name = names[index] ?? '';
  if (!isLinkField(name)) return [{ place: placeOf(cell), field: null, text: unknownField(cell.text.trim()) }];
  return names.indexOf(name) === index ? [] : [fault(cell, `${name} 写了两次`, `${name} stands twice`)];
}

function faultOfRow(names: readonly string[], row: readonly Cell[]): PlacedFault[] {
  const beyond = row[names.length];
  if (beyond !== undefined)
    return [
      fault(beyond, `格子比字段多：字段有 ${names.length} 个`, `there are more cells than the ${names.length} fields`),
    ];
  const last = row.at(-1);
  if (row.length === names.length || last === undefined) return [];
  return [
    fault(
      last,
      `字段有 ${names.length} 个，这一行只有 ${row.length} 个格子`,
      `there are ${row.length} cells for ${names.length} fields`,
    ),
  ];
}

function toWish(names: readonly string[], row: readonly Cell[]): LinkWish {
  const texts: Partial<Record<LinkField, string>> = {};
  for (const [index, name] of names.entries()) if (isLinkField(name)) texts[name] = row[index]?.text ?? '';
  const written: LinkTexts = texts;
  return {
    texts: written,
    locate: (field) => placeOf(row[names.indexOf(field)] ?? row[0] ?? { line: 1, column: 1 }),
  };
}

function fault(place: { line: number; column: number }, chinese: string, english: string): PlacedFault {
  return { place: placeOf(place), field: null, text: both(chinese, english) };
}

function placeOf({ line, column }: { line: number; column: number }): PlacedFault['place'] {
  return { line, column };
}

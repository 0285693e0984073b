import type { Terminal } from './command.ts';

/** A column of a table for people. */
export interface Column<Row> {
  title: string;
  show(row: Row): string;
  right?: boolean;
}

/** Prints rows as JSON lines, or as a table for people. */
export function printRows<Row extends object>(
  terminal: Terminal,
  isJson: boolean,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  whenEmpty: string,
): void {
  if (isJson) for (const row of rows) terminal.print(toJson(row));
  else if (rows.length === 0) terminal.print(whenEmpty);
  else for (const line of layOut(rows, columns)) terminal.print(line);
}

/** One JSON line; amounts and other big numbers travel as text. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_name, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));
}

/** An object for people: a field a line, inner objects indented. */
export function printObject(terminal: Terminal, value: object, indent = ''): void {
  const entries = Object.entries(value);
  const width = Math.max(0, ...entries.map(([name]) => widthOf(name)));
  for (const [name, inner] of entries as [string, unknown][]) {
    if (Array.isArray(inner) && inner.some((item) => typeof item === 'object')) {
      terminal.print(`${indent}${name}`);
      for (const item of inner as unknown[]) {
        printObject(terminal, toObject(item), `${indent}    `);
        terminal.print('');
      }
    } else if (isPlainObject(inner) && !isAmount(inner)) {
      if (Object.keys(inner).length === 0) terminal.print(`${indent}${padEnd(name, width)}  -`);
      else terminal.print(`${indent}${name}`);
      printObject(terminal, inner, `${indent}    `);
    } else terminal.print(`${indent}${padEnd(name, width)}  ${toText(inner)}`);
  }
}

/** Lines of a table, aligned by how wide letters are shown. */
export function layOut<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  const cells = rows.map((row) => columns.map((column) => column.show(row)));
  const widths = columns.map((column, i) =>
    Math.max(widthOf(column.title), ...cells.map((line) => widthOf(line[i] ?? ''))),
  );
  const lay = (line: readonly string[]): string =>
    line
      .map((cell, i) => (columns[i]?.right ? padStart(cell, widths[i] ?? 0) : padEnd(cell, widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [lay(columns.map((column) => column.title)), ...cells.map(lay)];
}

/** How many columns of a terminal a text takes: Chinese letters and full-width signs take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += WIDE.test(letter) ? 2 : 1;
  return width;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

function toText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (isPlainObject(value) && isAmount(value)) return `${toText(value['currency'])} ${toText(value['minor'])}`;
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(toText).join(', ');
  return typeof value === 'string' ? value : toJson(value);
}

function toObject(value: unknown): object {
  return isPlainObject(value) ? value : { value };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAmount(value: Record<string, unknown>): boolean {
  return Object.keys(value).length === 2 && 'currency' in value && 'minor' in value;
}

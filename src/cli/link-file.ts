import { extname } from 'node:path';
import { type Place, readCampaignFile } from '../offers/read-campaign-file.ts';
import { formatMinor, isCurrency, money } from '../money/money.ts';
import { CONTENT_FIELDS, type ContentField, type ContentTexts } from './link-content.ts';
import { type Cell, readCsv } from './read-csv.ts';

/** A link that a file asks for, as it is written there. */
export interface LinkWish {
  texts: ContentTexts;
  /** A serving host of the merchant's; null: our own address. */
  host: string | null;
  /** Where a field stands; the beginning of the link where it does not. */
  locate(field: string): Place;
}

export interface FileFault {
  place: Place;
  text: string;
}

export interface LinkFile {
  wishes: LinkWish[];
  faults: FileFault[];
}

const FIELDS: readonly string[] = [...CONTENT_FIELDS, 'host'];
const NO_SUCH = `there is no such field; there are ${FIELDS.join(', ')}`;

/** Links as CSV (by the file's ending) or as a list in JSON or YAML. */
export function readLinkFile(path: string, text: string): LinkFile {
  return extname(path).toLowerCase() === '.csv' ? readFromCsv(text) : readFromList(text);
}

/** The first line names the fields; an empty cell is a field left out. */
function readFromCsv(text: string): LinkFile {
  const reading = readCsv(text);
  if (reading.kind === 'fault') return { wishes: [], faults: [toFault(reading.fault, reading.fault.text)] };
  const [head = [], ...rows] = reading.rows;
  const names = head.map((cell) => cell.text.trim().toLowerCase());
  const faults: FileFault[] = head
    .filter((_, index) => !FIELDS.includes(names[index] ?? '') || names.indexOf(names[index] ?? '') !== index)
    .map((cell) =>
      toFault(cell, FIELDS.includes(cell.text.trim().toLowerCase()) ? 'this field stands twice' : NO_SUCH),
    );
  if (head.length === 0) faults.push({ place: { line: 1, column: 1 }, text: 'the first line names the fields' });
  if (faults.length > 0) return { wishes: [], faults };
  for (const row of rows) {
    const [first, beyond] = [row[0], row[names.length]];
    if (beyond !== undefined) faults.push(toFault(beyond, 'there are more cells than fields'));
    else if (row.length < names.length && first !== undefined)
      faults.push(toFault(row.at(-1) ?? first, `there are ${row.length} cells for ${names.length} fields`));
  }
  return { wishes: rows.map((row) => toWish(names, row)), faults };
}

function toWish(names: readonly string[], row: readonly Cell[]): LinkWish {
  const texts: ContentTexts = {};
  let host: string | null = null;
  for (const [index, { text }] of row.entries()) {
    const name = names[index] ?? '';
    if (text.trim() === '') continue;
    if (name === 'host') host = text.trim();
    else if (isField(name)) texts[name] = text;
  }
  return {
    texts,
    host,
    locate(field) {
      const cell = row[names.indexOf(field)] ?? row[0];
      return { line: cell?.line ?? 1, column: cell?.column ?? 1 };
    },
  };
}

function readFromList(text: string): LinkFile {
  const file = readCampaignFile(text);
  if (file.faults.length > 0) return { wishes: [], faults: [...file.faults] };
  if (!Array.isArray(file.written))
    return { wishes: [], faults: [{ place: file.locate(''), text: 'it is a list of links' }] };
  const faults: FileFault[] = [];
  const wishes = file.written.map((each: unknown, index): LinkWish => {
    const locate = (field: string): Place => file.locate(`/${index}/${field}`);
    const texts: ContentTexts = {};
    let host: string | null = null;
    const isLink = typeof each === 'object' && each !== null && !Array.isArray(each);
    if (!isLink) faults.push({ place: file.locate(`/${index}`), text: 'a link is an object with its fields' });
    for (const [name, value] of Object.entries(isLink ? each : {}) as [string, unknown][]) {
      // as it was parsed
      if (value === null) continue;
      const said = name === 'price' ? (priceOf(value, texts) ?? textOf(value)) : textOf(value);
      if (!FIELDS.includes(name)) faults.push({ place: locate(name), text: NO_SUCH });
      else if (said === null) faults.push({ place: locate(name), text: 'it is a text' });
      else if (name === 'host') host = said;
      else if (isField(name)) texts[name] = said;
    }
    return { texts, host, locate };
  });
  return { wishes, faults };
}

/** A price as the API writes it: `{ currency, minor }`. */
function priceOf(value: unknown, texts: ContentTexts): string | null {
  if (typeof value !== 'object' || value === null || !('currency' in value) || !('minor' in value)) return null;
  const { currency, minor } = value;
  if (!isCurrency(currency) || !/^\d{1,18}$/.test(String(minor))) return null;
  texts.currency = currency;
  return formatMinor(money(currency, BigInt(String(minor))));
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : null;
}

function isField(name: string): name is ContentField {
  return CONTENT_FIELDS.some((field) => field === name);
}

function toFault({ line, column }: Place, text: string): FileFault {
  return { place: { line, column }, text };
}

import type { Span } from './find-urls.ts';
import type { TextFormat } from './format-row.ts';

/** Two capitals and three or four digits: CZ3457, HU591. */
const CAPITALS_AND_DIGITS = /(?<![0-9A-Za-z])[A-Z]{2}\d{3,4}(?![0-9A-Za-z])/;
/** The four letters that open a shared folder, after the word for them or in the address. */
const EXTRACTION = /(?:提取码|提取碼|访问码|密码)[^0-9A-Za-z\n]{0,6}([0-9A-Za-z]{4})(?![0-9A-Za-z])/;
const IN_ADDRESS = /[?&]pwd=([0-9A-Za-z]{4})(?![0-9A-Za-z])/;

/** The share code of a folded text; titles and addresses may hold letters of the same form and are passed over. */
export function findShareCode(
  text: string,
  kind: NonNullable<TextFormat['shareCode']>,
  urls: readonly Span[],
): string | null {
  if (kind === 'extraction') return EXTRACTION.exec(text)?.[1] ?? IN_ADDRESS.exec(text)?.[1] ?? null;
  let from = 0;
  for (const { start, end } of urls) {
    const found = CAPITALS_AND_DIGITS.exec(withoutTitles(text.slice(end)))?.[0];
    if (found !== undefined) return found;
    from = start;
  }
  return CAPITALS_AND_DIGITS.exec(withoutTitles(urls.length === 0 ? text : text.slice(0, from)))?.[0] ?? null;
}

function withoutTitles(text: string): string {
  return text.includes('「') ? text.replace(/「[^「」]{0,200}」/g, '\u3002') : text;
}

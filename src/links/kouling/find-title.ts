import type { TextFormat } from './format-row.ts';
import { isTag } from './format-index.ts';

const TITLE_CHARS_MAX = 200;
/** Brackets that are looked into for the first that holds more than the app's own name. */
const BRACKETS_MAX = 6;

/** What a text says that it leads to: the first bracket of the kind, with what the app always adds taken off. Null where there is none. */
export function findTitle(text: string, title: NonNullable<TextFormat['title']>): string | null {
  const [open, close] = title.brackets === '「」' ? (['「', '」'] as const) : (['【', '】'] as const);
  let at = text.indexOf(open);
  for (let count = 0; at >= 0 && count < BRACKETS_MAX; count += 1) {
    const end = closingOf(text, at, open, close);
    if (end < 0) return null;
    const inner = strip(
      text
        .slice(at + 1, end)
        .replace(/\s+/g, ' ')
        .trim(),
      title,
    );
    if (inner !== '' && !isTag(inner)) return inner.slice(0, TITLE_CHARS_MAX).toWellFormed();
    at = text.indexOf(open, end + 1);
  }
  return null;
}

/** The bracket that closes the one at `at`, with brackets of the same kind within. */
function closingOf(text: string, at: number, open: string, close: string): number {
  let depth = 0;
  for (let here = at; here < text.length; here += 1) {
    const sign = text.charAt(here);
    if (sign === open) depth += 1;
    else if (sign === close) {
      depth -= 1;
      if (depth === 0) return here;
    }
  }
  return text.indexOf(close, at + 1);
}

function strip(text: string, { starts, ends }: NonNullable<TextFormat['title']>): string {
  const start = starts.find((each) => text.startsWith(each)) ?? '';
  const cut = text.slice(start.length);
  const end = ends.find((each) => cut.endsWith(each)) ?? '';
  return (end === '' ? cut : cut.slice(0, -end.length)).trim();
}

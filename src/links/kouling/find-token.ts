import { kindOf, type Run } from './find-runs.ts';
import type { TextFormat, TokenPlace } from './format-row.ts';

/** What is around a run that makes it a token. */
export interface TokenSigns {
  /** A sentence or tag of the app stands in the text. */
  hasSentence: boolean;
  /** A share code stands beside it, or an address of the app. */
  hasCompany: boolean;
}

export interface FoundToken {
  run: Run;
  confidence: 'high' | 'medium' | 'low';
}

/** All runs that a row's own places allow, the surest first; `text` is folded. */
export function findTokens(text: string, runs: readonly Run[], row: TextFormat, signs: TokenSigns): FoundToken[] {
  const found: FoundToken[] = [];
  for (const run of runs) {
    let best: FoundToken | null = null;
    for (const place of row.tokens) {
      const confidence = judge(text, run, place, signs);
      if (confidence !== null && (best === null || ORDER[confidence] < ORDER[best.confidence]))
        best = { run, confidence };
    }
    if (best !== null) found.push(best);
  }
  return found.sort(
    (left, right) => ORDER[left.confidence] - ORDER[right.confidence] || left.run.start - right.run.start,
  );
}

const ORDER = { high: 0, medium: 1, low: 2 } as const;

function judge(text: string, run: Run, place: TokenPlace, signs: TokenSigns): FoundToken['confidence'] | null {
  const chars = run.end - run.start;
  if (place.in === 'parameter' || chars < place.charsMin || chars > place.charsMax) return null;
  const kinds = Number(run.upper > 0) + Number(run.lower > 0) + Number(run.digits > 0);
  if (kinds < 2 || PRODUCT_NAME.test(text.slice(run.start, run.end))) return null;
  const before = signBefore(text, run.start);
  const after = signAfter(text, run.end);
  if (place.in === 'sentence') return signs.hasSentence && isApart(text, run) && isDrawn(text, run) ? 'medium' : null;
  if (before === 'currency' && after === 'currency') return 'high';
  const isSure = signs.hasSentence || signs.hasCompany;
  if (before === 'currency' || after === 'currency') return isSure || kinds === 3 ? 'medium' : null;
  if (!isSure && (kinds < 3 || !isDrawn(text, run))) return null;
  if (before === 'symbol' && after === 'symbol') return isSure ? 'high' : 'medium';
  // ASCII brackets and strokes stand in any text; they need company.
  if (before !== null && after !== null) return isSure ? 'medium' : isCounted(text, run.start) ? 'low' : null;
  return null;
}

/** Kinds of letters change often where letters are drawn by lot; people's names change them seldom, and end in a number. */
const CHANGES_MIN = 4;

function isDrawn(text: string, run: Run): boolean {
  const letters = text.slice(run.start, run.end);
  if (run.upper === 0 || run.lower === 0 || /^[A-Za-z]+\d+$/.test(letters)) return false;
  let changes = 0;
  for (let at = 1; at < letters.length; at += 1)
    if (kindOf(letters.charCodeAt(at)) !== kindOf(letters.charCodeAt(at - 1))) changes += 1;
  return changes >= CHANGES_MIN;
}

/** Eleven letters of all kinds are also what some products are called. */
const PRODUCT_NAME =
  /iphone|ipad|airpods?|macbook|iwatch|imac|galaxy|redmi|xiaomi|huawei|honor|thinkpad|oppo|vivo|realme|oneplus|nova|mate\d|geforce|radeon|ryzen|core|ddr\d|type|bluetooth|wifi|pro(?:max)?$|ultra$|plus$/i;

const CURRENCY = '¥$€£₤₳₰₴₵₪₩฿¢₱₲₭₮₹₽₿💲💰💴💵💶💷';
const BRACKETS = '()/[]!<>{}';

type Sign = 'currency' | 'symbol' | 'bracket' | null;

/** The sign before a run: white space, and a share code as in `￥CZ028 mGT54R79BlZ￥`, may stand between them. */
function signBefore(text: string, start: number): Sign {
  const before = text
    .slice(Math.max(0, start - 10), start)
    .trimEnd()
    .replace(/[A-Z]{2}\d{3,4}$/, '')
    .trimEnd();
  const last = before.charCodeAt(before.length - 1);
  const isLow = last >= 0xdc00 && last <= 0xdfff;
  return kindOfSign(before.slice(isLow ? -2 : -1));
}

function signAfter(text: string, end: number): Sign {
  return kindOfSign(
    String.fromCodePoint(
      text
        .slice(end, end + 3)
        .trimStart()
        .codePointAt(0) ?? 0x20,
    ),
  );
}

function kindOfSign(sign: string): Sign {
  if (sign === '' || sign === ' ') return null;
  if (CURRENCY.includes(sign)) return 'currency';
  if (BRACKETS.includes(sign)) return 'bracket';
  return /[\p{So}\p{Sk}]|[\u2190-\u2bff]/u.test(sign) ? 'symbol' : null;
}

/** `7(C8G93R9Dtxy)/`, `29✔`: the app counts before its fence. */
function isCounted(text: string, start: number): boolean {
  return /(?:^|[^0-9A-Za-z])\d{1,2}[^0-9A-Za-z]$/.test(text.slice(Math.max(0, start - 4), start));
}

/** Not a part of something longer, such as a mail address, a file's name or a version. */
function isApart(text: string, run: Run): boolean {
  return (
    !/[0-9A-Za-z@._=+%&~-]$/.test(text.slice(Math.max(0, run.start - 1), run.start)) &&
    !/^(?:[0-9A-Za-z@_=+%&~-]|\.[0-9A-Za-z])/.test(text.slice(run.end, run.end + 2))
  );
}

import { readChecked } from './check-letter.ts';

/** How our own text names its code; other readers look for eight letters and digits in a row, or more, and find none. */
export const OWN_NAME = { 'zh-CN': '互通码', en: 'Hutong code' } as const;

/** Any dash, any white space around it, also where a line was broken; after folding and simplifying. */
const OWN =
  /(?:互\s*通\s*码|[Hh]utong\s*code|HUTONG\s*CODE)[\s:]{0,4}([0-9A-Za-z]{4})\s{0,3}[-\u2010-\u2015\u2212]\s{0,3}([0-9A-Za-z]{4})\s{0,3}[-\u2010-\u2015\u2212]\s{0,3}([0-9A-Za-z])(?![0-9A-Za-z])/g;
/** A code that survives an app's installation. */
const DEFERRAL = /(?<![0-9A-Za-z])HT-([0-7][0-9A-HJKMNP-TV-Z]{25})(?![0-9A-Za-z])/i;

export type OwnCode =
  | { kind: 'link'; code: string; isOneOfSeveral: boolean }
  /** In full: `HT-` and 26 capitals. */
  | { kind: 'deferral'; code: string }
  | { kind: 'mistyped' };

/** A code of ours in a folded and simplified text, the last one: before it may stand a title, which is anybody's. Null where there is none. */
export function readOwn(text: string): OwnCode | null {
  if (text.includes('互') || text.includes('utong') || text.includes('UTONG')) {
    const written = [...text.matchAll(OWN)].map(([, ...parts]) => parts.join(''));
    const last = written.at(-1);
    if (last !== undefined) {
      const code = readChecked(last);
      return code === null ? { kind: 'mistyped' } : { kind: 'link', code, isOneOfSeveral: new Set(written).size > 1 };
    }
  }
  const deferral = text.includes('-') ? DEFERRAL.exec(text)?.[1] : undefined;
  return deferral === undefined ? null : { kind: 'deferral', code: `HT-${deferral.toUpperCase()}` };
}

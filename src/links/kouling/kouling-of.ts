import type { Lang } from '../../base/lang.ts';
import type { Link } from '../link.ts';
import { checkLetter } from './check-letter.ts';
import { OWN_NAME } from './read-own.ts';

/** What of a link stands in its text. */
interface Shared {
  link: Pick<Link, 'code' | 'title'>;
  url: string;
}

/**
 * What people copy where an app passes text alone: a sentence with the title, the short address, and the code with its check letter, so that
 * the link is found again also when an app has taken the address out. No eight letters and digits stand in a row outside of the address, and no
 * sign of currency: readers of other apps' tokens find none.
 */
export function koulingOf(ready: Shared, lang: Lang): string {
  const { code, title } = ready.link;
  const token = `〔${OWN_NAME[lang]} ${groupCode(code)}〕`;
  const url = `${ready.url}?via=text`;
  return lang === 'en'
    ? `「${plainTitle(title)}」 Copy all of this and paste it where Hutong links open, or tap ${url} ${token}`
    : `「${plainTitle(title)}」点开 ${url} 即可查看；点不开就复制整段文字，到互通粘贴页打开 ${token}`;
}

/** `abcd-2345-k`: the code in groups of four, the check letter last. */
export function groupCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}-${checkLetter(code)}`;
}

/**
 * A title is its merchant's and may hold anything; within our text it must not read as another app's token, as an address, or end its own
 * brackets. What could is broken up by a space or turned into a bracket of another kind.
 */
function plainTitle(title: string): string {
  return title
    .normalize('NFKC')
    .replace(/[\p{C}\s]+/gu, ' ')
    .replace(/[￥¥$€£₤₳₰]/gu, ' ')
    .replace(/「/g, '『')
    .replace(/」/g, '』')
    .replace(/:\/\//g, ': ')
    .replace(/#(?=小程序)/g, '')
    .replace(/[〔〕]/g, ' ')
    .replace(/[0-9A-Za-z]{8,}/g, splitLong)
    .trim();
}

/** A long word of small letters is a word; one of mixed kinds is cut where the kind changes next after six letters. */
function splitLong(letters: string): string {
  if (/^(?:[a-z]+|[A-Z][a-z]+|[A-Z]+|\d+)$/.test(letters)) return letters;
  return letters.replace(/[0-9A-Za-z]{6}(?=[0-9A-Za-z])/g, '$& ');
}

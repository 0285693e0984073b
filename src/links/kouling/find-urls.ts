import { PASTED_URLS_MAX } from '../../base/link-limits.ts';

/** A stretch of a text. */
export interface Span {
  start: number;
  end: number;
}

export interface FoundUrl extends Span {
  url: URL;
  /** It named a user before the host; they are gone from `url`. */
  hadCredentials: boolean;
}

/** A host up to the last ending that it could have: an ASCII one, or one of those in Chinese that are in use. */
const UP_TO_ENDING =
  /^.*\.(?:[a-z]{2,18}|中国|中國|公司|网络|網絡|网址|商城|网店|中文网|在线|集团|我爱你|手机|购物|餐厅|政务|公益|移动|商标|娱乐|游戏|企业|广东|佛山|香港|台湾|台灣|рф)(?![a-z0-9.-])/iu;
const HAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const NOT_OF_HOST = /[^\p{L}\p{N}\p{M}.-]/u;

/** The http and https addresses of a folded text, the first PASTED_URLS_MAX of them, wherever they touch other writing. */
export function findUrls(text: string): FoundUrl[] {
  const found: FoundUrl[] = [];
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    if (found.length === PASTED_URLS_MAX) break;
    const start = schemeStart(text, at);
    if (start < 0 || start < (found.at(-1)?.end ?? 0)) continue;
    const end = endOfUrl(text, at + 3);
    const one = toUrl(text.slice(start, end));
    if (one !== null) found.push({ ...one, start, end });
  }
  return found;
}

/** An address as `URL` reads it, without a user; null for other schemes and for what is none. */
export function toUrl(text: string): Pick<FoundUrl, 'url' | 'hadCredentials'> | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return null;
  const hadCredentials = url.username !== '' || url.password !== '';
  if (hadCredentials) {
    url.username = '';
    url.password = '';
  }
  return { url, hadCredentials };
}

/** Where `http` or `https` before `://` begins; -1 for any other scheme. */
function schemeStart(text: string, colon: number): number {
  if (isWord(text, colon - 5, 'https')) return colon - 5;
  return isWord(text, colon - 4, 'http') ? colon - 4 : -1;
}

function isWord(text: string, start: number, word: string): boolean {
  return start >= 0 && text.slice(start, start + word.length).toLowerCase() === word;
}

/** Where the letters that an address may have end, its last signs trimmed. */
export function endOfAscii(text: string, start: number): number {
  let end = start;
  while (end < text.length && isOfUrl(text.charCodeAt(end))) end += 1;
  return trimEnd(text, start, end);
}

/** An address is ASCII, but for hosts of other letters; a sentence's own stops at its end are not part of it. */
function endOfUrl(text: string, hostStart: number): number {
  let end = hostStart;
  while (end < text.length && isOfUrl(text.charCodeAt(end))) end += 1;
  if (end < text.length && !/[/?#]/.test(text.slice(hostStart, end))) {
    const wide = endOfWideHost(text, hostStart, end);
    if (wide > end) {
      end = wide;
      while (end < text.length && isOfUrl(text.charCodeAt(end))) end += 1;
    }
  }
  return trimEnd(text, hostStart, end);
}

const HOST_CHARS_MAX = 253;

/**
 * Where a host with letters beyond ASCII ends; -1 where the ASCII host before them was whole and a Chinese sentence goes on. Letters of other
 * scripts within a host are read along: they are there to look like another host, and whoever looks at it must see them.
 */
function endOfWideHost(text: string, hostStart: number, firstWide: number): number {
  const isInside = /[/.-]/.test(text.charAt(firstWide - 1)) || !HAN.test(text.charAt(firstWide));
  if (!isInside) return -1;
  const rest = text.slice(hostStart, hostStart + HOST_CHARS_MAX);
  const stop = rest.search(NOT_OF_HOST);
  const host = UP_TO_ENDING.exec(stop < 0 ? rest : rest.slice(0, stop))?.[0];
  return host === undefined ? -1 : hostStart + host.length;
}

/** Printable ASCII without space, quotes, angle brackets, backslash, backtick, braces and bar. */
function isOfUrl(code: number): boolean {
  if (code <= 0x20 || code >= 0x7f) return false;
  return (
    code !== 0x22 && code !== 0x3c && code !== 0x3e && code !== 0x5c && code !== 0x60 && (code < 0x7b || code === 0x7e)
  );
}

/** Full stops and the like at the end belong to the sentence; so does a closing bracket that nothing within opened. */
export function trimEnd(text: string, start: number, end: number): number {
  const within = text.slice(start, end);
  let [round, square] = [surplus(within, '(', ')'), surplus(within, '[', ']')];
  let at = end;
  for (; at > start; at -= 1) {
    const last = text.charAt(at - 1);
    if (last === ')' && round > 0) round -= 1;
    else if (last === ']' && square > 0) square -= 1;
    else if (!".,;:!?'*".includes(last)) break;
  }
  return at;
}

/** How many more brackets are closed than opened. */
function surplus(text: string, open: string, close: string): number {
  return text.includes(close) ? text.split(close).length - text.split(open).length : 0;
}

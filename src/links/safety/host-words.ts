import { isIP } from 'node:net';
import { domainToUnicode } from 'node:url';
import { getDomain, getDomainWithoutSuffix } from 'tldts';
import { BRANDS, type BrandRow, CHINESE_NAMES } from './brand-hosts.ts';
import { isImitation, skeletonOf } from './confusables.ts';
import { isSoundPunycode } from './read-host.ts';

/**
 * `mixed_scripts`: one label in letters of several scripts that no language mixes. `imitates`: letters of another script that all look like
 * a-z. `odd_sign`: what is no letter, or a stroke that is taken for a slash or hyphen. `look_alike`: taken for the host of a brand.
 * `names_brand`: a brand's name is a part of a host that is not the brand's. `no_registrable`: nothing that anybody could register.
 */
export type HostWarning =
  | 'broken_punycode'
  | 'mixed_scripts'
  | 'imitates'
  | 'odd_sign'
  | 'look_alike'
  | 'names_brand'
  | 'address'
  | 'port'
  | 'trailing_dot'
  | 'no_registrable';

export interface JudgedHost {
  /** How it may be shown to people: in its own letters where they deceive nobody, else in the xn-- form. With the port. */
  shown: string;
  isMixed: boolean;
  /** The brand's host that it is taken for, or whose name it carries; null where there is none. */
  looksLike: string | null;
  /** What its owner registered (`shop.example.com.cn` → `example.com.cn`), private suffixes such as github.io counted in; null where nothing. */
  registrable: string | null;
  warnings: readonly HostWarning[];
}

/** Why a host may not be registered by a merchant, or null. The operator, who knows whose it is, may go by other grounds. */
export function registrationFaultOf({ warnings }: JudgedHost): HostWarning | null {
  return REFUSED.find((each) => warnings.includes(each)) ?? null;
}

/** First the worst. */
const REFUSED: readonly HostWarning[] = ['broken_punycode', 'look_alike', 'mixed_scripts', 'imitates', 'odd_sign'];

/** In these the letters say something else than they seem to, so that the host is shown as it is written on the wire. */
const SHOWN_ASCII: ReadonlySet<HostWarning> = new Set(REFUSED);

/** What is to be known about a host (`URL.host`) before it is shown or registered. Pure; a few microseconds. */
export function judgeHost(host: string): JudgedHost {
  const [, bare = '', port = ''] = /^(\[.*\]|[^:]*)(:\d+)?$/.exec(host) ?? [];
  const name = bare.endsWith('.') ? bare.slice(0, -1) : bare;
  const warnings = new Set<HostWarning>();
  if (port !== '') warnings.add('port');
  if (name !== bare) warnings.add('trailing_dot');
  if (name.startsWith('[') || isIP(name) === 4) {
    warnings.add('address');
    return { shown: host, isMixed: false, looksLike: null, registrable: null, warnings: [...warnings] };
  }
  const registrable = getDomain(name, { allowPrivateDomains: true });
  if (registrable === null) warnings.add('no_registrable');
  const unicode = domainToUnicode(name);
  if (unicode === '' || !isSoundPunycode(name)) warnings.add('broken_punycode');
  for (const label of unicode.split('.')) for (const each of warningsOfLabel(label, name)) warnings.add(each);
  const brand = brandOf(name, unicode, registrable);
  if (brand !== null) warnings.add(brand.how);
  const isPlain = ![...warnings].some((each) => SHOWN_ASCII.has(each));
  return {
    shown: `${isPlain && unicode !== '' ? unicode : name}${port}`,
    isMixed: warnings.has('mixed_scripts'),
    looksLike: brand?.host ?? null,
    registrable,
    warnings: [...warnings],
  };
}

const SCRIPTS = [
  'Latin',
  'Han',
  'Hiragana',
  'Katakana',
  'Bopomofo',
  'Hangul',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Georgian',
  'Hebrew',
  'Arabic',
  'Thai',
  'Lao',
  'Khmer',
  'Myanmar',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Tibetan',
  'Mongolian',
  'Ethiopic',
  'Cherokee',
  'Coptic',
].map((name) => ({ name, own: new RegExp(`\\p{Script_Extensions=${name}}`, 'u') }));

/** Written together by somebody: Chinese, Japanese and Korean with Latin letters among them (UTS 39, highly restrictive). */
const TOGETHER = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];

const SHARED = /[\p{Script=Common}\p{Script=Inherited}]/u;
/** Strokes that a hasty eye takes for / - . or l; between letters of their own script they are what they are. */
const STROKES = /[ノソゾン丶丿乀乁〆一ー・]/u;
const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

function warningsOfLabel(label: string, asciiName: string): HostWarning[] {
  if (/^[a-z0-9_-]*$/.test(label)) return [];
  const found: HostWarning[] = [];
  const letters = Array.from(label);
  if (!areTogether(letters)) found.push('mixed_scripts');
  if (/[^\p{L}\p{N}\p{M}・·-]/u.test(label) || hasStray(label)) found.push('odd_sign');
  const foreign = letters.filter((letter) => /[^a-z0-9-]/.test(letter));
  const isLatinEnd = !asciiName.slice(asciiName.lastIndexOf('.') + 1).startsWith('xn--');
  if (isLatinEnd && foreign.every((letter) => isImitation(letter) && !/\p{Script=Latin}/u.test(letter)))
    found.push('imitates');
  return found;
}

/** Whether one language could have written these letters into one word. */
function areTogether(letters: readonly string[]): boolean {
  const needs = letters.filter((letter) => !SHARED.test(letter)).map(scriptsOf);
  if (needs.some((scripts) => scripts.length === 0)) return new Set(needs.map(String)).size === 1; // one rare script by itself
  const isAll = (allowed: readonly string[]) =>
    needs.every((scripts) => scripts.some((name) => allowed.includes(name)));
  return TOGETHER.some(isAll) || SCRIPTS.some(({ name }) => isAll([name]));
}

function scriptsOf(letter: string): string[] {
  return SCRIPTS.filter(({ own }) => own.test(letter)).map(({ name }) => name);
}

/** A stroke with no East Asian letter besides strokes around it. */
function hasStray(label: string): boolean {
  if (!STROKES.test(label)) return false;
  return (label.match(EAST_ASIAN) ?? []).every((letter) => STROKES.test(letter));
}

interface NamedBrand {
  host: string;
  how: 'look_alike' | 'names_brand';
}

/** Shorter names are parts of ordinary words. */
const PART_CHARS_MIN = 5;
const WITHIN_CHARS_MIN = 6;

const ownHosts = new Set(BRANDS.flatMap(({ host, own }) => [host, ...own]));
const brandBySkeleton = new Map(BRANDS.map((row) => [skeletonOf(row.name), row]));
const carried = BRANDS.filter(({ name, isCommon }) => !isCommon && name.length >= PART_CHARS_MIN).map((row) => ({
  host: row.host,
  skeleton: skeletonOf(row.name),
  isWithin: row.name.length >= WITHIN_CHARS_MIN,
}));

function brandOf(name: string, unicode: string, registrable: string | null): NamedBrand | null {
  const ends = endsOf(name);
  if (ends.some((end) => ownHosts.has(end))) return null;
  const spelled = BRANDS.find(({ host }) => name.startsWith(`${host}.`) || name.includes(`.${host}.`));
  if (spelled !== undefined) return { host: spelled.host, how: 'look_alike' };
  const labels = unicode.split('.');
  const owned = registrable === null ? null : getDomainWithoutSuffix(unicode, { allowPrivateDomains: true });
  for (const label of labels) {
    const row = brandBySkeleton.get(skeletonOf(label)) ?? joined(label);
    const isSame = label === row?.name;
    if (row === undefined || (isSame && row.isCommon)) continue;
    return { host: row.host, how: isSame && label !== owned ? 'names_brand' : 'look_alike' };
  }
  const host = carriedBy(labels) ?? CHINESE_NAMES.find(([words]) => unicode.includes(words))?.[1];
  return host === undefined ? null : { host, how: 'names_brand' };
}

/** `a.b.c` → `a.b.c`, `b.c`. */
function endsOf(name: string): string[] {
  const labels = name.split('.');
  return labels.slice(1).map((_, index) => labels.slice(index).join('.'));
}

/** `ali-pay` and `tao-bao`; a few letters with hyphens are anybody's. */
function joined(label: string): BrandRow | undefined {
  if (!label.includes('-')) return undefined;
  const row = brandBySkeleton.get(skeletonOf(label.replaceAll('-', '')));
  return row !== undefined && row.name.length >= PART_CHARS_MIN ? row : undefined;
}

/** `alipay-help`, `wwwtaobao`: the name itself, or what looks like it, with more around it. */
function carriedBy(labels: readonly string[]): string | undefined {
  for (const label of labels.map(skeletonOf)) {
    const parts = label.split('-');
    const found = carried.find(({ skeleton, isWithin }) =>
      isWithin ? label.includes(skeleton) : parts.includes(skeleton),
    );
    if (found !== undefined) return found.host;
  }
  return undefined;
}

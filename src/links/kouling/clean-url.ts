import { trimEnd } from './find-urls.ts';
import { type TextFormat, TRACKING } from './format-row.ts';

/**
 * An address without what tells of a device or a person: a known host keeps what its row allows, any other loses only what TRACKING names.
 * Reading the result again gives it again.
 */
export function cleanUrl(url: URL, row: TextFormat | null): { text: string; isChanged: boolean } {
  if (url.search === '') return { text: endSafely(url.href), isChanged: false };
  const pairs = url.search.slice(1).split('&');
  const kept = pairs.filter((pair) => isKept(nameOf(pair), row));
  if (kept.length === pairs.length) return { text: endSafely(url.href), isChanged: false };
  url.search = kept.length === 0 ? '' : `?${kept.join('&')}`;
  return { text: endSafely(url.href), isChanged: true };
}

function isKept(name: string, row: TextFormat | null): boolean {
  if (row !== null && row.keep !== null) return row.keep.includes(name);
  return !matches(TRACKING, name) && (row === null || !matches(row.drop, name));
}

function matches(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name));
}

function nameOf(pair: string): string {
  const end = pair.indexOf('=');
  const name = end < 0 ? pair : pair.slice(0, end);
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // a stray % is part of the name
  }
}

/** A sentence's own signs at the end are written so that nobody takes them for the sentence's. */
function endSafely(href: string): string {
  const end = trimEnd(href, 0, href.length);
  if (end === href.length) return href;
  const signs = Array.from(href.slice(end), (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return href.slice(0, end) + signs.join('');
}

import { isOwnScheme } from '../own-scheme.ts';

/*
 * The addresses that steps lead to. What a merchant registered and what a link says are put together so that no value can end the part that it
 * stands in: a path stays a path, a query's value stays a value, and nothing reaches the part of an intent that Android obeys.
 */

/** `hutong_link=<code>` in the query tells the shop which link its buyer came by; everything else stays letter for letter. */
export function withLinkCode(address: string, code: string): string {
  const url = new URL(address);
  url.search = `?${[...otherPairs(url.search), `hutong_link=${code}`].join('&')}`;
  return url.href;
}

/** What apps are handed in place of a page: the page's path and query, without the code of whatever link it was copied from. */
export function pathOfPage(page: string): string {
  const { pathname, search } = new URL(page);
  const pairs = otherPairs(search);
  const isSame = pairs.length === 0 ? search === '' : `?${pairs.join('&')}` === search;
  return isSame ? pathname + search : [pathname, pairs.join('&')].filter((part) => part !== '').join('?');
}

function otherPairs(search: string): string[] {
  return search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !/^hutong_link(?:=|$)/.test(pair));
}

/**
 * The same for what an app is handed: a scheme's address, a mini program's page, a path. It need not be an address that URL can read, so the pair is
 * put behind what stands there. An owner whose app cannot bear it, or wants it elsewhere, names `hutong_link` in the query himself (empty, too);
 * that is left as it is.
 */
export function withLinkCodeFor(handed: string, code: string): string {
  const [, address = '', fragment = ''] = /^([^#]*)(.*)$/s.exec(handed) ?? [];
  if (/[?&]hutong_link(?:=|&|$)/.test(address)) return handed;
  const joint = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${joint}hutong_link=${code}${fragment}`;
}

/** Path and query as URL writes them, below the root of whatever host: `//other.example/x` is a path, too. A fragment is dropped. */
export function toAppPath(text: string): string {
  const { pathname, search } = new URL(`https://app.invalid/${text.replace(/^[/\\\s]+/, '').replace(/#.*$/s, '')}`);
  return pathname + search;
}

/**
 * `{path}` filled with the link's path without its first slash. After a `?` it is one value and written as such; before it, it keeps its own
 * slashes and query.
 */
export function fillTemplate(template: string, appPath: string): string {
  const path = toAppPath(appPath).slice(1);
  const queryAt = template.indexOf('?');
  return template.replaceAll('{path}', (_name, at: number) =>
    queryAt !== -1 && at > queryAt ? encodeURIComponent(path) : path.replaceAll(';', '%3B'),
  );
}

/** WeChat, wx-open-launch-weapp: a page is named with `.html` at its end, before its query; without it none is found. */
export function wechatTagPath(page: string): string {
  const [way = '', ...query] = page.split('?');
  return [way.endsWith('.html') ? way : `${way}.html`, ...query].join('?');
}

/** `shop://item/42` from `shop://item/{path}`, or null where the scheme may not be one of a merchant's own. */
export function schemeUrl(template: string, appPath: string): string | null {
  const filled = fillTemplate(template, appPath);
  const scheme = schemeOf(filled);
  if (scheme === null || !isOwnScheme(scheme)) return null;
  return hasOddSigns(filled) || !URL.canParse(filled) ? null : filled;
}

/**
 * Chrome's way into an Android app: `intent://item/42#Intent;scheme=shop;package=…;S.browser_fallback_url=…;end`. Everything before the `#` is
 * the address that the app sees; null where it cannot be written safely.
 */
export function intentUrl(address: string, packageName: string, fallbackUrl: string): string | null {
  const scheme = schemeOf(address);
  if (scheme === null || hasOddSigns(address) || !/^[A-Za-z]\w*(?:\.[A-Za-z]\w*)+$/.test(packageName)) return null;
  const rest = address
    .slice(scheme.length + 1)
    .replaceAll('#', '%23')
    .replaceAll(';', '%3B');
  const extras = [
    `scheme=${scheme}`,
    `package=${packageName}`,
    `S.browser_fallback_url=${encodeURIComponent(fallbackUrl)}`,
  ];
  return `intent:${rest}#Intent;${extras.join(';')};end`;
}

/** Alipay, "jump to a mini program": `page` is one value, with the program's own query in it. */
export function alipayUrl(appId: string, page: string): string | null {
  if (!/^\d{16}$/.test(appId)) return null;
  return `alipays://platformapi/startapp?appId=${appId}&page=${encodeURIComponent(page)}`;
}

function schemeOf(address: string): string | null {
  return /^([a-z][a-z0-9+.-]{0,62}):/i.exec(address)?.[1]?.toLowerCase() ?? null;
}

/** Signs that no address has as they stand; whoever put them there wanted out of it. */
function hasOddSigns(text: string): boolean {
  return /[\s<>"`\\^{|}\p{C}]/u.test(text);
}

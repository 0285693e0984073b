import {
  LINK_APP_PATH_CHARS_MAX,
  LINK_DESCRIPTION_CHARS_MAX,
  LINK_PRICE_MINOR_MAX,
  LINK_TITLE_CHARS_MAX,
  LINK_URL_CHARS_MAX,
} from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import { currencies } from '../money/money.ts';
import { isLocalHost } from './hosts/read-host-name.ts';
import type { LinkContent, LinkKind } from './link.ts';

/** What a link's content is held against. */
export interface ContentGround {
  kind: LinkKind;
  /** Hosts that the owner has proved for `target`. */
  targets: ReadonlySet<string>;
  isSandbox: boolean;
  now: Date;
  /** An end that is over already may stay as it was said before. */
  mayBeOver?: boolean;
  /** Hosts that the operator lets nothing lead to. */
  isBlockedHost: (host: string) => boolean;
  /** What stands before the name of a field that is wrong: `links.3.`. */
  path: string;
}

const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** The content as it is kept. @throws Refusal invalid_request, link_host_not_proved */
export function checkContent(given: LinkContent, ground: ContentGround): LinkContent {
  const { kind, path, now } = ground;
  const isPage = kind === 'page';
  if (isPage && given.page === null) throw wrong(path, 'page', 'a link of this kind leads to a page');
  if (!isPage && given.page !== null) throw wrong(path, 'page', 'what is paid has its page here');
  if (!isPage && given.appPath !== null) throw wrong(path, 'app_path', 'what is paid has its page here');
  if (!isPage && given.direct) throw wrong(path, 'direct', 'what is paid has its page here');
  // A leap second is well written, and nothing that can be reckoned with.
  if (given.expiresAt !== null && !(given.expiresAt.getTime() <= LATEST_MS))
    throw wrong(path, 'expires_at', 'an instant before the year 10000');
  if (given.expiresAt !== null && given.expiresAt <= now && ground.mayBeOver !== true)
    throw wrong(path, 'expires_at', 'the time is over already; stop the link instead');
  const page = given.page === null ? null : readTarget(given.page, ground, 'page');
  if (page !== null && ground.isBlockedHost(new URL(page).host))
    throw new Refusal('link_blocked', 'the operator lets no link lead there', { param: `${path}page` });
  return {
    page,
    appPath: given.appPath === null ? null : readAppPath(given.appPath, path),
    title: readWords(given.title, LINK_TITLE_CHARS_MAX, path, 'title'),
    description:
      given.description === null ? null : readWords(given.description, LINK_DESCRIPTION_CHARS_MAX, path, 'description'),
    imageUrl: given.imageUrl === null ? null : readTarget(given.imageUrl, ground, 'image_url'),
    price: given.price === null ? null : readPrice(given.price, path),
    availability: given.availability,
    direct: given.direct,
    expiresAt: given.expiresAt,
  };
}

/**
 * An address that a link may lead to, as `URL.href` writes it: of a host that is proved, and of nobody's name in front of it. What is kept is
 * what was looked at, so no browser reads another host out of it. @throws Refusal invalid_request, link_host_not_proved
 */
export function readTarget(
  text: string,
  ground: Pick<ContentGround, 'targets' | 'isSandbox' | 'path'>,
  field: string,
): string {
  const { targets, isSandbox, path } = ground;
  // Blanks and control characters are what browsers drop, each in its own places.
  if (text.length > LINK_URL_CHARS_MAX || /[\s\p{Cc}\p{Cf}\\]/u.test(text))
    throw wrong(path, field, `an address has at most ${LINK_URL_CHARS_MAX} letters and no blanks`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong(path, field, 'that is no address');
  }
  const mayBePlain = isSandbox && isLocalHost(url.host);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain))
    throw wrong(path, field, 'the address begins with https://');
  if (url.username !== '' || url.password !== '') throw wrong(path, field, 'an address names nobody before its host');
  if (url.href.length > LINK_URL_CHARS_MAX)
    throw wrong(path, field, `an address has at most ${LINK_URL_CHARS_MAX} letters`);
  if (!targets.has(url.host))
    throw new Refusal('link_host_not_proved', `${url.host} is not proved as a host that links lead to`, {
      param: path + field,
      host: url.host,
    });
  return url.href;
}

/** A path with query, as an app is handed it: nothing in it ends the text that it is put into. */
function readAppPath(text: string, path: string): string {
  const isPath = text.length <= LINK_APP_PATH_CHARS_MAX && /^\/(?:[A-Za-z0-9._~!*+,=:@%?&-]|\/(?!\/))*$/.test(text);
  if (!isPath || text.startsWith('//') || hasDots(text))
    throw wrong(
      path,
      'app_path',
      'a path such as /item/42?color=red, of letters, digits and . _ ~ ! * + , = : @ % & -',
    );
  return text;
}

/** `/../` would leave the folder that a template names. */
function hasDots(text: string): boolean {
  const [way = ''] = text.split('?');
  return way.split('/').some((part) => /^(?:\.|%2e){1,2}$/i.test(part));
}

/** What is not seen, turns the rest around, or stands for nothing but room; what joins emoji and letters of some scripts is none of it. */
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffd\u{e0000}-\u{e00ff}]|\u034f|\u17b4|\u17b5/u;

/** Words that people see: nothing in them is invisible or turns the rest around. */
export function readWords(text: string, charsMax: number, path: string, field: string): string {
  const words = text.trim();
  if (words.length === 0 || words.length > charsMax) throw wrong(path, field, `1 to ${charsMax} letters`);
  if (UNSEEN.test(words) || !/[\p{L}\p{N}\p{P}\p{S}]/u.test(words))
    throw wrong(path, field, 'it holds letters that nobody sees');
  if (/\p{M}{5}/u.test(words)) throw wrong(path, field, 'it piles up marks on one letter');
  return words;
}

function readPrice(price: NonNullable<LinkContent['price']>, path: string): NonNullable<LinkContent['price']> {
  if (!currencies.includes(price.currency)) throw wrong(path, 'price.currency', 'that currency is not known here');
  if (price.minor <= 0n || price.minor > LINK_PRICE_MINOR_MAX)
    throw wrong(path, 'price.minor', `1 to ${LINK_PRICE_MINOR_MAX} minor units`);
  return price;
}

export function wrong(path: string, field: string, detail: string): Refusal {
  return new Refusal('invalid_request', detail, { param: path + field });
}

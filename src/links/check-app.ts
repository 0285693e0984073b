import { assertNever } from '../base/assert.ts';
import { LINK_CERTIFICATES_MAX, LINK_TEMPLATE_CHARS_MAX, LINK_URL_CHARS_MAX } from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import { wrong } from './check-content.ts';
import type { LinkAppSettings } from './link.ts';
import { isOwnScheme } from './own-scheme.ts';

/** Apple: ten letters of the team, then the bundle id (letters, digits, hyphens, dots). */
const IOS_APP_ID = /^[A-Z0-9]{10}\.[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/;
/** Android: segments of letters, digits and underscores that begin with a letter, at least two. */
const ANDROID_PACKAGE = /^[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)+$/;
const CERTIFICATE = /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/;
const WECHAT_APP_ID = /^wx[0-9a-f]{16}$/;
const WECHAT_ORIGINAL_ID = /^gh_[0-9a-f]{8,16}$/;
const ALIPAY_APP_ID = /^[0-9]{16}$/;
const APP_ID_CHARS_MAX = 255;

/** `shop://item/{path}`: a scheme, two slashes, and letters that no text around them takes for its own. */
const SCHEME_TEMPLATE = /^([a-z][a-z0-9+.-]{1,62}):\/\/((?:[A-Za-z0-9._~!*+,=:@%/?&-]|\{path\})*)$/;
const PAGE_TEMPLATE = /^[A-Za-z0-9_-](?:[A-Za-z0-9._~!*+,=:@%/?&-]|\{path\})*$/;

/** What an app's settings are held against. */
export interface AppGround {
  /** Hosts that the merchant has proved for `target`. */
  targets: ReadonlySet<string>;
}

/** The settings as they are kept. @throws Refusal invalid_request, link_host_not_proved */
export function checkApp(given: LinkAppSettings, ground: AppGround): LinkAppSettings {
  switch (given.kind) {
    case 'ios':
      return {
        kind: 'ios',
        appId: readMatch(given.appId, IOS_APP_ID, 'app_id', 'ten letters of the team and the bundle id'),
        scheme: given.scheme === null ? null : readScheme(given.scheme),
        universalHost: given.universalHost === null ? null : readProved(given.universalHost, ground, 'universal_host'),
        storeUrl: given.storeUrl === null ? null : readStoreUrl(given.storeUrl),
      };
    case 'android':
      return {
        kind: 'android',
        package: readMatch(given.package, ANDROID_PACKAGE, 'package', 'a package such as com.example.shop'),
        certificates: readCertificates(given.certificates),
        scheme: given.scheme === null ? null : readScheme(given.scheme),
        appLinkHost: given.appLinkHost === null ? null : readProved(given.appLinkHost, ground, 'app_link_host'),
        storeUrl: given.storeUrl === null ? null : readStoreUrl(given.storeUrl),
      };
    case 'wechat_mini':
      return {
        kind: 'wechat_mini',
        appId: readMatch(given.appId, WECHAT_APP_ID, 'app_id', 'wx and 16 hex letters'),
        originalId: readMatch(given.originalId, WECHAT_ORIGINAL_ID, 'original_id', 'gh_ and hex letters'),
        page: readPage(given.page),
      };
    case 'alipay_mini':
      return {
        kind: 'alipay_mini',
        appId: readMatch(given.appId, ALIPAY_APP_ID, 'app_id', '16 digits'),
        page: readPage(given.page),
      };
    case 'wechat_account':
      return {
        kind: 'wechat_account',
        appId: readMatch(given.appId, WECHAT_APP_ID, 'app_id', 'wx and 16 hex letters'),
        openAppId:
          given.openAppId === null
            ? null
            : readMatch(given.openAppId, WECHAT_APP_ID, 'open_app_id', 'wx and 16 hex letters'),
      };
    default:
      return assertNever(given);
  }
}

/** An app's secret at WeChat: printable, and long enough to be one. @throws Refusal invalid_request */
export function checkSecret(secret: string, kind: LinkAppSettings['kind']): string {
  if (kind !== 'wechat_account')
    throw new Refusal('invalid_request', 'only a wechat_account has a secret', { param: 'secret' });
  if (!/^[!-~]{16,128}$/.test(secret))
    throw new Refusal('invalid_request', 'a secret is 16 to 128 letters without blanks', { param: 'secret' });
  return secret;
}

function readMatch(text: string, shape: RegExp, field: string, words: string): string {
  if (text.length > APP_ID_CHARS_MAX || !shape.test(text)) throw wrong('settings.', field, words);
  return text;
}

function readScheme(text: string): string {
  const [, scheme = ''] = (text.length <= LINK_TEMPLATE_CHARS_MAX && SCHEME_TEMPLATE.exec(text)) || [];
  if (scheme === '' || hasTwoPaths(text)) throw wrong('settings.', 'scheme', 'a scheme such as shop://item/{path}');
  if (!isOwnScheme(scheme)) throw wrong('settings.', 'scheme', `${scheme}: is not an app's own`);
  return text;
}

function readPage(text: string): string {
  if (text.length > LINK_TEMPLATE_CHARS_MAX || !PAGE_TEMPLATE.test(text) || hasTwoPaths(text))
    throw wrong('settings.', 'page', 'a page such as pages/item/item?id={path}');
  return text;
}

function hasTwoPaths(text: string): boolean {
  return text.split('{path}').length > 2;
}

/** A store's or the merchant's own download page; people see its host before they go there. */
function readStoreUrl(text: string): string {
  const isText = text.length <= LINK_URL_CHARS_MAX && !/[\s\p{Cc}\p{Cf}\\]/u.test(text);
  const url = isText && URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '')
    throw wrong('settings.', 'store_url', 'an address that begins with https://');
  if (url.href.length > LINK_URL_CHARS_MAX) throw wrong('settings.', 'store_url', 'the address is too long');
  return url.href;
}

function readProved(text: string, { targets }: AppGround, field: string): string {
  if (targets.has(text)) return text;
  throw new Refusal('link_host_not_proved', `${text} is not proved as a host that links lead to`, {
    param: `settings.${field}`,
    host: text,
  });
}

/** As Android writes them, in capitals; told in small letters by some tools. */
function readCertificates(given: readonly string[]): string[] {
  const certificates = [...new Set(given.map((text) => text.toUpperCase()))];
  if (certificates.length === 0 || certificates.length > LINK_CERTIFICATES_MAX)
    throw wrong('settings.', 'certificates', `1 to ${LINK_CERTIFICATES_MAX} certificates`);
  const bad = certificates.findIndex((text) => !CERTIFICATE.test(text));
  if (bad !== -1) throw wrong('settings.', `certificates.${bad}`, 'a SHA-256 as 32 pairs of hex letters with colons');
  return certificates;
}

import type { AppRow } from '../../wallets/detect/app-row.ts';
import type { LinkAppKind, LinkAppSettings, ReadyLink } from '../link.ts';
import type { Visitor } from '../visitor.ts';
import type { Ability, Chance } from './ability.ts';
import type { Step, StepKind } from './opening.ts';
import {
  alipayUrl,
  fillTemplate,
  intentUrl,
  pathOfPage,
  schemeUrl,
  toAppPath,
  wechatTagPath,
  withLinkCode,
  withLinkCodeFor,
} from './step-addresses.ts';

/** Where a link was opened, with everything that the rules look at. */
export interface StepPlace {
  ready: ReadyLink;
  visitor: Visitor;
  ability: Ability;
  row: AppRow;
  lacksApp: boolean;
  /** The merchant's page with the link's code in its query; null where something is paid. */
  page: URL | null;
}

/**
 * A step that can be offered. sure: opens here, and is better than the page. main: the page or the payment. maybe: may open. out: leads out of
 * here. last: always possible.
 */
export interface Offer {
  step: Step;
  rank: 'sure' | 'main' | 'maybe' | 'out' | 'last';
  because: string;
}

export interface StepRule {
  step: StepKind;
  /** Whether the answer comes from the row of the app around the page. */
  restsOnApp: boolean;
  /** The step, or why it is not offered. */
  ask(place: StepPlace): Offer | string;
}

/** WeChat, open tags: they are there from this version on. */
const WECHAT_TAGS_FROM = [7, 0, 12] as const;

/** Read from the top; among steps of one rank the upper one comes first. */
export const STEP_RULES: readonly StepRule[] = [
  {
    step: 'wechat_launch_mini',
    restsOnApp: true,
    ask(place) {
      const no = whyNoTag(place);
      if (no !== null) return no;
      const found = appOf(place, 'wechat_mini');
      if (found === null) return 'the owner has registered no WeChat mini program';
      const { originalId, page } = found.settings;
      const step = {
        kind: 'wechat_launch_mini',
        originalId,
        path: withCode(wechatTagPath(fillTemplate(page, appPathOf(place))), place),
        appName: found.name,
      } as const;
      return { step, rank: 'sure', because: 'a mini program opens in WeChat itself, at one tap' };
    },
  },
  {
    step: 'wechat_launch_app',
    restsOnApp: true,
    ask(place) {
      const no = whyNoTag(place);
      if (no !== null) return no;
      if (place.lacksApp) return 'the app is not on this phone';
      const app = ownApp(place);
      const openAppId = appOf(place, 'wechat_account')?.settings.openAppId ?? null;
      if (app === null) return `the owner has registered no app for ${place.visitor.os}`;
      if (openAppId === null) return 'no app is bound to the owner’s service account';
      const extinfo = withCode(appPathOf(place), place);
      return {
        step: { kind: 'wechat_launch_app', appId: openAppId, extinfo, appName: app.name },
        rank: 'sure',
        because: 'the app bound to the service account opens by its tag',
      };
    },
  },
  {
    step: 'alipay_scheme',
    restsOnApp: true,
    ask(place) {
      const { alipayScheme } = place.ability;
      if (alipayScheme === 'no' || !isAppSystem(place)) return cannot(place, 'open Alipay');
      const found = appOf(place, 'alipay_mini');
      if (found === null) return 'the owner has registered no Alipay mini program';
      const program = withCode(fillTemplate(found.settings.page, appPathOf(place)), place);
      const url = alipayUrl(found.settings.appId, program);
      if (url === null) return 'the mini program’s id is not one';
      const because =
        alipayScheme === 'yes' ? 'a mini program opens in Alipay itself' : 'it opens where Alipay is let through';
      return { step: { kind: 'alipay_scheme', url, appName: found.name }, rank: rankOf(alipayScheme), because };
    },
  },
  {
    step: 'universal_link',
    restsOnApp: true,
    ask(place) {
      const { visitor, ability } = place;
      if (visitor.os !== 'ios') return 'universal links are iOS’s';
      const app = ownApp(place);
      const host = app?.settings.kind === 'ios' ? app.settings.universalHost : null;
      if (app === null || host === null) return 'no iOS app of the owner claims a host';
      if (place.lacksApp) return 'the app is not on this phone';
      if (ability.universalLinks === 'no') return cannot(place, 'open universal links');
      if (host === hostOf(place.ready))
        return `${host} is the host of this page, and iOS opens a universal link only from a page of another host`;
      if (!place.ready.targets.has(host)) return `${host} is not proved`;
      return {
        step: { kind: 'universal_link', url: claimedUrl(host, place), appName: app.name },
        rank: rankOf(ability.universalLinks),
        because: `${host} is claimed by the app and is another host than this page’s`,
      };
    },
  },
  {
    step: 'intent',
    restsOnApp: true,
    ask(place) {
      const { ready, ability } = place;
      if (place.visitor.os !== 'android') return 'intents are Android’s';
      const app = ownApp(place);
      if (app === null || app.settings.kind !== 'android') return 'the owner has registered no Android app';
      if (place.lacksApp) return 'the app is not on this phone';
      if (ability.intents === 'no') return cannot(place, 'open intents');
      const { scheme, appLinkHost } = app.settings;
      const claimed = appLinkHost !== null && ready.targets.has(appLinkHost) ? claimedUrl(appLinkHost, place) : null;
      const own = scheme === null ? null : schemeUrl(scheme, appPathOf(place));
      const address = own === null ? claimed : withCode(own, place);
      if (address === null) return 'the app has neither a scheme nor a proved host';
      const url = intentUrl(address, app.settings.package, `${ready.url}?app=none`);
      if (url === null) return 'its address cannot be written as an intent';
      return {
        step: { kind: 'intent', url, appName: app.name },
        rank: rankOf(ability.intents),
        because: 'it opens the app, or this page again where there is none',
      };
    },
  },
  {
    step: 'app_link',
    restsOnApp: true,
    ask(place) {
      if (place.visitor.os !== 'android') return 'app links are Android’s';
      const app = ownApp(place);
      const host = app?.settings.kind === 'android' ? app.settings.appLinkHost : null;
      if (app === null || host === null) return 'no Android app of the owner claims a host';
      if (place.lacksApp) return 'the app is not on this phone';
      if (place.ability.appLinks === 'no') return cannot(place, 'hand https addresses to other apps');
      if (!place.ready.targets.has(host)) return `${host} is not proved`;
      return {
        step: { kind: 'app_link', url: claimedUrl(host, place), appName: app.name },
        rank: rankOf(place.ability.appLinks),
        because: `${host} is claimed by the app`,
      };
    },
  },
  {
    step: 'scheme',
    restsOnApp: true,
    ask(place) {
      const app = ownApp(place);
      const template = app?.settings.scheme ?? null;
      if (app === null || template === null) return `no app of the owner for ${place.visitor.os} has a scheme`;
      if (place.lacksApp) return 'the app is not on this phone';
      if (place.ability.schemes === 'none') return cannot(place, 'open other apps’ schemes');
      const own = schemeUrl(template, appPathOf(place));
      if (own === null) return 'its scheme is not one of the merchant’s own';
      const url = withCode(own, place);
      const isAll = place.ability.schemes === 'all';
      const because = isAll ? 'every scheme opens here' : 'schemes open by a list that we cannot see';
      return { step: { kind: 'scheme', url, appName: app.name }, rank: isAll ? 'sure' : 'maybe', because };
    },
  },
  {
    step: 'pay',
    restsOnApp: false,
    ask({ ready }) {
      if (ready.link.kind === 'page') return 'this link is for a page';
      return { step: { kind: 'pay', url: `${ready.url}/pay` }, rank: 'main', because: 'the cashier opens in any app' };
    },
  },
  {
    step: 'page',
    restsOnApp: true,
    ask(place) {
      const { page, ability } = place;
      if (page === null) return 'this link has no page of the merchant’s';
      const step = { kind: 'page', url: page.href, host: page.host } as const;
      if (isStopped(place))
        return { step, rank: 'out', because: `${page.host} may be stopped here: ${ability.because}` };
      return { step, rank: 'main', because: 'https pages open here' };
    },
  },
  {
    step: 'store',
    restsOnApp: false,
    ask(place) {
      const app = ownApp(place);
      const storeUrl = app?.settings.storeUrl ?? null;
      if (app === null || storeUrl === null)
        return `no app of the owner for ${place.visitor.os} names where it is to be had`;
      if (!URL.canParse(storeUrl) || new URL(storeUrl).protocol !== 'https:')
        return 'its download page is not an https page';
      const { href, host } = new URL(storeUrl);
      const because = 'whoever does not have the app can get it';
      return {
        step: { kind: 'store', url: href, host, appName: app.name },
        rank: place.lacksApp ? 'maybe' : 'out',
        because,
      };
    },
  },
  {
    step: 'open_in_browser',
    restsOnApp: true,
    ask(place) {
      const { visitor, row } = place;
      if (visitor.app === 'browser') return 'this is a browser';
      if (!visitor.isPhone) return 'on a large screen the code leads to the phone';
      if (visitor.isMiniProgram) return 'a mini program has no menu around its pages';
      if (row.browserMenu === 'none') return `${row.en} is not known to have such a menu`;
      if (!isStopped(place) && ownApp(place) === null) return 'nothing opens there that does not open here';
      return {
        step: { kind: 'open_in_browser', menu: row.browserMenu },
        rank: 'out',
        because: `${row.en} can be left by its menu; a browser opens the app`,
      };
    },
  },
  {
    step: 'copy_text',
    restsOnApp: false,
    ask(place) {
      const step = { kind: 'copy_text', text: `${place.ready.url}?via=text` } as const;
      if (isStopped(place)) return { step, rank: 'main', because: 'pasted in a browser, the page surely opens' };
      return { step, rank: 'last', because: 'an address can be carried anywhere by hand' };
    },
  },
];

type AppOf<K extends LinkAppKind> = { name: string; settings: Extract<LinkAppSettings, { kind: K }> };

/** The owner's oldest app of this kind. */
function appOf<K extends LinkAppKind>({ ready }: StepPlace, kind: K): AppOf<K> | null {
  for (const { name, settings } of ready.apps)
    if (settings.kind === kind) return { name, settings: settings as AppOf<K>['settings'] }; // the kind was just compared
  return null;
}

/** The owner's app for the system of this phone. HarmonyOS is a system of its own: neither iOS’s nor Android's apps are said to open there. */
function ownApp(place: StepPlace): AppOf<'ios'> | AppOf<'android'> | null {
  const { os, isPhone } = place.visitor;
  if (!isPhone) return null;
  return os === 'ios' ? appOf(place, 'ios') : os === 'android' ? appOf(place, 'android') : null;
}

function isAppSystem({ visitor }: StepPlace): boolean {
  return visitor.isPhone && !visitor.isMiniProgram && (visitor.os === 'ios' || visitor.os === 'android');
}

/** Whether WeChat of this version knows its open tags. */
export function hasWechatTags(version: string | null): boolean {
  return isAtLeast(version, WECHAT_TAGS_FROM);
}

function whyNoTag(place: StepPlace): string | null {
  const { visitor, ability, row } = place;
  if (!ability.wechatTags) return `launch tags are WeChat’s, not ${row.en}’s`;
  if (!isAppSystem(place)) return 'launch tags are for WeChat on iOS and Android, outside mini programs';
  if (!hasWechatTags(visitor.version)) return `launch tags need WeChat ${WECHAT_TAGS_FROM.join('.')}`;
  return appOf(place, 'wechat_account') === null ? 'the owner has registered no verified service account' : null;
}

/** Pages of other hosts are stopped: in a mini program, or in an app that opens its own family's hosts alone. */
function isStopped({ page, ability, visitor }: StepPlace): boolean {
  if (page === null) return false;
  if (visitor.isMiniProgram) return true;
  return (
    ability.pages === 'own_hosts' &&
    !ability.ownHosts.some((own) => page.hostname === own || page.hostname.endsWith(`.${own}`))
  );
}

/** What the owner's apps are handed: its own path, else that of the page. */
function appPathOf({ ready, page }: StepPlace): string {
  const { appPath, page: address } = ready.link;
  if (appPath !== null) return toAppPath(appPath);
  return page === null || address === null ? '/' : pathOfPage(address);
}

/** So that what is bought in the app counts for the link, too. */
function withCode(handed: string, { ready }: StepPlace): string {
  return withLinkCodeFor(handed, ready.link.code);
}

/** An address below a host that an app has claimed; as a page it is the merchant's, so it carries the link's code as well. */
function claimedUrl(host: string, place: StepPlace): string {
  return withLinkCode(`https://${host}${appPathOf(place)}`, place.ready.link.code);
}

function hostOf({ url }: ReadyLink): string {
  return new URL(url).host;
}

function rankOf(chance: Chance): 'sure' | 'maybe' {
  return chance === 'yes' ? 'sure' : 'maybe';
}

function cannot({ row, visitor }: StepPlace, what: string): string {
  return visitor.isMiniProgram ? `a mini program’s page cannot ${what}` : `${row.en} does not ${what}`;
}

function isAtLeast(version: string | null, from: readonly number[]): boolean {
  if (version === null) return false;
  const parts = version.split('.').map(Number);
  for (const [index, least] of from.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

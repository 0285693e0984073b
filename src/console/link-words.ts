import type { Link, LinkHost, LinkKind, LinkState, ReadyLink } from '../links/link.ts';
import type { LinkSplit } from '../links/count/link-tally.ts';
import type { GoneReason, StepKind } from '../links/open/opening.ts';
import { type AppName, type AppRow } from '../wallets/detect/app-row.ts';
import { APPS, BROWSER_ROW } from '../wallets/detect/apps.ts';
import type { Os } from '../wallets/detect/detect-app.ts';
import type { Label } from '../wallets/wallet-names.ts';
import { amountText, type Tone } from './parts.ts';
import type { Visitor } from './visitor.ts';

const label = (chinese: string, english: string): Label => ({ 'zh-CN': chinese, en: english });

export const LINK_STATES: Readonly<Record<LinkState | 'expired', { tone: Tone; label: Label }>> = {
  active: { tone: 'good', label: label('可打开', 'active') },
  stopped: { tone: 'warn', label: label('已停用', 'stopped') },
  taken_down: { tone: 'bad', label: label('已下架', 'taken down') },
  expired: { tone: 'off', label: label('已过期', 'expired') },
};

/** As it stands now: its switch, then its end. */
export function standingOf({ state, expiresAt }: Pick<Link, 'state' | 'expiresAt'>, now: Date): LinkState | 'expired' {
  return state === 'active' && expiresAt !== null && expiresAt <= now ? 'expired' : state;
}

export const LINK_KIND_LABELS: Readonly<Record<LinkKind, Label>> = {
  page: label('商品页', 'page'),
  pay: label('收款', 'payment'),
  group: label('多人付款', 'group payment'),
  collect: label('多人收款', 'collection'),
};

export const AVAILABILITY: Readonly<Record<NonNullable<Link['availability']>, Label>> = {
  in_stock: label('有货', 'in stock'),
  out_of_stock: label('无货', 'out of stock'),
  preorder: label('预订', 'preorder'),
};

export const USES: Readonly<Record<LinkHost['uses'][number], Label>> = {
  target: label('链接可以指向它', 'links may lead to it'),
  serve: label('短链接在它下面', 'short links are served under it'),
};

/** Who looks for each kind of proof file, and what for. */
export const PROOF_FILES: Readonly<Record<string, Label>> = {
  wechat_js: label(
    '微信公众号：JS 接口安全域名、网页授权、业务域名',
    'WeChat service accounts: JS-safe domain, web authorisation',
  ),
  wecom: label('企业微信：可信域名', 'WeCom: trusted domain'),
  wechat_business: label('微信小程序：业务域名、扫码链接', 'WeChat mini programs: business domain, links by QR code'),
  alipay_h5: label('支付宝小程序：H5 域名', 'Alipay mini programs: H5 domain'),
  google_site: label('谷歌：网站所有权', 'Google: ownership of a site'),
};

export const GONE: Readonly<Record<GoneReason, Label>> = {
  expired: label('已过期，打不开', 'expired, it opens nothing'),
  stopped: label('已停用，打不开', 'stopped, it opens nothing'),
  taken_down: label('已下架，打不开', 'taken down, it opens nothing'),
  host_not_proved: label('域名未证明，打不开', 'its host is not proved, it opens nothing'),
};

export const STEPS: Readonly<Record<StepKind, Label>> = {
  wechat_launch_mini: label('打开微信小程序', 'opens the WeChat mini program'),
  wechat_launch_app: label('微信标签打开 App', "opens the app by WeChat's tag"),
  alipay_scheme: label('打开支付宝小程序', 'opens the Alipay mini program'),
  universal_link: label('通用链接打开 App', 'opens the app by universal link'),
  intent: label('intent 打开 App', 'opens the app by intent'),
  app_link: label('App Link 打开 App', 'opens the app by app link'),
  scheme: label('scheme 打开 App', 'opens the app by scheme'),
  pay: label('付款页', 'the page to pay'),
  page: label('商品页', "the merchant's page"),
  store: label('应用商店', 'the store'),
  open_in_browser: label('提示用浏览器打开', 'shows how to open in the browser'),
  copy_text: label('复制口令', 'copy the text'),
};

const SYSTEMS: Readonly<Record<Os, Label>> = {
  ios: label('iOS', 'iOS'),
  android: label('Android', 'Android'),
  harmony: label('鸿蒙', 'HarmonyOS'),
  windows: label('Windows', 'Windows'),
  mac: label('macOS', 'macOS'),
  linux: label('Linux', 'Linux'),
  other: label('其他系统', 'other systems'),
};

const VIAS: Readonly<Record<string, Label>> = {
  link: label('点开', 'tapped'),
  qr: label('扫码', 'scanned'),
  text: label('粘贴口令', 'pasted'),
};

export const SPLIT_LABELS: Readonly<Record<LinkSplit, Label>> = {
  app: label('在哪个 App 里', 'In which app'),
  system: label('系统', 'System'),
  referrer: label('从哪里来', 'From where'),
  via: label('怎么打开的', 'How it was opened'),
  step: label('点了哪一步', 'Which step was tapped'),
  robot: label('机器人（不算在内）', 'Robots (kept apart)'),
};

export function appLabel({ lang }: Pick<Visitor, 'lang'>, app: AppName): string {
  const row: AppRow = APPS.find((one) => one.app === app) ?? BROWSER_ROW;
  return lang === 'en' ? row.en : row.zh;
}

const NONE = label('没有来源', 'no referrer');
const OTHER = label('其他', 'other');

/** A name that was counted, as people know it; what we have no word for is shown as it is. */
export function valueText(visitor: Pick<Visitor, 'lang'>, split: LinkSplit, value: string): string {
  const { lang } = visitor;
  const known = ((): Label | undefined => {
    if (split === 'system') return find(SYSTEMS, value);
    if (split === 'via') return find(VIAS, value);
    if (split === 'step') return find(STEPS, value);
    if (split === 'referrer' && value === 'none') return NONE;
    return value === 'other' ? OTHER : undefined;
  })();
  const app = split === 'app' ? [...APPS, BROWSER_ROW].find((row) => row.app === value) : undefined;
  if (app !== undefined) return lang === 'en' ? app.en : app.zh;
  return known?.[lang] ?? value;
}

function find(labels: Readonly<Record<string, Label>>, value: string): Label | undefined {
  return Object.hasOwn(labels, value) ? labels[value] : undefined;
}

export function priceText({ price }: Pick<Link, 'price'>): string | null {
  return price === null ? null : amountText(price.currency, price.minor);
}

/** Whose it is, as it is shown: a person only as the link itself shows it. */
export function ownerText({ say }: Pick<Visitor, 'say'>, { link, ownerName }: ReadyLink): string {
  return link.owner.kind === 'user' ? say(`个人 ${ownerName}`, `a person, ${ownerName}`) : ownerName;
}

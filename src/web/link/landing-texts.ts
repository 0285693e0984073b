import type { Lang } from '../../base/lang.ts';
import type { LinkKind } from '../../links/link.ts';
import type { GoneReason } from '../../links/open/opening.ts';

/** Why a link's address shows no link: `unknown` there is none, `busy` it cannot be looked up right now. */
export type NoLink = GoneReason | 'unknown' | 'busy';

/** What a link's page says, in both languages. */
export interface LandingTexts {
  ownName: string;
  sandbox: string;
  leadsTo(host: string): string;
  validUntil(time: string): string;
  openApp(app: string): string;
  openMini: string;
  openAlipay: string;
  openPage: { product: string; other: string };
  pay: Record<Exclude<LinkKind, 'page'>, (price: string | null) => string>;
  getApp(app: string): string;
  openInBrowser: string;
  browserTitle: string;
  browserBecause(app: string | null): string;
  browserDone: string;
  stopped(app: string | null): string;
  pasteSteps: string;
  others: string;
  defer: string;
  link: string;
  copy: string;
  copied: string;
  copyByHand: string;
  notOpened: string;
  goOnWithout: string;
  lacksApp: string;
  scan: string;
  scanHint: string;
  codeAlt: string;
  what: string;
  whatAnswer(owner: string): string;
  report: string;
  gone: Record<NoLink, { title: string; hint: string }>;
  /** Where a link was cut short, the whole text may still hold it. */
  pasteIt: string;
  again: string;
}

const chinese: LandingTexts = {
  ownName: '中文',
  sandbox: '沙盒环境 · 测试链接',
  leadsTo: (host) => `前往 ${host}`,
  validUntil: (time) => `有效期至 ${time}（北京时间）`,
  openApp: (app) => `打开 ${app}`,
  openMini: '打开小程序',
  openAlipay: '打开支付宝小程序',
  openPage: { product: '查看商品', other: '打开网页' },
  pay: {
    pay: (price) => (price === null ? '去付款' : `付款 ${price}`),
    group: () => '付我的一份',
    collect: () => '付我的一份',
  },
  getApp: (app) => `下载 ${app}`,
  openInBrowser: '用浏览器打开',
  browserTitle: '用浏览器打开',
  browserBecause: (app) => `${app ?? '这里'}里打不开别的 App，换到浏览器就可以。`,
  browserDone: '知道了',
  stopped: (app) => `${app ?? '这里'}可能不让打开外部网页。复制链接，到浏览器里就能打开。`,
  pasteSteps: '复制后打开手机浏览器，粘贴到地址栏。',
  others: '其他方式',
  defer: '复制安装码，装好应用再打开',
  link: '链接',
  copy: '复制链接',
  copied: '已复制',
  copyByHand: '请长按上面的链接复制',
  notOpened: '没有打开？手机上可能还没有这个 App。',
  goOnWithout: '不用 App，继续',
  lacksApp: '手机上没有找到这个 App，可以直接看网页。',
  scan: '用手机打开',
  scanHint: '用手机里任何一个 App 扫码',
  codeAlt: '打开这个链接的二维码',
  what: '这是什么？',
  whatAnswer: (owner) => `这是 ${owner} 分享的链接。互通让它在每个 App 里都能打开，只会前往上面写明的地方。`,
  report: '举报',
  pasteIt: '粘贴完整的口令或链接',
  again: '再试一次',
  gone: {
    expired: { title: '这个链接过期了', hint: '请向分享的人要一个新的链接。' },
    stopped: { title: '这个链接已停用', hint: '分享它的人已经把它停掉了。' },
    taken_down: { title: '这个链接已被关闭', hint: '它因为被举报而关闭。请不要相信用它来收款或索要信息的人。' },
    host_not_proved: {
      title: '这个链接暂时打不开',
      hint: '它要去的网站目前没有通过验证，为了您的安全，我们不会前往。',
    },
    unknown: { title: '没有找到这个链接', hint: '链接可能不完整。请让分享的人再发一次。' },
    busy: { title: '现在有点忙', hint: '请稍等片刻再打开这个链接。' },
  },
};

const english: LandingTexts = {
  ownName: 'English',
  sandbox: 'Sandbox · a link for testing',
  leadsTo: (host) => `Leads to ${host}`,
  validUntil: (time) => `Valid until ${time} (Beijing time)`,
  openApp: (app) => `Open ${app}`,
  openMini: 'Open the mini program',
  openAlipay: 'Open in Alipay',
  openPage: { product: 'View the product', other: 'Open the page' },
  pay: {
    pay: (price) => (price === null ? 'Pay' : `Pay ${price}`),
    group: () => 'Pay my share',
    collect: () => 'Pay my share',
  },
  getApp: (app) => `Get ${app}`,
  openInBrowser: 'Open in a browser',
  browserTitle: 'Open in a browser',
  browserBecause: (app) => `${app ?? 'This app'} opens no other app. A browser does.`,
  browserDone: 'Got it',
  stopped: (app) => `${app ?? 'This app'} may not open outside pages. Copy the link and open it in a browser.`,
  pasteSteps: "Then open your phone's browser and paste it as the address.",
  others: 'Other ways',
  defer: 'Copy a code for after installing',
  link: 'Link',
  copy: 'Copy the link',
  copied: 'Copied',
  copyByHand: 'Hold the link above to copy it',
  notOpened: 'Nothing opened? The app may not be on this phone.',
  goOnWithout: 'Go on without the app',
  lacksApp: 'The app was not found on this phone. The page works without it.',
  scan: 'Open it on your phone',
  scanHint: 'Scan with any app on your phone',
  codeAlt: 'Code that opens this link',
  what: 'What is this?',
  whatAnswer: (owner) =>
    `A link shared by ${owner}. Hutong makes it open in every app; it leads nowhere but where it says above.`,
  report: 'Report',
  pasteIt: 'Paste the whole code or link',
  again: 'Try again',
  gone: {
    expired: { title: 'This link has expired', hint: 'Please ask whoever shared it for a new one.' },
    stopped: { title: 'This link is switched off', hint: 'Whoever shared it has stopped it.' },
    taken_down: {
      title: 'This link was closed',
      hint: 'It was closed after a report. Do not trust anybody who asks for money or details with it.',
    },
    host_not_proved: {
      title: 'This link does not open right now',
      hint: 'The site it leads to is not verified at the moment, so for your safety we do not go there.',
    },
    unknown: { title: 'There is no such link', hint: 'It may be incomplete. Please have it sent to you again.' },
    busy: { title: 'We are busy right now', hint: 'Please open this link again in a moment.' },
  },
};

export const landingTexts: Record<Lang, LandingTexts> = { 'zh-CN': chinese, en: english };

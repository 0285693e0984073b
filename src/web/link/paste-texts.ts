import type { Lang } from '../../base/lang.ts';
import type { TextWarning } from '../../links/kouling/pasted-text.ts';
import type { HostWarning } from '../../links/safety/host-words.ts';

/** What the page for pasted texts says, in both languages. */
export interface PasteTexts {
  ownName: string;
  title: string;
  hint: string;
  label: string;
  placeholder: string;
  read: string;
  busy: string;
  fromClipboard: string;
  clipboardDenied: string;
  notKept: string;
  another: string;
  tooMany: string;
  foreignForm: string;
  /** Of somebody else's app. */
  from(app: string): string;
  kinds: { token: string; link: string; mini_program: string };
  plainLink: string;
  token: string;
  shareCode: string;
  leadsTo: string;
  openLink: string;
  openApp(app: string): string;
  copy: string;
  copied: string;
  copyByHand: string;
  copyThen(app: string): string;
  copyLabel: string;
  appsOwn(app: string): string;
  openMaybe: string;
  /** Of our own links. */
  ours: string;
  ownedBy(owner: string): string;
  openOurs: string;
  askFirst: string;
  gone: { stopped: string; taken_down: string; expired: string; no_link: string; spent: string; goneHint: string };
  mistyped: { title: string; hint: string };
  nothing: { title: string; hint: string };
  warnings: Record<TextWarning, string>;
  looksLike(host: string): string;
  hostWarnings: Partial<Record<HostWarning, string>>;
}

const chinese: PasteTexts = {
  ownName: '中文',
  title: '粘贴口令或链接',
  hint: '淘宝、京东、抖音、小红书、微信小程序等分享的文字，整段粘贴进来即可。',
  label: '分享的文字',
  placeholder: '例如：【淘宝】https://e.tb.cn/… 「商品名」',
  read: '识别',
  busy: '请稍候…',
  fromClipboard: '粘贴剪贴板里的内容',
  clipboardDenied: '浏览器没有允许读取剪贴板，请长按上面的框粘贴。',
  notKept: '粘贴的内容只用来识别，不保存，也不记录。',
  another: '再识别一段',
  tooMany: '识别得太频繁了，请过一分钟再试。',
  foreignForm: '请在本页粘贴后再点识别。',
  from: (app) => `来自${app}`,
  kinds: { token: '口令', link: '分享链接', mini_program: '小程序链接' },
  plainLink: '普通链接',
  token: '口令',
  shareCode: '分享码',
  leadsTo: '链接指向',
  openLink: '打开这个链接',
  openApp: (app) => `打开${app}`,
  copy: '复制',
  copied: '已复制',
  copyByHand: '请长按框内文字复制',
  copyThen: (app) => `先复制，再打开${app}，它会自己认出来。`,
  copyLabel: '要复制的内容',
  appsOwn: (app) => `这段口令只有${app}自己能打开。`,
  openMaybe: '如果没有反应，请手动打开这个应用。',
  ours: '互通链接',
  ownedBy: (owner) => `来自 ${owner}`,
  openOurs: '打开',
  askFirst: '这个安装码来自你安装应用之前打开的链接。确认是你要的内容再打开；它只能用一次。',
  gone: {
    stopped: '这个链接已经停用',
    taken_down: '这个链接已被下架',
    expired: '这个链接已过期',
    no_link: '没有找到这个链接',
    spent: '这个安装码用过了，或者已经超过一小时',
    goneHint: '可以请分享的人再发一次。',
  },
  mistyped: { title: '互通码有一个字母不对', hint: '请重新复制整段文字；手动输入时请核对大小写。' },
  nothing: { title: '没有认出口令或链接', hint: '请把分享的文字整段复制，再粘贴到这里。' },
  warnings: {
    cut: '文字太长，只看了前面的部分。',
    several: '文字里不止一个口令或链接，这里显示的是第一个。',
    credentials_removed: '链接里写了用户名，常被用来冒充别的网站；已经去掉，请看清下面的网址。',
    tracking_removed: '已去掉链接里跟踪设备和个人的参数。',
    not_the_apps_host: '文字自称来自某个应用，但链接并不属于它，请小心。',
    mistyped: '文字里的互通码有一个字母不对，这里按链接打开。',
    looks_private: '看起来像验证码、单号或密码，请不要发给别人。',
  },
  looksLike: (host) => `它看起来像 ${host}，但并不是。`,
  hostWarnings: {
    broken_punycode: '这个网址的写法不正确。',
    mixed_scripts: '这个网址混用了几种文字，可能在冒充别的网站。',
    imitates: '这个网址用了形近的外文字母，可能在冒充别的网站。',
    odd_sign: '这个网址里有不寻常的符号。',
    address: '这个链接直接指向一台机器的地址，没有域名。',
    port: '这个链接用了不常见的端口。',
  },
};

const english: PasteTexts = {
  ownName: 'English',
  title: 'Paste a code or a link',
  hint: 'Shared texts of Taobao, JD, Douyin, Xiaohongshu, WeChat mini programs and others: paste all of it.',
  label: 'Shared text',
  placeholder: 'Such as: 【淘宝】https://e.tb.cn/… 「title」',
  read: 'Read it',
  busy: 'One moment…',
  fromClipboard: 'Paste from the clipboard',
  clipboardDenied: 'The browser did not allow reading the clipboard. Press and hold the box above to paste.',
  notKept: 'What you paste is only read. It is neither kept nor logged.',
  another: 'Read another text',
  tooMany: 'That was too often. Try again in a minute.',
  foreignForm: 'Paste it on this page, then read it.',
  from: (app) => `From ${app}`,
  kinds: { token: 'Code', link: 'Shared link', mini_program: 'Mini program' },
  plainLink: 'A plain link',
  token: 'Code',
  shareCode: 'Share code',
  leadsTo: 'Leads to',
  openLink: 'Open this link',
  openApp: (app) => `Open ${app}`,
  copy: 'Copy',
  copied: 'Copied',
  copyByHand: 'Press and hold the text to copy it',
  copyThen: (app) => `Copy it first, then open ${app}: it finds the text by itself.`,
  copyLabel: 'What to copy',
  appsOwn: (app) => `Only ${app} itself can open this code.`,
  openMaybe: 'If nothing happens, open the app by hand.',
  ours: 'A Hutong link',
  ownedBy: (owner) => `From ${owner}`,
  openOurs: 'Open it',
  askFirst:
    'This code is from a link you opened before installing an app. Make sure it is what you want; it works once.',
  gone: {
    stopped: 'This link was stopped',
    taken_down: 'This link was taken down',
    expired: 'This link has expired',
    no_link: 'There is no such link',
    spent: 'This code was used, or is older than an hour',
    goneHint: 'Ask whoever shared it to send it again.',
  },
  mistyped: {
    title: 'One letter of the Hutong code is wrong',
    hint: 'Copy the whole text again. If you typed it, capitals and small letters matter.',
  },
  nothing: { title: 'No code or link was found', hint: 'Copy the whole shared text, then paste it here.' },
  warnings: {
    cut: 'The text is long; only its beginning was read.',
    several: 'There is more than one code or link in it; this is the first.',
    credentials_removed:
      'The link named a user, which is often done to look like another site. That is removed; look at the address below.',
    tracking_removed: 'Marks that follow a device or a person were removed from the link.',
    not_the_apps_host: 'The text speaks for an app, but the link does not belong to it. Be careful.',
    mistyped: 'One letter of the Hutong code in it is wrong; this goes by the link.',
    looks_private: 'It looks like a verification code, an order number or a password. Do not send it to anybody.',
  },
  looksLike: (host) => `It looks like ${host}, but is not.`,
  hostWarnings: {
    broken_punycode: 'This address is not written correctly.',
    mixed_scripts: 'This address mixes several scripts and may imitate another site.',
    imitates: 'This address uses foreign letters that look alike and may imitate another site.',
    odd_sign: 'There are unusual signs in this address.',
    address: 'This link leads to the address of a machine, without a name.',
    port: 'This link uses an unusual port.',
  },
};

export const pasteTexts: Record<Lang, PasteTexts> = { 'zh-CN': chinese, en: english };

import type { Lang } from '../../base/lang.ts';
import type { ReportReason, Warning } from '../../links/safety/reports.ts';

export interface ReportTexts {
  title: string;
  hint: string;
  from(owner: string): string;
  leadsTo(host: string): string;
  why: string;
  reasons: Record<ReportReason, { name: string; hint: string }>;
  words: string;
  wordsPlaceholder: string;
  contact: string;
  contactPlaceholder: string;
  contactHint(days: number): string;
  send: string;
  back: string;
  chooseOne: string;
  tooLong(charsMax: number): string;
  tooMany: string;
  foreign: string;
  thanks: string;
  thanksHint: string;
  danger: string;
  otherLang: string;
}

const chinese: ReportTexts = {
  title: '举报此链接',
  hint: '举报会由平台工作人员查看，不会告诉链接的主人是谁举报的。',
  from: (owner) => `来自 ${owner}`,
  leadsTo: (host) => `打开的是 ${host}`,
  why: '有什么问题？',
  reasons: {
    phishing: { name: '假冒网站、骗取信息', hint: '要密码、验证码、银行卡，或冒充别的网站' },
    fraud: { name: '诈骗', hint: '收钱不发货、虚假返利、要求转账' },
    counterfeit: { name: '假货、侵权', hint: '卖假冒商品，或盗用图片与文字' },
    illegal: { name: '违法违规', hint: '违禁品、赌博、色情等' },
    harassment: { name: '骚扰、侵犯隐私', hint: '泄露他人信息，或反复打扰' },
    broken: { name: '打不开、内容不符', hint: '页面出错，或与描述不是一回事' },
    other: { name: '其他', hint: '请在下面说明' },
  },
  words: '补充说明（选填）',
  wordsPlaceholder: '发生了什么？请不要写密码或银行卡号。',
  contact: '联系方式（选填）',
  contactPlaceholder: '手机号或邮箱',
  contactHint: (days) => `只用来向你核实，加密保存，${days} 天后删除。`,
  send: '提交举报',
  back: '返回',
  chooseOne: '请选择一个原因。',
  tooLong: (charsMax) => `补充说明最多 ${charsMax} 个字。`,
  tooMany: '提交得太快了，请过一分钟再试。你写的内容还在。',
  foreign: '请在这个页面上提交举报。',
  thanks: '已收到举报',
  thanksHint: '谢谢你。工作人员会尽快查看；需要时会停用这个链接。',
  danger: '如果你已经付款或填写了密码，请马上联系你的银行或支付应用，并拨打 110 或 96110。',
  otherLang: 'English',
};

const english: ReportTexts = {
  title: 'Report this link',
  hint: 'People of the platform read every report. The owner of the link is not told who sent it.',
  from: (owner) => `From ${owner}`,
  leadsTo: (host) => `Opens ${host}`,
  why: 'What is wrong?',
  reasons: {
    phishing: {
      name: 'Fake site, steals details',
      hint: 'Asks for passwords, codes or cards, or poses as another site',
    },
    fraud: { name: 'Fraud', hint: 'Takes money and sends nothing, false rebates, asks for a transfer' },
    counterfeit: { name: 'Counterfeit, stolen work', hint: 'Sells fakes, or uses pictures and texts of others' },
    illegal: { name: 'Illegal', hint: 'Forbidden goods, gambling, pornography' },
    harassment: { name: 'Harassment, privacy', hint: 'Shows details of somebody, or pesters people' },
    broken: { name: 'Broken or misleading', hint: 'Does not open, or shows something else than it says' },
    other: { name: 'Something else', hint: 'Please say what, below' },
  },
  words: 'More (optional)',
  wordsPlaceholder: 'What happened? Never write a password or card number.',
  contact: 'How to reach you (optional)',
  contactPlaceholder: 'Phone or e-mail',
  contactHint: (days) => `Only to ask you back. Kept encrypted and deleted after ${days} days.`,
  send: 'Send report',
  back: 'Back',
  chooseOne: 'Choose a reason.',
  tooLong: (charsMax) => `The text has at most ${charsMax} characters.`,
  tooMany: 'Too many reports at once. Try again in a minute; what you wrote is still here.',
  foreign: 'Send the report from this page.',
  thanks: 'The report is in',
  thanksHint: 'Thank you. People will look at it soon, and stop the link where that is needed.',
  danger:
    'If you have paid or typed a password, call your bank or payment app at once; in China also call 110 or 96110.',
  otherLang: '中文',
};

export const reportTexts: Record<Lang, ReportTexts> = { 'zh-CN': chinese, en: english };

export type WarningTexts = Record<Warning['kind'], { title: string; hint(brand: string): string }> & {
  leadsTo: string;
  never: string;
  report: string;
  goOn: string;
};

export const warningTexts: Record<Lang, WarningTexts> = {
  'zh-CN': {
    blocked: { title: '这个链接不能打开', hint: () => '它指向的地方已被停用。' },
    reported: { title: '请小心这个链接', hint: () => '最近有多人举报它。打开之前，请确认你认识发给你的人。' },
    look_alike: { title: '这个网址很像另一个网站', hint: (brand) => `它看起来像 ${brand}，但不是。` },
    mixed_scripts: { title: '这个网址的写法容易看错', hint: () => '它混用了不同文字的相似字母，下面是它真正的写法。' },
    leadsTo: '它打开的是',
    never: '不要在里面输入密码、验证码或银行卡号，也不要转账。',
    report: '举报此链接',
    goOn: '我知道风险，继续打开',
  },
  en: {
    blocked: { title: 'This link cannot be opened', hint: () => 'The place that it leads to has been closed here.' },
    reported: {
      title: 'Be careful with this link',
      hint: () => 'Several people reported it lately. Open it only if you know who sent it to you.',
    },
    look_alike: {
      title: 'This address looks like another site',
      hint: (brand) => `It looks like ${brand}, and is not.`,
    },
    mixed_scripts: {
      title: 'This address is easily misread',
      hint: () => 'It mixes letters of several scripts that look the same. Below is how it is really written.',
    },
    leadsTo: 'It opens',
    never: 'Type no password, code or card number there, and send no money.',
    report: 'Report this link',
    goOn: 'I know the risk, open it',
  },
};

import type { Lang } from '../base/lang.ts';
import type { BrowserMenu } from '../wallets/detect/app-row.ts';

export interface BrowserHelpTexts {
  title(wallet: string): string;
  titleInWallet(app: string): string;
  becauseInWallet(app: string): string;
  stepsInWallet(app: string): readonly string[];
  because(app: string, wallet: string): string;
  becauseHere(wallet: string): string;
  steps: Record<BrowserMenu, readonly string[]>;
  orCopy: string;
  address: string;
  copy: string;
  copied: string;
  copyByHand: string;
  orScan(app: string): string;
  codeAlt: string;
  back: string;
}

const chinese: BrowserHelpTexts = {
  title: (wallet) => `在浏览器中打开，用${wallet}付款`,
  titleInWallet: (app) => `请在${app}里打开付款`,
  becauseInWallet: (app) => `这种方式只能在${app}里付款。订单会保留。`,
  stepsInWallet: (app) => [`用${app}扫下面的二维码`, `或者复制链接，发到${app}里再点开`],
  because: (app, wallet) => `${app}里打不开${wallet}。订单会保留，换到浏览器就能付款。`,
  becauseHere: (wallet) => `这里打不开${wallet}。订单会保留，换到浏览器就能付款。`,
  steps: {
    dots_top_right: ['点右上角的 ⋯', '选“在浏览器中打开”或“用浏览器打开”'],
    share_top_right: ['点右上角的分享按钮', '选“在浏览器中打开”或“用浏览器打开”'],
    none: ['复制下面的链接', '打开手机自带的浏览器，粘贴到地址栏'],
  },
  orCopy: '没有这个选项？复制链接，到浏览器里粘贴。',
  address: '付款链接',
  copy: '复制链接',
  copied: '已复制，请到浏览器里粘贴',
  copyByHand: '请长按上面的链接复制',
  orScan: (app) => `或者用另一台手机的${app}扫这个二维码`,
  codeAlt: '打开这笔付款的二维码',
  back: '换一种方式支付',
};

const english: BrowserHelpTexts = {
  title: (wallet) => `Open in a browser to pay with ${wallet}`,
  titleInWallet: (app) => `Open it in ${app} to pay`,
  becauseInWallet: (app) => `This way to pay works inside ${app} alone. Your order stays as it is.`,
  stepsInWallet: (app) => [
    `Scan the code below with ${app}`,
    `Or copy the link, send it to yourself in ${app} and tap it there`,
  ],
  because: (app, wallet) => `${wallet} does not open inside ${app}. Your order stays as it is: pay in a browser.`,
  becauseHere: (wallet) => `${wallet} does not open in here. Your order stays as it is: pay in a browser.`,
  steps: {
    dots_top_right: ['Tap ⋯ at the top right', 'Choose “Open in browser”'],
    share_top_right: ['Tap the share button at the top right', 'Choose “Open in browser”'],
    none: ['Copy the link below', "Open your phone's browser and paste it as the address"],
  },
  orCopy: 'No such entry? Copy the link and paste it in a browser.',
  address: 'Payment link',
  copy: 'Copy the link',
  copied: 'Copied. Paste it in a browser',
  copyByHand: 'Hold the link above to copy it',
  orScan: (app) => `Or scan this code with ${app} on another phone`,
  codeAlt: 'Code that opens this payment',
  back: 'Choose another way to pay',
};

export const browserHelpTexts: Record<Lang, BrowserHelpTexts> = { 'zh-CN': chinese, en: english };

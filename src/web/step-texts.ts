import type { Lang } from '../base/lang.ts';

/** What is said while the buyer is on the way to a wallet, in both languages. `app` is the wallet's app. */
export interface StepTexts {
  scanTitle(app: string): string;
  scanHint(app: string): string;
  scanAlt(app: string): string;
  scanOnPhone(app: string): string;
  scanFromAlbum(app: string): string;
  bridgeTitle(wallet: string): string;
  bridgeHint: string;
  bridgeButton(wallet: string, amount: string): string;
  bridgeCanceled: string;
  bridgeFailed: string;
  bridgeMissing(app: string): string;
  bridgeTestPage(app: string): string;
  noScript: string;
  appTitle(app: string): string;
  appHint(app: string): string;
  appButton(app: string): string;
  appFallback: string;
  continueButton(wallet: string): string;
  cameBackTitle: string;
  cameBackHint: string;
  payerUnknown: string;
  refusedHint: string;
  codeForOtherPhone(app: string): string;
  elsewhere: string;
  anyWalletTitle: string;
  anyWalletHint: string;
  anyWalletAlt: string;
  comesNextCode(app: string): string;
  comesNextOtherPhone(app: string): string;
  comesNextBrowser: string;
  home: string;
  inSandbox(app: string): string;
  standInTitle: string;
  standInStop: string;
}

const chinese: StepTexts = {
  scanTitle: (app) => `请用${app}扫一扫`,
  scanHint: (app) => `打开${app}，扫描二维码完成支付。支付完成后，这里会自动更新。`,
  scanAlt: (app) => `用${app}扫描的付款二维码`,
  scanOnPhone: (app) => `请用另一台手机的${app}扫描。`,
  scanFromAlbum: (app) => `也可以长按保存图片，再在${app}的“扫一扫”里从相册选取。`,
  bridgeTitle: (wallet) => `正在打开${wallet}`,
  bridgeHint: '如果没有自动弹出，请点下面的按钮。',
  bridgeButton: (wallet, amount) => `用${wallet}付 ${amount}`,
  bridgeCanceled: '支付已取消。可以再试一次，或换一种方式。',
  bridgeFailed: '没有打开支付窗口。可以再试一次，或换一种方式。',
  bridgeMissing: (app) => `请在${app}里打开这个页面，或在下面换一种方式支付。`,
  bridgeTestPage: (app) => `打开模拟的${app}支付`,
  noScript: '这一步需要浏览器允许运行脚本。请允许后刷新，或在下面换一种方式。',
  appTitle: (app) => `请在${app}中完成支付`,
  appHint: (app) => `如果${app}没有自动打开，请点下面的按钮。`,
  appButton: (app) => `打开${app}`,
  appFallback: '没有安装？在网页中支付',
  continueButton: (wallet) => `继续用${wallet}支付`,
  cameBackTitle: '还没有收到支付结果',
  cameBackHint:
    '如果钱包显示支付成功，请稍等，这里会自动更新，请不要重复支付。如果钱包显示失败、被拒绝，或您已取消，请重新支付或换一种方式。',
  payerUnknown: '没有得到钱包的授权，请再试一次，或换一种方式支付。',
  refusedHint: '如果被钱包拒绝或您已取消，可以重新支付或换一种方式。',
  codeForOtherPhone: (app) => `显示二维码，用另一台手机的${app}扫`,
  elsewhere: '到浏览器里打开',
  anyWalletTitle: '用任意钱包扫一扫',
  anyWalletHint: '用手机扫码，在您常用的钱包里付款',
  anyWalletAlt: '打开这笔付款的二维码',
  comesNextCode: (app) => `用${app}扫码`,
  comesNextOtherPhone: (app) => `用另一台手机的${app}扫码`,
  comesNextBrowser: '需要在浏览器中打开',
  home: '当前应用',
  inSandbox: (app) => `正在模拟：${app}`,
  standInTitle: '换个地方打开试试',
  standInStop: '不模拟',
};

const english: StepTexts = {
  scanTitle: (app) => `Scan with ${app}`,
  scanHint: (app) => `Open ${app} and scan the code to pay. This page updates by itself once you have paid.`,
  scanAlt: (app) => `Code to pay, for ${app} to scan`,
  scanOnPhone: (app) => `Scan it with ${app} on another phone.`,
  scanFromAlbum: (app) => `Or hold the picture to save it, and choose it from your photos in ${app}'s scanner.`,
  bridgeTitle: (wallet) => `Opening ${wallet}`,
  bridgeHint: 'If nothing happens, use the button below.',
  bridgeButton: (wallet, amount) => `Pay ${amount} with ${wallet}`,
  bridgeCanceled: 'You left the payment. Try again or choose another way to pay.',
  bridgeFailed: 'The payment window did not open. Try again or choose another way to pay.',
  bridgeMissing: (app) => `Open this page inside ${app}, or choose another way to pay below.`,
  bridgeTestPage: (app) => `Open the pretend ${app}`,
  noScript: 'This step needs script. Allow it and reload, or choose another way to pay below.',
  appTitle: (app) => `Complete the payment in ${app}`,
  appHint: (app) => `If ${app} does not open, use the button below.`,
  appButton: (app) => `Open ${app}`,
  appFallback: 'Not installed? Pay on a web page',
  continueButton: (wallet) => `Continue with ${wallet}`,
  cameBackTitle: 'We have not received a result yet',
  cameBackHint:
    'If the wallet says that you have paid, wait a moment: this page updates by itself, please do not pay again. If the wallet says declined or failed, or you left it, pay again or choose another way.',
  payerUnknown: 'The wallet did not tell us who pays. Try again or choose another way to pay.',
  refusedHint: 'If the wallet declined it or you left it, pay again or choose another way.',
  codeForOtherPhone: (app) => `Show a code for ${app} on another phone`,
  elsewhere: 'Open it in a browser',
  anyWalletTitle: 'Scan with any wallet',
  anyWalletHint: 'Scan with your phone and pay in the wallet you use',
  anyWalletAlt: 'Code that opens this payment',
  comesNextCode: (app) => `Scan with ${app}`,
  comesNextOtherPhone: (app) => `Scan with ${app} on another phone`,
  comesNextBrowser: 'Opens in a browser',
  home: 'This app',
  inSandbox: (app) => `Acting as ${app}`,
  standInTitle: 'Try another place',
  standInStop: 'None',
};

export const stepTexts: Record<Lang, StepTexts> = { 'zh-CN': chinese, en: english };

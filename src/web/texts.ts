import type { Lang } from '../base/lang.ts';
import type { MessageKind } from './message-page.ts';

/** Every sentence that a buyer reads, in both languages; the compiler sees to it that none is missing. */
export interface Texts {
  ownName: string;
  poweredBy: string;
  sandbox: string;
  sandboxHint: string;
  payTo(merchant: string): string;
  merchant: string;
  subject: string;
  orderNo: string;
  amount: string;
  timeLeft: string;
  minutesSeconds(minutes: number, seconds: number): string;
  hours(hours: number): string;
  chooseWallet: string;
  lastUsed: string;
  notAvailable: string;
  noWallets: string;
  pay(amount: string): string;
  payScriptBusy: string;
  tryAgainTitle(wallet: string): string;
  tryAgainHint: string;
  waitingTitle(wallet: string): string;
  waitingHint: string;
  havePaid: string;
  checking: string;
  otherWallet: string;
  otherWalletHint: string;
  cashierTitle: string;
  processingTitle: string;
  processingHint: string;
  unknownHint: string;
  refresh: string;
  succeededTitle: string;
  paidWith: string;
  paidAt: string;
  refunded(amount: string): string;
  refundedHint: string;
  expiredTitle: string;
  expiredHint: string;
  canceledTitle: string;
  canceledHint: string;
  returnToShop: string;
  returnIn(seconds: string): string;
  stayHere: string;
  connectionLost: string;
  redirectTitle: string;
  redirectHint: string;
  redirectButton: string;
  requestId: string;
  messages: Record<MessageKind, { title: string; hint: string }>;
  messageNext: Record<'back_to_cashier' | 'try_again', string>;
}

const chinese: Texts = {
  ownName: '中文',
  poweredBy: '互通收银台',
  sandbox: '沙盒环境',
  sandboxHint: '不会真的扣款',
  payTo: (merchant) => `付款给 ${merchant}`,
  merchant: '商家',
  subject: '商品',
  orderNo: '订单号',
  amount: '金额',
  timeLeft: '剩余支付时间',
  minutesSeconds: (minutes, seconds) => `${twoDigits(minutes)}:${twoDigits(seconds)}`,
  hours: (hours) => `约 ${hours} 小时`,
  chooseWallet: '选择支付方式',
  lastUsed: '上次使用',
  notAvailable: '暂不可用',
  noWallets: '暂时没有可用的支付方式，请稍后再试或联系商家。',
  pay: (amount) => `确认支付 ${amount}`,
  payScriptBusy: '正在打开…',
  tryAgainTitle: (wallet) => `${wallet}支付未成功`,
  tryAgainHint: '您没有被扣款，可以重试或换一种方式。',
  waitingTitle: (wallet) => `请在${wallet}中完成支付`,
  waitingHint: '支付完成后，这里会自动更新。',
  havePaid: '我已完成支付',
  checking: '正在确认…',
  otherWallet: '重新支付或换一种方式',
  otherWalletHint: '如果已经付款，请不要重复支付。',
  cashierTitle: '收银台',
  processingTitle: '正在确认支付结果',
  processingHint: '通常只要几秒钟，请不要重复支付。',
  unknownHint: '还没有收到答复，我们会一直查询，直到有结果。请不要重复支付。',
  refresh: '刷新结果',
  succeededTitle: '支付成功',
  paidWith: '支付方式',
  paidAt: '支付时间',
  refunded: (amount) => `已退款 ${amount}`,
  refundedHint: '退款会原路退回，到账时间以支付方为准。',
  expiredTitle: '订单已过期',
  expiredHint: '超过了支付时间，订单已关闭。如果您已经付款，款项会自动原路退回。',
  canceledTitle: '订单已取消',
  canceledHint: '商家已取消这笔订单。如果您已经付款，款项会自动原路退回。',
  returnToShop: '返回商家',
  returnIn: (seconds) => `${seconds} 秒后自动返回商家`,
  stayHere: '留在此页',
  connectionLost: '网络不太稳定，正在重试…',
  redirectTitle: '正在前往支付页面',
  redirectHint: '如果没有自动跳转，请点下面的按钮。',
  redirectButton: '继续支付',
  requestId: '编号',
  messages: {
    not_found: { title: '没有找到这个页面', hint: '链接可能不完整，或者已经失效。请回到商家重新打开。' },
    not_available: { title: '这种支付方式暂不可用', hint: '请回到收银台，换一种方式支付。' },
    try_again: { title: '现在有点忙', hint: '请稍等片刻再试。如果您已经付款，请不要重复支付。' },
    changed: { title: '订单状态已更新', hint: '请回到收银台查看最新结果。如果您已经付款，请不要重复支付。' },
    code_off: { title: '这个收款码已停用', hint: '请向商家要新的二维码，或换一种方式付款。' },
    bad_request: { title: '无法处理这个请求', hint: '请回到收银台再试一次。' },
    broken: { title: '我们这边出了点问题', hint: '请稍后再试。如果您已经付款，请不要重复支付。' },
  },
  messageNext: { back_to_cashier: '返回收银台', try_again: '再试一次' },
};

const english: Texts = {
  ownName: 'English',
  poweredBy: 'Checkout by Hutong',
  sandbox: 'Sandbox',
  sandboxHint: 'no real money moves',
  payTo: (merchant) => `Pay ${merchant}`,
  merchant: 'Shop',
  subject: 'Item',
  orderNo: 'Order no.',
  amount: 'Amount',
  timeLeft: 'Time left to pay',
  minutesSeconds: (minutes, seconds) => `${twoDigits(minutes)}:${twoDigits(seconds)}`,
  hours: (hours) => `about ${hours} h`,
  chooseWallet: 'Choose how to pay',
  lastUsed: 'Last used',
  notAvailable: 'Not available',
  noWallets: 'No way to pay is available right now. Please try again later or ask the shop.',
  pay: (amount) => `Pay ${amount}`,
  payScriptBusy: 'Opening…',
  tryAgainTitle: (wallet) => `${wallet} payment did not go through`,
  tryAgainHint: 'You were not charged. Try again or choose another way to pay.',
  waitingTitle: (wallet) => `Complete the payment in ${wallet}`,
  waitingHint: 'This page updates by itself once you have paid.',
  havePaid: 'I have paid',
  checking: 'Checking…',
  otherWallet: 'Pay again or choose another wallet',
  otherWalletHint: 'If you have already paid, please do not pay again.',
  cashierTitle: 'Checkout',
  processingTitle: 'Confirming your payment',
  processingHint: 'This usually takes a few seconds. Please do not pay again.',
  unknownHint: 'There is no answer yet. We keep asking until there is one. Please do not pay again.',
  refresh: 'Refresh',
  succeededTitle: 'Payment successful',
  paidWith: 'Paid with',
  paidAt: 'Paid at',
  refunded: (amount) => `${amount} refunded`,
  refundedHint: 'It goes back the way it came; how long that takes is up to the wallet or bank.',
  expiredTitle: 'This order has expired',
  expiredHint:
    'The time to pay is over and the order is closed. If you have paid, the money is sent back automatically.',
  canceledTitle: 'This order was canceled',
  canceledHint: 'The shop has canceled this order. If you have paid, the money is sent back automatically.',
  returnToShop: 'Return to shop',
  returnIn: (seconds) => `Returning to the shop in ${seconds} s`,
  stayHere: 'Stay here',
  connectionLost: 'The connection is unstable; trying again…',
  redirectTitle: 'Taking you to the wallet',
  redirectHint: 'If nothing happens, use the button below.',
  redirectButton: 'Continue to pay',
  requestId: 'Reference',
  messages: {
    not_found: {
      title: 'There is no such page',
      hint: 'The link may be incomplete or out of date. Please open it again from the shop.',
    },
    not_available: {
      title: 'This wallet is not available',
      hint: 'Please go back to the checkout and choose another way to pay.',
    },
    try_again: {
      title: 'We are busy right now',
      hint: 'Please try again in a moment. If you have already paid, do not pay again.',
    },
    changed: {
      title: 'This order has moved on',
      hint: 'Please go back to the checkout to see where it is. If you have already paid, do not pay again.',
    },
    code_off: {
      title: 'This code is switched off',
      hint: 'Please ask the shop for another one, or pay in another way.',
    },
    bad_request: { title: 'This request cannot be handled', hint: 'Please go back to the checkout and try again.' },
    broken: {
      title: 'Something went wrong on our side',
      hint: 'Please try again later. If you have already paid, do not pay again.',
    },
  },
  messageNext: { back_to_cashier: 'Back to checkout', try_again: 'Try again' },
};

export const texts: Record<Lang, Texts> = { 'zh-CN': chinese, en: english };

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

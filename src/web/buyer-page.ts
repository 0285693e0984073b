import type { Lang } from '../base/lang.ts';
import type { BuyerView } from '../cashier/buyer-view.ts';
import { formatMoney, money } from '../money/money.ts';
import type { FailureReason, WalletCan, WalletName } from '../wallets/wallet.ts';
import type { CashierView, WalletChoice } from './cashier-view.ts';

export interface BuyerSurroundings {
  lang: Lang;
  path: string;
  userAgent: string;
  /** The wallet that this browser chose last. */
  lastWallet: string | null;
  now: Date;
  can: (wallet: WalletName) => WalletCan;
}

const WALLET_LABELS: Record<WalletName, Record<Lang, string>> = {
  unionpay: { 'zh-CN': '云闪付', en: 'UnionPay QuickPass' },
};

/** What the page shows of a payment, for this buyer in this browser. */
export function toCashierView(view: BuyerView, around: BuyerSurroundings): CashierView {
  const { payment, attempts } = view;
  const accepted = attempts.find((attempt) => attempt.settled === 'accepted');
  const newest = attempts.at(-1);
  const refundedMinor = accepted?.refundedMinor ?? 0n;
  return {
    lang: around.lang,
    path: around.path,
    livemode: payment.livemode,
    merchantName: view.merchantName,
    orderNo: payment.orderNo,
    subject: payment.subject,
    amount: { currency: payment.currency, text: formatMoney(money(payment.currency, payment.amountMinor)) },
    state: payment.state,
    cancellationReason: payment.cancellationReason,
    expiresAt: payment.expiresAt.toISOString(),
    now: around.now.toISOString(),
    wallets: view.wallets.map((wallet) => toChoice(wallet, around)).sort(lastUsedFirst),
    attempt:
      newest === undefined
        ? null
        : {
            wallet: newest.wallet,
            outcome: newest.outcome,
            failureText: newest.failureReason === null ? undefined : FAILURE_TEXTS[newest.failureReason][around.lang],
          },
    paidWith: accepted?.wallet ?? null,
    paidAt: payment.paidAt?.toISOString() ?? null,
    refunded: refundedMinor === 0n ? null : { text: formatMoney(money(payment.currency, refundedMinor)) },
    returnUrl: payment.returnUrl,
  };
}

/** A phone's browser gets the wallet's phone page. */
const PHONE = /Android|iPhone|iPod|HarmonyOS|OpenHarmony|Mobile/i;

function toChoice(wallet: WalletName, around: BuyerSurroundings): WalletChoice {
  const scene = PHONE.test(around.userAgent) ? 'wap' : 'web';
  return {
    name: wallet,
    label: WALLET_LABELS[wallet],
    scene,
    available: around.can(wallet).scenes.includes(scene),
    lastUsed: wallet === around.lastWallet,
  };
}

function lastUsedFirst(left: WalletChoice, right: WalletChoice): number {
  return Number(right.lastUsed) - Number(left.lastUsed);
}

const OTHER = { 'zh-CN': '钱包没有完成这笔付款。', en: 'The wallet did not complete the payment.' };

/** What a buyer can do something with; never the wallet's own words, which are for the shop. */
const FAILURE_TEXTS: Record<FailureReason, Record<Lang, string>> = {
  declined: { 'zh-CN': '银行或钱包拒绝了这笔付款。', en: 'The bank or wallet declined the payment.' },
  insufficient_funds: { 'zh-CN': '余额不足，请换一张卡。', en: 'Not enough funds. Try another card.' },
  limit_exceeded: { 'zh-CN': '超出支付限额。', en: 'The amount is above a limit.' },
  card_invalid: { 'zh-CN': '这张卡无法使用，请换一张。', en: 'This card cannot be used. Try another one.' },
  authentication_failed: { 'zh-CN': '密码或验证信息有误。', en: 'The password or the details were wrong.' },
  risk_refused: { 'zh-CN': '出于安全考虑，付款被拒绝。', en: 'The payment was refused for safety.' },
  expired: { 'zh-CN': '支付超时。', en: 'The time to pay ran out.' },
  not_found: OTHER,
  not_sent: {
    'zh-CN': '暂时连不上钱包，请稍后再试。',
    en: 'The wallet cannot be reached right now. Try again shortly.',
  },
  wallet_busy: { 'zh-CN': '钱包繁忙，请稍后再试。', en: 'The wallet is busy. Try again shortly.' },
  window_closed: OTHER,
  already_undone: OTHER,
  amount_refused: { 'zh-CN': '钱包不接受这个金额。', en: 'The wallet does not take this amount.' },
  merchant_misconfigured: {
    'zh-CN': '商户的钱包设置有误，请换一种方式。',
    en: "The shop's wallet is not set up right. Choose another one.",
  },
  other: OTHER,
};

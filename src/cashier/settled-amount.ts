import type { WalletName } from '../wallets/wallet.ts';
import { isSound, takenOff } from './offer-accounts.ts';
import type { AttemptReport } from './payment.ts';

/**
 * What of a wallet's own discounts it does not settle with the shop. `not_prefunded`: all of a discount that nobody paid for
 * beforehand, whoever it is said to be of. `merchants_part`: only what the shop itself pays.
 */
type SettlementRule = 'not_prefunded' | 'merchants_part';

/**
 * WeChat Pay settles an order less its NOCASH coupons; Alipay's receipt_amount is less by merchant_contribute, UnionPay's settled
 * amount by the merchant's row of couponInfo. JD Pay and the Open Wallet Protocol say nothing else.
 */
const SETTLEMENT_RULES: Readonly<Record<WalletName, SettlementRule>> = {
  wechatpay: 'not_prefunded',
  alipay: 'merchants_part',
  unionpay: 'merchants_part',
  jdpay: 'merchants_part',
  meituanpay: 'merchants_part',
  hutongwallet: 'merchants_part',
  open: 'merchants_part',
};

/** What the wallet settles of a payment before its fee, in minor units. Null where its report leaves that open. */
export function settledAmount(wallet: WalletName, paidMinor: bigint, reported: AttemptReport | null): bigint | null {
  if (reported === null) return paidMinor;
  if (reported.counts === null) return null;
  const toldMinor = reported.discounts.reduce((sum, discount) => sum + discount.minor, 0n);
  if (!isSound(reported, paidMinor) || toldMinor !== takenOff(reported, paidMinor)) return null;
  let settledMinor = paidMinor;
  for (const { minor, prefunded, parts } of reported.discounts) {
    if (prefunded) continue;
    if (SETTLEMENT_RULES[wallet] === 'not_prefunded') {
      settledMinor -= minor;
      continue;
    }
    if (parts.reduce((sum, part) => sum + part.minor, 0n) !== minor) return null;
    for (const part of parts) if (part.funder === 'merchant') settledMinor -= part.minor;
  }
  return settledMinor;
}

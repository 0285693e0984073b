import { WALLET_DISCOUNTS_MAX } from '../../base/limits.ts';
import { money } from '../../money/money.ts';
import { plainText } from '../plain-text.ts';
import { type DiscountsRead, readEach } from '../reported-discounts.ts';
import type { ReportedDiscount, SucceededOutcome } from '../wallet.ts';
import { integerAt, isJson, type Json, textAt } from './parse.ts';

/**
 * CASH (of refunds COUPON) was paid for beforehand and is settled with the shop like the buyer's money; NOCASH (of refunds
 * DISCOUNT) was not: the shop gets less. Source: API v3, promotion_detail.
 */
const PREFUNDED: Readonly<Record<string, boolean>> = { CASH: true, COUPON: true, NOCASH: false, DISCOUNT: false };
const SCOPES: Readonly<Record<string, ReportedDiscount['scope']>> = { GLOBAL: 'order', SINGLE: 'item' };

/** What was taken off a payment, and who paid for it. Contributions that do not sum to the amount are kept as they are. */
export function readPromotions(json: Json): DiscountsRead {
  return readDetail(json, (entry) => {
    const shares = ['wechatpay_contribute', 'merchant_contribute', 'other_contribute'].map((name) =>
      fenAt(entry, name),
    );
    const [wallet, merchant, other] = shares;
    if (wallet == null || merchant == null || other == null) return null;
    const parts: ReportedDiscount['parts'] = [
      { funder: 'wallet', owner: null, minor: wallet },
      { funder: 'merchant', owner: null, minor: merchant },
      { funder: 'other', owner: null, minor: other },
    ];
    return toDiscount(entry, textAt(entry, 'coupon_id'), fenAt(entry, 'amount', false), parts);
  });
}

/** What a refund took back of them. Who had paid for it is not told again. Source: API v3, refunds. */
export function readRefundedPromotions(json: Json): DiscountsRead {
  return readDetail(json, (entry) =>
    toDiscount(entry, textAt(entry, 'promotion_id'), fenAt(entry, 'refund_amount', false), []),
  );
}

/** `payer_total` of a payment, `payer_refund` of a refund; nothing where it is not told. */
export function buyerPaidIn(json: Json, name: 'payer_total' | 'payer_refund'): Pick<SucceededOutcome, 'buyerPaid'> {
  const fen = integerAt(json, 'amount', name);
  return fen === null || fen < 0n ? {} : { buyerPaid: money('CNY', fen) };
}

function readDetail(json: Json, read: (entry: Json) => ReportedDiscount | null): DiscountsRead {
  const detail = json['promotion_detail'];
  if (detail === undefined || detail === null) return null;
  if (!Array.isArray(detail) || detail.length > WALLET_DISCOUNTS_MAX || !detail.every(isJson)) return 'unreadable';
  return readEach(detail, read);
}

function toDiscount(
  entry: Json,
  walletOfferId: string,
  minor: bigint | null,
  parts: ReportedDiscount['parts'],
): ReportedDiscount | null {
  const prefunded = PREFUNDED[textAt(entry, 'type')];
  const scope = SCOPES[textAt(entry, 'scope')];
  if (minor === null || prefunded === undefined || scope === undefined) return null;
  return {
    walletOfferId: plainText(walletOfferId, 64),
    name: plainText(textAt(entry, 'name'), 100),
    scope,
    minor,
    prefunded,
    parts: parts.filter((part) => part.minor > 0n),
  };
}

/** Null where there is something that is no amount, or nothing where there must be one. */
function fenAt(entry: Json, name: string, isOptional = true): bigint | null {
  if (isOptional && (entry[name] === undefined || entry[name] === null)) return 0n;
  const fen = integerAt(entry, name);
  return fen === null || fen < 0n ? null : fen;
}

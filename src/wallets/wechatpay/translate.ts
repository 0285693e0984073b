import { money } from '../../money/money.ts';
import { toBeijing } from '../beijing.ts';
import { plainText } from '../plain-text.ts';
import { discountFacts, discountsIn, type DiscountsRead } from '../reported-discounts.ts';
import type { FailedOutcome, Outcome, Scene, SucceededOutcome, UnknownOutcome } from '../wallet.ts';
import type { WechatpayConfig } from './config.ts';
import { integerAt, type Json, textAt } from './parse.ts';
import { buyerPaidIn, readPromotions, readRefundedPromotions } from './promotions.ts';

/** How an order stands. `unpaid`: nobody is paying it just now; it may be paid until it is closed. */
export type OrderStanding = SucceededOutcome | FailedOutcome | UnknownOutcome | { kind: 'unpaid' } | { kind: 'paying' };

/**
 * A transaction as replies and notifications tell it, to our words. Source: API v3. `scene` null: told by a
 * notification, which comes for paid orders only.
 */
export function orderStanding(json: Json, scene: Scene | null): OrderStanding {
  const state = textAt(json, 'trade_state');
  const says = textAt(json, 'trade_state_desc');
  switch (state) {
    case 'SUCCESS':
    case 'REFUND': // paid, then sent back at least in part: the refunds tell
      return paid(json, state);
    case 'NOTPAY':
      return { kind: 'unpaid' };
    case 'USERPAYING':
    case 'ACCEPT':
      return { kind: 'paying' };
    case 'CLOSED':
      return failed('expired', state, says);
    case 'REVOKED':
      return failed('already_undone', state, says);
    case 'PAYERROR':
      // Final for a payment code; elsewhere the payer may try again until the order is closed.
      return scene === 'code' ? failed('declined', state, says) : { kind: 'unpaid' };
    default:
      return unknown('a state that is not documented', state);
  }
}

/** Null when the reply is about this merchant's order of that number; else what is different. */
export function whyOtherOrder(config: WechatpayConfig, json: Json, orderNo: string): string | null {
  if (textAt(json, 'mchid') !== config.mchid) return 'about another mchid';
  if (![config.appid, config.appAppid].includes(textAt(json, 'appid'))) return 'about another appid';
  return textAt(json, 'out_trade_no') === orderNo ? null : 'about another out_trade_no';
}

/** A refund as replies tell it (`status`) and as notifications tell it (`refund_status`). Source: WeChat Pay API v3. */
export function refundOutcome(json: Json, statusName: 'status' | 'refund_status'): Outcome {
  const status = textAt(json, statusName);
  switch (status) {
    case 'SUCCESS':
      return succeeded(json, {
        id: textAt(json, 'refund_id'),
        fen: integerAt(json, 'amount', 'refund'),
        currency: textAt(json, 'amount', 'currency'),
        facts: factsOf(json, ['channel', 'transaction_id', 'funds_account'], ['payer_refund', 'settlement_refund']),
        discounts: readRefundedPromotions(json),
        buyerPaid: buyerPaidIn(json, 'payer_refund'),
      });
    case 'PROCESSING':
      return { kind: 'pending' };
    case 'CLOSED':
      return failed('other', status, 'the refund was closed; the money is with the merchant');
    case 'ABNORMAL':
      return unknown('the buyer’s card or account takes no money: handle it in the merchant platform', status);
    default:
      return unknown('a refund status that is not documented', status);
  }
}

/** Null when the refund is the one of that number, of a payment of ours; else what is different. */
export function whyOtherRefund(json: Json, expected: { orderNo: string; paymentOrderNo: string }): string | null {
  if (textAt(json, 'out_refund_no') !== expected.orderNo) return 'about another out_refund_no';
  return textAt(json, 'out_trade_no') === expected.paymentOrderNo ? null : 'about another out_trade_no';
}

export function toOutcome(standing: OrderStanding): Outcome {
  return standing.kind === 'unpaid' || standing.kind === 'paying' ? { kind: 'pending' } : standing;
}

export function failed(reason: FailedOutcome['reason'], walletCode: string, message: string): FailedOutcome {
  return { kind: 'failed', reason, walletCode: plainText(walletCode, 32), walletMessage: plainText(message, 200) };
}

export function unknown(reason: string, walletCode = ''): UnknownOutcome {
  return walletCode === ''
    ? { kind: 'unknown', reason }
    : { kind: 'unknown', reason, walletCode: plainText(walletCode, 32) };
}

/** An instant as WeChat Pay writes it: `2026-11-23T10:11:12+08:00`. */
export function toStamp(at: Date): string {
  return `${toBeijing(at)}+08:00`;
}

/** Null unless the text is a real date and time with its offset. */
export function fromStamp(text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : new Date(ms);
}

function paid(json: Json, state: string): SucceededOutcome | UnknownOutcome {
  return succeeded(json, {
    id: textAt(json, 'transaction_id'),
    fen: integerAt(json, 'amount', 'total'),
    currency: textAt(json, 'amount', 'currency'),
    facts: { trade_state: state, ...factsOf(json, ['trade_type', 'bank_type'], ['payer_total']) },
    discounts: readPromotions(json),
    buyerPaid: buyerPaidIn(json, 'payer_total'),
  });
}

interface Evidence {
  id: string;
  fen: bigint | null;
  currency: string;
  facts: Record<string, string>;
  discounts: DiscountsRead;
  buyerPaid: Pick<SucceededOutcome, 'buyerPaid'>;
}

/** Success needs its evidence: WeChat Pay's own number and an amount in yuan; notified refunds name no currency. */
function succeeded(json: Json, evidence: Evidence): SucceededOutcome | UnknownOutcome {
  const { id, fen, currency, facts, discounts, buyerPaid } = evidence;
  if (!/^[0-9A-Za-z]{1,32}$/.test(id)) return unknown('success without a number of WeChat Pay');
  if (fen === null || fen < 0n || !['CNY', ''].includes(currency)) return unknown('success without a readable amount');
  return {
    kind: 'succeeded',
    walletPaymentId: id,
    amount: money('CNY', fen),
    occurredAt: fromStamp(textAt(json, 'success_time')),
    facts: { ...facts, ...discountFacts(discounts) },
    ...discountsIn(discounts),
    ...buyerPaid,
  };
}

function factsOf(json: Json, texts: readonly string[], amounts: readonly string[]): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const name of texts) if (textAt(json, name) !== '') facts[name] = plainText(textAt(json, name), 64);
  for (const name of amounts) {
    const fen = integerAt(json, 'amount', name);
    if (fen !== null) facts[name] = fen.toString();
  }
  return facts;
}

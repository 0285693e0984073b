import type { FailedOutcome, Outcome, RefundRequest, WalletDeps } from '../wallet.ts';
import { rowOf } from './codes.ts';
import type { WechatpayConfig } from './config.ts';
import { exchange } from './exchange.ts';
import { refundCall, refundQueryCall } from './requests.ts';
import { failed, refundOutcome, unknown, whyOtherRefund } from './translate.ts';

/**
 * Asks for a refund. What comes back tells that it was taken, seldom how it ended. A refusal may be about a second try of a
 * refund that was done, so before it counts the refund itself is asked for.
 */
export async function refund(deps: WalletDeps, config: WechatpayConfig, request: RefundRequest): Promise<Outcome> {
  if (request.method === 'void') return failed('other', '', 'WeChat Pay has no void: it refunds');
  const { amount, paid } = request;
  const isRefundable = amount.currency === 'CNY' && amount.minor > 0n && amount.minor <= paid.amount.minor;
  if (!isRefundable) return failed('amount_refused', '', 'not an amount that can be refunded of this payment');
  const exchanged = await exchange(deps, config, refundCall(request));
  if (exchanged.kind === 'not_sent') return failed('not_sent', '', exchanged.reason);
  if (exchanged.kind === 'unknown') return exchanged;
  if (exchanged.kind === 'answer') return toOutcome(exchanged.json, request);
  const row = rowOf(exchanged.code);
  // A paid order may be unknown to refunds for some minutes, and a busy answer says nothing of an earlier try.
  if (['unclear', 'not_found', 'busy', 'paying'].includes(row.state)) return unknown(exchanged.message, exchanged.code);
  const standing = await queryRefund(deps, config, request);
  if (standing.kind !== 'failed' || standing.reason !== 'not_found') return standing;
  const reason: FailedOutcome['reason'] = row.state === 'refused' ? row.reason : 'other';
  return failed(reason, exchanged.code, exchanged.message);
}

export async function queryRefund(deps: WalletDeps, config: WechatpayConfig, request: RefundRequest): Promise<Outcome> {
  const exchanged = await exchange(deps, config, refundQueryCall(request));
  if (exchanged.kind === 'answer') return toOutcome(exchanged.json, request);
  if (exchanged.kind !== 'refusal') return unknown(exchanged.reason);
  return rowOf(exchanged.code).state === 'not_found'
    ? failed('not_found', exchanged.code, exchanged.message)
    : unknown(exchanged.message, exchanged.code);
}

function toOutcome(json: Parameters<typeof refundOutcome>[0], request: RefundRequest): Outcome {
  const names = { orderNo: request.refund.orderNo, paymentOrderNo: request.paid.orderNo };
  const other = whyOtherRefund(json, names);
  return other === null ? refundOutcome(json, 'status') : unknown(other);
}

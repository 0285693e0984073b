import { type Fault, faultCode } from '../ground/fault.ts';
import type { Composed } from '../ground/ground.ts';
import type { Order } from '../ground/order.ts';
import { refundStatus, toNotifiedRefund, toTransaction } from './describe.ts';
import type { Gateway } from './gateway.ts';
import type { SandboxMerchant, SigningKey } from './keys.ts';
import { notificationId } from './numbers.ts';
import { newRequestId, sealedHeaders } from './sealed-headers.ts';
import { sealFor } from './sign.ts';
import { toStamp } from './stamp.ts';

/** API v3, 支付通知: at once, then after these gaps; 24 hours and 4 minutes in all. */
export const NOTIFY_DELAYS_MS: readonly number[] = [
  0,
  ...[15, 15, 30].map((seconds) => seconds * 1000),
  ...[3, 10, 20, 30, 30, 30, 60].map((minutes) => minutes * 60_000),
  ...[3, 3, 3, 6, 6].map((hours) => hours * 3_600_000),
];

/** One notification: sealed for the merchant, signed by a key that the platform picks. */
export async function compose(gateway: Gateway, order: Order, fault: Fault | null): Promise<Composed> {
  const merchant = gateway.keys.merchants.get(order.merchantNo);
  if (merchant === undefined) throw new Error(`${order.merchantNo} is no merchant`);
  const isPayment = order.kind === 'payment';
  const facts = isPayment ? toTransaction(order, fault) : toNotifiedRefund(gateway, order, fault);
  const code = faultCode(fault);
  if (code !== null) facts[isPayment ? 'trade_state' : 'refund_status'] = code;
  const about = isPayment ? 'transaction' : 'refund';
  const sealed = sealFor(merchant.apiV3Key, about, JSON.stringify(facts), gateway.random);
  const body = JSON.stringify({
    id: notificationId(order),
    create_time: toStamp(order.settledAt ?? gateway.clock.now()),
    resource_type: 'encrypt-resource',
    event_type: isPayment ? 'TRANSACTION.SUCCESS' : `REFUND.${refundStatus(gateway, order)}`,
    summary: isPayment ? '支付成功' : '退款结果',
    resource: { original_type: about, ...sealed },
  });
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Mozilla/4.0',
    'request-id': newRequestId(gateway, 0),
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    ...sealedHeaders(gateway, 'notification', signerFor(gateway, merchant, order), body, fault),
  };
  return { headers, body };
}

/**
 * Replies are signed as the request asks; notifications as the platform likes: while a merchant moves to the public key, a
 * growing share of them comes under it. Source: API v3, 切换公钥, 灰度.
 */
function signerFor(gateway: Gateway, merchant: SandboxMerchant, order: Order): SigningKey {
  const { publicKey, current } = gateway.keys;
  if (merchant.mode === 'public_key') return publicKey;
  if (merchant.mode === 'certificates') return current;
  return (order.sequence * 37) % 100 < gateway.rampPercent ? publicKey : current;
}

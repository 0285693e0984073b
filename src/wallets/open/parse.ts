import { isCurrency, MINOR_MAX, money, type Money } from '../../money/money.ts';

/** What may be told beside the documented members, as it came: "Discounts" has its own reader. */
interface ShownBeside {
  discounts: unknown;
  buyerPaid: unknown;
}

/** An order as the wallet shows it: to a query, to every call about it, and in a notification. */
export interface ShownOrder extends ShownBeside {
  orderNo: string;
  merchantNo: string;
  state: string;
  reason: string | null;
  amount: Money;
  walletPaymentId: string | null;
  paidAt: Date | null;
  webUrl: string | null;
  appUrl: string | null;
  qrText: string | null;
}

export interface ShownRefund extends ShownBeside {
  refundNo: string;
  orderNo: string;
  merchantNo: string;
  method: string;
  state: string;
  reason: string | null;
  amount: Money;
  walletRefundId: string | null;
  refundedAt: Date | null;
}

export type Members = Readonly<Record<string, unknown>>;

/** Null unless every member that is documented is there and is what it must be. Others are not looked at. */
export function readOrder(input: unknown): ShownOrder | null {
  const order = membersOf(input);
  if (order === null) return null;
  const amount = readAmount(order['amount']);
  const orderNo = readOrderNo(order['order_no']);
  const merchantNo = readText(order['merchant_no'], 32);
  const state = readText(order['state'], 32);
  if (amount === null || orderNo === null || merchantNo === null || state === null) return null;
  const paidAt = readTime(order['paid_at']);
  if (paidAt === undefined) return null;
  const [reason, walletPaymentId, webUrl, appUrl, qrText] = (
    ['reason', 'wallet_payment_id', 'web_url', 'app_url', 'qr_text'] as const
  ).map((name) => (order[name] === null ? null : (readText(order[name], 2048) ?? undefined)));
  if ([reason, walletPaymentId, webUrl, appUrl, qrText].includes(undefined)) return null;
  return {
    orderNo,
    merchantNo,
    state,
    reason: reason ?? null,
    amount,
    walletPaymentId: walletPaymentId ?? null,
    paidAt,
    webUrl: webUrl ?? null,
    appUrl: appUrl ?? null,
    qrText: qrText ?? null,
    ...besideIn(order),
  };
}

export function readRefund(input: unknown): ShownRefund | null {
  const refund = membersOf(input);
  if (refund === null) return null;
  const amount = readAmount(refund['amount']);
  const refundNo = readOrderNo(refund['refund_no']);
  const orderNo = readOrderNo(refund['order_no']);
  const merchantNo = readText(refund['merchant_no'], 32);
  const state = readText(refund['state'], 32);
  const method = readText(refund['method'], 32);
  if (amount === null || refundNo === null || orderNo === null || merchantNo === null || state === null) return null;
  const refundedAt = readTime(refund['refunded_at']);
  const reason = refund['reason'] === null ? null : (readText(refund['reason'], 64) ?? undefined);
  const walletRefundId =
    refund['wallet_refund_id'] === null ? null : (readText(refund['wallet_refund_id'], 64) ?? undefined);
  if (method === null || refundedAt === undefined || reason === undefined || walletRefundId === undefined) return null;
  const known = { refundNo, orderNo, merchantNo, method, state, reason, amount, walletRefundId, refundedAt };
  return { ...known, ...besideIn(refund) };
}

function besideIn(members: Members): ShownBeside {
  return { discounts: members['discounts'], buyerPaid: members['buyer_paid'] };
}

export function membersOf(input: unknown): Members | null {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as Members) : null; // an object of unknowns
}

/** `{"currency":"CNY","minor":"1234"}`: an integer of minor units in a text, never a number, without leading zeros. */
export function readAmount(input: unknown): Money | null {
  const amount = membersOf(input);
  const currency = amount?.['currency'];
  const minor = readMinor(amount?.['minor']);
  return isCurrency(currency) && minor !== null ? money(currency, minor) : null;
}

export function readMinor(input: unknown): bigint | null {
  if (typeof input !== 'string' || !/^(0|[1-9]\d{0,18})$/.test(input)) return null;
  const minor = BigInt(input);
  return minor <= MINOR_MAX ? minor : null;
}

/** 1 to `charsMax` letters, none of them a control character. */
export function readText(input: unknown, charsMax: number): string | null {
  if (typeof input !== 'string' || input === '' || input.length > charsMax) return null;
  return /\p{Cc}/u.test(input) ? null : input;
}

export function readOrderNo(input: unknown): string | null {
  return typeof input === 'string' && /^[0-9A-Za-z]{8,32}$/.test(input) ? input : null;
}

/** RFC 3339 with a zone. Null stays null; undefined is not a time. */
export function readTime(input: unknown): Date | null | undefined {
  if (input === null) return null;
  if (typeof input !== 'string') return undefined;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(input)) return undefined;
  const at = new Date(input);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

import { createVerify } from 'node:crypto';
import type { PayRequest, QueryRequest, RefundRequest } from '../wallet.ts';
import { NOW, ownPublicKey, pretendDeps } from './pretend-alipay.ts';

/* Requests to Alipay's connector and readings of what it sent, for its tests. */

const LATER = new Date(NOW.getTime() + 15 * 60_000);
export const TRADE = { out_trade_no: 'ORDER1', trade_no: '2026112322001400000000000001' };

export function order(changed: Partial<PayRequest>): PayRequest {
  return {
    orderNo: 'ORDER1',
    orderedAt: NOW,
    amount: { currency: 'CNY', minor: 1234n },
    scene: 'qr',
    subject: '咖啡 & 茶 = 2 袋',
    expiresAt: LATER,
    notifyUrl: 'https://shop.example/notify',
    returnUrl: 'https://shop.example/back',
    buyerIp: null,
    payer: null,
    paymentCode: null,
    ...changed,
  };
}

export function asked(changed: Partial<QueryRequest> = {}): QueryRequest {
  const { orderNo, orderedAt, amount, scene, expiresAt } = order({});
  return { orderNo, orderedAt, amount, scene, expiresAt, ...changed };
}

export function refundRequest(): RefundRequest {
  const { orderNo, orderedAt, amount, scene } = order({});
  return {
    refund: { orderNo: 'REFUND1', orderedAt: NOW },
    amount: { currency: 'CNY', minor: 100n },
    method: 'refund',
    paid: { orderNo, orderedAt, amount, scene, walletPaymentId: TRADE.trade_no },
    notifyUrl: 'https://shop.example/notify',
  };
}

export function business(subCode: string): Record<string, string> {
  return { code: '40004', msg: 'Business Failed', sub_code: subCode, sub_msg: 'x' };
}

export function without(fields: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([one]) => one !== name));
}

export function failedWith(reason: string): object {
  return { kind: 'failed', reason };
}

export function sentContent(deps: ReturnType<typeof pretendDeps>, index = 0): Record<string, unknown> {
  const body = new URLSearchParams(String(deps.asked[index]?.body));
  const content: unknown = JSON.parse(body.get('biz_content') ?? '');
  if (typeof content !== 'object' || content === null) throw new Error('no content');
  return { ...content };
}

export function isSigned(params: Record<string, string>, sign: string): boolean {
  const text = Object.keys(params)
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((name) => `${name}=${params[name]}`)
    .join('&');
  return createVerify('RSA-SHA256').update(text).verify(ownPublicKey, sign, 'base64');
}

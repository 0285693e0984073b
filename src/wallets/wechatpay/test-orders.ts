import type { PayRequest, QueryRequest } from '../wallet.ts';
import { APPID, MCHID, NOW, refusal } from './pretend-wechatpay.ts';

/** For tests: one order as both sides name it. */
export const ORDER_NO = '06F5KZJ8W0000000000000ABCD';
export const EXPIRES_AT = new Date('2026-11-23T02:26:12Z');
export const fen = (minor: bigint) => ({ currency: 'CNY', minor }) as const;
export const PAY: PayRequest = {
  orderNo: ORDER_NO,
  orderedAt: NOW,
  amount: fen(1234n),
  scene: 'qr',
  subject: '云南咖啡 2 袋',
  expiresAt: EXPIRES_AT,
  notifyUrl: 'https://hub.example/notify/wechatpay/wa_1',
  returnUrl: 'https://hub.example/c/pay_1/token/return?a=1&b=2',
  buyerIp: '203.0.113.7',
  payer: null,
  paymentCode: null,
};
export const QUERY: QueryRequest = {
  orderNo: ORDER_NO,
  orderedAt: NOW,
  amount: fen(1234n),
  scene: 'qr',
  expiresAt: EXPIRES_AT,
};
export const FOUND = {
  appid: APPID,
  mchid: MCHID,
  out_trade_no: ORDER_NO,
  trade_state: 'NOTPAY',
  trade_state_desc: '订单未支付',
};
export const PAID = {
  ...FOUND,
  trade_state: 'SUCCESS',
  transaction_id: '4200000925202101284997714292',
  success_time: '2026-11-23T10:15:30+08:00',
  amount: { total: 1234, currency: 'CNY' },
};
export const NOT_FOUND = refusal(404, 'ORDER_NOT_EXIST');

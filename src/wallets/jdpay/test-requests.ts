import { createDecipheriv } from 'node:crypto';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import type { PayRequest, QueryRequest, RefundRequest, WalletDeps } from '../wallet.ts';
import { readConfig } from './config.ts';
import { answering, CODE, MAIN, merchantSettings, speak, type Speaker } from './pretend-jdpay.ts';

/* Requests to JD Pay's connector, its answers, and readings of what was sent, for its tests. */

export const config = readConfig(merchantSettings());
export const NOW = new Date('2026-11-23T02:11:12.500Z');
export const ORDER_NO = '06F5KZJ8W0000000000000ABCD';
export const fen = (minor: bigint) => ({ currency: 'CNY', minor }) as const;
export const PAY: PayRequest = {
  orderNo: ORDER_NO,
  orderedAt: new Date('2026-11-23T02:11:12Z'),
  amount: fen(1234n),
  scene: 'web',
  subject: '云南咖啡 & 茶 = <2> 袋',
  expiresAt: new Date('2026-11-23T02:26:12Z'),
  notifyUrl: 'https://shop.example/notify/jdpay/wa_1',
  returnUrl: 'https://shop.example/c/pay_1/token/return',
  buyerIp: '203.0.113.7',
  payer: null,
  paymentCode: null,
};
export const BY_CODE: PayRequest = { ...PAY, scene: 'code', paymentCode: '621234567890123456' };
export const QUERY: QueryRequest = { ...PAY };
export const REFUND: RefundRequest = {
  refund: { orderNo: 'REFUND000000000000000ABCDE', orderedAt: new Date('2026-11-23T03:00:00Z') },
  amount: fen(234n),
  method: 'refund',
  paid: { orderNo: ORDER_NO, orderedAt: PAY.orderedAt, scene: 'web', walletPaymentId: ORDER_NO, amount: fen(1234n) },
  notifyUrl: PAY.notifyUrl,
};

export const payment = (status: string, by: Speaker = MAIN) =>
  speak(
    `<tradeNum>${ORDER_NO}</tradeNum><tradeType>0</tradeType><amount>1234</amount><currency>CNY</currency><status>${status}</status>`,
    by,
  );
export const refund = (no: string, status: string, more: { type?: string; amount?: string; by?: Speaker } = {}) =>
  speak(
    `<tradeType>${more.type ?? '1'}</tradeType><tradeNum>${no}</tradeNum><oTradeNum>${ORDER_NO}</oTradeNum><amount>${more.amount ?? '234'}</amount><currency>CNY</currency><status>${status}</status>`,
    more.by,
  );
export const undo = (status: string, by: Speaker = MAIN) =>
  refund(`${ORDER_NO}U`, status, { type: '2', amount: '1234', by });
export const none = (by: Speaker = MAIN) => speak('', by, { code: '000005', desc: '订单不存在' });
export const refusal = speak('', MAIN, { code: '000099', desc: '系统繁忙' });

export function asked(...bodies: (Buffer | null)[]) {
  const { send, sent } = answering(...bodies);
  const clock = new ManualClock(NOW);
  const deps: WalletDeps = { send, clock, random: systemRandom, log: silentLog };
  const endpoints = () => sent.map((request) => new URL(request.url).pathname.replace('/service/', ''));
  return { deps, clock, endpoints, told: (index: number) => openOurs(sent[index]?.body.toString() ?? '') };
}

/** Opens what we sent by the rules of the document, in code of its own. */
export function openOurs(body: string): Record<string, string> {
  const by = body.includes(CODE.merchant) ? CODE : MAIN;
  const hex = Buffer.from(/<encrypt>(.*)<\/encrypt>/.exec(body)?.[1] ?? '', 'base64').toString();
  const fields = [...clearOf(hex, by).matchAll(/<([A-Za-z]+)>([^<]*)<\/\1>/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]));
}

export function clearOf(hex: string, by: Speaker): string {
  const decipher = createDecipheriv('des-ede3', Buffer.from(by.desKey, 'base64'), null);
  decipher.setAutoPadding(false);
  const clear = Buffer.concat([decipher.update(Buffer.from(hex, 'hex')), decipher.final()]);
  return clear.subarray(4, 4 + clear.readUInt32BE()).toString();
}

import { isUtf8Form, readForm } from '../form.ts';
import type { NotificationReading, RawNotification, WalletDeps } from '../wallet.ts';
import { accountMask } from './account.ts';
import type { UnionpayConfig } from './config.ts';
import type { Fields } from './parse.ts';
import { fromStamp, paymentFromNotification, type Reading, refundFromNotification } from './translate.ts';
import { whyNotBelieved } from './verify.ts';

/**
 * Verifies a notification, then reads it with the same table as a query's answer. Only the body counts: parameters in the
 * address are not signed and never looked at.
 */
export async function readNotification(
  deps: WalletDeps,
  config: UnionpayConfig,
  raw: RawNotification,
): Promise<NotificationReading> {
  if (!isUtf8Form(raw.headers['content-type'])) return refuse('not a form in UTF-8');
  const fields = readForm(raw.body);
  if (fields === null) return refuse('not a readable form');
  const reason = whyNotBelieved(config, fields, deps.clock.now());
  if (reason !== null) return refuse(reason);
  if (fields['merId'] !== config.merId) return refuse('for another merchant');
  // A query's answer is signed by the same key, and its respCode 00 means only "found".
  if (fields['origRespCode'] !== undefined) return refuse('the answer to a query, not a notification');
  return translate(config, fields);
}

function translate(config: UnionpayConfig, fields: Fields): NotificationReading {
  const orderNo = fields['orderId'] ?? '';
  if (orderNo === '') return refuse('without an orderId');
  const name = { merchantNo: config.merId, orderNo, orderedAt: fromStamp(fields['txnTime'] ?? '') };
  // A payment that is told to have failed may be tried again until its payTimeout, which is not told: it stays open. Not so
  // where a payment code was charged.
  const kind = `${fields['txnType']}/${fields['txnSubType']}`;
  const isOneTry = kind === CODE_PAYMENT;
  const reading: Reading = { isPastPayTimeout: false, isOneTry, maskAccount: accountMask(config) };
  if (PAYMENTS.includes(kind)) return { kind: 'payment', ...name, outcome: paymentFromNotification(fields, reading) };
  if (kind === '04/00' || kind === '31/00') {
    return { kind: 'refund', ...name, outcome: refundFromNotification(fields, reading) };
  }
  return refuse('about a kind of transaction that we do not make');
}

/** txnType/txnSubType of front, app and in-wallet payments, of charged payment codes, of codes that were shown. */
const CODE_PAYMENT = '01/06';
const PAYMENTS: readonly string[] = ['01/01', CODE_PAYMENT, '01/07'];

function refuse(reason: string): NotificationReading {
  return { kind: 'refused', reason };
}

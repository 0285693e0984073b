import { SANDBOX_ORDER_OPEN_MINUTES } from '../../../base/limits.ts';
import { chargeCode, readPaymentCode } from '../ground/payment-codes.ts';
import { takePayment } from '../ground/payments.ts';
import type { Fields } from './form.ts';
import { type Decision, type Gateway, refuse } from './gateway.ts';
import { findNamesake, toNewOrder } from './take-payment.ts';

/**
 * Charges the payer's code (被扫). 00 when the payer need not do anything, 05 while the PIN is entered, 88 for a code that is
 * nobody's or used, else why the issuer refuses; then the code is used up and the order has failed.
 */
export function takeCharge(gateway: Gateway, fields: Fields): Decision {
  const request = toNewOrder(fields, 'code', 'payment');
  if (findNamesake(gateway, request) !== undefined) return refuse('12');
  const { qrNo = '' } = fields;
  if (readPaymentCode(gateway, qrNo) === null) return refuse('88', '二维码无效');
  const openUntil = new Date(gateway.clock.now().getTime() + SANDBOX_ORDER_OPEN_MINUTES * 60_000);
  const respCode = chargeCode(gateway, takePayment(gateway, request, openUntil), qrNo);
  return { kind: 'answer', respCode };
}

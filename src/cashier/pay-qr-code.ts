import { createHash } from 'node:crypto';
import { bookOfId, idLetters, isId, newId } from '../base/id.ts';
import { PAYMENT_MINOR_MAX, QR_PAYMENT_SECONDS } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { money } from '../money/money.ts';
import type { Cashier } from './cashier.ts';
import { cashierPath } from './cashier-link.ts';
import { findMerchant } from './merchant-store.ts';
import type { PaymentId } from './payment.ts';
import { findQrCode, type QrCode } from './qr-code-store.ts';
import { qrCodeUrl } from './qr-codes.ts';

/** A scanned code and whose it is. */
export interface ScannedCode {
  code: QrCode;
  merchantName: string;
  livemode: boolean;
}

/** @throws Refusal not_found for a code that does not exist, qr_code_disabled for one that is switched off */
export async function openQrCode(cashier: Cashier, id: string): Promise<ScannedCode> {
  const { sql } = cashier.deps;
  const code = isId('qr', id) ? await findQrCode(sql, bookOfId(id), id) : null;
  if (code === null) throw new Refusal('not_found', 'there is no such code');
  if (!code.enabled) throw new Refusal('qr_code_disabled', 'the shop does not use this code any more');
  const merchant = await findMerchant(sql, code.book, code.merchantId);
  if (merchant === null) throw new Error(`assertion failed: ${code.id} belongs to a merchant`);
  return { code, merchantName: merchant.name, livemode: merchant.livemode };
}

export interface PayQrCode {
  scanned: ScannedCode;
  /** What the buyer typed; a code with an amount of its own takes that. */
  amountMinor: bigint | null;
  /** What the buyer wants the shop to read, or nothing. */
  note: string;
  /** Made with the page: the same page sent twice makes one payment. */
  nonce: string;
}

/**
 * Makes a payment of a scanned code and tells the path of its cashier page.
 * @throws Refusal invalid_request for an amount that cannot be paid, overloaded when a code is scanned too often
 */
export async function payQrCode(cashier: Cashier, request: PayQrCode): Promise<{ paymentId: PaymentId; path: string }> {
  const { deps } = cashier;
  const { code, livemode } = request.scanned;
  const amountMinor = code.amountMinor ?? request.amountMinor;
  if (amountMinor === null || amountMinor < 1n || amountMinor > PAYMENT_MINOR_MAX)
    throw new Refusal('invalid_request', 'type an amount', { param: 'amount', in: 'body' });
  if (!cashier.mayScan(code.id))
    throw new Refusal('overloaded', 'this code is being scanned too often', { retryAfterSeconds: 30 });
  const result = await cashier.create(code.book, {
    merchantId: code.merchantId,
    livemode,
    orderNo: `QR-${idLetters(newId('ask', deps, code.book))}`,
    amount: money(code.currency, amountMinor),
    subject: request.note === '' ? code.label : request.note,
    returnUrl: code.returnUrl ?? qrCodeUrl(deps, code.id),
    expiresInSeconds: QR_PAYMENT_SECONDS,
    linkCode: null,
    metadata: { qr_code: code.id },
    buyer: null,
    items: null,
    vouchers: null,
    claim: {
      book: code.book,
      merchantId: code.merchantId,
      key: `scan:${request.nonce}`,
      route: 'POST /q',
      fingerprint: createHash('sha256').update(`${code.id} ${amountMinor} ${request.note}`).digest('hex'),
    },
  });
  if (result.reply === null) throw new Error('assertion failed: a new payment has a reply');
  const { id }: { id: PaymentId } = JSON.parse(result.reply.body); // showPayment's own shape
  return { paymentId: id, path: cashierPath(deps.keyring, id) };
}

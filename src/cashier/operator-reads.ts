import { bookOfId, isId } from '../base/id.ts';
import { PAGE_ITEMS_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { PaymentDecision } from '../rollout/rollouts.ts';
import { listAlerts } from './alert-store.ts';
import { findAttemptsOf } from './attempt-store.ts';
import { bookOf } from './cashier.ts';
import type { CashierDeps } from './deps.ts';
import type { ApiKey, Merchant } from './merchant.ts';
import { findMerchant, listApiKeys, listMerchants } from './merchant-store.ts';
import { findRefundOwner, listOfferOwners, type OfferOwner } from './operator-store.ts';
import type { Alert, Attempt, Payment, Refund } from './payment.ts';
import { findPaymentById } from './payment-store.ts';
import { listRefunds } from './refund-store.ts';
import { findQrCode, type QrCode } from './qr-code-store.ts';
import { getPayment, getRefund } from './read-payments.ts';
import { openedSettings } from './change-wallet-account.ts';
import { findWalletAccount, type WalletAccountRow } from './wallet-account-store.ts';

/* What whoever runs the server may see: across all merchants, which no API key can. */

/** Oldest first. */
export async function readMerchants(deps: CashierDeps, book: number, itemsMax: number): Promise<Merchant[]> {
  return await listMerchants(deps.sql, book, itemsMax);
}

/** Oldest first, revoked ones too; never a secret. */
export async function readApiKeys(deps: CashierDeps, merchantId: string): Promise<ApiKey[]> {
  return await listApiKeys(deps.sql, bookOf('mer', merchantId), merchantId);
}

/** Who has an account for discounts that they pay for. */
export async function readOfferOwners(deps: CashierDeps, book: number): Promise<OfferOwner[]> {
  return await listOfferOwners(deps.sql, book);
}

/** Newest first. */
export async function readAlerts(deps: CashierDeps, book: number, itemsMax: number): Promise<Alert[]> {
  return await listAlerts(deps.sql, book, itemsMax);
}

/** As its merchant would see it. @throws Refusal not_found */
export async function readPayment(deps: CashierDeps, id: string): Promise<object> {
  const payment = await findPaymentById(deps.sql, bookOf('pay', id), id);
  if (payment === null) throw new Refusal('not_found', 'there is no such payment');
  return await getPayment(deps, payment.merchantId, id);
}

/** A payment of any merchant with its attempts and its newest refunds, oldest first, as they are kept. @throws Refusal not_found */
export async function readPaymentInFull(
  deps: CashierDeps,
  id: string,
): Promise<{ payment: Payment; attempts: Attempt[]; refunds: Refund[] }> {
  const payment = await findPaymentById(deps.sql, bookOf('pay', id), id);
  if (payment === null) throw new Refusal('not_found', 'there is no such payment');
  const { book, merchantId } = payment;
  const [attempts, refunds] = await Promise.all([
    findAttemptsOf(deps.sql, book, [payment.id]),
    listRefunds(deps.sql, { book, merchantId, paymentId: payment.id, before: null, itemsMax: PAGE_ITEMS_MAX }),
  ]);
  return { payment, attempts, refunds: refunds.toReversed() };
}

/** What was decided of staged wallets for a payment; null where nothing had to be. @throws Refusal not_found */
export async function readDecision(deps: CashierDeps, id: string): Promise<PaymentDecision | null> {
  const payment = await findPaymentById(deps.sql, bookOf('pay', id), id);
  if (payment === null) throw new Refusal('not_found', 'there is no such payment');
  return payment.decision;
}

/** As its merchant would see it. @throws Refusal not_found */
export async function readRefund(deps: CashierDeps, id: string): Promise<object> {
  const owner = await findRefundOwner(deps.sql, bookOf('rf', id), id);
  if (owner === null) throw new Refusal('not_found', 'there is no such refund');
  return await getRefund(deps, owner, id);
}

/** An account and its opened settings, for whoever puts new ones in their place: they are compared, and never shown. */
export type HeldWalletAccount = Pick<WalletAccountRow, 'id' | 'merchantId' | 'wallet' | 'merchantNo' | 'label'> & {
  settings: unknown;
};

/** Null where there is no such account. */
export async function readWalletAccount(deps: CashierDeps, id: string): Promise<HeldWalletAccount | null> {
  const row = isId('wa', id) ? await findWalletAccount(deps.sql, bookOfId(id), id) : null;
  if (row === null) return null;
  const { merchantId, wallet, merchantNo, label } = row;
  return { id: row.id, merchantId, wallet, merchantNo, label, settings: openedSettings(deps, row) };
}

/** A shop's code and whose it is, switched off or not. */
export interface HeldQrCode {
  code: QrCode;
  shop: Merchant;
}

/** Null where there is no such code. */
export async function readQrCode(deps: CashierDeps, id: string): Promise<HeldQrCode | null> {
  const code = isId('qr', id) ? await findQrCode(deps.sql, bookOfId(id), id) : null;
  const shop = code === null ? null : await findMerchant(deps.sql, code.book, code.merchantId);
  return code === null || shop === null ? null : { code, shop };
}

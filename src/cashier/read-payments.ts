import { Refusal } from '../base/refusal.ts';
import { findAttemptsOf } from './attempt-store.ts';
import { bookOf, type Cashier } from './cashier.ts';
import type { CashierDeps } from './deps.ts';
import type { Attempt, Payment } from './payment.ts';
import { findPayment, listPayments } from './payment-store.ts';
import { findRefund, listRefunds } from './refund-store.ts';
import { showPayment, showRefund } from './show-payment.ts';

export interface PageRequest {
  book: number;
  merchantId: string;
  /** Show what was made before this id; null begins with the newest. */
  before: string | null;
  itemsMax: number;
}

export interface Page {
  data: object[];
  /** The last id of this page when there is more. */
  next: string | null;
}

/** Somebody else's payment is as absent as one that does not exist. @throws Refusal not_found */
export async function readOwnPayment(
  cashier: Pick<Cashier, 'readPayment'>,
  merchantId: string,
  id: string,
): Promise<Payment> {
  const payment = await cashier.readPayment(bookOf('pay', id), id);
  if (payment === null || payment.merchantId !== merchantId) throw new Refusal('not_found', 'there is no such payment');
  return payment;
}

export async function getPayment(deps: CashierDeps, merchantId: string, id: string): Promise<object> {
  const book = bookOf('pay', id);
  const payment = await findPayment(deps.sql, book, merchantId, id);
  if (payment === null) throw new Refusal('not_found', 'there is no such payment');
  return showPayment(deps, payment, await findAttemptsOf(deps.sql, book, [id]));
}

export async function pagePayments(
  deps: CashierDeps,
  request: PageRequest & { orderNo: string | null; state: string | null },
): Promise<Page> {
  const payments = await listPayments(deps.sql, { ...request, itemsMax: request.itemsMax + 1 });
  const shown = payments.slice(0, request.itemsMax);
  const attempts = groupByPayment(
    await findAttemptsOf(
      deps.sql,
      request.book,
      shown.map((payment) => payment.id),
    ),
  );
  return {
    data: shown.map((payment) => showPayment(deps, payment, attempts.get(payment.id) ?? [])),
    next: payments.length > shown.length ? (shown.at(-1)?.id ?? null) : null,
  };
}

export async function getRefund(deps: CashierDeps, merchantId: string, id: string): Promise<object> {
  const refund = await findRefund(deps.sql, bookOf('rf', id), merchantId, id);
  if (refund === null) throw new Refusal('not_found', 'there is no such refund');
  return showRefund(refund);
}

export async function pageRefunds(
  deps: CashierDeps,
  request: PageRequest & { paymentId: string | null },
): Promise<Page> {
  const refunds = await listRefunds(deps.sql, { ...request, itemsMax: request.itemsMax + 1 });
  const shown = refunds.slice(0, request.itemsMax);
  return { data: shown.map(showRefund), next: refunds.length > shown.length ? (shown.at(-1)?.id ?? null) : null };
}

function groupByPayment(attempts: readonly Attempt[]): Map<Payment['id'], Attempt[]> {
  const groups = new Map<Payment['id'], Attempt[]>();
  for (const attempt of attempts) groups.set(attempt.paymentId, [...(groups.get(attempt.paymentId) ?? []), attempt]);
  return groups;
}

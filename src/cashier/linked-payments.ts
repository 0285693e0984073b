import { Refusal } from '../base/refusal.ts';
import type { Sql, Tx } from '../db/connect.ts';
import { money, type Money } from '../money/money.ts';
import type { Payment } from './payment.ts';
import { findPaymentsByOrderNo, listLinkPaid } from './payment-store.ts';

/** One payment that succeeded and had named a link. */
export interface LinkedPayment {
  /** As it was told when the payment was created: it may be no link of this merchant, and then it counts for nothing. */
  linkCode: string;
  merchantId: string;
  /** The order's money. */
  money: Money;
  at: Date;
  /** Where to go on from. */
  cursor: string;
}

/**
 * Payments that succeeded and name a link, each once, in the order in which they became known. A payment shows as soon as every transaction
 * that began before it has ended, so that nobody who goes on from a cursor misses one.
 * @throws Refusal invalid_cursor
 */
export async function readLinkedPayments(
  sql: Sql | Tx,
  book: number,
  after: string | null,
  itemsMax: number,
): Promise<LinkedPayment[]> {
  const [xid = '', id = '', ...more] = after === null ? ['0', ''] : after.split(' ');
  if (!/^\d{1,20}$/.test(xid) || more.length > 0)
    throw new Refusal('invalid_cursor', 'this is no place in the list of linked payments');
  const rows = await listLinkPaid(sql, book, { xid, id }, itemsMax);
  return rows.map((row) => ({
    linkCode: row.linkCode,
    merchantId: row.merchantId,
    money: money(row.currency, row.amountMinor),
    at: row.paidAt,
    cursor: `${row.xid} ${row.id}`,
  }));
}

/** Payments by the order numbers of their merchants, for who wrote an order down before there was a payment; in no order. */
export async function readPaymentsByOrder(
  sql: Sql | Tx,
  book: number,
  orders: readonly { merchantId: string; orderNo: string }[],
): Promise<Payment[]> {
  return orders.length === 0 ? [] : await findPaymentsByOrderNo(sql, book, orders);
}

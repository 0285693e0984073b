import { Refusal } from '../base/refusal.ts';
import type { Sql, Tx } from '../db/connect.ts';
import { money, type Money } from '../money/money.ts';
import type { Payment } from './payment.ts';
import { firstOpenXid, isUnreached, type LinkPaid, listLinkPaid, passUnreached } from './link-paid-store.ts';
import { findPaymentsByOrderNo } from './payment-store.ts';

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
  const rows = await listLinkPaid(sql, book, after === null ? LIST_BEGIN : readPlace(after), itemsMax);
  return rows.map(toLinkedPayment);
}

/** Whether a cursor is one of another database server: this one has been restored from it, and numbers its transactions from anew. */
export async function isPlaceElsewhere(sql: Sql | Tx, cursor: string): Promise<boolean> {
  return await isUnreached(sql, readPlace(cursor).xid);
}

/**
 * Begins the list anew in a restored database, for who had come as far as `cursor`: what was told up to there is never told again, what was not
 * told yet is answered, and the answer's cursor lies before everything that is paid from now on. In one transaction, while `isPlaceElsewhere`.
 */
export async function resumeLinkedPayments(
  tx: Tx,
  book: number,
  cursor: string,
): Promise<{ untold: LinkedPayment[]; cursor: string }> {
  const begin = await firstOpenXid(tx);
  const untold = await passUnreached(tx, book, readPlace(cursor));
  return { untold: untold.map(toLinkedPayment), cursor: `${begin} ` };
}

/** Behind those that were taken out of the list: the first transaction of any database server is 3. */
const LIST_BEGIN = { xid: '2', id: '' };

function readPlace(cursor: string): { xid: string; id: string } {
  const [xid = '', id = '', ...more] = cursor.split(' ');
  if (!/^\d{1,20}$/.test(xid) || more.length > 0)
    throw new Refusal('invalid_cursor', 'this is no place in the list of linked payments');
  return { xid, id };
}

function toLinkedPayment(row: LinkPaid): LinkedPayment {
  return {
    linkCode: row.linkCode,
    merchantId: row.merchantId,
    money: money(row.currency, row.amountMinor),
    at: row.paidAt,
    cursor: `${row.xid} ${row.id}`,
  };
}

/** Payments by the order numbers of their merchants, for who wrote an order down before there was a payment; in no order. */
export async function readPaymentsByOrder(
  sql: Sql | Tx,
  book: number,
  orders: readonly { merchantId: string; orderNo: string }[],
): Promise<Payment[]> {
  return orders.length === 0 ? [] : await findPaymentsByOrderNo(sql, book, orders);
}

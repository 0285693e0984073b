import {
  isPlaceElsewhere,
  type LinkedPayment as NamedPayment,
  readLinkedPayments,
  resumeLinkedPayments,
} from '../../cashier/linked-payments.ts';
import type { Sql, Tx } from '../../db/connect.ts';
import type { LinkedPayment, LinkedPayments } from '../links.ts';
import { findLinksByCode } from './terms-store.ts';

/** Payments that came by links, each with the link of its own merchant that it named, if it is one. */
export const linkedPayments: LinkedPayments = {
  page: async (sql, book, after, itemsMax) =>
    await withLinks(sql, book, await readLinkedPayments(sql, book, after, itemsMax)),
  isElsewhere: isPlaceElsewhere,
  async resume(tx, book, cursor) {
    const resumed = await resumeLinkedPayments(tx, book, cursor);
    return { untold: await withLinks(tx, book, resumed.untold), cursor: resumed.cursor };
  },
};

async function withLinks(sql: Sql | Tx, book: number, payments: readonly NamedPayment[]): Promise<LinkedPayment[]> {
  const links = await findLinksByCode(sql, book, [...new Set(payments.map(({ linkCode }) => linkCode))]);
  const byCode = new Map(links.map((link) => [link.code, link]));
  return payments.map(({ linkCode, merchantId, money, at, cursor }) => {
    const link = byCode.get(linkCode);
    return { linkId: link?.merchantId === merchantId ? link.id : null, merchantId, money, at, cursor };
  });
}

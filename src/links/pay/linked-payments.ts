import { readLinkedPayments } from '../../cashier/linked-payments.ts';
import type { LinkedPayments } from '../links.ts';
import { findLinksByCode } from './terms-store.ts';

/** Payments that came by links, each with the link of its own merchant that it named, if it is one. */
export const linkedPayments: LinkedPayments = {
  async page(sql, book, after, itemsMax) {
    const payments = await readLinkedPayments(sql, book, after, itemsMax);
    const links = await findLinksByCode(sql, book, [...new Set(payments.map(({ linkCode }) => linkCode))]);
    const byCode = new Map(links.map((link) => [link.code, link]));
    return payments.map(({ linkCode, merchantId, money, at, cursor }) => {
      const link = byCode.get(linkCode);
      return { linkId: link?.merchantId === merchantId ? link.id : null, merchantId, money, at, cursor };
    });
  },
};

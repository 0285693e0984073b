import type { ReportedDiscount } from './wallet.ts';

/**
 * What a wallet says of its own discounts: a list, nothing at all, or something that we cannot read. What cannot be read makes
 * no payment unknown: the discounts are left out and `facts` say so.
 */
export type DiscountsRead = readonly ReportedDiscount[] | null | 'unreadable';

/** As an outcome has it: left out where nothing was taken off. */
export function discountsIn(read: DiscountsRead): { discounts?: readonly ReportedDiscount[] } {
  return Array.isArray(read) && read.length > 0 ? { discounts: read } : {};
}

/** What an operator reads where there was something that we could not. */
export function discountFacts(read: DiscountsRead): Record<string, string> {
  return read === 'unreadable' ? { discounts: 'unreadable' } : {};
}

/** Reads every entry of a list; one that is unreadable makes all of it so, because the rest would look like the whole. */
export function readEach<Entry>(
  entries: readonly Entry[],
  read: (entry: Entry) => ReportedDiscount | null,
): DiscountsRead {
  const discounts: ReportedDiscount[] = [];
  for (const entry of entries) {
    const discount = read(entry);
    if (discount === null) return 'unreadable';
    if (discount.minor > 0n) discounts.push(discount);
  }
  return discounts;
}

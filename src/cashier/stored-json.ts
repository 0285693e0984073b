import type { OrderItem } from '../base/buyer.ts';
import type { HoldLine } from '../ledger/holds.ts';
import type { AppliedOffer, FunderPart } from '../offers/offers.ts';
import type { AttemptReport, OfferShare, RefundItem, RefundReport, ReportedPay, ToldReport } from './payment.ts';

/*
 * What payments, attempts and refunds keep as JSON. Amounts are bigint with us and decimal text in the row, because JSON's own numbers
 * are exact only up to 2^53; here is the one place where they are written and read back.
 */

/** The same shape with every amount as decimal text. */
export type Stored<T> = T extends bigint
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Stored<Item>[]
    : T extends object
      ? { [Field in keyof T]: Stored<T[Field]> }
      : T;

/** For a jsonb column; null stays null. */
export function toStored(value: object | null): string | null {
  if (value === null) return null;
  return JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field));
}

export function fromStoredItems(items: readonly Stored<OrderItem>[] | null): readonly OrderItem[] | null {
  return items === null ? null : items.map((item) => ({ ...item, amountMinor: BigInt(item.amountMinor) }));
}

export function fromStoredHolds(lines: readonly Stored<HoldLine>[] | null): readonly HoldLine[] | null {
  return lines === null ? null : lines.map(fromStoredHold);
}

function fromStoredHold(line: Stored<HoldLine>): HoldLine {
  return { ...line, figures: line.figures.map((figure) => BigInt(figure)), amount: BigInt(line.amount) };
}

/** Offers as an attempt keeps them: of their lines only the limits' names, because the attempt keeps the lines themselves. */
export type StoredOffer = Omit<Stored<AppliedOffer>, 'holds'> & { holds: readonly string[] };

export function toStoredOffers(offers: readonly AppliedOffer[] | null): string | null {
  if (offers === null) return null;
  return toStored(offers.map((offer) => ({ ...offer, holds: offer.holds.map((line) => line.limit) })));
}

export function fromStoredOffers(
  offers: readonly StoredOffer[] | null,
  held: readonly HoldLine[] | null,
): readonly AppliedOffer[] | null {
  if (offers === null) return null;
  return offers.map((offer) => ({
    ...offer,
    minor: BigInt(offer.minor),
    mostMinor: BigInt(offer.mostMinor),
    parts: offer.parts.map(fromStoredPart),
    items: offer.items.map(({ id, minor }) => ({ id, minor: BigInt(minor) })),
    holds: offer.holds.flatMap((limit) => held?.find((line) => line.limit === limit) ?? []),
  }));
}

export function fromStoredShares(shares: readonly Stored<OfferShare>[] | null): readonly OfferShare[] | null {
  if (shares === null) return null;
  return shares.map((share) => ({
    ...share,
    minor: BigInt(share.minor),
    items: share.items.map(({ id, minor }) => ({ id, minor: BigInt(minor) })),
    parts: share.parts.map(fromStoredPart),
  }));
}

function fromStoredPart(part: Stored<FunderPart>): FunderPart {
  return { ...part, minor: BigInt(part.minor) };
}

/** One that was kept before every report was has no list of them: then it is the only one. */
type StoredReport<Report extends AttemptReport> = Omit<Stored<Report>, 'told' | 'counts'> & {
  told?: readonly Stored<ToldReport>[];
  counts?: number | null;
};

export function fromStoredReport(report: StoredReport<AttemptReport> | null): AttemptReport | null {
  if (report === null) return null;
  const pay = fromStoredPay(report);
  if (report.told === undefined) return { ...pay, told: [toTold(pay)], counts: 0 };
  return { ...pay, ...fromStoredList(report, report.told) };
}

function fromStoredList(
  { counts, hadMore }: StoredReport<AttemptReport>,
  told: readonly Stored<ToldReport>[],
): Pick<AttemptReport, 'told' | 'counts' | 'hadMore'> {
  return { told: told.map(fromStoredTold), counts: counts ?? null, ...(hadMore === true ? { hadMore } : {}) };
}

function fromStoredTold({ heardAt, source, ...pay }: Stored<ToldReport>): ToldReport {
  return { ...fromStoredPay(pay), heardAt, source };
}

function toTold({ buyerMinor, discounts }: ReportedPay): ToldReport {
  return { buyerMinor, discounts, heardAt: null, source: null };
}

function fromStoredPay(report: Stored<ReportedPay>): ReportedPay {
  return {
    buyerMinor: report.buyerMinor === null ? null : BigInt(report.buyerMinor),
    discounts: report.discounts.map((discount) => ({
      ...discount,
      minor: BigInt(discount.minor),
      parts: discount.parts.map((part) => ({ ...part, minor: BigInt(part.minor) })),
    })),
  };
}

export function fromStoredRefundReport(report: StoredReport<RefundReport> | null): RefundReport | null {
  if (report === null) return null;
  const pay = fromStoredPay(report);
  const { isComputed } = report;
  const booked = report.booked.map((part) => ({ ...part, minor: BigInt(part.minor) }));
  if (report.told !== undefined) return { ...pay, ...fromStoredList(report, report.told), isComputed, booked };
  return { ...pay, told: isComputed ? [] : [toTold(pay)], counts: isComputed ? null : 0, isComputed, booked };
}

export function fromStoredRefundItems(items: readonly Stored<RefundItem>[] | null): readonly RefundItem[] | null {
  return items === null ? null : items.map((item) => ({ ...item, minor: BigInt(item.minor) }));
}

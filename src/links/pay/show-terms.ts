import { assertNever } from '../../base/assert.ts';
import type { PlaceRow } from './place.ts';
import type { Terms } from './terms.ts';

/** How far a link is paid, as pages show it. */
export interface Progress {
  /** How often it may be paid; null is without end, and then nothing else is counted here. */
  placesMax: number | null;
  paidCount: number;
  openCount: number;
  paidMinor: bigint;
  isComplete: boolean;
  shares: readonly ShareProgress[];
}

export interface ShareProgress {
  placeNo: number;
  /** For whom it is meant, or what its payer calls themselves; null for neither. */
  name: string | null;
  isNamed: boolean;
  amountMinor: bigint;
  state: 'free' | 'open' | 'paid';
}

/** `places` are those of this link that are not ended; others are passed over. */
export function toProgress(terms: Terms, places: readonly PlaceRow[]): Progress {
  const held = new Map(places.filter(({ state }) => state !== 'ended').map((place) => [place.placeNo, place]));
  const paid = [...held.values()].filter(({ state }) => state === 'paid');
  return {
    placesMax: terms.placesMax,
    paidCount: paid.length,
    openCount: held.size - paid.length,
    paidMinor: paid.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    isComplete: terms.placesMax !== null && paid.length >= terms.placesMax,
    shares: terms.shares.map((share) => {
      const place = held.get(share.placeNo);
      return {
        placeNo: share.placeNo,
        name: share.name ?? place?.payerName ?? null,
        isNamed: share.name !== null,
        amountMinor: share.amountMinor,
        state: place === undefined || place.state === 'ended' ? 'free' : place.state,
      };
    }),
  };
}

/**
 * The part of a link's API reply that says how it is paid: `pay` or `group`; docs/pay-links.md has every field. `paidCount` stands for the places
 * of a link that has no end of them, which are none; null elsewhere.
 */
export function showProgress(terms: Terms, places: readonly PlaceRow[], paidCount: number | null): object {
  const progress = toProgress(terms, places);
  const amount = (minor: bigint) => ({ currency: terms.currency, minor: minor.toString() });
  const amountOrNull = (minor: bigint | null) => (minor === null ? null : amount(minor));
  const counts = {
    paid_count: paidCount ?? progress.paidCount,
    open_count: progress.openCount,
    complete_at: terms.completeAt?.toISOString() ?? null,
  };
  switch (terms.kind) {
    case 'pay':
      return {
        pay: {
          amount: amountOrNull(terms.amountMinor),
          min: amountOrNull(terms.minMinor),
          max: amountOrNull(terms.maxMinor),
          subject: terms.subject,
          times: terms.placesMax,
          order_no: terms.orderNo,
          ...counts,
        },
      };
    case 'group':
    case 'collect':
      return {
        group: {
          total: amountOrNull(terms.totalMinor),
          subject: terms.subject,
          shares: progress.shares.map((share) => ({
            no: share.placeNo,
            name: share.name,
            amount: amount(share.amountMinor),
            state: share.state,
            order_no: orderNoOf(places, share.placeNo),
          })),
          paid: amount(progress.paidMinor),
          ...counts,
        },
      };
    default:
      return assertNever(terms.kind);
  }
}

/** The order number of the payment that keeps a share's place; null while it is free. */
function orderNoOf(places: readonly PlaceRow[], placeNo: number): string | null {
  return places.find((place) => place.placeNo === placeNo && place.state !== 'ended')?.orderNo ?? null;
}

import type { Offers } from './offers.ts';

/** For whoever has no offers: every wallet costs the whole price. */
export const plainOffers: Offers = {
  quote: async (requests) =>
    requests.map(({ at, candidates, amountMinor }) => ({
      at: at.toISOString(),
      quotes: candidates.map((candidate) => ({
        candidate,
        amountMinor,
        toPayMinor: amountMinor,
        savedMinor: 0n,
        maySaveMinor: 0n,
        applied: [],
        notUsed: [],
        isExact: true,
      })),
    })),
  isPlain: () => true,
  asksFirstUse: () => false,
  draw: (applied) => applied,
  forget: () => {},
};

import type { Sql } from '../db/connect.ts';
import type { HoldLine } from '../ledger/holds.ts';
import { readRoom } from '../ledger/read-room.ts';
import type { AppliedOffer, Offers, WalletQuote } from '../offers/offers.ts';

/** One offer of our own at every wallet, with so many slots and a budget; what its quotes say of room is what the ledger says. */
export interface PretendOffer {
  id: string;
  minor: bigint;
  /** A draw takes as much instead. */
  drawn?: bigint;
  slots: readonly bigint[];
  isStopped: boolean;
}

export function pretendOffers(sql: Sql, book: number, offer: PretendOffer): Offers & { forgotten: string[] } {
  const forgotten: string[] = [];
  const lines = (amount: bigint): HoldLine[] => [
    line(`${offer.id}/count`, 'count', offer.slots, 1n),
    line(`${offer.id}/money`, 'money', [1_000_000n], amount),
  ];
  const applied = (): AppliedOffer => {
    const mostMinor = offer.drawn ?? offer.minor;
    return {
      offerId: offer.id,
      version: 1,
      name: { 'zh-CN': '立减', en: 'off' },
      kind: offer.drawn === undefined ? 'flat' : 'random',
      by: 'hutong',
      minor: offer.minor,
      mostMinor,
      parts: [{ funder: 'platform', owner: 'platform', minor: offer.minor }],
      sharesPerMille: [1000],
      items: [],
      holds: lines(mostMinor),
      voucherId: null,
    };
  };
  return {
    forgotten,
    isPlain: () => false,
    asksFirstUse: () => false,
    async quote(requests) {
      const [left = 0n] = await readRoom(sql, book, lines(0n).slice(0, 1));
      return requests.map(({ at, candidates, amountMinor, held = [] }) => ({
        at: at.toISOString(),
        quotes: candidates.map((candidate): WalletQuote => {
          const isOwn = held.some(({ limit }) => limit === `${offer.id}/count`);
          const isUsed = !offer.isStopped && (left > 0n || isOwn) && amountMinor > offer.minor;
          const savedMinor = isUsed ? offer.minor : 0n;
          return {
            candidate,
            amountMinor,
            toPayMinor: amountMinor - savedMinor,
            savedMinor,
            maySaveMinor: 0n,
            applied: isUsed ? [applied()] : [],
            notUsed: [],
            isExact: true,
          };
        }),
      }));
    },
    draw: (offers) =>
      offers.map((one) => {
        const minor = offer.drawn ?? one.minor;
        return {
          ...one,
          minor,
          mostMinor: minor,
          parts: one.parts.map((part) => ({ ...part, minor })),
          holds: lines(minor),
        };
      }),
    forget: (limits) => void forgotten.push(...limits),
  };
}

function line(limit: string, unit: HoldLine['unit'], figures: readonly bigint[], amount: bigint): HoldLine {
  return { limit, unit, currency: 'CNY', figures, amount, onSuccess: 'commit' };
}

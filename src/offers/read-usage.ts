import { NO_BUYER } from '../base/buyer.ts';
import { readStandings } from '../ledger/read-room.ts';
import { type CampaignLimitName, limitName } from './campaign.ts';
import { limitLines } from './limit-lines.ts';
import type { QuoteRequest } from './offers.ts';
import type { OffersDeps } from './offers-deps.ts';
import type { PublishedOffer } from './quote-input.ts';

/** How a limit of all buyers together stands, in its window of this instant. */
export interface LimitUsage {
  offerId: string;
  name: CampaignLimitName;
  unit: 'count' | 'money';
  max: bigint;
  used: bigint;
  /** Of attempts that are under way. */
  held: bigint;
  left: bigint;
}

/** Limits per buyer, device, phone and card have no standing of their own; those per shop have one for the shop that asks. */
export async function readUsage(
  { sql, book, clock }: Pick<OffersDeps, 'sql' | 'book' | 'clock'>,
  offers: readonly PublishedOffer[],
  shopId: string | null,
): Promise<LimitUsage[]> {
  const lines = offers.flatMap((offer) => {
    const limits = offer.campaign.limits.filter(
      ({ scope }) => scope === 'count' || scope === 'money' || (scope === 'merchant' && shopId !== null),
    );
    const { currency } = offer.campaign;
    return limitLines(offer, limits, asked(book, shopId ?? '', currency, clock.now()), null).map((line) => ({
      offer,
      line,
    }));
  });
  const standings = await readStandings(
    sql,
    book,
    lines.map(({ line }) => line),
  );
  return lines.flatMap(({ offer, line }, index) => {
    const standing = standings[index];
    if (standing === undefined || line.of === null) return [];
    return [{ offerId: offer.id, name: limitName(line.of), unit: line.unit, max: line.of.figure, ...standing }];
  });
}

/** Names of limits follow from a payment's shop, currency and instant; of the buyer nothing is asked here. */
function asked(book: number, merchantId: string, currency: QuoteRequest['currency'], at: Date): QuoteRequest {
  return {
    book,
    merchantId,
    currency,
    amountMinor: 0n,
    items: [],
    buyer: NO_BUYER,
    vouchers: [],
    firstUse: { merchant: false, wallets: [] },
    candidates: [],
    at,
  };
}

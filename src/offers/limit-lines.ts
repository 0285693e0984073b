import { createHash } from 'node:crypto';
import { assertNever } from '../base/assert.ts';
import { windowName } from './calendar.ts';
import { type CampaignLimit, limitName } from './campaign.ts';
import type { Candidate, QuoteRequest } from './offers.ts';
import type { HeldVoucher, PublishedOffer, RoomLine } from './quote-input.ts';

/** A limit of an offer as it concerns one payment. */
export interface LimitLine extends RoomLine {
  /** Null for the voucher's own, which is used once. */
  of: CampaignLimit | null;
}

/**
 * The limits' names, by which the ledger knows them for ever: `off_…/count`, `off_…/money/day/2026-11-23`,
 * `off_…/user/week/2026-W48/<key>`. Buyers, devices, phones and cards stand there as hashes.
 */
export function limitLines(
  offer: PublishedOffer,
  limits: readonly CampaignLimit[],
  request: QuoteRequest,
  candidate: Candidate | null,
): LimitLine[] {
  return limits.map((limit) => {
    const { scope } = limit;
    const window = limit.window === 'campaign' ? null : windowName(limit.window, request.at);
    const inWindow = window === null ? [] : [limit.window, window];
    const parts =
      scope === 'count' || scope === 'money'
        ? [offer.id, scope, ...inWindow]
        : [offer.id, scope, ...(window === null ? ['campaign'] : inWindow), keyOf(scope, request, candidate) ?? ''];
    return {
      of: limit,
      limit: parts.join('/'),
      unit: limit.scope === 'money' ? 'money' : 'count',
      currency: request.currency,
      figures: offer.figures.get(limitName(limit)) ?? [limit.figure],
    };
  });
}

/** A voucher is used once. */
export function voucherLine(voucher: HeldVoucher, request: QuoteRequest): LimitLine {
  return { of: null, limit: voucher.id, unit: 'count', currency: request.currency, figures: [1n] };
}

/** Whose uses are counted: a shop's buyer and device, a phone and a card anywhere; null where that is not known. */
export function keyOf(
  scope: Exclude<CampaignLimit['scope'], 'count' | 'money'>,
  { merchantId, buyer }: QuoteRequest,
  candidate: Candidate | null,
): string | null {
  switch (scope) {
    case 'user':
      return buyer.id === null ? null : hash(`${merchantId}/b/${buyer.id}`);
    case 'device':
      return buyer.device === null ? null : hash(`${merchantId}/d/${buyer.device}`);
    case 'phone':
      return buyer.phone === null ? null : hash(buyer.phone);
    case 'card':
      return candidate === null || candidate.card === null ? null : hash(candidate.card);
    case 'merchant':
      return merchantId;
    default:
      return assertNever(scope);
  }
}

/** Short enough for a limit's name, and too long to meet another. */
function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

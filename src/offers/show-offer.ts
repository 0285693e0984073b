import type { CampaignDocument } from './campaign.ts';
import type { OfferRow, OfferVersion } from './offer-store.ts';
import type { OfferCost } from './offer-cost-store.ts';
import type { OfferMove } from './offer-move-store.ts';
import type { LimitUsage } from './read-usage.ts';
import type { VoucherRow } from './voucher-store.ts';

/** An offer as the API shows it. */
export interface ShownOffer {
  id: string;
  object: 'offer';
  merchant_id: string | null;
  state: 'published' | 'stopped';
  version: number;
  campaign: unknown;
  created_at: string;
  created_by: string;
  stopped_at: string | null;
  updated_at: string;
}

/** With how it is used; what concerns the platform's business alone is null for a shop. */
export interface ShownOfferInFull extends ShownOffer {
  usage: ShownUsage[] | null;
  vouchers_count: number | null;
  cost: ShownCost[];
  moves: ShownMove[] | null;
  versions: ShownVersion[];
}

export interface ShownUsage {
  limit: string;
  unit: 'count' | 'money';
  max: string;
  used: string;
  held: string;
  left: string;
}

export interface ShownCost {
  day: string;
  funder: string;
  owner: string;
  currency: string;
  granted: string;
  taken_back: string;
  payments: number;
}

export interface ShownMove {
  move: OfferMove['move'];
  version: number;
  by: string;
  reason: string | null;
  vouchers_count: number | null;
  at: string;
}

export interface ShownVersion {
  version: number;
  campaign: unknown;
  created_at: string;
}

export interface ShownVoucher {
  id: string;
  object: 'voucher';
  offer_id: string;
  tail: string;
  bound: boolean;
  valid_until: string | null;
  state: VoucherState | null;
  issued_at: string;
}

/** `held`: somebody is paying with it. Null where it was not asked. */
export type VoucherState = 'unused' | 'held' | 'used' | 'expired';

export function showOffer(row: OfferRow): ShownOffer {
  return {
    id: row.id,
    object: 'offer',
    merchant_id: row.merchantId,
    state: row.state,
    version: row.version,
    campaign: row.campaign,
    created_at: row.createdAt.toISOString(),
    created_by: row.createdBy,
    stopped_at: row.stoppedAt?.toISOString() ?? null,
    updated_at: row.updatedAt.toISOString(),
  };
}

/** A shop sees of an offer of everybody that it may be used here; which other shops it names, and who published it, is not its business. */
export function showOfferTo(row: OfferRow, viewer: string | null): ShownOffer {
  const shown = showOffer(row);
  if (viewer === null || row.merchantId === viewer) return shown;
  const campaign = shown.campaign as CampaignDocument; // as it was checked when it was published
  return {
    ...shown,
    created_by: 'operator',
    campaign: campaign.merchants === undefined ? campaign : { ...campaign, merchants: [viewer] },
  };
}

export function showUsage(usage: LimitUsage): ShownUsage {
  return {
    limit: usage.name,
    unit: usage.unit,
    max: usage.max.toString(),
    used: usage.used.toString(),
    held: usage.held.toString(),
    left: usage.left.toString(),
  };
}

export function showCost(cost: OfferCost): ShownCost {
  return {
    day: cost.day,
    funder: cost.funder,
    owner: cost.owner,
    currency: cost.currency,
    granted: cost.grantedMinor.toString(),
    taken_back: cost.takenBackMinor.toString(),
    payments: cost.paymentsCount,
  };
}

export function showMove(move: OfferMove): ShownMove {
  return {
    move: move.move,
    version: move.version,
    by: move.movedBy,
    reason: move.reason,
    vouchers_count: move.vouchersCount,
    at: move.movedAt.toISOString(),
  };
}

export function showVersion({ version, campaign, createdAt }: OfferVersion): ShownVersion {
  return { version, campaign, created_at: createdAt.toISOString() };
}

/** Never with its code: that stands in the reply to its issuing alone. */
export function showVoucher(row: VoucherRow, state: VoucherState | null): ShownVoucher {
  return {
    id: row.id,
    object: 'voucher',
    offer_id: row.offerId,
    tail: row.tail,
    bound: row.buyerHash !== null,
    valid_until: row.validUntil?.toISOString() ?? null,
    state,
    issued_at: row.issuedAt.toISOString(),
  };
}

import { assertNever } from '../base/assert.ts';
import type { Campaign } from './campaign.ts';

/**
 * The order in which offers are worked out, each on what those before it have left: first the articles, then the shop's own order
 * offers, vouchers, the banks', the wallets', the platform's, and last the fee for paying in parts. Within a stage the older offer comes first.
 */
export const STAGES = ['item', 'merchant', 'voucher', 'bank', 'wallet', 'platform', 'fee'] as const;
export type Stage = (typeof STAGES)[number];

/** An order offer belongs to whoever pays most of it; the one who is named first where two pay the same. */
export function stageOf({ kind, funders }: Pick<Campaign, 'kind' | 'funders'>): Stage {
  switch (kind) {
    case 'item':
      return 'item';
    case 'voucher':
      return 'voucher';
    case 'instalment_fee':
      return 'fee';
    case 'flat':
    case 'threshold':
    case 'percent':
    case 'random':
      return funders.reduce((most, one) => (one.perMille > most.perMille ? one : most), funders[0] ?? NOBODY).funder;
    default:
      return assertNever(kind);
  }
}

const NOBODY = { funder: 'merchant', owner: null, perMille: 0 } as const;

import { nextOpening } from './calendar.ts';
import type { Campaign, CampaignLimit, OfferValue } from './campaign.ts';
import type { CampaignFault } from './read-campaign.ts';

/** What reads well and cannot be so; nothing of the kind is published. Pointers are those of the written campaign. */
export function findContradictions(campaign: Campaign): CampaignFault[] {
  return [
    ...ofFunders(campaign),
    ...ofValue(campaign),
    ...ofCalendar(campaign),
    ...ofWallet(campaign),
    ...ofLimits(campaign),
  ];
}

function* ofFunders({ funders }: Campaign): Iterable<CampaignFault> {
  const total = funders.reduce((sum, { perMille }) => sum + perMille, 0);
  if (total !== 1000) yield { pointer: '/funders', text: `the parts are 1000 together; these are ${total}` };
  for (const [index, { funder, owner }] of funders.entries()) {
    if (funder === 'bank' && owner === null)
      yield { pointer: `/funders/${index}`, text: 'a bank that pays is named: owner' };
    const isTwice = funders.slice(0, index).some((other) => other.funder === funder && other.owner === owner);
    if (isTwice) yield { pointer: `/funders/${index}`, text: 'this payer stands there already; one part says it all' };
  }
}

function* ofValue({ kind, value, conditions }: Campaign): Iterable<CampaignFault> {
  const at = kind === 'voucher' ? '/value' : '';
  switch (value.kind) {
    case 'threshold':
      for (const [index, tier] of value.tiers.entries()) {
        const before = value.tiers[index - 1];
        const pointer = `${at}/tiers/${index}`;
        if (tier.offMinor >= tier.atMinor)
          yield { pointer, text: 'this tier takes off as much as has to be spent, or more' };
        if (before === undefined) continue;
        if (tier.atMinor <= before.atMinor)
          yield { pointer, text: 'tiers rise: this one begins no higher than the one before' };
        else if (tier.offMinor <= before.offMinor)
          yield { pointer, text: 'this tier saves no more than the one before' };
      }
      return;
    case 'every':
      if (value.offMinor >= value.atMinor)
        yield { pointer: `${at}/every`, text: 'this takes off as much as has to be spent, or more' };
      return;
    case 'percent':
      if (value.perMille === 1000 && value.offMaxMinor === null)
        yield {
          pointer: `${at}/off_per_mille`,
          text: 'this gives everything away, however dear; name "off_max" if that is meant',
        };
      return;
    case 'random':
      if (value.fromMinor >= value.toMinor)
        yield {
          pointer: `${at}/off_to`,
          text: 'the most is above the least; where both are the same, the kind is flat',
        };
      return;
    case 'flat':
      if (conditions.amountMinMinor !== null && value.offMinor > conditions.amountMinMinor)
        yield { pointer: `${at}/off`, text: 'this takes off more than has to be spent' };
      return;
    case 'item':
    case 'instalment_fee':
      return;
    default:
      value satisfies never;
  }
}

function* ofCalendar({ when }: Campaign): Iterable<CampaignFault> {
  if (when.from !== null && when.until !== null && when.until <= when.from) {
    yield { pointer: '/when/until', text: 'it is over before it begins' };
    return;
  }
  // Without a beginning any Monday will do, as nothing but weekdays, hours and single days can close it.
  const first = when.from ?? when.until ?? SOME_MONDAY;
  const openEnded = { ...when, from: null, until: when.from === null ? null : when.until };
  if (nextOpening(openEnded, first) === null) yield { pointer: '/when', text: 'there is no hour at which it runs' };
}

const SOME_MONDAY = new Date('2024-01-01T00:00:00Z');

/** What a wallet gives it gives itself: there are no vouchers of it here. */
function* ofWallet({ by, kind, conditions }: Campaign): Iterable<CampaignFault> {
  if (by !== 'wallet') return;
  if (conditions.wallets.length === 0)
    yield { pointer: '/conditions', text: "a wallet's own offer says with which wallets: conditions.wallets" };
  if (kind === 'voucher')
    yield { pointer: '/kind', text: 'vouchers of a wallet are kept by the wallet; describe what they are worth' };
}

function* ofLimits(campaign: Campaign): Iterable<CampaignFault> {
  const one = leastUse(campaign.value);
  for (const limit of campaign.limits) {
    if (limit.scope === 'money' && one !== null && limit.figure < one)
      yield { pointer: pointerOf(limit), text: 'a single use costs more than this: it could never be used' };
  }
}

/** What one use of it surely costs at the least; null where that depends on the order. */
export function leastUse(value: OfferValue): bigint | null {
  switch (value.kind) {
    case 'flat':
    case 'every':
      return value.offMinor;
    case 'threshold':
      return value.tiers[0]?.offMinor ?? null;
    // Until it is drawn the most is held.
    case 'random':
      return value.toMinor;
    case 'percent':
    case 'item':
    case 'instalment_fee':
      return null;
    default:
      value satisfies never;
      return null;
  }
}

export function pointerOf({ scope, window }: CampaignLimit): string {
  return `/limits/${scope === 'count' || scope === 'money' ? scope : `per_${scope}`}/${window}`;
}

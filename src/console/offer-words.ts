import { readCampaign } from '../offers/read-campaign.ts';
import type { Campaign } from '../offers/campaign.ts';
import { funderLabel } from '../offers/say.ts';
import type { Funder } from '../offers/offers.ts';
import type { ShownCost, ShownOffer, ShownUsage } from '../offers/show-offer.ts';
import type { Currency } from '../money/money.ts';
import type { Label } from '../wallets/wallet-names.ts';
import { amountText, type Tone } from './parts.ts';
import type { Visitor } from './visitor.ts';

/** The terms of an offer; null where this build cannot read them. */
export function campaignOf({ campaign }: Pick<ShownOffer, 'campaign'>): Campaign | null {
  const reading = readCampaign(campaign);
  return reading.kind === 'campaign' ? reading.campaign : null;
}

export function offerName({ lang }: Pick<Visitor, 'lang'>, offer: Pick<ShownOffer, 'campaign' | 'id'>): string {
  return campaignOf(offer)?.name[lang] ?? offer.id;
}

/** How an offer stands at an instant: its switch, then its calendar. */
export function offerState(offer: Pick<ShownOffer, 'campaign' | 'state'>, now: Date): { tone: Tone; label: Label } {
  const { from = null, until = null } = campaignOf(offer)?.when ?? {};
  if (offer.state === 'stopped') return { tone: 'bad', label: { 'zh-CN': '已停止', en: 'stopped' } };
  if (from !== null && now < from) return { tone: 'calm', label: { 'zh-CN': '还没开始', en: 'not begun' } };
  if (until !== null && now >= until) return { tone: 'off', label: { 'zh-CN': '已结束', en: 'over' } };
  return { tone: 'good', label: { 'zh-CN': '进行中', en: 'running' } };
}

/** What a limit is, by its name: `money/day`. */
export function limitText({ say }: Pick<Visitor, 'say'>, name: string): string {
  const [scope = '', window = ''] = name.split('/');
  const scopes: Record<string, string> = {
    money: say('预算', 'Budget'),
    count: say('次数', 'Times'),
    merchant: say('每个商家', 'Each shop'),
  };
  const windows: Record<string, string> = {
    day: say('每日', 'a day'),
    week: say('每周', 'a week'),
    month: say('每月', 'a month'),
    campaign: say('活动期', 'in all'),
  };
  return [scopes[scope] ?? scope, windows[window] ?? window].join(say(' · ', ' · '));
}

export function usageText(usage: ShownUsage, currency: Currency, value: string): string {
  return usage.unit === 'money' ? amountText(currency, value) : value;
}

/** What each funder paid in sum, the largest first. */
export function costByFunder(costs: readonly ShownCost[]): {
  label: Label;
  currency: Currency;
  granted: bigint;
  takenBack: bigint;
}[] {
  const sums = new Map<string, { label: Label; currency: Currency; granted: bigint; takenBack: bigint }>();
  for (const cost of costs) {
    const key = `${cost.funder} ${cost.owner} ${cost.currency}`;
    const sum = sums.get(key) ?? {
      label: funderLabel(cost.funder as Funder, cost.owner), // as the engine wrote it
      currency: cost.currency as Currency, // as the engine wrote it
      granted: 0n,
      takenBack: 0n,
    };
    sums.set(key, {
      ...sum,
      granted: sum.granted + BigInt(cost.granted),
      takenBack: sum.takenBack + BigInt(cost.taken_back),
    });
  }
  return [...sums.values()].toSorted((a, b) => (a.granted < b.granted ? 1 : -1));
}

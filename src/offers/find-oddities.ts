import { calendarState } from './calendar.ts';
import type { Campaign, CampaignLimit, LimitScope, LimitWindow } from './campaign.ts';
import { leastUse, pointerOf } from './find-contradictions.ts';
import type { CampaignFault } from './read-campaign.ts';

/*
 * What can be published and is probably not what was meant. Told by `npx hutong offer check`; nobody is kept from it.
 */

export function findOddities(campaign: Campaign, now: Date): CampaignFault[] {
  return [...ofTime(campaign, now), ...ofValue(campaign), ...ofLimits(campaign), ...ofCards(campaign)];
}

/** What several campaigns say of each other, same index; offers meet only where they are offered by the same side. */
export function findOdditiesBetween(campaigns: readonly Campaign[]): CampaignFault[][] {
  return campaigns.map((one, index) => {
    const others = campaigns.filter((other, at) => at !== index && other.by === one.by);
    return [...ofNames(one, campaigns.slice(0, index)), ...(others.length === 0 ? [] : ofGroups(one, others))];
  });
}

function* ofTime({ when, limits }: Campaign, now: Date): Iterable<CampaignFault> {
  if (calendarState(when, now) === 'ended') yield { pointer: '/when/until', text: 'it is over' };
  const isBounded = limits.some(
    ({ scope, window }) => window === 'campaign' && (scope === 'count' || scope === 'money'),
  );
  if (when.until === null && !isBounded)
    yield {
      pointer: '',
      text: 'it never ends and has no budget: name when.until, limits.count.campaign or limits.money.campaign',
    };
  for (const [index, day] of when.except.entries()) {
    const noon = new Date(`${day}T12:00:00+08:00`);
    const isInside = (when.from === null || noon >= when.from) && (when.until === null || noon < when.until);
    if (!isInside) yield { pointer: `/when/except/${index}`, text: 'it does not run on this day in any case' };
  }
}

function* ofValue({ kind, value, conditions, limits }: Campaign): Iterable<CampaignFault> {
  const at = kind === 'voucher' ? '/value' : '';
  const least = conditions.amountMinMinor;
  if (value.kind === 'percent') {
    if (value.offMaxMinor === null)
      yield { pointer: `${at}/off_per_mille`, text: 'nothing bounds what a dear order costs: name off_max' };
    for (const limit of limits)
      if (limit.scope === 'money' && value.offMaxMinor !== null && value.offMaxMinor > limit.figure)
        yield { pointer: `${at}/off_max`, text: `one use may cost more than ${nameOf(limit)}; then it is not given` };
  }
  if (value.kind === 'threshold' && least !== null) {
    for (const [index, tier] of value.tiers.entries()) {
      const next = value.tiers[index + 1];
      if (next !== undefined && least >= next.atMinor)
        yield {
          pointer: `${at}/tiers/${index}`,
          text: 'never the highest tier: conditions.min_amount is above the next one',
        };
      else if (next === undefined && least > tier.atMinor && index > 0)
        yield { pointer: '/conditions/min_amount', text: 'above every tier: only the last one counts' };
    }
  }
}

const WINDOWS: readonly LimitWindow[] = ['day', 'week', 'month', 'campaign'];

/** Limits that others keep from ever being reached. */
function* ofLimits({ by, limits, value, conditions, when }: Campaign): Iterable<CampaignFault> {
  if (by === 'wallet' && limits.length > 0)
    yield { pointer: '/limits', text: 'the wallet itself counts its own offers: these figures are told and not kept' };
  const find = (scope: LimitScope, window: LimitWindow) =>
    limits.find((limit) => limit.scope === scope && limit.window === window);
  for (const limit of limits) {
    const longer = WINDOWS.slice(WINDOWS.indexOf(limit.window) + 1)
      .map((window) => find(limit.scope, window))
      .find((other) => other !== undefined && other.figure <= limit.figure);
    if (longer !== undefined)
      yield { pointer: pointerOf(limit), text: `never reached: ${nameOf(longer)} is no higher` };
    const all = find('count', limit.window);
    if (limit.scope !== 'count' && limit.scope !== 'money' && all !== undefined && all.figure <= limit.figure)
      yield { pointer: pointerOf(limit), text: `never reached: ${nameOf(all)} is no higher` };
  }
  for (const window of WINDOWS) {
    const [count, spent, least] = [find('count', window), find('money', window), leastUse(value)];
    if (count === undefined || spent === undefined || least === null) continue;
    if (count.figure > spent.figure / least)
      yield {
        pointer: pointerOf(count),
        text: `never reached: ${nameOf(spent)} is gone after ${spent.figure / least} uses`,
      };
    else if (value.kind === 'flat' && count.figure * value.offMinor < spent.figure)
      yield { pointer: pointerOf(spent), text: `never used up: ${nameOf(count)} is gone before` };
  }
  const uses = find('user', 'campaign');
  if (conditions.firstUse === 'merchant' && uses !== undefined && uses.figure > 1n)
    yield { pointer: pointerOf(uses), text: 'a first use happens once' };
  if (when.hours.length > 1 && hoursOverlap(when.hours)) yield { pointer: '/when/hours', text: 'these hours overlap' };
}

function* ofCards({ by, conditions, limits }: Campaign): Iterable<CampaignFault> {
  if (by !== 'hutong') return;
  const text = 'counts only where the card is known before paying (a bound card); most wallets tell it afterwards';
  if (conditions.banks.length > 0) yield { pointer: '/conditions/banks', text };
  if (conditions.cardKinds.length > 0) yield { pointer: '/conditions/card_kinds', text };
  if (limits.some(({ scope }) => scope === 'card')) yield { pointer: '/limits/per_card', text };
}

function* ofNames(one: Campaign, before: readonly Campaign[]): Iterable<CampaignFault> {
  if (before.some(({ name }) => name['zh-CN'] === one.name['zh-CN'] || name.en === one.name.en))
    yield { pointer: '/name', text: 'another campaign here has this name' };
}

function* ofGroups({ stacking }: Campaign, others: readonly Campaign[]): Iterable<CampaignFault> {
  if (stacking.kind === 'alone' || stacking.with === null) return;
  for (const [index, group] of stacking.with.entries()) {
    const pointer = `/stacking/with/${index}`;
    const named = others.filter((other) => other.stacking.kind === 'group' && other.stacking.group === group);
    if (named.length === 0) yield { pointer, text: `no campaign here has the group "${group}"` };
    for (const { name, stacking: theirs } of named) {
      const isMutual =
        theirs.kind === 'group' &&
        (theirs.with === null || (stacking.group !== null && theirs.with.includes(stacking.group)));
      if (!isMutual)
        yield {
          pointer,
          text: `they never combine: "${name.en}" does not go with ${stacking.group === null ? 'it' : `the group "${stacking.group}"`}`,
        };
    }
  }
}

function hoursOverlap(hours: readonly { from: number; to: number }[]): boolean {
  const pieces = hours.flatMap(({ from, to }) =>
    from < to
      ? [[from, to]]
      : [
          [from, 1440],
          [0, to],
        ],
  ) as [number, number][]; // pairs
  return pieces.some(([from, to], index) => pieces.slice(index + 1).some(([begin, end]) => from < end && begin < to));
}

/** As it is written: `limits.per_user.day`. */
function nameOf(limit: CampaignLimit): string {
  return pointerOf(limit).slice(1).replaceAll('/', '.');
}

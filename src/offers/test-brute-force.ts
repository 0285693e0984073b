import type { OrderItem } from '../base/buyer.ts';
import type { Campaign } from './campaign.ts';
import type { PublishedOffer } from './quote-input.ts';

/*
 * The best combination found in the plainest way, from what docs/offers.md says and nothing of the engine: every combination is tried, every
 * step worked out with bigint. Slow on purpose; what the engine is compared with, in tests and in the benchmark.
 */

export interface BruteForceResult {
  savedMinor: bigint;
  mostMinor: bigint;
  offerIds: string[];
}

interface Cart {
  amountMinor: bigint;
  items: readonly OrderItem[];
  feeMinor: bigint;
}

/** Of offers that all count for the candidate: more for certain, then more at most, then fewer, then older ones. */
export function bruteForce(offers: readonly PublishedOffer[], cart: Cart): BruteForceResult {
  const inTurn = [...offers].sort(
    (a, b) => stageOf(a.campaign) - stageOf(b.campaign) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  let best: BruteForceResult = { savedMinor: 0n, mostMinor: 0n, offerIds: [] };
  for (let set = 0; set < 2 ** inTurn.length; set++) {
    const chosen = inTurn.filter((_, index) => (set & (1 << index)) !== 0);
    if (!isLegal(chosen)) continue;
    const { savedMinor, mostMinor } = workOut(chosen, cart);
    const offerIds = chosen.map(({ id }) => id).sort();
    if (isBetter({ savedMinor, mostMinor, offerIds }, best)) best = { savedMinor, mostMinor, offerIds };
  }
  return best;
}

function isBetter(one: BruteForceResult, other: BruteForceResult): boolean {
  if (one.savedMinor !== other.savedMinor) return one.savedMinor > other.savedMinor;
  if (one.mostMinor !== other.mostMinor) return one.mostMinor > other.mostMinor;
  if (one.offerIds.length !== other.offerIds.length) return one.offerIds.length < other.offerIds.length;
  return one.offerIds.join(' ') < other.offerIds.join(' ');
}

function isLegal(chosen: readonly PublishedOffer[]): boolean {
  return chosen.every((one, index) =>
    chosen.slice(index + 1).every((other) => goesTogether(one.campaign, other.campaign)),
  );
}

function goesTogether({ stacking: a }: Campaign, { stacking: b }: Campaign): boolean {
  if (a.kind === 'alone' || b.kind === 'alone') return false;
  if (a.group !== null && a.group === b.group) return false;
  return allows(a.with, b.group) && allows(b.with, a.group);
}

function allows(names: readonly string[] | null, group: string | null): boolean {
  return names === null || (group !== null && names.includes(group));
}

/** What a legal combination saves, step by step. */
export function workOut(inTurn: readonly PublishedOffer[], { amountMinor, items, feeMinor }: Cart) {
  let rest = amountMinor;
  let extra = 0n;
  const lines = items.map(({ id, quantity, amountMinor: minor }) => ({ id, quantity: BigInt(quantity), rest: minor }));
  for (const { campaign } of inTurn) {
    const { value, conditions } = campaign;
    if (rest < (conditions.amountMinMinor ?? 0n)) continue;
    if (value.kind === 'item') {
      let units = BigInt(value.quantityMax);
      const theirs = lines.filter(({ id }) => value.articles.includes(id));
      theirs.sort((a, b) => Number(b.rest * a.quantity - a.rest * b.quantity) || (a.id < b.id ? -1 : 1));
      for (const line of theirs) {
        const count = least(units, line.quantity);
        const unitsPrice = up(line.rest * count, line.quantity);
        const wanted =
          value.off.kind === 'unit'
            ? least(value.off.minor * count, unitsPrice)
            : up(line.rest * BigInt(value.off.perMille) * count, 1000n * line.quantity);
        const off = least(least(wanted, line.rest), rest - 1n);
        line.rest -= off;
        rest -= off;
        // A line that is free already takes no unit.
        if (line.rest + off > 0n) units -= count;
        if (units === 0n) break;
      }
      continue;
    }
    let off = 0n;
    if (value.kind === 'flat') off = value.offMinor;
    if (value.kind === 'threshold')
      for (const tier of value.tiers) if (rest >= tier.atMinor && tier.offMinor > off) off = tier.offMinor;
    if (value.kind === 'every') off = least(rest / value.atMinor, BigInt(value.timesMax)) * value.offMinor;
    if (value.kind === 'percent') off = least(up(rest * BigInt(value.perMille), 1000n), value.offMaxMinor ?? rest);
    if (value.kind === 'instalment_fee')
      off = least(up(feeMinor * BigInt(value.perMille), 1000n), value.offMaxMinor ?? feeMinor);
    if (value.kind === 'random') {
      off = value.fromMinor;
      if (off <= rest - 1n) extra += value.toMinor - value.fromMinor;
    }
    rest -= least(off, rest - 1n);
  }
  const savedMinor = amountMinor - rest;
  return { savedMinor, mostMinor: least(savedMinor + extra, amountMinor - 1n) };
}

function stageOf({ kind, funders }: Campaign): number {
  if (kind === 'item') return 0;
  if (kind === 'voucher') return 2;
  if (kind === 'instalment_fee') return 6;
  const most = Math.max(...funders.map(({ perMille }) => perMille));
  const payer = funders.find(({ perMille }) => perMille === most)?.funder ?? 'merchant';
  return { merchant: 1, bank: 3, wallet: 4, platform: 5 }[payer];
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function up(amount: bigint, by: bigint): bigint {
  return (amount + by - 1n) / by;
}

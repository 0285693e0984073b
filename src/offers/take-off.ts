import { assertNever } from '../base/assert.ts';
import { articleSet } from './article-set.ts';
import type { Campaign, MoneyValue, OfferValue } from './campaign.ts';

/*
 * What one offer takes off what is left when its turn comes. Whole minor units as numbers: an order has at most 12 digits of them, and
 * where a product could pass 2^53 it is worked out as bigint. Never more is taken off a lower rest than off a higher one, which is what
 * the search for the best combination relies on.
 */

/** The least that a wallet is ever asked for: one minor unit. */
export const MIN_PAY = 1;

/** A line of the order while offers take from it. */
export interface CartLine {
  id: string;
  quantity: number;
  /** What is left of its price. */
  rest: number;
}

/** What is certain, and what a draw may add at most. */
export interface Taken {
  sure: number;
  extra: number;
}

const NOTHING: Taken = { sure: 0, extra: 0 };

/** How an offer of money works on what is left; a rest below its least amount gives nothing. */
export function moneyTaker(campaign: Campaign, feeMinor: number): (rest: number) => Taken {
  const least = Number(campaign.conditions.amountMinMinor ?? 0n);
  const value = valueTaker(campaign.value, feeMinor);
  return (rest) => {
    if (rest < least || rest <= MIN_PAY) return NOTHING;
    const { sure, extra } = value(rest);
    // What is left in the end bounds every draw besides; the quote sees to that.
    return sure <= rest - MIN_PAY ? { sure, extra } : { sure: rest - MIN_PAY, extra: 0 };
  };
}

/** The amount from which on it gives anything. */
export function leastAmount(campaign: Campaign): bigint {
  const least = campaign.conditions.amountMinMinor ?? 0n;
  const { value } = campaign;
  const first =
    value.kind === 'threshold' ? (value.tiers[0]?.atMinor ?? 0n) : value.kind === 'every' ? value.atMinor : 0n;
  return first > least ? first : least;
}

function valueTaker(value: OfferValue, feeMinor: number): (rest: number) => Taken {
  if (value.kind === 'item') return () => NOTHING;
  if (value.kind !== 'instalment_fee') return moneyValueTaker(value);
  const most = Number(value.offMaxMinor ?? Number.MAX_SAFE_INTEGER);
  const sure = Math.min(shareUp(feeMinor, value.perMille, 1000), most);
  return () => ({ sure, extra: 0 });
}

function moneyValueTaker(value: MoneyValue): (rest: number) => Taken {
  switch (value.kind) {
    case 'flat': {
      const taken = { sure: Number(value.offMinor), extra: 0 };
      return () => taken;
    }
    case 'threshold': {
      const tiers = value.tiers.map(({ atMinor, offMinor }) => ({
        at: Number(atMinor),
        sure: Number(offMinor),
        extra: 0,
      }));
      return (rest) => tiers.findLast(({ at }) => at <= rest) ?? NOTHING;
    }
    case 'every': {
      const [at, off] = [Number(value.atMinor), Number(value.offMinor)];
      return (rest) => ({ sure: Math.min(Math.floor(rest / at), value.timesMax) * off, extra: 0 });
    }
    case 'percent': {
      const most = Number(value.offMaxMinor ?? Number.MAX_SAFE_INTEGER);
      return (rest) => ({ sure: Math.min(shareUp(rest, value.perMille, 1000), most), extra: 0 });
    }
    case 'random': {
      const taken = { sure: Number(value.fromMinor), extra: Number(value.toMinor - value.fromMinor) };
      return () => taken;
    }
    default:
      return assertNever(value);
  }
}

type ItemValue = Extract<OfferValue, { kind: 'item' }>;

/**
 * What an offer on articles takes off each line, same index as the lines. The dearest units get it first, units of one price in the
 * order of their article numbers; the whole order keeps the least that is paid.
 */
export function takeOffLines(value: ItemValue, lines: readonly CartLine[], rest: number): number[] {
  const taken = lines.map(() => 0);
  const articles = articleSet(value.articles);
  const chosen: { line: CartLine; index: number }[] = [];
  for (const [index, line] of lines.entries()) if (line.rest > 0 && articles.has(line.id)) chosen.push({ line, index });
  chosen.sort((a, b) => comparePrice(b.line, a.line) || (a.line.id < b.line.id ? -1 : 1));
  let units = value.quantityMax;
  let left = rest - MIN_PAY;
  for (const { line, index } of chosen) {
    const count = Math.min(units, line.quantity);
    const off = Math.min(unitsOff(value, line, count), line.rest, left);
    taken[index] = off;
    units -= count;
    left -= off;
    if (units === 0 || left <= 0) break;
  }
  return taken;
}

/** What one line saves: each unit an amount, at most its own price; or a part of the price, rounded in the buyer's favour once a line. */
function unitsOff({ off }: ItemValue, line: CartLine, units: number): number {
  if (off.kind === 'percent') return shareUp(line.rest, off.perMille * units, 1000 * line.quantity);
  return Math.min(Number(off.minor) * units, shareUp(line.rest, units, line.quantity));
}

/** By the price of a unit, without dividing. */
function comparePrice(a: CartLine, b: CartLine): number {
  const [left, right] = [a.rest * b.quantity, b.rest * a.quantity];
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return left - right;
  const difference = BigInt(a.rest) * BigInt(b.quantity) - BigInt(b.rest) * BigInt(a.quantity);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

/** `amount · part / whole`, rounded up: in the buyer's favour. */
export function shareUp(amount: number, part: number, whole: number): number {
  const raised = amount * part + (whole - 1);
  if (Number.isSafeInteger(raised)) return (raised - (raised % whole)) / whole;
  return Number((BigInt(amount) * BigInt(part) + BigInt(whole) - 1n) / BigInt(whole));
}

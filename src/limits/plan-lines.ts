import { assert } from '../base/assert.ts';
import type { CounterKey } from './counter-store.ts';
import type { LimitFigure } from './figure-store.ts';
import type { HolderFigure } from './holder-store.ts';
import { LIMIT_RULES, type LimitRule, type LimitRuleName, limitRuleNames } from './limit-rules.ts';
import type { LimitLeft, Reservation } from './limits.ts';
import { addDays, shanghaiMidnight, windowAround } from '../base/shanghai.ts';

/** What is asked about: a reservation, or one that is only thought of. */
export type Planned = Omit<Reservation, 'id' | 'amount'>;

/** One rule that concerns one reservation, with what it allows. */
export interface LimitLine {
  name: LimitRuleName;
  rule: LimitRule;
  min: bigint;
  max: bigint;
  setBy: LimitLeft['setBy'];
  /** Whose sums count; the first is the one that is written. None where each payment stands alone. */
  counters: CounterKey[];
  renewsAt: Date | null;
}

/** Figures by rule, so that one batch sorts them once. */
export class Figures {
  readonly #figures = new Map<string, LimitFigure[]>();
  readonly #holders = new Map<string, HolderFigure>();

  constructor(figures: readonly LimitFigure[], holders: readonly HolderFigure[]) {
    for (const figure of figures) {
      const known = this.#figures.get(figure.rule);
      if (known) known.push(figure);
      else this.#figures.set(figure.rule, [figure]);
    }
    for (const holder of holders) this.#holders.set(holderKey(holder), holder);
  }

  /** The rules that concern this one, in the order in which they are checked. */
  linesOf(item: Planned): LimitLine[] {
    return limitRuleNames.flatMap((name) => {
      const rule: LimitRule = LIMIT_RULES[name];
      const subject = concerns(rule, item) ? subjectOf(rule, item) : null;
      const allowed = subject === null ? null : this.#allowedBy(name, rule, item);
      return subject === null || allowed === null ? [] : [toLine(name, rule, item, subject, allowed)];
    });
  }

  /** The least of all figures that hold at that instant. Null where nobody has set one. */
  #allowedBy(name: LimitRuleName, rule: LimitRule, item: Planned): Allowed | null {
    const isTarget = rule.subject === 'target_card';
    const accountClass = isTarget ? item.targetClass : item.accountClass;
    const found = (this.#figures.get(name) ?? [])
      .filter((one) => one.validFrom <= item.at && (one.validTo === null || item.at < one.validTo))
      .filter((one) => one.bank === '' || (!isTarget && one.bank === item.bank))
      .filter((one) => one.accountClass === 0 || one.accountClass === accountClass)
      .map(({ min, max, setBy }): Allowed => ({ min, max, setBy }));
    const own = rule.isHolders ? this.#ownFigure(name, rule, item) : null;
    if (own !== null) found.push({ min: 0n, max: own, setBy: 'holder' });
    if (found.length === 0) return null;
    found.sort((a, b) => (a.max === b.max ? rankOf(a) - rankOf(b) : a.max < b.max ? -1 : 1));
    const [least] = found as [Allowed]; // not empty, as was just seen
    return { ...least, min: found.reduce((min, one) => (one.min > min ? one.min : min), 0n) };
  }

  #ownFigure(rule: LimitRuleName, { subject }: LimitRule, item: Planned): bigint | null {
    const cardId = subject === 'card' ? item.cardId : '';
    const own = this.#holders.get(holderKey({ book: item.book, userId: item.userId, rule, cardId }));
    return own === undefined ? null : figureAt(own, item.at);
  }
}

interface Allowed {
  min: bigint;
  max: bigint;
  setBy: LimitLeft['setBy'];
}

/** What a holder's own figure is at an instant: a higher one waits until it counts. Null is none. */
export function figureAt(own: Pick<HolderFigure, 'max' | 'nextMax' | 'nextFrom'>, at: Date): bigint | null {
  return own.nextFrom !== null && own.nextFrom <= at ? own.nextMax : own.max;
}

/** How much one reservation counts towards a line. */
export function countsTowards(line: LimitLine, amountMinor: bigint): bigint {
  return line.rule.unit === 'count' ? 1n : amountMinor;
}

function concerns(rule: LimitRule, item: Planned): boolean {
  return (
    rule.kinds.includes(item.kind) &&
    (rule.grade === null || rule.grade === item.grade) &&
    (!rule.newDevice || item.deviceIsNew)
  );
}

function subjectOf(rule: LimitRule, item: Planned): string | null {
  if (rule.subject === 'user') return item.userId;
  return rule.subject === 'card' ? item.cardId : item.targetCardId;
}

function toLine(name: LimitRuleName, rule: LimitRule, item: Planned, subject: string, allowed: Allowed): LimitLine {
  const { window } = rule;
  if (window === 'payment' || window === 'balance') return { name, rule, ...allowed, counters: [], renewsAt: null };
  const { startsOn, endsOn } = windowAround(window, item.at);
  const counter = (day: string): CounterKey => ({ book: item.book, subject, rule: name, startsOn: day });
  if (!rule.newDevice)
    return { name, rule, ...allowed, counters: [counter(startsOn)], renewsAt: shanghaiMidnight(endsOn) };
  // Whatever is new now was not there 24 hours ago, so today and yesterday hold all of its time, and in a day it is new no more.
  assert(window === 'day', 'a new device is new for a day');
  const counters = [counter(startsOn), counter(addDays(startsOn, -1))];
  return { name, rule, ...allowed, counters, renewsAt: new Date(item.at.getTime() + 86_400_000) };
}

/** Where two say the same, the one who can least be moved is named. */
function rankOf({ setBy }: Allowed): number {
  return ['law', 'bank', 'hutong', 'holder'].indexOf(setBy);
}

function holderKey(key: Pick<HolderFigure, 'book' | 'userId' | 'rule' | 'cardId'>): string {
  return `${key.book} ${key.userId} ${key.rule} ${key.cardId}`;
}

import { HOLDER_LIMIT_RAISE_HOURS } from '../base/limits.ts';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import type { Tx } from '../db/connect.ts';
import { type HolderFigure, lockHolderFigure, updateHolderFigure } from './holder-store.ts';
import { isLimitRule, LIMIT_RULES, type LimitRuleName } from './limit-rules.ts';
import { figureAt } from './plan-lines.ts';

export interface HolderLimitInput {
  book: number;
  userId: string;
  rule: string;
  /** For rules of a card: one that is this person's, as the caller has seen. Null for rules of the person. */
  cardId: string | null;
  /** Fen; null for no figure of one's own. */
  max: bigint | null;
  /** Called when it is a raise, in this transaction: throws when the person has not proved it. */
  prove: () => Promise<void>;
}

const MAX_MOST = 999_999_999_999n;

/**
 * A lower figure counts at once, and takes back a higher one that waits; a higher figure is proved and counts after
 * HOLDER_LIMIT_RAISE_HOURS. Reservations that were made before stay. Answers from when it counts.
 * @throws Refusal invalid_request, or what `prove` throws
 */
export async function setHolderLimit(
  tx: Tx,
  clock: Clock,
  input: HolderLimitInput,
): Promise<{ countsFrom: Date; isRaise: boolean }> {
  const rule = check(input);
  const now = clock.now();
  const row = await lockHolderFigure(
    tx,
    { book: input.book, userId: input.userId, rule, cardId: input.cardId ?? '' },
    now,
  );
  const before = figureAt(row, now);
  const isRaise = before !== null && (input.max === null || input.max > before);
  if (isRaise) await input.prove();
  const countsFrom = isRaise ? new Date(now.getTime() + HOLDER_LIMIT_RAISE_HOURS * 3_600_000) : now;
  const after: HolderFigure = isRaise
    ? { ...row, max: before, nextMax: input.max, nextFrom: countsFrom }
    : { ...row, max: input.max, nextMax: null, nextFrom: null };
  await updateHolderFigure(tx, after, now);
  return { countsFrom, isRaise };
}

function check(input: HolderLimitInput): LimitRuleName {
  if (!isLimitRule(input.rule) || !LIMIT_RULES[input.rule].isHolders)
    throw new Refusal('invalid_request', 'this is no limit that a holder sets', { param: 'rule' });
  if ((LIMIT_RULES[input.rule].subject === 'card') !== (input.cardId !== null))
    throw new Refusal('invalid_request', 'limits of a card name the card, limits of a person do not', {
      param: 'card_id',
    });
  if (input.max !== null && (input.max < 0n || input.max > MAX_MOST))
    throw new Refusal('invalid_request', `an amount in fen, 0 to ${MAX_MOST}`, { param: 'max' });
  return input.rule;
}

import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import type { Sql } from '../db/connect.ts';
import { endFigure, insertFigure, type LimitFigure, listFiguresOf, lockFigures } from './figure-store.ts';
import { isLimitRule, LIMIT_RULES } from './limit-rules.ts';

/** A figure that an operator enters. */
export interface LimitRowInput {
  rule: string;
  /** `ICBC`; null for every bank. Only rules of the paying card know banks. */
  bank: string | null;
  /** Null for every class. Rules that count by person know no class. */
  accountClass: 1 | 2 | 3 | null;
  setBy: LimitFigure['setBy'];
  min: bigint;
  /** Fen or a count; null ends the row that holds, and puts none in its place. */
  max: bigint | null;
  /** Where the figure is from, for whoever asks later. */
  source: string;
  /** From this instant, which has not passed. */
  validFrom: Date;
  by: string;
}

const MAX_MOST = 999_999_999_999n;

/**
 * Ends the row of the same rule, place and setter that would hold at `validFrom`, and puts the new one in its place until the next
 * known one. Reservations that were made before stay as they are. @throws Refusal invalid_request
 */
export async function setLimitRow(sql: Sql, clock: Clock, input: LimitRowInput): Promise<void> {
  const now = clock.now();
  check(input, now);
  const place = { rule: input.rule, bank: input.bank ?? '', accountClass: input.accountClass ?? 0, setBy: input.setBy };
  await sql.begin(async (tx) => {
    await lockFigures(tx);
    const known = await listFiguresOf(tx, place);
    if (known.some((one) => one.validFrom.getTime() === input.validFrom.getTime()))
      throw new Refusal('invalid_request', 'a figure that begins at that instant is there already', { param: 'from' });
    await endFigure(tx, place, input.validFrom);
    if (input.max === null) return;
    const next = known.find((one) => one.validFrom > input.validFrom);
    await insertFigure(tx, {
      ...place,
      min: input.min,
      max: input.max,
      source: input.source,
      validFrom: input.validFrom,
      validTo: next?.validFrom ?? null,
      enteredBy: input.by,
      enteredAt: now,
    });
  });
}

function check(input: LimitRowInput, now: Date): void {
  if (!isLimitRule(input.rule)) throw wrong('rule', `there is no rule ${input.rule.slice(0, 40)}`);
  const { subject, window } = LIMIT_RULES[input.rule];
  if (input.bank !== null && !/^[A-Z0-9]{2,16}$/.test(input.bank)) throw wrong('bank', 'a bank has a code like ICBC');
  if (input.bank !== null && subject !== 'card') throw wrong('bank', 'this rule does not count by the paying card');
  if (input.accountClass !== null && subject === 'user') throw wrong('class', 'this rule counts by person');
  if (input.max !== null && (input.max < 0n || input.max > MAX_MOST)) throw wrong('max', `0 to ${MAX_MOST}`);
  if (input.min < 0n || input.min > (input.max ?? input.min)) throw wrong('min', 'not below zero, not above max');
  if (input.min > 0n && window !== 'payment') throw wrong('min', 'only single payments have a least amount');
  if (input.source.trim() === '' || input.source.length > 300) throw wrong('source', '1 to 300 letters');
  if (input.by === '' || input.by.length > 64) throw wrong('by', '1 to 64 letters');
  if (input.validFrom < now) throw wrong('from', 'what has passed does not change');
}

function wrong(param: string, detail: string): Refusal {
  return new Refusal('invalid_request', detail, { param });
}

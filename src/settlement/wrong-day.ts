import { STATEMENT_CUT_OFF_MINUTES } from '../base/limits.ts';
import type { StatementLine } from '../wallets/statement.ts';
import { BillRefused } from './read-lines.ts';
import type { Statement } from './statement.ts';
import { type DayEnd, walletDayOf } from './wallet-day.ts';

/** Sees a bill's lines go by and says at its end whether it can be the bill of the day that it was taken for. */
export interface DayWatch {
  see(lines: readonly StatementLine[]): void;
  /** @throws BillRefused with the day that it seems to be of. */
  check(toldDay: string | null): void;
}

/**
 * A file of another day, brought by mistake, would book another day's fees and end that day with it. Where a file says of
 * which day it is, that decides. Where it does not, its lines do: less than half of those that tell a time lie in the asked
 * day, an hour before it and after it included, since wallets draw the line between two days in their own ways.
 */
export function watchDay(statement: Pick<Statement, 'day' | 'startsAt' | 'endsAt'>, dayEndsAt: DayEnd): DayWatch {
  const nearMs = STATEMENT_CUT_OFF_MINUTES * 60_000;
  const [fromMs, untilMs] = [statement.startsAt.getTime() - nearMs, statement.endsAt.getTime() + nearMs];
  const elsewhere = new Map<string, number>();
  let [datedCount, nearCount] = [0, 0];
  return {
    see(lines) {
      for (const { occurredAt } of lines) {
        if (occurredAt === null) continue;
        datedCount += 1;
        const atMs = occurredAt.getTime();
        if (atMs >= fromMs && atMs < untilMs) {
          nearCount += 1;
          continue;
        }
        const { day } = walletDayOf(occurredAt, dayEndsAt);
        elsewhere.set(day, (elsewhere.get(day) ?? 0) + 1);
      }
    },
    check(toldDay) {
      if (toldDay === statement.day) return;
      if (toldDay !== null) throw new BillRefused(`it says that it is the bill of ${toldDay}, not of ${statement.day}`);
      if (nearCount * 2 >= datedCount) return;
      const [day, count] = [...elsewhere].reduce((most, one) => (one[1] > most[1] ? one : most));
      const lines = `${nearCount} of its ${datedCount} lines are of ${statement.day}, ${count} are of ${day}`;
      throw new BillRefused(`it seems to be the bill of ${day}: ${lines}`);
    },
  };
}

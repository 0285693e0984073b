import { setTimeout as sleep } from 'node:timers/promises';
import { LINK_CONVERSION_ITEMS } from '../../base/link-limits.ts';
import { shanghaiDay } from '../../base/shanghai.ts';
import type { LinkedPayment, LinkedPayments } from '../links.ts';
import type { LinksDeps } from '../links-deps.ts';
import { addPaidDays, findCursor, lockCursor, moveCursor, type PaidDay } from './paid-store.ts';

export interface ConversionDeps extends Pick<LinksDeps, 'sql' | 'clock' | 'book'> {
  payments: LinkedPayments;
}

const RESUME_LOOK_MS = 50;

/**
 * Counts the payments behind the cursor to the links that they came by, and moves it, in one transaction: each payment is counted once,
 * however many nodes try and whatever is lost on the way. @returns how many payments were looked at; 0 also while another node counts
 */
export async function countConversions({ sql, clock, book, payments }: ConversionDeps): Promise<number> {
  const now = clock.now();
  return await sql.begin(async (tx) => {
    const at = await lockCursor(tx, book, now);
    if (at === undefined) return 0;
    if (at.cursor !== null && (await payments.isElsewhere(tx, at.cursor))) {
      const { untold, cursor } = await payments.resume(tx, book, at.cursor);
      await addPaidDays(tx, book, sumByDay(untold));
      await moveCursor(tx, book, cursor, now);
      return untold.length;
    }
    const found = await payments.page(tx, book, at.cursor, LINK_CONVERSION_ITEMS);
    const last = found.at(-1);
    if (last === undefined) return 0;
    await addPaidDays(tx, book, sumByDay(found));
    await moveCursor(tx, book, last.cursor, now);
    return found.length;
  });
}

/**
 * In a database that was restored into another server, payments are numbered from anew: resolves when the cursor is one of this server, so that
 * what is paid from then on is counted. To be waited for before anything is paid.
 */
export async function resumeConversions(deps: ConversionDeps): Promise<void> {
  const { sql, book, payments } = deps;
  for (;;) {
    const cursor = await findCursor(sql, book);
    if (cursor === null || !(await payments.isElsewhere(sql, cursor))) return;
    await countConversions(deps); // or another node is at it
    await sleep(RESUME_LOOK_MS);
  }
}

function sumByDay(found: readonly LinkedPayment[]): PaidDay[] {
  const sums = new Map<string, PaidDay>();
  for (const { linkId, money, at } of found) {
    if (linkId === null) continue;
    const day = shanghaiDay(at);
    const key = `${linkId} ${day} ${money.currency}`;
    const sum = sums.get(key) ?? { linkId, day, currency: money.currency, payments: 0, paidMinor: 0n };
    sums.set(key, { ...sum, payments: sum.payments + 1, paidMinor: sum.paidMinor + money.minor });
  }
  return [...sums.values()];
}

import { addDays, shanghaiDay, shanghaiMidnight } from '../base/shanghai.ts';

/** The switch changes its day at 23:00 in Asia/Shanghai. */
const CUT_OFF_MS = 3_600_000;

/** The day of the switch in which something happens at this instant, `2026-11-23`: from 23:00 on it is the next. */
export function settlementDayOf(at: Date): string {
  return shanghaiDay(new Date(at.getTime() + CUT_OFF_MS));
}

/** The instant at which a day of the switch is over. */
export function endOfSettlementDay(day: string): Date {
  return new Date(shanghaiMidnight(addDays(day, 1)).getTime() - CUT_OFF_MS);
}

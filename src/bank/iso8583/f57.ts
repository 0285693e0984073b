import { money } from '../../money/money.ts';
import type { CardBill } from '../rail.ts';
import { toDay } from '../stamp-time.ts';

/** `AC` and a digit: class I, II or III of the account behind a card. Null when it says something else. */
export function readAccountClass(f57: string): 1 | 2 | 3 | null {
  switch (f57) {
    case 'AC1':
      return 1;
    case 'AC2':
      return 2;
    case 'AC3':
      return 3;
    default:
      return null;
  }
}

/** `CB`, billed day, due day (YYYYMMDD), billed amount, least payment (fen). Null when it is not a bill. */
export function readBill(f57: string): CardBill | null {
  const [, billed = '', due = '', amount = '', minimum = ''] = /^CB(\d{8})(\d{8})(\d{12})(\d{12})$/.exec(f57) ?? [];
  const [billedDay, dueDay] = [toDay(billed), toDay(due)];
  if (billedDay === null || dueDay === null || BigInt(minimum) > BigInt(amount)) return null;
  return { amount: money('CNY', BigInt(amount)), minimum: money('CNY', BigInt(minimum)), billedDay, dueDay };
}

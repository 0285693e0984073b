import type { LimitLeft } from '../limits/limits.ts';

/** The lines that concern the person, the card that pays, or the card that is paid. */
export function ofSubject(lines: readonly LimitLeft[], subject: LimitLeft['subject']): LimitLeft[] {
  return lines.filter((line) => line.subject === subject);
}

/** A line that every single payment has to keep. */
export function isSingle(line: LimitLeft): boolean {
  return line.unit === 'money' && (line.window === 'payment' || line.window === 'balance');
}

/** A line that all payments keep together. */
export function isSum(line: LimitLeft): boolean {
  return line.unit === 'money' && !isSingle(line);
}

/** Never below zero: a figure may have been lowered below what had moved. */
export function leftOf(line: LimitLeft): bigint {
  const left = line.max - line.used - line.held;
  return left < 0n ? 0n : left;
}

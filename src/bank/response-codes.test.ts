import { describe, expect, test } from 'vitest';
import { verdictOnEnquiry, verdictOnLeg, verdictOnReversal } from './response-codes.ts';

const words = (text: string) => text.split(' ');
const every = Array.from({ length: 36 * 36 }, (_, index) =>
  `${Math.floor(index / 36).toString(36)}${(index % 36).toString(36)}`.toUpperCase(),
);
const DONE = words('00 11 16');
const FLAGGED = words('10 A2 A4 A5 A6');
const REFUSED = words(
  '01 02 03 04 05 07 12 13 14 15 21 25 30 33 34 35 36 37 38 40 41 42 43 45 51 52 53 54 55 56 57 58 59 61 62 63 64 65 67 75 77 79 90 91 92 93 94 97 99 A0 C1',
);

describe('F39', () => {
  test('is done, flagged or refused as the table says, and everything else is unknown', () => {
    for (const code of every) {
      const kind = DONE.includes(code)
        ? 'done'
        : FLAGGED.includes(code)
          ? 'flagged'
          : REFUSED.includes(code)
            ? 'refused'
            : 'unknown';
      expect([code, verdictOnEnquiry(code).kind]).toEqual([code, kind]);
    }
  });

  test.each(['', '0', '000', 'a0', '  ', 'toString', '__proto__', 'constructor'])('%j is unknown', (code) => {
    expect(verdictOnEnquiry(code)).toEqual({ kind: 'unknown' });
    expect(verdictOnReversal(code)).toBe('unknown');
  });

  test('of a movement that came twice is unknown: the first may have happened', () => {
    for (const code of every)
      expect(verdictOnLeg(code)).toEqual(code === '94' ? { kind: 'unknown' } : verdictOnEnquiry(code));
  });

  test('of a reversal is final only where repeating it makes no sense', () => {
    const again = words('90 91 92 94 97 A0');
    for (const code of every) {
      const verdict = verdictOnReversal(code);
      if (DONE.includes(code) || FLAGGED.includes(code)) expect(verdict).toBe('reversed');
      else if (code === '25') expect(verdict).toBe('not_found');
      else if (REFUSED.includes(code) && !again.includes(code)) expect(verdict).toBe('refused');
      else expect(verdict).toBe('unknown');
    }
  });
});

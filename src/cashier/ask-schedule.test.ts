import { expect, test } from 'vitest';
import { addSeconds, EXPIRY_DOUBT_SECONDS, nextAskAt } from './ask-schedule.ts';

const START = new Date('2026-11-11T03:00:00Z');
const EXPIRES = addSeconds(START, 900);

const nextAfter = (seconds: number, asksCount: number): number => {
  const now = addSeconds(START, seconds);
  const facts = { outcome: 'pending', asksCount, startedAt: START, expiresAt: EXPIRES, now } as const;
  return (nextAskAt([30, 120, 300, 600, 1800, 3600, 7200], facts).getTime() - now.getTime()) / 1000;
};

test('an answer that arrives when the time is over is followed by another question at once, not a quarter of an hour later', () => {
  expect(nextAfter(902, 5)).toBe(1); // the question that decides, three seconds after expiry
  expect(nextAfter(903, 2)).toBe(4);
  expect(nextAfter(904, 5)).toBe(32);
});

test('the question that decides comes when an answer is no longer in doubt', () => {
  expect(nextAfter(600, 4)).toBeGreaterThan(300 + EXPIRY_DOUBT_SECONDS);
});

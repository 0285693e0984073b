import { expect, test } from 'vitest';
import { endOfFreeze } from './freeze.ts';
import { testPlan } from './test-plans.ts';

const weekend = [{ days: ['fri' as const], from: '18:00', until: '09:00' }, { days: ['sat' as const, 'sun' as const] }];
const singlesDay = [{ first_day: '2026-11-10', last_day: '2026-11-12' }];
const nights = [{ from: '22:00', until: '08:00' }];

// 2026-11-20 is a Friday; Asia/Shanghai is eight hours ahead.
test.each([
  ['before Friday evening', weekend, '2026-11-20T09:59:59Z', null],
  ['at its first second', weekend, '2026-11-20T10:00:00Z', '2026-11-22T16:00:00Z'],
  ['after midnight of a Friday night, and Saturday goes on', weekend, '2026-11-20T20:00:00Z', '2026-11-22T16:00:00Z'],
  ['on Sunday night', weekend, '2026-11-22T15:59:59Z', '2026-11-22T16:00:00Z'],
  ['on Monday', weekend, '2026-11-22T16:00:00Z', null],
  ['the evening before its first day', singlesDay, '2026-11-09T15:59:59Z', null],
  ['in its days', singlesDay, '2026-11-10T20:00:00Z', '2026-11-12T16:00:00Z'],
  ['after its last day', singlesDay, '2026-11-12T16:00:00Z', null],
  ['at noon, between nights', nights, '2026-11-20T04:00:00Z', null],
  ['in the small hours', nights, '2026-11-19T18:00:00Z', '2026-11-20T00:00:00Z'],
  ['without any', [], '2026-11-19T18:00:00Z', null],
])('%s', (_, freeze, at, end) => {
  const instant = new Date(at);
  expect(endOfFreeze(testPlan({ freeze }).freeze, instant)).toEqual(end === null ? instant : new Date(end));
});

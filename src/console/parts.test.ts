import { expect, test } from 'vitest';
import { withLocalTimes } from './parts.ts';

test.each([
  ['frozen until 2026-11-23T02:00:00Z', 'frozen until 2026-11-23 10:00'],
  ['frozen until 2026-11-23T16:30:00.500Z', 'frozen until 2026-11-24 00:30'],
  // A shop's reason for halting its rollout stands on the operator's first page.
  ['halted at 2026-99-99T99:99:99Z', 'halted at 2026-99-99T99:99:99Z'],
])('%s', (text, shown) => {
  expect(withLocalTimes(text)).toBe(shown);
});

import { expect, test } from 'vitest';
import { systemRandom } from './random.ts';

test.each([0, 1, 7, 12, 16, 17, 32, 5000])('draws as many bytes as asked for: %i', (count) => {
  expect(systemRandom.bytes(count)).toHaveLength(count);
});

test('never gives the same bytes twice, however small the draws', () => {
  const drawn = Array.from({ length: 20_000 }, (_, index) =>
    systemRandom.bytes(index % 2 === 0 ? 7 : 12).toString('hex'),
  );
  expect(new Set(drawn).size).toBe(drawn.length);
});

test('what was given out stays as it is when more is drawn', () => {
  const first = systemRandom.bytes(16);
  const kept = first.toString('hex');
  for (let count = 0; count < 1000; count++) systemRandom.bytes(16);
  expect(first.toString('hex')).toBe(kept);
});

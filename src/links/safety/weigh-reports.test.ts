import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type WeighedReport, weighReports, weightForWarning, WEIGHT_FOR_OPERATOR } from './weigh-reports.ts';

const MINUTE_MS = 60_000;

function report(network: string, more: Partial<WeighedReport> = {}): WeighedReport {
  return { network, near: `near ${network}`, opened: true, ageMs: 0, ...more };
}

describe('what reports of one link weigh', () => {
  test.each<[string, WeighedReport[], number]>([
    ['none', [], 0],
    ['one', [report('a')], 100],
    ['two of one network, by the better', [report('a', { opened: false }), report('a')], 100],
    ['two networks', [report('a'), report('b')], 200],
    ['neighbours', [report('a', { near: 'n' }), report('b', { near: 'n' })], 150],
    ['many neighbours', Array.from({ length: 200 }, (_, at) => report(`${at}`, { near: 'n' })), 200],
    ['somebody who has not opened it', [report('a', { opened: false })], 50],
    ['one from before that was asked', [report('a', { opened: null, near: null })], 100],
    ['one of an hour ago', [report('a', { ageMs: 60 * MINUTE_MS })], 100],
    ['one of an hour and a half ago', [report('a', { ageMs: 90 * MINUTE_MS })], 50],
    ['one of two hours ago', [report('a', { ageMs: 120 * MINUTE_MS })], 0],
    ['one whose clock is ahead', [report('a', { ageMs: -MINUTE_MS })], 100],
    [
      'the best of neighbours first',
      [
        report('a', { near: 'n', opened: false }),
        report('b', { near: 'n' }),
        report('c', { near: 'n', opened: false }),
      ],
      137,
    ],
  ])('%s', (_name, reports, weight) => {
    expect(weighReports(reports).weight).toBe(weight);
  });

  test('one wider network is never worth two whole reports, whatever it sends, and the order tells nothing', () => {
    const one = fc.record({
      network: fc.string({ maxLength: 3 }),
      near: fc.constant('n'),
      opened: fc.constantFrom(true, false, null),
      ageMs: fc.integer({ min: -1000, max: 200 * MINUTE_MS }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 60 }), (reports) => {
        const { weight } = weighReports(reports);
        expect(weight).toBeLessThanOrEqual(200);
        expect(weight).toBeLessThan(WEIGHT_FOR_OPERATOR);
        expect(weighReports(reports.toReversed()).weight).toBe(weight);
      }),
    );
  });
});

describe('how much it takes', () => {
  test.each([
    [0, 500],
    [250, 500],
    [251, 600],
    [1000, 2000],
    [2500, 5000],
    [10_000_000, 5000],
  ])('of %i people who opened it: %i', (people, weight) => {
    expect(weightForWarning(people)).toBe(weight);
  });
});

import { describe, expect, test } from 'vitest';
import { calendarState, nextOpening, windowEnd, windowName } from './calendar.ts';
import type { CampaignCalendar } from './campaign.ts';

const at = (text: string): Date => new Date(`${text}+08:00`);
const ALWAYS: CampaignCalendar = { from: null, until: null, weekdays: [], hours: [], except: [] };
const NIGHT = [{ from: 22 * 60, to: 2 * 60 }];

describe('when a campaign runs', () => {
  test.each<[string, Partial<CampaignCalendar>, string, string]>([
    ['always', {}, '2026-11-23T00:00', 'open'],
    ['before its beginning', { from: at('2026-11-23T10:00') }, '2026-11-23T09:59:59.999', 'not_started'],
    ['from its first instant on', { from: at('2026-11-23T10:00') }, '2026-11-23T10:00', 'open'],
    ['to its last instant', { until: at('2026-11-24T00:00') }, '2026-11-23T23:59:59.999', 'open'],
    ['not at its end', { until: at('2026-11-24T00:00') }, '2026-11-24T00:00', 'ended'],
    ['on its weekday', { weekdays: [1] }, '2026-11-23T00:00', 'open'],
    ['not on another', { weekdays: [1] }, '2026-11-24T00:00', 'closed_now'],
    ['not on a day left out', { except: ['2026-11-23'] }, '2026-11-23T12:00', 'closed_now'],
    ['from its hour on', { hours: [{ from: 600, to: 720 }] }, '2026-11-23T10:00', 'open'],
    ['until its hour', { hours: [{ from: 600, to: 720 }] }, '2026-11-23T12:00', 'closed_now'],
    [
      'in the second of its windows',
      {
        hours: [
          { from: 600, to: 720 },
          { from: 900, to: 960 },
        ],
      },
      '2026-11-23T15:30',
      'open',
    ],
    ['before midnight', { hours: NIGHT }, '2026-11-23T23:59', 'open'],
    ['after midnight', { hours: NIGHT }, '2026-11-24T01:59', 'open'],
    ['not after its night', { hours: NIGHT }, '2026-11-24T02:00', 'closed_now'],
    ['after midnight of its weekday', { hours: NIGHT, weekdays: [7] }, '2026-11-23T01:00', 'open'],
    ['not after midnight of the day before', { hours: NIGHT, weekdays: [1] }, '2026-11-23T01:00', 'closed_now'],
    [
      'not after midnight of a day left out',
      { hours: NIGHT, except: ['2026-11-22'] },
      '2026-11-23T01:00',
      'closed_now',
    ],
    ['after midnight on a day left out', { hours: NIGHT, except: ['2026-11-23'] }, '2026-11-23T01:00', 'open'],
  ])('%s', (_says, calendar, instant, state) => {
    expect(calendarState({ ...ALWAYS, ...calendar }, at(instant))).toBe(state);
  });

  test.each<[string, Partial<CampaignCalendar>, string, string | null]>([
    ['now', {}, '2026-11-23T12:00', '2026-11-23T12:00'],
    ['at its beginning', { from: at('2026-12-01T10:00') }, '2026-11-23T12:00', '2026-12-01T10:00'],
    ['later today', { hours: NIGHT }, '2026-11-23T12:00', '2026-11-23T22:00'],
    ['tomorrow', { hours: [{ from: 600, to: 720 }] }, '2026-11-23T12:00', '2026-11-24T10:00'],
    ['on its weekday', { weekdays: [6], hours: [{ from: 600, to: 720 }] }, '2026-11-23T12:00', '2026-11-28T10:00'],
    ['after a day left out', { weekdays: [6], except: ['2026-11-28'] }, '2026-11-23T12:00', '2026-12-05T00:00'],
    ['never again', { until: at('2026-11-24T00:00'), hours: [{ from: 600, to: 660 }] }, '2026-11-23T12:00', null],
  ])('opens %s', (_says, calendar, instant, opens) => {
    expect(nextOpening({ ...ALWAYS, ...calendar }, at(instant))).toEqual(opens === null ? null : at(opens));
  });
});

test.each([
  ['2026-11-23T00:00', '2026-11-23', '2026-W48', '2026-11', '2026-11-24', '2026-11-30', '2026-12-01'],
  ['2026-11-22T23:59', '2026-11-22', '2026-W47', '2026-11', '2026-11-23', '2026-11-23', '2026-12-01'],
  ['2026-12-31T12:00', '2026-12-31', '2026-W53', '2026-12', '2027-01-01', '2027-01-04', '2027-01-01'],
  ['2027-01-03T12:00', '2027-01-03', '2026-W53', '2027-01', '2027-01-04', '2027-01-04', '2027-02-01'],
  ['2028-02-29T12:00', '2028-02-29', '2028-W09', '2028-02', '2028-03-01', '2028-03-06', '2028-03-01'],
  ['2024-12-30T00:00', '2024-12-30', '2025-W01', '2024-12', '2024-12-31', '2025-01-06', '2025-01-01'],
])('%s is counted in the day, week and month of Shanghai', (instant, day, week, month, dayEnd, weekEnd, monthEnd) => {
  const windows = ['day', 'week', 'month'] as const;
  expect(windows.map((window) => windowName(window, at(instant)))).toEqual([day, week, month]);
  expect(windows.map((window) => windowEnd(window, at(instant)))).toEqual(
    [dayEnd, weekEnd, monthEnd].map((end) => at(`${end}T00:00`)),
  );
});

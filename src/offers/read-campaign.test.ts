import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rootDir } from '../base/root.ts';
import { describeCampaign } from './describe-campaign.ts';
import { findOddities, findOdditiesBetween } from './find-oddities.ts';
import { readCampaignFile } from './read-campaign-file.ts';
import { readCampaign } from './read-campaign.ts';
import { MONDAY_NOON } from './test-quotes.ts';
import { workExamples } from './work-examples.ts';

const GOOD = {
  name: { 'zh-CN': '立减', en: 'Off' },
  kind: 'flat',
  by: 'hutong',
  currency: 'CNY',
  off: '5.00',
  funders: [{ funder: 'merchant', per_mille: 1000 }],
  when: { until: '2026-12-31' },
};
const { off: _, ...NO_VALUE } = GOOD;
const tiers = (...pairs: [string, string][]) => ({
  ...NO_VALUE,
  kind: 'threshold',
  tiers: pairs.map(([at, off]) => ({ at, off })),
});

function faultsOf(written: unknown): [string, string][] {
  const reading = readCampaign(written);
  return reading.kind === 'faults' ? reading.faults.map(({ pointer, text }) => [pointer, text]) : [];
}

describe('a campaign', () => {
  test('is read', () => {
    expect(readCampaign(GOOD)).toMatchObject({
      kind: 'campaign',
      campaign: { value: { kind: 'flat', offMinor: 500n }, when: { until: new Date('2026-12-31T16:00:00Z') } },
    });
  });

  test.each([
    ['is a list of fields', 5, '', 'a list of fields'],
    ['has its fields', {}, '', 'this is missing: name, kind, by, currency, funders'],
    ['has no others', { ...GOOD, of: 1 }, '', 'there is no such field: of'],
    ['is of a kind', { ...GOOD, kind: 'flatt' }, '/kind', 'this is one of flat, threshold'],
    ['says amounts as text', { ...GOOD, off: 5 }, '/off', 'such as "5.00"'],
    ['says amounts with their decimals', { ...GOOD, off: '500' }, '/off', 'with 2 decimals, such as 500.00'],
    ['says amounts of yen without', { ...GOOD, currency: 'JPY' }, '/off', 'with 0 decimals, such as 5'],
    ['takes something off', { ...GOOD, off: '0.00' }, '/off', 'nothing is no amount'],
    ['has the fields of its kind', NO_VALUE, '', 'a flat offer has "off"'],
    ['has no fields of other kinds', { ...GOOD, off_max: '1.00' }, '/off_max', 'belongs to percent and instalment_fee'],
    ['that is a voucher is worth something', { ...NO_VALUE, kind: 'voucher' }, '', 'a voucher has a "value"'],
    [
      'that is a voucher has the fields of what it is worth',
      { ...NO_VALUE, kind: 'voucher', value: { kind: 'flat', off: '1.00', off_max: '1.00' } },
      '/value/off_max',
      'belongs to percent',
    ],
    [
      'on articles says what each saves',
      { ...NO_VALUE, kind: 'item', item: { articles: ['A'], quantity_max: 1 } },
      '/item',
      'one of the two',
    ],
    [
      'for parts says for how many',
      { ...NO_VALUE, kind: 'instalment_fee', off_per_mille: 1000 },
      '',
      'has "instalments"',
    ],
    ['has tiers or every', { ...NO_VALUE, kind: 'threshold' }, '', 'one of the two'],
    ['has tiers that rise', tiers(['100.00', '10.00'], ['100.00', '20.00']), '/tiers/1', 'begins no higher'],
    ['has tiers that pay more', tiers(['100.00', '10.00'], ['200.00', '10.00']), '/tiers/1', 'saves no more'],
    ['has tiers that leave something', tiers(['10.00', '10.00']), '/tiers/0', 'as much as has to be spent'],
    [
      'takes less off than every amount',
      { ...NO_VALUE, kind: 'threshold', every: { at: '1.00', off: '1.00', times_max: 2 } },
      '/every',
      'as much as has to be spent',
    ],
    [
      'takes off no more than has to be spent',
      { ...GOOD, conditions: { min_amount: '4.99' } },
      '/off',
      'more than has to be spent',
    ],
    [
      'gives nothing away without bound',
      { ...NO_VALUE, kind: 'percent', off_per_mille: 1000 },
      '/off_per_mille',
      'gives everything away',
    ],
    [
      'draws between two amounts',
      { ...NO_VALUE, kind: 'random', off_from: '2.00', off_to: '2.00' },
      '/off_to',
      'the kind is flat',
    ],
    ['is paid for wholly', { ...GOOD, funders: [{ funder: 'merchant', per_mille: 999 }] }, '/funders', 'these are 999'],
    [
      'names a bank that pays',
      { ...GOOD, funders: [{ funder: 'bank', per_mille: 1000 }] },
      '/funders/0',
      'is named: owner',
    ],
    [
      'names each payer once',
      {
        ...GOOD,
        funders: [
          { funder: 'merchant', per_mille: 500 },
          { funder: 'merchant', per_mille: 500 },
        ],
      },
      '/funders/1',
      'one part says it all',
    ],
    ['has days of the calendar', { ...GOOD, when: { from: '2026-02-30' } }, '/when/from', 'has no 2026-02-30'],
    [
      'leaves days of the calendar out',
      { ...GOOD, when: { except: ['2026-02-30'] } },
      '/when/except/0',
      'has no 2026-02-30',
    ],
    [
      'begins before it ends',
      { ...GOOD, when: { from: '2026-12-02', until: '2026-12-01' } },
      '/when/until',
      'before it begins',
    ],
    ['has hours that last', { ...GOOD, when: { hours: [{ from: '10:00', to: '10:00' }] } }, '/when/hours/0', 'empty'],
    [
      'runs at some hour',
      { ...GOOD, when: { from: '2026-11-23', until: '2026-11-24', weekdays: ['sun'] } },
      '/when',
      'no hour at which it runs',
    ],
    [
      'runs on some day',
      { ...GOOD, when: { from: '2026-11-23', until: '2026-11-23', except: ['2026-11-23'] } },
      '/when',
      'no hour at which it runs',
    ],
    ["that is a wallet's own says of which", { ...GOOD, by: 'wallet' }, '/conditions', 'with which wallets'],
    [
      "that is a wallet's own has no vouchers of ours",
      {
        ...NO_VALUE,
        kind: 'voucher',
        value: { kind: 'flat', off: '1.00' },
        by: 'wallet',
        conditions: { wallets: ['alipay'] },
      },
      '/kind',
      'kept by the wallet',
    ],
    ['can afford one use', { ...GOOD, limits: { money: { day: '4.99' } } }, '/limits/money/day', 'could never be used'],
    ['stands alone or in a group', { ...GOOD, stacking: { alone: true, group: 'a' } }, '/stacking', 'has no group'],
    ['goes with other groups', { ...GOOD, stacking: { group: 'a', with: ['a'] } }, '/stacking/with', 'its own group'],
  ])('%s', (_says, written, pointer, text) => {
    const faults = faultsOf(written);
    expect(faults).toContainEqual([pointer, expect.stringContaining(text)]);
  });

  test('hears of all its faults at once', () => {
    expect(
      faultsOf({ ...GOOD, off: '1', when: { from: '2026-13-01' }, limits: { money: { day: '2' } } }).map(([at]) => at),
    ).toEqual(['/off', '/when/from', '/limits/money/day']);
  });

  test.each([
    ['is over', { ...GOOD, when: { until: '2026-11-22' } }, '/when/until', 'it is over'],
    ['never ends and costs without end', { ...GOOD, when: {} }, '', 'no budget'],
    [
      'leaves a day out on which it does not run',
      { ...GOOD, when: { until: '2026-12-31', except: ['2027-01-01'] } },
      '/when/except/0',
      'in any case',
    ],
    [
      'has hours twice',
      {
        ...GOOD,
        when: {
          until: '2026-12-31',
          hours: [
            { from: '22:00', to: '02:00' },
            { from: '01:00', to: '03:00' },
          ],
        },
      },
      '/when/hours',
      'overlap',
    ],
    [
      'is a percentage without a most',
      { ...NO_VALUE, kind: 'percent', off_per_mille: 100 },
      '/off_per_mille',
      'name off_max',
    ],
    [
      'has a most above its budget',
      { ...NO_VALUE, kind: 'percent', off_per_mille: 100, off_max: '9.00', limits: { money: { day: '5.00' } } },
      '/off_max',
      'limits.money.day',
    ],
    [
      'has a tier below its least amount',
      { ...tiers(['10.00', '1.00'], ['20.00', '2.00']), conditions: { min_amount: '20.00' } },
      '/tiers/0',
      'never the highest',
    ],
    [
      'has a least amount above all tiers',
      { ...tiers(['10.00', '1.00'], ['20.00', '2.00']), conditions: { min_amount: '30.00' } },
      '/conditions/min_amount',
      'only the last',
    ],
    [
      'has a limit that a longer one keeps from being reached',
      { ...GOOD, limits: { per_user: { day: 2, week: 2 } } },
      '/limits/per_user/day',
      'limits.per_user.week',
    ],
    [
      'has a limit that the whole keeps from being reached',
      { ...GOOD, limits: { count: { day: 2 }, per_user: { day: 2 } } },
      '/limits/per_user/day',
      'limits.count.day',
    ],
    [
      'has a count that its money ends before',
      { ...GOOD, limits: { count: { day: 3 }, money: { day: '10.00' } } },
      '/limits/count/day',
      'after 2 uses',
    ],
    [
      'has money that its count ends before',
      { ...GOOD, limits: { count: { day: 1 }, money: { day: '10.00' } } },
      '/limits/money/day',
      'gone before',
    ],
    [
      'is for a first use, twice',
      { ...GOOD, conditions: { first_use: 'merchant' }, limits: { per_user: { campaign: 2 } } },
      '/limits/per_user/campaign',
      'happens once',
    ],
    [
      'asks for a bank that most wallets do not tell',
      { ...GOOD, conditions: { banks: ['ICBC'] } },
      '/conditions/banks',
      'most wallets',
    ],
    [
      'counts what a wallet counts',
      { ...GOOD, by: 'wallet', conditions: { wallets: ['alipay'] }, limits: { count: { day: 1 } } },
      '/limits',
      'told and not kept',
    ],
  ])('is odd where it %s', (_says, written, pointer, text) => {
    const reading = readCampaign(written);
    if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
    const odd = findOddities(reading.campaign, MONDAY_NOON);
    expect(odd).toContainEqual({ pointer, text: expect.stringContaining(text) as unknown }); // a matcher, not a text
  });

  test('says what it never combines with, and who has its name', () => {
    const [one, two, three] = [
      { ...GOOD, stacking: { group: 'a', with: ['b', 'c'] } },
      { ...GOOD, name: { 'zh-CN': '另一', en: 'Other' }, stacking: { group: 'b', with: ['d'] } },
      { ...GOOD, stacking: { group: 'd' } },
    ].map((written) => {
      const reading = readCampaign(written);
      if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
      return reading.campaign;
    });
    if (one === undefined || two === undefined || three === undefined) throw new Error('three were read');
    expect(findOdditiesBetween([one, two, three])).toEqual([
      [
        { pointer: '/stacking/with/0', text: 'they never combine: "Other" does not go with the group "a"' },
        { pointer: '/stacking/with/1', text: 'no campaign here has the group "c"' },
      ],
      [],
      [{ pointer: '/name', text: 'another campaign here has this name' }],
    ]);
  });
});

describe('a campaign file', () => {
  test('keeps amounts as they are written, and knows where each thing stands', () => {
    const file = readCampaignFile(
      'name: { zh-CN: 一, en: One }\noff: 5.00\nlimits:\n  money:\n    day: 10.10\n  count: { day: 3 }\n',
    );
    expect(file.written).toEqual({
      name: { 'zh-CN': '一', en: 'One' },
      off: '5.00',
      limits: { money: { day: '10.10' }, count: { day: 3 } },
    });
    expect([file.locate('/limits/money/day'), file.locate('/limits/count/week'), file.locate('/nowhere')]).toEqual([
      { line: 5, column: 5 },
      { line: 6, column: 3 },
      { line: 1, column: 1 },
    ]);
  });

  test.each([
    ['a name twice', 'off: 5.00\noff: 6.00\n', { line: 2, column: 1 }],
    ['what is not YAML', 'off: [1\n', { line: 2, column: 1 }],
    ['an anchor', 'a: &x 1\nb: *x\n', { line: 2, column: 4 }],
  ])('with %s is not read', (_says, text, place) => {
    expect(readCampaignFile(text).faults.map((fault) => fault.place)).toEqual([place]);
  });

  const folder = join(rootDir, 'docs', 'campaigns');
  test.each(readdirSync(folder))(
    'docs/campaigns/%s can be published as it is, and its examples save something',
    (name) => {
      const { written, faults } = readCampaignFile(readFileSync(join(folder, name), 'utf8'));
      expect(faults).toEqual([]);
      const reading = readCampaign(written);
      if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
      const { campaign } = reading;
      const isKnown = ({ text }: { text: string }) => text.startsWith('counts only where the card is known');
      expect(findOddities(campaign, MONDAY_NOON).filter((odd) => !isKnown(odd))).toEqual([]);
      expect(describeCampaign(campaign).every((line) => line['zh-CN'] !== '' && line.en !== '')).toBe(true);
      expect(workExamples(campaign, MONDAY_NOON).some(({ quote }) => quote.savedMinor + quote.maySaveMinor > 0n)).toBe(
        true,
      );
    },
  );

  test('of every kind is there as an example', () => {
    const kinds = readdirSync(folder).map((name) => {
      const reading = readCampaign(readCampaignFile(readFileSync(join(folder, name), 'utf8')).written);
      return reading.kind === 'campaign' ? reading.campaign.kind : '';
    });
    expect([...new Set(kinds)].toSorted()).toEqual([
      'flat',
      'instalment_fee',
      'item',
      'percent',
      'random',
      'threshold',
      'voucher',
    ]);
  });
});

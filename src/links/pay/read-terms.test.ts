import { describe, expect, test } from 'vitest';
import { cleanName } from './clean-name.ts';
import { type GivenTerms, readPlan } from './read-terms.ts';

const cny = (minor: number) => ({ currency: 'CNY', minor: String(minor) }) as const;

describe('what is given for a link', () => {
  const wrong: [string, 'pay' | 'group' | 'page' | 'collect', GivenTerms, string][] = [
    ['nothing for a pay link', 'pay', {}, 'pay'],
    ['a group for a pay link', 'pay', { group: { total: cny(10), shares: 2 } }, 'group'],
    ['pay for a page', 'page', { pay: { amount: cny(1) } }, 'pay'],
    ['amount and least', 'pay', { pay: { amount: cny(10), min: cny(1) } }, 'pay.min'],
    ['most below least', 'pay', { pay: { min: cny(10), max: cny(9) } }, 'pay.max'],
    ['an order that asks for an amount', 'pay', { pay: { order_no: 'A-1' } }, 'pay.order_no'],
    ['an order twice', 'pay', { pay: { order_no: 'A-1', amount: cny(10), times: 2 } }, 'pay.times'],
    ['no time', 'pay', { pay: { amount: cny(10), times: 0 } }, 'pay.times'],
    ['shares and people', 'group', { group: { total: cny(10), shares: 1, people: [] } }, 'group.shares'],
    ['more shares than fen', 'group', { group: { total: cny(2), shares: 3 } }, 'group.shares'],
    [
      'people who do not pay the total',
      'group',
      { group: { total: cny(10), people: [{ name: '王', amount: cny(9) }] } },
      'group.people',
    ],
    [
      'a name of nothing',
      'group',
      { group: { total: cny(10), people: [{ name: '\u200b ', amount: cny(10) }] } },
      'group.people.0.name',
    ],
    ['a shop that collects', 'collect', {}, 'kind'],
  ];
  test.each(wrong)('%s is refused', (_, kind, given, param) => {
    const read = () => readPlan(kind, '标题', given, '');
    expect(read).toThrow(
      expect.objectContaining({ code: 'invalid_request', facts: expect.objectContaining({ param }) }),
    );
  });

  test.each([
    ['  小  王 ', '小 王'],
    ['a\u202eb', 'a b'],
    ['<b>Li</b>', 'bLib'],
    ['http://x.cn/a?b', 'httpxcnab'],
    ['老王😄', '老王😄'],
    ['', null],
    ['字'.repeat(21), null],
    ['字'.repeat(20), '字'.repeat(20)],
  ])('the name %j is kept as %j', (text, name) => {
    expect(cleanName(text)).toBe(name);
  });
});

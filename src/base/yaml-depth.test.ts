import { expect, test } from 'vitest';
import { nestsTooDeep } from './yaml-depth.ts';

test.each<[string, string, boolean]>([
  ['a usual file', 'name: { zh-CN: 立减, en: "5 off" }\nfunders:\n  - { funder: merchant, per_mille: 1000 }\n', false],
  ['many brackets one after the other', '- [1]\n'.repeat(5000), false],
  ['a closing bracket in a text', `name: "${']'.repeat(300)}"`, false],
  ['brackets within brackets', '['.repeat(3000) + ']'.repeat(3000), true],
  ['maps within maps', '{a: '.repeat(101), true],
  ['lines further and further in', Array.from({ length: 300 }, (_, no) => `${' '.repeat(no)}a:`).join('\n'), true],
  ['lists within lists on one line', `${'- '.repeat(3000)}1`, true],
])('%s', (_, text, isTooDeep) => {
  expect(nestsTooDeep(text)).toBe(isTooDeep);
});

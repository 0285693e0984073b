import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { temporaryDir } from '../../test/server.ts';
import { ManualClock } from '../base/clock.ts';
import { drawHalts } from './halt-chart.ts';
import { commandLine } from './test-line.ts';

const clock = new ManualClock(new Date('2026-11-23T04:00:00Z'));
const folder = await temporaryDir('rollout-simulate');
// No database is asked: nobody listens there.
const { hutong, json } = commandLine(folder.dir, 'postgres://nobody@127.0.0.1:1/none', clock);
afterAll(() => folder.remove());

const plan = join(folder.dir, 'plan.yaml');
await writeFile(
  plan,
  'key: wallet.unionpay\nwallet: unionpay\nsteps:\n  - { share: 1‰, for: 10m, payments: 100 }\n  - { share: 10%, for: 10m }\n  - { share: 100% }\n',
);

test('a table and a chart tell how often it halts, how soon, and whom it hurt', async () => {
  const { code, out } = await hutong('rollout', 'simulate', plan, '--runs', '20', '--drop', '20,60', '--seed', '7');
  expect(code).toBe(0);
  expect(out[0]).toBe('wallet.unionpay: 1‰ → 10% → 100%; 97% success, 20 payments a second, 20 rollouts for each drop');
  expect(out[2]?.split(/\s{2,}/)).toEqual([
    'DROP',
    'HALTED',
    '95%',
    'PAYMENTS',
    'p90',
    'TIME',
    'p90',
    'HURT',
    'p90',
    'BY',
  ]);
  expect(out[3]).toMatch(/^none \(A\/A\) {2,}0\.0% {2}0\.0% to 16\.1% +- +- +- +- +- +-$/);
  expect(out[4]).toMatch(/^20 points {2,}100\.0% {2}83\.9% to 100\.0% {2,}\d+ {2,}\d+ {2,}\S+[hm] .*failed \d+/);
  const chart = out.slice(out.findIndex((line) => line.startsWith('Halted by')) + 1);
  expect(chart).toHaveLength(4);
  expect(chart[1]).toMatch(/^ {2}20 points {2}▕ +[▁▂▃▄▅▆▇]+█▏100\.0%$/);
  expect(chart[3]).toMatch(/^ +1 +10 +/);
});

test('as JSON, a line for each drop, and the same seed gives the same', async () => {
  const args = [
    'rollout',
    'simulate',
    plan,
    '--runs',
    '10',
    '--drop',
    '60',
    '--base',
    '99.5',
    '--rate',
    '0.5',
    '--chosen',
    '50',
  ];
  const rows = await json(...args);
  expect(rows).toMatchObject([
    { drop: 0, runs: 10, halted: 0, payments_median: null },
    { drop: 60, runs: 10, halted: 10, halted_share: 1 },
  ]);
  expect(await json(...args)).toEqual(rows);
});

test('buyers who come back are said, and change what comes out', async () => {
  const args = ['rollout', 'simulate', plan, '--runs', '10', '--drop', '20'];
  const { out } = await hutong(...args, '--per-buyer', '3', '--unlucky', '10');
  expect(out[1]).toBe('Each buyer pays 3 times; what goes wrong falls on 10% of the buyers.');
  const [strangers, regulars] = [await json(...args), await json(...args, '--per-buyer', '3')];
  expect(regulars[1]?.payments_median).toBeGreaterThan(Number(strangers[1]?.payments_median));
});

test('it says how far it is', async () => {
  const { notes } = await hutong('rollout', 'simulate', plan, '--runs', '20', '--drop', '20');
  expect(notes).toContain('20 of 40 rollouts simulated …');
});

test.each([
  [['nowhere.yaml'], 1, 'there is no such file'],
  [[plan, '--drop', '0'], 2, '--drop is up to 10 points of a hundred'],
  [[plan, '--drop', 'many'], 2, '--drop is up to 10 points of a hundred'],
  [[plan, '--rate', '0'], 2, '--rate is a number from 0.001 to 1000000'],
  [[plan, '--base', '101'], 2, '--base is a number from 1 to 100'],
  [[plan, '--per-buyer', '0'], 2, '--per-buyer is a whole number'],
  [[plan, '--base', '90', '--unlucky', '9'], 2, '--unlucky is at least as many percent as fail'],
  [[plan, '--runs', '0'], 2, '--runs is a whole number'],
] as const)('%j is refused with one line', async (args, code, message) => {
  const told = await hutong('rollout', 'simulate', ...args);
  expect(told.code).toBe(code);
  expect(told.notes.join('\n')).toContain(message);
});

test.each([
  ['key: [', 1, 'not readable as YAML or JSON'],
  ['key: a\nkey: b\n', 1, 'not readable as YAML or JSON: Map keys must be unique'],
  ['key: wallet.unionpay\nsteps: []\n', 1, 'steps'],
  [
    'a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c]\n',
    1,
    'refers to its own values too often',
  ],
])('a plan that is none: %j', async (text, code, message) => {
  const path = join(folder.dir, 'bad.yaml');
  await writeFile(path, text);
  const told = await hutong('rollout', 'simulate', path);
  expect(told.code).toBe(code);
  expect(told.notes.join('\n')).toContain(message);
});

test('the chart never draws something as nothing, nor not quite all as all', () => {
  const payments = [...Array.from({ length: 999 }, (_, no) => no + 1), 5000];
  const [none, most] = drawHalts(
    [
      { title: 'A', runs: 10_000, payments: [5000] },
      { title: 'BB', runs: 1001, payments },
    ],
    80,
  );
  expect(none?.trimEnd()).toMatch(/▕ +▁▏ {2}0\.0%$/);
  expect(most).toMatch(/▇▏ 99\.9%$/);
  expect(drawHalts([{ title: 'A', runs: 5, payments: [] }], 80)[0]).toMatch(/▕ +▏ {2}0\.0%$/);
});

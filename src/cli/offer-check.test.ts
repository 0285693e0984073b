import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { temporaryDir } from '../../test/server.ts';
import { rootDir } from '../base/root.ts';
import { commandLine } from './test-line.ts';

const folder = await temporaryDir('offer-check');
const clock = { now: () => new Date('2026-11-23T12:00:00+08:00') };
// Checking needs no database; nothing listens there.
const { hutong } = commandLine(folder.dir, 'postgres://127.0.0.1:1/none', clock);
afterAll(() => folder.remove());

async function write(name: string, text: string): Promise<string> {
  const path = join(folder.dir, name);
  await writeFile(path, text);
  return path;
}

const HEAD = 'name: { zh-CN: 立减, en: Off }\nkind: flat\nby: hutong\ncurrency: CNY\n';
const FUNDERS = 'funders: [{ funder: merchant, per_mille: 1000 }]\n';

test('a campaign is told in words, with examples by the engine', async () => {
  const path = await write('good.yaml', `${HEAD}off: 5.00\n${FUNDERS}when: { until: 2026-12-31 }\n`);
  const { code, out, notes } = await hutong('offer', 'check', path);
  expect([code, notes]).toEqual([0, []]);
  expect(out[0]).toBe(`${path}  立减 · Off`);
  expect(out.slice(1, 5)).toEqual([
    '  ¥5.00 off',
    '  The last day is 2026-12-31',
    '  Paid by the shop 100%',
    expect.stringContaining('group "merchant"'),
  ]);
  expect(out.join('\n')).toMatch(/¥20\.00 +¥5\.00 +¥15\.00 {2}the shop ¥5\.00/);
});

test('errors name line and column, and end with exit code 1', async () => {
  const path = await write('bad.yaml', `${HEAD}off: 500\nfunders: [{ funder: merchant, per_mille: 900 }]\n`);
  const unread = await write('unread.yaml', 'name: [\n');
  const { code, out, notes } = await hutong('offer', 'check', path, unread);
  expect([code, notes]).toEqual([1, [expect.stringContaining('2 of 2 cannot be published.')]]);
  expect(out).toContainEqual(`  error  ${path}:5:1  off: an amount is a text with its decimals, such as "5.00"`);
  expect(out.find((line) => line.includes('unread.yaml:2:1'))).toBeDefined();
});

test('several are compared with each other, and told as JSON', async () => {
  const of = (name: string, stacking: string) =>
    write(name, `${HEAD}off: 5.00\n${FUNDERS}when: { until: 2026-12-31 }\nstacking: ${stacking}\n`);
  const paths = [await of('one.yaml', '{ group: a, with: [b] }'), await of('two.yaml', '{ group: b, with: [c] }')];
  const { code, out } = await hutong('offer', 'check', ...paths, '--json');
  expect(code).toBe(0);
  const [one] = out.map((line) => JSON.parse(line) as Record<string, unknown>); // what was just printed
  expect(one).toMatchObject({
    file: paths[0],
    is_publishable: true,
    findings: [
      { level: 'warning', line: 8, column: 30, text: expect.stringContaining('they never combine') as unknown },
    ],
    examples: expect.arrayContaining([
      {
        amount_minor: '500',
        units: null,
        fee_minor: null,
        to_pay_minor: '1',
        saved_minor: '499',
        may_save_minor: '0',
        paid_by: [{ funder: 'merchant', owner: 'mer_00000000000000000000000000', minor: '499' }],
        not_used: [],
      },
    ]) as unknown,
  });
});

test('the examples of the documents have no errors', async () => {
  const names = await readdir(join(rootDir, 'docs', 'campaigns'));
  const { code } = await hutong('offer', 'check', ...names.map((name) => join(rootDir, 'docs', 'campaigns', name)));
  expect(code).toBe(0);
});

test('the schema says what each kind must have', async () => {
  const { code, out } = await hutong('offer', 'schema');
  const schema = JSON.parse(out.join('\n')) as Record<string, unknown>; // what was just printed
  expect(code).toBe(0);
  expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' });
  expect(schema['allOf']).toHaveLength(7);
});

test.each([
  [['check'], '<file> is missing'],
  [['check', 'nowhere.yaml'], 'there is no such file'],
])('offer %j is told in one line', async (args, words) => {
  const { code, notes } = await hutong('offer', ...args);
  expect([code === 0, notes.join()]).toEqual([false, expect.stringContaining(words)]);
});

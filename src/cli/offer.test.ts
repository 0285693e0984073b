import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { temporaryDir } from '../../test/server.ts';
import { ManualClock } from '../base/clock.ts';
import { campaignOf } from '../offers/test-offers.ts';
import { commandLine } from './test-line.ts';

const clock = new ManualClock(new Date('2026-11-23T04:00:00Z'));
const folder = await temporaryDir('offer-cli');
const { url } = await freshDatabase();
const { hutong, json } = commandLine(folder.dir, url, clock);
afterAll(() => folder.remove());

async function fileOf(name: string, campaign: object): Promise<string> {
  const path = join(folder.dir, name);
  await writeFile(path, JSON.stringify(campaign));
  return path;
}

test('an operator publishes, changes, shows, stops and resumes an offer, and issues vouchers of it', async () => {
  await hutong('merchant', 'create', '--name', '茶铺');
  const terms = campaignOf({
    kind: 'voucher',
    value: { kind: 'flat', off: '5.00' },
    limits: { count: { campaign: 3 } },
  });
  const path = await fileOf('spring.json', terms);
  const [published] = await json('offer', 'publish', path);
  expect(published).toMatchObject({ state: 'published', version: 1, created_by: 'command line' });
  const id = String(published?.['id']);
  const [everybodys] = await json('offer', 'publish', path, '--everybody', '--reason', 'for all');
  expect(everybodys).toMatchObject({ merchant_id: null });
  await hutong('offer', 'stop', String(everybodys?.['id']));
  expect((await json('offer', 'list', '--state', 'published')).map((each) => each['id'])).toEqual([id]);

  const more = await fileOf('more.json', { ...terms, limits: { count: { campaign: 9 } } });
  expect(await json('offer', 'change', id, more, '--reason', 'a larger budget')).toMatchObject([{ version: 2 }]);
  const vouchers = await json('offer', 'vouchers', id, '--count', '2', '--until', '2026-12-31');
  expect(vouchers).toMatchObject([{ valid_until: '2026-12-31T16:00:00.000Z' }, {}]);
  const listed = await hutong('offer', 'vouchers', id);
  expect(listed.out.join('\n')).not.toContain(String(vouchers[0]?.['code']));
  const shown = await hutong('offer', 'show', id);
  const text = shown.out.join('\n');
  for (const said of ['A voucher', 'count/campaign', 'a larger budget', 'vouchers_issued (2)'])
    expect(text).toContain(said);
  expect(await json('offer', 'stop', id)).toMatchObject([{ state: 'stopped' }]);
  expect(await json('offer', 'resume', id)).toMatchObject([{ state: 'published' }]);
});

test('a file that cannot be published is told line by line, and nothing is published', async () => {
  const before = await json('offer', 'list');
  const path = await fileOf('wrong.json', campaignOf({ off: '5' }));
  const { code, notes } = await hutong('offer', 'publish', path);
  expect(code).toBe(1);
  expect(notes.join('\n')).toContain('hutong offer check');
  expect(notes.join('\n')).toMatch(/wrong\.json:\d+:\d+ /);
  expect(await json('offer', 'list')).toEqual(before);
});

test('a quote says what an order costs with each wallet of the shop', async () => {
  const { out } = await hutong('offer', 'quote', '--amount', '128.00');
  expect(out).toEqual(['The shop takes no such wallet.']);
  const { code, notes } = await hutong('offer', 'quote', '--amount', '128.00', '--wallets', 'alipay');
  expect(code).toBe(2);
  expect(notes.join('\n')).toContain('the shop takes no alipay');
});

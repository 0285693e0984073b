import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { commands } from '../src/cli/commands.ts';
import { commandLine } from '../src/cli/test-line.ts';
import { startUnionpaySandbox } from '../src/sandbox/wallets/unionpay/unionpay.ts';
import { freshDatabase } from './database.ts';
import { temporaryDir } from './server.ts';

const folder = await temporaryDir('cli');
const { dir } = folder;
const { url } = await freshDatabase();
const { hutong, json } = commandLine(dir, url);
const unionpay = await startUnionpaySandbox({
  port: 0,
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  dataDir: null,
});
afterAll(async () => {
  await unionpay.stop();
  await folder.remove();
});

describe('help', () => {
  test('names every command', async () => {
    for (const args of [[], ['--help'], ['help']]) {
      const { code, out } = await hutong(...args);
      expect(code).toBe(0);
      for (const command of commands) expect(out.join('\n')).toContain(`${command.name} `);
    }
  });

  test.each(commands.map((command) => command.name))('of %s has usage, options and an example', async (name) => {
    for (const args of [
      [...name.split(' '), '--help'],
      ['help', ...name.split(' ')],
    ]) {
      const { code, out } = await hutong(...args);
      const text = out.join('\n');
      expect(code).toBe(0);
      expect(text).toContain(`Usage: hutong ${name}`);
      expect(text).toMatch(/Examples?:\n {2}.*hutong /);
      const command = commands.find((candidate) => candidate.name === name);
      for (const option of Object.keys(command?.options ?? {})) expect(text).toContain(`--${option}`);
      expect(text.includes('--json')).toBe(command?.json);
    }
  });

  test('of a group lists its commands', async () => {
    const { code, out } = await hutong('ledger', '--help');
    expect(code).toBe(0);
    expect(out.join('\n')).toMatch(/ledger verify.*\n.*ledger export.*\n.*ledger accounts/);
  });
});

describe('a line that is wrong is told in one line with exit code 2', () => {
  test.each([
    ['strat', 'There is no command "strat": did you mean hutong start?'],
    ['merchnat list', 'There is no command "merchnat": did you mean hutong merchant list?'],
    ['merchant creat', 'hutong merchant creat: did you mean hutong merchant create?'],
    ['ledger', 'hutong ledger: choose verify, export, accounts'],
    ['xyzzy', 'There is no command "xyzzy": hutong --help lists them all'],
    ['merchant create', 'hutong merchant create: --name is missing'],
    ['merchant create --name=', 'hutong merchant create: --name is empty'],
    ['payment show', 'hutong payment show: <payment-id> is missing'],
    ['payment show a b', 'hutong payment show: what is "b"?'],
    ['payment list --limit many', '--limit is a whole number from 1 to 1000'],
    ['key create --days 0', '--days is a whole number from 1 to 3650'],
  ])('hutong %s', async (line, complaint) => {
    expect(await hutong(...line.split(' '))).toEqual({ code: 2, out: [], notes: [complaint] });
  });

  test('an option that is not known', async () => {
    const { code, notes } = await hutong('version', '--colour');
    expect(code).toBe(2);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain("hutong version: Unknown option '--colour'");
  });
});

test('version', async () => {
  expect(await hutong('--version')).toMatchObject({ code: 0, out: ['hutong 1.2.3'] });
  expect(await json('version')).toMatchObject([{ version: '1.2.3' }]);
});

test('a shop is opened by the command line: merchant, key, wallet account, webhook', async () => {
  expect(await hutong('key', 'create')).toMatchObject({
    code: 1,
    notes: ['There is no merchant yet: hutong merchant create --name <name>'],
  });
  const [merchant] = await json('merchant', 'create', '--name', '胡同茶铺');
  expect(merchant).toMatchObject({ name: '胡同茶铺', livemode: false });
  expect(await json('merchant', 'list')).toEqual([merchant]);
  expect((await hutong('merchant', 'list')).out[1]).toContain('胡同茶铺');

  const [key] = await json('key', 'create', '--label', 'shop', '--scopes', 'read,payments', '--days', '90');
  expect(key?.['key']).toMatch(/^hk_test_/);
  expect(key).toMatchObject({ scopes: ['read', 'payments'], revoked_at: null, merchant_id: merchant?.['id'] });
  const [listed] = await json('key', 'list');
  expect(listed).not.toHaveProperty('key');
  expect(await json('key', 'revoke', String(listed?.['id']))).toEqual([{ id: listed?.['id'], revoked: true }]);
  expect((await json('key', 'list'))[0]?.['revoked_at']).not.toBeNull();
  expect(await hutong('key', 'revoke', String(listed?.['id']))).toMatchObject({ code: 1 });
  const unknown = await hutong('key', 'create', '--scopes', 'everything');
  expect(unknown.notes[0]).toContain('scopes: scopes are some of: read');

  const file = join(dir, 'unionpay.json');
  await writeFile(file, JSON.stringify(unionpay.merchantSettings));
  const [account] = await json('wallet', 'add', 'unionpay', file, '--label', 'main');
  expect(account).toMatchObject({ wallet: 'unionpay', merchant_no: unionpay.merchantSettings.mer_id, label: 'main' });
  expect(await json('wallet', 'list')).toEqual([account]);
  expect((await hutong('wallet', 'add', 'unionpay', file)).notes.slice(-1)).toEqual([
    'this number at the wallet is registered already (wallet_account_taken)',
  ]);

  const [endpoint] = await json('webhook', 'add', 'http://127.0.0.1:9999/webhooks', '--events', 'payment.succeeded');
  expect(endpoint).toMatchObject({ event_types: ['payment.succeeded'], state: 'enabled' });
  expect(endpoint?.['secret']).toMatch(/^whsec_/);
  const [shown] = await json('webhook', 'list');
  expect(shown).not.toHaveProperty('secret');

  expect(await json('payment', 'list')).toEqual([]);
  expect((await hutong('payment', 'list')).out).toEqual(['There is no such payment.']);
  expect((await hutong('payment', 'show', 'pay_1')).notes).toEqual(['there is no such thing (not_found)']);
  expect((await hutong('refund', 'show', 'rf_01M83FFD6R000RJWZ6HDDAAVR0')).notes[0]).toMatch(/not_found/);
  expect((await hutong('alerts')).out).toEqual(['Nothing to look at.']);

  expect(await json('ledger', 'verify')).toMatchObject([{ ok: true, books: [{ book: 1 }] }]);
  expect((await hutong('ledger', 'verify')).out[0]).toMatch(/^Book 1: \d+ rows, \d+ accounts, every balance/);
  expect((await hutong('ledger', 'accounts')).out).toEqual(['Nothing has been posted yet.']);
  const exported = await hutong('ledger', 'export');
  expect(JSON.parse(exported.out[0] ?? '')).toMatchObject({ kind: 'export' });

  await json('merchant', 'create', '--name', 'Second', '--live');
  expect(await hutong('key', 'list')).toMatchObject({ code: 2 });
  expect(await json('key', 'list', '--merchant', String(merchant?.['id']))).toHaveLength(1);
  expect((await hutong('key', 'list', '--merchant', 'mer_1')).notes[0]).toContain('There is no merchant mer_1');
});

test('a file of wallet settings that cannot be used is told without a piece of it', async () => {
  await writeFile(join(dir, 'broken.json'), '{ "pfx_password": "geheim", }');
  const broken = await hutong('wallet', 'add', 'unionpay', join(dir, 'broken.json'));
  expect(broken).toMatchObject({ code: 1, out: [] });
  expect(broken.notes.join()).toMatch(/is not JSON/);
  expect(broken.notes.join()).not.toContain('geheim');
  expect((await hutong('wallet', 'add', 'unionpay', join(dir, 'none.json'))).notes[0]).toContain('no such file');
});

test('the database is brought up to date once, and its shape can be printed', async () => {
  expect((await hutong('db', 'migrate')).out).toEqual(['The database is up to date.']);
  expect((await hutong('db', 'schema')).out.join()).toContain('create table payments (');
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SettingError } from '../src/setting.ts';
import { readWalletSettings } from '../src/wallet-settings.ts';

/* What the wallet refuses to start with; it names the setting and never its value. */

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'wallet-settings-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const KEY = '5A17C3E09B64D2F8813E76A9C45B0F2D';
const SMS = `whsec_${Buffer.from('f3a95c7e10b84d6692e0d17c5ab83f4e', 'hex').toString('base64')}`;
const SMS_RIGHT = `whsec_${Buffer.from('f3a95c7e10b84d6692e0d17c5ab83f4e2b61c80d9a7f35e4', 'hex').toString('base64')}`;
const LIVE = {
  HUTONG_WALLET_URL: 'https://wallet.example',
  HUTONG_BANK_ADDRESS: 'switch.example:5000, [2001:db8::1]:5001',
  HUTONG_BANK_INSTITUTION: '01020000',
  HUTONG_BANK_TRANSPORT_KEY: KEY,
  HUTONG_BANK_FILES_URL: 'https://files.example/days',
  HUTONG_SMS_URL: 'https://sms.example/send',
  HUTONG_SMS_SECRET: SMS_RIGHT,
};

test('a live wallet with all of it is read, and its secrets do not print', () => {
  const settings = readWalletSettings(LIVE, 'live');
  expect(settings.bank?.addresses).toEqual([
    { host: 'switch.example', port: 5000 },
    { host: '2001:db8::1', port: 5001 },
  ]);
  expect(settings.bank?.transportKey.reveal()).toBe(KEY);
  const shown = JSON.stringify(settings) + String(settings.bank?.transportKey);
  expect(shown).not.toContain(KEY);
  expect(shown).not.toContain(SMS_RIGHT);
});

test('without a bank there is none, whatever the mode', () => {
  expect(readWalletSettings({}, 'live')).toMatchObject({ bank: null, sms: null, url: null });
});

describe('a live wallet is refused', () => {
  test.each([
    ['without an address of its own', { HUTONG_WALLET_URL: '' }, 'HUTONG_WALLET_URL is required'],
    ['over plain http', { HUTONG_WALLET_URL: 'http://wallet.example' }, 'HUTONG_WALLET_URL is not an https address'],
    ['below a path', { HUTONG_WALLET_URL: 'https://wallet.example/app' }, 'HUTONG_WALLET_URL is not an https'],
    ['without messages', { HUTONG_SMS_URL: '', HUTONG_SMS_SECRET: '' }, 'HUTONG_SMS_URL is required'],
    ['whose messages go over plain http', { HUTONG_SMS_URL: 'http://sms.example' }, 'HUTONG_SMS_URL is not an https'],
    ['with a name in an address', { HUTONG_SMS_URL: 'https://me@sms.example' }, 'HUTONG_SMS_URL is not an https'],
    ['without a secret for messages', { HUTONG_SMS_SECRET: '' }, 'HUTONG_SMS_SECRET is not whsec_'],
    ['with a short one', { HUTONG_SMS_SECRET: SMS }, 'HUTONG_SMS_SECRET is not whsec_ and 24 bytes'],
    ['with one of zeros', { HUTONG_SMS_SECRET: `whsec_${'A'.repeat(44)}` }, 'HUTONG_SMS_SECRET is easy to guess'],
    ['with one from an example', { HUTONG_SMS_SECRET: exampleSecret() }, 'HUTONG_SMS_SECRET is easy to guess'],
    ['without a transport key', { HUTONG_BANK_TRANSPORT_KEY: '' }, 'HUTONG_BANK_TRANSPORT_KEY is not 32 hex'],
    ['with a short key', { HUTONG_BANK_TRANSPORT_KEY: KEY.slice(2) }, 'HUTONG_BANK_TRANSPORT_KEY is not 32 hex'],
    ['with a key of one byte', { HUTONG_BANK_TRANSPORT_KEY: '11'.repeat(16) }, 'is easy to guess'],
    [
      'with a key that counts up',
      { HUTONG_BANK_TRANSPORT_KEY: '0123456789ABCDEFFEDCBA9876543210' },
      'is easy to guess',
    ],
    ['with a key of twice the same half', { HUTONG_BANK_TRANSPORT_KEY: KEY.slice(0, 16).repeat(2) }, 'easy to guess'],
    [
      'with halves that differ in bits that do not count',
      { HUTONG_BANK_TRANSPORT_KEY: `${KEY.slice(0, 16)}5B16C2E19A65D3F9` },
      'is easy to guess',
    ],
    ['without the switch', { HUTONG_BANK_ADDRESS: '' }, 'HUTONG_BANK_ADDRESS is required'],
    ['with an address that is none', { HUTONG_BANK_ADDRESS: 'switch/../:1' }, 'HUTONG_BANK_ADDRESS is not a list'],
    ['with an institution that is none', { HUTONG_BANK_INSTITUTION: '0102' }, 'HUTONG_BANK_INSTITUTION is not'],
    ['whose files come over plain http', { HUTONG_BANK_FILES_URL: 'http://files.example' }, 'HUTONG_BANK_FILES_URL is'],
    ['whose files are on a disk', { HUTONG_BANK_FILES_URL: 'file:///etc' }, 'HUTONG_BANK_FILES_URL is not an https'],
  ])('%s', (_what, changed, complaint) => {
    const line = refusalOf({ ...LIVE, ...changed });
    expect(line).toContain(complaint);
    for (const value of Object.values<string>(changed)) if (value.length > 4) expect(line).not.toContain(value);
  });

  test('with a key in a file that others may read', () => {
    const path = join(dir, 'key');
    writeFileSync(path, KEY, { mode: 0o644 });
    const env = { ...LIVE, HUTONG_BANK_TRANSPORT_KEY: '', HUTONG_BANK_TRANSPORT_KEY_FILE: path };
    expect(refusalOf(env)).toBe('HUTONG_BANK_TRANSPORT_KEY_FILE may be read by others: chmod 600');
  });
});

function exampleSecret(): string {
  return `whsec_${Buffer.from('this is an example: change it').toString('base64')}`;
}

function refusalOf(env: Readonly<Record<string, string>>): string {
  try {
    readWalletSettings(env, 'live');
  } catch (error) {
    if (error instanceof SettingError) return error.message;
    throw error;
  }
  return 'was not refused';
}

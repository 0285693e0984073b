import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { temporaryDir } from '../../test/server.ts';
import { systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { commandLine } from './test-line.ts';

const folder = await temporaryDir('wallet-shop-cli');
const { url } = await freshDatabase();
const { hutong, json, typed } = commandLine(folder.dir, url);
const live = commandLine(folder.dir, url, systemClock, {
  HUTONG_MODE: 'live',
  HUTONG_PUBLIC_URL: 'https://pay.shop.example',
  HUTONG_MASTER_SECRET: systemRandom.bytes(32).toString('base64'),
});
afterAll(() => folder.remove());

const pair = generateKeyPairSync('ed25519');
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const x = pair.publicKey.export({ format: 'jwk' }).x ?? '';
const path = join(folder.dir, 'shop.pem');
const RIGHT = ['--name', '胡同茶铺', '--mcc', '5812', '--origin', 'https://shop.example', '--public-key', path];
const without = (option: string, ...more: string[]): string[] => {
  const at = RIGHT.indexOf(option);
  return [...RIGHT.slice(0, at), ...RIGHT.slice(at + 2), ...more];
};

let shop = '';
beforeAll(async () => {
  await writeFile(path, pem);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' });
  await writeFile(join(folder.dir, 'rsa.pem'), rsa);
  await writeFile(join(folder.dir, 'private.pem'), pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(join(folder.dir, 'zero.pem'), spkiOf(Buffer.alloc(32)));
});

test('a shop is taken in with the key that it signs with, and told its number', async () => {
  expect((await hutong('wallet-shop', 'list')).out).toEqual(['No shop takes Hutong Wallet yet.']);
  const ran = await hutong('wallet-shop', 'add', ...RIGHT, '--fee', '6');
  expect(ran.code, ran.notes.join()).toBe(0);
  const [row] = await json('wallet-shop', 'list');
  shop = String(row?.['merchant_no']);
  expect(row).toEqual({
    merchant_no: expect.stringMatching(/^H\d{14}$/),
    name: '胡同茶铺',
    mcc: '5812',
    state: 'active',
    fee_thousandths: 6,
    origins: ['https://shop.example'],
    keys: [{ key_id: 'k1', public_key: x }],
  });
  expect(ran.notes).toEqual([`The shop signs as ${shop}:k1; the wallet is at http://localhost:4730`]);
  expect(ran.out[1]).toMatch(/^H\d{14} +胡同茶铺 +5812 +active +6‰ +k1 +https:\/\/shop\.example$/);
});

test('its key may come by standard input, and the sandbox takes shops from anywhere', async () => {
  const ran = await typed(
    pem,
    'wallet-shop',
    'add',
    '--name',
    'Second',
    '--mcc',
    '5411',
    '--public-key',
    '-',
    '--json',
  );
  expect(ran.code, ran.notes.join()).toBe(0);
  expect(JSON.parse(ran.out[0] ?? '')).toMatchObject({ origins: [], fee_thousandths: 0, keys: [{ public_key: x }] });
});

test('it changes its key by way of two, and stops and starts', async () => {
  const second = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const added = await typed(second, 'wallet-shop', 'key', 'add', shop, '--key-id', 'k2', '--public-key', '-', '--json');
  expect(added.code, added.notes.join()).toBe(0);
  expect(JSON.parse(added.out[0] ?? '')).toMatchObject({ keys: [{ key_id: 'k1' }, { key_id: 'k2' }] });
  const third = await hutong('wallet-shop', 'key', 'add', shop, '--key-id', 'k3', '--public-key', path);
  expect([third.code, third.notes]).toEqual([1, ['key_id: a shop has at most 2 keys (invalid_request)']]);
  expect(await json('wallet-shop', 'key', 'revoke', shop, 'k1')).toMatchObject([{ keys: [{ key_id: 'k2' }] }]);
  const again = await hutong('wallet-shop', 'key', 'add', shop, '--key-id', 'k1', '--public-key', path);
  expect([again.code, again.notes]).toEqual([1, ['key_id: the key id was used before (invalid_request)']]);
  expect(await json('wallet-shop', 'stop', shop)).toMatchObject([{ state: 'stopped' }]);
  expect(await json('wallet-shop', 'start', shop)).toMatchObject([{ state: 'active' }]);
});

describe('what is wrong is told in one line, and no shop is taken in', () => {
  test.each([
    [without('--mcc', '--mcc', '58'), 1, 'mcc: is the four digits of a trade'],
    [without('--name', '--name', 'x'.repeat(81)), 1, 'name: has 1 to 80 letters'],
    [without('--name', '--name', '\u202e铺茶'), 1, 'name: has 1 to 80 letters'],
    [without('--origin', '--origin', 'https://shop.example/pay'), 1, 'origins: are addresses without a path'],
    [[...RIGHT, '--key-id', 'a key'], 1, 'key_id: has 1 to 32 letters'],
    [[...RIGHT, '--fee', '101'], 2, '--fee is a whole number from 0 to 100'],
    [without('--public-key', '--public-key', 'nowhere.pem'), 1, 'nowhere.pem cannot be read: there is no such file.'],
    [without('--public-key', '--public-key', 'DIR/private.pem'), 1, 'holds a private key, a public key is needed.'],
    [
      without('--public-key', '--public-key', 'DIR/rsa.pem'),
      1,
      'holds an RSA key of 2048 bits, an Ed25519 key is needed.',
    ],
    [
      without('--public-key', '--public-key', 'DIR/zero.pem'),
      1,
      'public_key: is of small order: anybody can sign under it',
    ],
    [without('--public-key'), 2, '--public-key is missing'],
  ])('%j', async (args, code, words) => {
    const count = (await json('wallet-shop', 'list')).length;
    const ran = await hutong('wallet-shop', 'add', ...args.map((word) => word.replace('DIR', folder.dir)));
    expect([ran.code, ran.out, ran.notes.length]).toEqual([code, [], 1]);
    expect(ran.notes[0]).toContain(words);
    expect(await json('wallet-shop', 'list')).toHaveLength(count);
  });

  test.each([[without('--origin')], [without('--origin', '--origin', 'http://shop.example')]])(
    'in live mode: %j',
    async (args) => {
      const ran = await live.hutong('wallet-shop', 'add', ...args);
      expect([ran.code, ran.notes]).toEqual([1, [expect.stringContaining('https in live mode, one at least')]]);
    },
  );

  test.each([
    [['wallet-shop', 'stop', 'H1'], 1, 'there is no such shop (not_found)'],
    [['wallet-shop', 'key', 'revoke', 'SHOP', 'k9'], 1, 'there is no such key (not_found)'],
    [['wallet-shop', 'key'], 2, 'hutong wallet-shop key: choose add, revoke'],
    [['wallet-shop', 'key', 'ad'], 2, 'hutong wallet-shop key ad: did you mean hutong wallet-shop key add?'],
    [['wallet-shop', 'kye', 'add'], 2, 'hutong wallet-shop kye: did you mean hutong wallet-shop key?'],
  ])('%j', async (args, code, words) => {
    const ran = await hutong(...args.map((word) => (word === 'SHOP' ? shop : word)));
    expect([ran.code, ran.out, ran.notes]).toEqual([code, [], [words]]);
  });
});

/** RFC 8410: an Ed25519 key in a SubjectPublicKeyInfo. */
function spkiOf(raw: Buffer): string {
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  return `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { temporaryDir } from '../../test/server.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { startUnionpaySandbox } from '../sandbox/wallets/unionpay/unionpay.ts';
import { startWechatpaySandbox } from '../sandbox/wallets/wechatpay/wechatpay.ts';
import { commandLine } from './test-line.ts';
import { makePfx, makeTestMerchant } from './wallet-add/test-merchant.ts';
import { WALLET_FORMS } from './wallet-add/wallet-forms.ts';
import { walletRotateCommand } from './wallet-rotate.ts';

const folder = await temporaryDir('wallet-rotate');
const { url } = await freshDatabase();
const { hutong, json, asked } = commandLine(folder.dir, url);
const simulator = { port: 0, clock: systemClock, random: systemRandom, log: silentLog, dataDir: null };
const wechatpay = await startWechatpaySandbox(simulator);
const unionpay = await startUnionpaySandbox(simulator);
const files = await makeTestMerchant(join(folder.dir, 'files'));
afterAll(async () => {
  await Promise.all([wechatpay.stop(), unionpay.stop()]);
  await folder.remove();
});

type Settings = Record<string, string | undefined>;
const [byCertificates = wechatpay.merchantSettings, byPublicKey = wechatpay.merchantSettings] =
  wechatpay.extraMerchants;

async function put(name: string, settings: Settings): Promise<string> {
  const path = join(folder.dir, name);
  await writeFile(path, JSON.stringify(settings));
  return path;
}

/** Without anything of WeChat Pay's own. */
function bare(settings: Settings): Settings {
  const platform = ['platform_public_key_id', 'platform_public_key_pem', 'platform_certificates_pem'];
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !platform.includes(name)));
}

const [shop] = await json('merchant', 'create', '--name', '胡同茶铺');
const [account] = await json('wallet', 'add', 'unionpay', await put('unionpay.json', { ...unionpay.merchantSettings }));
const accountId = String(account?.['id']);

describe('WeChat Pay without its public key and certificates', () => {
  test('its certificates are fetched, told, and used', async () => {
    const path = await put('bare.json', bare({ ...byCertificates }));
    const { code, notes } = await hutong('wallet', 'add', 'wechatpay', path);
    expect([code, notes]).toEqual([
      0,
      expect.arrayContaining([
        expect.stringMatching(
          /^✓ platform_certificates_pem: fetched 2 platform certificates, valid to 20\d\d-\d\d-\d\d$/,
        ),
        expect.stringMatching(/^✓ test account/),
      ]),
    ]);
  });

  test('a merchant who has a public key there is told to use it', async () => {
    const { code, notes } = await hutong(
      'wallet',
      'add',
      'wechatpay',
      await put('alone.json', bare({ ...byPublicKey })),
    );
    expect(code).toBe(1);
    const wrong = notes.filter((line) => line.startsWith('✗'));
    expect(wrong).toEqual([
      expect.stringMatching(/^✗ platform_public_key_pem: is missing.*RESOURCE_NOT_EXISTS.*--platform-public-key-id/),
    ]);
    expect(notes.at(-1)).toBe('Nothing was registered: one thing is wrong.');
  });

  test.each<[string, Settings, RegExp]>([
    ['the APIv3 key is another', { api_v3_key: 'q7Jm2ZtXc9LpR4vB8nKd3WsY6hGf1TaE' }, /api_v3_key is not the one/],
    [
      'the private key is another',
      { merchant_private_key_pem: files.own.privateKey, merchant_certificate_pem: undefined },
      /refuses the signature .*SIGN_ERROR/,
    ],
    [
      'nobody is there',
      { api_url: 'http://127.0.0.1:9', app_secret: undefined },
      /could not be fetched.*--platform-certs/,
    ],
  ])('%s: it is said what to do', async (_name, changed, why) => {
    const path = await put('wrong.json', { ...bare({ ...byCertificates }), ...changed });
    const { code, notes } = await hutong('wallet', 'add', 'wechatpay', path);
    expect(code).toBe(1);
    expect(notes.filter((line) => line.startsWith('✗'))).toEqual([expect.stringMatching(why)]);
  });

  test('nothing is asked of WeChat Pay while the settings are wrong themselves', async () => {
    const path = await put('short.json', { ...bare({ ...byCertificates }), api_v3_key: 'short' });
    const { notes } = await hutong('wallet', 'add', 'wechatpay', path);
    expect(notes.filter((line) => line.startsWith('✗'))).toEqual(['✗ api_v3_key: 5 characters, 32 are needed']);
  });
});

describe('wallet rotate', () => {
  test('checks and reports as wallet add does, and says how long the old keys are still read', async () => {
    const path = await put('again.json', { ...unionpay.merchantSettings });
    const { code, out, notes } = await hutong('wallet', 'rotate', accountId, path, '--overlap-hours', '2');
    expect([code, out[1]]).toEqual([0, expect.stringContaining(accountId)]);
    expect(notes).toEqual(
      expect.arrayContaining([
        '✓ mer_id: 15 characters',
        'Calls are made with the new settings from now on.',
        expect.stringMatching(/^What the wallet sends under the old ones is read until 20.*Z\.$/),
      ]),
    );
    const { pfx_base64: pfx, pfx_password: password } = unionpay.merchantSettings;
    for (const secret of [pfx.slice(0, 64), password]) expect([...out, ...notes].join('\n')).not.toContain(secret);
    expect(await json('wallet', 'rotate', accountId, path, '--overlap-hours', '0')).toMatchObject([{ id: accountId }]);
  });

  test('asks at a terminal for every setting, as wallet add does, and tells no secret', async () => {
    const { pfx_base64: pfx, pfx_password: password, ...rest } = unionpay.merchantSettings;
    const answers = [
      rest.mer_id,
      await files.put('m.pfx', Buffer.from(pfx, 'base64')),
      password,
      await files.put('root.cer', rest.root_certificate_pem),
      await files.put('middle.cer', rest.middle_certificate_pem),
    ];
    const { code, out, notes } = await asked(answers, 'wallet', 'rotate', accountId);
    // Nobody is asked for addresses, so these are live settings: the check knows.
    expect([code, notes]).toEqual([
      1,
      expect.arrayContaining([
        expect.stringMatching(/^✓ pfx_base64: the password opens it/),
        expect.stringMatching(/^✗ these settings are of a live account/),
      ]),
    ]);
    expect([...out, ...notes].join('\n')).not.toContain(password);
    // Kept: the addresses stay, Enter keeps the number, a pfx with its password is given, the rest is kept.
    const kept = await asked(['', answers[1] ?? '', password], 'wallet', 'rotate', accountId, '--keep');
    expect([kept.code, kept.notes]).toEqual([
      0,
      expect.arrayContaining([
        '云闪付: Enter keeps a setting as it is; files are told by their paths.',
        expect.stringMatching(/^✓ pfx_base64: the password opens it/),
        expect.stringMatching(/^✓ test account/),
      ]),
    ]);
  });

  test('with --keep, what is not given stays', async () => {
    const args = ['--keep', '--scenes', 'web,qr'];
    const { code, notes } = await hutong('wallet', 'rotate', accountId, ...args);
    expect([code, notes]).toEqual([
      0,
      expect.arrayContaining([expect.stringMatching(/^✓ test account .*\(web, qr\)$/)]),
    ]);
    const again = await hutong('wallet', 'rotate', accountId, '--keep', '--mer-id', String(account?.['merchant_no']));
    expect(again.notes).toContainEqual(expect.stringMatching(/^✓ test account .*\(web, qr\)$/)); // the new ones are kept
    const nothing = await hutong('wallet', 'rotate', accountId, '--keep');
    expect(nothing).toMatchObject({ code: 2, notes: ['--keep keeps what is not given: give what is new.'] });
  });

  test('a p12 takes the place of key and certificate, opened by the number that is kept', async () => {
    const [wechat] = (await json('wallet', 'list')).filter(({ wallet }) => wallet === 'wechatpay');
    const { merchant_private_key_pem: key, merchant_certificate_pem: certificate, mchid } = byCertificates;
    const p12 = await files.put('apiclient_cert.p12', makePfx(key, certificate, mchid));
    const { code, notes } = await hutong('wallet', 'rotate', String(wechat?.['id']), '--keep', '--p12', p12);
    expect([code, notes.filter((line) => line.startsWith('✗'))]).toEqual([0, []]);
    expect(notes).toContain('✓ merchant_certificate_pem: the private key belongs to it');
    expect(notes.join('\n')).not.toMatch(/fetched/); // the certificates are there, and kept
    const other = await files.put('other.p12', makePfx(files.own.privateKey, files.certificate, mchid));
    const refused = await hutong('wallet', 'rotate', String(wechat?.['id']), '--keep', '--p12', other);
    expect([refused.code, refused.notes]).toEqual([
      1,
      expect.arrayContaining([expect.stringMatching(/^✗ merchant_serial_no: is not the serial number/)]),
    ]);
  });

  test.each<[string, () => Promise<string[]>, RegExp]>([
    [
      'another merchant’s settings',
      () => changed({ mer_id: '777290058110049' }),
      /^✗ these settings are of 777290058110049, and wa_\w+ is \d{15}: another account is added/,
    ],
    [
      'live settings for a test account',
      () => changed({ gateway_url: undefined, file_url: undefined, user_auth_url: undefined }),
      /^✗ these settings are of a live account, and wa_\w+ is a test one/,
    ],
    ['a file without settings', () => changed({ pfx_base64: 'AAAA' }), /^✗ pfx_base64: is not a readable pfx file/],
  ])('%s: refused, and nothing is changed', async (_name, args, line) => {
    const before = await json('wallet', 'list');
    const { code, notes } = await hutong('wallet', 'rotate', accountId, ...(await args()));
    expect([code, notes.at(-1)]).toEqual([1, 'Nothing was changed: one thing is wrong.']);
    expect(notes.filter((note) => note.startsWith('✗'))).toEqual([expect.stringMatching(line)]);
    expect(await json('wallet', 'list')).toEqual(before);
  });

  async function changed(settings: Settings): Promise<string[]> {
    return [await put('changed.json', { ...unionpay.merchantSettings, ...settings })];
  }

  test('another wallet’s option is told', async () => {
    const { code, notes } = await hutong('wallet', 'rotate', accountId, '--mchid', '1900000109');
    expect([code, notes]).toEqual([
      2,
      [expect.stringMatching(/^--mchid is not for wa_.*at 云闪付: hutong wallet add unionpay/)],
    ]);
  });

  test.each(['wa_1', 'pay_01M83FFD6R000RJWZ6HDDAAVR0', 'wa_01M83FFD6R000RJWZ6HDDAAVR0'])(
    'there is no account %s',
    async (id) => {
      const missing = { code: 1, notes: [`There is no wallet account "${id}": hutong wallet list shows them all.`] };
      expect(await hutong('wallet', 'rotate', id, 'any.json')).toMatchObject(missing);
      expect(await hutong('wallet', 'disable', id)).toMatchObject(missing);
    },
  );

  test('no wallet has an option of the names that rotate itself has', () => {
    const own = [...Object.keys(walletRotateCommand.options ?? {}), 'json', 'help'];
    const theirs = Object.values(WALLET_FORMS).flatMap((form) => form.rows.map((row) => row.option));
    expect(theirs.filter((option) => own.includes(option))).toEqual([]);
  });
});

describe('an account that is there', () => {
  test('is switched off and on, and named anew', async () => {
    expect(await json('wallet', 'disable', accountId)).toMatchObject([{ id: accountId, enabled: false }]);
    expect(await json('wallet', 'enable', accountId)).toMatchObject([{ enabled: true }]);
    expect(await json('wallet', 'rename', accountId, '二号收银台')).toMatchObject([
      { label: '二号收银台', enabled: true },
    ]);
    expect(await json('wallet', 'rename', accountId, '')).toMatchObject([{ label: '' }]);
    expect((await hutong('wallet', 'rename', accountId, 'x'.repeat(81))).notes).toEqual([
      'a label has at most 80 characters',
    ]);
  });
});

test('test settings are not registered for a live merchant', async () => {
  const [live] = await json('merchant', 'create', '--name', 'Live', '--live');
  const path = await put('unionpay.json', { ...unionpay.merchantSettings });
  const { code, notes } = await hutong('wallet', 'add', 'unionpay', path, '--merchant', String(live?.['id']));
  expect([code, notes.at(-1)]).toEqual([
    1,
    expect.stringMatching(/^Nothing was registered: mer_\w+ \(Live\) is a live merchant and .* of a test account/),
  ]);
  expect(shop?.['livemode']).toBe(false);
});

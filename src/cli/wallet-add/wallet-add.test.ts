import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { rootDir } from '../../base/root.ts';
import type { WalletName } from '../../wallets/wallet.ts';
import { gather, V3_KEY, wechatpayOptions } from './test-gather.ts';
import { makePfx, makeTestMerchant, type TestMerchant, toDer } from './test-merchant.ts';
import { WALLET_FORMS } from './wallet-forms.ts';

const dir = await mkdtemp(join(tmpdir(), 'hutong-wallet-add-'));
afterAll(() => rm(dir, { recursive: true, force: true }));
const merchant = await makeTestMerchant(join(dir, 'files'));
const put: TestMerchant['put'] = (...file) => merchant.put(...file);
const { files, base: WECHAT, v3: V3, platform: PLATFORM, replaced } = await wechatpayOptions(merchant);

describe('every wallet', () => {
  test.each(Object.keys(WALLET_FORMS) as WalletName[])('%s: has a row for each setting of its connector', (name) => {
    const folder = name === 'meituanpay' || name === 'hutongwallet' ? 'open' : name;
    const text = readFileSync(join(rootDir, 'src', 'wallets', folder, 'config.ts'), 'utf8');
    const list = /const (?:TEXT_)?SETTINGS = \[([^\]]+)\]/.exec(text)?.[1] ?? '';
    const known = [...list.matchAll(/'([a-z0-9_]+)'/g)].map(([, setting]) => setting);
    const rows = WALLET_FORMS[name].rows.map((row) => row.setting).filter((setting) => setting !== '');
    expect(known.length).toBeGreaterThan(3);
    expect(rows.filter((setting) => setting !== 'check_signer_name').sort((x, y) => (x < y ? -1 : 1))).toEqual(
      known.sort((x = '', y = '') => (x < y ? -1 : 1)),
    );
  });

  test('options have names of their own, and no secret stands on the command line', () => {
    for (const form of Object.values(WALLET_FORMS)) {
      const options = form.rows.map((row) => row.option);
      expect(new Set([...options, 'merchant', 'label', 'json', 'help']).size).toBe(options.length + 4);
      for (const row of form.rows)
        if (/private_key|secret|password|des_key|md5_key|api_v3_key|secure_key|pfx/.test(row.setting))
          expect([row.setting, row.from]).toEqual([row.setting, 'secret_file']);
    }
  });
});

describe('WeChat Pay from its files', () => {
  test('everything fits, and every check says so', async () => {
    const { lines, isGood, settings, warnings } = await gather('wechatpay', [...WECHAT, ...V3, ...PLATFORM]);
    expect(lines).toEqual([
      '✓ merchant_private_key_pem: an RSA key of 2048 bits',
      '✓ merchant_certificate_pem: certificate 5157F09EFDC096, valid until 2031-01-01',
      '✓ api_v3_key: 32 characters',
      '✓ platform_public_key_pem: an RSA key of 2048 bits',
      '✓ merchant_certificate_pem: the private key belongs to it',
      expect.stringMatching(/^✓ live account 1900000109 \(.*qr.*\)$/),
    ]);
    expect([isGood, warnings, settings.get('api_v3_key')]).toEqual([true, [], V3_KEY]);
  });

  test('a p12 in place of key and certificate, opened by the merchant’s number', async () => {
    const p12 = await put('apiclient_cert.p12', makePfx(merchant.own.privateKey, merchant.certificate, '1900000109'));
    const args = ['--p12', p12, '--mchid', '1900000109', '--appid', 'wxd678efh567hg6787', ...V3, ...PLATFORM];
    expect(await gather('wechatpay', args)).toMatchObject({ isGood: true });
    args[args.indexOf('1900000109')] = '1900000110';
    await expect(gather('wechatpay', args)).rejects.toThrow('mchid is not its password');
    await expect(gather('wechatpay', [...args, '--key', files.key])).rejects.toThrow('give it alone');
  });

  test('the APIv3 key by standard input', async () => {
    const args = [...WECHAT, '--api-v3-key-file', '-', ...PLATFORM];
    expect(await gather('wechatpay', args, { stdin: `${V3_KEY}\n` })).toMatchObject({ isGood: true });
    await expect(gather('wechatpay', [...args, '--app-secret-file', '-'])).rejects.toThrow('one setting only');
  });

  test.each<[string, () => Promise<string[]>, string]>([
    [
      '31 characters',
      async () => replaced('--api-v3-key-file', await put('short.txt', V3_KEY.slice(1))),
      '✗ api_v3_key: 31 characters, 32 are needed',
    ],
    [
      'another key',
      async () => replaced('--key', await put('other.pem', merchant.other.privateKey)),
      '✗ merchant_certificate_pem: does not belong to the private key (merchant_private_key_pem)',
    ],
    [
      'a certificate in the key’s place',
      async () => replaced('--key', files.cert),
      '✗ merchant_private_key_pem: holds a certificate, a private key is needed',
    ],
    [
      'a key in the certificate’s place',
      async () => replaced('--cert', files.key),
      '✗ merchant_certificate_pem: holds a key, a certificate is needed',
    ],
    [
      'a sealed key',
      async () =>
        replaced(
          '--key',
          await put(
            'sealed.pem',
            createPrivateKey(merchant.own.privateKey)
              .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
              .toString(),
          ),
        ),
      '✗ merchant_private_key_pem: is sealed with a password: take it off with openssl pkey first',
    ],
    [
      'one’s own public key as WeChat Pay’s',
      async () => replaced('--platform-public-key', await put('own.pem', merchant.own.publicKey)),
      '✗ platform_public_key_pem: is your own: it must be 微信支付’s',
    ],
    [
      'a private key as WeChat Pay’s',
      async () => replaced('--platform-public-key', files.key),
      '✗ platform_public_key_pem: holds a private key, a public key is needed',
    ],
    [
      'a certificate as WeChat Pay’s key',
      async () => replaced('--platform-public-key', files.cert),
      '✗ platform_public_key_pem: holds a certificate, a public key is needed',
    ],
    [
      'an expired certificate',
      async () => replaced('--cert', await put('expired.pem', merchant.expired)),
      '✗ merchant_certificate_pem: certificate 5157F09EFDC096 expired on 2025-01-01',
    ],
    [
      'a certificate of next year',
      async () => replaced('--cert', await put('early.pem', merchant.early)),
      '✗ merchant_certificate_pem: certificate 5157F09EFDC096 is valid only from 2027-01-01',
    ],
    [
      'a certificate that is no certificate',
      async () => replaced('--cert', await put('noise.pem', 'hello')),
      '✗ merchant_certificate_pem: holds no certificate',
    ],
    [
      'another serial number',
      async () => [...replaced('--mchid', '1900000109'), '--serial', '5157F09EFDC097'],
      '✗ merchant_serial_no: is not the serial number of the certificate, which is 5157F09EFDC096',
    ],
    ['a number with letters', async () => replaced('--mchid', 'abc'), '✗ The setting mchid must be 8 to 32 digits.'],
    [
      'no APIv3 key',
      async () => [...WECHAT, ...PLATFORM],
      '✗ api_v3_key: is missing (--api-v3-key-file: APIv3密钥, 32 characters)',
    ],
  ])('%s', async (_name, args, line) => {
    const { lines, isGood } = await gather('wechatpay', await args());
    expect(isGood).toBe(false);
    expect(lines).toContain(line);
    // One mistake, told once.
    expect(
      lines.filter((text) => text.startsWith('✗') && text.includes(line.split(':')[0]?.slice(2) ?? '')),
    ).toHaveLength(1);
  });

  test('a certificate that ends soon is told, and taken', async () => {
    const { lines, isGood } = await gather('wechatpay', replaced('--cert', await put('soon.pem', merchant.soon)));
    expect(isGood).toBe(true);
    expect(lines).toContain('! merchant_certificate_pem: certificate 5157F09EFDC096 expires in 7 days, on 2026-12-01');
  });

  test('an expired certificate of a test account is told, and taken', async () => {
    const args = [
      ...replaced('--cert', await put('expired.pem', merchant.expired)),
      '--api-url',
      'http://127.0.0.1:4711',
    ];
    const { lines, isGood } = await gather('wechatpay', args);
    expect(isGood).toBe(true);
    expect(lines).toContain('! merchant_certificate_pem: certificate 5157F09EFDC096 expired on 2025-01-01');
  });

  test('a bundle with one expired certificate is told, and taken', async () => {
    const bundle = await put('platform.pem', `${merchant.middle}${merchant.expired}`);
    const { lines } = await gather('wechatpay', [...replaced('--mchid', '1900000109'), '--platform-certs', bundle]);
    expect(lines).toContain('! platform_certificates_pem: certificate 5157F09EFDC096 expired on 2025-01-01');
  });

  test('a serial number in place of the certificate, in small letters too', async () => {
    const args = [...replaced('--cert', files.cert), '--serial', '5157f09efdc096'];
    expect((await gather('wechatpay', args)).lines).toContain(
      '✓ merchant_serial_no: is the serial number of the certificate',
    );
  });

  test('a key file that others can open is told', async () => {
    const open = await put('open.pem', merchant.own.privateKey, 0o644);
    expect((await gather('wechatpay', replaced('--key', open))).warnings).toEqual([
      expect.stringContaining('--key: other users of this machine can open that file'),
    ]);
  });
});

describe('UnionPay from its pfx', () => {
  const args = async (password = 'geheim123'): Promise<string[]> => {
    const pfx = makePfx(merchant.own.privateKey, merchant.certificate, 'geheim123');
    const given: [option: string, value: string][] = [
      ['--mer-id', '777290058110048'],
      ['--pfx', await put('m.pfx', pfx)],
      ['--pfx-password-file', await put('pfx.txt', `${password}\n`)],
      ['--root-cert', await put('root.cer', toDer(merchant.root))],
      ['--middle-cert', await put('middle.cer', merchant.middle)],
    ];
    return given.flat();
  };

  test('everything fits; a certificate in DER is taken as it is', async () => {
    const { lines, isGood, settings } = await gather('unionpay', await args());
    expect(lines.slice(0, -1)).toEqual([
      '✓ mer_id: 15 characters',
      '✓ pfx_base64: the password opens it; an RSA key of 2048 bits with its certificate',
      '✓ pfx_base64: certificate 5157F09EFDC096, valid until 2031-01-01',
      '✓ root_certificate_pem: certificate 5157F09EFDC096, valid until 2040-01-01',
      '✓ middle_certificate_pem: certificate 5157F09EFDC096, valid until 2040-01-01',
      '✓ root_certificate_pem: a root: it issued itself',
      '✓ middle_certificate_pem: issued by root_certificate_pem',
    ]);
    expect([isGood, settings.get('sign_method')]).toEqual([true, '01']);
  });

  test.each<[string, () => Promise<string[]>, string]>([
    ['a wrong password', () => args('geheim124'), '✗ pfx_base64: the password does not open it'],
    [
      'no password',
      async () => (await args()).filter((_, index) => index !== 4 && index !== 5),
      '✗ pfx_base64: needs its password',
    ],
    [
      'a pfx that is none',
      async () => (await args()).map((arg) => (arg.endsWith('m.pfx') ? files.key : arg)),
      '✗ pfx_base64: is not a readable pfx file',
    ],
    [
      'root and middle changed about',
      async () => {
        const all = await args();
        const [root, middle] = [all.indexOf('--root-cert'), all.indexOf('--middle-cert')];
        [all[root], all[middle]] = ['--middle-cert', '--root-cert'];
        return all;
      },
      '✗ root_certificate_pem: is not a root: it issued itself',
    ],
  ])('%s', async (_name, make, line) => {
    const { lines, isGood } = await gather('unionpay', await make());
    expect(lines).toContain(line);
    expect(isGood).toBe(false);
  });

  test('a shared key needs no certificates', async () => {
    const key = await put('shared.txt', 'k3J9-xQ7z-W2mN-81vB');
    const { isGood, lines } = await gather('unionpay', [
      '--mer-id',
      '777290058110048',
      '--sign-method',
      '11',
      '--secure-key-file',
      key,
    ]);
    expect([isGood, lines.filter((line) => line.startsWith('✗'))]).toEqual([true, []]);
  });
});

describe('Alipay in its two modes', () => {
  const bare = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s/g, '');
  const own = ['--app-id', '2021000000000001', '--seller-id', '2088000000000001'];

  test('key mode, with keys as the key tool writes them', async () => {
    const args = [
      ...own,
      '--key',
      await put('app.txt', bare(merchant.own.privateKey)),
      '--alipay-public-key',
      await put('ali.txt', bare(merchant.wallet.publicKey)),
    ];
    expect(await gather('alipay', args)).toMatchObject({ isGood: true });
  });

  test('one’s own public key as Alipay’s is found', async () => {
    const args = [
      ...own,
      '--key',
      files.key,
      '--alipay-public-key',
      await put('ali.txt', bare(merchant.own.publicKey)),
    ];
    expect((await gather('alipay', args)).lines).toContain('✗ alipay_public_key: is your own: it must be 支付宝’s');
  });
});

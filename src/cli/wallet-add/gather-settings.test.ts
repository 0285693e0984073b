import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { createQuestions } from '../questions.ts';
import { gather, V3_KEY, wechatpayOptions } from './test-gather.ts';
import { makePfx, makeTestMerchant, type TestMerchant } from './test-merchant.ts';

const dir = await mkdtemp(join(tmpdir(), 'hutong-wallet-add-'));
afterAll(() => rm(dir, { recursive: true, force: true }));
const merchant = await makeTestMerchant(join(dir, 'files'));
const put: TestMerchant['put'] = (...file) => merchant.put(...file);
const { files, base: WECHAT, v3: V3, platform: PLATFORM, replaced } = await wechatpayOptions(merchant);

describe('how settings are given', () => {
  test('as a file of JSON, with options for what it leaves out', async () => {
    const { api_v3_key: _, ...rest } = Object.fromEntries(
      (await gather('wechatpay', [...WECHAT, ...V3, ...PLATFORM])).settings,
    );
    const path = await put('wechatpay.json', JSON.stringify(rest));
    expect(await gather('wechatpay', [path, ...V3])).toMatchObject({ isGood: true });
    await expect(gather('wechatpay', [path, '--mchid', '1900000109'])).rejects.toThrow('both give mchid');
  });

  test('a setting that the wallet does not know is refused by its name', async () => {
    const path = await put('odd.json', JSON.stringify({ mchid: '1900000109', colour: 'red' }));
    expect((await gather('wechatpay', [path])).lines).toContain('✗ There is no such setting.');
  });

  test('nothing at all, where nobody can be asked', async () => {
    await expect(gather('wechatpay', [])).rejects.toThrow('Give a settings file, or options');
  });

  test('by questions: short secrets are typed unseen, keys come from files, Enter leaves out', async () => {
    const answers = [
      '1900000109',
      'wxd678efh567hg6787',
      '/nowhere/key.pem',
      files.key,
      files.cert,
      '',
      V3_KEY,
      'PUB_KEY_ID_0119000001092024',
      files.platform,
      '',
      '',
      '',
    ];
    const { isGood, hidden, notes } = await gather('wechatpay', [], { answers });
    expect(isGood).toBe(true);
    expect(hidden).toEqual([expect.stringContaining('api_v3_key'), expect.stringContaining('app_secret')]);
    expect(notes.join('\n')).toMatch(/there is no such file/);
    expect(notes.join('\n')).not.toContain(V3_KEY);
  });

  test('with options given, only what cannot be left out is asked for', async () => {
    const { isGood, hidden } = await gather('wechatpay', [...WECHAT, ...PLATFORM], { answers: [V3_KEY] });
    expect([isGood, hidden.length]).toEqual([true, 1]);
  });

  test('a pfx without its password file is opened by a password typed unseen', async () => {
    const pfx = await put('m.pfx', makePfx(merchant.own.privateKey, merchant.certificate, 'geheim123'));
    const args = ['--mer-id', '777290058110048', '--pfx', pfx, '--root-cert', await put('root.cer', merchant.root)];
    const asked = await gather('unionpay', [...args, '--middle-cert', await put('middle.cer', merchant.middle)], {
      answers: ['', 'geheim123'],
    });
    expect([asked.isGood, asked.hidden.length]).toEqual([true, 2]);
  });

  test('a secret put in its file’s place is not repeated', async () => {
    const failed = gather('wechatpay', replaced('--api-v3-key-file', V3_KEY));
    await expect(failed).rejects.toThrow('--api-v3-key-file: there is no such file; the secret stands in a file');
    await expect(failed).rejects.not.toThrow(V3_KEY);
  });

  test('no report holds a secret', async () => {
    const pem = merchant.own.privateKey.split('\n')[3] ?? '';
    for (const args of [
      [...WECHAT, ...V3, ...PLATFORM],
      replaced('--platform-public-key', files.key),
      replaced('--cert', files.key),
    ]) {
      const { lines, warnings, notes } = await gather('wechatpay', args);
      const told = [...lines, ...warnings, ...notes].join('\n');
      expect(told).not.toContain(V3_KEY);
      expect(told).not.toContain(pem);
    }
  });

  test('a file as large as no key is refused', async () => {
    await expect(gather('wechatpay', replaced('--key', await put('large.pem', 'x'.repeat(50_000))))).rejects.toThrow(
      'too large',
    );
  });
});

describe('questions', () => {
  test('what is typed is shown, and a secret is not', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const questions = createQuestions(input, output);
    const name = questions.ask('name: ');
    input.write('hutong\r');
    expect(await name).toBe('hutong');
    const secret = questions.askSecret('key: ');
    input.write('geheim\r');
    expect(await secret).toBe('geheim');
    const shown = String(output.read());
    expect(shown).toMatch(/name: .*hutong/s);
    expect(shown).toContain('key: ');
    expect(shown).not.toContain('geheim');
  });

  test('Ctrl-C and the end of input stop the conversation', async () => {
    for (const sign of ['\u0003', '\u0004']) {
      const input = new PassThrough();
      const asked = createQuestions(input, new PassThrough()).ask('name: ');
      input.write(sign);
      await expect(asked).rejects.toThrow('were not answered');
    }
  });
});

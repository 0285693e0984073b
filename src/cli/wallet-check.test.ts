import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { type OpenSandbox, startOpenSandbox } from '../sandbox/wallets/open/open.ts';
import { readSettings } from '../settings.ts';
import { temporaryDir } from '../../test/server.ts';
import { runCli } from './cli.ts';
import { CliError } from './command.ts';

/** Runs as the machine's does, from noon on, so that no day ends between two runs of the check. */
const clock = { now: () => new Date(Date.parse('2026-11-23T04:00:00Z') + performance.now()) };

let sandbox: OpenSandbox;
let folder: Awaited<ReturnType<typeof temporaryDir>>;
let keyFile: string;
beforeAll(async () => {
  folder = await temporaryDir('wallet-check');
  sandbox = await startOpenSandbox({
    port: 0,
    clock,
    random: systemRandom,
    log: silentLog,
    dataDir: null,
    refundDelayMs: 0,
    notifyDelaysMs: [0, 100, 100],
  });
  keyFile = join(folder.dir, 'merchant.pem');
  await writeFile(keyFile, sandbox.merchantSettings.merchant_private_key_pem);
});
afterAll(async () => {
  await sandbox.stop();
  await folder.remove();
});

describe('hutong wallet check', () => {
  test('tells rule by rule that the simulator passes', async () => {
    const { code, out } = await check('--key-file', keyFile);
    expect(out.at(-1)).toMatch(/^The wallet keeps every rule .*: \d+ passed, 0 failed, 0 not looked at\.$/);
    const again = await check('--key-file', keyFile);
    expect(again.out.at(-1), 'on the same day').toMatch(/: \d+ passed, 0 failed, 1 not looked at\.$/);
    expect(out).toContainEqual(expect.stringContaining('✓ A nonce is taken once'));
    expect(code).toBe(0);
  });

  test('exits with 1 and says what came and what to do, when a rule is broken', async () => {
    sandbox.setFault({ operation: 'notify', kind: 'wrong_amount' });
    const { code, out, notes } = await check('--key-file', keyFile);
    sandbox.clearFaults();
    expect(code).toBe(1);
    expect(notes.at(-1)).toMatch(/^The wallet breaks \d+ of \d+ rules: /);
    const at = out.findIndex((line) => line.startsWith('✗ A notification says exactly what a query says.'));
    expect(out.slice(at + 1, at + 4)).toEqual([
      expect.stringMatching(/^ {4}What came: {2}amount is .*"1235".*"1234"/),
      '    What to do: Write both with the same code.',
      '    docs/open-wallet-protocol.md, "Notifications"',
    ]);
  });

  test('tells programs one JSON object a line, and nothing of the key', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const strange = join(folder.dir, 'strange.pem');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await writeFile(strange, pem);
    const { code, out, notes } = await check('--key-file', strange, '--json');
    const rows = out.map((line): { id: string; result: string } => JSON.parse(line)); // a result a line
    expect(rows[0]).toMatchObject({ id: 'manifest', result: 'passed', why: null, section: 'Manifest' });
    expect(rows.at(-1)).toMatchObject({
      id: 'accepts-signed',
      result: 'failed',
      advice: expect.stringMatching(/registered/),
    });
    expect(code).toBe(1);
    expect([...out, ...notes].join('\n')).not.toContain(pem.split('\n')[1]);
  });

  test.each([
    [['ftp://wallet.example'], 2, /is not the address of a wallet/],
    [['https://pay.wallet.example/some/path'], 2, /is not the address of a wallet/],
    [['http://127.0.0.1:1'], 1, /cannot be reached/],
  ])('of %j exits with %i', async (words, exitCode, note) => {
    const { code, notes } = await hutong('wallet', 'check', ...words, '--merchant-no', 'M1', '--key-file', keyFile);
    expect(notes.join('\n')).toMatch(note);
    expect(code).toBe(exitCode);
  });

  test('wants a key that is one', async () => {
    const none = join(folder.dir, 'none.pem');
    await writeFile(none, 'not a key');
    expect((await check('--key-file', none)).notes.join()).toMatch(/holds no Ed25519 private key/);
    expect((await check('--key-file', join(folder.dir, 'away.pem'))).notes.join()).toMatch(/there is no such file/);
    expect((await hutong('wallet', 'check', sandbox.url)).code).toBe(2);
  });

  test('does not touch a wallet where real money moves', async () => {
    const { createServer } = await import('node:http');
    const manifest = await (await fetch(`${sandbox.url}/.well-known/open-wallet`)).text();
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end(manifest.replace('"environment":"test"', '"environment":"production"'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const { code, notes } = await hutong(
      'wallet',
      'check',
      `http://127.0.0.1:${port}`,
      '--merchant-no',
      'M1',
      '--key-file',
      keyFile,
    );
    server.close();
    server.closeAllConnections();
    expect(notes.join()).toMatch(/says that it is its production/);
    expect(code).toBe(1);
    expect(asked).toEqual(['/.well-known/open-wallet']);
  });
});

function check(...args: string[]) {
  return hutong('wallet', 'check', sandbox.url, '--merchant-no', sandbox.merchantSettings.merchant_no, ...args);
}

async function hutong(...args: string[]): Promise<{ code: number; out: string[]; notes: string[] }> {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runCli(
    {
      readSettings: () => readSettings({ HUTONG_DATA_DIR: folder.dir, HUTONG_LOG: 'silent' }),
      openServer: () => Promise.reject(new CliError('no server is needed here')),
      makeLog: () => silentLog,
      terminal: {
        print: (line) => void out.push(line),
        note: (line) => void notes.push(line),
        out: new Writable(),
        hasColour: false,
        columns: 100,
        questions: null,
        readInput: () => Promise.resolve(''),
        onStopRequest: () => {},
      },
      clock,
      random: systemRandom,
      version: '1.2.3',
      book: 1,
      tempDir: folder.dir,
    },
    args,
    false,
  );
  return { code, out, notes };
}

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unionpay } from '../src/wallets/unionpay/unionpay.ts';
import { read, root } from './doc-pages.ts';
import { startTestServer, type TestServer } from './server.ts';

/* What the docs tell people to type is typed here. */

const run = promisify(execFile); // the server lives in this process and must go on answering

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test('the program in README.md creates a payment', async () => {
  const program = /```ts\n([\s\S]+?)```/.exec(read('README.md'))?.[1] ?? '';
  const filled = program
    .replace("'@hutong/sdk'", `'${pathToFileURL(join(root, 'sdk', 'src', 'index.ts')).href}'`)
    .replace('http://127.0.0.1:4700', server.url)
    .replace('hk_test_…', server.apiKey);
  await run(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', filled], { cwd: root });
  const { json } = await server.call('GET', '/v1/payments?order_no=20261123-0001');
  expect(json.data).toMatchObject([{ subject: '明前龙井 50 克', amount: { currency: 'CNY', minor: '12800' } }]);
});

test('the lines that make a settings file of UnionPay make one that is taken', async () => {
  const script = /node -e '([\s\S]+?)' > unionpay\.json/.exec(read('docs/reference/wallet-account.md'))?.[1] ?? '';
  const settings = server.unionpay.merchantSettings;
  const dir = mkdtempSync(join(tmpdir(), 'hutong-docs-'));
  try {
    writeFileSync(join(dir, 'merchant.pfx'), Buffer.from(settings.pfx_base64, 'base64'));
    writeFileSync(join(dir, 'root.cer'), settings.root_certificate_pem);
    writeFileSync(join(dir, 'middle.cer'), settings.middle_certificate_pem);
    writeFileSync(join(dir, 'encrypt.cer'), settings.encryption_certificate_pem);
    const filled = script
      .replace('mer_id: "…"', `mer_id: "${settings.mer_id}"`)
      .replace('pfx_password: "…"', `pfx_password: "${settings.pfx_password}"`);
    const { stdout } = await run(process.execPath, ['-e', filled], { cwd: dir });
    const config = unionpay.readConfig(JSON.parse(stdout));
    expect(unionpay.merchantNo(config)).toBe(settings.mer_id);
    expect(unionpay.environment(config)).toBe('production');
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('the fault in the page on the sandbox can be switched on as it is written', async () => {
  const body = /faults [^\n]+\\\n\s+-d '([^']+)'/.exec(read('docs/reference/sandbox.md'))?.[1] ?? '';
  const reply = await fetch(`${server.unionpay.controlUrl}/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(reply.status).toBe(200);
  expect(await reply.json()).toMatchObject({ data: [{ operation: 'query', kind: 'silent', times: 2 }] });
});

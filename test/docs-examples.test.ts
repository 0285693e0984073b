import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gather } from '../src/cli/wallet-add/test-gather.ts';
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

test('the line that adds an account at UnionPay adds one that is taken', async () => {
  const page = read('docs/reference/wallet-account.md');
  const typed = /npx hutong wallet add unionpay ((?:[^\n]*\\\n)*[^\n]*)/.exec(page)?.[1]?.replaceAll('\\\n', ' ') ?? '';
  const settings = server.unionpay.merchantSettings;
  const dir = mkdtempSync(join(tmpdir(), 'hutong-docs-'));
  const files: Record<string, string | Buffer> = {
    'merchant.pfx': Buffer.from(settings.pfx_base64, 'base64'),
    'pfx.txt': settings.pfx_password,
    'root.cer': settings.root_certificate_pem,
    'middle.cer': settings.middle_certificate_pem,
    'encrypt.cer': settings.encryption_certificate_pem,
  };
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content, { mode: 0o600 });
    const args = typed
      .trim()
      .split(/\s+/)
      .map((word) => (word in files ? join(dir, word) : word));
    const { lines, isGood, settings: gathered } = await gather('unionpay', args, { now: new Date() });
    expect([isGood, lines.filter((line) => !line.startsWith('✓'))]).toEqual([true, []]);
    expect(unionpay.environment(unionpay.readConfig(Object.fromEntries(gathered)))).toBe('production');
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

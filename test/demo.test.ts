import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Finished, processesNaming, runHutong } from './hutong-process.ts';
import { eventually, temporaryDir } from './server.ts';

const folder = await temporaryDir('demo');
const { dir } = folder;
const env = { TMPDIR: dir };
let told: Finished;
beforeAll(async () => {
  told = await runHutong(['demo', '--json'], env).finished;
});
afterAll(() => folder.remove());

test('the demo pays an order, refuses a forgery, gives a part back and proves the books', () => {
  const { code, stdout, complaints } = told;
  expect({ code, complaints }).toEqual({ code: 0, complaints: [] });
  const steps = stdout
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line)); // JSON lines
  expect(steps.map(({ step }) => step)).toEqual([
    'start_database',
    'start_unionpay',
    'start_hutong',
    'open_shop',
    'create_payment',
    'start_attempt',
    'pay_in_app',
    'notification',
    'payment_succeeded',
    'webhook_payment_succeeded',
    'refuse_forgery',
    'create_refund',
    'refund_succeeded',
    'webhook_refund_succeeded',
    'ledger',
    'proof',
  ]);
  const find = (name: string) => steps.find(({ step }) => step === name);
  expect(find('pay_in_app')).toMatchObject({ shown_in_app: '¥128.00' });
  expect(find('payment_succeeded')).toMatchObject({ state: 'succeeded', wallet: 'unionpay' });
  expect(find('webhook_payment_succeeded')).toMatchObject({
    verified: true,
    wires: [{ from: 'hutong', to: 'shop', status: 204, sent: { type: 'payment.succeeded' } }],
  });
  expect(find('refuse_forgery')).toMatchObject({ status: 400, changed: false });
  expect(find('ledger')).toMatchObject({ balanced: true, chain_verified: true, debits: '18400', credits: '18400' });
  expect(find('proof')).toMatchObject({ same: true });
  const asked = JSON.stringify(find('start_attempt'));
  expect(asked).toContain('/gateway/api/appTransReq.do');
  expect(asked).toContain('"respCode":"00"');
});

test('no step shows a secret', () => {
  const { stdout } = told;
  expect(stdout).not.toMatch(/hk_test_[0-9A-Z]{26}[A-Za-z0-9_-]{43}/);
  expect(stdout).not.toMatch(/whsec_|pfx_base64|pfx_password|PRIVATE KEY|Bearer/);
  expect(new Set(stdout.match(/"accNo":"[^"]*"/g))).toEqual(new Set(['"accNo":"******"']));
});

test('nothing is left behind, whether it ran through or was stopped on the way', async () => {
  const running = runHutong(['demo', '--json'], env);
  await running.printed('"step":"start_database"');
  running.child.kill('SIGINT');
  const { code, complaints } = await running.finished;
  expect({ code, complaints }).toEqual({ code: 1, complaints: ['Stopped before the end; everything was cleaned up.'] });
  await eventually('its processes to be gone', async () => (await processesNaming(dir)).length === 0);
  expect(await readdir(dir)).toEqual([]);
});

test('people get the same story as text, and with --keep a folder that commands can open', async () => {
  const { code, stdout } = await runHutong(['demo', '--keep'], env).finished;
  expect(code).toBe(0);
  expect(stdout).toContain('云闪付 App → 银联 UnionPay  POST /pay');
  expect(stdout).toContain('哈希链完好 chain verified');
  expect(stdout, 'no colours in a file').not.toContain('\u001B');
  expect(stdout).not.toContain('✗');
  const dataDir = /HUTONG_DATA_DIR=(\S+)/.exec(stdout)?.[1] ?? '';
  const verified = await runHutong(['ledger', 'verify', '--json'], { HUTONG_DATA_DIR: dataDir }).finished;
  expect(verified).toMatchObject({ code: 0, complaints: [] });
  expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, books: [{ book: 1 }] });
  expect(await processesNaming(dataDir)).toEqual([]);
});

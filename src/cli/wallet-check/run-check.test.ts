import { createPrivateKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { createSend } from '../../net/send.ts';
import { startOpenSandbox } from '../../sandbox/wallets/open/open.ts';
import { openEar } from './notification-ear.ts';
import { type CheckResult, runCheck } from './run-check.ts';

test('the simulator of the protocol keeps every rule', async () => {
  const sandbox = await startOpenSandbox({
    port: 0,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    dataDir: null,
    refundDelayMs: 0,
  });
  const results = await check(sandbox.url, sandbox.merchantSettings);
  await sandbox.stop();
  expect(results.filter(({ result }) => result !== 'passed')).toEqual([]);
  expect(results.length).toBeGreaterThan(60);
});

async function check(
  origin: string,
  settings: { merchant_no: string; merchant_key_id: string; merchant_private_key_pem: string },
): Promise<CheckResult[]> {
  const ear = await openEar({ port: 0, publicUrl: null, now: () => systemClock.now() });
  const sender = createSend({ connectionsPerOriginMax: 4, connectTimeoutMs: 1000, idleTimeoutMs: 4000 });
  try {
    return await runCheck(
      {
        send: (request) => sender.send(request),
        clock: systemClock,
        random: systemRandom,
        ear,
        account: {
          merchantNo: settings.merchant_no,
          keyId: settings.merchant_key_id,
          privateKey: createPrivateKey(settings.merchant_private_key_pem),
        },
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        ask: () => {},
        onResult: () => {},
      },
      origin,
    );
  } finally {
    await sender.destroy();
    await ear.stop();
  }
}

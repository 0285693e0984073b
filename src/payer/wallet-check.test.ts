import { expect, test } from 'vitest';
import { systemRandom } from '../base/random.ts';
import { openEar } from '../cli/wallet-check/notification-ear.ts';
import { type CheckResult, checkCases, runCheck } from '../cli/wallet-check/run-check.ts';
import { createSend } from '../net/send.ts';
import type { OpenedPayer } from './open-payer.ts';
import { serveProtocol, startTestPayer } from './test-payer.ts';

const SLEEP_MS = 25; // of the machine's time for however long the checks sleep by the clock of the test

test('Hutong Wallet keeps every rule that `hutong wallet check` looks at', async () => {
  let protocol: OpenedPayer['protocol'] | null = null;
  const served = await serveProtocol(() => protocol as OpenedPayer['protocol']); // there before anybody asks
  const sender = createSend({ connectionsPerOriginMax: 4, connectTimeoutMs: 60_000, idleTimeoutMs: 4000 });
  const world = await startTestPayer({ walletUrl: served.url, send: (request) => sender.send(request) });
  protocol = world.payer.protocol;
  const { clock } = world;
  const isSomethingDue = async () =>
    (await world.sql`select id from payer_notices where due_at <= ${clock.now()} limit 1`).length > 0;
  const ear = await openEar({ port: 0, publicUrl: null, now: () => clock.now() });
  const results: CheckResult[] = await runCheck(
    {
      send: (request) => sender.send(request),
      clock,
      random: systemRandom,
      ear,
      account: { merchantNo: world.shop.merchantNo, keyId: 'k1', privateKey: world.shopKey },
      sleep: async (ms) => {
        clock.advanceMs(ms);
        // However slow the machine is: what is due is told before the checks look again.
        do await new Promise((resolve) => setTimeout(resolve, SLEEP_MS));
        while (await isSomethingDue());
      },
      ask: () => undefined,
      onResult: () => undefined,
    },
    served.url,
  );
  await world.stop();
  await sender.destroy();
  await ear.stop();
  await served.stop();
  expect(results.filter(({ result }) => result !== 'passed')).toEqual([]);
  expect(results).toHaveLength(checkCases.length + 3);
  expect(world.errors).toEqual([]);
});

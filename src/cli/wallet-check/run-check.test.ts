import { createPrivateKey, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Clock, ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { createSend } from '../../net/send.ts';
import { startOpenSandbox } from '../../sandbox/wallets/open/open.ts';
import { openEar } from './notification-ear.ts';
import { type Break, BREAKS } from './pretend-breaks.ts';
import { startPretendWallet } from './pretend-wallet.ts';
import { type CheckResult, checkCases, runCheck } from './run-check.ts';

const START = new Date('2026-11-23T02:00:00Z');
const SLEEP_MS = 4; // of the machine's time for however long the checks sleep by the clock of the test

describe('a wallet that keeps every rule passes every case', () => {
  test('the simulator', async () => {
    const clock = new ManualClock(START);
    const sandbox = await startOpenSandbox({
      port: 0,
      clock,
      random: systemRandom,
      log: silentLog,
      dataDir: null,
      refundDelayMs: 0,
    });
    const { merchant_no, merchant_key_id, merchant_private_key_pem } = sandbox.merchantSettings;
    const key = createPrivateKey(merchant_private_key_pem);
    const results = await check(sandbox.url, clock, merchant_no, merchant_key_id, key);
    await sandbox.stop();
    expect(results.filter(({ result }) => result !== 'passed')).toEqual([]);
    expect(results).toHaveLength(checkCases.length + 3);
  });

  test('the pretend wallet, before it is broken', async () => {
    const results = await checkBroken(null);
    expect(results.filter(({ result }) => result !== 'passed')).toEqual([]);
  });
});

test('without test hooks a person is asked to pay, and what only a hook can do is not looked at', async () => {
  const clock = new ManualClock(START);
  const wallet = await startPretendWallet(clock, null, false);
  const asked: string[] = [];
  const pay = (line: string): void => {
    asked.push(line);
    const orderNo = /\/pay\/(\w+)$/.exec(line)?.[1] ?? '';
    void fetch(`${wallet.url}/hooks/orders/${orderNo}/pay`, { method: 'POST', body: '{}' });
  };
  const results = await check(wallet.url, clock, wallet.merchantNo, 'k1', wallet.merchantKey, pay);
  await wallet.stop();
  expect(results.filter(({ result }) => result === 'failed')).toEqual([]);
  const skipped = results.filter(({ result }) => result === 'skipped').map(({ id }) => id);
  expect(skipped).toContain('code-pays');
  expect(skipped).toContain('statement-lines');
  expect(skipped).not.toContain('refund-race');
  expect(asked[0]).toMatch(/^Please pay in the wallet, within three minutes: http/);
});

describe.concurrent('a wallet that', () => {
  const rows = Object.entries(BREAKS).map(([name, [caseId, what]]) => [what, caseId, name as Break] as const); // the table's own keys

  test.each(rows)('%s fails exactly one case: %s', async (_what, caseId, name) => {
    const results = await checkBroken(name);
    const failed = results.filter(({ result }) => result === 'failed');
    expect(failed.map(({ id, why }) => `${id}: ${why}`)).toEqual([expect.stringMatching(`^${caseId}: .`)]);
    expect(failed[0]?.advice).not.toBe('');
  });
});

async function checkBroken(broken: Break | null): Promise<CheckResult[]> {
  const clock = new ManualClock(START);
  const wallet = await startPretendWallet(clock, broken);
  try {
    return await check(wallet.url, clock, wallet.merchantNo, 'k1', wallet.merchantKey);
  } finally {
    await wallet.stop();
  }
}

async function check(
  origin: string,
  clock: ManualClock & Clock,
  merchantNo: string,
  keyId: string,
  privateKey: KeyObject,
  ask: (line: string) => void = () => {},
): Promise<CheckResult[]> {
  const ear = await openEar({ port: 0, publicUrl: null, now: () => clock.now() });
  const sender = createSend({ connectionsPerOriginMax: 4, connectTimeoutMs: 60_000, idleTimeoutMs: 4000 });
  try {
    return await runCheck(
      {
        send: (request) => sender.send(request),
        clock,
        random: systemRandom,
        ear,
        account: { merchantNo, keyId, privateKey },
        sleep: async (ms) => {
          clock.advanceMs(ms);
          await new Promise((resolve) => setTimeout(resolve, SLEEP_MS));
        },
        ask,
        onResult: () => {},
      },
      origin,
    );
  } finally {
    await sender.destroy();
    await ear.stop();
  }
}

import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { openWalletKeys } from './wallet-keys.ts';
import { startTestPayer } from './test-payer.ts';

const world = await startTestPayer({ works: false });
afterAll(() => world.stop());

test('the very first reply of a new wallet is signed, by a clock that moves on meanwhile', async () => {
  const keys = openWalletKeys({ ...world.deps, clock: systemClock });
  const both = await Promise.all([keys.signing(), openWalletKeys({ ...world.deps, clock: systemClock }).signing()]);
  expect(both.map(({ keyId }) => keyId)).toEqual(['w1', 'w1']);
});

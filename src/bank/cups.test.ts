import { expect, test } from 'vitest';
import { money } from '../money/money.ts';
import { openTestRail, PERSON, testCard, testLeg, testStamp } from './test-rail.ts';

test('a rail signs on, takes keys, and asks for a balance', async () => {
  const { rail, pretend } = await openTestRail();
  expect(rail.status()).toMatchObject({ isServing: true });
  expect(await rail.enquire({ stamp: testStamp(), card: testCard() }, 5000)).toEqual({
    kind: 'answered',
    ledger: money('CNY', 123_456n),
    available: money('CNY', 120_000n),
    bill: null,
  });
  expect(await rail.debit(testLeg())).toEqual({
    kind: 'approved',
    authId: 'A1B2C3',
    settlementDay: '2026-11-23',
    isFlagged: false,
  });
  expect(pretend.heard.filter((m) => m.type === '0820').map((m) => m.get(70)).length).toBeGreaterThan(2);
  expect(await rail.echo()).toBe(true);
  expect(await rail.renewKeys()).toBe(true);
  expect((await rail.verifyHolder({ stamp: testStamp(), card: testCard(), identity: PERSON })).kind).toBe('unknown');
});

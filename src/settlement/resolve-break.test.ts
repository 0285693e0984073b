import { describe, expect, test } from 'vitest';
import type { MoneyRecord } from '../cashier/day-records.ts';
import type { Outcome } from '../wallets/wallet.ts';
import { succeeded } from './pretend-wallet.ts';
import { BREAK_ASK_AFTER_SECONDS, decideBreak } from './resolve-break.ts';
import type { Break } from './statement.ts';

const LETTERS = '01M83E1H4Q000ND8XG5P3H3Z00';
const NOW = new Date('2026-11-12T02:00:00Z');
const one: Break = {
  book: 1,
  id: `brk_${LETTERS}`,
  statementId: `stm_${LETTERS}`,
  merchantId: `mer_${LETTERS}`,
  walletAccountId: `wa_${LETTERS}`,
  kind: 'status_differs',
  record: 'payment',
  orderNo: LETTERS,
  cause: 'not_final',
  ours: null,
  theirs: { currency: 'CNY', amount_minor: '1000' },
  state: 'open',
  resolution: null,
  evidence: null,
  note: null,
  resolvedBy: null,
  createdAt: NOW,
  resolvedAt: null,
  dueAt: NOW,
  leaseNo: 1n,
  triesCount: 1,
};
const record: MoneyRecord = {
  record: 'payment',
  id: `att_${LETTERS}`,
  paymentId: `pay_${LETTERS}`,
  walletAccountId: `wa_${LETTERS}`,
  orderNo: LETTERS,
  outcome: 'pending',
  currency: 'CNY',
  amountMinor: 1000n,
  walletId: null,
  settledMinor: null,
  startedAt: NOW,
  happenedAt: NOW,
};
const paid = succeeded(1000n, 'W');
const otherAmount = succeeded(999n, 'W');
const unknown: Outcome = { kind: 'unknown', reason: 'silence' };
const pending: Outcome = { kind: 'pending' };
const failed: Outcome = { kind: 'failed', reason: 'not_found', walletCode: '34', walletMessage: 'none' };

describe('they say paid, we do not', () => {
  test.each<[string, Outcome | null, Partial<MoneyRecord>, Break['state'], Break['resolution']]>([
    [
      'the wallet proved it, and our record has taken it',
      paid,
      { outcome: 'succeeded' },
      'resolved',
      'record_brought_up_to_date',
    ],
    ['our record had caught up before', null, { outcome: 'succeeded' }, 'resolved', 'record_brought_up_to_date'],
    [
      'it caught up while the wallet was silent',
      unknown,
      { outcome: 'succeeded' },
      'resolved',
      'record_brought_up_to_date',
    ],
    ['the wallet is silent', unknown, {}, 'open', null],
    ['the wallet says not yet', pending, {}, 'open', null],
    ['the wallet says no', failed, {}, 'open', null],
    ['the wallet says another amount, which the door does not take', otherAmount, { outcome: 'unknown' }, 'open', null],
    [
      'a refund that has failed for us succeeded there',
      paid,
      { record: 'refund', outcome: 'failed' },
      'left_for_operator',
      null,
    ],
  ])('%s', (_name, outcome, change, state, resolution) => {
    const after = decide(one, outcome, { ...record, ...change });
    expect([after.state, after.resolution]).toEqual([state, resolution]);
    expect(after.dueAt === null, 'asked again only while open').toBe(state !== 'open');
    expect(after.resolvedAt).toEqual(state === 'resolved' ? NOW : null);
  });
});

describe('we have it, the bill does not', () => {
  const ours: Break = { ...one, kind: 'ours_only', cause: 'not_in_bill', theirs: null };

  test.each<[string, Outcome, Parameters<typeof decide>[3], Break['state'], Break['resolution']]>([
    ['the wallet confirms', paid, {}, 'carried', null],
    ['the wallet confirms, and a later bill has been here', paid, { isLaterCompared: true }, 'left_for_operator', null],
    ['the wallet confirms, and has no bills', paid, { source: 'asking' }, 'resolved', 'wallet_confirmed'],
    ['the wallet denies it', failed, {}, 'left_for_operator', null],
    ['the wallet names another amount', otherAmount, {}, 'left_for_operator', null],
    ['the wallet is silent', unknown, {}, 'open', null],
    ['the wallet says not yet', pending, {}, 'open', null],
  ])('%s', (_name, outcome, change, state, resolution) => {
    const after = decide(ours, outcome, { ...record, outcome: 'succeeded' }, change);
    expect([after.state, after.resolution]).toEqual([state, resolution]);
    expect(after.evidence).toMatchObject({ asked_at: NOW.toISOString(), answer: outcome.kind });
  });
});

test('it is asked again ever later, and in the end left for a person', () => {
  const waits = [...BREAK_ASK_AFTER_SECONDS.keys()].map((index) => {
    const { state, dueAt } = decide({ ...one, triesCount: index + 1 }, unknown, record);
    expect(state).toBe('open');
    return ((dueAt?.getTime() ?? 0) - NOW.getTime()) / 1000;
  });
  expect(waits).toEqual(BREAK_ASK_AFTER_SECONDS);
  const last = decide({ ...one, triesCount: BREAK_ASK_AFTER_SECONDS.length + 1 }, unknown, record);
  expect(last).toMatchObject({ state: 'left_for_operator', dueAt: null });
});

function decide(
  before: Break,
  outcome: Outcome | null,
  after: MoneyRecord,
  change: { isLaterCompared?: boolean; source?: 'bill' | 'asking' } = {},
): Break {
  const { isLaterCompared = false, source = 'bill' } = change;
  return decideBreak(before, { outcome, after, statement: { source }, isLaterCompared, now: NOW });
}

import { describe, expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { money } from '../money/money.ts';
import { createSend } from '../net/send.ts';
import { startBankSandbox } from '../sandbox/bank/bank.ts';
import type { BankFault, FaultKind } from '../sandbox/bank/bank-faults.ts';
import { createCupsRail } from './cups.ts';
import type { CupsTimings } from './cups-options.ts';
import type { LegReply, LegRequest } from './rail.ts';
import { cardNumber, TEST_TIMINGS, testStamp, until } from './test-rail.ts';

/*
 * The rail against the pretend banks, which speak the same dialect by a codec, a MAC and rules of their own. Whatever befalls a message,
 * what the rail says is what stands in the banks' books, or that it does not know.
 */

const START_FEN = 10_000_000n;
/** 10:00 on a Monday in Shanghai, and no later: the switch's day does not end in the middle of a test. */
const clock = new ManualClock(new Date('2026-11-23T02:00:00Z'));

async function openWorld(options: { algorithm?: '3des' | 'sm4'; timings?: Partial<CupsTimings> } = {}) {
  const algorithm = options.algorithm ?? '3des';
  const banks = await startBankSandbox({
    port: 0,
    controlPort: 0,
    clock,
    random: systemRandom,
    log: silentLog,
    dataDir: null,
    algorithm,
    withPeople: false,
  });
  const { person, cards } = banks.addPerson({
    name: '欧阳小明',
    phone: '13800138000',
    cards: [
      { bank: 'ICBC', kind: 'debit', balanceFen: START_FEN, limits: 'none' },
      { bank: 'CMB', kind: 'debit', balanceFen: START_FEN, limits: 'none' },
      {
        bank: 'CCB',
        kind: 'credit',
        creditFen: 2_000_000n,
        owedFen: 50_000n,
        bill: { amountFen: 50_000n, minimumFen: 5000n, dueDay: '2026-12-15', billedDay: '2026-11-25' },
      },
    ],
  });
  const sender = createSend({ connectionsPerOriginMax: 4, connectTimeoutMs: 60_000, idleTimeoutMs: 1000 });
  const { memberSettings: member } = banks;
  const rail = createCupsRail({
    clock,
    random: systemRandom,
    log: silentLog,
    send: sender.send,
    addresses: [{ host: member.host, port: member.port }],
    links: 2,
    institution: member.institution,
    forwarder: member.institution,
    switchInstitution: member.switch_institution,
    isTest: true,
    transportKey: new Secret(member.transport_key_hex),
    algorithm,
    macMethod: algorithm === 'sm4' ? 'sm4' : 'x9.19',
    macWithLengths: true,
    keys: { load: () => Promise.resolve(null), save: () => Promise.resolve() },
    filesUrl: member.files_url,
    acceptor: { no: 'HUTONG000000001', name: '互通钱包' },
    inFlightMax: 500,
    queueMax: 1000,
    timings: { ...TEST_TIMINGS, ...options.timings },
  });
  onTestFinished(async () => {
    await rail.close();
    await banks.stop();
    await sender.destroy();
  });
  await rail.open(60_000);
  await until(() => rail.status().links === 2);
  const [icbc = '', cmb = '', ccb = ''] = cards.map((card) => card.number);
  const at = (number: string, issuer: string) => ({ number: cardNumber(number), issuer });
  const leg = (changes: Partial<LegRequest> = {}): LegRequest => ({
    stamp: { ...testStamp(), transmittedAt: clock.now() },
    purpose: 'transfer',
    card: at(icbc, '01020000'),
    amount: money('CNY', 12_300n),
    other: { number: cardNumber(cmb), name: person.name },
    holder: person.name,
    shop: null,
    original: null,
    ...changes,
  });
  const creditLeg = (changes: Partial<LegRequest> = {}): LegRequest =>
    leg({ card: at(cmb, '03080000'), other: { number: cardNumber(icbc), name: person.name }, ...changes });
  const reverse = (original: LegRequest) => rail.reverse({ stamp: leg().stamp, original, authId: null });
  /** As whoever owes it does: the same again and again, until it is answered. */
  const reverseForSure = async (original: LegRequest) => {
    const { stamp } = leg();
    for (;;) {
      const reply = await rail.reverse({ stamp, original, authId: null });
      if (reply.kind !== 'unknown') return reply;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { banks, rail, person, icbc, cmb, ccb, at, leg, creditLeg, reverse, reverseForSure };
}

describe.each(['3des', 'sm4'] as const)('under %s', (algorithm) => {
  test('a transfer takes here and gives there, and both banks’ books say so', async () => {
    const { banks, rail, icbc, cmb, leg, creditLeg } = await openWorld({ algorithm });
    expect(await rail.debit(leg())).toMatchObject({ kind: 'approved', settlementDay: banks.settlementDay() });
    expect(await rail.credit(creditLeg())).toMatchObject({ kind: 'approved', isFlagged: false });
    expect([banks.balanceOf(icbc), banks.balanceOf(cmb)]).toEqual([START_FEN - 12_300n, START_FEN + 12_300n]);
    expect(banks.isBalanced()).toBe(true);
  });

  test('cards are found by who somebody is, and checked', async () => {
    const { rail, person, icbc, ccb, at, leg } = await openWorld({ algorithm });
    const identity = { name: person.name, idNumber: person.idNumber, phone: person.phone };
    const found = await rail.findIssuers({ stamp: leg().stamp, identity });
    expect(found).toMatchObject({ kind: 'found' });
    expect(found.kind === 'found' ? found.issuers.toSorted() : []).toEqual(['01020000', '01050000', '03080000']);
    const cards = await rail.findCards({ stamp: leg().stamp, identity, issuer: '01050000' });
    expect(cards.kind === 'found' ? cards.cards.map((card) => card.number.reveal()) : cards).toEqual([ccb]);
    const check = (changes: Partial<typeof identity>) =>
      rail.verifyHolder({
        stamp: leg().stamp,
        card: at(icbc, '01020000'),
        identity: { ...identity, ...changes },
      });
    expect(await check({})).toEqual({ kind: 'matches', accountClass: 1 });
    expect(await check({ phone: '13900139000' })).toEqual({ kind: 'differs', elements: ['phone'] });
    const other = { ...identity, phone: '13900139000' };
    expect(await rail.findIssuers({ stamp: leg().stamp, identity: other })).toEqual({ kind: 'found', issuers: [] });
  });

  test('a credit card tells its bill and is repaid', async () => {
    const { banks, rail, ccb, at, leg, icbc, person } = await openWorld({ algorithm });
    const card = at(ccb, '01050000');
    expect(await rail.enquire({ stamp: leg().stamp, card }, 60_000)).toEqual({
      kind: 'answered',
      ledger: money('CNY', -50_000n),
      available: money('CNY', 1_950_000n),
      bill: {
        amount: money('CNY', 50_000n),
        minimum: money('CNY', 5000n),
        dueDay: '2026-12-15',
        billedDay: '2026-11-25',
      },
    });
    const other = { number: cardNumber(icbc), name: person.name };
    const repayment = leg({ purpose: 'repayment', card, other, amount: money('CNY', 50_000n) });
    expect((await rail.credit(repayment)).kind).toBe('approved');
    expect(banks.balanceOf(ccb)).toBe(0n);
  });

  test('a purchase is refunded to its card', async () => {
    const { banks, rail, icbc, leg } = await openWorld({ algorithm });
    const shop = { no: 'SHOP00000000042', name: '互通小店', mcc: '5411' };
    const purchase = leg({ purpose: 'purchase', other: null, shop });
    const reply = await rail.debit(purchase);
    if (reply.kind !== 'approved') throw new Error('not approved');
    const original = { stamp: purchase.stamp, authId: reply.authId, amount: purchase.amount };
    const refund = leg({ purpose: 'refund', other: null, shop, original, amount: money('CNY', 300n) });
    expect((await rail.credit(refund)).kind).toBe('approved');
    expect(banks.balanceOf(icbc)).toBe(START_FEN - 12_000n);
  });

  test('keys change under load, and every leg is known', async () => {
    const { banks, rail, icbc, leg } = await openWorld({ algorithm });
    banks.setFault({ kind: 'key_change', times: 3 });
    const legs = Array.from({ length: 300 }, () => rail.debit(leg({ amount: money('CNY', 1n) })));
    const renewed = [await rail.renewKeys(), await rail.renewKeys()];
    const replies = await Promise.all(legs);
    expect(renewed).toEqual([true, true]);
    expect(replies.filter((reply) => reply.kind !== 'approved')).toEqual([]);
    expect(banks.balanceOf(icbc)).toBe(START_FEN - 300n);
  });
});

describe('a debit under a fault', () => {
  const unknown: LegReply['kind'][] = ['unknown'];
  test.each<[FaultKind, Partial<BankFault>, LegReply['kind'][], boolean]>([
    ['decline', { value: '51' }, ['refused'], false],
    ['bank_down', {}, ['refused'], false],
    ['sign_off', {}, ['refused'], false],
    ['drop_request', {}, unknown, false],
    ['drop_reply', {}, unknown, true],
    ['slow', { value: 400 }, unknown, true],
    ['delay', { value: 400 }, unknown, true],
    ['late', {}, unknown, true],
    ['twice', {}, ['approved'], true],
    ['wrong_mac', {}, unknown, true],
    ['wrong_amount', {}, unknown, true],
    ['other_stan', {}, unknown, true],
    ['close_before', {}, unknown, true],
    ['close_middle', {}, unknown, true],
    ['close_after', {}, ['approved'], true],
    ['half_open', {}, unknown, true],
    ['corrupt', {}, ['approved', 'unknown'], true],
    ['key_change', {}, ['approved'], true],
    ['day_switch', {}, ['approved'], true],
  ])('%s', async (kind, more, kinds, isTaken) => {
    // Short only where an answer never comes.
    const timings = kinds.includes('unknown') ? { replyMs: 250, networkReplyMs: 200 } : {};
    const { banks, rail, icbc, leg, reverseForSure } = await openWorld({ timings });
    banks.setFault({ kind, operation: 'transfer_out', times: 1, ...more });
    const original = leg();
    const reply = await rail.debit(original);
    expect(kinds).toContain(reply.kind);
    if (isTaken) await until(() => banks.balanceOf(icbc) !== START_FEN);
    expect(banks.balanceOf(icbc)).toBe(isTaken ? START_FEN - 12_300n : START_FEN);
    if (reply.kind === 'approved') expect(reply.settlementDay).toBe(banks.settlementDay());
    // What is not known is taken back until that is known.
    if (reply.kind === 'unknown') {
      expect(await reverseForSure(original)).toMatchObject({ kind: 'reversed', wasFound: isTaken });
      expect(banks.balanceOf(icbc)).toBe(START_FEN);
    }
    // A link that is just closing may swallow one more; then it is as ever.
    while ((await rail.debit(leg())).kind !== 'approved') await new Promise((resolve) => setTimeout(resolve, 10));
    expect(banks.isBalanced()).toBe(true);
  });

  test.each<FaultKind>(['swap', 'reorder'])('two replies that %s', async (kind) => {
    const { banks, rail, icbc, leg, reverseForSure } = await openWorld();
    banks.setFault({ kind, operation: 'transfer_out', times: 1 });
    const legs = [leg({ amount: money('CNY', 100n) }), leg({ amount: money('CNY', 200n) })];
    const replies = await Promise.all(legs.map((each) => rail.debit(each)));
    const expected = kind === 'swap' ? 'unknown' : 'approved';
    expect(replies.map((reply) => reply.kind)).toEqual([expected, expected]);
    if (kind === 'swap')
      for (const each of legs) expect(await reverseForSure(each)).toMatchObject({ kind: 'reversed' });
    expect(banks.balanceOf(icbc)).toBe(kind === 'swap' ? START_FEN : START_FEN - 300n);
  });

  test('every byte of a reply damaged in turn: never an amount, a card or a day that is not so', async () => {
    const { banks, rail, leg } = await openWorld({ timings: { replyMs: 30, networkReplyMs: 1000 } });
    for (let value = 0; value < 320; value += 5) {
      banks.setFault({ kind: 'corrupt', operation: 'transfer_out', times: 1, value });
      await until(() => rail.status().isServing);
      const reply = await rail.debit(leg());
      // Not authenticated in this dialect: F12, F13, F15, F37, F49, F60, F100. A turned top bit is no digit any more.
      expect(['approved', 'unknown', 'not_sent']).toContain(reply.kind);
      if (reply.kind === 'approved') expect(reply.settlementDay).toBe(banks.settlementDay());
    }
  });
});

test('a reversal before its original bars it, and twice it moves money once', async () => {
  const { banks, rail, icbc, leg, reverse } = await openWorld();
  const original = leg();
  expect(await reverse(original)).toMatchObject({ kind: 'reversed', wasFound: false });
  expect((await rail.debit(original)).kind).toBe('refused');
  const second = leg();
  await rail.debit(second);
  for (let round = 0; round < 2; round++)
    expect(await reverse(second)).toMatchObject({ kind: 'reversed', wasFound: true });
  expect(banks.balanceOf(icbc)).toBe(START_FEN);
});

test('the same credit sent again gives once', async () => {
  const { banks, rail, cmb, creditLeg } = await openWorld();
  banks.setFault({ kind: 'drop_reply', operation: 'transfer_in', times: 1 });
  const leg = creditLeg();
  const waiting = rail.credit(leg);
  await until(() => banks.balanceOf(cmb) !== START_FEN);
  expect(await rail.credit(leg)).toMatchObject({ kind: 'unknown' }); // still waiting for the first
  await rail.close();
  expect((await waiting).kind).toBe('unknown');
  expect(banks.balanceOf(cmb)).toBe(START_FEN + 12_300n);
});

test('the file of a day holds what was approved, once the day is over', async () => {
  const { banks, rail, leg, creditLeg, reverse } = await openWorld();
  const day = banks.settlementDay();
  expect(await rail.reconcile(day)).toEqual({ kind: 'not_ready' });
  const debit = leg();
  await rail.debit(debit);
  await rail.credit(creditLeg());
  const undone = leg();
  await rail.debit(undone);
  await reverse(undone);
  banks.switchDay();
  const file = await rail.reconcile(day);
  if (file.kind !== 'file') throw new Error(JSON.stringify(file));
  expect(file.rows).toHaveLength(2);
  expect(file.rows[0]).toMatchObject({
    stan: debit.stamp.stan,
    rrn: debit.stamp.rrn,
    amount: debit.amount,
    messageType: '0200',
    processing: '460000',
    issuer: '01020000',
    responseCode: '00',
  });
  expect(file.rows[0]?.card.equals(debit.card.number)).toBe(true);
  await until(() => rail.status().settlementDay === banks.settlementDay());
});

test('1,500 legs, 500 in flight, with faults among them: every answer is what stands in the books', async () => {
  const { banks, rail, icbc, leg, reverseForSure } = await openWorld({ timings: { replyMs: 1000 } });
  for (const kind of ['drop_reply', 'twice', 'wrong_mac', 'reorder', 'key_change', 'decline', 'other_stan'] as const)
    banks.setFault({ kind, operation: 'transfer_out', times: 20 });
  const legs = Array.from({ length: 1500 }, () => leg({ amount: money('CNY', 10n) }));
  const replies = await Promise.all(legs.map((each) => rail.debit(each)));
  const count = (kind: LegReply['kind']) => replies.filter((reply) => reply.kind === kind).length;
  const unknown = legs.filter((_, index) => replies[index]?.kind === 'unknown');
  expect(count('unknown')).toBeGreaterThanOrEqual(40);
  banks.clearFaults();
  for (const each of unknown) {
    expect(await reverseForSure(each)).toMatchObject({ kind: 'reversed' });
  }
  expect(banks.balanceOf(icbc)).toBe(START_FEN - 10n * BigInt(count('approved')));
  expect(banks.isBalanced()).toBe(true);
});

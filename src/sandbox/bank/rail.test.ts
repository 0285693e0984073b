import { afterEach, describe, expect, test } from 'vitest';
import { CardNumber } from '../../base/card-number.ts';
import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { Secret } from '../../base/secret.ts';
import { createCupsRail } from '../../bank/cups.ts';
import type { BankRail, CardAtBank, LegRequest, Stamp } from '../../bank/rail.ts';
import { money } from '../../money/money.ts';
import { createSend, type Sender } from '../../net/send.ts';
import type { BankSandbox } from './bank.ts';
import type { BankFault } from './bank-faults.ts';
import type { ShownCard } from './open-cards.ts';
import type { Algorithm } from './seal.ts';
import { NOON, startTestBanks, turn } from './test-member.ts';

/* The product's own rail against the pretend switch: two codecs that were written apart have to understand each other. */

const open: { rail: BankRail; sandbox: BankSandbox; sender: Sender }[] = [];
const who = { name: '阿依古丽·买买提', phone: '13800000005' };
let stans = 0;

afterEach(async () => {
  for (const { rail, sandbox, sender } of open.splice(0)) {
    expect(sandbox.isBalanced()).toBe(true);
    await rail.close();
    await sandbox.stop();
    await sender.close();
  }
});

/** `replyMs`: short where an answer never comes, long where it has to. */
async function start(algorithm: Algorithm = '3des', replyMs = 60_000) {
  const clock = new ManualClock(NOON);
  const sandbox = await startTestBanks({ clock, algorithm });
  const { memberSettings: settings } = sandbox;
  const sender = createSend({ connectionsPerOriginMax: 2, connectTimeoutMs: 60_000, idleTimeoutMs: 1_000 });
  const rail = createCupsRail({
    clock,
    random: systemRandom,
    log: silentLog,
    send: sender.send,
    addresses: [{ host: settings.host, port: settings.port }],
    links: 2,
    institution: settings.institution,
    forwarder: settings.institution,
    switchInstitution: settings.switch_institution,
    isTest: true,
    transportKey: new Secret(settings.transport_key_hex),
    algorithm: settings.algorithm,
    macMethod: settings.algorithm === 'sm4' ? 'sm4' : 'x9.19',
    macWithLengths: true,
    keys: { load: () => Promise.resolve(null), save: () => Promise.resolve() },
    filesUrl: settings.files_url,
    acceptor: { no: 'HUTONG000000001', name: '互通钱包' },
    inFlightMax: 500,
    queueMax: 1000,
    timings: {
      connectMs: 60_000,
      replyMs,
      networkReplyMs: 60_000,
      echoAfterMs: 20_000,
      reconnectFirstMs: 20,
      reconnectMaxMs: 100,
      keyOverlapMs: 60_000,
      keyDoubtMs: 50,
      fileMs: 60_000,
    },
  });
  open.push({ rail, sandbox, sender });
  await rail.open(60_000);
  const bill = { amountFen: 80_000n, minimumFen: 8_000n, billedDay: '2026-11-15', dueDay: '2026-12-03' };
  const added = sandbox.addPerson({
    ...who,
    cards: [
      { bank: 'ICBC', kind: 'debit', balanceFen: 1_000_000n },
      { bank: 'CMB', kind: 'debit', accountClass: 2 },
      { bank: 'BOC', kind: 'credit', creditFen: 500_000n, owedFen: 120_000n, bill },
    ],
  });
  const cards = added.cards.map(toCard);
  const [from, to, credit] = cards;
  if (from === undefined || to === undefined || credit === undefined) throw new Error('three cards');
  return { clock, sandbox, rail, from, to, credit, identity: { ...who, idNumber: added.person.idNumber } };
}

function toCard({ number, institution }: ShownCard): CardAtBank {
  const read = CardNumber.read(number);
  if (read === null) throw new Error('a card number');
  return { number: read, issuer: institution };
}

function stamp(): Stamp {
  const stan = String(++stans).padStart(6, '0');
  return { transmittedAt: NOON, stan, rrn: `000000${stan}` };
}

function leg(card: CardAtBank, other: CardAtBank, fen: bigint, more: Partial<LegRequest> = {}): LegRequest {
  return {
    stamp: stamp(),
    purpose: 'transfer',
    card,
    amount: money('CNY', fen),
    other: { number: other.number, name: '李思远' },
    holder: who.name,
    shop: null,
    original: null,
    ...more,
  };
}

describe.each(['3des', 'sm4'] as const)('the rail under %s', (algorithm) => {
  test('moves money both ways, repays, buys, refunds and takes back', async () => {
    const { sandbox, rail, from, to, credit } = await start(algorithm);
    const balance = (card: CardAtBank): bigint => sandbox.balanceOf(card.number.reveal());
    expect(await rail.debit(leg(from, to, 10_000n))).toMatchObject({ kind: 'approved', settlementDay: '2026-11-23' });
    expect(await rail.credit(leg(to, from, 10_000n))).toMatchObject({ kind: 'approved' });
    const repayment = { purpose: 'repayment' as const };
    expect(await rail.debit(leg(from, credit, 5_000n, repayment))).toMatchObject({ kind: 'approved' });
    expect(await rail.credit(leg(credit, from, 5_000n, repayment))).toMatchObject({ kind: 'approved' });
    expect([balance(from), balance(to), balance(credit)]).toEqual([985_000n, 10_000n, -115_000n]);

    const shop = { no: 'SHOP00000000001', name: '一家茶馆', mcc: '5814' };
    const purchase = leg(credit, from, 20_000n, { purpose: 'purchase', other: null, shop });
    const bought = await rail.debit(purchase);
    if (bought.kind !== 'approved') throw new Error(`not bought: ${JSON.stringify(bought)}`);
    expect(bought.authId).toMatch(/^\d{6}$/);
    const original = { stamp: purchase.stamp, authId: bought.authId, amount: purchase.amount };
    const refund = leg(credit, from, 7_000n, { purpose: 'refund', other: null, shop, original });
    expect(await rail.credit(refund)).toMatchObject({ kind: 'approved' });
    expect(balance(credit)).toBe(-128_000n);

    const undone = leg(from, to, 30_000n);
    expect(await rail.debit(undone)).toMatchObject({ kind: 'approved' });
    const reversal = { stamp: stamp(), original: undone, authId: null };
    for (let count = 0; count < 2; count++) {
      expect(await rail.reverse(reversal)).toMatchObject({ kind: 'reversed', wasFound: true });
    }
    const never = { stamp: stamp(), original: leg(from, to, 1n), authId: null };
    expect(await rail.reverse(never)).toMatchObject({ kind: 'reversed', wasFound: false });
    expect(await rail.debit(never.original)).toMatchObject({ kind: 'refused', code: '12' });
    expect(balance(from)).toBe(985_000n);
  });

  test('asks for balances, holders, banks and cards', async () => {
    const { rail, from, to, credit, identity } = await start(algorithm);
    expect(await rail.enquire({ stamp: stamp(), card: from }, 5_000)).toEqual({
      kind: 'answered',
      ledger: money('CNY', 1_000_000n),
      available: money('CNY', 1_000_000n),
      bill: null,
    });
    expect(await rail.enquire({ stamp: stamp(), card: credit }, 5_000)).toEqual({
      kind: 'answered',
      ledger: money('CNY', -120_000n),
      available: money('CNY', 380_000n),
      bill: {
        amount: money('CNY', 80_000n),
        minimum: money('CNY', 8_000n),
        dueDay: '2026-12-03',
        billedDay: '2026-11-15',
      },
    });
    const verify = (change: object) =>
      rail.verifyHolder({ stamp: stamp(), card: to, identity: { ...identity, ...change } });
    expect(await verify({})).toEqual({ kind: 'matches', accountClass: 2 });
    expect(await verify({ name: '张小北' })).toEqual({ kind: 'differs', elements: ['name'] });
    const found = await rail.findIssuers({ stamp: stamp(), identity });
    expect(found).toEqual({ kind: 'found', issuers: ['01020000', '01040000', '03080000'] });
    const cards = await rail.findCards({ stamp: stamp(), identity, issuer: '01020000' });
    if (cards.kind !== 'found') throw new Error(`not found: ${JSON.stringify(cards)}`);
    expect(cards.cards.map(({ number }) => number.reveal())).toEqual([from.number.reveal()]);
    const nobody = { ...identity, phone: '13800000009' };
    expect(await rail.findIssuers({ stamp: stamp(), identity: nobody })).toEqual({ kind: 'found', issuers: [] });
    expect(await rail.findCards({ stamp: stamp(), identity: nobody, issuer: '01020000' })).toMatchObject({
      kind: 'refused',
    });
  });

  test('rolls its keys, hears of the new day, and reads the file of the old one', async () => {
    const { sandbox, rail, from, to } = await start(algorithm);
    const [out, into] = [leg(from, to, 10_000n), leg(to, from, 10_000n)];
    await rail.debit(out);
    await rail.credit(into);
    expect(await rail.renewKeys()).toBe(true);
    expect(await rail.reconcile('2026-11-23')).toEqual({ kind: 'not_ready' });
    sandbox.switchDay();
    while (rail.status().settlementDay !== '2026-11-24') await turn();
    const file = await rail.reconcile('2026-11-23');
    if (file.kind !== 'file') throw new Error(`no file: ${JSON.stringify(file)}`);
    expect(
      file.rows.map(({ stan, rrn, amount, processing, issuer }) => ({ stan, rrn, amount, processing, issuer })),
    ).toEqual(
      [out, into].map(({ stamp: { stan, rrn }, amount, card }, at) => ({
        stan,
        rrn,
        amount,
        processing: at === 0 ? '460000' : '470000',
        issuer: card.issuer,
      })),
    );
    expect(file.rows.map(({ card }) => card.reveal())).toEqual([from.number.reveal(), to.number.reveal()]);
    expect(await rail.echo()).toBe(true);
    expect(await rail.debit(leg(from, to, 1n))).toMatchObject({ kind: 'approved', settlementDay: '2026-11-24' });
  });
});

describe('the rail believes nothing that is wrong', () => {
  const unanswered: BankFault['kind'][] = [
    'drop_request',
    'drop_reply',
    'late',
    'wrong_mac',
    'wrong_amount',
    'other_stan',
    'close_before',
    'close_middle',
    'half_open',
  ];
  test.each(unanswered)('after %s a debit is unknown, and its reversal puts it right', async (kind) => {
    const { sandbox, rail, from, to } = await start('3des', 300);
    sandbox.setFault({ kind, operation: 'transfer_out', times: 1 });
    const debit = leg(from, to, 10_000n);
    expect(await rail.debit(debit)).toMatchObject({ kind: 'unknown' });
    const reversal = { stamp: stamp(), original: debit, authId: null };
    let reply = await rail.reverse(reversal);
    while (reply.kind === 'unknown') reply = await rail.reverse(reversal);
    expect(reply).toMatchObject({ kind: 'reversed', wasFound: kind !== 'drop_request' });
    expect(sandbox.balanceOf(from.number.reveal())).toBe(1_000_000n);
    // Whatever it was, the rail serves again.
    let next = await rail.debit(leg(from, to, 1n));
    while (next.kind === 'not_sent' || next.kind === 'unknown') next = await rail.debit(leg(from, to, 1n));
    expect(next.kind).toBe('approved');
  });

  test.each<BankFault['kind']>(['twice', 'delay', 'slow', 'key_change', 'day_switch', 'close_after'])(
    'through %s a debit is approved, once',
    async (kind) => {
      const { sandbox, rail, from, to } = await start();
      sandbox.setFault({ kind, operation: 'transfer_out', times: 1, value: 50 });
      expect(await rail.debit(leg(from, to, 10_000n))).toMatchObject({ kind: 'approved' });
      expect(sandbox.balanceOf(from.number.reveal())).toBe(990_000n);
    },
  );

  test('swapped answers are nobody’s', async () => {
    const { sandbox, rail, from, to } = await start();
    sandbox.setFault({ kind: 'swap', operation: 'transfer_out', times: 1 });
    const replies = await Promise.all([rail.debit(leg(from, to, 10_000n)), rail.debit(leg(from, to, 20_000n))]);
    expect(replies.map(({ kind }) => kind)).toEqual(['unknown', 'unknown']);
  });

  test('overtaking answers find their questions', async () => {
    const { sandbox, rail, from, to } = await start();
    sandbox.setFault({ kind: 'reorder', operation: 'transfer_out', times: 1 });
    const replies = await Promise.all([rail.debit(leg(from, to, 10_000n)), rail.debit(leg(from, to, 20_000n))]);
    expect(replies.map(({ kind }) => kind)).toEqual(['approved', 'approved']);
  });

  test('signed off by the switch it signs on again', async () => {
    const { sandbox, rail, from, to } = await start();
    sandbox.setFault({ kind: 'sign_off', operation: 'transfer_out', times: 1 });
    expect(await rail.debit(leg(from, to, 1n))).toMatchObject({ kind: 'refused', code: '92' });
    let reply = await rail.debit(leg(from, to, 1n));
    while (reply.kind !== 'approved') {
      await turn(10);
      reply = await rail.debit(leg(from, to, 1n));
    }
    expect(reply.kind).toBe('approved');
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import type { BankSandbox } from './bank.ts';
import type { Message } from './message.ts';
import { NOON, startTestBanks, TestMember } from './test-member.ts';

const clock = new ManualClock(NOON);
let sandbox: BankSandbox;
let member: TestMember;
let from = '';
let to = '';

beforeAll(async () => {
  sandbox = await startTestBanks({ clock });
  member = await new TestMember(sandbox.memberSettings, clock).signOn();
});
beforeEach(() => {
  const cards = [
    { bank: 'ICBC', kind: 'debit' as const, balanceFen: 1_000_000n },
    { bank: 'CMB', kind: 'debit' as const },
  ];
  const added = sandbox.addPerson({ name: '张小北', phone: '13900000001', cards });
  [from = '', to = ''] = added.cards.map(({ number }) => number);
});
afterAll(async () => {
  expect(sandbox.isBalanced()).toBe(true);
  member.close();
  await sandbox.stop();
});

const left = (): bigint => sandbox.balanceOf(from);

describe('the same message again', () => {
  test.each<[string, () => Message]>([
    ['a purchase', () => member.purchase(from, 40_000n)],
    ['a transfer out', () => member.transferOut(from, to, 40_000n)],
    ['a transfer in', () => member.transferIn(to, from, 40_000n)],
  ])('is told what it was told, and %s happens once', async (_what, make) => {
    const message = make();
    const first = await member.send(message);
    const after = left();
    expect(after).not.toBe(1_000_000n);
    for (let count = 0; count < 3; count++) expect((await member.send(message)).fields).toEqual(first.fields);
    expect(left()).toBe(after);
  });

  test('is refused again although the money is there by now', async () => {
    const message = member.purchase(to, 50_000n);
    expect(await member.code(message)).toBe('51');
    expect(await member.code(member.transferIn(from, to, 50_000n))).toBe('00');
    expect(await member.code(message)).toBe('51');
  });

  test('many times at once happens once', async () => {
    const message = member.purchase(from, 10_000n);
    const answer = member.await(message);
    member.socket?.write(Buffer.concat(Array.from({ length: 50 }, () => member.frame(message))));
    expect((await answer).fields.get(39)).toBe('00');
    expect(await member.code(member.balance(from))).toBe('00');
    expect(left()).toBe(990_000n);
  });

  test.each<[number, () => string]>([
    [2, () => to],
    [3, () => '460000'],
    [4, () => '000000040001'],
    [37, () => '000000000001'],
  ])('under the same key with another field %i is a duplicate', async (number, value) => {
    const message = member.purchase(from, 40_000n);
    await member.send(message);
    const other: Message = { type: '0200', fields: new Map(message.fields) };
    if (number === 3)
      for (const [key, text] of member.transferOut(from, to, 1n).fields) if (key > 100) other.fields.set(key, text);
    other.fields.set(number, value());
    expect(await member.code(other)).toBe('94');
    expect(left()).toBe(960_000n);
  });
});

describe('a reversal', () => {
  test('gives back a debit once, however often it is sent and under however many keys', async () => {
    const debit = member.transferOut(from, to, 70_000n);
    await member.send(debit);
    const reversal = member.reversal(debit);
    for (let count = 0; count < 3; count++) expect(await member.code(reversal)).toBe('00');
    expect(await member.code(member.reversal(debit))).toBe('00');
    expect(left()).toBe(1_000_000n);
    expect((await member.send(reversal)).type).toBe('0430');
  });

  test('that comes before its original is answered 25 and bars it for good', async () => {
    const debit = member.purchase(from, 70_000n);
    const reversal = member.reversal(debit);
    expect(await member.code(reversal)).toBe('25');
    expect(await member.code(debit)).toBe('12');
    expect(await member.code(debit)).toBe('12');
    expect(await member.code(reversal)).toBe('25');
    expect(await member.code(member.reversal(debit))).toBe('25');
    expect(left()).toBe(1_000_000n);
  });

  test('of what was refused finds nothing', async () => {
    const debit = member.purchase(from, 1_000_001n);
    expect(await member.code(debit)).toBe('51');
    expect(await member.code(member.reversal(debit))).toBe('25');
    const nobody = member.purchase('6222020000000000000', 1n);
    expect(await member.code(nobody)).toBe('14');
    expect(await member.code(member.reversal(nobody))).toBe('25');
  });

  test('of a credit is not done', async () => {
    const credit = member.transferIn(to, from, 70_000n);
    await member.send(credit);
    expect(await member.code(member.reversal(credit))).toBe('40');
    expect(left()).toBe(1_070_000n);
  });

  test.each<[string, number, () => string]>([
    ['amount', 4, () => '000000069999'],
    ['card', 2, () => to],
  ])('with another %s than its original is refused', async (_what, number, value) => {
    const debit = member.purchase(from, 70_000n);
    await member.send(debit);
    const reversal = member.reversal(debit);
    reversal.fields.set(number, value());
    expect(await member.code(reversal)).toBe('30');
    expect(left()).toBe(930_000n);
  });

  test('of a purchase that was partly refunded is refused, and a reversed one is not refunded', async () => {
    const refunded = member.purchase(from, 50_000n);
    await member.send(refunded);
    await member.send(member.refund(refunded, 1n));
    expect(await member.code(member.reversal(refunded))).toBe('12');
    const reversed = member.purchase(from, 50_000n);
    await member.send(reversed);
    await member.send(member.reversal(reversed));
    expect(await member.code(member.refund(reversed, 1n))).toBe('25');
    expect(left()).toBe(950_001n);
  });

  test('gives the day its limit back', async () => {
    const [card = ''] = sandbox
      .addPerson({
        name: '赵一',
        phone: '13900000002',
        cards: [{ bank: 'BOC', kind: 'debit', balanceFen: 100_000n, limits: { dayMaxFen: 100n, dayMaxCount: 1 } }],
      })
      .cards.map(({ number }) => number);
    const debit = member.purchase(card ?? '', 100n);
    expect(await member.code(debit)).toBe('00');
    expect(await member.code(member.reversal(debit))).toBe('00');
    expect(await member.code(member.purchase(card ?? '', 100n))).toBe('00');
  });
});

describe('the file of a day', () => {
  interface Row {
    stan: string;
    fen: bigint;
    type: string;
    processing: string;
  }
  const rowsOf = (lines: readonly string[]): Row[] =>
    lines.map((line) => ({
      stan: line.slice(24, 30),
      fen: BigInt(line.slice(62, 74)),
      type: line.slice(101, 105),
      processing: line.slice(106, 112),
    }));

  async function fetchFile(day: string): Promise<Response> {
    const { files_url, institution } = sandbox.memberSettings;
    return await fetch(`${files_url}/${institution}/${day.replaceAll('-', '')}/COM`);
  }

  test('has what stands, agrees with the books, and is there only when the day is over', async () => {
    const day = sandbox.switchDay();
    const stan = (message: Message): string => message.fields.get(11) ?? '';
    const [out, into, purchase] = [
      member.transferOut(from, to, 11n),
      member.transferIn(from, to, 11n),
      member.purchase(from, 500n),
    ];
    const refund = member.refund(purchase, 200n);
    const undone = member.purchase(from, 900n);
    const late = member.transferOut(from, to, 300n);
    for (const message of [out, into, purchase, refund, undone, member.reversal(undone), late]) {
      expect(await member.code(message)).toBe('00');
    }
    for (const refused of [member.purchase(from, 99_999_999n), member.reversal(member.purchase(from, 1n))]) {
      expect(await member.code(refused)).not.toBe('00');
    }
    expect((await fetchFile(day)).status).toBe(404);
    const next = sandbox.switchDay();
    const reversal = member.reversal(late);
    expect(await member.code(reversal)).toBe('00');
    expect(await member.code(member.reversal(late))).toBe('00');

    const reply = await fetchFile(day);
    const text = await reply.text();
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    expect(reply.headers.get('content-digest')).toBe(`sha-256=:${Buffer.from(digest).toString('base64')}:`);
    const lines = text.split('\n').slice(0, -1);
    expect(reply.headers.get('x-lines')).toBe(String(lines.length));
    expect(rowsOf(lines)).toEqual([
      { stan: stan(out), fen: 11n, type: '0200', processing: '460000' },
      { stan: stan(into), fen: 11n, type: '0200', processing: '470000' },
      { stan: stan(purchase), fen: 500n, type: '0200', processing: '000000' },
      { stan: stan(refund), fen: 200n, type: '0220', processing: '200000' },
      { stan: stan(late), fen: 300n, type: '0200', processing: '460000' },
    ]);
    const net = rowsOf(lines).reduce(
      (sum, { fen, type, processing }) => (type === '0220' || processing === '470000' ? sum - fen : sum + fen),
      0n,
    );
    const ofDay = sandbox.totals().filter((total) => total.day === day);
    expect(ofDay.reduce((sum, { netFen }) => sum + netFen, 0n)).toBe(net);

    // The reversal of the day after stands in that day's file, once.
    sandbox.switchDay();
    const after = await (await fetchFile(next)).text();
    expect(rowsOf(after.split('\n').slice(0, -1))).toEqual([
      { stan: stan(reversal), fen: 300n, type: '0420', processing: '460000' },
    ]);
    expect(after).toContain(stan(late));
    expect(sandbox.isBalanced()).toBe(true);
  });

  test.each(['20261301', '2026-11', 'x'])('of %s is none', async (day) => {
    expect([400, 404]).toContain((await fetchFile(day)).status);
  });

  test('of an institution that is no member is not there', async () => {
    const reply = await fetch(`${sandbox.memberSettings.files_url}/99999999/20200101/COM`);
    expect(reply.status).toBe(404);
  });

  test('ends at 23:00 in Shanghai', async () => {
    const own = new ManualClock(new Date('2026-11-23T14:59:59Z'));
    const banks = await startTestBanks({ clock: own });
    expect(banks.settlementDay()).toBe('2026-11-23');
    own.advanceMs(1000);
    expect(banks.settlementDay()).toBe('2026-11-24');
    await banks.stop();
  });
});

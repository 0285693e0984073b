import { describe, expect, test } from 'vitest';
import { money } from '../money/money.ts';
import { Message } from './iso8583/message.ts';
import type { Heard, PretendSwitch } from './pretend-switch.ts';
import type { LegReply, LegRequest } from './rail.ts';
import { CARD_TEXT, INSTITUTION, openTestRail, OTHER_TEXT, PERSON, testCard, testLeg, testStamp } from './test-rail.ts';

const shop = { no: 'SHOP00000000042', name: '互通小店', mcc: '5411' };
const textOf = (bytes: string | undefined) => new TextDecoder('gbk').decode(Buffer.from(bytes ?? '', 'latin1'));

/** Changes the usual answer of everything that is no network message. */
function answerWith(pretend: PretendSwitch, change: (heard: Heard) => void): void {
  pretend.script = (heard) => {
    change(heard);
    heard.send();
  };
}

describe('what is sent', () => {
  test.each<[string, Partial<LegRequest>, 'debit' | 'credit', Record<number, string>]>([
    [
      'the debit of a transfer',
      {},
      'debit',
      { 2: CARD_TEXT, 3: '460000', 4: '000000012345', 18: '6012', 102: CARD_TEXT, 103: OTHER_TEXT },
    ],
    [
      'the credit of a transfer',
      {},
      'credit',
      { 2: CARD_TEXT, 3: '470000', 4: '000000012345', 102: OTHER_TEXT, 103: CARD_TEXT },
    ],
    [
      'a purchase',
      { purpose: 'purchase', other: null, shop },
      'debit',
      { 2: CARD_TEXT, 3: '000000', 18: '5411', 42: shop.no, 53: '2600000000000000' },
    ],
  ])('%s', async (_, changes, way, fields) => {
    const { rail, pretend } = await openTestRail();
    const leg = testLeg(changes);
    await rail[way](leg);
    const message = pretend.heard.at(-1);
    expect(message?.type).toBe('0200');
    for (const [field, value] of Object.entries({
      ...fields,
      7: '1123093015',
      11: leg.stamp.stan,
      12: '093015',
      13: '1123',
      22: '012',
      25: '00',
      32: INSTITUTION,
      33: INSTITUTION,
      37: leg.stamp.rrn,
      41: 'HUTONG01',
      49: '156',
      60: '000000000800000000000000000000',
    }))
      expect([field, message?.get(Number(field))]).toEqual([field, value]);
  });

  test('a repayment says so on both legs, and names the other side', async () => {
    const { rail, pretend } = await openTestRail();
    await rail.debit(testLeg({ purpose: 'repayment' }));
    expect(textOf(pretend.heard.at(-1)?.get(104))).toBe(`SI0340116${OTHER_TEXT}0204李四0302RP`);
    await rail.credit(testLeg({ purpose: 'repayment' }));
    expect(pretend.heard.at(-1)?.get(3)).toBe('470000');
  });

  test('a refund is a 0220 that names its purchase', async () => {
    const { rail, pretend } = await openTestRail();
    const stamp = testStamp();
    const original = { stamp, authId: 'A1B2C3', amount: money('CNY', 20_000n) };
    const reply = await rail.credit(testLeg({ purpose: 'refund', other: null, shop, original }));
    expect(reply.kind).toBe('approved');
    const message = pretend.heard.at(-1);
    expect(message?.type).toBe('0220');
    expect(message?.get(3)).toBe('200000');
    expect(message?.get(38)).toBe('A1B2C3');
    expect(message?.get(90)).toBe(`0200${stamp.stan}1123093015000${INSTITUTION}000${INSTITUTION}`);
  });

  test('a reversal is a 0420 under a stamp of its own, with the original’s reference and F90', async () => {
    const { rail, pretend } = await openTestRail();
    const original = testLeg();
    const stamp = testStamp();
    expect(await rail.reverse({ stamp, original, authId: null })).toEqual({
      kind: 'reversed',
      settlementDay: '2026-11-23',
      wasFound: true,
    });
    const message = pretend.heard.at(-1);
    expect(message?.type).toBe('0420');
    expect(message?.get(3)).toBe('460000');
    expect(message?.get(11)).toBe(stamp.stan);
    expect(message?.get(37)).toBe(original.stamp.rrn);
    expect(message?.get(60)).toBe('435100000800000000000000000000');
    expect(message?.get(90)).toBe(`0200${original.stamp.stan}1123093015000${INSTITUTION}000${INSTITUTION}`);
    for (const field of [38, 52, 53, 102, 103, 104]) expect(message?.get(field)).toBeUndefined();
  });

  test('sent again, it is the same message to the byte', async () => {
    const { rail, pretend } = await openTestRail();
    const original = testLeg();
    const stamp = testStamp();
    for (let round = 0; round < 2; round++) await rail.reverse({ stamp, original, authId: 'A1B2C3' });
    const [first, second] = pretend.heard.slice(-2).map((message) => [...message.values]);
    expect(first).toEqual(second);
  });
});

describe('what an answer to a movement means', () => {
  const approved: LegReply = { kind: 'approved', authId: 'A1B2C3', settlementDay: '2026-11-23', isFlagged: false };
  test.each<[string, (heard: Heard) => void, LegReply | { kind: string }]>([
    ['00', () => {}, approved],
    ['done, with a fault', ({ reply }) => reply.set(39, 'A6'), { ...approved, isFlagged: true }],
    ['the day after', ({ reply }) => reply.set(15, '1124'), { ...approved, settlementDay: '2026-11-24' }],
    ['no authorisation', ({ reply }) => reply.set(38, '      '), { ...approved, authId: null }],
    ['51', ({ reply }) => reply.set(39, '51'), { kind: 'refused', code: '51', reason: 'insufficient_funds' }],
    ['61', ({ reply }) => reply.set(39, '61'), { kind: 'refused', code: '61', reason: 'limit_exceeded' }],
    ['91', ({ reply }) => reply.set(39, '91'), { kind: 'refused', code: '91', reason: 'bank_down' }],
    ['96', ({ reply }) => reply.set(39, '96'), { kind: 'unknown', why: 'the bank does not know', code: '96' }],
    ['98', ({ reply }) => reply.set(39, '98'), { kind: 'unknown', why: 'the bank does not know', code: '98' }],
    ['a code that nobody wrote down', ({ reply }) => reply.set(39, 'Z9'), { kind: 'unknown' }],
    ['that it came twice', ({ reply }) => reply.set(39, '94'), { kind: 'unknown' }],
    ['approved on no day', ({ reply }) => (reply.values[15] = undefined), { kind: 'unknown' }],
    ['approved on a day that is none', ({ reply }) => reply.set(15, '1331'), { kind: 'unknown' }],
    ['another amount', ({ reply }) => reply.set(4, '000000012346'), { kind: 'unknown', why: 'F4 came back changed' }],
    ['no amount', ({ reply }) => (reply.values[4] = undefined), { kind: 'unknown', why: 'F4 came back changed' }],
    ['another card', ({ reply }) => reply.set(2, OTHER_TEXT), { kind: 'unknown', why: 'F2 came back changed' }],
    [
      'another processing code',
      ({ reply }) => reply.set(3, '470000'),
      { kind: 'unknown', why: 'F3 came back changed' },
    ],
    ['nothing in F39', ({ reply }) => (reply.values[39] = undefined), { kind: 'unknown' }],
    ['a wrong MAC', ({ reply }) => reply.set(128, '00000000'), { kind: 'unknown', why: 'a reply with a wrong MAC' }],
    [
      'a refusal with a wrong MAC',
      ({ reply }) => reply.set(39, '51').set(128, '00000000'),
      { kind: 'unknown', why: 'a reply with a wrong MAC' },
    ],
  ])('%s', async (_, change, expected) => {
    const { rail, pretend } = await openTestRail();
    answerWith(pretend, change);
    expect(await rail.debit(testLeg())).toMatchObject(expected);
  });

  test('of another type proves nothing', async () => {
    const { rail, pretend } = await openTestRail();
    pretend.script = ({ reply, send }) => {
      const other = new Message('0230', reply.values);
      send(other);
    };
    expect(await rail.debit(testLeg())).toMatchObject({ kind: 'unknown', why: 'answered by a 0230' });
  });

  test.each([
    ['00', { kind: 'reversed', wasFound: true }],
    ['25', { kind: 'reversed', wasFound: false }],
    ['12', { kind: 'refused', code: '12' }],
    ['91', { kind: 'unknown' }],
    ['96', { kind: 'unknown' }],
    ['A0', { kind: 'unknown' }],
    ['94', { kind: 'unknown' }],
  ])('a reversal answered with %s', async (code, expected) => {
    const { rail, pretend } = await openTestRail();
    answerWith(pretend, ({ reply }) => reply.set(39, code));
    const original = testLeg();
    expect(await rail.reverse({ stamp: testStamp(), original, authId: null })).toMatchObject(expected);
  });

  test('what cannot be written is surely not sent', async () => {
    const { rail, pretend } = await openTestRail();
    const other = { number: testCard(OTHER_TEXT).number, name: '𠮷野' };
    const before = pretend.heard.length;
    expect(await rail.debit(testLeg({ other }))).toMatchObject({ kind: 'not_sent' });
    const long = { ...shop, no: 'A'.repeat(16) };
    expect(await rail.debit(testLeg({ purpose: 'purchase', other: null, shop: long }))).toMatchObject({
      kind: 'not_sent',
    });
    expect(pretend.heard.length).toBe(before);
    expect(rail.status().inFlight).toBe(0);
  });
});

describe('what is asked about cards and people', () => {
  test('a credit card tells its bill', async () => {
    const { rail, pretend } = await openTestRail();
    answerWith(pretend, ({ reply }) =>
      reply.set(54, '3001156D0000000500003002156C000000950000').set(57, 'CB2026110520261125000000050000000000005000'),
    );
    expect(await rail.enquire({ stamp: testStamp(), card: testCard() }, 5000)).toEqual({
      kind: 'answered',
      ledger: money('CNY', -50_000n),
      available: money('CNY', 950_000n),
      bill: {
        amount: money('CNY', 50_000n),
        minimum: money('CNY', 5000n),
        billedDay: '2026-11-05',
        dueDay: '2026-11-25',
      },
    });
  });

  test.each<[string, (heard: Heard) => void, object]>([
    ['no balances', ({ reply }) => (reply.values[54] = undefined), { kind: 'unknown' }],
    ['a bill that cannot be read', ({ reply }) => reply.set(57, 'CB1'), { kind: 'unknown' }],
    ['54', ({ reply }) => reply.set(39, '54'), { kind: 'refused', code: '54', reason: 'card_expired' }],
    ['96', ({ reply }) => reply.set(39, '96'), { kind: 'unknown' }],
  ])('a balance with %s', async (_, change, expected) => {
    const { rail, pretend } = await openTestRail();
    answerWith(pretend, change);
    expect(await rail.enquire({ stamp: testStamp(), card: testCard() }, 5000)).toMatchObject(expected);
  });

  const identified = (map: string) => (heard: Heard) => {
    const asked = heard.message.get(61) ?? '';
    heard.reply.set(61, asked.slice(0, 36) + map.padEnd(16, '0') + asked.slice(52));
  };
  test.each<[string, (heard: Heard) => void, object]>([
    ['all of it', ({ reply }) => reply.set(57, 'AC2'), { kind: 'matches', accountClass: 2 }],
    ['all of it and no class', () => {}, { kind: 'matches', accountClass: 1 }],
    [
      'not the phone',
      (heard) => {
        identified('1121')(heard);
        heard.reply.set(39, '05');
      },
      { kind: 'differs', elements: ['phone'] },
    ],
    ['not all of it, though answered 00', identified('1111'.replace('1', '2')), { kind: 'unknown' }],
    ['nothing', ({ reply }) => reply.set(39, '14'), { kind: 'refused', code: '14', reason: 'card_unknown' }],
    ['nothing any more today', ({ reply }) => reply.set(39, '75'), { kind: 'refused', reason: 'count_exceeded' }],
  ])('an issuer agrees to %s', async (_, change, expected) => {
    const { rail, pretend } = await openTestRail();
    answerWith(pretend, change);
    expect(await rail.verifyHolder({ stamp: testStamp(), card: testCard(), identity: PERSON })).toMatchObject(expected);
    const message = pretend.heard.at(-1);
    expect([message?.type, message?.get(3), message?.get(2)]).toEqual(['0100', '330000', CARD_TEXT]);
    expect(textOf(message?.get(61))).toContain('CUPAM1111000000000000006王小明01113800138000');
  });

  test('a person’s banks are found without any card', async () => {
    const { rail, pretend } = await openTestRail();
    answerWith(pretend, ({ reply }) => reply.set(48, 'WB020102000003080000'));
    expect(await rail.findIssuers({ stamp: testStamp(), identity: PERSON })).toEqual({
      kind: 'found',
      issuers: ['01020000', '03080000'],
    });
    expect(pretend.heard.at(-1)?.get(2)).toBeUndefined();
    answerWith(pretend, ({ reply }) => reply.set(39, '96'));
    expect((await rail.findIssuers({ stamp: testStamp(), identity: PERSON })).kind).toBe('unknown');
  });
});

test('no log line of a whole run has a card number, a name, an ID number or a phone number', async () => {
  const lines: string[] = [];
  const write = (facts: object, message: string) => void lines.push(`${JSON.stringify(facts)} ${message}`);
  const { rail, pretend } = await openTestRail({ log: { debug: write, info: write, warn: write, error: write } });
  await rail.debit(testLeg());
  await rail.enquire({ stamp: testStamp(), card: testCard() }, 5000);
  await rail.verifyHolder({ stamp: testStamp(), card: testCard(), identity: PERSON });
  answerWith(pretend, ({ reply }) => reply.set(128, '00000000'));
  await rail.debit(testLeg());
  pretend.script = ({ send }) => {
    send();
    send();
  };
  await rail.debit(testLeg());
  for (const socket of pretend.sockets) socket.write('0050garbage that is no frame, with 6212260200000001004');
  for (const socket of pretend.sockets) socket.write('nonsense');
  await rail.echo();
  const all = lines.join('\n');
  expect(all).toContain('"messageType":"0210"');
  expect(all).toContain('"messageType":"0200"');
  for (const secret of [CARD_TEXT, OTHER_TEXT, CARD_TEXT.slice(-8), PERSON.idNumber, PERSON.phone, PERSON.name, '李四'])
    expect(all).not.toContain(secret);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CardNumber } from '../../base/card-number.ts';
import { ManualClock } from '../../base/clock.ts';
import { makePrefixTable } from '../../cards/prefix-table.ts';
import type { BankSandbox } from './bank.ts';
import { banks } from './banks.ts';
import { idCheckDigit, luhnDigit } from './mint.ts';
import type { NewCard, NewPerson } from './open-cards.ts';
import { NOON, startTestBanks, TestMember } from './test-member.ts';

const DAY_MS = 86_400_000;
const clock = new ManualClock(NOON);
let sandbox: BankSandbox;
let member: TestMember;
let phones = 0;

beforeAll(async () => {
  sandbox = await startTestBanks({ clock });
  member = await new TestMember(sandbox.memberSettings, clock).signOn();
});
afterAll(async () => {
  expect(sandbox.isBalanced()).toBe(true);
  member.close();
  await sandbox.stop();
});

function open(card: Partial<NewCard> = {}): string {
  return openAll([card])[0] ?? '';
}

function openAll(cards: readonly Partial<NewCard>[]): string[] {
  const phone = `139${String(++phones).padStart(8, '0')}`;
  const person = {
    name: '张小北',
    phone,
    cards: cards.map((card) => ({ bank: 'ICBC', kind: 'debit' as const, balanceFen: 10_000_000n, ...card })),
  };
  return sandbox.addPerson(person).cards.map(({ number }) => number);
}

const creditCard: Partial<NewCard> = { kind: 'credit', creditFen: 500_000n, owedFen: 120_000n };

describe('cards', () => {
  const prefixes = makePrefixTable({ rows: [], importNo: 0 });

  test.each(banks.map((bank) => [bank.code, bank] as const))('of %s have prefixes of that bank', (_code, bank) => {
    const numbers = openAll([{ bank: bank.code }, { bank: bank.code, kind: 'credit' }]);
    numbers.forEach((digits, at) => {
      expect(digits).toHaveLength(at === 0 ? bank.debit.length : bank.credit.length);
      expect(luhnDigit(digits.slice(0, -1))).toBe(digits.at(-1));
      const number = CardNumber.read(digits);
      expect(number && prefixes.find(number)).toMatchObject({
        bank: bank.code,
        kind: at === 0 ? 'debit' : 'credit',
      });
    });
  });

  test('of people whose ID numbers have a right check digit and no town', () => {
    const { person } = sandbox.addPerson({ name: '赵一', phone: '13900009999', cards: [] });
    expect(person.idNumber).toMatch(/^110000\d{11}[\dX]$/);
    expect(idCheckDigit(person.idNumber.slice(0, 17))).toBe(person.idNumber.at(-1));
    // The standard's own example.
    expect(idCheckDigit('11010519491231002')).toBe('X');
  });

  const debit = { bank: 'ICBC', kind: 'debit' as const };
  test.each<[string, Partial<NewPerson>]>([
    ['a name', { name: '' }],
    ['a phone', { phone: '12900009998' }],
    ['an ID number', { idNumber: '1' }],
    ['a bank', { cards: [debit, { ...debit, bank: 'NONE' }] }],
    ['an amount', { cards: [{ ...debit, balanceFen: -1n }] }],
  ])('are not opened for %s that cannot be', (_what, change) => {
    const person = { name: '赵一', phone: '13900009998', cards: [], ...change };
    const before = sandbox.people().length;
    expect(() => sandbox.addPerson(person)).toThrow(RangeError);
    expect(sandbox.people()).toHaveLength(before);
  });
});

describe('a balance', () => {
  test('is told as ledger and available', async () => {
    const answer = await member.send(member.balance(open({ balanceFen: 123_456n })));
    expect(answer.type).toBe('0210');
    expect(answer.fields.get(39)).toBe('00');
    expect(answer.fields.get(54)).toBe('1001156C0000001234561002156C000000123456');
    expect(answer.fields.get(57)).toBe(undefined);
    expect(answer.fields.get(15)).toBe('1123');
    expect(answer.fields.get(100)).toBe('01020000');
  });

  test('of a credit card is what is owed, what is left, and the bill', async () => {
    const bill = { amountFen: 100_000n, minimumFen: 10_000n, billedDay: '2026-11-15', dueDay: '2026-12-03' };
    const { fields } = await member.send(member.balance(open({ ...creditCard, bill })));
    expect(fields.get(54)).toBe('3001156D0000001200003002156C000000380000');
    expect(fields.get(57)).toBe('CB2026111520261203000000100000000000010000');
  });

  test('is told a hundred times a day and no more', async () => {
    const card = open({ limits: { dayMaxEnquiries: 2 } });
    expect(await member.code(member.balance(card))).toBe('00');
    expect(await member.code(member.balance(card))).toBe('00');
    expect(await member.code(member.balance(card))).toBe('65');
    clock.advanceMs(DAY_MS);
    expect(await member.code(member.balance(card))).toBe('00');
  });
});

describe('money goes', () => {
  test('from one bank to another, and both know it', async () => {
    const [from = '', to = ''] = openAll([{}, { bank: 'CMB', balanceFen: 0n }]);
    const out = await member.send(member.transferOut(from, to, 40_000n));
    expect(out.fields.get(39)).toBe('00');
    expect(out.fields.get(38)).toMatch(/^\d{6}$/);
    expect(await member.code(member.transferIn(from, to, 40_000n))).toBe('00');
    expect([sandbox.balanceOf(from), sandbox.balanceOf(to)]).toEqual([9_960_000n, 40_000n]);
  });

  test('to a credit card as a repayment, beyond what is owed as well', async () => {
    const [from = '', to = ''] = openAll([{}, { ...creditCard, bank: 'CMB' }]);
    expect(await member.code(member.transferOut(from, to, 150_000n, 'RP'))).toBe('00');
    expect(await member.code(member.transferIn(from, to, 150_000n, 'RP'))).toBe('00');
    expect(sandbox.balanceOf(to)).toBe(30_000n);
    expect(sandbox.card(to).availableFen).toBe(530_000n);
  });

  test('for a purchase by debit and credit card, and back by parts', async () => {
    for (const card of openAll([{}, creditCard])) {
      const before = sandbox.balanceOf(card);
      const purchase = member.purchase(card, 30_000n);
      const authId = (await member.send(purchase)).fields.get(38);
      expect(sandbox.balanceOf(card)).toBe(before - 30_000n);
      expect(await member.code(member.refund(purchase, 10_000n, authId))).toBe('00');
      expect(await member.code(member.refund(purchase, 20_001n, authId))).toBe('13');
      expect(await member.code(member.refund(purchase, 20_000n, '999999'))).toBe('25');
      expect(await member.code(member.refund(purchase, 20_000n, authId))).toBe('00');
      expect(await member.code(member.refund(purchase, 1n, authId))).toBe('13');
      expect(sandbox.balanceOf(card)).toBe(before);
    }
  });
});

describe('an issuer refuses', () => {
  const amount = 20_000n;
  type Try = (card: string, other: string) => Promise<string>;
  const buy: Try = (card) => member.code(member.purchase(card, amount));
  const out: Try = (card, other) => member.code(member.transferOut(card, other, amount));
  const into: Try = (card, other) => member.code(member.transferIn(other, card, amount));
  const repay: Try = (card, other) => member.code(member.transferIn(other, card, amount, 'RP'));

  test.each<[string, string, Partial<NewCard>, Try]>([
    ['more than is there', '51', { balanceFen: 19_999n }, buy],
    ['more than is there, transferred', '51', { balanceFen: 19_999n }, out],
    ['more than the credit left', '51', { ...creditCard, owedFen: 480_001n }, buy],
    ['a transfer from a credit card', '57', creditCard, out],
    ['a transfer to a credit card', '57', creditCard, into],
    ['a repayment of a debit card', '57', {}, repay],
    ['more than fits one payment', '61', { limits: { paymentMaxFen: 19_999n } }, buy],
    ['more than fits a day', '61', { limits: { dayMaxFen: 19_999n } }, out],
    ['more than fits a year', '61', { limits: { yearMaxFen: 19_999n } }, out],
    ['too many payments a day', '65', { limits: { dayMaxCount: 0 } }, buy],
    ['too much coming in a day', '61', { limits: { dayInMaxFen: 19_999n } }, into],
    ['too much coming in a year', '61', { limits: { yearInMaxFen: 19_999n } }, into],
    ['more on a class III card than it may hold', '61', { accountClass: 3, balanceFen: 180_001n }, into],
  ])('%s', async (_what, code, card, ask) => {
    const [number = '', other = ''] = openAll([card, { bank: 'CMB' }]);
    const before = sandbox.balanceOf(number);
    expect(await ask(number, other)).toBe(code);
    expect(sandbox.balanceOf(number)).toBe(before);
  });

  test.each<[string, Partial<NewCard>, Try]>([
    ['all that is there', { balanceFen: amount }, buy],
    ['all the credit left', { ...creditCard, owedFen: 480_000n }, buy],
    ['just what fits one payment', { limits: { paymentMaxFen: amount } }, buy],
    ['just what fits a day', { limits: { dayMaxFen: amount } }, out],
    ['just what a class III card may hold', { accountClass: 3, balanceFen: 180_000n }, into],
  ])('nothing of %s', async (_what, card, ask) => {
    const [number = '', other = ''] = openAll([card, { bank: 'CMB' }]);
    expect(await ask(number, other)).toBe('00');
  });

  test.each([
    ['frozen', '62'],
    ['lost', '41'],
    ['stolen', '43'],
    ['expired', '54'],
  ] as const)('a card that is %s', async (status, code) => {
    const [number = '', other = ''] = openAll([{}, { bank: 'CMB' }]);
    sandbox.setCardStatus(number, status);
    for (const ask of [buy, out, into]) expect(await ask(number, other)).toBe(code);
  });

  test('what the day does not hold, counted over purchases and transfers, until midnight in Shanghai', async () => {
    const [number = '', other = ''] = openAll([{ limits: { dayMaxFen: 3n * amount } }, { bank: 'CMB' }]);
    for (const ask of [buy, out, buy]) expect(await ask(number, other)).toBe('00');
    expect(await buy(number, other)).toBe('61');
    const midnight = new Date('2026-11-24T16:00:00Z').getTime();
    const untilMs = (midnight - clock.now().getTime() + 7 * DAY_MS) % DAY_MS;
    clock.advanceMs(untilMs - 1_000);
    expect(await buy(number, other)).toBe('61');
    clock.advanceMs(1_000);
    expect(await buy(number, other)).toBe('00');
  });

  test('a transfer whose cards do not agree with each other', async () => {
    const [from = '', to = ''] = openAll([{}, { bank: 'CMB' }]);
    const other = open({ bank: 'BOC' });
    for (const [number, value] of [
      [102, other],
      [103, other],
      [103, from],
      [104, 'SI999'],
      [104, 'SI0000'],
    ] as const) {
      const message = member.transferOut(from, to, amount);
      message.fields.set(number, value);
      expect(await member.code(message)).toBe('30');
    }
    expect(sandbox.balanceOf(from)).toBe(10_000_000n);
  });

  test('cards that nobody has and amounts of nothing', async () => {
    expect(await member.code(member.purchase('6222020000000000000', 1n))).toBe('14');
    expect(await member.code(member.purchase('4000000000000002', 1n))).toBe('14');
    expect(await member.code(member.balance('4000000000000002'))).toBe('14');
    expect(await member.code(member.purchase(open(), 0n))).toBe('13');
  });
});

describe('a holder', () => {
  const who = { name: '阿依古丽·买买提', phone: '13700000001' };
  let idNumber = '';
  let cards: string[] = [];

  beforeAll(() => {
    const one = { bank: 'ICBC', kind: 'debit' as const };
    const added = sandbox.addPerson({
      ...who,
      cards: [one, { ...one, bank: 'CMB', accountClass: 2 }, { ...one, bank: 'BOC', phone: '13700000002' }],
    });
    idNumber = added.person.idNumber;
    cards = added.cards.map(({ number }) => number);
  });

  test('is known by all four elements, and the class of the account is told', async () => {
    const { fields } = await member.send(member.verify(cards[1] ?? '', { ...who, idNumber }));
    expect([fields.get(39), fields.get(57)]).toEqual(['00', 'AC2']);
    expect(fields.get(61)?.slice(36, 52)).toBe('1111000000000000');
  });

  test.each([
    ['name', { name: '张小北' }, '2111'],
    ['phone', { phone: '13700000009' }, '1121'],
  ])('is told to differ by %s', async (_what, change, map) => {
    const { fields } = await member.send(member.verify(cards[0] ?? '', { ...who, idNumber, ...change }));
    expect(fields.get(39)).toBe('05');
    expect(fields.get(61)?.slice(36, 40)).toBe(map);
    expect(fields.has(57)).toBe(false);
  });

  test('of whom only some is asked is told only that', async () => {
    const { fields } = await member.send(member.verify(cards[0] ?? '', { ...who, idNumber, phone: '' }, '1101'));
    expect([fields.get(39), fields.get(61)?.slice(36, 40)]).toEqual(['00', '1101']);
  });

  test('is found at every bank that has the same phone, and nowhere by less', async () => {
    expect((await member.send(member.find({ ...who, idNumber }))).fields.get(48)).toBe('WB020102000003080000');
    const oldPhone = { ...who, idNumber, phone: '13700000002' };
    expect((await member.send(member.find(oldPhone))).fields.get(48)).toBe('WB0101040000');
    const stranger = await member.send(member.find({ ...who, idNumber, name: '张小北' }));
    expect([stranger.fields.get(39), stranger.fields.get(48)]).toEqual(['00', 'WB00']);
    expect(stranger.fields.get(61)?.slice(36, 40)).toBe('2220');
  });

  test('is shown the cards of one bank, sealed under the PIN key', async () => {
    const { fields } = await member.send(member.find({ ...who, idNumber }, '01020000'));
    const told = fields.get(48) ?? '';
    expect(told.slice(0, 4)).toBe('WC01');
    expect(told).not.toContain(cards[0]);
    const { cryptBlocks } = await import('./seal.ts');
    const clear = cryptBlocks(Buffer.from(told.slice(4), 'hex'), member.pinKey ?? Buffer.alloc(16), '3des', 'decrypt');
    expect(clear.toString('hex').replace(/f+$/, '')).toBe(cards[0]);
    const none = await member.send(member.find({ ...who, idNumber }, '04030000'));
    expect([none.fields.get(39), none.fields.has(48)]).toEqual(['05', false]);
    expect(await member.code(member.find({ ...who, idNumber }, '99990000'))).toBe('92');
  });

  test('is asked for five times in vain a day and not a sixth, even rightly', async () => {
    const stranger = sandbox.addPerson({
      name: '赵一',
      phone: '13700000003',
      cards: [{ bank: 'ICBC', kind: 'debit' }],
    });
    const { name, phone, idNumber: id } = stranger.person;
    const card = stranger.cards[0]?.number ?? '';
    for (let count = 0; count < 5; count++) {
      expect(await member.code(member.verify(card, { name: '错', phone, idNumber: id }))).toBe('05');
    }
    expect(await member.code(member.verify(card, { name, phone, idNumber: id }))).toBe('75');
    expect(await member.code(member.find({ name, phone, idNumber: id }))).toBe('75');
    clock.advanceMs(DAY_MS);
    expect(await member.code(member.verify(card, { name, phone, idNumber: id }))).toBe('00');
  });

  test('has an ID number that nobody else has', () => {
    const phone = '13700000004';
    const added = Array.from({ length: 400 }, () => sandbox.addPerson({ name: '李四', phone, cards: [] }));
    expect(new Set(added.map(({ person }) => person.idNumber)).size).toBe(400);
  });

  test('cannot be described in a form that is not the agreed one', async () => {
    const message = member.verify(cards[0] ?? '', { ...who, idNumber });
    message.fields.set(61, (message.fields.get(61) ?? '').slice(0, -1));
    expect(await member.code(message)).toBe('30');
  });
});

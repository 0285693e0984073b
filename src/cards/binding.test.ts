import { describe, expect, test } from 'vitest';
import { CardNumber } from '../base/card-number.ts';
import { freshDatabase } from '../../test/database.ts';
import { codeOf, refusalOf } from '../users/test-people.ts';
import { cardNumber, idNumberNo, numberOf, openCardsWorld } from './test-cards.ts';

const { sql } = await freshDatabase();
const world = await openCardsWorld(sql);
const { cards, people, rail } = world;
const { clock } = people;
const HOUR_MS = 3_600_000;

describe('a card is bound', () => {
  test('by four elements at its bank and a code to the phone that the bank has', async () => {
    const who = await world.somebody();
    const card = world.issue('ICBC', who.identity, { accountClass: 2 });
    const facts = cards.lookUp(numberOf(card));
    expect(facts).toMatchObject({ bank: 'ICBC', kind: 'debit', takesPart: true });
    world.aMinuteLater();
    const started = await world.start(who, card);
    expect(started).toMatchObject({ last4: card.number.slice(-4), facts, resendAfterSeconds: 60 });
    expect(started.phoneMasked).toMatch(/^139\*{4}\d{4}$/);
    expect(people.messages.at(-1)?.text).toContain(card.number.slice(-4));
    expect(people.messages.at(-1)?.text).not.toContain(card.number.slice(0, -4));
    const code = people.lastCode(who.identity.phone);
    const bound = await cards.finishBinding(who.session, { bindingId: started.bindingId, code });
    expect(bound).toMatchObject({
      userId: who.session.userId,
      bank: 'ICBC',
      kind: 'debit',
      accountClass: 2,
      alias: '',
      isDefault: true,
      state: 'bound',
    });
    expect(await people.users.readPerson(sql, who.session.book, who.session.userId)).toMatchObject({
      name: '王小明',
      idNumber: who.identity.idNumber,
    });
    const [row] = await sql<{ version: string }[]>`select table_version as version from cards where id = ${bound.id}`;
    expect(row?.version).toMatch(/^bankcardinfo /);
  });

  test('without typing name and ID number again once they are known', async () => {
    const who = await world.somebody();
    await world.bind(who, world.issue('ICBC', who.identity));
    const second = world.issue('CMB', who.identity);
    world.aMinuteLater();
    const { bindingId } = await cards.startBinding(who.session, {
      number: numberOf(second),
      phone: `+86 ${who.identity.phone}`,
      name: null,
      idNumber: null,
    });
    const bound = await cards.finishBinding(who.session, { bindingId, code: people.lastCode(who.identity.phone) });
    expect(bound.isDefault).toBe(false);
    expect((await cards.list(sql, who.session.book, who.session.userId)).map(({ bank }) => bank)).toEqual([
      'ICBC',
      'CMB',
    ]);
  });

  test('and opens for the rail with number, issuer and holder; one that is unknown or of another form is missing', async () => {
    const who = await world.somebody('阿卜杜拉·买买提');
    const card = world.issue('SPDB', who.identity);
    const bound = await world.bind(who, card);
    const opened = await cards.open(sql, who.session.book, [bound.id, bound.id, 'card_x', `${bound.id.slice(0, -1)}0`]);
    expect([...opened.keys()]).toEqual([bound.id]);
    expect(opened.get(bound.id)).toMatchObject({ card: bound, issuer: '03100000', holder: '阿卜杜拉·买买提' });
    expect(opened.get(bound.id)?.number.reveal()).toBe(card.number);
    expect(JSON.stringify(opened.get(bound.id))).not.toContain(card.number);
  });

  test('by each of two people who have it, and neither hears of the other', async () => {
    const [one, two] = [await world.somebody(), await world.somebody()];
    const card = world.issue('ABC', one.identity);
    await world.bind(one, card);
    const asked = rail.asked.length;
    expect(await codeOf(world.start(two, card, two.identity))).toBe('details_differ');
    expect(rail.asked.length).toBe(asked + 1);
    const [known, nobodys] = [
      await refusalOf(world.start(two, card, { name: '李四' })),
      await refusalOf(world.start(two, { ...card, number: nobodysNumber() })),
    ];
    expect([known?.code, known?.message, known?.facts]).toEqual([nobodys?.code, nobodys?.message, nobodys?.facts]);
    // Somebody who is the holder, too, by the bank's record: the same card in another wallet account.
    const again = await world.somebody();
    await world.bind({ session: again.session, identity: one.identity }, card);
    expect(await cards.list(sql, again.session.book, again.session.userId)).toHaveLength(1);
  });
});

/** A number of ABC that passes its check and that nobody has. */
function nobodysNumber(): string {
  const digits = world.issue('ABC', { name: 'x', idNumber: 'x', phone: 'x' }).number;
  rail.cards.delete(digits);
  return digits;
}

describe('wrong details', () => {
  test('are all told alike: each element, all of them, a card that nobody has, a lost one', async () => {
    const other = { name: '李四', idNumber: idNumberNo(999), phone: '13700000000' };
    const cases = [
      { name: other.name },
      { idNumber: other.idNumber },
      { phone: other.phone },
      { ...other },
      { lost: true },
      { none: true },
    ];
    const said = new Set<string>();
    for (const { lost, none, ...change } of cases as ({ lost?: true; none?: true } & Partial<typeof other>)[]) {
      const who = await world.somebody();
      const card = world.issue('ICBC', who.identity, lost === true ? { mood: 'lost' } : {});
      if (none === true) rail.cards.delete(card.number);
      const messages = people.messages.length;
      const refusal = await refusalOf(world.start(who, card, change));
      said.add(JSON.stringify([refusal?.code, refusal?.message, refusal?.facts]));
      expect(people.messages.length, 'no code is sent').toBe(messages);
    }
    expect([...said]).toHaveLength(1);
    expect([...said][0]).toContain('details_differ');
  });

  test('are counted before the bank is asked: the sixth of a person is refused without a question', async () => {
    const who = await world.somebody();
    const card = world.issue('ICBC', who.identity);
    const asked = rail.asked.length;
    const tries = Array.from({ length: 12 }, () => codeOf(world.start(who, card, { name: '李四' })));
    const codes = await Promise.all(tries);
    expect(codes.filter((code) => code === 'details_differ')).toHaveLength(5);
    expect(codes.filter((code) => code === 'too_many_tries')).toHaveLength(7);
    expect(rail.asked.length - asked).toBe(5);
    const refusal = await refusalOf(world.start(who, card));
    expect(refusal?.code, 'even with the right ones').toBe('too_many_tries');
    // 02:00 UTC is 10:00 in Shanghai, and some minutes have gone by.
    expect(refusal?.facts.retryAfterSeconds).toBeLessThan(14 * 3600);
    clock.advanceMs(((refusal?.facts.retryAfterSeconds ?? 0) - 1) * 1000);
    expect(await codeOf(world.start(who, card)), 'a second before midnight').toBe('too_many_tries');
    clock.advanceMs(1000);
    expect(await codeOf(world.start(who, card)), 'a new day').toBe('done');
  });

  test('of one number are counted over all people', async () => {
    const card = world.issue('CMB', (await world.somebody()).identity);
    const codes: string[] = [];
    for (let no = 0; no < 6; no++)
      codes.push(await codeOf(world.start(await world.somebody(), card, { name: '李四' })));
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'details_differ'), 'too_many_tries']);
  });

  test('of one device are counted over all people, ten a day', async () => {
    const deviceId = (await world.somebody()).session.deviceId;
    const codes: string[] = [];
    for (let no = 0; no < 11; no++) {
      const who = await world.somebody();
      const session = { ...who.session, deviceId };
      codes.push(await codeOf(world.start({ ...who, session }, world.issue('CMB', who.identity), { name: '李四' })));
    }
    expect(codes.slice(0, 10).every((code) => code === 'details_differ')).toBe(true);
    expect(codes[10]).toBe('too_many_tries');
  });

  test('are not counted where the bank confirms, is down or does not answer', async () => {
    const who = await world.somebody();
    for (const mood of ['silence', 'down', 'silence', 'down', 'silence', 'down'] as const)
      expect(await codeOf(world.start(who, world.issue('ICBC', who.identity, { mood })))).toBe('bank_unavailable');
    for (let no = 0; no < 6; no++) await world.bind(who, world.issue('ICBC', who.identity));
    expect(await cards.list(sql, who.session.book, who.session.userId)).toHaveLength(6);
    const [row] = await sql<{ count: number }[]>`select count from card_tries where who = ${who.session.userId}`;
    expect(row?.count).toBe(0);
  });

  test('are told as too many when the bank says so', async () => {
    const who = await world.somebody();
    expect(await codeOf(world.start(who, world.issue('ICBC', who.identity, { mood: 'counted' })))).toBe(
      'too_many_tries',
    );
  });

  test.each([
    ['a wrong check digit', '6222021234567890129', 'card_number_invalid'],
    ['a number of no bank', '0000000000000000', 'card_not_supported'],
    ['a bank that takes no part', cardNumber('622309', 19), 'card_not_supported'],
  ])('%s: %s is %s, and no bank is asked', async (_, digits, code) => {
    const who = await world.somebody();
    const asked = rail.asked.length;
    const number = CardNumber.read(digits);
    if (number === null) throw new Error('not a number');
    expect(await codeOf(cards.startBinding(who.session, { number, ...who.identity }))).toBe(code);
    expect(rail.asked.length).toBe(asked);
  });

  test('that cannot be details are refused before anything is asked or counted', async () => {
    const who = await world.somebody();
    const card = world.issue('ICBC', who.identity);
    for (const [change, param] of [
      [{ name: '王\r\n小明' }, 'name'],
      [{ idNumber: `${who.identity.idNumber.slice(0, -1)}#` }, 'id_number'],
      [{ phone: '12345678901' }, 'phone'],
    ] as const) {
      const refusal = await refusalOf(world.start(who, card, change));
      expect([refusal?.code, refusal?.facts.param]).toEqual(['invalid_request', param]);
    }
    expect(
      await codeOf(
        cards.startBinding(who.session, {
          number: numberOf(card),
          phone: who.identity.phone,
          name: null,
          idNumber: null,
        }),
      ),
    ).toBe('invalid_request');
    expect(await sql`select 1 from card_tries where who = ${who.session.userId}`).toHaveLength(0);
  });
});

describe('one person', () => {
  test('can bind cards of one identity only; another is told as differing, after the bank was asked', async () => {
    const who = await world.somebody();
    await world.bind(who, world.issue('ICBC', who.identity));
    const friend = await world.somebody('李四');
    const asked = rail.asked.length;
    expect(await codeOf(world.start(who, world.issue('CMB', friend.identity)))).toBe('details_differ');
    expect(rail.asked.length).toBe(asked + 1);
  });

  test('who starts with two identities at once ends with one', async () => {
    const who = await world.somebody();
    const friend = await world.somebody('李四');
    const [own, foreign] = [world.issue('ICBC', who.identity), world.issue('CMB', friend.identity)];
    world.aMinuteLater();
    const first = await world.start(who, own);
    const second = await world.start(who, foreign);
    const codes = [people.lastCode(who.identity.phone), people.lastCode(friend.identity.phone)];
    const results = await Promise.all([
      codeOf(cards.finishBinding(who.session, { bindingId: first.bindingId, code: codes[0] ?? '' })),
      codeOf(cards.finishBinding(who.session, { bindingId: second.bindingId, code: codes[1] ?? '' })),
    ]);
    expect(results.sort()).toEqual(['done', 'identity_differs']);
    expect(await cards.list(sql, who.session.book, who.session.userId)).toHaveLength(1);
  });

  test('who binds one card twice at once has it once', async () => {
    const who = await world.somebody();
    const card = world.issue('ICBC', who.identity);
    const started = [];
    for (let no = 0; no < 3; no++) {
      world.aMinuteLater();
      const { bindingId } = await world.start(who, card);
      started.push({ bindingId, code: people.lastCode(who.identity.phone) });
    }
    const results = await Promise.all(started.map((input) => codeOf(cards.finishBinding(who.session, input))));
    expect(results.sort()).toEqual(['card_already_bound', 'card_already_bound', 'done']);
    world.aMinuteLater();
    expect(await codeOf(world.start(who, card))).toBe('card_already_bound');
  });

  test('has at most 20 cards', async () => {
    const who = await world.somebody();
    for (let no = 0; no < 19; no++) {
      const phone = people.aPhone();
      await world.bind(who, world.issue('ICBC', { ...who.identity, phone }));
    }
    // Two more at once, where one has room.
    const last = [people.aPhone(), people.aPhone()].map((phone) => world.issue('ABC', { ...who.identity, phone }));
    const started = await Promise.all(last.map((card) => world.start(who, card)));
    const results = await Promise.all(
      started.map(({ bindingId }, at) =>
        codeOf(cards.finishBinding(who.session, { bindingId, code: people.lastCode(last[at]?.identity.phone ?? '') })),
      ),
    );
    expect(results.sort()).toEqual(['cards_max', 'done']);
    expect(await codeOf(world.start(who, world.issue('CMB', who.identity)))).toBe('cards_max');
  });
});

describe('the code of a binding', () => {
  test('is worth nothing for another binding, another person, another purpose, or a second time', async () => {
    const [who, thief] = [await world.somebody(), await world.somebody('李四')];
    const [one, two] = [
      world.issue('ICBC', who.identity),
      world.issue('CMB', { ...who.identity, phone: people.aPhone() }),
    ];
    world.aMinuteLater();
    const first = await world.start(who, one);
    const second = await world.start(who, two);
    const code = people.lastCode(one.identity.phone);
    expect(await codeOf(cards.finishBinding(who.session, { bindingId: second.bindingId, code }))).toBe('code_wrong');
    // A stolen binding id of another person is as absent as one that was never there.
    const stolen = await refusalOf(cards.finishBinding(thief.session, { bindingId: first.bindingId, code }));
    const absent = await refusalOf(
      cards.finishBinding(thief.session, { bindingId: 'bind_0000000000000000000000000', code }),
    );
    expect([stolen?.code, stolen?.message]).toEqual(['not_found', absent?.message]);
    const card = await cards.finishBinding(who.session, { bindingId: first.bindingId, code });
    expect(card.last4).toBe(one.number.slice(-4));
    expect(await codeOf(cards.finishBinding(who.session, { bindingId: first.bindingId, code }))).toBe('not_found');

    // A code to set a PIN anew finishes no binding.
    world.aMinuteLater();
    await people.users.startPinReset(who.session);
    const other = people.lastCode(who.identity.phone);
    expect(await codeOf(cards.finishBinding(who.session, { bindingId: second.bindingId, code: other }))).toBe(
      'code_wrong',
    );
  });

  test('after ten minutes comes too late', async () => {
    const who = await world.somebody();
    const card = world.issue('ICBC', who.identity);
    world.aMinuteLater();
    const { bindingId } = await world.start(who, card);
    clock.advanceMs(600_000);
    const code = people.lastCode(who.identity.phone);
    expect(await codeOf(cards.finishBinding(who.session, { bindingId, code }))).toBe('not_found');
    await cards.sweep();
    expect(await sql`select 1 from card_requests where id = ${bindingId}`).toHaveLength(0);
  });
});

describe('a person is verified for a new PIN', () => {
  test('by the four elements of a card that they have bound, and by no other card', async () => {
    const [who, friend] = [await world.somebody(), await world.somebody('李四')];
    const card = world.issue('ICBC', who.identity);
    const foreign = world.issue('CMB', friend.identity);
    const unbound = world.issue('ABC', who.identity);
    expect(await codeOf(cards.verifyPerson(who.session, { number: numberOf(card), ...who.identity }))).toBe(
      'details_differ',
    );
    await world.bind(who, card);
    await world.bind(friend, foreign);
    expect(await codeOf(cards.verifyPerson(who.session, { number: numberOf(card), ...who.identity }))).toBe('done');
    const asked = rail.asked.length;
    for (const [number, identity] of [
      [numberOf(card), { ...who.identity, name: '李四' }],
      [numberOf(foreign), friend.identity],
      [numberOf(unbound), who.identity],
    ] as const)
      expect(await codeOf(cards.verifyPerson(who.session, { number, ...identity }))).toBe('details_differ');
    expect(rail.asked.length - asked, 'the bank is asked each time').toBe(3);
    await codeOf(cards.verifyPerson(who.session, { number: numberOf(card), ...who.identity, name: '李四' }));
    expect(await codeOf(cards.verifyPerson(who.session, { number: numberOf(card), ...who.identity }))).toBe(
      'too_many_tries',
    );
    clock.advanceMs(24 * HOUR_MS);
  });
});

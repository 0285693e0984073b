import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { codeOf, openPeople, refusalOf } from './test-people.ts';

const { sql } = await freshDatabase();
const people = await openPeople(sql);
const { users, clock } = people;
const device = { deviceName: 'Pixel', lang: 'zh-CN', deviceToken: null } as const;
const start = (phone: string, origin = phone) => users.startSignIn({ phone, lang: 'zh-CN', origin });

describe('signing in by phone and code', () => {
  test('whoever is new is signed up, and is known the next time', async () => {
    const phone = people.aPhone();
    const first = await people.signIn(phone);
    const second = await people.signIn(phone);
    expect(first.isNewUser).toBe(true);
    expect(second.isNewUser).toBe(false);
    expect(second.session.userId).toBe(first.session.userId);
    const person = await users.readPerson(sql, 1, first.session.userId);
    expect(person).toMatchObject({ phone, name: null, idNumber: null, phoneMasked: `139****${phone.slice(-4)}` });
  });

  test('a known and an unknown phone get the same answer, and nobody is looked up before the code is right', async () => {
    const [known, unknown] = [people.aPhone(), people.aPhone()];
    await people.signIn(known);
    clock.advanceMs(61_000);
    const before = people.messages.length;
    const answers = [await start(known), await start(unknown)];
    expect(answers.map((answer) => Object.keys(answer))).toEqual([
      ['codeId', 'resendAfterSeconds'],
      ['codeId', 'resendAfterSeconds'],
    ]);
    const texts = people.messages.slice(before).map(({ text }) => text.replace(/\d{6}/, '…'));
    expect(texts[0]).toBe(texts[1]);
    const wrong = await Promise.all(
      [known, unknown].map((phone, index) =>
        refusalOf(users.finishSignIn({ ...device, codeId: answers[index]?.codeId ?? '', phone, code: 'x' })),
      ),
    );
    expect(wrong.map((refusal) => [refusal?.code, refusal?.message, refusal?.facts])).toEqual([
      [wrong[0]?.code, wrong[0]?.message, wrong[0]?.facts],
      [wrong[0]?.code, wrong[0]?.message, wrong[0]?.facts],
    ]);
    expect(await sql`select 1 from user_codes where user_id is not null`).toEqual([]);
  });

  test('two that sign up with one phone at the same moment are one person', async () => {
    const phone = people.aPhone();
    const codes = [];
    for (let i = 0; i < 4; i++) {
      clock.advanceMs(61_000);
      const { codeId } = await start(phone);
      codes.push({ codeId, code: people.lastCode(phone) });
    }
    const all = await Promise.all(codes.map((code) => users.finishSignIn({ ...device, ...code, phone })));
    expect(new Set(all.map(({ session }) => session.userId)).size).toBe(1);
    expect(all.filter(({ isNewUser }) => isNewUser)).toHaveLength(1);
  });

  test.each([
    '',
    '1380013800',
    '23800138000',
    '12800138000',
    '138001380001',
    '+1 2025550123',
    "' or 1=1--",
    '１３８００１３８０００',
  ])('a phone number like %j is refused', async (phone) => {
    expect(await codeOf(start(phone))).toBe('invalid_request');
  });

  test.each(['+86 138 1234 5678', '86-13812345678', '0086 13812345678', ' 138-1234-5678 '])(
    'one typed as %j is the same number',
    async (typed) => {
      const found = await people.signIn('13812345678');
      expect(await users.findByPhone(sql, 1, typed)).toBe(found.session.userId);
    },
  );

  test('a number that nobody has is found to be nobody', async () => {
    expect(await users.findByPhone(sql, 1, '13711112222')).toBe(null);
  });
});

describe('codes', () => {
  test('a code is used once', async () => {
    const phone = people.aPhone();
    const { codeId } = await start(phone);
    const code = people.lastCode(phone);
    expect(await codeOf(users.finishSignIn({ ...device, codeId, phone, code }))).toBe('done');
    expect(await codeOf(users.finishSignIn({ ...device, codeId, phone, code }))).toBe('code_wrong');
  });

  test('of twenty who come with the right code at once, one is let in', async () => {
    const phone = people.aPhone();
    const { codeId } = await start(phone);
    const input = { ...device, codeId, phone, code: people.lastCode(phone) };
    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(users.finishSignIn(input))));
    expect(codes.filter((code) => code === 'done')).toHaveLength(1);
  });

  test('the sixth try is refused for good, the right code too', async () => {
    const phone = people.aPhone();
    const { codeId } = await start(phone);
    const right = people.lastCode(phone);
    const wrong = right === '000000' ? '000001' : '000000';
    const tries = [wrong, wrong, wrong, wrong, wrong, right, right];
    const answers = [];
    for (const code of tries) answers.push(await codeOf(users.finishSignIn({ ...device, codeId, phone, code })));
    expect(new Set(answers)).toEqual(new Set(['code_wrong']));
  });

  test('of a hundred guesses at once at most five are compared', async () => {
    const phone = people.aPhone();
    const { codeId } = await start(phone);
    const right = Number(people.lastCode(phone));
    const guesses = Array.from({ length: 100 }, (_, i) => String((right + 1 + i) % 1_000_000).padStart(6, '0'));
    await Promise.all(guesses.map((code) => codeOf(users.finishSignIn({ ...device, codeId, phone, code }))));
    const [row] = await sql<{ tries: number }[]>`select tries_count as tries from user_codes where id = ${codeId}`;
    expect(row?.tries).toBe(5);
    const late = users.finishSignIn({ ...device, codeId, phone, code: String(right).padStart(6, '0') });
    expect(await codeOf(late)).toBe('code_wrong');
  });

  test.each([
    [299, 'done'],
    [300, 'code_wrong'],
  ])('after %i seconds it answers %s', async (seconds, answer) => {
    const phone = people.aPhone();
    const { codeId } = await start(phone);
    const code = people.lastCode(phone);
    clock.advanceMs(seconds * 1000);
    expect(await codeOf(users.finishSignIn({ ...device, codeId, phone, code }))).toBe(answer);
  });

  test('a code for one phone, person, purpose or thing is worthless for another', async () => {
    const { session, phone } = await people.withPin();
    const other = await people.signIn(people.aPhone());
    const request = {
      book: 1,
      userId: session.userId,
      phone,
      purpose: 'bind_card',
      bound: 'card A',
      says: '',
      lang: 'en',
    } as const;
    const bends = [
      { userId: other.session.userId },
      { userId: null },
      { purpose: 'step_up' },
      { purpose: 'reset_pin' },
      { bound: 'card B' },
      { bound: 'card A ' },
      { code: '' },
      { codeId: 'code_00000000000000000000000000' },
      { codeId: "'; drop table user_codes --" },
    ] as const;
    for (const bend of bends) {
      clock.advanceMs(24 * 3600_000);
      const { codeId } = await users.sendCode(request);
      const use = {
        book: 1,
        codeId,
        code: people.lastCode(phone),
        userId: session.userId,
        purpose: 'bind_card',
        bound: 'card A',
      } as const;
      expect(await codeOf(users.useCode({ ...use, ...bend })), JSON.stringify(bend)).toBe('code_wrong');
      expect(await codeOf(users.useCode(use)), 'unbent').toBe('done');
    }
  });

  test('a code for one phone does not sign in another', async () => {
    const [mine, theirs] = [people.aPhone(), people.aPhone()];
    await people.signIn(theirs);
    const { codeId } = await start(mine);
    const stolen = { ...device, codeId, phone: theirs, code: people.lastCode(mine) };
    expect(await codeOf(users.finishSignIn(stolen))).toBe('code_wrong');
  });

  test('one a minute and ten a day go to a phone, whoever asks', async () => {
    const phone = people.aPhone();
    clock.advanceMs(24 * 3600_000);
    expect(await codeOf(start(phone, 'a'))).toBe('done');
    const early = await refusalOf(start(phone, 'b'));
    expect([early?.code, early?.facts.retryAfterSeconds]).toEqual(['too_many_tries', 60]);
    for (let i = 1; i < 10; i++) {
      clock.advanceMs(60_000);
      expect(await codeOf(start(phone, `origin ${i}`))).toBe('done');
    }
    clock.advanceMs(60_000);
    const late = await refusalOf(start(phone, 'z'));
    expect(late?.code).toBe('too_many_tries');
    expect(late?.facts.retryAfterSeconds).toBeGreaterThan(60);
    clock.advanceMs((late?.facts.retryAfterSeconds ?? 0) * 1000);
    expect(await codeOf(start(phone, 'z'))).toBe('done');
  });

  test('strangers who ask for codes to a phone all day lock its owner out of no device of theirs', async () => {
    const { phone, deviceToken, session } = await people.withPin();
    const stranger = await people.withPin();
    const askOn = (token: string, at: string) =>
      users.startSignIn({ phone, lang: 'zh-CN', origin: at, deviceToken: token });
    for (let i = 0; i < 10; i++) {
      clock.advanceMs(60_000);
      await codeOf(start(phone, `stranger ${i}`));
    }
    expect(await codeOf(start(phone, 'the owner, on a new device'))).toBe('too_many_tries');
    // Somebody else's device, or one that was made up, is a stranger's.
    for (const token of [stranger.deviceToken.reveal(), `${deviceToken.reveal().slice(0, -1)}_`, ''])
      expect(await codeOf(askOn(token, 'elsewhere'))).toBe('too_many_tries');
    const { codeId } = await askOn(deviceToken.reveal(), 'home');
    const code = people.lastCode(phone);
    const again = await users.finishSignIn({ ...device, deviceToken: deviceToken.reveal(), codeId, phone, code });
    expect(again.session.deviceId).toBe(session.deviceId);
    // It has an end there as well, and a removed device is none.
    expect(await codeOf(askOn(deviceToken.reveal(), 'home'))).toBe('too_many_tries');
    for (let i = 1; i < 10; i++) {
      clock.advanceMs(60_000);
      expect(await codeOf(askOn(deviceToken.reveal(), 'home'))).toBe('done');
    }
    clock.advanceMs(60_000);
    expect(await codeOf(askOn(deviceToken.reveal(), 'home'))).toBe('too_many_tries');
    clock.advanceMs(24 * 3_600_000);
    for (let i = 0; i < 10; i++) {
      clock.advanceMs(60_000);
      expect(await codeOf(start(phone, `stranger ${i}`))).toBe('done');
    }
    await users.removeDevice(again.session, session.deviceId);
    expect(await codeOf(askOn(deviceToken.reveal(), 'home'))).toBe('too_many_tries');
  });

  test('who has just signed in gets other codes at once, the same one again after a minute, and thirty a day in all', async () => {
    const { session, phone } = await people.withPin();
    const request = { book: 1, userId: session.userId, phone, purpose: 'bind_card', says: '', lang: 'en' } as const;
    const codes = [];
    for (let i = 0; i < 30; i++) codes.push(await codeOf(users.sendCode({ ...request, bound: `card ${i}` })));
    expect(new Set(codes)).toEqual(new Set(['done']));
    expect(await codeOf(users.sendCode({ ...request, bound: 'card 0' }))).toBe('too_many_tries');
    clock.advanceMs(60_000);
    expect(await codeOf(users.sendCode({ ...request, bound: 'card 30' }))).toBe('too_many_tries');
    expect(await codeOf(start(phone))).toBe('done');
  });

  test('of fifty requests at once for one phone one is sent', async () => {
    const phone = people.aPhone();
    const before = people.messages.length;
    await Promise.all(Array.from({ length: 50 }, (_, i) => codeOf(start(phone, `somewhere ${i}`))));
    expect(people.messages.length - before).toBe(1);
  });

  test('an address that asks for more than a hundred phones a day is refused, and uses up nobody else', async () => {
    const codes = [];
    for (let i = 0; i < 101; i++)
      codes.push(await codeOf(start(`1361000${String(i).padStart(4, '0')}`, '203.0.113.9')));
    expect(codes.filter((code) => code === 'done')).toHaveLength(100);
    expect(codes.at(-1)).toBe('too_many_tries');
    expect(await codeOf(start('13610000100', '203.0.113.10'))).toBe('done');
  });

  test('a message that could not be sent is told, and its code is void', async () => {
    const phone = people.aPhone();
    people.smsAnswer = { kind: 'failed', why: 'the gateway answered 500' };
    const refused = await refusalOf(start(phone));
    people.smsAnswer = { kind: 'sent' };
    expect(refused?.code).toBe('code_not_sent');
    const rows = await sql<{ id: string }[]>`select id from user_codes order by id desc limit 1`;
    const codeId = rows[0]?.id ?? '';
    const use = users.finishSignIn({ ...device, codeId, phone, code: people.lastCode(phone) });
    expect(await codeOf(use)).toBe('code_wrong');
  });

  test('neither phones nor codes stand in the database or in the log', async () => {
    const phone = people.aPhone();
    const { codeId } = await start(phone);
    const code = people.lastCode(phone);
    await codeOf(users.finishSignIn({ ...device, codeId, phone, code: 'wrong!' }));
    const rows = await sql`
      select (select json_agg(users)::text from users) as people, (select json_agg(user_tries)::text from user_tries) as tries,
        (select json_agg(user_codes)::text from user_codes) as codes, (select json_agg(audit_lines)::text from audit_lines) as audit`;
    const all = JSON.stringify(rows) + people.logged.join('\n');
    for (const secret of [
      phone,
      Buffer.from(phone).toString('hex'),
      Buffer.from(phone).toString('base64'),
      `"${code}"`,
    ])
      expect(all.includes(secret)).toBe(false);
  });
});

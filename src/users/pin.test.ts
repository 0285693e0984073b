import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { Secret } from '../base/secret.ts';
import { createPinHashes } from './pin-hash.ts';
import { pinWeakness } from './pin-rules.ts';
import { anAct, codeOf, GOOD_PIN, MASTER, openPeople, OTHER_PIN, refusalOf } from './test-people.ts';
import type { Session } from './users.ts';

const { sql } = await freshDatabase();
const people = await openPeople(sql);
const { users, clock } = people;

async function check(session: Session, pin: string, by = users): Promise<string> {
  const { proofId } = await by.offerProof(session, anAct(), 'pin');
  return await codeOf(by.proveAct(session, proofId, { pin, code: null, passkey: null }));
}

async function checkAll(session: Session, pins: readonly string[]): Promise<string[]> {
  const answers = [];
  for (const pin of pins) answers.push(await check(session, pin));
  return answers;
}

describe('a payment PIN that is easy to guess', () => {
  const person = { phone: '13812345678', idNumber: '11010519491231002X' };
  test.each([
    ['123456', 'run'],
    ['987654', 'run'],
    ['789012', 'run'],
    ['210987', 'run'],
    ['111111', 'repeat'],
    ['121212', 'repeat'],
    ['123123', 'repeat'],
    ['477779', 'repeat'],
    ['147258', 'common'],
    ['520131', 'common'],
    ['491231', 'birth_date'],
    ['311249', 'birth_date'],
    ['123149', 'birth_date'],
    ['194912', 'birth_date'],
    ['345678', 'run'],
    ['138123', 'phone'],
    [GOOD_PIN, null],
    [OTHER_PIN, null],
    ['135792', null],
  ])('%s: %s', (pin, why) => {
    expect(pinWeakness(pin, person)).toBe(why);
  });

  test('the end of the phone number is refused', () => {
    expect(pinWeakness('285719', { phone: '13800285719', idNumber: null })).toBe('phone');
  });

  test.each(['', '12345', '1234567', 'abcdef', '１２３４５６', '12 456', '28571\n'])('%j is not a PIN', async (pin) => {
    const { session } = await people.signIn(people.aPhone());
    expect(await codeOf(users.setPin(session, { pin, oldPin: null }))).toBe('invalid_request');
  });

  test('it is refused when it is set, with why', async () => {
    const { session } = await people.signIn(people.aPhone());
    const refusal = await refusalOf(users.setPin(session, { pin: '888888', oldPin: null }));
    expect([refusal?.code, refusal?.facts['why']]).toEqual(['pin_too_weak', 'repeat']);
    expect(await users.me(session)).toMatchObject({ hasPin: false });
  });
});

describe('setting and changing', () => {
  test('the first needs no old one, another needs the right old one', async () => {
    const { session } = await people.signIn(people.aPhone());
    expect(await codeOf(users.setPin(session, { pin: GOOD_PIN, oldPin: OTHER_PIN }))).toBe('invalid_request');
    expect(await codeOf(users.setPin(session, { pin: GOOD_PIN, oldPin: null }))).toBe('done');
    expect(await codeOf(users.setPin(session, { pin: OTHER_PIN, oldPin: null }))).toBe('invalid_request');
    expect(await codeOf(users.setPin(session, { pin: OTHER_PIN, oldPin: '135792' }))).toBe('pin_wrong');
    expect(await codeOf(users.setPin(session, { pin: OTHER_PIN, oldPin: GOOD_PIN }))).toBe('done');
    expect(await checkAll(session, [GOOD_PIN, OTHER_PIN])).toEqual(['pin_wrong', 'done']);
  });

  test('of two first PINs at once one is set', async () => {
    const { session } = await people.signIn(people.aPhone());
    const codes = await Promise.all(
      [GOOD_PIN, OTHER_PIN].map((pin) => codeOf(users.setPin(session, { pin, oldPin: null }))),
    );
    expect(codes.sort()).toEqual(['done', 'pin_wrong']);
  });

  test('what is kept is argon2id with the figures of OWASP and a salt each, and no two are alike', async () => {
    const [a, b] = [await people.withPin(), await people.withPin()];
    const rows = await sql<{ hash: string }[]>`
      select hash from user_pins where user_id in (${a.session.userId}, ${b.session.userId})`;
    const hashes = rows.map(({ hash }) => hash);
    expect(new Set(hashes).size).toBe(2);
    for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('without the pepper the right PIN does not fit its own hash', async () => {
    const kept = await createPinHashes([MASTER]).hash(GOOD_PIN);
    const elsewhere = createPinHashes([new Secret('another master secret of more than thirty-two bytes')]);
    expect(await createPinHashes([MASTER]).isRight(GOOD_PIN, kept)).toBe(true);
    expect(elsewhere.isReadable(kept)).toBe(false);
    expect(await elsewhere.isRight(GOOD_PIN, kept)).toBe(false);
  });
});

describe('wrong PINs', () => {
  test('five in a row lock it for three hours, for the right one too', async () => {
    const { session } = await people.withPin();
    const first = await refusalOf(proof(session, '135790'));
    expect([first?.code, first?.facts['tries_left']]).toEqual(['pin_wrong', 4]);
    expect(await checkAll(session, ['135791', '135792', '135793'])).toEqual(Array(3).fill('pin_wrong'));
    const fifth = await refusalOf(proof(session, '135794'));
    expect([fifth?.code, fifth?.facts.retryAfterSeconds]).toEqual(['pin_locked', 3 * 3600]);
    clock.advanceMs(3 * 3600_000 - 1000);
    expect(await check(session, GOOD_PIN)).toBe('pin_locked');
    clock.advanceMs(1000);
    expect(await check(session, GOOD_PIN)).toBe('done');
  });

  test('a right one in between begins the count anew', async () => {
    const { session } = await people.withPin();
    const four = ['135790', '135791', '135792', '135793'];
    const answers = await checkAll(session, [...four, GOOD_PIN, ...four, GOOD_PIN]);
    expect(answers.filter((answer) => answer === 'pin_wrong')).toHaveLength(8);
    expect(answers.filter((answer) => answer === 'done')).toHaveLength(2);
  });

  test('of ten wrong ones at once at most five are compared, and then the right one is refused too', async () => {
    const { session } = await people.withPin();
    const wrong = Array.from({ length: 10 }, (_, i) => `13579${i}`);
    const answers = await Promise.all(wrong.map((pin) => check(session, pin)));
    expect(answers.filter((answer) => answer === 'pin_wrong')).toHaveLength(4);
    expect(answers.filter((answer) => answer === 'pin_locked')).toHaveLength(6);
    expect(await check(session, GOOD_PIN)).toBe('pin_locked');
    const [row] = await sql<{ count: number }[]>`
      select count(*)::integer as count from audit_lines where user_id = ${session.userId} and event in ('pin.wrong', 'pin.locked')`;
    expect(row?.count).toBe(5);
  });

  test('guesses by two processes at once share one count', async () => {
    const { session } = await people.withPin();
    const second = people.openAnother({});
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => check(session, `1357${i + 10}`, i % 2 === 0 ? users : second)),
    );
    expect(answers.filter((answer) => answer === 'pin_wrong')).toHaveLength(4);
  });

  test('whoever ends the process between count and comparison has still tried', async () => {
    const { session } = await people.withPin();
    const { userId } = session;
    await sql`update user_pins set wrong_count = 4 where user_id = ${userId}`;
    const dying = people.openAnother({ sql: dyingAfter(userId) });
    await expect(proof(session, '135790', dying)).rejects.toThrow('the process ends here');
    expect(await check(session, GOOD_PIN)).toBe('pin_locked');
  });

  test('three locks, and it has to be set anew', async () => {
    const { session, phone } = await people.withPin();
    const five = ['135790', '135791', '135792', '135793', '135794'];
    expect((await checkAll(session, five)).at(-1)).toBe('pin_locked');
    clock.advanceMs(3 * 3600_000);
    expect((await checkAll(session, five)).at(-1)).toBe('pin_locked');
    clock.advanceMs(3 * 3600_000);
    expect((await checkAll(session, five)).at(-1)).toBe('pin_reset_required');
    clock.advanceMs(30 * 24 * 3600_000);
    expect(await checkAll(session, [GOOD_PIN])).toEqual(['pin_reset_required']);
    expect(await codeOf(users.setPin(session, { pin: OTHER_PIN, oldPin: GOOD_PIN }))).toBe('pin_reset_required');
    const { resetId } = await users.startPinReset(session);
    await users.finishPinReset(session, { resetId, code: people.lastCode(phone), pin: OTHER_PIN });
    expect(await checkAll(session, [GOOD_PIN, OTHER_PIN])).toEqual(['pin_wrong', 'done']);
  });

  test('changing it with a guessed old one counts as well', async () => {
    const { session } = await people.withPin();
    for (let i = 0; i < 5; i++) await codeOf(users.setPin(session, { pin: OTHER_PIN, oldPin: `13579${i}` }));
    expect(await codeOf(users.setPin(session, { pin: OTHER_PIN, oldPin: GOOD_PIN }))).toBe('pin_locked');
  });
});

describe('setting it anew', () => {
  test("another person's reset, another session's, a wrong code and a code used twice change nothing", async () => {
    const [mine, theirs] = [await people.withPin(), await people.withPin()];
    const elsewhere = await people.signIn(theirs.phone);
    clock.advanceMs(61_000);
    const { resetId } = await users.startPinReset(theirs.session);
    const input = { resetId, code: people.lastCode(theirs.phone), pin: OTHER_PIN };
    expect(await codeOf(users.finishPinReset(mine.session, input))).toBe('code_wrong');
    expect(await codeOf(users.finishPinReset(elsewhere.session, input))).toBe('code_wrong');
    expect(await check(theirs.session, GOOD_PIN)).toBe('done');
    expect(await check(mine.session, GOOD_PIN)).toBe('done');
    expect(await codeOf(users.finishPinReset(theirs.session, { ...input, pin: '111111' }))).toBe('pin_too_weak');
    expect(await codeOf(users.finishPinReset(theirs.session, input))).toBe('done');
    expect(await codeOf(users.finishPinReset(theirs.session, { ...input, pin: '135792' }))).toBe('code_wrong');
    expect(await check(theirs.session, OTHER_PIN)).toBe('done');
  });

  test('a code that was sent for signing in resets nothing', async () => {
    const { session, phone } = await people.withPin();
    clock.advanceMs(61_000);
    const { codeId } = await users.startSignIn({ phone, lang: 'en', origin: phone });
    const input = { resetId: codeId, code: people.lastCode(phone), pin: OTHER_PIN };
    expect(await codeOf(users.finishPinReset(session, input))).toBe('code_wrong');
  });

  test('it ends every other session', async () => {
    const { session, phone, cookie } = await people.withPin();
    const thief = await people.signIn(phone);
    clock.advanceMs(61_000);
    const { resetId } = await users.startPinReset(session);
    await users.finishPinReset(session, { resetId, code: people.lastCode(phone), pin: OTHER_PIN });
    expect(await users.authenticate(thief.cookie.reveal(), clock.now())).toBe(null);
    expect(await users.authenticate(cookie.reveal(), clock.now())).not.toBe(null);
  });

  test('whoever found a phone with all its owner’s cards is trusted for a day as on a new device, on every device', async () => {
    const { session, phone, cookie, deviceToken } = await people.withPin();
    const friend = await people.withPin();
    clock.advanceMs(10 * 60_000);
    const isNew = async (of: string) => (await users.authenticate(of, clock.now()))?.deviceIsNew;
    await sql`update user_devices set created_at = created_at - interval '2 days'`;
    expect(await isNew(cookie.reveal())).toBe(false);
    const { resetId } = await users.startPinReset(session);
    await users.finishPinReset(session, { resetId, code: people.lastCode(phone), pin: OTHER_PIN });
    expect(await isNew(cookie.reveal())).toBe(true);
    const again = await people.signIn(phone, deviceToken.reveal());
    expect(again.session).toMatchObject({ deviceId: session.deviceId, deviceIsNew: true });
    expect(await isNew(friend.cookie.reveal())).toBe(false);
    clock.advanceMs(24 * 3_600_000);
    expect((await people.signIn(phone, deviceToken.reveal())).session.deviceIsNew).toBe(false);
  });

  test('at the moment of a sign-in on the same device, neither waits for the other for ever', async () => {
    for (let i = 0; i < 5; i++) {
      const { session, phone, deviceToken } = await people.withPin();
      clock.advanceMs(61_000);
      const { resetId } = await users.startPinReset(session);
      const reset = people.lastCode(phone);
      const { codeId } = await users.startSignIn({ phone, lang: 'en', origin: phone });
      const device = { deviceName: 'x', lang: 'en', deviceToken: deviceToken.reveal() } as const;
      const both = await Promise.allSettled([
        users.finishPinReset(session, { resetId, code: reset, pin: OTHER_PIN }),
        users.finishSignIn({ ...device, codeId, phone, code: people.lastCode(phone) }),
      ]);
      expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    }
  });
});

describe('the pepper', () => {
  const NEWER = new Secret('a newer master secret, also of enough bytes for this');

  test('a PIN made under an older master secret is right, and is made anew under the newest', async () => {
    const { session } = await people.withPin();
    const before = await keptOf(session);
    const rotated = people.openAnother({ masters: [NEWER, MASTER] });
    expect(await check(session, OTHER_PIN, rotated)).toBe('pin_wrong');
    expect((await keptOf(session)).pepperId).toBe(before.pepperId);
    expect(await check(session, GOOD_PIN, rotated)).toBe('done');
    const after = await keptOf(session);
    expect(after.pepperId).not.toBe(before.pepperId);
    expect(after.hash).not.toBe(before.hash);
    expect(await check(session, GOOD_PIN, rotated)).toBe('done');
    expect(await keptOf(session)).toEqual(after);
  });

  test('one whose master secret is gone has to be set anew, and nothing is counted', async () => {
    const { session } = await people.withPin();
    const lost = people.openAnother({ masters: [NEWER] });
    expect(await check(session, GOOD_PIN, lost)).toBe('pin_reset_required');
    expect(await check(session, GOOD_PIN)).toBe('done');
  });
});

test('two PINs are hashed at once, fifty wait, and more are told to come back', async () => {
  const hashes = createPinHashes([MASTER]);
  let [running, most] = [0, 0];
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const all = Array.from({ length: 60 }, () =>
    codeOf(
      hashes.inTurn(async () => {
        running += 1;
        most = Math.max(most, running);
        await gate;
        running -= 1;
      }),
    ),
  );
  open();
  const codes = await Promise.all(all);
  expect(most).toBe(2);
  expect(codes.filter((code) => code === 'overloaded')).toHaveLength(8);
  expect(codes.filter((code) => code === 'done')).toHaveLength(52);
  expect(await codeOf(hashes.inTurn(async () => undefined))).toBe('done');
});

async function proof(session: Session, pin: string, by = users): Promise<unknown> {
  const { proofId } = await users.offerProof(session, anAct(), 'pin');
  return await by.proveAct(session, proofId, { pin, code: null, passkey: null });
}

async function keptOf(session: Session): Promise<{ hash: string; pepperId: string }> {
  const [row] = await sql<{ hash: string; pepperId: string }[]>`
    select hash, pepper_id as "pepperId" from user_pins where user_id = ${session.userId}`;
  return row ?? { hash: '', pepperId: '' };
}

/** A database that is gone as soon as this person's try was counted. */
function dyingAfter(userId: string): typeof sql {
  return new Proxy(sql, {
    apply(target, self, args: Parameters<typeof sql>) {
      const query: PromiseLike<unknown> = Reflect.apply(target, self, args) as never; // the driver's own query
      const isCount = String(args[0]).includes('set wrong_count') && args.includes(userId as never);
      return isCount ? query.then(() => Promise.reject(new Error('the process ends here'))) : query;
    },
  });
}

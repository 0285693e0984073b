import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { Secret } from '../base/secret.ts';
import { openCardVault } from '../vault/open-card-vault.ts';
import { vaultStatus } from '../vault/rotate.ts';
import { codeText, describeAct } from './code-texts.ts';
import { maskName, maskPhone } from './mask.ts';
import { createPinHashes } from './pin-hash.ts';
import { sweepUsers } from './sweep.ts';
import { anAct, codeOf, MASTER, openPeople } from './test-people.ts';

const { sql } = await freshDatabase();
const people = await openPeople(sql);
const { users, clock } = people;
const deps = { ...people.deps, pinHashes: createPinHashes(people.deps.masters) };
/** Whose row was tampered with. */
let moved = '';
const ID_NUMBER = '11010519491231002X';

describe('who somebody is', () => {
  const confirm = (userId: `usr_${string}`, name: string, idNumber: string) =>
    codeOf(sql.begin((tx) => users.confirmIdentity(tx, 1, userId, { name, idNumber })));

  test('name and ID number are written once, and another one is refused', async () => {
    const { userId } = (await people.signIn(people.aPhone())).session;
    expect(await confirm(userId, '张小丰', '11010519491231002x')).toBe('done');
    expect(await users.readPerson(sql, 1, userId)).toMatchObject({
      name: '张小丰',
      idNumber: ID_NUMBER,
      nameMasked: '**丰',
    });
    expect(await confirm(userId, '张小丰', ID_NUMBER)).toBe('done');
    expect(await confirm(userId, '张大丰', ID_NUMBER)).toBe('identity_differs');
    expect(await confirm(userId, '张小丰', '110105199001011234')).toBe('identity_differs');
  });

  test('of two first identities at once one is written', async () => {
    const { userId } = (await people.signIn(people.aPhone())).session;
    const codes = await Promise.all(['张小丰', '李明'].map((name) => confirm(userId, name, ID_NUMBER)));
    expect(codes.sort()).toEqual(['done', 'identity_differs']);
  });

  test('sealed fields moved to another person do not open', async () => {
    const [a, b] = [await people.signIn(people.aPhone()), await people.signIn(people.aPhone())];
    await sql`
      update users set phone_sealed = (select phone_sealed from users where id = ${a.session.userId})
      where id = ${b.session.userId}`;
    await expect(users.readPerson(sql, 1, b.session.userId)).rejects.toThrow('cannot be opened');
    moved = b.session.userId;
  });

  test('neither name nor ID number stands in the table', async () => {
    const { userId } = (await people.signIn(people.aPhone())).session;
    await confirm(userId, '欧阳测试', ID_NUMBER);
    const [row] = await sql<{ all: string }[]>`select json_agg(users)::text as all from users`;
    for (const secret of [
      '欧阳测试',
      Buffer.from('欧阳测试').toString('hex'),
      ID_NUMBER,
      Buffer.from(ID_NUMBER).toString('hex'),
    ])
      expect(row?.all.includes(secret)).toBe(false);
  });

  test('somebody who is not here is nobody', async () => {
    expect(await users.readPerson(sql, 1, 'usr_00000000000000000000000000')).toBe(null);
  });
});

test.each([
  ['张小丰', '**丰'],
  ['李明', '*明'],
  ['王', '*'],
  ['', '*'],
  ['Elizabeth Windsor', '***r'],
  ['𠮷野家', '**家'],
])('%s is shown as %s', (name, masked) => {
  expect(maskName(name)).toBe(masked);
});

test('a phone number is shown with its middle hidden', () => {
  expect(maskPhone('13812345678')).toBe('138****5678');
});

describe('messages', () => {
  test('say what the code is for, in the language of the person', () => {
    const code = '012345';
    expect(codeText({ code, purpose: 'sign_in', says: '', lang: 'zh-CN' })).toMatch(
      /^【互通】验证码 012345，用于登录，5 分钟内有效。/,
    );
    expect(codeText({ code, purpose: 'bind_card', says: 'ICBC card 1234', lang: 'en' })).toMatch(
      /^\[Hutong\] 012345 is your code to bind ICBC card 1234\. Good for 5 minutes\./,
    );
    const act = anAct({ amount: { currency: 'CNY', minor: 1_234_00n }, payee: 'A Shop' });
    expect(codeText({ code, purpose: 'step_up', says: describeAct(act, 'en'), lang: 'en' })).toContain(
      'your code to transfer ¥1234.00 to A Shop',
    );
  });

  test("a shop's name brings no line, no sender and no link of its own, and cannot push the amount out", () => {
    const payee = `Shop】\n【银行】https://evil.example ${'x'.repeat(500)}`;
    const text = codeText({
      code: '012345',
      purpose: 'step_up',
      says: describeAct(anAct({ kind: 'purchase', payee }), 'zh-CN'),
      lang: 'zh-CN',
    });
    expect(text.match(/【/g)).toHaveLength(1);
    expect(text).not.toMatch(/\n|:\/\//);
    expect(text.length).toBeLessThan(200);
    expect(text).toContain('¥10.00');
  });
});

describe('how often somebody may try', () => {
  test('thirty look-ups a day and no more, also at once; a new day in Shanghai begins anew', async () => {
    const one = { book: 1, what: 'phone_look_up', who: 'usr_a', dayMax: 30 };
    clock.advanceMs(Date.parse('2026-12-01T15:59:59Z') - clock.now().getTime());
    const codes = await Promise.all(Array.from({ length: 40 }, () => codeOf(users.countTry(one))));
    expect(codes.filter((code) => code === 'done')).toHaveLength(30);
    expect(codes.filter((code) => code === 'too_many_tries')).toHaveLength(10);
    expect(await codeOf(users.countTry({ ...one, who: 'usr_b' }))).toBe('done');
    expect(await codeOf(users.countTry({ ...one, what: 'something_else' }))).toBe('done');
    clock.advanceMs(1000);
    expect(await codeOf(users.countTry(one))).toBe('done');
  });
});

describe('the sweep', () => {
  test('takes what is over, and leaves who is here', async () => {
    const { session, phone } = await people.withPin();
    await users.offerProof(session, anAct(), 'pin');
    await users.startPasskeySignIn({ origin: 'x' });
    clock.advanceMs(3 * 24 * 3600_000);
    const { cookie } = await people.signIn(phone);
    await sweepUsers(deps);
    const [counts] = await sql`
      select (select count(*)::integer from user_proofs) as proofs, (select count(*)::integer from user_challenges) as challenges,
        (select count(*)::integer from user_codes) as codes`;
    expect(counts).toEqual({ proofs: 0, challenges: 0, codes: 1 });
    expect(await users.authenticate(cookie.reveal(), clock.now())).not.toBe(null);
    clock.advanceMs(31 * 24 * 3600_000);
    await sweepUsers(deps);
    expect(await sql`select 1 from user_sessions`).toEqual([]);
    expect(await users.findByPhone(sql, 1, phone)).toBe(session.userId);
  });

  test('gives every phone the index of the newest key, and it is found before and after', async () => {
    const phone = people.aPhone();
    const { userId } = (await people.signIn(phone)).session;
    const masters = [new Secret('a newer master secret, also of enough bytes for this'), MASTER] as const;
    const vault = await openCardVault({ ...people.deps, masters });
    const renewed = people.openAnother({ vault, masters });
    expect(await renewed.findByPhone(sql, 1, phone)).toBe(userId);
    const rotation = { sql, vault, indexed: [renewed.indexed] };
    expect((await vaultStatus(rotation)).isDone).toBe(false);
    while ((await renewed.indexed.reindex(2)) > 0);
    const old = await sql<{ id: string }[]>`select id from users where phone_index_version = 1`;
    expect(old.map(({ id }) => id)).toEqual(moved === '' ? [] : [moved]);
    expect(people.logged.some((line) => line.startsWith('a sealed phone number does not open'))).toBe(true);
    expect(await renewed.findByPhone(sql, 1, phone)).toBe(userId);
  });
});

import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { type Lies, TestAuthenticator } from './test-authenticator.ts';
import { anAct, codeOf, openPeople, prove, RP } from './test-people.ts';
import type { Session } from './users.ts';

const { sql } = await freshDatabase();
const people = await openPeople(sql);
const { users, clock } = people;
const device = { deviceName: 'Pixel', lang: 'zh-CN', deviceToken: null } as const;

type Somebody = { session: Session; phone: string };

async function register(who: Somebody, key: TestAuthenticator, lies: Lies = {}): Promise<unknown> {
  const { act, level } = await users.addPasskeyAct(who.session);
  const proof = await prove(people, who, act, level === 'strong' ? 'strong' : 'pin');
  const { challengeId, options } = await users.startPasskey(who.session);
  return await users.addPasskey(who.session, {
    challengeId,
    response: key.create(options, lies),
    name: 'My phone',
    proof,
  });
}

async function somebody(signCount = 1): Promise<Somebody & { key: TestAuthenticator }> {
  const who = await people.withPin();
  const key = new TestAuthenticator(RP.origin, signCount);
  await register(who, key);
  return { ...who, key };
}

async function signInWith(key: TestAuthenticator, lies: Lies = {}): Promise<string> {
  const { challengeId, options } = await users.startPasskeySignIn({ origin: 'here' });
  return await codeOf(users.finishPasskeySignIn({ ...device, challengeId, response: key.get(options, lies) }));
}

const LIES: [string, Lies][] = [
  ['another origin', { origin: 'https://wallet.hutong.test.evil.example' }],
  ['the origin over plain http', { origin: 'http://wallet.hutong.test' }],
  ['another port', { origin: 'https://wallet.hutong.test:8443' }],
  ['another rp id', { rpId: 'hutong.test' }],
  ['a person who was not verified', { isUserVerified: false }],
  ['another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
  ['a foreign frame', { crossOrigin: true }],
];

describe('adding a passkey', () => {
  test('it is listed and signs in, with a new session each time', async () => {
    const { session, key } = await somebody();
    expect(await users.listPasskeys(session)).toMatchObject([{ name: 'My phone', lastUsedAt: null }]);
    const { challengeId, options } = await users.startPasskeySignIn({ origin: 'here' });
    const signedIn = await users.finishPasskeySignIn({ ...device, challengeId, response: key.get(options) });
    expect(signedIn.session).toMatchObject({ userId: session.userId, deviceIsNew: true });
    expect(signedIn.isNewUser).toBe(false);
    expect(await users.authenticate(signedIn.cookie.reveal(), clock.now())).toEqual(signedIn.session);
    expect((await users.listPasskeys(session))[0]?.lastUsedAt).toEqual(clock.now());
  });

  test.each([
    ...LIES,
    ['the type of a sign-in', { type: 'webauthn.get' }],
    ['a certificate nobody asked for', { withCertificate: true }],
  ] as [string, Lies][])('%s is refused', async (_, lies) => {
    const who = await people.withPin();
    expect(await codeOf(register(who, new TestAuthenticator(RP.origin), lies))).toBe('passkey_refused');
    expect(await users.listPasskeys(who.session)).toEqual([]);
  });

  test('a certificate is refused before anybody follows the addresses in it', async () => {
    const who = await people.withPin();
    await codeOf(register(who, new TestAuthenticator(RP.origin), { withCertificate: true }));
    expect(people.logged.at(-1)).toContain('an attestation that was not asked for');
  });

  test('without a proof, or with one of another act, nothing is added', async () => {
    const who = await people.withPin();
    const key = new TestAuthenticator(RP.origin);
    const weak = await prove(people, who, (await users.addPasskeyAct(who.session)).act, 'pin');
    const foreign = await prove(people, who, anAct(), 'strong');
    for (const [proof, code] of [
      [null, 'step_up_required'],
      [weak, 'step_up_required'],
      [foreign, 'step_up_invalid'],
    ] as const) {
      const { challengeId, options } = await users.startPasskey(who.session);
      const response = key.create(options);
      expect(await codeOf(users.addPasskey(who.session, { challengeId, response, name: '', proof }))).toBe(code);
    }
    expect(await users.listPasskeys(who.session)).toEqual([]);
  });

  test('before there is a PIN there is nothing to prove it with', async () => {
    const { session } = await people.signIn(people.aPhone());
    expect(await codeOf(users.startPasskey(session))).toBe('pin_not_set');
  });

  test('a challenge works once, within five minutes, for its own session alone', async () => {
    const [who, other] = [await people.withPin(), await people.withPin()];
    const key = new TestAuthenticator(RP.origin);
    const add = async (session: Session, challengeId: string, options: object, proof: string | null) =>
      await codeOf(users.addPasskey(session, { challengeId, response: key.create(options), name: '', proof }));

    const first = await users.startPasskey(who.session);
    expect(await add(other.session, first.challengeId, first.options, null)).toBe('passkey_refused');
    expect(await add(who.session, first.challengeId, first.options, null)).toBe('step_up_required');
    expect(await add(who.session, first.challengeId, first.options, null)).toBe('passkey_refused');

    const late = await users.startPasskey(who.session);
    clock.advanceMs(300_000);
    expect(await add(who.session, late.challengeId, late.options, null)).toBe('passkey_refused');

    const signIn = await users.startPasskeySignIn({ origin: 'here' });
    const asRegistration = {
      challenge: (signIn.options as { challenge: string }).challenge,
      rp: RP,
      user: { id: 'x' },
    }; // see startPasskeySignIn
    expect(await add(who.session, signIn.challengeId, asRegistration, null)).toBe('passkey_refused');
  });

  test('a credential that is registered already is registered to nobody else', async () => {
    const { key } = await somebody();
    expect(await codeOf(register(await people.withPin(), key))).toBe('passkeys_max');
  });

  test('a person has ten', async () => {
    const { session } = await somebody();
    await sql`
      insert into user_passkeys (book, id, user_id, credential_id, public_key, sign_count, transports, name, created_at)
      select book, id || n, user_id, credential_id || n, public_key, 0, transports, name, created_at
      from user_passkeys, generate_series(1, 9) n where user_id = ${session.userId}`;
    expect(await codeOf(users.startPasskey(session))).toBe('passkeys_max');
  });

  test.each([
    null,
    1,
    'x',
    [],
    {},
    { id: 'x' },
    { id: 'x', rawId: 'x', type: 'public-key', response: {} },
    { id: { $gt: '' }, rawId: 'x', type: 'public-key', response: null },
  ])('what is no answer of a browser is refused: %j', async (response) => {
    const { session } = await people.withPin();
    const { challengeId } = await users.startPasskey(session);
    expect(await codeOf(users.addPasskey(session, { challengeId, response, name: '', proof: null }))).toBe(
      'passkey_refused',
    );
    const signIn = await users.startPasskeySignIn({ origin: 'here' });
    const finish = users.finishPasskeySignIn({ ...device, challengeId: signIn.challengeId, response });
    expect(await codeOf(finish)).toBe('passkey_refused');
  });

  test('what is asked of the browser tells no phone number and wants the person verified', async () => {
    const { session, phone } = await people.withPin();
    const { options } = await users.startPasskey(session);
    expect(JSON.stringify(options)).not.toContain(phone);
    expect(options).toMatchObject({
      attestation: 'none',
      rp: { id: RP.id },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const signIn = await users.startPasskeySignIn({ origin: 'here' });
    expect(signIn.options).toMatchObject({ rpId: RP.id, userVerification: 'required' });
    expect(JSON.stringify(signIn.options)).not.toContain('allowCredentials');
  });
});

describe('signing in with a passkey', () => {
  test.each([
    ...LIES,
    ['the type of a registration', { type: 'webauthn.create' }],
    ['a signature of another key', { isForged: true }],
    ['a counter that went back', { signCount: 1 }],
    ['a counter of nothing', { signCount: 0 }],
    ['the handle of another person', { userHandle: Buffer.alloc(16).toString('base64url') }],
  ] as [string, Lies][])('%s is refused', async (_, lies) => {
    const { key } = await somebody(5);
    expect(await signInWith(key)).toBe('done');
    expect(await signInWith(key, lies)).toBe('passkey_refused');
    expect(await signInWith(key)).toBe('done');
  });

  test('an answer is good once, and not for another challenge', async () => {
    const { key } = await somebody();
    const [first, second] = [
      await users.startPasskeySignIn({ origin: 'a' }),
      await users.startPasskeySignIn({ origin: 'a' }),
    ];
    const response = key.get(first.options);
    const finish = (challengeId: string) => codeOf(users.finishPasskeySignIn({ ...device, challengeId, response }));
    expect(await finish(second.challengeId)).toBe('passkey_refused');
    expect(await finish(first.challengeId)).toBe('done');
    expect(await finish(first.challengeId)).toBe('passkey_refused');
  });

  test('of ten who replay one answer at once, one is let in, also with keys that do not count', async () => {
    const { key } = await somebody(0);
    const { challengeId, options } = await users.startPasskeySignIn({ origin: 'a' });
    const response = key.get(options);
    const codes = await Promise.all(
      Array.from({ length: 10 }, () => codeOf(users.finishPasskeySignIn({ ...device, challengeId, response }))),
    );
    expect(codes.filter((code) => code === 'done')).toHaveLength(1);
  });

  test('a passkey that was never registered here is refused like any other', async () => {
    expect(await signInWith(new TestAuthenticator(RP.origin))).toBe('passkey_refused');
  });

  test('the log says why without a word of what was sent', async () => {
    const { key } = await somebody();
    const before = people.logged.length;
    await signInWith(key, { origin: 'https://evil.example' });
    const said = people.logged.slice(before).join('\n');
    expect(said).toContain('a passkey was refused');
    expect(said).not.toContain('evil');
  });
});

describe('removing a passkey', () => {
  test('takes a proof, and it signs in no more', async () => {
    const who = await somebody();
    const [passkey] = await users.listPasskeys(who.session);
    const id = passkey?.id ?? '';
    expect(await codeOf(users.removePasskey(who.session, id, null))).toBe('step_up_required');
    const { act } = await users.removePasskeyAct(who.session, id);
    await users.removePasskey(who.session, id, await prove(people, who, act, 'pin'));
    expect(await users.listPasskeys(who.session)).toEqual([]);
    expect(await signInWith(who.key)).toBe('passkey_refused');
  });

  test("another person's is not there, and stays", async () => {
    const [mine, theirs] = [await somebody(), await somebody()];
    const [passkey] = await users.listPasskeys(theirs.session);
    const id = passkey?.id ?? '';
    expect(await codeOf(users.removePasskeyAct(mine.session, id))).toBe('not_found');
    const proof = await prove(people, mine, { kind: 'remove_passkey', subject: id, amount: null, payee: '' }, 'pin');
    expect(await codeOf(users.removePasskey(mine.session, id, proof))).toBe('not_found');
    expect(await signInWith(theirs.key)).toBe('done');
  });
});

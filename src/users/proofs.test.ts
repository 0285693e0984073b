import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { Refusal } from '../base/refusal.ts';
import { levelFor } from './proof-levels.ts';
import { TestAuthenticator } from './test-authenticator.ts';
import { anAct, codeOf, GOOD_PIN, openPeople, prove, refusalOf, RP } from './test-people.ts';
import type { Act, ProofLevel, Session } from './users.ts';

const { sql } = await freshDatabase();
const people = await openPeople(sql);
const { users, clock } = people;

const consume = (session: Session, act: Act, level: ProofLevel, token: string | null): Promise<string> =>
  codeOf(sql.begin((tx) => users.consumeProof(tx, session, act, level, token)));

describe('how much has to be proved', () => {
  const usual = { kind: 'transfer', deviceIsNew: false, payeeIsNew: false, byPaymentCode: false } as const;
  test.each([
    [{}, 1n, 'device'],
    [{}, 999_99n, 'device'],
    [{}, 1_000_00n, 'pin'],
    [{}, 4_999_99n, 'pin'],
    [{}, 5_000_00n, 'strong'],
    [{}, 50_000_00n, 'strong'],
    [{ kind: 'repayment' }, 999_99n, 'device'],
    [{ kind: 'repayment' }, 5_000_00n, 'strong'],
    [{ payeeIsNew: true }, 1n, 'pin'],
    [{ payeeIsNew: true }, 5_000_01n, 'strong'],
    [{ deviceIsNew: true }, 1n, 'pin'],
    [{ deviceIsNew: true }, 1_000_00n, 'strong'],
    [{ kind: 'purchase' }, 1n, 'pin'],
    [{ kind: 'purchase' }, 5_000_00n, 'strong'],
    [{ kind: 'purchase', byPaymentCode: true }, 999_99n, 'device'],
    [{ kind: 'purchase', byPaymentCode: true }, 1_000_00n, 'pin'],
    [{ kind: 'purchase', byPaymentCode: true, deviceIsNew: true }, 1n, 'pin'],
    [{ kind: 'unbind_card' }, null, 'pin'],
    [{ kind: 'raise_limit' }, null, 'strong'],
    [{ kind: 'raise_limit' }, 1n, 'strong'],
    [{ kind: 'add_passkey' }, null, 'strong'],
    [{ kind: 'remove_passkey', deviceIsNew: true }, null, 'pin'],
  ] as const)('%j of %s fen: %s', (change, minor, level) => {
    expect(levelFor({ ...usual, ...change, amount: minor === null ? null : { currency: 'CNY', minor } })).toBe(level);
  });
});

describe('a proof', () => {
  test('lets its act be done once', async () => {
    const who = await people.withPin();
    const token = await prove(people, who, anAct(), 'pin');
    expect(await consume(who.session, anAct(), 'pin', token)).toBe('done');
    expect(await consume(who.session, anAct(), 'pin', token)).toBe('step_up_invalid');
  });

  test.each([
    [
      'payment 1 of 10.00 for payment 2 of 10,000.00',
      { subject: 'quote_2', amount: { currency: 'CNY', minor: 10_000_00n } },
    ],
    ['another amount', { amount: { currency: 'CNY', minor: 10_01n } }],
    ['no amount', { amount: null }],
    ['another currency', { amount: { currency: 'HKD', minor: 10_00n } }],
    ['another payee', { payee: '**明（工商银行 9999）' }],
    ['another kind', { kind: 'repayment' }],
    ['another subject', { subject: 'quote_10' }],
  ] as [string, Partial<Act>][])('of one act does not let another be done: %s', async (_, change) => {
    const who = await people.withPin();
    const token = await prove(people, who, anAct(), 'pin');
    expect(await consume(who.session, anAct(change), 'pin', token)).toBe('step_up_invalid');
    expect(await consume(who.session, anAct(), 'pin', token)).toBe('done');
  });

  test('of one session lets no other do it: not another device of the person, not another person, not one signed out', async () => {
    const who = await people.withPin();
    const sameOwner = await people.signIn(who.phone);
    const other = await people.withPin();
    const token = await prove(people, who, anAct(), 'pin');
    expect(await consume(sameOwner.session, anAct(), 'pin', token)).toBe('step_up_invalid');
    expect(await consume(other.session, anAct(), 'pin', token)).toBe('step_up_invalid');
    await users.signOut(who.session);
    expect(await consume(who.session, anAct(), 'pin', token)).toBe('step_up_invalid');
  });

  test('is good for two minutes', async () => {
    const who = await people.withPin();
    for (const [seconds, answer] of [
      [120, 'done'],
      [121, 'step_up_invalid'],
    ] as const) {
      const token = await prove(people, who, anAct(), 'pin');
      clock.advanceMs(seconds * 1000);
      expect(await consume(who.session, anAct(), 'pin', token)).toBe(answer);
    }
  });

  test('by PIN is too little for what wants more, and more is enough for less', async () => {
    const who = await people.withPin();
    const weak = await prove(people, who, anAct(), 'pin');
    expect(await consume(who.session, anAct(), 'strong', weak)).toBe('step_up_required');
    expect(await consume(who.session, anAct(), 'device', weak)).toBe('done');
    expect(await consume(who.session, anAct(), 'pin', await prove(people, who, anAct(), 'strong'))).toBe('done');
  });

  test('is needed above what a known device may do alone; the refusal says which', async () => {
    const { session } = await people.withPin();
    expect(await consume(session, anAct(), 'device', null)).toBe('done');
    const refusal = await refusalOf(sql.begin((tx) => users.consumeProof(tx, session, anAct(), 'strong', null)));
    expect([refusal?.code, refusal?.facts['level']]).toEqual(['step_up_required', 'strong']);
  });

  test('made up, cut or of another secret is refused, also where none is needed', async () => {
    const who = await people.withPin();
    const token = await prove(people, who, anAct(), 'pin');
    const last = token.endsWith('A') ? 'E' : 'A';
    for (const bent of [
      '',
      'x',
      token.slice(0, -1),
      token.slice(0, -1) + last,
      token.replace('prf_', 'ses_'),
      `${token} `,
    ])
      expect(await consume(who.session, anAct(), 'device', bent)).toBe('step_up_invalid');
  });

  test('is not used up by a deed that was rolled back', async () => {
    const who = await people.withPin();
    const token = await prove(people, who, anAct(), 'pin');
    const failing = sql.begin(async (tx) => {
      await users.consumeProof(tx, who.session, anAct(), 'pin', token);
      throw new Error('the deed failed');
    });
    await expect(failing).rejects.toThrow('the deed failed');
    expect(await consume(who.session, anAct(), 'pin', token)).toBe('done');
  });

  test('brought fifty times at once lets the act be done once', async () => {
    const who = await people.withPin();
    const token = await prove(people, who, anAct(), 'pin');
    const codes = await Promise.all(Array.from({ length: 50 }, () => consume(who.session, anAct(), 'pin', token)));
    expect(codes.filter((code) => code === 'done')).toHaveLength(1);
    expect(codes.filter((code) => code === 'step_up_invalid')).toHaveLength(49);
  });

  test('lists are decided one by one, a token twice in a list counts once', async () => {
    const who = await people.withPin();
    const [a, b] = [anAct({ subject: 'a' }), anAct({ subject: 'b' })];
    const [forA, forB] = [await prove(people, who, a, 'pin'), await prove(people, who, b, 'pin')];
    const { session } = who;
    const answers = await sql.begin((tx) =>
      users.consumeProofs(tx, [
        { session, act: a, level: 'pin', token: forA },
        { session, act: a, level: 'pin', token: forA },
        { session, act: a, level: 'pin', token: forB },
        { session, act: b, level: 'pin', token: null },
        { session, act: b, level: 'pin', token: forB },
      ]),
    );
    const codes = answers.map((answer) => (answer instanceof Refusal ? answer.code : 'done'));
    expect(codes).toEqual(['done', 'step_up_invalid', 'step_up_invalid', 'step_up_required', 'done']);
  });

  test('its token is nowhere in the database', async () => {
    const who = await people.withPin();
    const token = await prove(people, who, anAct(), 'pin');
    const [row] = await sql<{ all: string }[]>`select json_agg(user_proofs)::text as all from user_proofs`;
    expect(row?.all).toContain(token.slice(0, 30));
    expect(row?.all).not.toContain(token.slice(30));
    expect(row?.all).not.toContain('工商银行');
  });
});

describe('proving', () => {
  const prove1 = (session: Session, proofId: string, input: { pin?: string; code?: string; passkey?: unknown }) =>
    codeOf(
      users.proveAct(session, proofId, {
        pin: input.pin ?? null,
        code: input.code ?? null,
        passkey: input.passkey ?? null,
      }),
    );

  test('nobody can without a PIN or a passkey', async () => {
    const { session } = await people.signIn(people.aPhone());
    expect(await codeOf(users.offerProof(session, anAct(), 'pin'))).toBe('pin_not_set');
  });

  test('a strong one takes PIN and code, and the message says amount and payee', async () => {
    const { session, phone } = await people.withPin();
    const act = anAct({ amount: { currency: 'CNY', minor: 12_345_67n } });
    const offer = await users.offerProof(session, act, 'strong');
    expect(offer).toMatchObject({ level: 'strong', ways: ['pin_and_code'], passkeyOptions: null });
    expect(offer.phoneMasked).toBe(`${phone.slice(0, 3)}****${phone.slice(-4)}`);
    clock.advanceMs(61_000);
    await users.sendProofCode(session, offer.proofId);
    expect(people.messages.at(-1)?.text).toMatch(/验证码 \d{6}，用于向 \*\*丰（工商银行 1234） 转账 ¥12345\.67/);
    const code = people.lastCode(phone);
    expect(await prove1(session, offer.proofId, { pin: GOOD_PIN })).toBe('code_wrong');
    expect(await prove1(session, offer.proofId, { code })).toBe('invalid_request');
    expect(await prove1(session, offer.proofId, { pin: '135790', code })).toBe('pin_wrong');
    expect(await prove1(session, offer.proofId, { pin: GOOD_PIN, code })).toBe('done');
    expect(await prove1(session, offer.proofId, { pin: GOOD_PIN, code })).toBe('step_up_invalid');
  });

  test('a code for one amount proves no other', async () => {
    const { session, phone } = await people.withPin();
    const small = await users.offerProof(session, anAct(), 'strong');
    const large = await users.offerProof(session, anAct({ amount: { currency: 'CNY', minor: 10_000_00n } }), 'strong');
    clock.advanceMs(61_000);
    await users.sendProofCode(session, small.proofId);
    const code = people.lastCode(phone);
    expect(await prove1(session, large.proofId, { pin: GOOD_PIN, code })).toBe('code_wrong');
    await sql`
      update user_proofs set code_id = (select code_id from user_proofs where id = ${small.proofId}) where id = ${large.proofId}`;
    expect(await prove1(session, large.proofId, { pin: GOOD_PIN, code })).toBe('code_wrong');
    expect(await prove1(session, small.proofId, { pin: GOOD_PIN, code })).toBe('done');
  });

  test("another session's offer is not there", async () => {
    const [mine, theirs] = [await people.withPin(), await people.withPin()];
    const { proofId } = await users.offerProof(theirs.session, anAct(), 'strong');
    expect(await prove1(mine.session, proofId, { pin: GOOD_PIN })).toBe('step_up_invalid');
    expect(await codeOf(users.sendProofCode(mine.session, proofId))).toBe('step_up_invalid');
    expect(await codeOf(users.sendProofCode(mine.session, 'x'))).toBe('step_up_invalid');
  });

  test('an offer is over after five minutes and after five tries', async () => {
    const { session } = await people.withPin();
    const late = await users.offerProof(session, anAct(), 'pin');
    clock.advanceMs(300_000);
    expect(await prove1(session, late.proofId, { pin: GOOD_PIN })).toBe('step_up_invalid');
    const tried = await users.offerProof(session, anAct(), 'pin');
    for (let i = 0; i < 5; i++) expect(await prove1(session, tried.proofId, { passkey: {} })).toBe('passkey_refused');
    expect(await prove1(session, tried.proofId, { pin: GOOD_PIN })).toBe('step_up_invalid');
  });

  test('proved twice at once gives one token', async () => {
    const { session } = await people.withPin();
    const { proofId } = await users.offerProof(session, anAct(), 'pin');
    const codes = await Promise.all([1, 2].map(() => prove1(session, proofId, { pin: GOOD_PIN })));
    expect(codes.sort()).toEqual(['done', 'step_up_invalid']);
  });
});

describe('proving by passkey', () => {
  async function withPasskey() {
    const who = await people.withPin();
    const key = new TestAuthenticator(RP.origin);
    const proof = await prove(people, who, (await users.addPasskeyAct(who.session)).act, 'strong');
    const { challengeId, options } = await users.startPasskey(who.session);
    await users.addPasskey(who.session, { challengeId, response: key.create(options), name: '', proof });
    return { ...who, key };
  }
  const byPasskey = (session: Session, proofId: string, passkey: unknown) =>
    users.proveAct(session, proofId, { pin: null, code: null, passkey });

  test('one signature over the act is strong', async () => {
    const { session, key } = await withPasskey();
    const offer = await users.offerProof(session, anAct(), 'strong');
    expect(offer.ways).toEqual(['passkey', 'pin_and_code']);
    expect(offer.passkeyOptions).toMatchObject({
      userVerification: 'required',
      allowCredentials: [{ id: key.credentialId }],
    });
    const { token } = await byPasskey(session, offer.proofId, key.get(offer.passkeyOptions ?? {}));
    expect(await consume(session, anAct(), 'strong', token)).toBe('done');
  });

  test('every offer has a challenge of its own, also for the same act', async () => {
    const { session } = await withPasskey();
    const offers = [await users.offerProof(session, anAct(), 'pin'), await users.offerProof(session, anAct(), 'pin')];
    const challenges = offers.map(({ passkeyOptions }) => (passkeyOptions as { challenge: string }).challenge); // see offerProof
    expect(new Set(challenges).size).toBe(2);
    for (const challenge of challenges) expect(Buffer.from(challenge, 'base64url')).toHaveLength(32);
  });

  test('a signature for one payment proves no other, and is good once', async () => {
    const { session, key } = await withPasskey();
    const small = await users.offerProof(session, anAct(), 'strong');
    const large = await users.offerProof(
      session,
      anAct({ subject: 'quote_2', amount: { currency: 'CNY', minor: 10_000_00n } }),
      'strong',
    );
    const signed = key.get(small.passkeyOptions ?? {});
    expect(await codeOf(byPasskey(session, large.proofId, signed))).toBe('passkey_refused');
    expect(await codeOf(byPasskey(session, small.proofId, signed))).toBe('done');
    expect(await codeOf(byPasskey(session, small.proofId, signed))).toBe('step_up_invalid');
  });

  test('a row whose act was changed behind our back no longer fits the signature', async () => {
    const { session, key } = await withPasskey();
    const offer = await users.offerProof(session, anAct(), 'strong');
    const signed = key.get(offer.passkeyOptions ?? {});
    await sql`update user_proofs set act_digest = sha256('another act') where id = ${offer.proofId}`;
    expect(await codeOf(byPasskey(session, offer.proofId, signed))).toBe('passkey_refused');
  });

  test("another person's passkey proves nothing", async () => {
    const [mine, theirs] = [await withPasskey(), await withPasskey()];
    const offer = await users.offerProof(mine.session, anAct(), 'strong');
    const options = { ...offer.passkeyOptions, allowCredentials: [] };
    expect(await codeOf(byPasskey(mine.session, offer.proofId, theirs.key.get(options)))).toBe('passkey_refused');
  });

  test('a sign-in is no proof, and a proof is no sign-in', async () => {
    const { session, key } = await withPasskey();
    const signIn = await users.startPasskeySignIn({ origin: 'here' });
    const offer = await users.offerProof(session, anAct(), 'strong');
    expect(await codeOf(byPasskey(session, offer.proofId, key.get(signIn.options)))).toBe('passkey_refused');
    const device = { deviceName: 'x', lang: 'en', deviceToken: null } as const;
    const response = key.get(offer.passkeyOptions ?? {});
    const finish = users.finishPasskeySignIn({ ...device, challengeId: signIn.challengeId, response });
    expect(await codeOf(finish)).toBe('passkey_refused');
  });
});

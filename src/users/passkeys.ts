import { generateAuthenticationOptions, generateRegistrationOptions } from '@simplewebauthn/server';
import { bookOfId, decodeId, idLetters, isId, newId } from '../base/id.ts';
import {
  PASSKEY_CHALLENGE_SECONDS,
  PASSKEY_CHALLENGES_PER_ORIGIN_DAY_MAX,
  PASSKEY_NAME_CHARS_MAX,
  PASSKEYS_PER_USER_MAX,
} from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { audit } from './audit.ts';
import { type ChallengeRow, insertChallenge, takeChallenge } from './challenge-store.ts';
import { countTry } from './count-try.ts';
import {
  deletePasskey,
  findPasskeyByCredential,
  insertPasskey,
  listPasskeyRows,
  raiseSignCount,
} from './passkey-store.ts';
import type { PasskeyRow } from './passkey-store.ts';
import { readPerson } from './people.ts';
import { findPin } from './pin-store.ts';
import { consumeProof } from './proofs.ts';
import { levelFor } from './proof-levels.ts';
import { startSession } from './sessions.ts';
import type { Act, ProofLevel, Session } from './users.ts';
import type { DeviceFacts, Passkey, PasskeyChallenge, SignedIn } from './users-api.ts';
import type { UsersDeps } from './users-deps.ts';
import { lockUser, updateUserLang } from './user-store.ts';
import {
  PASSKEY_ALGORITHMS,
  readAssertion,
  refusedPasskey,
  verifyAssertion,
  verifyRegistration,
} from './verify-passkey.ts';

export async function listPasskeys(deps: UsersDeps, session: Session): Promise<Passkey[]> {
  return (await listPasskeyRows(deps.sql, session.book, session.userId)).map(showPasskey);
}

/** @throws Refusal pin_not_set, passkeys_max */
export async function startPasskey(deps: UsersDeps, session: Session): Promise<PasskeyChallenge> {
  const { book, userId, id: sessionId } = session;
  const [person, passkeys, pin] = await Promise.all([
    readPerson(deps, deps.sql, book, userId),
    listPasskeyRows(deps.sql, book, userId),
    findPin(deps.sql, book, userId),
  ]);
  if (pin === null)
    throw new Refusal('pin_not_set', 'set a payment PIN first: it is what proves that a passkey may be added');
  if (passkeys.length >= PASSKEYS_PER_USER_MAX) throw tooMany();
  const challenge = deps.random.bytes(32);
  const challengeId = await keepChallenge(deps, { book, purpose: 'register', sessionId, challenge });
  const options = await generateRegistrationOptions({
    rpName: deps.rp.name,
    rpID: deps.rp.id,
    // Shown by the browser when there are several; a phone number would stand in everybody's list of passkeys.
    userName: person?.phoneMasked ?? '',
    userDisplayName: person?.phoneMasked ?? '',
    userID: new Uint8Array(decodeId(idLetters(userId))),
    challenge: new Uint8Array(challenge),
    timeout: PASSKEY_CHALLENGE_SECONDS * 1000,
    attestationType: 'none',
    excludeCredentials: passkeys.map(({ credentialId }) => ({ id: credentialId })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: PASSKEY_ALGORITHMS,
  });
  return { challengeId, options };
}

/** A passkey proves everything from then on, so adding one takes the highest level. */
export function addPasskeyAct(session: Session): { act: Act; level: ProofLevel } {
  return actOn(session, 'add_passkey', session.userId);
}

/** @throws Refusal passkey_refused, passkeys_max, step_up_required, step_up_invalid */
export async function addPasskey(
  deps: UsersDeps,
  session: Session,
  input: { challengeId: string; response: unknown; name: string; proof: string | null },
): Promise<Passkey> {
  const { book, userId, id: sessionId } = session;
  const challenge = await useChallenge(deps, input.challengeId, { purpose: 'register', sessionId });
  const credential = await verifyRegistration(deps, input.response, challenge);
  const row: PasskeyRow = {
    ...credential,
    book,
    userId,
    id: newId('pk', deps, book),
    name: readName(session, input.name),
    createdAt: deps.clock.now(),
    lastUsedAt: null,
  };
  const { act, level } = addPasskeyAct(session);
  await deps.sql.begin(async (tx) => {
    await lockUser(tx, book, userId);
    await consumeProof(deps, tx, { session, act, level, token: input.proof });
    if (!(await insertPasskey(tx, row, PASSKEYS_PER_USER_MAX))) throw tooMany();
    await audit(deps, tx, [{ book, userId, event: 'passkey.added', facts: { passkey_id: row.id } }]);
  });
  return showPasskey(row);
}

/** Another person's is not there. @throws Refusal not_found */
export async function removePasskeyAct(
  deps: UsersDeps,
  session: Session,
  passkeyId: string,
): Promise<{ act: Act; level: ProofLevel }> {
  const own = await listPasskeyRows(deps.sql, session.book, session.userId);
  if (!own.some(({ id }) => id === passkeyId)) throw notFound();
  return actOn(session, 'remove_passkey', passkeyId);
}

/** @throws Refusal not_found, step_up_required, step_up_invalid */
export async function removePasskey(
  deps: UsersDeps,
  session: Session,
  passkeyId: string,
  proof: string | null,
): Promise<void> {
  const { book, userId } = session;
  const { act, level } = await removePasskeyAct(deps, session, passkeyId);
  await deps.sql.begin(async (tx) => {
    await consumeProof(deps, tx, { session, act, level, token: proof });
    if (!(await deletePasskey(tx, book, passkeyId, userId))) throw notFound();
    await audit(deps, tx, [{ book, userId, event: 'passkey.removed', facts: { passkey_id: passkeyId } }]);
  });
}

/** Names no credentials: whoever asks learns nothing about who is here. */
export async function startPasskeySignIn(deps: UsersDeps, input: { origin: string }): Promise<PasskeyChallenge> {
  const { book } = deps;
  const dayMax = PASSKEY_CHALLENGES_PER_ORIGIN_DAY_MAX;
  await countTry(deps, { book, what: 'passkey_challenge', who: input.origin, dayMax }, 0);
  const challenge = deps.random.bytes(32);
  const challengeId = await keepChallenge(deps, { book, purpose: 'sign_in', sessionId: null, challenge });
  return { challengeId, options: await assertionOptions(deps, challenge, []) };
}

/** @throws Refusal passkey_refused */
export async function finishPasskeySignIn(
  deps: UsersDeps,
  input: DeviceFacts & { challengeId: string; response: unknown },
): Promise<SignedIn> {
  const challenge = await useChallenge(deps, input.challengeId, { purpose: 'sign_in', sessionId: null });
  const { book } = deps;
  const passkey = await usePasskey(deps, { book, userId: null, response: input.response, challenge });
  const { userId } = passkey;
  return await deps.sql.begin(async (tx) => {
    await updateUserLang(tx, book, userId, input.lang);
    return await startSession(deps, tx, { book, userId, isNewUser: false, by: 'passkey' }, input);
  });
}

/**
 * Takes an answer to a challenge that was just used up: the passkey is registered, this person's where that is known, and its counter has grown.
 * @throws Refusal passkey_refused
 */
export async function usePasskey(
  deps: UsersDeps,
  given: { book: number; userId: Session['userId'] | null; response: unknown; challenge: Buffer },
): Promise<PasskeyRow> {
  const response = readAssertion(given.response);
  const passkey = response === null ? null : await findPasskeyByCredential(deps.sql, given.book, response.id);
  if (response === null || passkey === null) throw refusedPasskey();
  if (given.userId !== null && passkey.userId !== given.userId) throw refusedPasskey();
  const handle = response.response.userHandle;
  if (handle !== undefined && handle !== userHandle(passkey.userId)) throw refusedPasskey();
  const signCount = await verifyAssertion(deps, response, given.challenge, passkey);
  if (!(await raiseSignCount(deps.sql, passkey.book, passkey.id, signCount, deps.clock.now()))) throw refusedPasskey();
  return passkey;
}

/** What navigator.credentials.get takes. An empty list lets the browser offer every passkey that it has for us. */
export async function assertionOptions(
  deps: Pick<UsersDeps, 'rp'>,
  challenge: Buffer,
  credentials: readonly Pick<PasskeyRow, 'credentialId' | 'transports'>[],
): Promise<object> {
  return await generateAuthenticationOptions({
    rpID: deps.rp.id,
    challenge: new Uint8Array(challenge),
    timeout: PASSKEY_CHALLENGE_SECONDS * 1000,
    userVerification: 'required',
    ...(credentials.length === 0
      ? {}
      : { allowCredentials: credentials.map(({ credentialId, transports }) => ({ id: credentialId, transports })) }),
  });
}

async function keepChallenge(deps: UsersDeps, row: Omit<ChallengeRow, 'id' | 'expiresAt'>): Promise<string> {
  const id = newId('chal', deps, row.book);
  const expiresAt = new Date(deps.clock.now().getTime() + PASSKEY_CHALLENGE_SECONDS * 1000);
  await insertChallenge(deps.sql, { ...row, id, expiresAt });
  return id;
}

async function useChallenge(
  deps: UsersDeps,
  id: string,
  wanted: Pick<ChallengeRow, 'purpose' | 'sessionId'>,
): Promise<Buffer> {
  const challenge = isId('chal', id)
    ? await takeChallenge(deps.sql, { ...wanted, id, book: bookOfId(id) }, deps.clock.now())
    : null;
  if (challenge === null) throw refusedPasskey();
  return challenge;
}

function actOn(session: Session, kind: Act['kind'], subject: string): { act: Act; level: ProofLevel } {
  const facts = { kind, amount: null, deviceIsNew: session.deviceIsNew, payeeIsNew: false, byPaymentCode: false };
  return { act: { kind, subject, amount: null, payee: '' }, level: levelFor(facts) };
}

/** The 16 bytes of the user's id, which say nothing of the person. */
function userHandle(userId: string): string {
  return decodeId(idLetters(userId)).toString('base64url');
}

function readName(session: Session, text: string): string {
  const name = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '')
    .trim()
    .slice(0, PASSKEY_NAME_CHARS_MAX)
    .toWellFormed();
  return name === '' ? (session.lang === 'zh-CN' ? '通行密钥' : 'Passkey') : name;
}

function showPasskey({ id, name, createdAt, lastUsedAt }: PasskeyRow): Passkey {
  return { id, name, createdAt, lastUsedAt };
}

function tooMany(): Refusal {
  return new Refusal('passkeys_max', 'remove a passkey first, or it is registered already');
}

function notFound(): Refusal {
  return new Refusal('not_found', 'there is no such passkey');
}

import { audit } from './audit.ts';
import { countTry } from './count-try.ts';
import { sendCode, useCode } from './codes.ts';
import { offerProof, proveAct, sendProofCode } from './offer-proof.ts';
import {
  addPasskey,
  addPasskeyAct,
  finishPasskeySignIn,
  listPasskeys,
  removePasskey,
  removePasskeyAct,
  startPasskey,
  startPasskeySignIn,
} from './passkeys.ts';
import { confirmIdentity, findByPhone, indexedPeople, readPerson } from './people.ts';
import { createPinHashes } from './pin-hash.ts';
import { consumeProof, consumeProofs } from './proofs.ts';
import { authenticate, listDevices, removeDevice, signOut, signOutEverywhere } from './sessions.ts';
import { finishPinReset, setPin, startPinReset } from './set-pin.ts';
import { finishSignIn, me, startSignIn } from './sign-in.ts';
import type { UsersApi } from './users-api.ts';
import type { OpenUsersDeps, UsersDeps } from './users-deps.ts';
import { startUsersWork, type UsersWork } from './users-work.ts';
import { updateUserLang } from './user-store.ts';
import { verifyAudit } from './verify-audit.ts';

/** People as the rest of the wallet knows them. Touches nothing until it is asked; `startWork` begins the rounds. */
export function openUsers(given: OpenUsersDeps): UsersApi {
  const { masters, ...rest } = given;
  const deps: UsersDeps = { ...rest, pinHashes: createPinHashes(masters) };
  let work: UsersWork | null = null;
  return {
    authenticate: (cookie, now) => authenticate(deps, cookie, now),
    consumeProof: (tx, session, act, level, token) => consumeProof(deps, tx, { session, act, level, token }),
    consumeProofs: (tx, uses) => consumeProofs(deps, tx, uses),
    readPerson: (sql, book, userId) => readPerson(deps, sql, book, userId),
    confirmIdentity: (tx, book, userId, identity) => confirmIdentity(deps, tx, book, userId, identity),
    findByPhone: (sql, book, phone) => findByPhone(deps, sql, book, phone),
    // Somebody signed in answers for what is sent on their behalf.
    sendCode: (request) => sendCode(deps, request, request.userId ?? request.phone),
    useCode: (use) => useCode(deps, use),
    countTry: (one) => countTry(deps, one, 0),
    audit: (tx, lines) => audit(deps, tx, lines),

    startSignIn: (input) => startSignIn(deps, input),
    finishSignIn: (input) => finishSignIn(deps, input),
    startPasskeySignIn: (input) => startPasskeySignIn(deps, input),
    finishPasskeySignIn: (input) => finishPasskeySignIn(deps, input),
    signOut: (session) => signOut(deps, session),
    signOutEverywhere: (session) => deps.sql.begin((tx) => signOutEverywhere(deps, tx, session, false)),
    me: (session) => me(deps, session),
    async setLang(session, lang) {
      await updateUserLang(deps.sql, session.book, session.userId, lang);
      return await me(deps, { ...session, lang });
    },

    listDevices: (session) => listDevices(deps, session),
    removeDevice: (session, deviceId) => removeDevice(deps, session, deviceId),

    setPin: (session, input) => setPin(deps, session, input),
    startPinReset: (session) => startPinReset(deps, session),
    finishPinReset: (session, input) => finishPinReset(deps, session, input),

    listPasskeys: (session) => listPasskeys(deps, session),
    startPasskey: (session) => startPasskey(deps, session),
    addPasskeyAct: (session) => Promise.resolve(addPasskeyAct(session)),
    addPasskey: (session, input) => addPasskey(deps, session, input),
    removePasskeyAct: (session, passkeyId) => removePasskeyAct(deps, session, passkeyId),
    removePasskey: (session, passkeyId, proof) => removePasskey(deps, session, passkeyId, proof),

    offerProof: (session, act, level) => offerProof(deps, session, act, level),
    sendProofCode: (session, proofId) => sendProofCode(deps, session, proofId),
    proveAct: (session, proofId, input) => proveAct(deps, session, proofId, input),

    indexed: indexedPeople(deps),
    verifyAudit: (book, knownHead) => verifyAudit(deps, book, knownHead),
    startWork() {
      work ??= startUsersWork(deps);
    },
    async stop() {
      await work?.stop();
      work = null;
    },
  };
}

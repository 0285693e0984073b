import { assert } from '../base/assert.ts';
import { Refusal } from '../base/refusal.ts';
import { actChallenge, actDigest } from './act-digest.ts';
import { checkPin } from './check-pin.ts';
import { describeAct } from './code-texts.ts';
import { sendCode, useCode } from './codes.ts';
import { assertionOptions, usePasskey } from './passkeys.ts';
import { listPasskeyRows } from './passkey-store.ts';
import { readPerson } from './people.ts';
import { findPin } from './pin-store.ts';
import { findOffered, insertProof, type OfferedRow, raiseProofTry, updateProofCode } from './proof-store.ts';
import { giveToken, invalidProof, isProofId, newProofId, offerEnds } from './proofs.ts';
import type { Act, ProofLevel, Session } from './users.ts';
import type { ProofInput, ProofOffer, ProofWay } from './users-api.ts';
import type { UsersDeps } from './users-deps.ts';

/*
 * From an act to a proof of it: which ways there are, the code, the check. Passkeys sign a challenge that is made of the act, codes are bound to it
 * and say it in words; the PIN is typed for an offer that is.
 */

/** @throws Refusal pin_not_set for whoever has nothing to prove with */
export async function offerProof(deps: UsersDeps, session: Session, act: Act, asked: ProofLevel): Promise<ProofOffer> {
  const { book, userId } = session;
  const level = asked === 'strong' ? 'strong' : 'pin';
  const [person, pin, passkeys] = await Promise.all([
    readPerson(deps, deps.sql, book, userId),
    findPin(deps.sql, book, userId),
    listPasskeyRows(deps.sql, book, userId),
  ]);
  const ways: ProofWay[] = [
    ...(passkeys.length === 0 ? [] : (['passkey'] as const)),
    ...(pin === null ? [] : ([level === 'pin' ? 'pin' : 'pin_and_code'] as const)),
  ];
  if (ways.length === 0) throw new Refusal('pin_not_set', 'set a payment PIN first');
  const id = newProofId(deps, book);
  const now = deps.clock.now();
  const [digest, nonce] = [actDigest(act), deps.random.bytes(32)];
  const saysSealed = deps.keyring.seal(describeAct(act, session.lang), aboutProof(id));
  const times = { createdAt: now, expiresAt: offerEnds(now) };
  await insertProof(deps.sql, session, { book, id, level, actDigest: digest, nonce, saysSealed, ...times });
  const challenge = actChallenge(digest, nonce);
  return {
    proofId: id,
    level,
    ways,
    passkeyOptions: passkeys.length === 0 ? null : await assertionOptions(deps, challenge, passkeys),
    phoneMasked: ways.includes('pin_and_code') ? (person?.phoneMasked ?? null) : null,
  };
}

/** @throws Refusal step_up_invalid, too_many_tries, code_not_sent */
export async function sendProofCode(
  deps: UsersDeps,
  session: Session,
  proofId: string,
): Promise<{ resendAfterSeconds: number }> {
  const { book, userId, lang } = session;
  const offered = isProofId(proofId) ? await findOffered(deps.sql, session, proofId, deps.clock.now()) : null;
  if (offered === null || offered.level !== 'strong') throw invalidProof();
  const person = await readPerson(deps, deps.sql, book, userId);
  assert(person !== null, 'whoever is signed in is there');
  const says = deps.keyring.open(offered.saysSealed, aboutProof(offered.id));
  const request = {
    book,
    userId,
    phone: person.phone,
    purpose: 'step_up',
    bound: codeBound(offered),
    says,
    lang,
  } as const;
  const { codeId, resendAfterSeconds } = await sendCode(deps, request, userId);
  await updateProofCode(deps.sql, book, offered.id, codeId);
  return { resendAfterSeconds };
}

/** @throws Refusal step_up_invalid, pin_…, code_wrong, passkey_refused, invalid_request */
export async function proveAct(
  deps: UsersDeps,
  session: Session,
  proofId: string,
  input: ProofInput,
): Promise<{ token: string }> {
  const hasPasskey = input.passkey !== null && input.passkey !== undefined;
  if (!hasPasskey && input.pin === null)
    throw new Refusal('invalid_request', 'bring a PIN or a passkey', { param: 'pin' });
  const offered = isProofId(proofId) ? await raiseProofTry(deps.sql, session, proofId, deps.clock.now()) : null;
  if (offered === null) throw invalidProof();
  const proven = hasPasskey
    ? await proveByPasskey(deps, session, offered, input.passkey)
    : await proveByPin(deps, session, offered, input);
  const token = await giveToken(deps, session, { id: offered.id, ...proven });
  if (token === null) throw invalidProof();
  return { token };
}

interface Proven {
  provenLevel: 'pin' | 'strong';
  by: string;
}

/** The challenge is the offer's own: it was used up with the offer, and no other act has it. */
async function proveByPasskey(
  deps: UsersDeps,
  { book, userId }: Session,
  offered: OfferedRow,
  response: unknown,
): Promise<Proven> {
  const challenge = actChallenge(offered.actDigest, offered.nonce);
  const passkey = await usePasskey(deps, { book, userId, response, challenge });
  return { provenLevel: 'strong', by: passkey.id };
}

/** The PIN first: who does not know it uses up no code. */
async function proveByPin(deps: UsersDeps, session: Session, offered: OfferedRow, input: ProofInput): Promise<Proven> {
  const { book, userId } = session;
  await checkPin(deps, session, input.pin ?? '', 'pin');
  if (offered.level === 'pin') return { provenLevel: 'pin', by: 'pin' };
  const codeId = offered.codeId ?? '';
  const bound = codeBound(offered);
  await useCode(deps, { book, codeId, code: input.code ?? '', userId, purpose: 'step_up', bound });
  return { provenLevel: 'strong', by: 'pin_and_code' };
}

function codeBound(offered: Pick<OfferedRow, 'id' | 'actDigest'>): string {
  return `${offered.id} ${offered.actDigest.toString('hex')}`;
}

function aboutProof(id: string): string {
  return `user_proofs ${id}`;
}

import { assert } from '../base/assert.ts';
import { Refusal } from '../base/refusal.ts';
import { audit } from './audit.ts';
import { checkPin } from './check-pin.ts';
import { sendCode, useCode } from './codes.ts';
import { renewDevices } from './device-store.ts';
import { readPerson } from './people.ts';
import { pinWeakness, readPin } from './pin-rules.ts';
import { findPin, insertPin, replacePin, resetPin } from './pin-store.ts';
import { signOutEverywhere } from './sessions.ts';
import type { Person, Session } from './users.ts';
import type { UsersDeps } from './users-deps.ts';

/** The first PIN, or another one by the old. @throws Refusal as checkPin, pin_too_weak, invalid_request */
export async function setPin(
  deps: UsersDeps,
  session: Session,
  input: { pin: string; oldPin: string | null },
): Promise<void> {
  const pin = readPin(input.pin, 'pin');
  const { book, userId } = session;
  refuseWeak(pin, await personOf(deps, session));
  const known = await findPin(deps.sql, book, userId);
  if ((known === null) !== (input.oldPin === null))
    throw new Refusal('invalid_request', 'the old PIN is needed when there is one, and only then', {
      param: 'old_pin',
    });
  const old = input.oldPin === null ? null : await checkPin(deps, session, input.oldPin, 'old_pin');
  const fresh = await deps.pinHashes.inTurn(() => deps.pinHashes.hash(pin));
  const row = { book, userId, ...fresh, setAt: deps.clock.now() };
  await deps.sql.begin(async (tx) => {
    const isWritten = old === null ? await insertPin(tx, row) : await replacePin(tx, { ...row, oldHash: old.hash });
    if (!isWritten) throw new Refusal('pin_wrong', 'the PIN was set elsewhere at this very moment', { tries_left: 5 });
    await audit(deps, tx, [{ book, userId, event: old === null ? 'pin.set' : 'pin.changed', facts: {} }]);
  });
}

/** The caller has checked the four elements of a bound card; the code goes to the person's own phone. */
export async function startPinReset(
  deps: UsersDeps,
  session: Session,
): Promise<{ resetId: string; resendAfterSeconds: number }> {
  const { book, userId, lang } = session;
  const { phone } = await personOf(deps, session);
  const request = { book, userId, phone, purpose: 'reset_pin', bound: session.id, says: '', lang } as const;
  const { codeId, resendAfterSeconds } = await sendCode(deps, request, userId);
  return { resetId: codeId, resendAfterSeconds };
}

/**
 * Bound to the session that began it. Whoever knew the old PIN may be signed in elsewhere: every other session ends. And whoever sets it anew may have
 * found a phone with an identity card and a bank card beside it: for a day every device of the person is trusted as little as a new one.
 */
export async function finishPinReset(
  deps: UsersDeps,
  session: Session,
  input: { resetId: string; code: string; pin: string },
): Promise<void> {
  const pin = readPin(input.pin, 'pin');
  const { book, userId } = session;
  refuseWeak(pin, await personOf(deps, session));
  const use = {
    book,
    codeId: input.resetId,
    code: input.code,
    userId,
    purpose: 'reset_pin',
    bound: session.id,
  } as const;
  // A turn first: a code is not used up for nothing when too many PINs are being hashed.
  const fresh = await deps.pinHashes.inTurn(async () => {
    await useCode(deps, use);
    return await deps.pinHashes.hash(pin);
  });
  const row = { book, userId, ...fresh, setAt: deps.clock.now() };
  await deps.sql.begin(async (tx) => {
    await resetPin(tx, row);
    await renewDevices(tx, book, userId, row.setAt); // before the sessions, as at a sign-in
    await audit(deps, tx, [{ book, userId, event: 'pin.reset', facts: { session_id: session.id } }]);
    await signOutEverywhere(deps, tx, session, true);
  });
}

async function personOf(deps: UsersDeps, session: Session): Promise<Person> {
  const person = await readPerson(deps, deps.sql, session.book, session.userId);
  assert(person !== null, 'whoever is signed in is there');
  return person;
}

function refuseWeak(pin: string, person: Person): void {
  const why = pinWeakness(pin, person);
  if (why !== null) throw new Refusal('pin_too_weak', 'choose a PIN that is harder to guess', { param: 'pin', why });
}

import { CODE_RESEND_SECONDS } from '../base/limits.ts';
import { sendCode, useCode } from './codes.ts';
import { findByPhone, findOrCreateUser, readPerson } from './people.ts';
import { readPhone } from './phone.ts';
import { assert } from '../base/assert.ts';
import { countPasskeys } from './passkey-store.ts';
import { findPin } from './pin-store.ts';
import { findDeviceOwner, startSession } from './sessions.ts';
import type { Session } from './users.ts';
import type { DeviceFacts, Me, SentCode, SignedIn } from './users-api.ts';
import type { UsersDeps } from './users-deps.ts';
import { updateUserLang } from './user-store.ts';

/**
 * Nobody is looked up for a stranger: a phone that somebody has here and one that nobody has get the same answer after the same work. Whoever brings
 * the cookie of a device is known already; whether it is a device of this phone's owner decides by which count the code is sent.
 */
export async function startSignIn(
  deps: UsersDeps,
  input: { phone: string; lang: Session['lang']; origin: string; deviceToken?: string | null },
): Promise<SentCode> {
  const phone = readPhone(input.phone);
  const request = { book: deps.book, userId: null, phone, purpose: 'sign_in', bound: phone, says: '' } as const;
  const isKnownDevice = await isDeviceOf(deps, phone, input.deviceToken ?? null);
  const { codeId } = await sendCode(deps, { ...request, lang: input.lang }, input.origin, isKnownDevice);
  return { codeId, resendAfterSeconds: CODE_RESEND_SECONDS };
}

async function isDeviceOf(deps: UsersDeps, phone: string, deviceToken: string | null): Promise<boolean> {
  const owner = deviceToken === null ? null : await findDeviceOwner(deps, deviceToken);
  return owner !== null && owner === (await findByPhone(deps, deps.sql, deps.book, phone));
}

/** Only whoever holds the phone learns whether it was known. */
export async function finishSignIn(
  deps: UsersDeps,
  input: DeviceFacts & { codeId: string; phone: string; code: string },
): Promise<SignedIn> {
  const phone = readPhone(input.phone);
  const { book } = deps;
  await useCode(deps, { book, codeId: input.codeId, code: input.code, userId: null, purpose: 'sign_in', bound: phone });
  const { userId, isNewUser } = await findOrCreateUser(deps, phone, input.lang);
  return await deps.sql.begin(async (tx) => {
    await updateUserLang(tx, book, userId, input.lang);
    return await startSession(deps, tx, { book, userId, isNewUser, by: 'code' }, input);
  });
}

/** What the app shows of the person who is signed in. */
export async function me(deps: UsersDeps, session: Session): Promise<Me> {
  const { book, userId } = session;
  const [person, pin, passkeysCount] = await Promise.all([
    readPerson(deps, deps.sql, book, userId),
    findPin(deps.sql, book, userId),
    countPasskeys(deps.sql, book, userId),
  ]);
  assert(person !== null, 'whoever is signed in is there');
  const { phoneMasked, nameMasked } = person;
  const { deviceIsNew, lang } = session;
  return { userId, phoneMasked, nameMasked, hasPin: pin !== null, passkeysCount, deviceIsNew, lang };
}

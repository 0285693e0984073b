import { Type } from 'typebox';
import type { SignedIn } from '../../users/users-api.ts';
import type { Me } from '../api.ts';
import type { AppDeps } from '../app-deps.ts';
import { anyoneRow, type Cookies, jsonRow, type Rows } from '../row.ts';
import { anything, closed, lang, nothing, phone, sixDigits, text, word } from '../schemas.ts';
import { showMe } from '../show.ts';

type SignInRoutes =
  | 'POST /api/sign-in/code'
  | 'POST /api/sign-in'
  | 'POST /api/sign-in/passkey/options'
  | 'POST /api/sign-in/passkey'
  | 'POST /api/sign-out'
  | 'POST /api/sign-out-everywhere'
  | 'GET /api/me'
  | 'PATCH /api/me';

/** Signing in and out. A known and an unknown phone hear the same. */
export function signInRows(deps: AppDeps): Rows<SignInRoutes> {
  const { users } = deps;
  const signedIn = async (cookies: Cookies, result: SignedIn): Promise<Me> => {
    cookies.setSession(result.cookie);
    cookies.setDevice(result.deviceToken);
    return showMe(await users.me(result.session), deps.sandboxPhoneUrl);
  };
  return {
    'POST /api/sign-in/code': anyoneRow('POST /api/sign-in/code', {
      limit: { perMinuteMax: 20, by: 'address' },
      body: Type.Object({ phone, lang }, closed),
      async run({ body, address, cookies }) {
        const sent = await users.startSignIn({ ...body, origin: address, deviceToken: cookies.device });
        return { code_id: sent.codeId, resend_after_seconds: sent.resendAfterSeconds };
      },
    }),
    'POST /api/sign-in': anyoneRow('POST /api/sign-in', {
      limit: { perMinuteMax: 30, by: 'address' },
      body: Type.Object({ code_id: word(), phone, code: sixDigits, device_name: text(1, 60), lang }, closed),
      async run({ body, cookies }) {
        const { code_id: codeId, device_name: deviceName, phone: said, code } = body;
        const facts = { codeId, phone: said, code, deviceName, lang: body.lang, deviceToken: cookies.device };
        return await signedIn(cookies, await users.finishSignIn(facts));
      },
    }),
    'POST /api/sign-in/passkey/options': anyoneRow('POST /api/sign-in/passkey/options', {
      limit: { perMinuteMax: 30, by: 'address' },
      body: nothing,
      async run({ address }) {
        const { challengeId, options } = await users.startPasskeySignIn({ origin: address });
        return { challenge_id: challengeId, options };
      },
    }),
    'POST /api/sign-in/passkey': anyoneRow('POST /api/sign-in/passkey', {
      limit: { perMinuteMax: 30, by: 'address' },
      body: Type.Object({ challenge_id: word(), response: anything, device_name: text(1, 60), lang }, closed),
      async run({ body, cookies }) {
        const { challenge_id: challengeId, response, device_name: deviceName } = body;
        const facts = { challengeId, response, deviceName, lang: body.lang, deviceToken: cookies.device };
        return await signedIn(cookies, await users.finishPasskeySignIn(facts));
      },
    }),
    'POST /api/sign-out': jsonRow('POST /api/sign-out', {
      body: nothing,
      async run({ session, cookies }) {
        await users.signOut(session);
        cookies.clearSession();
        return {};
      },
    }),
    'POST /api/sign-out-everywhere': jsonRow('POST /api/sign-out-everywhere', {
      body: nothing,
      async run({ session, cookies }) {
        await users.signOutEverywhere(session);
        cookies.clearSession();
        return {};
      },
    }),
    'GET /api/me': jsonRow('GET /api/me', {
      run: async ({ session }) => showMe(await users.me(session), deps.sandboxPhoneUrl),
    }),
    'PATCH /api/me': jsonRow('PATCH /api/me', {
      body: Type.Object({ lang }, closed),
      run: async ({ session, body }) => showMe(await users.setLang(session, body.lang), deps.sandboxPhoneUrl),
    }),
  };
}

import { Type } from 'typebox';
import { CardNumber } from '../../base/card-number.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Device, Passkey } from '../../users/users-api.ts';
import type * as api from '../api.ts';
import type { AppDeps } from '../app-deps.ts';
import { resolveAct } from '../resolve-act.ts';
import { jsonRow, type Rows } from '../row.ts';
import {
  anything,
  cardNumber,
  closed,
  idNumber,
  idParam,
  nothing,
  orNull,
  phone,
  sixDigits,
  text,
  word,
} from '../schemas.ts';
import { showMe } from '../show.ts';

type SecurityRoutes =
  | 'POST /api/pin'
  | 'POST /api/pin/reset'
  | 'POST /api/pin/reset/:id'
  | 'GET /api/passkeys'
  | 'POST /api/passkeys/options'
  | 'POST /api/passkeys'
  | 'DELETE /api/passkeys/:id'
  | 'GET /api/devices'
  | 'DELETE /api/devices/:id'
  | 'POST /api/proofs'
  | 'POST /api/proofs/:id/code'
  | 'POST /api/proofs/:id';

const ACTS = [
  'transfer',
  'repayment',
  'purchase',
  'unbind_card',
  'raise_limit',
  'reset_pin',
  'add_passkey',
  'remove_passkey',
  'change_phone',
] as const;

/** The payment PIN, passkeys, devices, and proofs. Whose they are is decided by the session, never by what a body says. */
export function securityRows(deps: AppDeps): Rows<SecurityRoutes> {
  const { users, cards } = deps;
  return {
    'POST /api/pin': jsonRow('POST /api/pin', {
      limit: { perMinuteMax: 20, by: 'person' },
      body: Type.Object({ pin: sixDigits, old_pin: orNull(sixDigits) }, closed),
      async run({ session, body }) {
        await users.setPin(session, { pin: body.pin, oldPin: body.old_pin });
        return showMe(await users.me(session), deps.sandboxPhoneUrl);
      },
    }),
    'POST /api/pin/reset': jsonRow('POST /api/pin/reset', {
      limit: { perMinuteMax: 10, by: 'person' },
      body: Type.Object({ card_number: cardNumber, name: text(1, 60), id_number: idNumber, phone }, closed),
      async run({ session, body }) {
        const number = CardNumber.read(body.card_number);
        if (number === null) throw new Refusal('card_number_invalid', 'a card number has 12 to 19 digits');
        const { name, id_number: said, phone: at } = body;
        await cards.verifyPerson(session, { number, name, idNumber: said, phone: at });
        const { resetId, resendAfterSeconds } = await users.startPinReset(session);
        return { reset_id: resetId, resend_after_seconds: resendAfterSeconds };
      },
    }),
    'POST /api/pin/reset/:id': jsonRow('POST /api/pin/reset/:id', {
      limit: { perMinuteMax: 20, by: 'person' },
      params: idParam,
      body: Type.Object({ code: sixDigits, pin: sixDigits }, closed),
      async run({ session, params, body }) {
        await users.finishPinReset(session, { resetId: params.id, ...body });
        return showMe(await users.me(session), deps.sandboxPhoneUrl);
      },
    }),
    'GET /api/passkeys': jsonRow('GET /api/passkeys', {
      run: async ({ session }) => ({ data: (await users.listPasskeys(session)).map(showPasskey) }),
    }),
    'POST /api/passkeys/options': jsonRow('POST /api/passkeys/options', {
      limit: { perMinuteMax: 20, by: 'person' },
      body: nothing,
      async run({ session }) {
        const { challengeId, options } = await users.startPasskey(session);
        return { challenge_id: challengeId, options };
      },
    }),
    'POST /api/passkeys': jsonRow('POST /api/passkeys', {
      limit: { perMinuteMax: 20, by: 'person' },
      body: Type.Object(
        { challenge_id: word(), response: anything, name: text(1, 40), proof: orNull(word(200)) },
        closed,
      ),
      async run({ session, body }) {
        const { challenge_id: challengeId, response, name, proof } = body;
        return showPasskey(await users.addPasskey(session, { challengeId, response, name, proof }));
      },
    }),
    'DELETE /api/passkeys/:id': jsonRow('DELETE /api/passkeys/:id', {
      params: idParam,
      body: Type.Object({ proof: orNull(word(200)) }, closed),
      async run({ session, params, body }) {
        await users.removePasskey(session, params.id, body.proof);
        return {};
      },
    }),
    'GET /api/devices': jsonRow('GET /api/devices', {
      run: async ({ session }) => ({ data: (await users.listDevices(session)).map(showDevice) }),
    }),
    'DELETE /api/devices/:id': jsonRow('DELETE /api/devices/:id', {
      params: idParam,
      async run({ session, params }) {
        await users.removeDevice(session, params.id);
        return {};
      },
    }),
    'POST /api/proofs': jsonRow('POST /api/proofs', {
      limit: { perMinuteMax: 40, by: 'person' },
      body: Type.Object(
        {
          kind: Type.Enum(ACTS),
          subject: Type.String({ pattern: '^[A-Za-z0-9_:.-]+$', minLength: 1, maxLength: 120 }),
          detail: orNull(word()),
        },
        closed,
      ),
      async run({ session, body }) {
        const { act, level } = await resolveAct(deps, session, body);
        const offer = await users.offerProof(session, act, level);
        return {
          proof_id: offer.proofId,
          level: offer.level,
          ways: offer.ways,
          passkey_options: offer.passkeyOptions,
          phone_masked: offer.phoneMasked,
        };
      },
    }),
    'POST /api/proofs/:id/code': jsonRow('POST /api/proofs/:id/code', {
      limit: { perMinuteMax: 10, by: 'person' },
      params: idParam,
      body: nothing,
      async run({ session, params }) {
        const { resendAfterSeconds } = await users.sendProofCode(session, params.id);
        return { resend_after_seconds: resendAfterSeconds };
      },
    }),
    'POST /api/proofs/:id': jsonRow('POST /api/proofs/:id', {
      limit: { perMinuteMax: 40, by: 'person' },
      params: idParam,
      body: Type.Object({ pin: orNull(sixDigits), code: orNull(sixDigits), passkey: orNull(anything) }, closed),
      run: ({ session, params, body }) => users.proveAct(session, params.id, body),
    }),
  };
}

function showPasskey(passkey: Passkey): api.Passkey {
  return {
    passkey_id: passkey.id,
    name: passkey.name,
    created_at: passkey.createdAt.toISOString(),
    last_used_at: passkey.lastUsedAt?.toISOString() ?? null,
  };
}

function showDevice(device: Device): api.Device {
  return {
    device_id: device.id,
    name: device.name,
    is_this: device.isThis,
    created_at: device.createdAt.toISOString(),
    last_used_at: device.lastUsedAt.toISOString(),
  };
}

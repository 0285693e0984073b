import {
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { decodeAttestationObject, decodeClientDataJSON } from '@simplewebauthn/server/helpers';
import { PASSKEY_FIELD_CHARS_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { PasskeyRow } from './passkey-store.ts';
import type { UsersDeps } from './users-deps.ts';

export interface NewCredential {
  credentialId: string;
  publicKey: Buffer;
  signCount: bigint;
  transports: string[];
}

/** COSE numbers of what phones and security keys sign with: ES256, EdDSA, RS256. */
export const PASSKEY_ALGORITHMS = [-7, -8, -257];

/** WebAuthn level 3, 7.1. @throws Refusal passkey_refused, the same for whatever is wrong; the log says which check failed, not with what. */
export async function verifyRegistration(
  deps: Pick<UsersDeps, 'rp' | 'log'>,
  response: unknown,
  challenge: Buffer,
): Promise<NewCredential> {
  return await refusing(deps, async () => {
    const read = readRegistration(response);
    refuseForeignFrame(read.response.clientDataJSON);
    refuseAttestation(read.response.attestationObject);
    const result = await verifyRegistrationResponse({
      response: read,
      expectedChallenge: challenge.toString('base64url'),
      expectedOrigin: deps.rp.origin,
      expectedRPID: deps.rp.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: PASSKEY_ALGORITHMS,
    });
    if (!result.verified) throw new Error('the attestation does not hold');
    const { id, publicKey, counter } = result.registrationInfo.credential;
    return {
      credentialId: id,
      publicKey: Buffer.from(publicKey),
      signCount: BigInt(counter),
      transports: read.response.transports ?? [],
    };
  });
}

/** WebAuthn level 3, 7.2; returns the new counter. @throws Refusal passkey_refused */
export async function verifyAssertion(
  deps: Pick<UsersDeps, 'rp' | 'log'>,
  response: AuthenticationResponseJSON,
  challenge: Buffer,
  passkey: PasskeyRow,
): Promise<bigint> {
  return await refusing(deps, async () => {
    refuseForeignFrame(response.response.clientDataJSON);
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge.toString('base64url'),
      expectedOrigin: deps.rp.origin,
      expectedRPID: deps.rp.id,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(passkey.publicKey),
        counter: Number(passkey.signCount), // 32 bits
      },
    });
    if (!verified) throw new Error('the signature does not hold');
    return BigInt(authenticationInfo.newCounter);
  });
}

/** What navigator.credentials.get gave, checked as far as its form; null for anything else. */
export function readAssertion(value: unknown): AuthenticationResponseJSON | null {
  const outer = readFields(value, ['id', 'rawId', 'type']);
  const inner = readFields(outer?.['response'], ['clientDataJSON', 'authenticatorData', 'signature']);
  if (outer === null || inner === null || outer['type'] !== 'public-key') return null;
  const userHandle = inner['userHandle'];
  if (userHandle !== undefined && userHandle !== null && !isShortText(userHandle)) return null;
  return {
    id: outer['id'],
    rawId: outer['rawId'],
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: inner['clientDataJSON'],
      authenticatorData: inner['authenticatorData'],
      signature: inner['signature'],
      ...(isShortText(userHandle) ? { userHandle } : {}),
    },
  };
}

export function refusedPasskey(): Refusal {
  return new Refusal('passkey_refused', 'the passkey was not accepted');
}

function readRegistration(value: unknown): RegistrationResponseJSON {
  const outer = readFields(value, ['id', 'rawId', 'type']);
  const inner = readFields(outer?.['response'], ['clientDataJSON', 'attestationObject']);
  if (outer === null || inner === null || outer['type'] !== 'public-key') throw new Error('not a registration');
  const transports: unknown = inner['transports'];
  const known = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;
  return {
    id: outer['id'],
    rawId: outer['rawId'],
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: inner['clientDataJSON'],
      attestationObject: inner['attestationObject'],
      transports: Array.isArray(transports) ? known.filter((one) => transports.includes(one)) : [],
    },
  };
}

/** An object with these members as texts of bounded length, and whatever else it has. */
function readFields<K extends string>(
  value: unknown,
  names: readonly K[],
): (Record<K, string> & { [other: string]: unknown }) | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields: Record<string, unknown> = { ...value };
  // Every name was just looked at.
  return names.every((name) => isShortText(fields[name])) ? (fields as Record<K, string>) : null;
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= PASSKEY_FIELD_CHARS_MAX;
}

/** A page of somebody else that has ours in a frame must not get a signature out of it. */
function refuseForeignFrame(clientDataJson: string): void {
  if (decodeClientDataJSON(clientDataJson).crossOrigin === true)
    throw new Error('it was asked for from a foreign frame');
}

/**
 * We ask for no attestation. A certificate in one would send the check out to whatever address the certificate names, so none is looked at:
 * `none`, or `packed` signed by the key itself, which browsers leave in (WebAuthn level 3, 5.1.3).
 */
function refuseAttestation(attestationObject: string): void {
  const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')));
  const format = decoded.get('fmt');
  const isSelf = format === 'packed' && decoded.get('attStmt').get('x5c') === undefined;
  if (format !== 'none' && !isSelf) throw new Error('an attestation that was not asked for');
}

async function refusing<T>(deps: Pick<UsersDeps, 'log'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // The library's messages quote what was sent: only their first words are told.
    const why = error instanceof Error ? error.message.replace(/["“].*$/s, '').slice(0, 80) : 'unreadable';
    deps.log.info({ why }, 'a passkey was refused');
    throw refusedPasskey();
  }
}

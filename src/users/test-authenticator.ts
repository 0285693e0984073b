import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { systemRandom } from '../base/random.ts';

/*
 * For tests: an authenticator in software. P-256 keys, ES256 signatures, CBOR written by hand after RFC 8949, the structures after WebAuthn level 3
 * (6.1 authenticator data, 6.5 attestation). Its owner can make it lie in every way that a thief would.
 */

/** What may be told wrong; everything else is as it should be. */
export interface Lies {
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  isUserVerified?: boolean;
  signCount?: number;
  crossOrigin?: boolean;
  userHandle?: string;
  /** Signs with another key. */
  isForged?: boolean;
  /** An attestation nobody asked for, with a certificate in it. */
  withCertificate?: boolean;
}

export interface CreateOptions {
  challenge: string;
  rp: { id?: string };
  user: { id: string };
}

export interface GetOptions {
  challenge: string;
  rpId?: string;
  allowCredentials?: { id: string }[];
}

export class TestAuthenticator {
  readonly #origin: string;
  readonly #credentialId = systemRandom.bytes(32);
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  #userHandle = '';
  #signCount: number;

  /** `signCount` 0 stays 0 for good, as that of synced passkeys does. */
  constructor(origin: string, signCount = 1) {
    this.#origin = origin;
    this.#signCount = signCount;
  }

  get credentialId(): string {
    return this.#credentialId.toString('base64url');
  }

  create(options: object, lies: Lies = {}): object {
    const { challenge, rp, user } = options as CreateOptions; // what the server made of its own library's type
    this.#userHandle = user.id;
    const clientData = this.#clientData(lies.type ?? 'webauthn.create', challenge, lies);
    const authData = Buffer.concat([
      this.#header(rp.id ?? '', 0x40, lies),
      Buffer.alloc(16),
      uint16(this.#credentialId.length),
      this.#credentialId,
      coseKey(this.#keys.publicKey),
    ]);
    const statement = lies.withCertificate
      ? cborMap([
          [cborText('alg'), cborInt(-7)],
          [cborText('sig'), cborBytes(systemRandom.bytes(70))],
          [cborText('x5c'), Buffer.concat([cborHead(4, 1), cborBytes(systemRandom.bytes(100))])],
        ])
      : cborMap([]);
    const attestation = cborMap([
      [cborText('fmt'), cborText(lies.withCertificate ? 'packed' : 'none')],
      [cborText('attStmt'), statement],
      [cborText('authData'), cborBytes(authData)],
    ]);
    return this.#envelope({
      clientDataJSON: clientData.toString('base64url'),
      attestationObject: attestation.toString('base64url'),
      transports: ['internal', 'hybrid'],
    });
  }

  get(options: object, lies: Lies = {}): object {
    const { challenge, rpId } = options as GetOptions; // as above
    if (this.#signCount > 0) this.#signCount += 1;
    const clientData = this.#clientData(lies.type ?? 'webauthn.get', challenge, lies);
    const authData = this.#header(rpId ?? '', 0, lies);
    const key = lies.isForged ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : this.#keys.privateKey;
    const signature = sign('sha256', Buffer.concat([authData, sha256(clientData)]), key);
    return this.#envelope({
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: lies.userHandle ?? this.#userHandle,
    });
  }

  #envelope(response: object): object {
    const id = this.credentialId;
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }

  #clientData(type: string, challenge: string, lies: Lies): Buffer {
    const crossOrigin = lies.crossOrigin ?? false;
    return Buffer.from(
      JSON.stringify({
        type,
        challenge: lies.challenge ?? challenge,
        origin: lies.origin ?? this.#origin,
        crossOrigin,
      }),
    );
  }

  /** SHA-256 of the rp id, flags (1 present, 4 verified, 0x40 with a credential), counter. */
  #header(rpId: string, flags: number, lies: Lies): Buffer {
    const verified = (lies.isUserVerified ?? true) ? 0x04 : 0;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(lies.signCount ?? this.#signCount);
    return Buffer.concat([sha256(Buffer.from(lies.rpId ?? rpId)), Buffer.from([0x01 | verified | flags]), count]);
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** RFC 9053: kty EC2, alg ES256, curve P-256, x, y. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return cborMap([
    [cborInt(1), cborInt(2)],
    [cborInt(3), cborInt(-7)],
    [cborInt(-1), cborInt(1)],
    [cborInt(-2), cborBytes(Buffer.from(x, 'base64url'))],
    [cborInt(-3), cborBytes(Buffer.from(y, 'base64url'))],
  ]);
}

function cborHead(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.concat([Buffer.from([(major << 5) | 25]), uint16(value)]);
}

function cborInt(value: number): Buffer {
  return value >= 0 ? cborHead(0, value) : cborHead(1, -1 - value);
}

function cborBytes(bytes: Buffer): Buffer {
  return Buffer.concat([cborHead(2, bytes.length), bytes]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([cborHead(3, Buffer.byteLength(text)), Buffer.from(text)]);
}

function cborMap(pairs: readonly [Buffer, Buffer][]): Buffer {
  return Buffer.concat([cborHead(5, pairs.length), ...pairs.flat()]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

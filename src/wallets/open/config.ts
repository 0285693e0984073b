import { createPublicKey, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { readPemPrivateKey } from '../pem-keys.ts';
import {
  isThisMachine,
  readPlainUrl,
  readScenes,
  readSettings,
  required,
  type Settings as SettingsOf,
  wrong,
} from '../settings.ts';
import type { Scene, WalletName } from '../wallet.ts';
import type { KeyRing } from './verify.ts';

/** A merchant's checked account at a wallet of the Open Wallet Protocol. Keys are KeyObjects: printing it shows none. */
export interface OpenConfig {
  wallet: WalletName;
  merchantNo: string;
  environment: 'production' | 'test';
  /** Where the wallet's addresses begin, up to and without the last slash. */
  walletUrl: string;
  signing: { keyId: string; privateKey: KeyObject };
  /** The wallet's own keys by their ids; while they change there are two. */
  walletKeys: KeyRing;
  scenes: readonly Scene[];
}

export const OPEN_SCENES = ['web', 'wap', 'app', 'qr', 'jsapi', 'code'] as const satisfies readonly Scene[];

const TEXT_SETTINGS = [
  'wallet_url',
  'environment',
  'merchant_no',
  'merchant_key_id',
  'merchant_private_key_pem',
  'wallet_public_keys',
  'scenes',
] as const;

type Setting = (typeof TEXT_SETTINGS)[number];
type Settings = SettingsOf<Setting>;

const WALLET_KEYS_MAX = 4;

/** Private keys that stand in public documents; whoever can read can sign with them. Told by their public half. */
const PUBLISHED_KEYS: readonly string[] = [
  'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs', // RFC 9421, B.1.4
  '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', // RFC 8037, A.1, and RFC 8032, 7.1
];

/**
 * Reads the settings that a merchant gives us and checks them against each other.
 * @throws Refusal invalid_request naming the wrong setting as `settings.<name>`, never its value.
 */
export function readConfig(wallet: WalletName, input: unknown): OpenConfig {
  const settings = readGiven(input);
  const environment = readEnvironment(settings);
  const walletUrl = readWalletUrl(required(settings, 'wallet_url'), environment);
  const merchantNo = readWord(settings, 'merchant_no');
  const signing = { keyId: readWord(settings, 'merchant_key_id'), privateKey: readPrivateKey(settings, environment) };
  const walletKeys = readWalletKeys(required(settings, 'wallet_public_keys'));
  if (environment === 'production' && [...walletKeys.values()].some((key) => PUBLISHED_KEYS.includes(thumbprint(key))))
    throw wrong('wallet_public_keys', 'holds a key from a public document, with which everybody can sign');
  const own = thumbprint(createPublicKey(signing.privateKey));
  if ([...walletKeys.values()].some((key) => thumbprint(key) === own))
    throw wrong('wallet_public_keys', "holds the merchant's own key: it must be the wallet's");
  return {
    wallet,
    merchantNo,
    environment,
    walletUrl,
    signing,
    walletKeys,
    scenes: readScenes(settings.get('scenes'), OPEN_SCENES),
  };
}

/** Blank ones count as not given. */
function readGiven(input: unknown): Settings {
  const trimmed = [...readSettings(input, TEXT_SETTINGS)].map(([name, text]) => [name, text.trim()] as const);
  return new Map(trimmed.filter(([, text]) => text !== ''));
}

function readEnvironment(settings: Settings): 'production' | 'test' {
  const text = settings.get('environment') ?? 'production';
  if (text !== 'production' && text !== 'test') throw wrong('environment', 'must be production or test');
  return text;
}

/** In production a named host over https; a test account may also point to this machine. Never to a bare address. */
function readWalletUrl(text: string, environment: OpenConfig['environment']): string {
  const url = readPlainUrl('wallet_url', text);
  const path = url.pathname.replace(/\/+$/, '');
  if (!/^(\/[\w.~-]+)*$/.test(path)) throw wrong('wallet_url', 'may have only letters, digits and . _ ~ - in its path');
  if (isThisMachine(url) && environment === 'production')
    throw wrong('wallet_url', 'may be on this machine only where environment is test');
  if (!isThisMachine(url) && !(url.protocol === 'https:' && isPublicName(url.hostname)))
    throw wrong('wallet_url', 'must be an https address with the name of a public host');
  return url.origin + path;
}

function isPublicName(hostname: string): boolean {
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 || !hostname.includes('.')) return false;
  return !/\.(local|localhost|internal|lan|home|corp|test|invalid|arpa)\.?$/.test(hostname);
}

function readWord(settings: Settings, name: Setting): string {
  const text = required(settings, name);
  if (!/^[\w.-]{1,32}$/.test(text)) throw wrong(name, 'must be 1 to 32 letters, digits and . _ -');
  return text;
}

function readPrivateKey(settings: Settings, environment: OpenConfig['environment']): KeyObject {
  const name = 'merchant_private_key_pem';
  const key = readPemPrivateKey(required(settings, name));
  if (key === null) throw wrong(name, 'is not a readable private key (PKCS#8 PEM without a password)');
  if (key.asymmetricKeyType !== 'ed25519') throw wrong(name, 'must hold an Ed25519 key');
  if (environment === 'production' && PUBLISHED_KEYS.includes(thumbprint(createPublicKey(key))))
    throw wrong(name, 'is a key from a public document, which everybody has');
  return key;
}

/** JSON: a key's id → its PEM, or the wallet's manifest, whole or its `keys` alone. */
function readWalletKeys(text: string): KeyRing {
  const name = 'wallet_public_keys';
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    throw wrong(name, 'must be JSON: the keys of the manifest, or an object of key id and PEM');
  }
  const jwks = keysIn(input);
  const pairs = jwks === null ? pairsOf(input) : jwks.map(fromJwk);
  if (pairs.length === 0) throw wrong(name, 'holds no key');
  if (pairs.length > WALLET_KEYS_MAX) throw wrong(name, `holds more than ${WALLET_KEYS_MAX} keys`);
  const ring = new Map<string, KeyObject>();
  for (const [keyId, key] of pairs) {
    if (!/^[\w.-]{1,32}$/.test(keyId)) throw wrong(name, 'has a key whose id is not 1 to 32 letters, digits and . _ -');
    if (ring.has(keyId)) throw wrong(name, 'has two keys of one id');
    if (key?.asymmetricKeyType !== 'ed25519') throw wrong(name, 'has a key that is not Ed25519');
    if (key.type !== 'public') throw wrong(name, 'holds a private key');
    ring.set(keyId, key);
  }
  return ring;
}

/** The list itself, or the whole manifest that it stands in. */
function keysIn(input: unknown): unknown[] | null {
  if (Array.isArray(input)) return input;
  const keys = typeof input === 'object' && input !== null && 'keys' in input ? input.keys : null;
  return Array.isArray(keys) ? keys : null;
}

function pairsOf(input: unknown): [string, KeyObject | null][] {
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).map(([keyId, pem]) => [keyId, typeof pem === 'string' ? fromPem(pem) : null]);
}

function fromPem(pem: string): KeyObject | null {
  if (/PRIVATE KEY/.test(pem)) throw wrong('wallet_public_keys', 'holds a private key');
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
}

/** A JSON Web Key of RFC 8037: `{"kty":"OKP","crv":"Ed25519","kid":"…","x":"…"}`. */
export function fromJwk(input: unknown): [string, KeyObject | null] {
  const { kty, crv, kid, x, d } = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>; // each is checked below
  const isKey = kty === 'OKP' && crv === 'Ed25519' && typeof x === 'string' && d === undefined;
  let key: KeyObject | null = null;
  try {
    if (isKey) key = createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
  } catch {
    // not a point of the curve: no key
  }
  return [typeof kid === 'string' ? kid : '', key];
}

function thumbprint(key: KeyObject): string {
  return key.export({ format: 'jwk' }).x ?? '';
}

import { getHashes, type KeyObject, type X509Certificate } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import { isStrongRsa, readPemPrivateKey } from '../pem-keys.ts';
import {
  readScenes,
  readSettings,
  readWalletUrl,
  required,
  type Settings as SettingsOf,
  settingsObject,
  wrong,
} from '../settings.ts';
import type { Scene } from '../wallet.ts';
import { readPfx } from './pfx.ts';
import { certIdOf, createTrust, isIssuedBy, readCertificate, type Trust } from './trust.ts';

/** A merchant's checked account at UnionPay. Keys are KeyObjects and Secrets: printing it shows none. */
export interface UnionpayConfig {
  merId: string;
  environment: 'production' | 'test';
  /** Up to and without the last slash: `https://gateway.95516.com/gateway/api`. */
  gatewayUrl: string;
  fileUrl: string;
  /** Where the wallet's browser is sent to learn who pays; null on a test account that has not told one. */
  userAuthUrl: string | null;
  /** Which field of an in-wallet order's answer holds the address to go to: it stands in no public document. */
  payUrlField: string;
  /** What the merchant has signed up for at UnionPay. */
  scenes: readonly Scene[];
  signing: RsaSigning | SharedSigning;
  /** Opens what UnionPay seals for the merchant; null where the merchant has no key pair. */
  openingKey: KeyObject | null;
  /** UnionPay's encryption certificate, for merchants with the permission to send sealed values. */
  encryption: { certId: string; publicKey: KeyObject } | null;
}

interface RsaSigning {
  method: '01';
  /** Decimal serial number of the merchant's certificate. */
  certId: string;
  privateKey: KeyObject;
  trust: Trust;
}

interface SharedSigning {
  method: '11' | '12';
  secureKey: Secret;
}

const PRODUCTION_GATEWAY = 'https://gateway.95516.com/gateway/api';
const PRODUCTION_FILES = 'https://filedownload.95516.com';
const PRODUCTION_USER_AUTH = 'https://qr.95516.com/qrcGtwWeb-web/api/userAuth';
const PRODUCTION_HOST = 'gateway.95516.com';
const KEY_BITS_MIN = 2048;
const SECURE_KEY_CHARS_MIN = 16;

/** All test merchants share these key pairs, whose pfx and password are public. Source: UnionPay 5.1.0. */
const PUBLISHED_TEST_CERT_IDS: readonly string[] = ['68759663125', '69629715588', '69903319369'];

/** What UnionPay's products can do, in the order in which they are offered. */
export const SCENES: readonly Scene[] = ['web', 'wap', 'app', 'qr', 'jsapi', 'code'];

const TEXT_SETTINGS = [
  'mer_id',
  'sign_method',
  'pfx_base64',
  'pfx_password',
  'certificate_pem',
  'private_key_pem',
  'root_certificate_pem',
  'middle_certificate_pem',
  'encryption_certificate_pem',
  'secure_key',
  'gateway_url',
  'file_url',
  'user_auth_url',
  'pay_url_field',
  'scenes',
] as const;

type TextSetting = (typeof TEXT_SETTINGS)[number];

interface Settings {
  texts: SettingsOf<TextSetting>;
  checkSignerName: boolean;
}

/**
 * Reads the settings that a merchant gives us and checks them against each other.
 * @throws Refusal invalid_request naming the wrong setting as `settings.<name>`, never its value.
 */
export function readConfig(input: unknown): UnionpayConfig {
  const settings = readAll(input);
  const merId = required(settings.texts, 'mer_id');
  if (!/^[0-9A-Za-z]{15}$/.test(merId)) throw wrong('mer_id', 'must be 15 letters or digits');
  const gatewayUrl = readGatewayUrl(settings);
  const fileUrl = readUrl('file_url', settings.texts.get('file_url') ?? PRODUCTION_FILES).replace(/\/+$/, '');
  const environment = new URL(gatewayUrl).hostname === PRODUCTION_HOST ? 'production' : 'test';
  if (environment === 'production' && !settings.checkSignerName) {
    throw wrong('check_signer_name', "may be false only outside UnionPay's production");
  }
  const merchant = readMerchantKey(settings, environment);
  return {
    merId,
    environment,
    gatewayUrl,
    fileUrl,
    userAuthUrl: readUserAuthUrl(settings, environment),
    payUrlField: readPayUrlField(settings),
    scenes: readScenes(settings.texts.get('scenes'), SCENES), // each product has to be signed up for at UnionPay
    signing: readSigning(settings, merchant),
    openingKey: merchant?.privateKey ?? null,
    encryption: readEncryption(settings, merchant),
  };
}

function readAll(input: unknown): Settings {
  const { check_signer_name: checkSignerName = true, ...texts } = settingsObject(input);
  if (typeof checkSignerName !== 'boolean') throw wrong('check_signer_name', 'must be true or false');
  return { texts: readSettings(texts, TEXT_SETTINGS), checkSignerName };
}

function readGatewayUrl(settings: Settings): string {
  const text = readUrl('gateway_url', settings.texts.get('gateway_url') ?? PRODUCTION_GATEWAY);
  const url = new URL(text);
  const path = url.pathname.replace(/\/+$/, '');
  return url.origin + (path === '' ? '/gateway/api' : path);
}

function readUserAuthUrl(settings: Settings, environment: UnionpayConfig['environment']): string | null {
  const text = settings.texts.get('user_auth_url');
  if (text !== undefined) return readUrl('user_auth_url', text);
  return environment === 'production' ? PRODUCTION_USER_AUTH : null;
}

function readPayUrlField(settings: Settings): string {
  const name = settings.texts.get('pay_url_field') ?? 'payUrl';
  if (!/^[A-Za-z][A-Za-z0-9]{0,31}$/.test(name)) throw wrong('pay_url_field', 'must be the name of a field');
  return name;
}

function readUrl(name: TextSetting, text: string): string {
  return readWalletUrl(name, text, ['.95516.com'], 'UnionPay (95516.com)').href;
}

interface MerchantKey {
  certificate: X509Certificate;
  privateKey: KeyObject;
}

/** From a pfx with its password, or from a PEM key with its certificate; null when neither is given. */
function readMerchantKey(settings: Settings, environment: UnionpayConfig['environment']): MerchantKey | null {
  const hasPfx = settings.texts.has('pfx_base64');
  const hasPem = settings.texts.has('private_key_pem') || settings.texts.has('certificate_pem');
  if (hasPfx && hasPem) throw wrong('pfx_base64', 'must not be given together with a PEM key');
  if (!hasPfx && !hasPem) return null;
  const from = hasPfx ? 'pfx_base64' : 'private_key_pem';
  const merchant = hasPfx ? readPfxSetting(settings) : readPemSettings(settings);
  if (!isStrongRsa(merchant.privateKey, KEY_BITS_MIN))
    throw wrong(from, `must hold an RSA key of ${KEY_BITS_MIN} bits or more`);
  if (environment === 'production' && PUBLISHED_TEST_CERT_IDS.includes(certIdOf(merchant.certificate))) {
    throw wrong(from, "is UnionPay's published test key, which everybody has");
  }
  return merchant;
}

function readPfxSetting(settings: Settings): MerchantKey {
  const base64 = required(settings.texts, 'pfx_base64').replace(/\s+/g, '');
  const der = Buffer.from(base64, 'base64');
  if (der.length === 0 || der.toString('base64') !== base64) throw wrong('pfx_base64', 'is not base64');
  const password = settings.texts.get('pfx_password');
  if (password === undefined) throw wrong('pfx_password', 'is missing');
  try {
    return readPfx(der, password);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    if (/password|MAC/i.test(reason)) throw wrong('pfx_password', 'does not open the pfx');
    throw wrong('pfx_base64', reason.startsWith('it') ? `cannot be used: ${reason}` : 'is not a readable pfx file');
  }
}

function readPemSettings(settings: Settings): MerchantKey {
  const certificate = certificateSetting(settings, 'certificate_pem');
  const privateKey = readPemPrivateKey(required(settings.texts, 'private_key_pem'));
  if (privateKey === null) throw wrong('private_key_pem', 'is not a readable PEM key without a password');
  if (!certificate.checkPrivateKey(privateKey)) throw wrong('certificate_pem', 'does not belong to the private key');
  return { certificate, privateKey };
}

function readSigning(settings: Settings, merchant: MerchantKey | null): RsaSigning | SharedSigning {
  const method = required(settings.texts, 'sign_method');
  if (method === '11' || method === '12') return readSharedSigning(settings, method);
  if (method !== '01') throw wrong('sign_method', 'must be 01 (RSA), 11 (SHA-256) or 12 (SM3)');
  if (merchant === null) throw wrong('pfx_base64', 'is missing; sign_method 01 needs a key');
  const root = certificateSetting(settings, 'root_certificate_pem');
  const middle = certificateSetting(settings, 'middle_certificate_pem');
  if (!isIssuedBy(root, root)) throw wrong('root_certificate_pem', 'is not a root: it has not issued itself');
  if (!isIssuedBy(middle, root)) throw wrong('middle_certificate_pem', 'is not issued by the root certificate');
  return {
    method,
    certId: certIdOf(merchant.certificate),
    privateKey: merchant.privateKey,
    trust: createTrust({ root, middle, acceptTestSigner: !settings.checkSignerName }),
  };
}

function readSharedSigning(settings: Settings, method: '11' | '12'): SharedSigning {
  const secureKey = required(settings.texts, 'secure_key');
  if (secureKey.length < SECURE_KEY_CHARS_MIN || new Set(secureKey).size < 6) throw wrong('secure_key', 'is too weak');
  if (method === '12' && !getHashes().includes('sm3')) throw wrong('sign_method', '12 needs a Node.js built with SM3');
  return { method, secureKey: new Secret(secureKey) };
}

function readEncryption(settings: Settings, merchant: MerchantKey | null): UnionpayConfig['encryption'] {
  if (!settings.texts.has('encryption_certificate_pem')) return null;
  const certificate = certificateSetting(settings, 'encryption_certificate_pem');
  if (certificate.fingerprint256 === merchant?.certificate.fingerprint256) {
    throw wrong('encryption_certificate_pem', "must be UnionPay's, not the merchant's own");
  }
  return { certId: certIdOf(certificate), publicKey: certificate.publicKey };
}

function certificateSetting(settings: Settings, name: TextSetting): X509Certificate {
  const certificate = readCertificate(required(settings.texts, name));
  if (certificate === null) throw wrong(name, 'is not one PEM certificate with an RSA key');
  if (!isStrongRsa(certificate.publicKey, KEY_BITS_MIN))
    throw wrong(name, `has a key of less than ${KEY_BITS_MIN} bits`);
  return certificate;
}

import { createHash, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import { isStrongRsa, readPemPrivateKey, readPemPublicKey } from '../pem-keys.ts';
import { readSettings, readWalletUrl, required, type Settings as SettingsOf, wrong } from '../settings.ts';

/** A merchant's checked account at JD Pay. Keys are KeyObjects and Secrets: printing it shows none. */
export interface JdpayConfig {
  environment: 'production' | 'test';
  /** Where browsers post a desktop's order, without the last slash: `https://wepay.jd.com/jdpay`. */
  payUrl: string;
  /** The same for phones: `https://h5pay.jd.com/jdpay`. */
  h5Url: string;
  /** Where servers ask: `https://paygate.jd.com/service`. */
  serviceUrl: string;
  main: JdpayParty;
  /** What JD's SDK wants of a merchant's app; null where the merchant has none. */
  app: { appId: string; md5Key: Secret } | null;
  /** Payment codes are a contract of their own at JD, with a number and keys of their own; null without one. */
  code: CodeParty | null;
  /** 0 goods that are sent, 1 virtual ones. */
  orderType: '0' | '1';
  /** Empty where the contract names none. */
  industryCategoryCode: string;
}

/** One merchant number with its keys. */
export interface JdpayParty {
  merchant: string;
  /** 24 bytes for Triple DES. */
  desKey: KeyObject;
  privateKey: KeyObject;
  jdPublicKey: KeyObject;
}

export interface CodeParty extends JdpayParty {
  /** The till's number as registered at JD; empty where none is. */
  device: string;
}

const LIVE = {
  pay_url: 'https://wepay.jd.com/jdpay',
  h5_url: 'https://h5pay.jd.com/jdpay',
  service_url: 'https://paygate.jd.com/service',
} as const;
const RSA_BITS_MIN = 1024; // JD's own keys have 1024 bits, and so have those of its merchants
const MD5_KEY_CHARS_MIN = 16;

/** SHA-256 of the key that JD's published demo uses, of its Triple DES key and of its MD5 key. Source: JD Pay V2.0. */
const PUBLISHED_KEYS: readonly string[] = [
  'b164efc3394e18f9f36ae2c0ec9e5f7765c343b7bdc708e55d17093f0a509f08',
  '443a31d40f021e1b8cf3bf4f8f0e2631675b2ae686af67a5a4c581a1b74007ea',
  '9f5deb1127a51f3e024d2dc1faa289dd71dec2abc50b3d98aff2cf42e2a526e8',
];

const SETTINGS = [
  'merchant',
  'des_key',
  'merchant_private_key_pem',
  'jd_public_key_pem',
  'md5_key',
  'app_id',
  'code_merchant',
  'code_des_key',
  'code_merchant_private_key_pem',
  'code_jd_public_key_pem',
  'code_device',
  'order_type',
  'industry_category_code',
  'pay_url',
  'h5_url',
  'service_url',
] as const;

type Setting = (typeof SETTINGS)[number];
type Settings = SettingsOf<Setting>;
type Environment = JdpayConfig['environment'];

/**
 * Reads the settings that a merchant gives us and checks them against each other.
 * @throws Refusal invalid_request naming the wrong setting as `settings.<name>`, never its value.
 */
export function readConfig(input: unknown): JdpayConfig {
  const settings = readSettings(input, SETTINGS);
  const urls = readUrls(settings);
  const environment = urls.payUrl === LIVE.pay_url ? 'production' : 'test';
  const orderType = settings.get('order_type') ?? '0';
  if (orderType !== '0' && orderType !== '1') throw wrong('order_type', 'must be 0 (goods) or 1 (virtual goods)');
  const industryCategoryCode = settings.get('industry_category_code') ?? '';
  if (!/^[0-9A-Za-z]{0,20}$/.test(industryCategoryCode))
    throw wrong('industry_category_code', 'must be letters or digits');
  return {
    environment,
    ...urls,
    main: readParty(settings, environment, ''),
    app: readApp(settings, environment),
    code: readCodeParty(settings, environment),
    orderType,
    industryCategoryCode,
  };
}

/** Either JD's three live addresses, or three of a simulator: money must not be asked for here and looked for there. */
function readUrls(settings: Settings): Pick<JdpayConfig, 'payUrl' | 'h5Url' | 'serviceUrl'> {
  const names = ['pay_url', 'h5_url', 'service_url'] as const;
  const urls = names.map((name) => readUrl(name, settings.get(name) ?? LIVE[name]));
  const firstOwn = names.findIndex((name, index) => urls[index] !== LIVE[name]);
  const live = names.find((name, index) => urls[index] === LIVE[name]);
  if (firstOwn !== -1 && live !== undefined) throw wrong(live, 'must be given together with the other addresses');
  const [payUrl = '', h5Url = '', serviceUrl = ''] = urls;
  return { payUrl, h5Url, serviceUrl };
}

function readUrl(name: Setting, text: string): string {
  const url = readWalletUrl(name, text, ['.jd.com'], 'JD (jd.com)');
  return url.origin + url.pathname.replace(/\/+$/, '');
}

type Prefix = '' | 'code_';

/** The keys of one merchant number. JD signs for all its merchants with one key, so the second one may be left out. */
function readParty(settings: Settings, environment: Environment, prefix: Prefix): JdpayParty {
  const merchantName = `${prefix}merchant` as const;
  const merchant = required(settings, merchantName);
  if (!/^[0-9A-Za-z]{1,30}$/.test(merchant)) throw wrong(merchantName, 'must be letters or digits');
  const desKey = readDesKey(settings, environment, `${prefix}des_key`);
  const keyName = `${prefix}merchant_private_key_pem` as const;
  const privateKey = readPrivateKey(settings, keyName);
  const ownPrint = fingerprint(createPublicKey(privateKey));
  if (environment === 'production' && PUBLISHED_KEYS.includes(ownPrint)) {
    throw wrong(keyName, "is JD's published demo key, which everybody has");
  }
  const jdName = settings.has(`${prefix}jd_public_key_pem`)
    ? (`${prefix}jd_public_key_pem` as const)
    : 'jd_public_key_pem';
  const jdPublicKey = readPublicKey(settings, jdName);
  if (fingerprint(jdPublicKey) === ownPrint) throw wrong(jdName, "must be JD's, not the merchant's own");
  return { merchant, desKey, privateKey, jdPublicKey };
}

function readApp(settings: Settings, environment: Environment): JdpayConfig['app'] {
  if (!settings.has('app_id') && !settings.has('md5_key')) return null;
  const appId = required(settings, 'app_id');
  if (!/^[0-9A-Za-z]{8,64}$/.test(appId)) throw wrong('app_id', 'must be letters or digits');
  const md5Key = required(settings, 'md5_key');
  if (md5Key.length < MD5_KEY_CHARS_MIN || new Set(md5Key).size < 6) throw wrong('md5_key', 'is too weak');
  refusePublished('md5_key', environment, md5Key);
  return { appId, md5Key: new Secret(md5Key) };
}

function readCodeParty(settings: Settings, environment: Environment): CodeParty | null {
  const isGiven = SETTINGS.some((name) => name.startsWith('code_') && settings.has(name));
  if (!isGiven) return null;
  const party = readParty(settings, environment, 'code_');
  if (party.merchant === settings.get('merchant')) throw wrong('code_merchant', 'must be a number of its own');
  const device = settings.get('code_device') ?? '';
  if (!/^[0-9A-Za-z_-]{0,32}$/.test(device)) throw wrong('code_device', 'must be letters or digits');
  return { ...party, device };
}

/** Two equal thirds make Triple DES as weak as less of it. The lowest bit of each byte is parity and does not count. */
function readDesKey(settings: Settings, environment: Environment, name: Setting): KeyObject {
  const base64 = required(settings, name).trim();
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) throw wrong(name, 'is not base64');
  if (bytes.length !== 24) throw wrong(name, 'must be base64 of 24 bytes');
  const thirds = [0, 8, 16].map((at) => bytes.subarray(at, at + 8).map((byte) => byte & 0xfe));
  const texts = new Set(thirds.map((third) => Buffer.from(third).toString('hex')));
  if (texts.size < 3 || new Set(bytes).size < 8) throw wrong(name, 'is too weak: parts of it are equal');
  refusePublished(name, environment, base64);
  return createSecretKey(bytes);
}

function refusePublished(name: Setting, environment: Environment, key: string): void {
  if (environment === 'production' && PUBLISHED_KEYS.includes(sha256(key))) {
    throw wrong(name, "is JD's published demo key, which everybody has");
  }
}

function readPrivateKey(settings: Settings, name: Setting): KeyObject {
  const key = readPemPrivateKey(required(settings, name));
  if (key === null) throw wrong(name, 'is not a readable PEM key without a password');
  return checkRsa(name, key);
}

function readPublicKey(settings: Settings, name: Setting): KeyObject {
  const key = readPemPublicKey(required(settings, name));
  if (key === null) throw wrong(name, 'is not a readable PEM public key');
  return checkRsa(name, key);
}

function checkRsa(name: Setting, key: KeyObject): KeyObject {
  if (!isStrongRsa(key, RSA_BITS_MIN)) throw wrong(name, `must be an RSA key of ${RSA_BITS_MIN} bits or more`);
  return key;
}

function fingerprint(publicKey: KeyObject): string {
  return sha256(publicKey.export({ type: 'spki', format: 'der' }));
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

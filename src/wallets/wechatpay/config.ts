import { createPublicKey, type KeyObject } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import { isStrongRsa, readPemPrivateKey } from '../pem-keys.ts';
import {
  isThisMachine,
  isUsualHttps,
  readPlainUrl,
  readScenes,
  readSettings,
  required,
  type Settings as SettingsOf,
  wrong,
} from '../settings.ts';
import type { Scene } from '../wallet.ts';
import {
  KEY_BITS_MIN,
  type PlatformKey,
  type PlatformKeys,
  readCertificates,
  readPublicKey,
  serialOf,
  toPlatformKey,
} from './platform-keys.ts';

/** What a signed call needs. The keys are KeyObjects and Secrets: printing them shows none. */
export interface WechatpayAccess {
  mchid: string;
  environment: 'production' | 'test';
  /** An origin: `https://api.mch.weixin.qq.com`. */
  apiUrl: string;
  /** Upper-case hex serial number of the merchant's API certificate. */
  serialNo: string;
  privateKey: KeyObject;
  /** The 32 characters that WeChat Pay seals notifications and certificates with. */
  apiV3Key: Secret;
  platformKeys: PlatformKeys;
  /** `PUB_KEY_ID_…`: named in every request, it asks for replies signed by the public key. Null: by a certificate. */
  publicKeyId: string | null;
}

/** A merchant's checked account at WeChat Pay. */
export interface WechatpayConfig extends WechatpayAccess {
  /** Of an official account (公众号) or mini program: pages, QR codes and payment codes. */
  appid: string;
  /** Of a mobile app; null where the merchant has none. */
  appAppid: string | null;
  /** Of the official account; null where the merchant's own server finds out who pays. */
  appSecret: Secret | null;
  /** Where a page inside WeChat asks who pays: an origin. */
  oauthUrl: string;
  /** Where the answer to that is redeemed: an origin. */
  snsUrl: string;
  /** The name that an H5 payment shows; null for none. */
  h5AppName: string | null;
  /** The shop of payment codes, by WeChat Pay's number or the merchant's own; null where there is none. */
  store: { id: string } | { out_id: string } | null;
  /** What the merchant has signed up for, as far as the settings above suffice for it. */
  scenes: readonly Scene[];
}

/** No `web`: on a desktop WeChat Pay is a QR code. */
export const WECHATPAY_SCENES = ['wap', 'jsapi', 'app', 'qr', 'code'] as const satisfies readonly Scene[];

const LIVE_API_HOSTS = ['api.mch.weixin.qq.com', 'api2.mch.weixin.qq.com'];

const SETTINGS = [
  'mchid',
  'appid',
  'app_appid',
  'app_secret',
  'merchant_serial_no',
  'merchant_private_key_pem',
  'merchant_certificate_pem',
  'api_v3_key',
  'platform_public_key_id',
  'platform_public_key_pem',
  'platform_certificates_pem',
  'h5_app_name',
  'store_id',
  'store_out_id',
  'scenes',
  'api_url',
  'oauth_url',
  'sns_url',
] as const;

type Setting = (typeof SETTINGS)[number];
type Settings = SettingsOf<Setting>;

/**
 * Reads the settings that a merchant gives us and checks them against each other.
 * @throws Refusal invalid_request naming the wrong setting as `settings.<name>`, never its value.
 */
export function readConfig(input: unknown): WechatpayConfig {
  const settings = readSettings(input, SETTINGS);
  const access = accessOf(settings);
  if (access.platformKeys.size === 0)
    throw wrong('platform_public_key_pem', 'is missing, and so is platform_certificates_pem: one of them is needed');
  const appSecret = readAppSecret(settings);
  const appAppid = settings.has('app_appid') ? readAppid(settings, 'app_appid') : null;
  const store = readStore(settings);
  return {
    ...access,
    appid: readAppid(settings, 'appid'),
    appAppid,
    appSecret,
    oauthUrl: readPartner(settings, 'oauth_url', 'https://open.weixin.qq.com', access, appSecret),
    snsUrl: readPartner(settings, 'sns_url', 'https://api.weixin.qq.com', access, appSecret),
    h5AppName: settings.has('h5_app_name') ? readShort(settings, 'h5_app_name', 64) : null,
    store,
    scenes: scenesOf(settings, { jsapi: appSecret, app: appAppid, code: store }),
  };
}

/**
 * The part of the settings that is enough to fetch WeChat Pay's certificates: a merchant that has none of them yet gives
 * neither a public key nor certificates.
 * @throws Refusal as readConfig does
 */
export function readAccess(input: unknown): WechatpayAccess {
  return accessOf(readSettings(input, SETTINGS));
}

function accessOf(settings: Settings): WechatpayAccess {
  const mchid = required(settings, 'mchid');
  if (!/^[0-9]{8,32}$/.test(mchid)) throw wrong('mchid', 'must be 8 to 32 digits');
  const apiUrl = readUrl(settings, 'api_url', 'https://api.mch.weixin.qq.com');
  const privateKey = readPrivateKey(settings);
  const serialNo = readSerialNo(settings, privateKey);
  const publicKeyId = readPublicKeyId(settings);
  return {
    mchid,
    environment: LIVE_API_HOSTS.includes(new URL(apiUrl).hostname) ? 'production' : 'test',
    apiUrl,
    serialNo,
    privateKey,
    apiV3Key: readApiV3Key(settings),
    platformKeys: readPlatformKeys(settings, publicKeyId, { serialNo, privateKey }),
    publicKeyId,
  };
}

/** Only WeChat's own hosts, or a simulator on this machine: a merchant's settings must not aim us at anybody else. */
function readUrl(settings: Settings, name: Setting, live: string): string {
  const text = settings.get(name) ?? live;
  const url = readPlainUrl(name, text);
  if (url.pathname !== '/') throw wrong(name, 'must be an address without a path: the whole path is signed');
  // There is no test environment at WeChat Pay: any other of its hosts would be real money under the name of a test.
  const isOneOfTheirs =
    name === 'api_url' ? LIVE_API_HOSTS.includes(url.hostname) : url.hostname.endsWith('.weixin.qq.com');
  if (!(isUsualHttps(url) && isOneOfTheirs) && !isThisMachine(url))
    throw wrong(
      name,
      `must be https and of WeChat (${name === 'api_url' ? LIVE_API_HOSTS.join(', ') : 'weixin.qq.com'})`,
    );
  return url.origin;
}

/** An app secret must not go from a live account to a simulator, nor from a test account to WeChat. */
function readPartner(
  settings: Settings,
  name: Setting,
  live: string,
  access: WechatpayAccess,
  appSecret: Secret | null,
): string {
  const url = readUrl(settings, name, live);
  const isOfTheSameKind = isThisMachine(new URL(url)) === isThisMachine(new URL(access.apiUrl));
  if (appSecret !== null && !isOfTheSameKind) throw wrong(name, 'must be at the same place as api_url');
  return url;
}

function readPrivateKey(settings: Settings): KeyObject {
  const key = readPemPrivateKey(required(settings, 'merchant_private_key_pem'));
  if (key === null)
    throw wrong('merchant_private_key_pem', 'is not a readable PEM key without a password (apiclient_key.pem)');
  if (!isStrongRsa(key, KEY_BITS_MIN))
    throw wrong('merchant_private_key_pem', `must be an RSA key of ${KEY_BITS_MIN} bits or more`);
  return key;
}

/** From the merchant's certificate, which must belong to the key; or as the merchant platform shows it. */
function readSerialNo(settings: Settings, privateKey: KeyObject): string {
  const given = settings.get('merchant_serial_no')?.trim().toUpperCase();
  if (given !== undefined && !/^[0-9A-F]{8,64}$/.test(given)) throw wrong('merchant_serial_no', 'must be hex digits');
  if (!settings.has('merchant_certificate_pem')) {
    if (given === undefined) throw wrong('merchant_serial_no', 'is missing, and so is merchant_certificate_pem');
    return given;
  }
  const [certificate, ...others] = readCertificates(required(settings, 'merchant_certificate_pem')) ?? [];
  if (certificate === undefined || others.length > 0)
    throw wrong('merchant_certificate_pem', 'is not one PEM certificate (apiclient_cert.pem)');
  if (!certificate.checkPrivateKey(privateKey))
    throw wrong('merchant_certificate_pem', 'does not belong to the private key');
  if (given !== undefined && given !== serialOf(certificate))
    throw wrong('merchant_serial_no', 'is not the serial number of merchant_certificate_pem');
  return serialOf(certificate);
}

function readApiV3Key(settings: Settings): Secret {
  const key = required(settings, 'api_v3_key');
  if (!/^[\x21-\x7e]{32}$/.test(key)) throw wrong('api_v3_key', 'must be 32 letters, digits or signs');
  if (isGuessable(key)) throw wrong('api_v3_key', 'is too weak');
  return new Secret(key);
}

function readAppSecret(settings: Settings): Secret | null {
  if (!settings.has('app_secret')) return null;
  const secret = required(settings, 'app_secret');
  if (!/^[0-9A-Za-z]{32}$/.test(secret)) throw wrong('app_secret', 'must be 32 letters or digits');
  if (isGuessable(secret)) throw wrong('app_secret', 'is too weak');
  return new Secret(secret);
}

/** Few different letters, or a short text over and over again. */
function isGuessable(key: string): boolean {
  const periods = Array.from({ length: key.length / 2 }, (_, index) => index + 1);
  return new Set(key).size < 8 || periods.some((period) => key.slice(period) === key.slice(0, -period));
}

function readPublicKeyId(settings: Settings): string | null {
  const id = settings.get('platform_public_key_id');
  if (id === undefined) {
    if (settings.has('platform_public_key_pem')) throw wrong('platform_public_key_id', 'is missing');
    return null;
  }
  if (!/^PUB_KEY_ID_[0-9A-Za-z]{1,64}$/.test(id)) throw wrong('platform_public_key_id', 'must begin with PUB_KEY_ID_');
  return id;
}

function readPlatformKeys(
  settings: Settings,
  publicKeyId: string | null,
  merchant: { serialNo: string; privateKey: KeyObject },
): PlatformKeys {
  const keys = new Map<string, PlatformKey>();
  const own = createPublicKey(merchant.privateKey);
  if (publicKeyId !== null) {
    const publicKey = readPublicKey(required(settings, 'platform_public_key_pem'));
    if (publicKey === null) throw wrong('platform_public_key_pem', 'is not an RSA public key in PEM (pub_key.pem)');
    if (publicKey.equals(own)) throw wrong('platform_public_key_pem', "must be WeChat Pay's, not the merchant's own");
    keys.set(publicKeyId, { publicKey, validFrom: null, validTo: null });
  }
  if (settings.has('platform_certificates_pem')) {
    const certificates = readCertificates(required(settings, 'platform_certificates_pem'));
    if (certificates === null)
      throw wrong('platform_certificates_pem', 'does not hold PEM certificates and nothing else');
    for (const certificate of certificates) {
      if (serialOf(certificate) === merchant.serialNo || certificate.publicKey.equals(own))
        throw wrong('platform_certificates_pem', "must be WeChat Pay's, not the merchant's own");
      keys.set(serialOf(certificate), toPlatformKey(certificate));
    }
  }
  return keys;
}

function readAppid(settings: Settings, name: Setting): string {
  const appid = required(settings, name);
  if (!/^[0-9A-Za-z_-]{4,32}$/.test(appid)) throw wrong(name, 'must be 4 to 32 letters or digits');
  return appid;
}

/**
 * `needs` is null where a scene lacks what it needs. A page inside WeChat also works without an app_secret where the
 * merchant's own server tells who pays; it is then not offered to buyers.
 */
function scenesOf(settings: Settings, needs: Partial<Record<Scene, unknown>>): readonly Scene[] {
  return readScenes(settings.get('scenes'), WECHATPAY_SCENES).filter((scene) => needs[scene] !== null);
}

function readStore(settings: Settings): WechatpayConfig['store'] {
  if (settings.has('store_id') && settings.has('store_out_id'))
    throw wrong('store_out_id', 'must not be given together with store_id');
  if (settings.has('store_id')) return { id: readShort(settings, 'store_id', 32) };
  return settings.has('store_out_id') ? { out_id: readShort(settings, 'store_out_id', 32) } : null;
}

function readShort(settings: Settings, name: Setting, charsMax: number): string {
  const text = required(settings, name).trim();
  if (text.length > charsMax || /[\p{Cc}\u{10000}-\u{10FFFF}]/u.test(text))
    throw wrong(name, `must be at most ${charsMax} ordinary characters`);
  return text;
}

import { createPrivateKey, createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { isStrongRsa } from '../pem-keys.ts';
import {
  isThisMachine,
  readScenes,
  readSettings,
  readWalletUrl,
  required,
  type Settings as SettingsOf,
  wrong,
} from '../settings.ts';
import type { Scene } from '../wallet.ts';
import { readCertificates, rootSerialNumberOf, serialNumberOf } from './certificates.ts';

/** A merchant's checked account at Alipay. Keys are KeyObjects: printing the config shows none. */
export interface AlipayConfig {
  appId: string;
  /** The merchant's own number, 2088 and 12 digits: every notification names it. */
  sellerId: string;
  environment: 'production' | 'test';
  /** The whole address: `https://openapi.alipay.com/gateway.do`. */
  gatewayUrl: string;
  authorizeUrl: string;
  /** The gateway is on this machine: its pages stand in for the Alipay app. */
  isSimulator: boolean;
  privateKey: KeyObject;
  /** Certificate mode (公钥证书模式); null in key mode (公钥模式). */
  certificates: { appCertSn: string; rootCertSn: string; rootPem: string } | null;
  /** Whose signatures are believed: one in key mode, one or more in certificate mode. */
  signers: readonly AlipaySigner[];
  /** The app id for product JSAPI_PAY; without it jsapi is sold under the counter contract (当面付). */
  opAppId: string | null;
  /** The products that the merchant has signed for. */
  scenes: readonly Scene[];
}

export interface AlipaySigner {
  /** Null in key mode. */
  certificate: SignerCertificate | null;
  publicKey: KeyObject;
}

export interface SignerCertificate {
  sn: string;
  x509: X509Certificate;
  validFromMs: number;
  validToMs: number;
}

export const ALIPAY_SCENES = ['web', 'wap', 'app', 'qr', 'jsapi', 'code'] as const satisfies readonly Scene[];

const LIVE_GATEWAY = 'https://openapi.alipay.com/gateway.do';
const LIVE_AUTHORIZE = 'https://openauth.alipay.com/oauth2/publicAppAuthorize.htm';
/** Alipay's own sandbox. */
const TEST_AUTHORIZE = 'https://openauth-sandbox.dl.alipaydev.com/oauth2/publicAppAuthorize.htm';
const KEY_BITS_MIN = 2048;

const SETTINGS = [
  'app_id',
  'seller_id',
  'private_key',
  'alipay_public_key',
  'app_certificate_pem',
  'alipay_certificate_pem',
  'alipay_root_certificate_pem',
  'op_app_id',
  'scenes',
  'gateway_url',
  'authorize_url',
] as const;

type Setting = (typeof SETTINGS)[number];
type Settings = SettingsOf<Setting>;

/**
 * Reads the settings that a merchant gives us and checks them against each other.
 * @throws Refusal invalid_request naming the wrong setting as `settings.<name>`, never its value.
 */
export function readConfig(input: unknown): AlipayConfig {
  const settings = readSettings(input, SETTINGS);
  const appId = required(settings, 'app_id').trim();
  if (!/^[0-9]{16,32}$/.test(appId)) throw wrong('app_id', 'must be 16 to 32 digits');
  const sellerId = required(settings, 'seller_id').trim();
  if (!/^2088[0-9]{12}$/.test(sellerId)) throw wrong('seller_id', 'must be 2088 and 12 more digits');
  const gateway = readGateway(settings);
  const privateKey = readPrivateKey(required(settings, 'private_key'));
  return { appId, sellerId, ...gateway, privateKey, ...readTrust(settings, privateKey), ...readProducts(settings) };
}

function readGateway(
  settings: Settings,
): Pick<AlipayConfig, 'environment' | 'gatewayUrl' | 'authorizeUrl' | 'isSimulator'> {
  const gateway = readUrl('gateway_url', settings.get('gateway_url') ?? LIVE_GATEWAY);
  if (gateway.pathname === '/') gateway.pathname = '/gateway.do';
  const isSimulator = isThisMachine(gateway);
  const isLive = gateway.hostname.endsWith('.alipay.com');
  const usualAuthorize = isSimulator
    ? `${gateway.origin}/oauth2/publicAppAuthorize.htm`
    : isLive
      ? LIVE_AUTHORIZE
      : TEST_AUTHORIZE;
  const authorize = readUrl('authorize_url', settings.get('authorize_url') ?? usualAuthorize);
  if (authorize.hostname.endsWith('.alipay.com') !== isLive) {
    throw wrong('authorize_url', 'must be of the same environment as gateway_url');
  }
  return {
    environment: isLive ? 'production' : 'test',
    gatewayUrl: gateway.href,
    authorizeUrl: authorize.href,
    isSimulator,
  };
}

const DOMAINS = ['.alipay.com', '.alipaydev.com'];

function readUrl(name: Setting, text: string): URL {
  return readWalletUrl(name, text, DOMAINS, 'Alipay (alipay.com)');
}

/** PKCS#8 or PKCS#1, with the lines of a PEM around it or without, as Alipay's key tool writes it. */
function readPrivateKey(text: string): KeyObject {
  const der = readBase64(text);
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    let key: KeyObject;
    try {
      key = createPrivateKey({ key: der, format: 'der', type });
    } catch {
      continue;
    }
    return checkedKey('private_key', key);
  }
  throw wrong('private_key', 'is not a readable RSA key without a password');
}

function readTrust(settings: Settings, privateKey: KeyObject): Pick<AlipayConfig, 'certificates' | 'signers'> {
  const names = ['app_certificate_pem', 'alipay_certificate_pem', 'alipay_root_certificate_pem'] as const;
  const hasCertificates = names.some((name) => settings.has(name));
  if (!hasCertificates) return readKeyMode(settings, privateKey);
  if (settings.has('alipay_public_key')) {
    throw wrong('alipay_public_key', 'must not be given together with certificates');
  }
  return readCertificateMode(settings, privateKey);
}

function readKeyMode(settings: Settings, privateKey: KeyObject): Pick<AlipayConfig, 'certificates' | 'signers'> {
  let publicKey: KeyObject;
  const der = readBase64(required(settings, 'alipay_public_key'));
  try {
    publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    throw wrong('alipay_public_key', 'is not a readable public key');
  }
  checkedKey('alipay_public_key', publicKey);
  if (publicKey.equals(createPublicKey(privateKey))) {
    throw wrong('alipay_public_key', "must be Alipay's, not the application's own");
  }
  return { certificates: null, signers: [{ certificate: null, publicKey }] };
}

function readCertificateMode(
  settings: Settings,
  privateKey: KeyObject,
): Pick<AlipayConfig, 'certificates' | 'signers'> {
  const [own] = certificatesSetting(settings, 'app_certificate_pem');
  if (own === undefined || !own.checkPrivateKey(privateKey)) {
    throw wrong('app_certificate_pem', 'does not belong to the private key');
  }
  // The file may bring the authority above the signer along; while certificates change it may hold two signers.
  const signers = certificatesSetting(settings, 'alipay_certificate_pem').filter((certificate) => !certificate.ca);
  if (signers.length === 0) throw wrong('alipay_certificate_pem', 'holds no certificate that signs answers');
  if (signers.some((certificate) => certificate.publicKey.equals(own.publicKey))) {
    throw wrong('alipay_certificate_pem', "must be Alipay's, not the application's own");
  }
  const rootPem = required(settings, 'alipay_root_certificate_pem');
  const rootCertSn = rootSerialNumberOf(rootPem);
  if (rootCertSn === null) throw wrong('alipay_root_certificate_pem', 'holds no readable certificate signed by RSA');
  return { certificates: { appCertSn: serialNumberOf(own), rootCertSn, rootPem }, signers: signers.map(toSigner) };
}

function toSigner(certificate: X509Certificate): AlipaySigner {
  const { publicKey, validFrom, validTo } = certificate;
  const period = { validFromMs: Date.parse(validFrom), validToMs: Date.parse(validTo) };
  return { certificate: { sn: serialNumberOf(certificate), x509: certificate, ...period }, publicKey };
}

function certificatesSetting(settings: Settings, name: Setting): X509Certificate[] {
  const certificates = readCertificates(required(settings, name));
  if (certificates === null) throw wrong(name, 'is not a PEM file of certificates with RSA keys');
  for (const certificate of certificates) checkedKey(name, certificate.publicKey);
  return certificates;
}

function readProducts(settings: Settings): Pick<AlipayConfig, 'opAppId' | 'scenes'> {
  const opAppId = settings.get('op_app_id') ?? null;
  if (opAppId !== null && !/^[0-9]{16,32}$/.test(opAppId)) throw wrong('op_app_id', 'must be 16 to 32 digits');
  return { opAppId, scenes: readScenes(settings.get('scenes'), ALIPAY_SCENES) };
}

function checkedKey(name: Setting, key: KeyObject): KeyObject {
  if (!isStrongRsa(key, KEY_BITS_MIN)) throw wrong(name, `must hold an RSA key of ${KEY_BITS_MIN} bits or more`);
  return key;
}

/** What stands between the lines of a PEM, or the whole text where there are none. */
function readBase64(text: string): Buffer {
  return Buffer.from(text.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
}

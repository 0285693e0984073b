import { type KeyObject, X509Certificate, createPrivateKey } from 'node:crypto';
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { openKeptKeys } from '../ground/kept-keys.ts';
import { mintKeys } from './mint.ts';

/** The keys as they are kept in `keys.json`: texts only. Every one of them is pretend. */
export interface KeptKeys {
  version: 1;
  current: { keyPem: string; pem: string };
  next: { keyPem: string; pem: string };
  publicKey: { keyPem: string; pem: string; id: string };
  merchants: KeptMerchant[];
}

/**
 * moving: has certificates and the public key, and is told by either. certificates: knows no public key. public_key: knows
 * no certificate, as every merchant since the autumn of 2024.
 */
type MerchantMode = 'moving' | 'certificates' | 'public_key';

export interface KeptMerchant {
  mchid: string;
  name: string;
  mode: MerchantMode;
  appid: string;
  appAppid: string;
  appSecret: string;
  apiV3Key: string;
  keyPem: string;
  certificatePem: string;
}

export interface SandboxMerchant extends KeptMerchant {
  serialNo: string;
  publicKey: KeyObject;
}

/** A key that replies and notifications are signed with, under the name that `Wechatpay-Serial` tells. */
export interface SigningKey {
  serial: string;
  key: KeyObject;
  pem: string;
}

export interface SandboxKeys {
  /** The certificate in use, and the one that follows it. */
  current: SigningKey;
  next: SigningKey;
  publicKey: SigningKey;
  /** By merchant number, in the order in which they were minted: the first is the usual one. */
  merchants: ReadonlyMap<string, SandboxMerchant>;
}

/** The platform's keys, minted at the first start. @throws Error naming the file when it cannot be read as keys */
export function openKeys(deps: { clock: Clock; random: Random }, dataDir: string | null): Promise<SandboxKeys> {
  return openKeptKeys(dataDir, 1, () => mintKeys(deps), loadKeys);
}

function loadKeys(kept: KeptKeys): SandboxKeys {
  const { keyPem, pem, id } = kept.publicKey;
  return {
    current: loadCertificate(kept.current),
    next: loadCertificate(kept.next),
    publicKey: { serial: id, key: createPrivateKey(keyPem), pem },
    merchants: new Map(kept.merchants.map((merchant) => [merchant.mchid, loadMerchant(merchant)])),
  };
}

function loadCertificate(kept: { keyPem: string; pem: string }): SigningKey {
  return {
    serial: new X509Certificate(kept.pem).serialNumber,
    key: createPrivateKey(kept.keyPem),
    pem: kept.pem,
  };
}

function loadMerchant(kept: KeptMerchant): SandboxMerchant {
  const certificate = new X509Certificate(kept.certificatePem);
  return { ...kept, serialNo: certificate.serialNumber, publicKey: certificate.publicKey };
}

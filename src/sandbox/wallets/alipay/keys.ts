import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import forge from 'node-forge';
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { openKeptKeys } from '../ground/kept-keys.ts';
import { mintKeys } from './mint.ts';

/** The keys as they are kept in `keys.json`: texts only. Every one of them is pretend. */
export interface KeptKeys {
  version: 1;
  /** What stands for Alipay's root file: several certificates. */
  rootBundlePem: string;
  signer: { keyPem: string; certificatePem: string };
  /** The key and the certificate that take over one day, and the authority above both. */
  next: { keyPem: string; certificatePem: string };
  class2Pem: string;
  merchants: KeptMerchant[];
}

interface KeptMerchant {
  appId: string;
  sellerId: string;
  name: string;
  keyPem: string;
  /** Null for a merchant in key mode. */
  certificatePem: string | null;
}

export interface SandboxMerchant extends KeptMerchant {
  publicKey: KeyObject;
  /** What a merchant in certificate mode has to send. */
  serials: { app: string; root: string } | null;
}

export interface SandboxSigner {
  key: KeyObject;
  publicKey: KeyObject;
  certificatePem: string;
  serial: string;
}

export interface SandboxKeys {
  rootBundlePem: string;
  signer: SandboxSigner;
  next: SandboxSigner;
  class2Pem: string;
  /** By application, in the order in which they were minted: the first is the usual one. */
  merchants: ReadonlyMap<string, SandboxMerchant>;
}

/** @throws Error naming the file when it cannot be read as keys */
export function openKeys(deps: { clock: Clock; random: Random }, dataDir: string | null): Promise<SandboxKeys> {
  return openKeptKeys(dataDir, 1, () => mintKeys(deps), loadKeys);
}

function loadKeys(kept: KeptKeys): SandboxKeys {
  const root = rootSerial(kept.rootBundlePem);
  return {
    rootBundlePem: kept.rootBundlePem,
    signer: loadSigner(kept.signer),
    next: loadSigner(kept.next),
    class2Pem: kept.class2Pem,
    merchants: new Map(kept.merchants.map((merchant) => [merchant.appId, loadMerchant(merchant, root)])),
  };
}

function loadSigner({ keyPem, certificatePem }: KeptKeys['signer']): SandboxSigner {
  const key = createPrivateKey(keyPem);
  return { key, publicKey: createPublicKey(key), certificatePem, serial: serialOf(certificatePem) };
}

function loadMerchant(kept: KeptMerchant, root: string): SandboxMerchant {
  const serials = kept.certificatePem === null ? null : { app: serialOf(kept.certificatePem), root };
  return { ...kept, publicKey: createPublicKey(createPrivateKey(kept.keyPem)), serials };
}

/** Alipay OpenAPI, 证书序列号: MD5 of the issuer's parts from the last to the first, and the serial in decimal. */
function serialOf(pem: string): string {
  const certificate = forge.pki.certificateFromPem(pem);
  const issuer = [...certificate.issuer.attributes]
    .reverse()
    .map(({ shortName, value }) => `${shortName}=${String(value)}`)
    .join(',');
  const decimal = BigInt(`0x${certificate.serialNumber}`).toString(10);
  return createHash('md5').update(`${issuer}${decimal}`, 'utf8').digest('hex');
}

/** Of the root file only what is signed by RSA counts; the library can read nothing else. */
function rootSerial(bundlePem: string): string {
  const serials: string[] = [];
  for (const pem of bundlePem.split(/(?<=-----END CERTIFICATE-----)\s*/).filter(Boolean)) {
    try {
      serials.push(serialOf(pem));
    } catch (error) {
      if (!/OID is not RSA/.test(String(error))) throw error;
    }
  }
  return serials.join('_');
}

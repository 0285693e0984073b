import { type KeyObject, X509Certificate, createPrivateKey } from 'node:crypto';
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { openKeptKeys } from '../ground/kept-keys.ts';
import { mintKeys } from './mint.ts';

/** The keys as they are kept in `keys.json`: texts only. Every one of them is pretend. */
export interface KeptKeys {
  version: 1;
  rootPem: string;
  middlePem: string;
  signer: {
    keyPem: string;
    pem: string;
    /** The same key under certificates that a careful client refuses. */
    expiredPem: string;
    wrongNamePem: string;
    foreignPem: string;
  };
  encryption: { keyPem: string; pem: string };
  merchants: KeptMerchant[];
}

interface KeptMerchantName {
  merId: string;
  name: string;
}

export type KeptMerchant =
  | (KeptMerchantName & { signMethod: '01'; certificatePem: string; pfxBase64: string; pfxPassword: string })
  | (KeptMerchantName & { signMethod: '11' | '12'; secureKey: string });

export type SandboxMerchant =
  | (Extract<KeptMerchant, { signMethod: '01' }> & { certId: string; publicKey: KeyObject })
  | Extract<KeptMerchant, { signMethod: '11' | '12' }>;

export interface SandboxKeys {
  rootPem: string;
  middlePem: string;
  signer: { key: KeyObject; pem: string; expiredPem: string; wrongNamePem: string; foreignPem: string };
  encryption: { key: KeyObject; pem: string; certId: string };
  /** By merchant number, in the order in which they were minted: the first is the usual one. */
  merchants: ReadonlyMap<string, SandboxMerchant>;
}

/** The gateway's keys, minted at the first start. @throws Error naming the file when it cannot be read as keys */
export function openKeys(deps: { clock: Clock; random: Random }, dataDir: string | null): Promise<SandboxKeys> {
  return openKeptKeys(dataDir, 1, () => mintKeys(deps), loadKeys);
}

function loadKeys(kept: KeptKeys): SandboxKeys {
  return {
    rootPem: kept.rootPem,
    middlePem: kept.middlePem,
    signer: { ...kept.signer, key: createPrivateKey(kept.signer.keyPem) },
    encryption: {
      key: createPrivateKey(kept.encryption.keyPem),
      pem: kept.encryption.pem,
      certId: decimalSerial(new X509Certificate(kept.encryption.pem)),
    },
    merchants: new Map(kept.merchants.map((merchant) => [merchant.merId, loadMerchant(merchant)])),
  };
}

function loadMerchant(kept: KeptMerchant): SandboxMerchant {
  if (kept.signMethod !== '01') return kept;
  const certificate = new X509Certificate(kept.certificatePem);
  return { ...kept, certId: decimalSerial(certificate), publicKey: certificate.publicKey };
}

// UnionPay 5.1.0, certId: the serial number in decimal. It may exceed 2^53.
function decimalSerial(certificate: X509Certificate): string {
  return BigInt(`0x${certificate.serialNumber}`).toString();
}

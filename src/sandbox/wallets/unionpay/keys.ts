import { type KeyObject, X509Certificate, createPrivateKey } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
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

/**
 * The gateway's keys: from `dataDir/keys.json` where that exists, else minted and kept there, readable by the owner only.
 * With `dataDir` null they live as long as the process.
 * @throws Error naming the file when it cannot be read as keys
 */
export async function openKeys(deps: { clock: Clock; random: Random }, dataDir: string | null): Promise<SandboxKeys> {
  if (dataDir === null) return loadKeys(await mintKeys(deps));
  const path = join(dataDir, 'keys.json');
  if (existsSync(path)) return readKeys(path);
  const kept = await mintKeys(deps);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, JSON.stringify(kept), { mode: 0o600 });
  chmodSync(`${path}.new`, 0o600);
  renameSync(`${path}.new`, path);
  return loadKeys(kept);
}

function readKeys(path: string): SandboxKeys {
  try {
    // Our own file; loadKeys fails on anything else.
    const kept: KeptKeys = JSON.parse(readFileSync(path, 'utf8'));
    if (kept.version !== 1) throw new Error('unknown version');
    return loadKeys(kept);
  } catch (error) {
    throw new Error(`${path} does not hold the sandbox's keys; move it away to mint new ones`, { cause: error });
  }
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

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Random } from '../../../base/random.ts';
import { openKeptKeys } from '../ground/kept-keys.ts';

/** A key pair under the id by which messages name it. */
export interface NamedKey {
  id: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

export interface OpenMerchant {
  merchantNo: string;
  name: string;
  /** The merchant may sign with any of them; while a key changes there are two. */
  keys: readonly NamedKey[];
}

export interface OpenKeys {
  /** The first signs; the second is announced already and takes over some day. */
  wallet: readonly [NamedKey, NamedKey];
  /** Signs nothing honest: what a forger would have. */
  foreign: NamedKey;
  merchants: ReadonlyMap<string, OpenMerchant>;
}

interface Kept {
  version: 1;
  /** Key id → PKCS#8 PEM. */
  wallet: [KeptKey, KeptKey];
  merchants: { merchantNo: string; name: string; keys: KeptKey[] }[];
}

interface KeptKey {
  id: string;
  pem: string;
}

const NAMES = ['胡同小铺', '胡同书店'];

export function openKeys(deps: { random: Random }, dataDir: string | null): Promise<OpenKeys> {
  return openKeptKeys(dataDir, 1, async () => mint(deps.random), load);
}

function mint(random: Random): Kept {
  return {
    version: 1,
    wallet: [mintKey('w1'), mintKey('w2')],
    merchants: NAMES.map((name) => ({
      merchantNo: `M${BigInt(`0x${random.bytes(6).toString('hex')}`)
        .toString()
        .padStart(15, '0')
        .slice(-15)}`,
      name,
      keys: [mintKey('k1'), mintKey('k2')],
    })),
  };
}

function mintKey(id: string): KeptKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { id, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function load(kept: Kept): OpenKeys {
  const [first, second] = kept.wallet;
  return {
    wallet: [loadKey(first), loadKey(second)],
    foreign: { ...loadKey(mintKey('w1')), id: first.id },
    merchants: new Map(
      kept.merchants.map(({ merchantNo, name, keys }) => [merchantNo, { merchantNo, name, keys: keys.map(loadKey) }]),
    ),
  };
}

function loadKey({ id, pem }: KeptKey): NamedKey {
  const privateKey = createPrivateKey(pem);
  return { id, privateKey, publicKey: createPublicKey(privateKey) };
}

import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { type KeyPair, mintCertificate, newKeyPair } from '../ground/mint-certificate.ts';
import type { KeptKeys, KeptMerchant } from './keys.ts';

const DAY_MS = 24 * 3_600_000;
const YEAR_MS = 365 * DAY_MS;
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

const ROOT = { CN: 'HUTONG SANDBOX Root CA', O: 'Hutong Sandbox', C: 'CN' };
const PLATFORM = { CN: 'HUTONG SANDBOX Pay', O: 'Hutong Sandbox', C: 'CN' };

/** Mints the platform's public key, its certificates (the one in use and the next one) and three merchants. */
export async function mintKeys(deps: { clock: Clock; random: Random }): Promise<KeptKeys> {
  const [root, current, next, publicKey, ...merchantPairs] = await Promise.all(Array.from({ length: 7 }, newKeyPair));
  if (root === undefined || current === undefined || next === undefined || publicKey === undefined)
    throw new Error('seven pairs were asked for');
  const { random } = deps;
  const now = deps.clock.now().getTime();
  const issue = (name: Record<string, string>, pair: KeyPair) =>
    mintCertificate({
      name,
      issuer: ROOT,
      subjectKeyPem: pair.publicKey,
      issuerKeyPem: root.privateKey,
      serial: newSerial(random),
      from: new Date(now - DAY_MS),
      to: new Date(now + 5 * YEAR_MS), // API v3, platform certificates: valid for five years
      isCa: false,
      hash: 'sha256',
    });
  const merchants = PROFILES.map((profile, index): KeptMerchant => {
    const pair = merchantPairs[index];
    if (pair === undefined) throw new Error('every merchant has a pair');
    return {
      ...profile,
      appid: newAppid(random),
      appAppid: newAppid(random),
      appSecret: random.bytes(16).toString('hex'),
      apiV3Key: newApiV3Key(random),
      keyPem: pair.privateKey,
      certificatePem: issue({ CN: profile.mchid, O: 'Hutong Sandbox', C: 'CN' }, pair),
    };
  });
  return {
    version: 1,
    current: { keyPem: current.privateKey, pem: issue(PLATFORM, current) },
    next: { keyPem: next.privateKey, pem: issue(PLATFORM, next) },
    publicKey: {
      keyPem: publicKey.privateKey,
      pem: publicKey.publicKey,
      id: `PUB_KEY_ID_01${newDigits(random, 30)}`,
    },
    merchants,
  };
}

/** One that is moving from certificates to the public key, one with certificates alone, one with the public key alone. */
const PROFILES = [
  { mchid: '1900009191', name: '互通演示商店', mode: 'moving' },
  { mchid: '1900009192', name: '第二家演示商店', mode: 'certificates' },
  { mchid: '1900009193', name: '公钥演示商店', mode: 'public_key' },
] as const;

/** 40 hex digits, the first above 7 never, as on the real certificates. */
function newSerial(random: Random): bigint {
  const bytes = random.bytes(20);
  bytes[0] = 0x10 | ((bytes[0] ?? 0) & 0x6f);
  return BigInt(`0x${bytes.toString('hex')}`);
}

function newAppid(random: Random): string {
  return `wx${random.bytes(8).toString('hex')}`;
}

function newApiV3Key(random: Random): string {
  return [...random.bytes(32)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

export function newDigits(random: Random, count: number): string {
  return [...random.bytes(count)].map((byte) => String(byte % 10)).join('');
}

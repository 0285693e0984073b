import forge from 'node-forge';
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { type CertificatePlan, type KeyPair, mintCertificate, newKeyPair } from '../ground/mint-certificate.ts';
import type { KeptKeys, KeptMerchant } from './keys.ts';

const DAY_MS = 24 * 3_600_000;
const YEAR_MS = 365 * DAY_MS;
// UnionPay, test parameters: every test pfx is opened with six zeros.
const PFX_PASSWORD = '000000';

const ROOT = { CN: 'HUTONG SANDBOX ROOT CA', O: 'Hutong Sandbox', C: 'CN' };
const MIDDLE = { CN: 'HUTONG SANDBOX OCA1', O: 'Hutong Sandbox', C: 'CN' };
const FOREIGN = { CN: 'SOMEBODY ELSE CA', O: 'Somebody Else', C: 'CN' };
// UnionPay 5.1.0: the third part between the @ is the name that clients check.
const SIGNER = { CN: '041@8310000000083040@中国银联股份有限公司@00016495', O: 'Hutong Sandbox', C: 'CN' };
const WRONG_SIGNER = { CN: '041@8310000000083040@北京某某商贸有限公司@00016496', O: 'Hutong Sandbox', C: 'CN' };

/**
 * Mints root → middle → signer, the encryption certificate and the merchants' pfx files. The RSA-2048 keys are made side
 * by side on the thread pool, about half a second in all. As on the real chains the signatures are SHA-1.
 */
export async function mintKeys(deps: { clock: Clock; random: Random }): Promise<KeptKeys> {
  const [root, middle, signer, encryption, first, second] = await Promise.all([
    newKeyPair(),
    newKeyPair(),
    newKeyPair(),
    newKeyPair(),
    newKeyPair(),
    newKeyPair(),
  ]);
  const now = deps.clock.now().getTime();
  const valid = { from: new Date(now - DAY_MS), to: new Date(now + 10 * YEAR_MS) };
  const serial = () => 68_000_000_000n + BigInt(deps.random.bytes(4).readUInt32BE());
  const issue = (name: Record<string, string>, subject: KeyPair, more: Partial<CertificatePlan> = {}) =>
    mintCertificate({
      name,
      issuer: MIDDLE,
      subjectKeyPem: subject.publicKey,
      issuerKeyPem: middle.privateKey,
      serial: serial(),
      ...valid,
      isCa: false,
      hash: 'sha1',
      ...more,
    });
  const middlePem = issue(MIDDLE, middle, { issuer: ROOT, issuerKeyPem: root.privateKey, isCa: true });
  const merchant = (merId: string, name: string, key: KeyPair, serial: bigint): KeptMerchant => {
    const pem = issue({ CN: `041@${merId}@${name}@00000001`, O: 'Hutong Sandbox', C: 'CN' }, key, { serial });
    return {
      merId,
      name,
      signMethod: '01',
      certificatePem: pem,
      pfxBase64: toPfx(key.privateKey, [pem, middlePem]),
      pfxPassword: PFX_PASSWORD,
    };
  };
  // The first merchant's serial lies beyond 2^53 on purpose: a client that reads it as a number sends a wrong certId.
  const longSerial = (1n << 76n) + BigInt(`0x${deps.random.bytes(8).toString('hex')}`);
  return {
    version: 1,
    rootPem: issue(ROOT, root, { issuer: ROOT, issuerKeyPem: root.privateKey, isCa: true }),
    middlePem,
    signer: {
      keyPem: signer.privateKey,
      pem: toWirePem(issue(SIGNER, signer)),
      expiredPem: toWirePem(
        issue(SIGNER, signer, { from: new Date(now - 3 * YEAR_MS), to: new Date(now - 400 * DAY_MS) }),
      ),
      wrongNamePem: toWirePem(issue(WRONG_SIGNER, signer)),
      foreignPem: toWirePem(issue(SIGNER, signer, { issuer: FOREIGN, issuerKeyPem: encryption.privateKey })),
    },
    encryption: {
      keyPem: encryption.privateKey,
      pem: issue({ CN: 'HUTONG SANDBOX ENCRYPTION', O: 'Hutong Sandbox', C: 'CN' }, encryption),
    },
    merchants: [
      merchant('777290058110048', '互通演示商店', first, longSerial),
      merchant('777290058110097', '第二家演示商店', second, serial()),
      { merId: '777290058160011', name: 'SHA-256 演示商店', signMethod: '11', secureKey: newSecret(deps.random) },
      { merId: '777290058160012', name: 'SM3 演示商店', signMethod: '12', secureKey: newSecret(deps.random) },
    ],
  };
}

/** The PEM as it travels in `signPubKeyCert`: CR LF between the lines and nothing after the last. */
export function toWirePem(pem: string): string {
  return pem.trim().replace(/\r?\n/g, '\r\n');
}

function newSecret(random: Random): string {
  return random.bytes(24).toString('base64url');
}

function toPfx(keyPem: string, chainPem: string[]): string {
  const pfx = forge.pkcs12.toPkcs12Asn1(
    forge.pki.privateKeyFromPem(keyPem),
    chainPem.map((pem) => forge.pki.certificateFromPem(pem)),
    PFX_PASSWORD,
    { algorithm: '3des', friendlyName: 'hutong sandbox merchant' },
  );
  return Buffer.from(forge.asn1.toDer(pfx).getBytes(), 'binary').toString('base64');
}

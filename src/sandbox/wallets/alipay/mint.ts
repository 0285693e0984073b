import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { type KeyPair, mintCertificate, newKeyPair } from '../ground/mint-certificate.ts';
import type { KeptKeys } from './keys.ts';

const DAY_MS = 24 * 3_600_000;
const YEAR_MS = 365 * DAY_MS;

// As on the real chain: country first, name last.
const AUTHORITY = { C: 'CN', O: 'Hutong Sandbox', OU: 'Certification Authority' };
const ROOT = { ...AUTHORITY, CN: 'HUTONG SANDBOX Authority R1' };
const CLASS2 = { ...AUTHORITY, CN: 'HUTONG SANDBOX Authority Class 2 R1' };
const GATEWAY = { C: 'CN', O: '支付宝（模拟器）', CN: '支付宝（模拟器）-2088000000000000' };
const COMPANY = { C: 'CN', O: '第二家演示商店', CN: '2088000000000024-2021000000000024' };

/**
 * A root that is signed by another algorithm than RSA, as Alipay's root file has some: clients have to pass over it. Its key
 * was thrown away.
 */
const OTHER_ROOT_PEM = `-----BEGIN CERTIFICATE-----
MIIB4zCCAYmgAwIBAgIUQKseSRA916sNSy4grH2Rie4v3rIwCgYIKoZIzj0EAwIw
RzELMAkGA1UEBhMCQ04xFzAVBgNVBAoMDkh1dG9uZyBTYW5kYm94MR8wHQYDVQQD
DBZIVVRPTkcgU0FOREJPWCBFQyBST09UMB4XDTI2MTEyMzA3NTk0MFoXDTQ2MTEx
ODA3NTk0MFowRzELMAkGA1UEBhMCQ04xFzAVBgNVBAoMDkh1dG9uZyBTYW5kYm94
MR8wHQYDVQQDDBZIVVRPTkcgU0FOREJPWCBFQyBST09UMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAES4+1zdYoU3/bGG+5UcM5sZHDDsccjdAVh962o4fTq/MC3bXL
tH8DguuMpkBYuiTNbleoAT0L/EQn8NkMAL3NX6NTMFEwHQYDVR0OBBYEFCx7OFZZ
GIPfu5NF2al1ywa8jSRGMB8GA1UdIwQYMBaAFCx7OFZZGIPfu5NF2al1ywa8jSRG
MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgfe5uqM0pHPTp60ZZ
iQPZN5bny/091q0cRfZ+OQVa6+ECIQDhuo2QwdNTJ3LKjGKhRAqHj1ezvwZokKZU
DwTx5BVDRw==
-----END CERTIFICATE-----
`;

/** Mints the authorities, the key that signs answers, and two merchants: one by key, one by certificate. */
export async function mintKeys(deps: { clock: Clock; random: Random }): Promise<KeptKeys> {
  const [root, class2, signer, next, first, second] = await Promise.all([
    newKeyPair(),
    newKeyPair(),
    newKeyPair(),
    newKeyPair(),
    newKeyPair(),
    newKeyPair(),
  ]);
  const now = deps.clock.now().getTime();
  const valid = { from: new Date(now - DAY_MS), to: new Date(now + 10 * YEAR_MS) };
  // Serials go far beyond 2^53: a client that reads one as a number computes another serial number of Alipay's kind.
  const serial = () => (1n << 125n) + BigInt(`0x${deps.random.bytes(15).toString('hex')}`);
  const issue = (name: Record<string, string>, subject: KeyPair, issuer: Record<string, string>, issuerKey: KeyPair) =>
    mintCertificate({
      name,
      issuer,
      subjectKeyPem: subject.publicKey,
      issuerKeyPem: issuerKey.privateKey,
      serial: serial(),
      ...valid,
      isCa: name === ROOT || name === CLASS2,
      hash: 'sha256',
    });
  const class2Pem = issue(CLASS2, class2, ROOT, root);
  return {
    version: 1,
    rootBundlePem: OTHER_ROOT_PEM + issue(ROOT, root, ROOT, root) + class2Pem,
    signer: { keyPem: signer.privateKey, certificatePem: issue(GATEWAY, signer, CLASS2, class2) },
    next: { keyPem: next.privateKey, certificatePem: issue(GATEWAY, next, CLASS2, class2) },
    class2Pem,
    merchants: [
      {
        appId: '2021000000000016',
        sellerId: '2088000000000016',
        name: '互通演示商店',
        keyPem: first.privateKey,
        certificatePem: null,
      },
      {
        appId: '2021000000000024',
        sellerId: '2088000000000024',
        name: '第二家演示商店',
        keyPem: second.privateKey,
        certificatePem: issue(COMPANY, second, CLASS2, class2),
      },
    ],
  };
}

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import forge from 'node-forge';
import { type KeyPair, mintCertificate, newKeyPair } from '../../sandbox/wallets/ground/mint-certificate.ts';

/** The day on which the tests' merchant sets up its accounts. */
export const TODAY = new Date('2026-11-23T04:00:00Z');

export interface TestMerchant {
  own: KeyPair;
  other: KeyPair;
  /** The wallet's own. */
  wallet: KeyPair;
  /** Certificates of the merchant's key: good, gone, soon gone, not yet. */
  certificate: string;
  expired: string;
  soon: string;
  early: string;
  root: string;
  middle: string;
  /** Puts a file of 0600 (or another mode) into the folder and answers its path. */
  put: (name: string, content: string | Buffer, mode?: number) => Promise<string>;
}

export async function makeTestMerchant(dir: string): Promise<TestMerchant> {
  const [own, other, wallet, ca] = await Promise.all([newKeyPair(), newKeyPair(), newKeyPair(), newKeyPair()]);
  const mint = (key: KeyPair, from: string, to: string, isCa = false, issuer: string = 'Test CA', name = 'M1') =>
    mintCertificate({
      name: { CN: name },
      issuer: { CN: issuer },
      subjectKeyPem: key.publicKey,
      issuerKeyPem: ca.privateKey,
      serial: 0x5157f09efdc096n,
      from: new Date(from),
      to: new Date(to),
      isCa,
      hash: 'sha256',
    });
  await mkdir(dir, { recursive: true });
  return {
    own,
    other,
    wallet,
    certificate: mint(own, '2026-01-01', '2031-01-01'),
    expired: mint(own, '2020-01-01', '2025-01-01'),
    soon: mint(own, '2026-01-01', '2026-12-01'),
    early: mint(own, '2027-01-01', '2031-01-01'),
    root: mint(ca, '2020-01-01', '2040-01-01', true, 'Test CA', 'Test CA'),
    middle: mint(wallet, '2020-01-01', '2040-01-01', true, 'Test CA', 'Test Middle'),
    async put(name, content, mode = 0o600) {
      const path = join(dir, name);
      await writeFile(path, content);
      await chmod(path, mode);
      return path;
    },
  };
}

/** A pfx as a wallet's CA hands it out. */
export function makePfx(keyPem: string, certificatePem: string, password: string): Buffer {
  const asn1 = forge.pkcs12.toPkcs12Asn1(
    forge.pki.privateKeyFromPem(keyPem),
    [forge.pki.certificateFromPem(certificatePem)],
    password,
    { algorithm: '3des' },
  );
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');
}

/** The certificate's DER bytes, as .cer files often hold it. */
export function toDer(certificatePem: string): Buffer {
  return Buffer.from(certificatePem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
}

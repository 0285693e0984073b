import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { merchant, middle, mint, root, SIGNER_NAME, signer } from './pretend-unionpay.ts';
import { certIdOf, createTrust, readCertificate } from './trust.ts';

const AT = new Date('2026-11-23T00:00:00Z');
const trust = createTrust({ root: x509(root.pem), middle: x509(middle.pem), acceptTestSigner: false });
const testTrust = createTrust({ root: x509(root.pem), middle: x509(middle.pem), acceptTestSigner: true });
const notOurs = 'the signing certificate does not belong to UnionPay';

describe('a signing certificate', () => {
  test('is believed when root → middle → signer hold, although they are signed with SHA-1', () => {
    expect(trust.signerKey(signer.pem, AT)).toMatchObject({ type: 'public' });
    expect(trust.signerKey(signer.pem, AT)).toMatchObject({ type: 'public' }); // remembered
  });

  test('is not believed outside its validity period, also when it was believed before', () => {
    expect(trust.signerKey(signer.pem, new Date('2019-12-31T23:59:59Z'))).toMatch(/validity period/);
    expect(trust.signerKey(signer.pem, new Date('2040-01-01T00:00:00Z'))).toMatchObject({ type: 'public' });
    expect(trust.signerKey(signer.pem, new Date('2040-01-01T00:00:01Z'))).toMatch(/validity period/);
  });

  test('is not believed when the middle certificate has expired', () => {
    const short = mint({
      commonName: 'M',
      issuer: root,
      isAuthority: true,
      serial: '09',
      notAfter: '2025-01-01T00:00:00Z',
    });
    const under = mint({ commonName: SIGNER_NAME, issuer: short, isAuthority: false, serial: '0a' });
    const shortTrust = createTrust({ root: x509(root.pem), middle: x509(short.pem), acceptTestSigner: false });
    expect(shortTrust.signerKey(under.pem, AT)).toMatch(/middle certificate is outside/);
  });

  test("is not believed under another name: the same authority issues merchants' certificates", () => {
    expect(trust.signerKey(merchant.pem, AT)).toBe(notOurs);
    for (const commonName of [
      '中国银联股份有限公司',
      '中国银联股份有限公司@2@3',
      '1@2@中国银联股份有限公司 ',
      '1@2@x@中国银联股份有限公司',
    ]) {
      const named = mint({ commonName, issuer: middle, isAuthority: false, serial: '0b' });
      expect(trust.signerKey(named.pem, AT), commonName).toBe(notOurs);
    }
  });

  test('of the older test environment is believed only where that is switched on', () => {
    const old = mint({
      commonName: '041@Z12@00040000:SIGN@00000062',
      issuer: middle,
      isAuthority: false,
      serial: '0c',
    });
    expect(trust.signerKey(old.pem, AT)).toBe(notOurs);
    expect(testTrust.signerKey(old.pem, AT)).toMatchObject({ type: 'public' });
    expect(testTrust.signerKey(merchant.pem, AT)).toBe(notOurs);
  });

  test('of a chain by another root with the same names is not believed', () => {
    const otherRoot = mint({ commonName: 'PRETEND ROOT', issuer: null, isAuthority: true, serial: '01' });
    const otherMiddle = mint({ commonName: 'PRETEND MIDDLE', issuer: otherRoot, isAuthority: true, serial: '02' });
    const forged = mint({ commonName: SIGNER_NAME, issuer: otherMiddle, isAuthority: false, serial: '100235ba11' });
    expect(trust.signerKey(forged.pem, AT)).toMatch(/not issued by the middle/);
  });

  test('issued by the root itself, by itself or by a merchant is not believed', () => {
    for (const issuer of [root, null, merchant]) {
      const odd = mint({ commonName: SIGNER_NAME, issuer, isAuthority: false, serial: '0d' });
      expect(trust.signerKey(odd.pem, AT)).toMatch(/not issued by the middle/);
    }
  });

  test('that is no certificate is not believed', () => {
    for (const pem of [
      '',
      'x',
      `${signer.pem}\r\n${signer.pem}`,
      signer.pem.slice(0, 400),
      `${signer.pem} `.repeat(9),
    ]) {
      expect(trust.signerKey(pem, AT)).toBe('signPubKeyCert is not a certificate');
    }
  });
});

test('a certId is the serial number in decimal, also beyond 2^53', () => {
  expect(certIdOf(x509(signer.pem))).toBe('68756552209');
  const long = mint({
    commonName: 'LONG',
    issuer: null,
    isAuthority: false,
    serial: '00ffffffffffffffffffffffffffffffff',
  });
  expect(certIdOf(x509(long.pem))).toBe('340282366920938463463374607431768211455');
});

function x509(pem: string): X509Certificate {
  const certificate = readCertificate(pem);
  if (certificate === null) throw new Error('not a certificate');
  return certificate;
}

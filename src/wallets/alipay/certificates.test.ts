import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readCertificates, readRsaSigned, rootSerialNumberOf, serialNumberOf } from './certificates.ts';
import { ALIPAY_ROOT_PEM } from './test-alipay-root.ts';

/** As Alipay publishes it with the tests of its SDK for Node.js, with the number that belongs to it. */
const ALIPAY_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIDsjCCApqgAwIBAgIQICAFFOY8L+BNU4cW/iE1izANBgkqhkiG9w0BAQsFADCBgjELMAkGA1UE
BhMCQ04xFjAUBgNVBAoMDUFudCBGaW5hbmNpYWwxIDAeBgNVBAsMF0NlcnRpZmljYXRpb24gQXV0
aG9yaXR5MTkwNwYDVQQDDDBBbnQgRmluYW5jaWFsIENlcnRpZmljYXRpb24gQXV0aG9yaXR5IENs
YXNzIDIgUjEwHhcNMjAwNTE0MTQ0MjAxWhcNMjIwNTE0MTQ0MjAxWjCBkjELMAkGA1UEBhMCQ04x
LTArBgNVBAoMJOadreW3nueEleaXreS/oeaBr+aKgOacr+aciemZkOWFrOWPuDEPMA0GA1UECwwG
QWxpcGF5MUMwQQYDVQQDDDrmlK/ku5jlrp0o5Lit5Zu9Kee9kee7nOaKgOacr+aciemZkOWFrOWP
uC0yMDg4ODMxMjA0NjU5MjE3MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAhoVesfcG
vUv1XvUndmX0rmSZ/2posJBCooySbSVFpV79RtHMzrVz2aKkC3WvOXeT5iNeQK4mK8gp3vNkWrHT
kQGx5BcmkeO1WS384CQde7dAS0gmxeFs5bs+cCQqV2A2c2R9/5rJMtFtp1Ot/rIiMBUn6Ei0Uozt
M7AneavqQEzSwYlCKNhPFFtHCiz7u4O5R9CIyvUmYr+zpem2HXBN9ygPAZ0aXBQipGbc45+G07ZC
NsmY4hV/Igya1aBf+Ye8p10Ew8uBBri0sIknhSC2LqKKy2IH1fO6q1d1jhN240QRHvbpRNv60kAf
ZsEulBASBrCMBi49NiJyr5nre7SNywIDAQABoxIwEDAOBgNVHQ8BAf8EBAMCA/gwDQYJKoZIhvcN
AQELBQADggEBAEx9T99X9NhDZYXDftc0wH0Tc5OVRIqWTYBN/KEP1df+Ix5djcDrUUcXJMvprMw3
frUymgJsf7YUgZ1+dMz+Gup5dCH3qUu/5c9R3d8senb4wCiYR2FpJ3WGIONwInNQTs04a2wM4JIM
CdCYWC/H1hdvNl9V4pYeMckTruSnPmJlL6E/pNF5AuIYP5AswZSOhASIQzt5Rr6QDz/YVGi2/6al
5Bknm2f9dmsZbWDapKDrlJ3Ny2B0SZ0H47Y7lRlaVNe+Jj1jsrv16ONk1XLt71jyWyPAIlITLcyX
mMtT1IympPFRxBIngEImjGt6d1VUtkf61Cjpr0bRRDoZXvWRv5U=
-----END CERTIFICATE-----
`;

describe("a certificate's number at Alipay", () => {
  test('is MD5 over its issuer, last part first, and its serial in decimal', () => {
    expect(serialNumberOf(new X509Certificate(ALIPAY_CERTIFICATE))).toBe('7513daaaa48aa3ba2e4018d84402479c');
  });

  test('of the root file is made of those that are signed by RSA, in their order', () => {
    const known = '687b59193f3f462dd5336e5abf83c5d8_02941eef3187dddf3d3b83462e1dfcf6';
    expect(rootSerialNumberOf(ALIPAY_ROOT_PEM)).toBe(known);
    expect(rootSerialNumberOf(ALIPAY_ROOT_PEM.replaceAll('\n', '\r\n'))).toBe(known);
  });

  test('of a file without one that is signed by RSA there is not', () => {
    const [first = ''] = ALIPAY_ROOT_PEM.split('\n\n');
    expect(rootSerialNumberOf(first)).toBeNull();
    expect(rootSerialNumberOf('')).toBeNull();
    expect(rootSerialNumberOf('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toBeNull();
  });
});

test('the roots that are signed by RSA are read, and are whole: each has signed itself', () => {
  const roots = readRsaSigned(ALIPAY_ROOT_PEM);
  expect(roots.map((root) => /CN=(.*)/.exec(root.subject)?.[1])).toEqual([
    'Ant Financial Certification Authority R1',
    'iTrusChina Class 2 Root CA - G3',
  ]);
  for (const root of roots) expect(root.ca && root.verify(root.publicKey)).toBe(true);
});

test('a file of certificates is refused when one of them is not readable or has no RSA key', () => {
  expect(readCertificates(ALIPAY_CERTIFICATE)).toHaveLength(1);
  expect(readCertificates(ALIPAY_CERTIFICATE + ALIPAY_CERTIFICATE)).toHaveLength(2);
  expect(readCertificates(ALIPAY_ROOT_PEM)).toBeNull();
  expect(readCertificates('')).toBeNull();
  expect(readCertificates(ALIPAY_CERTIFICATE.replace('MIID', 'MIIE'))).toBeNull();
});

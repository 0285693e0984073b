import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

const generate = promisify(generateKeyPair);

/** RSA, 2048 bits, in PEM. */
export interface KeyPair {
  publicKey: string;
  privateKey: string;
}

export interface CertificatePlan {
  name: Record<string, string>;
  issuer: Record<string, string>;
  subjectKeyPem: string;
  issuerKeyPem: string;
  serial: bigint;
  from: Date;
  to: Date;
  isCa: boolean;
  hash: 'sha1' | 'sha256';
}

/** Runs on the thread pool: several made at once take little longer than one. */
export function newKeyPair(): Promise<KeyPair> {
  return generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** A certificate in PEM with LF line ends. */
export function mintCertificate(plan: CertificatePlan): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(plan.subjectKeyPem);
  certificate.serialNumber = toSerialHex(plan.serial);
  certificate.validity.notBefore = plan.from;
  certificate.validity.notAfter = plan.to;
  certificate.setSubject(toAttributes(plan.name));
  certificate.setIssuer(toAttributes(plan.issuer));
  certificate.setExtensions([
    { name: 'basicConstraints', cA: plan.isCa, critical: true },
    plan.isCa
      ? { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true }
      : { name: 'keyUsage', digitalSignature: true, nonRepudiation: true, keyEncipherment: true, critical: true },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(plan.issuerKeyPem), forge.md[plan.hash].create());
  return `${forge.pki.certificateToPem(certificate).trim().replaceAll('\r\n', '\n')}\n`;
}

function toAttributes(name: Record<string, string>): forge.pki.CertificateField[] {
  return Object.entries(name).map(([shortName, value]) => {
    const attribute: forge.pki.CertificateField = { shortName, value };
    // Chinese names need UTF8String; the library's types have the wrong kind of number here.
    return Object.assign(attribute, { valueTagClass: forge.asn1.Type.UTF8 });
  });
}

/** Whole bytes with the top bit clear: DER would read the serial as negative otherwise. */
function toSerialHex(serial: bigint): string {
  const hex = serial.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return /^[89a-f]/.test(even) ? `00${even}` : even;
}

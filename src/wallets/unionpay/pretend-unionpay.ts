import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import forge from 'node-forge';

/** For tests: a certificate authority and answers, made with node-forge and none of the connector's code. */

export interface Minted {
  /** PEM with CR LF line ends and none after the last line, as UnionPay sends it. */
  pem: string;
  keyPem: string;
  forgeCertificate: forge.pki.Certificate;
}

export interface MintOptions {
  commonName: string;
  issuer: Minted | null;
  isAuthority: boolean;
  /** Hex. */
  serial: string;
  notBefore?: string;
  notAfter?: string;
  bits?: number;
}

export function mint(options: MintOptions): Minted {
  const pair = generateKeyPairSync('rsa', { modulusLength: options.bits ?? 2048 });
  const keyPem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  certificate.serialNumber = options.serial;
  certificate.validity.notBefore = new Date(options.notBefore ?? '2020-01-01T00:00:00Z');
  certificate.validity.notAfter = new Date(options.notAfter ?? '2040-01-01T00:00:00Z');
  const subject = [nameAttribute(options.commonName)];
  certificate.setSubject(subject);
  certificate.setIssuer(options.issuer ? options.issuer.forgeCertificate.subject.attributes : subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: options.isAuthority },
    options.isAuthority ? { name: 'keyUsage', keyCertSign: true } : { name: 'keyUsage', digitalSignature: true },
  ]);
  const issuerKey = forge.pki.privateKeyFromPem(options.issuer?.keyPem ?? keyPem);
  certificate.sign(issuerKey, forge.md.sha1.create()); // as UnionPay's own CA does
  return { pem: forge.pki.certificateToPem(certificate).trim(), keyPem, forgeCertificate: certificate };
}

export const SIGNER_NAME = '041@8310000000083040@中国银联股份有限公司@00016495';
export const MER_ID = '777290058110048';

export const root = mint({ commonName: 'PRETEND ROOT', issuer: null, isAuthority: true, serial: '01' });
export const middle = mint({ commonName: 'PRETEND MIDDLE', issuer: root, isAuthority: true, serial: '02' });
export const signer = mint({ commonName: SIGNER_NAME, issuer: middle, isAuthority: false, serial: '100235ba11' });
export const sealer = mint({ commonName: 'PRETEND ENC', issuer: middle, isAuthority: false, serial: '10123456' });
export const merchant = mint({ commonName: 'A MERCHANT', issuer: middle, isAuthority: false, serial: '1046947737' });
const merchantPfx = toPfx(merchant, '000000', 'aes256');

export function toPfx(minted: Minted, password: string, algorithm: '3des' | 'aes256'): string {
  const key = forge.pki.privateKeyFromPem(minted.keyPem);
  const asn1 = forge.pkcs12.toPkcs12Asn1(key, minted.forgeCertificate, password, { algorithm });
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1').toString('base64');
}

/** What a merchant would give us, with a simulator's gateway on this machine. */
export function merchantSettings(changed: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    mer_id: MER_ID,
    sign_method: '01',
    pfx_base64: merchantPfx,
    pfx_password: '000000',
    root_certificate_pem: root.pem,
    middle_certificate_pem: middle.pem,
    encryption_certificate_pem: sealer.pem,
    gateway_url: 'http://127.0.0.1:1/gateway/api',
    file_url: 'http://127.0.0.1:1/',
    ...changed,
  };
}

export interface Spoken {
  fields: Record<string, string>;
  /** A synchronous answer: raw, not url-encoded. */
  answer: Buffer;
  /** A notification: url-encoded. */
  form: Buffer;
}

/** Signs and writes down a message, as UnionPay's documents say, in code of its own. */
export function speak(fields: Record<string, string>, by: Minted = signer): Spoken {
  const full: Record<string, string> = {
    version: '5.1.0',
    encoding: 'UTF-8',
    signMethod: '01',
    accessType: '0',
    merId: MER_ID,
    respMsg: '成功[0000000]',
    signPubKeyCert: by.pem,
    ...fields,
  };
  const pairs: [string, string][] = Object.entries(full).filter(([, value]) => value.length > 0);
  pairs.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const text = pairs.map((pair) => pair.join('=')).join('&');
  const hex = createHash('sha256').update(text, 'utf8').digest('hex');
  const signature = sign('sha256', Buffer.from(hex, 'ascii'), createPrivateKey(by.keyPem)).toString('base64');
  const signedFields = { ...full, signature };
  const entries = Object.entries(signedFields);
  return {
    fields: signedFields,
    answer: Buffer.from(entries.map((pair) => pair.join('=')).join('&')),
    form: Buffer.from(entries.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')),
  };
}

function nameAttribute(value: string): forge.pki.CertificateField {
  const attribute: forge.pki.CertificateField = { name: 'commonName', value };
  Object.assign(attribute, { valueTagClass: forge.asn1.Type.UTF8 }); // its types name the wrong enum for this
  return attribute;
}

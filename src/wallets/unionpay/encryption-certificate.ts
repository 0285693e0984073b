import type { OrderName, RefreshReply, WalletDeps } from '../wallet.ts';
import type { UnionpayConfig } from './config.ts';
import { exchange } from './exchange.ts';
import { encryptionCertificateFields } from './requests.ts';
import { certIdOf, readCertificate } from './trust.ts';

/** For merchants that send sealed values: UnionPay's current encryption certificate, where it is not the one they have. */
export async function refreshEncryption(
  deps: WalletDeps,
  config: UnionpayConfig,
  name: OrderName,
): Promise<RefreshReply> {
  if (config.encryption === null) return { kind: 'settings', settings: {} };
  const reply = await fetchEncryptionCertificate(deps, config, name);
  if (reply.kind !== 'certificate') return reply;
  const isSame = reply.certId === config.encryption.certId;
  return { kind: 'settings', settings: isSame ? {} : { encryption_certificate_pem: reply.pem } };
}

export type EncryptionCertificateReply =
  | { kind: 'certificate'; pem: string; certId: string }
  | { kind: 'failed' | 'unknown'; reason: string };

/**
 * Asks for UnionPay's current encryption certificate; once a day is the documented pace. Old and new work side by side for
 * about a month. `name` is a fresh order number: this too is a transaction.
 */
export async function fetchEncryptionCertificate(
  deps: WalletDeps,
  config: UnionpayConfig,
  name: OrderName,
): Promise<EncryptionCertificateReply> {
  const exchanged = await exchange(deps, config, 'backTransReq.do', encryptionCertificateFields(config, name));
  if (exchanged.kind === 'not_sent') return { kind: 'failed', reason: exchanged.reason };
  if (exchanged.kind === 'unknown') return exchanged;
  const answer = exchanged.fields;
  if (answer['respCode'] !== '00') return { kind: 'failed', reason: `respCode ${answer['respCode']}` };
  const certificate = readCertificate(answer['encryptPubKeyCert'] ?? '');
  if (certificate === null) return { kind: 'unknown', reason: 'the answer holds no certificate' };
  return { kind: 'certificate', pem: answer['encryptPubKeyCert'] ?? '', certId: certIdOf(certificate) };
}

import type { AlipayConfig, AlipaySigner } from './config.ts';
import type { AnswerParts } from './parse.ts';
import { type Fields, isSignedRsa2, notificationText } from './sign.ts';

/** Null when Alipay has signed the answer's node as it came; else why it is not believed. */
export function whyAnswerNotBelieved(config: AlipayConfig, parts: AnswerParts, at: Date): string | null {
  const { sign } = parts;
  if (sign === null) return 'the answer is not signed';
  const signers = believed(config, at);
  if (config.certificates === null) return isSignedByOne(signers, parts.nodeText, sign);
  if (parts.certSn === null) return 'the answer names no certificate';
  const named = signers.filter((signer) => signer.certificate?.sn === parts.certSn);
  if (named.length === 0) return 'the answer is signed by a certificate that is not in the settings, or not valid now';
  return isSignedByOne(named, parts.nodeText, sign);
}

/**
 * Null when Alipay has signed exactly these fields, without `sign_type`, as trade notifications are. `alipay_cert_sn`, which
 * a notification may carry, is believed to stay out of the signed text and may as well stand in it: both are Alipay's word.
 */
export function whyNotificationNotBelieved(config: AlipayConfig, fields: Fields, at: Date): string | null {
  if (fields['sign_type'] !== 'RSA2') return 'another sign_type than RSA2';
  if (!readsOneWay(fields)) return 'the signed text can be read in another way';
  const { alipay_cert_sn: certSn, ...others } = fields;
  const signers = believed(config, at).filter((signer) => certSn === undefined || signer.certificate?.sn === certSn);
  if (signers.length === 0) return 'signed by a certificate that is not in the settings, or not valid now';
  const sign = fields['sign'] ?? '';
  const reason = isSignedByOne(signers, notificationText(others), sign);
  if (reason === null || certSn === undefined) return reason;
  return isSignedByOne(signers, notificationText(fields), sign);
}

function believed(config: AlipayConfig, at: Date): AlipaySigner[] {
  return config.signers.filter(({ certificate }) => {
    if (certificate === null) return true;
    return certificate.validFromMs <= at.getTime() && at.getTime() <= certificate.validToMs;
  });
}

function isSignedByOne(signers: readonly AlipaySigner[], text: string, sign: string): string | null {
  return signers.some((signer) => isSignedRsa2(text, sign, signer.publicKey)) ? null : 'the signature does not fit';
}

/**
 * The signed text joins names and values without escaping, so another set of fields may sign to the same text: a subject
 * `x&trade_status=TRADE_SUCCESS` can be cut in two. No such text is believed; we send none in what Alipay echoes.
 */
function readsOneWay(fields: Fields): boolean {
  return Object.values(fields).every((value) => !/&[A-Za-z][A-Za-z0-9_.-]*=/.test(value));
}

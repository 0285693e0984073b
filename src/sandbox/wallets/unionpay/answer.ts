import { type Fault, faultedFen } from '../ground/fault.ts';
import type { Fields } from './form.ts';
import type { SandboxKeys, SandboxMerchant } from './keys.ts';
import { signWithKey, signWithSecret } from './sign.ts';

/**
 * Signs an answer or a notification as the merchant's signMethod wants it: with our key and `signPubKeyCert` inside the
 * signed text, or with the shared secret. Empty fields are left out. A fault may make it unworthy of belief.
 */
export async function sealFields(
  keys: SandboxKeys,
  merchant: SandboxMerchant | undefined,
  plain: Record<string, string | null | undefined>,
  fault: Fault | null,
): Promise<Fields> {
  const fields: Fields = {};
  for (const [name, value] of Object.entries(plain)) if (value) fields[name] = value;
  if (fault?.kind === 'wrong_amount') addToAmount(fields, fault);
  if (merchant !== undefined && merchant.signMethod !== '01') {
    fields.signMethod = merchant.signMethod;
    fields.signature = signWithSecret(fields, merchant.signMethod, merchant.secureKey);
  } else {
    fields.signMethod = '01';
    fields.signPubKeyCert = certificateFor(keys, fault);
    fields.signature = await signWithKey(fields, keys.signer.key);
  }
  if (fault?.kind === 'bad_signature') fields.signature = spoil(fields.signature);
  return fields;
}

function certificateFor(keys: SandboxKeys, fault: Fault | null): string {
  if (fault?.kind === 'expired_certificate') return keys.signer.expiredPem;
  if (fault?.kind === 'wrong_name') return keys.signer.wrongNamePem;
  if (fault?.kind === 'foreign_certificate') return keys.signer.foreignPem;
  return keys.signer.pem;
}

function addToAmount(fields: Fields, fault: Fault): void {
  for (const name of ['txnAmt', 'settleAmt']) {
    const fen = fields[name];
    if (fen !== undefined && fen !== '0') fields[name] = String(faultedFen(fault, BigInt(fen)));
  }
}

/** One letter changed, still well-formed. */
function spoil(signature: string): string {
  const first = signature.startsWith('a') ? 'b' : 'a';
  return first + signature.slice(1);
}

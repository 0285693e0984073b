import { SANDBOX_TXN_TIME_SKEW_MINUTES } from '../../../base/limits.ts';
import { BIZ_TYPES, ENVELOPE, type Endpoint, type Operation, REQUIRED, findMalformed, operationOf } from './fields.ts';
import { type Fields, isEchoable } from './form.ts';
import { type Gateway, type Refused, refuse } from './gateway.ts';
import type { SandboxMerchant } from './keys.ts';
import { isSignedByKey, isSignedWithSecret } from './sign.ts';
import { fromStamp } from './stamp.ts';

export type Checked =
  | { ok: true; operation: Operation; merchant: SandboxMerchant }
  | { ok: false; refusal: Refused; merchant: SandboxMerchant | undefined };

/** What the gateway checks before it looks at any order, in its order of precedence: who asks, may they, is it readable. */
export function checkRequest(gateway: Gateway, endpoint: Endpoint, fields: Fields): Checked {
  const merchant = gateway.keys.merchants.get(fields.merId ?? '');
  const no = (code: string, detail?: string): Checked => ({ ok: false, refusal: refuse(code, detail), merchant });

  const absent = ENVELOPE.find((name) => !fields[name]);
  if (absent !== undefined) return no('13', `报文交易要素缺失:${absent}`);
  if (fields.version !== '5.1.0') return no('10', '报文格式错误:version');
  if (fields.encoding?.toUpperCase() !== 'UTF-8') return no('10', '报文格式错误:encoding');
  if (!['01', '11', '12'].includes(fields.signMethod ?? '')) return no('10', '报文格式错误:signMethod');
  if (merchant === undefined) return no('31');
  if (!fields.signature) return no('13', '报文交易要素缺失:signature');
  if (fields.signMethod === '01' && !fields.certId) return no('13', '报文交易要素缺失:certId');
  if (!isSignedByMerchant(fields, merchant)) return no('11');

  const operation = operationOf(endpoint, fields);
  if (operation === null) return no('32', '交易类型不支持');
  const missing = REQUIRED[operation].find((name) => !fields[name]) ?? findMissingTogether(operation, fields);
  if (missing) return no('13', `报文交易要素缺失:${missing}`);
  const malformed = findMalformed(fields) ?? (isEchoable(fields.reqReserved ?? '') ? undefined : 'reqReserved');
  if (malformed !== undefined) return no('10', `报文格式错误:${malformed}`);
  if (fields.accessType !== '0') return no('32', '商户未开通该接入类型');
  if (!BIZ_TYPES[operation].includes(fields.bizType ?? '')) return no('32', '商户未开通该产品');
  if (fields.encryptCertId && fields.encryptCertId !== gateway.keys.encryption.certId) {
    return no('10', '报文格式错误:encryptCertId');
  }
  const badTime = findBadTime(gateway, operation, fields);
  if (badTime !== null) return no('10', `无效的时间:${badTime}`);
  return { ok: true, operation, merchant };
}

function isSignedByMerchant(fields: Fields, merchant: SandboxMerchant): boolean {
  if (fields.signMethod !== merchant.signMethod) return false;
  if (merchant.signMethod !== '01') return isSignedWithSecret(fields, merchant.signMethod, merchant.secureKey);
  return fields.certId === merchant.certId && isSignedByKey(fields, merchant.publicKey);
}

/** Fields of which one of two ways has to be there. */
function findMissingTogether(operation: Operation, fields: Fields): string | null {
  if (operation === 'query') {
    if (fields.txnSubType === '02') return fields.queryId ? null : 'queryId';
    return ['orderId', 'txnTime'].find((name) => !fields[name]) ?? null;
  }
  if ((operation === 'refund' || operation === 'void') && !fields.origQryId) {
    return fields.origOrderId && fields.origTxnTime ? null : 'origQryId';
  }
  return null;
}

/** A query or a reversal names a transaction of the past; everything else has to be sent about now. */
function findBadTime(gateway: Gateway, operation: Operation, fields: Fields): string | null {
  const nowMs = gateway.clock.now().getTime();
  if (fields.txnTime) {
    const sentAt = fromStamp(fields.txnTime);
    if (sentAt === null) return 'txnTime';
    const skewMs = Math.abs(sentAt.getTime() - nowMs);
    const namesThePast = operation === 'query' || operation === 'reversal';
    if (!namesThePast && skewMs > SANDBOX_TXN_TIME_SKEW_MINUTES * 60_000) return 'txnTime';
  }
  if (fields.payTimeout) {
    const until = fromStamp(fields.payTimeout);
    if (until === null || until.getTime() <= nowMs) return 'payTimeout';
  }
  return null;
}

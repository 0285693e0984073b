import { constants, privateDecrypt } from 'node:crypto';
import { toQueryFacts } from './describe.ts';
import type { Operation } from './fields.ts';
import type { Fields } from './form.ts';
import { type Decision, type Gateway, refuse } from './gateway.ts';
import { toWirePem } from './mint.ts';
import { transactionKey } from './numbers.ts';
import { takeBill } from './take-bill.ts';
import { takeCharge } from './take-charge.ts';
import { takePayment } from './take-payment.ts';
import { takeReversal, takeUndo } from './undo.ts';
import { appUserIdOf, takeUserId } from './user-auth.ts';

/** Does what a checked request asks for. Synchronous: no other request comes between looking and recording. */
export function decide(gateway: Gateway, operation: Operation, fields: Fields): Decision {
  if (fields.encryptCertId && !isReadable(gateway, fields.accNo)) return refuse('10', '报文格式错误:accNo');
  switch (operation) {
    case 'front':
    case 'app':
    case 'qr':
      return takePayment(gateway, fields, operation);
    case 'jsapi':
      if (fields.appUserId !== appUserIdOf(fields.merId ?? '')) return refuse('10', '报文格式错误:appUserId');
      return takePayment(gateway, fields, operation);
    case 'code':
      return takeCharge(gateway, fields);
    case 'userId':
      return takeUserId(gateway, fields);
    case 'query':
      return query(gateway, fields);
    case 'refund':
    case 'void':
      return takeUndo(gateway, fields, operation);
    case 'reversal':
      return takeReversal(gateway, fields);
    case 'certificate': {
      const encryptPubKeyCert = toWirePem(gateway.keys.encryption.pem);
      return { kind: 'answer', respCode: '00', fields: { certType: fields.certType, encryptPubKeyCert } };
    }
    case 'file':
      return takeBill(gateway, fields);
    default:
      return operation satisfies never;
  }
}

/** The two-level answer: respCode is about the query, origRespCode about the transaction. */
function query(gateway: Gateway, fields: Fields): Decision {
  const { merId = '', orderId = '', txnTime = '' } = fields;
  const order =
    fields.txnSubType === '02'
      ? gateway.books.findByWalletId(fields.queryId ?? '')
      : gateway.books.find(transactionKey({ merId, orderId, txnTime }));
  if (order === undefined || order.merchantNo !== merId) return refuse('34');
  return { kind: 'answer', respCode: '00', fields: toQueryFacts(gateway, order) };
}

/** Whether a value that is said to be encrypted to our encryption certificate is. PKCS#1 v1.5, checked by hand. */
function isReadable(gateway: Gateway, encrypted: string | undefined): boolean {
  if (!encrypted) return true;
  try {
    const key = { key: gateway.keys.encryption.key, padding: constants.RSA_NO_PADDING };
    const block = privateDecrypt(key, Buffer.from(encrypted, 'base64'));
    const end = block.indexOf(0, 2);
    return block[0] === 0 && block[1] === 2 && end >= 10 && end < block.length - 1;
  } catch {
    return false;
  }
}

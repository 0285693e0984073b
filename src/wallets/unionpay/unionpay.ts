import type {
  FailedOutcome,
  Outcome,
  OrderName,
  PayReply,
  PayRequest,
  QueryRequest,
  RefundRequest,
  Wallet,
  WalletDeps,
} from '../wallet.ts';
import { accountMask } from './account.ts';
import { readConfig, type UnionpayConfig } from './config.ts';
import { exchange, signed } from './exchange.ts';
import { readNotification } from './notification.ts';
import { encryptionCertificateFields, payFields, queryFields, REFUND_TXN_TYPE, refundFields } from './requests.ts';
import { acceptance, paymentFromQuery, type Reading, refundFromQuery, unknown } from './translate.ts';
import { certIdOf, readCertificate } from './trust.ts';

/** China UnionPay's online gateway (云闪付), messages of version 5.1.0. */
export const unionpay: Wallet<UnionpayConfig> = {
  name: 'unionpay',
  docsUrl: 'https://open.unionpay.com/tjweb/acproduct/list?apiservId=448',
  can: {
    scenes: ['web', 'wap', 'app'],
    currencies: ['CNY'],
    closeUnpaid: false,
    voidPaid: true,
    refundWindowDays: 330, // fact sheet 11: issuers guarantee 90, the system accepts 330
    // Documented: 5, 10, 30, 60 and 120 minutes (fact sheet 9). Two early ones, because a buyer is looking at the page.
    askAfterSeconds: [30, 120, 300, 600, 1800, 3600, 7200],
    // Documented: 1 to 32 seconds, then the bill file. The late ones are for as long as there is no bill file.
    askRefundAfterSeconds: [1, 2, 4, 8, 16, 32, 300, 3600, 21_600, 86_400],
  },
  secretFields: [
    'accNo',
    'customerInfo',
    'encryptedInfo',
    'pin',
    'cvn2',
    'expired',
    'phoneNo',
    'certifId',
    'customerNm',
    'smsCode',
    'payCardNo',
  ],
  readConfig,
  merchantNo: (config) => config.merId,
  environment: (config) => config.environment,
  pay,
  query,
  cancel: query, // an unpaid order cannot be closed at UnionPay: it ends at its payTimeout
  refund,
  queryRefund,
  readNotification,
  acknowledgement: { status: 200, contentType: 'text/plain; charset=utf-8', body: 'ok' },
};

const FEN_MAX = 999_999_999_999n; // txnAmt has 12 digits

/** web and wap: a form that the buyer's browser posts, no call. app: an order, whose tn the app hands to UnionPay's SDK. */
async function pay(deps: WalletDeps, config: UnionpayConfig, request: PayRequest): Promise<PayReply> {
  if (!isPayable(request.amount)) return refused('amount_refused', 'not an amount that UnionPay takes');
  const fields = payFields(config, request);
  if (request.scene !== 'app') {
    const url = `${config.gatewayUrl}/frontTransReq.do`;
    return { kind: 'pending', action: { type: 'form_post', url, fields: await signed(config, fields) } };
  }
  const exchanged = await exchange(deps, config, 'appTransReq.do', fields);
  if (exchanged.kind === 'not_sent') return refused('not_sent', exchanged.reason);
  if (exchanged.kind === 'unknown') return exchanged;
  const answer = exchanged.fields;
  const accepted = acceptance(answer, 'order');
  if (accepted.kind !== 'pending') return accepted;
  if (answer['txnType'] !== '01') return unknown('the answer is to something else');
  const orderString = answer['tn'] ?? '';
  if (!/^[0-9A-Za-z]{1,64}$/.test(orderString)) return unknown('accepted without a tn', answer['respCode']);
  const sdkMode = config.environment === 'production' ? '00' : '01';
  return { kind: 'pending', action: { type: 'app_order', orderString, sdkMode } };
}

async function query(deps: WalletDeps, config: UnionpayConfig, request: QueryRequest): Promise<Outcome> {
  // The answer is as old as the question: "not yet", said before payTimeout, is no "never" when it arrives after it.
  const isPastPayTimeout = deps.clock.now().getTime() > request.expiresAt.getTime();
  const exchanged = await exchange(deps, config, 'queryTrans.do', queryFields(config, request));
  if (exchanged.kind !== 'answer') return unknown(exchanged.reason);
  const answer = exchanged.fields;
  if (answer['respCode'] === '00' && answer['txnType'] !== '01') return unknown('the order number is not a payment');
  return paymentFromQuery(answer, readingOf(config, isPastPayTimeout));
}

/** `pending` is accepted, not finished. */
async function refund(deps: WalletDeps, config: UnionpayConfig, request: RefundRequest): Promise<Outcome> {
  if (!isPayable(request.amount)) return refused('amount_refused', 'not an amount that UnionPay takes');
  if (request.method === 'void' && request.amount.minor !== request.paid.amount.minor) {
    return refused('amount_refused', 'a void undoes the whole payment');
  }
  const exchanged = await exchange(deps, config, 'backTransReq.do', refundFields(config, request));
  if (exchanged.kind === 'not_sent') return refused('not_sent', exchanged.reason);
  if (exchanged.kind === 'unknown') return exchanged;
  const isSame = exchanged.fields['txnType'] === REFUND_TXN_TYPE[request.method];
  return isSame ? acceptance(exchanged.fields, 'refund') : unknown('the answer is to something else');
}

async function queryRefund(deps: WalletDeps, config: UnionpayConfig, request: RefundRequest): Promise<Outcome> {
  const exchanged = await exchange(deps, config, 'queryTrans.do', queryFields(config, request.refund));
  if (exchanged.kind !== 'answer') return unknown(exchanged.reason);
  const answer = exchanged.fields;
  if (answer['respCode'] === '00' && answer['txnType'] !== REFUND_TXN_TYPE[request.method]) {
    return unknown('the order number is not this refund');
  }
  return refundFromQuery(answer, readingOf(config, false));
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

function readingOf(config: UnionpayConfig, isPastPayTimeout: boolean): Reading {
  return { isPastPayTimeout, maskAccount: accountMask(config) };
}

function isPayable(amount: PayRequest['amount']): boolean {
  return amount.currency === 'CNY' && amount.minor > 0n && amount.minor <= FEN_MAX;
}

/** Refused before UnionPay heard of it. */
function refused(reason: FailedOutcome['reason'], message: string): FailedOutcome {
  return { kind: 'failed', reason, walletCode: '', walletMessage: message };
}

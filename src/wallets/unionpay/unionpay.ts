import type { Outcome, QueryRequest, RefundRequest, Wallet, WalletDeps } from '../wallet.ts';
import { accountMask } from './account.ts';
import { readConfig, SCENES, type UnionpayConfig } from './config.ts';
import { exchange } from './exchange.ts';
import { identify } from './identify.ts';
import { readNotification } from './notification.ts';
import { isPayable, pay, refused } from './pay.ts';
import { refreshEncryption } from './encryption-certificate.ts';
import { queryFields, REFUND_TXN_TYPE, refundFields } from './requests.ts';
import { reverse } from './reverse.ts';
import { statement } from './statement.ts';
import { acceptance, paymentFromQuery, type Reading, refundFromQuery, unknown } from './translate.ts';

/** China UnionPay's online gateway (云闪付), messages of version 5.1.0. */
export const unionpay: Wallet<UnionpayConfig> = {
  name: 'unionpay',
  docsUrl: 'https://open.unionpay.com/tjweb/acproduct/list?apiservId=448',
  can: {
    scenes: SCENES,
    currencies: ['CNY'],
    closeUnpaid: false,
    cancelUndoes: false,
    voidPaid: true,
    refundWindowDays: 330, // issuers guarantee 90, the system accepts 330
    // Documented: 5, 10, 30, 60 and 120 minutes (UnionPay 5.1.0). Two early ones, because a buyer is looking at the page.
    askAfterSeconds: [30, 120, 300, 600, 1800, 3600, 7200],
    // Documented: 1 to 32 seconds, then the bill file. The late ones are for as long as there is no bill file.
    askRefundAfterSeconds: [1, 2, 4, 8, 16, 32, 300, 3600, 21_600, 86_400],
    // Any app of UnionPay's network shows codes of 19 digits from 62 on; asked at 1 to 32 seconds.
    paymentCode: { pattern: /^62\d{17}$/, askAfterSeconds: [1, 2, 4, 8, 16, 32, 48], undoAfterSeconds: 60 },
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
    'qrNo',
    'userAuthCode',
    'appUserId',
  ],
  readConfig,
  merchantNo: (config) => config.merId,
  environment: (config) => config.environment,
  scenes: ({ scenes, userAuthUrl }) => scenes.filter((scene) => scene !== 'jsapi' || userAuthUrl !== null),
  pay,
  query,
  cancel,
  refund,
  queryRefund,
  readNotification,
  acknowledgement: { status: 200, contentType: 'text/plain; charset=utf-8', body: 'ok' },
  identify,
  statement,
  refresh: { fetch: refreshEncryption },
};

async function query(deps: WalletDeps, config: UnionpayConfig, request: QueryRequest): Promise<Outcome> {
  // The answer is as old as the question: "not yet", said before payTimeout, is no "never" when it arrives after it.
  const isPastPayTimeout = deps.clock.now().getTime() > request.expiresAt.getTime();
  const exchanged = await exchange(deps, config, 'queryTrans.do', queryFields(config, request));
  if (exchanged.kind !== 'answer') return unknown(exchanged.reason);
  const answer = exchanged.fields;
  if (answer['respCode'] === '00' && answer['txnType'] !== '01') return unknown('the order number is not a payment');
  return paymentFromQuery(answer, readingOf(config, isPastPayTimeout, request.scene === 'code'));
}

/** An unpaid order cannot be closed at UnionPay: it ends at its payTimeout. A charged payment code is undone. */
async function cancel(deps: WalletDeps, config: UnionpayConfig, request: QueryRequest): Promise<Outcome> {
  const ask = () => query(deps, config, request);
  return request.scene === 'code' ? reverse(deps, config, request, ask) : ask();
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
  return refundFromQuery(answer, readingOf(config, false, false));
}

function readingOf(config: UnionpayConfig, isPastPayTimeout: boolean, isOneTry: boolean): Reading {
  return { isPastPayTimeout, isOneTry, maskAccount: accountMask(config) };
}

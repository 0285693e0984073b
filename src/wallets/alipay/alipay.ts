import { ALIPAY_CHARGE_LOST_SECONDS } from '../../base/limits.ts';
import type {
  FailedOutcome,
  NextAction,
  Outcome,
  PayReply,
  PayRequest,
  QueryRequest,
  RefundRequest,
  Wallet,
  WalletDeps,
} from '../wallet.ts';
import { askRefund } from './ask-refund.ts';
import { isNotOpen, isNotThere, isPaidAlready, isTooLateToUndo, refusalOf } from './codes.ts';
import { ALIPAY_SCENES, type AlipayConfig, readConfig } from './config.ts';
import { exchange, signed, toQuery } from './exchange.ts';
import { identify } from './identify.ts';
import { readNotification } from './notification.ts';
import { refreshCertificate } from './refresh-certificate.ts';
import { endCall, frontCall, placeCall, queryCall, refundCall } from './requests.ts';
import type { Fields } from './sign.ts';
import { statement } from './statement.ts';
import { failed, paymentFromCharge, paymentFromQuery, readTradeNo, unknown } from './translate.ts';

/** Alipay (支付宝), OpenAPI v2 with RSA2, by key or by certificate. */
export const alipay: Wallet<AlipayConfig> = {
  name: 'alipay',
  docsUrl: 'https://opendocs.alipay.com/open/270/105898',
  can: {
    scenes: ALIPAY_SCENES,
    currencies: ['CNY'],
    closeUnpaid: true,
    cancelUndoes: false,
    voidPaid: false,
    refundWindowDays: 365, // 12 months at most products
    askAfterSeconds: [10, 30, 60, 120, 300, 600, 1200, 3600, 7200],
    askRefundAfterSeconds: [10, 30, 60, 300, 1800, 3600, 21_600, 86_400], // not before ten seconds
    paymentCode: {
      pattern: /^(2[5-9]|30)[0-9]{14,22}$/, // 16 to 24 digits that begin with 25 to 30
      askAfterSeconds: [4, 8, 12, 16, 21, 26, 31, 36, 41, 46, 51, 56],
      undoAfterSeconds: 60,
    },
  },
  // biz_content holds the buyer's payment code, the token answer what is as good as a login.
  secretFields: ['biz_content', 'auth_code', 'code', 'alipay_system_oauth_token_response', 'access_token'],
  readConfig,
  merchantNo: (config) => config.sellerId,
  environment: (config) => config.environment,
  scenes: (config) => config.scenes,
  pay,
  query,
  cancel,
  refund,
  queryRefund: (deps, config, { paid, refund: { orderNo } }) => askRefund(deps, config, paid.orderNo, orderNo),
  readNotification,
  acknowledgement: { status: 200, contentType: 'text/plain; charset=utf-8', body: 'success' },
  identify,
  statement,
  refresh: { fetch: refreshCertificate },
};

const FEN_MAX = 10_000_000_000n; // total_amount goes to 100,000,000 yuan

/** web and wap: an address that the buyer's browser opens, no call. app: a signed text for Alipay's SDK, no call. */
async function pay(deps: WalletDeps, config: AlipayConfig, request: PayRequest): Promise<PayReply> {
  if (!isPayable(request.amount)) return refused('amount_refused', 'not an amount that Alipay takes');
  const { scene } = request;
  if (scene === 'qr' || scene === 'jsapi' || scene === 'code') return place(deps, config, { ...request, scene });
  const orderString = toQuery(await signed(config, frontCall({ ...request, scene }), deps.clock.now()));
  if (scene !== 'app') return pending({ type: 'redirect', url: `${config.gatewayUrl}?${orderString}` });
  const sdkMode = config.environment === 'production' ? 'production' : 'sandbox';
  return pending({ type: 'app_order', orderString, sdkMode });
}

async function place(
  deps: WalletDeps,
  config: AlipayConfig,
  request: PayRequest & { scene: 'qr' | 'jsapi' | 'code' },
): Promise<PayReply> {
  const exchanged = await exchange(deps, config, placeCall(config, request));
  if (exchanged.kind === 'not_sent') return refused('not_sent', exchanged.reason);
  if (exchanged.kind === 'unknown') return exchanged;
  const { fields } = exchanged;
  if (isPaidAlready(fields)) {
    const outcome = await query(deps, config, request);
    return outcome.kind === 'succeeded' ? outcome : unknown('paid already, but not found so', fields);
  }
  const refusal = refusalOf(fields, 'order');
  if (refusal !== null) return failed(refusal, fields);
  if (request.scene === 'code') return charged(fields);
  if (fields['code'] !== '10000') return unknown('a code that is not documented', fields);
  if (fields['out_trade_no'] !== request.orderNo) return unknown('the answer names no order', fields);
  return request.scene === 'qr' ? toScan(fields) : toBridge(config, fields, request.returnUrl);
}

function charged(fields: Fields): PayReply {
  if (fields['code'] === '10003') return pending(null); // the buyer enters the PIN
  if (fields['code'] !== '10000') return unknown('a code that leaves it open', fields);
  const outcome = paymentFromCharge(fields);
  return outcome.kind === 'pending' ? pending(null) : outcome;
}

function toScan(fields: Fields): PayReply {
  const text = fields['qr_code'] ?? '';
  if (!/^https?:\/\/[\x21-\x7e]{1,500}$/i.test(text)) return unknown('accepted without a code to scan', fields);
  return pending({ type: 'qr', text });
}

function toBridge(config: AlipayConfig, fields: Fields, returnUrl: string): PayReply {
  const tradeNO = readTradeNo(fields);
  if (tradeNO === null) return unknown('accepted without a trade_no', fields);
  const page = new URL('/cashier', config.gatewayUrl);
  page.searchParams.set('trade_no', tradeNO);
  page.searchParams.set('return_url', returnUrl); // the bridge would come back to our page by itself
  const testPageUrl = config.isSimulator ? page.href : null;
  return pending({ type: 'jsapi', bridge: 'AlipayJSBridge', fields: { tradeNO }, testPageUrl });
}

async function query(deps: WalletDeps, config: AlipayConfig, request: QueryRequest): Promise<Outcome> {
  // The answer is as old as the question: "not there", said before the order expires, is no "never" when it arrives after.
  const isPastExpiry = isPast(deps, request.expiresAt);
  const exchanged = await exchange(deps, config, queryCall(request.orderNo));
  if (exchanged.kind !== 'answer') return unknown(exchanged.reason);
  return paymentFromQuery(exchanged.fields, { scene: request.scene, isPastExpiry });
}

/** An order that waits for the buyer is closed; one by payment code is undone, paid or not. */
async function cancel(deps: WalletDeps, config: AlipayConfig, request: QueryRequest): Promise<Outcome> {
  if (request.scene === 'code') return undo(deps, config, request);
  const isPastExpiry = isPast(deps, request.expiresAt);
  const exchanged = await exchange(deps, config, endCall('close', request.orderNo));
  if (exchanged.kind !== 'answer') return unknown(exchanged.reason);
  const { fields } = exchanged;
  if (isNotOpen(fields)) return query(deps, config, request);
  // Nothing to close: but until it expires, a buyer who has the address or the code can still open the order.
  if (isNotThere(fields)) return isPastExpiry ? failed('not_found', fields) : { kind: 'pending' };
  const isClosed = fields['code'] === '10000' && fields['out_trade_no'] === request.orderNo;
  return isClosed ? failed('expired', fields, 'TRADE_CLOSED') : unknown('not closed', fields);
}

/**
 * `action` says what was done: nothing there at all is believed only once the charge itself can no longer be on its way. After
 * a day nothing is undone any more: then it is as the order says.
 */
async function undo(deps: WalletDeps, config: AlipayConfig, request: QueryRequest): Promise<Outcome> {
  const lostAt = new Date(request.orderedAt.getTime() + ALIPAY_CHARGE_LOST_SECONDS * 1000);
  const isLost = isPast(deps, lostAt);
  const exchanged = await exchange(deps, config, endCall('cancel', request.orderNo));
  if (exchanged.kind !== 'answer') return unknown(exchanged.reason);
  const { fields } = exchanged;
  const isDone = fields['code'] === '10000';
  if (isTooLateToUndo(fields)) return query(deps, config, request);
  if (!isDone && !isNotThere(fields)) return unknown('not undone', fields);
  if (isDone && fields['retry_flag'] === 'Y') return { kind: 'pending' };
  const action = isDone ? (fields['action'] ?? '') : '';
  if (action !== '' && fields['out_trade_no'] !== request.orderNo) return unknown('the answer names no order', fields);
  if (action === 'close' || action === 'refund') return failed('expired', fields, action);
  if (action !== '') return unknown('an action that is not documented', fields);
  return isLost ? failed('not_found', fields) : { kind: 'pending' };
}

/**
 * `pending` is accepted. The answer tells what went back in all, not by this call, and `fund_change` N is said of a repetition
 * as of a refund that is under way: only the refund's own query is evidence.
 */
async function refund(deps: WalletDeps, config: AlipayConfig, request: RefundRequest): Promise<Outcome> {
  if (!isPayable(request.amount)) return refused('amount_refused', 'not an amount that Alipay takes');
  if (request.method === 'void') return refused('declined', 'Alipay has no void of a paid order');
  const exchanged = await exchange(deps, config, refundCall(request));
  if (exchanged.kind === 'not_sent') return refused('not_sent', exchanged.reason);
  if (exchanged.kind === 'unknown') return exchanged;
  const { fields } = exchanged;
  const refusal = refusalOf(fields, 'refund');
  if (refusal !== null) return failed(refusal, fields);
  const isAccepted = fields['code'] === '10000' && fields['out_trade_no'] === request.paid.orderNo;
  return isAccepted ? { kind: 'pending' } : unknown('a code that leaves it open', fields);
}

function isPast(deps: WalletDeps, at: Date): boolean {
  return deps.clock.now().getTime() > at.getTime();
}

function isPayable(amount: PayRequest['amount']): boolean {
  return amount.currency === 'CNY' && amount.minor > 0n && amount.minor <= FEN_MAX;
}

function pending(action: NextAction | null): PayReply {
  return { kind: 'pending', action };
}

/** Refused before Alipay heard of it. */
function refused(reason: FailedOutcome['reason'], message: string): FailedOutcome {
  return { kind: 'failed', reason, walletCode: '', walletMessage: message };
}

import type {
  OpenWalletName,
  Outcome,
  PaymentCodeRule,
  PayReply,
  PayRequest,
  QueryRequest,
  RefundRequest,
  Wallet,
  WalletDeps,
} from '../wallet.ts';
import { type OpenConfig, OPEN_SCENES, readConfig } from './config.ts';
import { type Exchanged, exchange, readBody } from './exchange.ts';
import { identify } from './identify.ts';
import { readNotification } from './notification.ts';
import { readOrder, readRefund, type ShownOrder, type ShownRefund } from './parse.ts';
import { createOrderCall, createRefundCall, endOrderCall, queryOrderCall, queryRefundCall } from './requests.ts';
import { statement } from './statement.ts';
import { failed, orderOutcome, payReply, refundOutcome, unknown } from './translate.ts';

/**
 * Payment codes have 20 digits and begin with the wallet's prefix, 9…: no other network's codes do. 96 is Meituan's here;
 * Meituan has published no rule of its own. 9700 is our own wallet's; the registry asks it before `open`.
 */
const CODE_PATTERNS = {
  open: /^9[0-57-9]\d{18}$/,
  meituanpay: /^96\d{18}$/,
  hutongwallet: /^9700\d{16}$/,
} as const satisfies Record<OpenWalletName, RegExp>;

const CODE_TIMES = { askAfterSeconds: [2, 4, 6, 9, 12, 16, 20, 25, 30, 40, 50, 60], undoAfterSeconds: 90 } as const;

/** A wallet that speaks the Open Wallet Protocol, version 1. */
export function createOpenWallet(name: OpenWalletName): Wallet<OpenConfig> {
  const paymentCode: PaymentCodeRule = { pattern: CODE_PATTERNS[name], ...CODE_TIMES };
  return {
    name,
    docsUrl: '/docs/open-wallet-protocol',
    can: {
      scenes: OPEN_SCENES,
      currencies: ['CNY'],
      closeUnpaid: true,
      cancelUndoes: false,
      voidPaid: true,
      refundWindowDays: 365,
      askAfterSeconds: [10, 30, 60, 120, 300, 600, 1800, 3600, 7200],
      askRefundAfterSeconds: [2, 5, 15, 60, 300, 1800, 7200, 21_600, 86_400, 259_200],
      paymentCode,
    },
    secretFields: ['payment_code', 'signature', 'signature-input', 'payer_id', 'buyer_ip', 'code'],
    readConfig: (input) => readConfig(name, input),
    merchantNo: (config) => config.merchantNo,
    environment: (config) => config.environment,
    scenes: (config) => config.scenes,
    pay,
    query,
    cancel,
    refund,
    queryRefund,
    readNotification,
    acknowledgement: { status: 200, contentType: 'application/json', body: '{}' },
    identify,
    statement,
    refresh: null, // keys are pinned: a new one is put in by hand, from a manifest that somebody has looked at
  };
}

async function pay(deps: WalletDeps, config: OpenConfig, request: PayRequest): Promise<PayReply> {
  if (!isPayable(request.amount)) return failed('amount_refused', '', 'not an amount that the protocol takes');
  const exchanged = await exchange(deps, config, createOrderCall(request));
  if (exchanged.kind === 'not_sent') return failed('not_sent', '', exchanged.reason);
  if (exchanged.kind === 'problem' && exchanged.row.isFinal) return failed(exchanged.row.reason, exchanged.code);
  const order = orderIn(config, request, exchanged);
  if (order.kind === 'unknown') return order;
  if (order.shown.state === 'open' && !isSame(order.shown.amount, request.amount))
    return unknown('the order was taken with another amount', 'open');
  return payReply(config, order.shown, request.scene);
}

async function query(deps: WalletDeps, config: OpenConfig, request: QueryRequest): Promise<Outcome> {
  const exchanged = await exchange(deps, config, queryOrderCall(request));
  if (exchanged.kind === 'problem' && exchanged.code === 'order_not_found') {
    // By the wallet's own clock: it takes no order whose time is over, so one that is not there now never will be.
    const isOver = exchanged.answeredAt.getTime() > request.expiresAt.getTime();
    return isOver ? failed('not_found', exchanged.code) : { kind: 'pending' };
  }
  const order = orderIn(config, request, exchanged);
  return order.kind === 'unknown' ? order : orderOutcome(order.shown);
}

/** An order that the wallet has never seen is closed too: it is refused when it comes. */
async function cancel(deps: WalletDeps, config: OpenConfig, request: QueryRequest): Promise<Outcome> {
  const how = request.scene === 'code' ? 'undo' : 'close';
  const order = orderIn(config, request, await exchange(deps, config, endOrderCall(request, how)));
  return order.kind === 'unknown' ? order : orderOutcome(order.shown);
}

async function refund(deps: WalletDeps, config: OpenConfig, request: RefundRequest): Promise<Outcome> {
  if (!isPayable(request.amount)) return failed('amount_refused', '', 'not an amount that the protocol takes');
  const exchanged = await exchange(deps, config, createRefundCall(request));
  if (exchanged.kind === 'not_sent') return failed('not_sent', '', exchanged.reason);
  if (exchanged.kind === 'problem' && exchanged.row.isFinal) return failed(exchanged.row.reason, exchanged.code);
  const shown = refundIn(config, request, exchanged);
  return shown.kind === 'unknown' ? shown : refundOutcome(shown.shown);
}

async function queryRefund(deps: WalletDeps, config: OpenConfig, request: RefundRequest): Promise<Outcome> {
  const exchanged = await exchange(deps, config, queryRefundCall(request));
  if (exchanged.kind === 'problem' && exchanged.code === 'refund_not_found') return failed('not_found', exchanged.code);
  const shown = refundIn(config, request, exchanged);
  return shown.kind === 'unknown' ? shown : refundOutcome(shown.shown);
}

type Found<T> = { kind: 'found'; shown: T } | ReturnType<typeof unknown>;

/** The order in a believed answer, if it is the one that was asked about. */
function orderIn(config: OpenConfig, name: { orderNo: string }, exchanged: Exchanged): Found<ShownOrder> {
  if (exchanged.kind === 'problem') return unknown('the wallet refused the call', exchanged.code);
  if (exchanged.kind !== 'answer') return unknown(exchanged.reason);
  const shown = readOrder(readBody(exchanged.body));
  if (shown === null) return unknown('the answer holds no readable order');
  const isAsked = shown.orderNo === name.orderNo && shown.merchantNo === config.merchantNo;
  return isAsked ? { kind: 'found', shown } : unknown('the answer is about another order');
}

function refundIn(config: OpenConfig, request: RefundRequest, exchanged: Exchanged): Found<ShownRefund> {
  if (exchanged.kind === 'problem') return unknown('the wallet refused the call', exchanged.code);
  if (exchanged.kind !== 'answer') return unknown(exchanged.reason);
  const shown = readRefund(readBody(exchanged.body));
  if (shown === null) return unknown('the answer holds no readable refund');
  const isAsked =
    shown.refundNo === request.refund.orderNo &&
    shown.orderNo === request.paid.orderNo &&
    shown.method === request.method &&
    shown.merchantNo === config.merchantNo;
  return isAsked ? { kind: 'found', shown } : unknown('the answer is about another refund');
}

const MINOR_MAX = 999_999_999_999n; // twelve digits, as "Amounts" has it

function isPayable(amount: PayRequest['amount']): boolean {
  return amount.currency === 'CNY' && amount.minor > 0n && amount.minor <= MINOR_MAX;
}

function isSame(left: PayRequest['amount'], right: PayRequest['amount']): boolean {
  return left.currency === right.currency && left.minor === right.minor;
}

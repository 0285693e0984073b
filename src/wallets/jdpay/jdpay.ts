import { assertNever } from '../../base/assert.ts';
import type {
  FailedOutcome,
  Outcome,
  PayReply,
  PayRequest,
  QueryRequest,
  RefundRequest,
  Scene,
  Wallet,
  WalletDeps,
} from '../wallet.ts';
import { type JdpayConfig, type JdpayParty, readConfig } from './config.ts';
import { exchange, type Exchanged, sealedForm } from './exchange.ts';
import { readNotification } from './notification.ts';
import {
  fkmPayFields,
  queryFields,
  queryRefundFields,
  refundFields,
  revokeFields,
  saveOrderFields,
  undoNo,
  uniorderFields,
} from './requests.ts';
import { appSignData } from './sign.ts';
import { failed, paymentFrom, refundFrom, unknown } from './translate.ts';
import { childText } from './xml.ts';

const PAYMENT_CODE = /^62\d{16,17}$/; // 18 or 19 digits

/** JD Pay (京东支付), messages of version V2.0. */
export const jdpay: Wallet<JdpayConfig> = {
  name: 'jdpay',
  docsUrl: 'https://payapi.jd.com',
  can: {
    scenes: ['web', 'wap', 'app', 'qr', 'code'],
    currencies: ['CNY'],
    closeUnpaid: true,
    cancelUndoes: true, // a revoke that meets a payment just made gives it back
    voidPaid: false, // JD's revoke of a paid order is a refund by another name
    refundWindowDays: 365, // common in contracts; not documented in public (JD Pay V2.0)
    askAfterSeconds: [15, 60, 180, 600, 1200, 3600, 7200],
    askRefundAfterSeconds: [2, 10, 60, 600, 3600, 21_600, 86_400],
    paymentCode: { pattern: PAYMENT_CODE, askAfterSeconds: [2, 5, 10, 15, 20, 30], undoAfterSeconds: 45 },
  },
  secretFields: ['token', 'cardNo', 'cardHolderName', 'cardHolderMobile', 'cardHolderId', 'signData'],
  readConfig,
  merchantNo: (config) => config.main.merchant,
  environment: (config) => config.environment,
  scenes,
  pay,
  query,
  cancel,
  refund,
  queryRefund,
  readNotification: (deps, config, raw) => readNotification(deps, config, raw, confirmPaid),
  // Fact sheet 6: for V2.0 not confirmed; V1 documents exactly this, and clients of V2.0 are seen to answer it.
  acknowledgement: { status: 200, contentType: 'text/plain; charset=utf-8', body: 'success' },
  identify: null,
  statement: null, // the bill of V2.0 is not documented in public
  refresh: null,
};

const FEN_MAX = 999_999_999_999n;
const UNSIGNED_DOUBT_MS = 24 * 3_600_000;

function scenes(config: JdpayConfig): readonly Scene[] {
  const needs: Partial<Record<Scene, unknown>> = { app: config.app, code: config.code };
  return jdpay.can.scenes.filter((scene) => needs[scene] !== null);
}

/** web and wap: a form that the buyer's browser posts, no call. The others: one call. */
async function pay(deps: WalletDeps, config: JdpayConfig, request: PayRequest): Promise<PayReply> {
  if (!isPayable(request.amount)) return refused('amount_refused', 'not an amount that JD Pay takes');
  if (!scenes(config).includes(request.scene))
    return refused('merchant_misconfigured', 'the account has not this scene');
  switch (request.scene) {
    case 'web':
    case 'wap': {
      const url = `${request.scene === 'web' ? config.payUrl : config.h5Url}/saveOrder`;
      const fields = sealedForm(config.main, saveOrderFields(config, request, deps.clock.now()));
      return { kind: 'pending', action: { type: 'form_post', url, fields } };
    }
    case 'app':
    case 'qr':
      return await payByOrder(deps, config, request, request.scene);
    case 'code':
      return await payByCode(deps, config, request);
    case 'jsapi':
      return refused('merchant_misconfigured', 'JD Pay has no such scene');
    default:
      return assertNever(request.scene);
  }
}

async function payByOrder(
  deps: WalletDeps,
  config: JdpayConfig,
  request: PayRequest,
  scene: 'app' | 'qr',
): Promise<PayReply> {
  const fields = uniorderFields(config, request, deps.clock.now(), scene === 'app' ? 'GEN' : 'QR');
  const exchanged = await exchange(deps, config, config.main, 'uniorder', fields);
  if (exchanged.kind !== 'answer') return notAnswered(exchanged);
  const { root } = exchanged;
  if (childText(root, 'amount') !== fields['amount']) return unknown('the answer has another amount');
  if (scene === 'qr') {
    const text = childText(root, 'qrCode') ?? '';
    if (!isCodeAddress(config, text)) return unknown('accepted without a QR code');
    return { kind: 'pending', action: { type: 'qr', text } };
  }
  const orderId = childText(root, 'orderId') ?? '';
  if (config.app === null || !/^[0-9]{1,32}$/.test(orderId)) return unknown('accepted without an orderId');
  const { merchant } = config.main;
  const signData = appSignData(merchant, orderId, config.app.md5Key);
  return {
    kind: 'pending',
    action: { type: 'app_request', fields: { orderId, merchant, appId: config.app.appId, signData } },
  };
}

async function payByCode(deps: WalletDeps, config: JdpayConfig, request: PayRequest): Promise<PayReply> {
  if (config.code === null) return refused('merchant_misconfigured', 'the account has no payment codes');
  if (!PAYMENT_CODE.test(request.paymentCode ?? '')) return refused('code_invalid', 'not a payment code of JD Pay');
  const fields = fkmPayFields(config, config.code, request);
  const exchanged = await exchange(deps, config, config.code, 'fkmPay', fields);
  if (exchanged.kind !== 'answer') return notAnswered(exchanged);
  const outcome = paymentFrom(exchanged.root);
  return outcome.kind === 'pending' ? { kind: 'pending', action: null } : outcome;
}

async function query(deps: WalletDeps, config: JdpayConfig, request: QueryRequest): Promise<Outcome> {
  const party = partyOf(config, request.scene);
  return party === null ? notSetUp() : (await look(deps, config, party, request, 'unlikely')).outcome;
}

/**
 * Asks before it revokes: JD's revoke of a paid order gives the money back, which only an order by payment code is meant
 * for. Should the buyer pay between the two, the money goes back, and `failed` is still true: it was undone. What JD says it
 * could not undo stays paid.
 */
async function cancel(deps: WalletDeps, config: JdpayConfig, request: QueryRequest): Promise<Outcome> {
  const party = partyOf(config, request.scene);
  if (party === null) return notSetUp();
  // A code's order is revoked once more, whatever came of an earlier time; any other stays paid if nobody undid it.
  const undone: Undone = request.scene === 'code' ? 'unlikely' : 'perhaps';
  const { outcome, isThere } = await look(deps, config, party, request, undone);
  const isRevocable = outcome.kind === 'pending' || (outcome.kind === 'succeeded' && request.scene === 'code');
  if (!isThere || !isRevocable) return outcome;
  const exchanged = await exchange(deps, config, party, 'revoke', revokeFields(party, request, deps.clock.now()));
  if (exchanged.kind !== 'answer') return unknown(whyUnclear(exchanged));
  const undo = refundFrom(exchanged.root);
  if (undo.kind === 'failed') return outcome.kind === 'succeeded' ? outcome : unknown('not undone', undo.walletCode);
  return undo.kind === 'succeeded' ? failed('already_undone', '', '已撤销') : undo;
}

/** `pending` is accepted, not finished. */
async function refund(deps: WalletDeps, config: JdpayConfig, request: RefundRequest): Promise<Outcome> {
  if (!isPayable(request.amount)) return refused('amount_refused', 'not an amount that JD Pay takes');
  if (request.method === 'void') return refused('other', 'JD Pay has no void');
  const party = partyOf(config, request.paid.scene);
  if (party === null) return refused('merchant_misconfigured', 'the account has no payment codes');
  const exchanged = await exchange(deps, config, party, 'refund', refundFields(party, request));
  return exchanged.kind === 'answer' ? refundFrom(exchanged.root) : notAnswered(exchanged);
}

async function queryRefund(deps: WalletDeps, config: JdpayConfig, request: RefundRequest): Promise<Outcome> {
  const party = partyOf(config, request.paid.scene);
  if (party === null) return notSetUp();
  const exchanged = await askRefund(deps, config, party, request.refund.orderNo, request.paid.orderNo);
  if (saysNoSuchOrder(exchanged) && exchanged.isSigned) return failed('not_found', exchanged.code, exchanged.desc);
  return exchanged.kind === 'answer' ? refundFrom(exchanged.root) : unknown(whyUnclear(exchanged));
}

/** How an order stands, and whether JD has one under its number. */
async function look(
  deps: WalletDeps,
  config: JdpayConfig,
  party: JdpayParty,
  request: QueryRequest,
  undone: Undone,
): Promise<{ outcome: Outcome; isThere: boolean }> {
  // The answer is as old as the question: "no such order", said before the time is up, is no "never" after it.
  const pastExpiryMs = deps.clock.now().getTime() - request.expiresAt.getTime();
  const exchanged = await exchange(deps, config, party, 'query', queryFields(party, request));
  if (saysNoSuchOrder(exchanged)) return { outcome: absent(exchanged, pastExpiryMs), isThere: false };
  if (exchanged.kind !== 'answer') return { outcome: unknown(whyUnclear(exchanged)), isThere: false };
  if (childText(exchanged.root, 'tradeType') !== '0') {
    return { outcome: unknown('the order number is not a payment'), isThere: false };
  }
  const told = paymentFrom(exchanged.root);
  return { outcome: await confirmPaid(deps, config, party, request.orderNo, told, undone), isThere: true };
}

/** Whether an order may have been undone by an earlier call of ours whose answer was lost. */
type Undone = 'perhaps' | 'unlikely';

/**
 * A payment that was undone may still be called paid: to JD the undo is a refund of its own. Only a plain "undone" makes it
 * failed; where JD knows of no undo, paid is paid; where it does not answer, nothing is known. What it says when it knows of
 * none is not public: any refusal will do, unless we may have asked for an undo; then only a plain "there is none".
 */
async function confirmPaid(
  deps: WalletDeps,
  config: JdpayConfig,
  party: JdpayParty,
  orderNo: string,
  told: Outcome,
  undone: Undone,
): Promise<Outcome> {
  if (told.kind !== 'succeeded') return told;
  const exchanged = await askRefund(deps, config, party, undoNo(orderNo), orderNo);
  if (exchanged.kind === 'refused' && (undone === 'unlikely' || saysNoSuchOrder(exchanged))) return told;
  if (exchanged.kind !== 'answer') return unknown(whyUnclear(exchanged));
  const undo = refundFrom(exchanged.root);
  if (undo.kind === 'succeeded') return failed('already_undone', '', '已撤销');
  return undo.kind === 'failed' ? told : undo;
}

async function askRefund(
  deps: WalletDeps,
  config: JdpayConfig,
  party: JdpayParty,
  orderNo: string,
  paymentOrderNo: string,
): Promise<Exchanged> {
  const fields = queryRefundFields(party, orderNo, paymentOrderNo);
  const exchanged = await exchange(deps, config, party, 'query', fields);
  if (exchanged.kind !== 'answer' || childText(exchanged.root, 'tradeType') !== '0') return exchanged;
  return { kind: 'unknown', reason: 'the order number is a payment' };
}

type Unanswered = Exclude<Exchanged, { kind: 'answer' }>;

/** To something that we wanted done: unless it surely never arrived, it may have been. */
function notAnswered(exchanged: Unanswered): FailedOutcome | ReturnType<typeof unknown> {
  return exchanged.kind === 'not_sent' ? refused('not_sent', exchanged.reason) : unknown(whyUnclear(exchanged));
}

function whyUnclear(exchanged: Unanswered): string {
  return exchanged.kind === 'refused' ? `JD answered ${exchanged.code}` : exchanged.reason;
}

type Refused = Extract<Exchanged, { kind: 'refused' }>;

/**
 * JD's words for an order that it does not have. Which of its codes means that is not public (JD Pay V2.0), so the text
 * decides.
 */
function saysNoSuchOrder(exchanged: Exchanged): exchanged is Refused {
  return exchanged.kind === 'refused' && /不存在|无此(订单|交易)|not (exist|found)/i.test(exchanged.desc);
}

/**
 * Before its time is up the buyer may be on the way there. Afterwards it is over if JD signs that; whether it signs such a
 * refusal is not public, so one that stays unsigned is believed in the end, long after the last notification.
 */
function absent(refusal: Refused, pastExpiryMs: number): Outcome {
  if (pastExpiryMs <= 0) return { kind: 'pending' };
  const isBelieved = refusal.isSigned || pastExpiryMs > UNSIGNED_DOUBT_MS;
  return isBelieved ? failed('not_found', refusal.code, refusal.desc) : unknown(whyUnclear(refusal));
}

/** The number and keys that an order was made with. */
function partyOf(config: JdpayConfig, scene: Scene): JdpayParty | null {
  return scene === 'code' ? config.code : config.main;
}

/** What JD shows as a code is an address of its own; on a live account never one without TLS. */
function isCodeAddress(config: JdpayConfig, text: string): boolean {
  if (text.length > 512 || !URL.canParse(text)) return false;
  const { protocol } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && config.environment === 'test');
}

function isPayable(amount: PayRequest['amount']): boolean {
  return amount.currency === 'CNY' && amount.minor > 0n && amount.minor <= FEN_MAX;
}

function notSetUp(): Outcome {
  return unknown('the account has no payment codes any more');
}

/** Refused before JD heard of it. */
function refused(reason: FailedOutcome['reason'], message: string): FailedOutcome {
  return { kind: 'failed', reason, walletCode: '', walletMessage: message };
}

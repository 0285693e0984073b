import type {
  FailedOutcome,
  NextAction,
  Outcome,
  PayReply,
  PayRequest,
  QueryRequest,
  Scene,
  WalletDeps,
} from '../wallet.ts';
import { rowOf } from './codes.ts';
import type { WechatpayConfig } from './config.ts';
import { exchange, type Exchanged } from './exchange.ts';
import { appAction, h5Action, jsapiAction, nativeAction } from './actions.ts';
import { textAt } from './parse.ts';
import { closeCall, orderCall, queryCall, reverseCall } from './requests.ts';
import { failed, type OrderStanding, orderStanding, toOutcome, unknown, whyOtherOrder } from './translate.ts';

/** Larger would not survive as a number in JSON; no order is near it. */
const FEN_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** WeChat Pay refuses a request that was signed more than five minutes ago: after that it can no longer be on its way. */
const SIGNED_FOR_SECONDS = 300;

/** Places the order, or charges the code. Asked again with one name it is the same order. */
export async function pay(deps: WalletDeps, config: WechatpayConfig, request: PayRequest): Promise<PayReply> {
  if (!isPayable(request.amount)) return failed('amount_refused', '', 'not an amount that WeChat Pay takes');
  const { scene } = request;
  if (scene === 'web') return failed('other', '', 'on a desktop WeChat Pay is paid by a QR code: scene qr');
  const lack = whatIsLacking(config, request);
  if (lack !== null) return lack;
  const exchanged = await exchange(deps, config, orderCall(config, request, scene));
  if (exchanged.kind === 'not_sent') return failed('not_sent', '', exchanged.reason);
  if (exchanged.kind === 'unknown') return exchanged;
  if (exchanged.kind === 'refusal') return explainRefusal(deps, config, request, exchanged);
  if (scene === 'code') return chargedReply(config, request, exchanged);
  return (await nextAction(deps, config, request, exchanged)) ?? unknown('accepted without what is needed to pay it');
}

/**
 * Asks how the order stands. An order that nobody paid in its time is closed on the way: WeChat Pay leaves it open (the end
 * of payment is not the end of the order) and may have moved that end, so only a closed order is surely never paid.
 */
export async function query(deps: WalletDeps, config: WechatpayConfig, request: QueryRequest): Promise<Outcome> {
  const askedAt = deps.clock.now();
  const standing = await ask(deps, config, request);
  const isOver = askedAt.getTime() > request.expiresAt.getTime();
  if (standing.kind === 'unpaid' && isOver && request.scene !== 'code') return close(deps, config, request);
  return toOutcome(standing);
}

/** Closes an unpaid order; undoes one by payment code, paid or not. */
export async function cancel(deps: WalletDeps, config: WechatpayConfig, request: QueryRequest): Promise<Outcome> {
  return request.scene === 'code' ? reverse(deps, config, request) : close(deps, config, request);
}

async function ask(
  deps: WalletDeps,
  config: WechatpayConfig,
  request: Pick<QueryRequest, 'orderNo' | 'orderedAt' | 'expiresAt' | 'scene'>,
): Promise<OrderStanding> {
  const askedAt = deps.clock.now();
  const exchanged = await exchange(deps, config, queryCall(config, request.orderNo));
  if (exchanged.kind === 'answer') {
    const other = whyOtherOrder(config, exchanged.json, request.orderNo);
    return other === null ? orderStanding(exchanged.json, request.scene) : unknown(other);
  }
  if (exchanged.kind !== 'refusal') return unknown(exchanged.reason);
  if (!isNotFound(exchanged.code)) return unknown(exchanged.message, exchanged.code);
  return isTooLateToArrive(request, askedAt)
    ? failed('not_found', exchanged.code, exchanged.message)
    : unknown('WeChat Pay does not know the order yet', exchanged.code);
}

async function close(deps: WalletDeps, config: WechatpayConfig, request: QueryRequest): Promise<Outcome> {
  const exchanged = await exchange(deps, config, closeCall(config, request.orderNo));
  if (exchanged.kind === 'answer') {
    // Answers do not name their question: whatever has a content is the answer to another one.
    if (Object.keys(exchanged.json).length > 0) return unknown('the answer is to something else');
    return exchanged.status === 202 ? { kind: 'pending' } : failed('expired', 'CLOSED', 'closed unpaid');
  }
  if (exchanged.kind !== 'refusal') return unknown(exchanged.reason);
  if (rowOf(exchanged.code).state === 'paying') return { kind: 'pending' };
  return toOutcome(await ask(deps, config, request)); // paid, closed before, not there: the order itself tells
}

async function reverse(deps: WalletDeps, config: WechatpayConfig, request: QueryRequest): Promise<Outcome> {
  const exchanged = await exchange(deps, config, reverseCall(config, request));
  if (exchanged.kind === 'answer') {
    if (exchanged.status !== 200) return { kind: 'pending' };
    const other = whyOtherOrder(config, exchanged.json, request.orderNo);
    if (other !== null) return unknown(other);
    const state = textAt(exchanged.json, 'trade_state'); // an undo tells none; the answer to a question always does
    return ['', 'REVOKED'].includes(state)
      ? failed('already_undone', 'REVOKED', 'undone by us')
      : unknown('the answer is to something else', state);
  }
  if (exchanged.kind !== 'refusal') return unknown(exchanged.reason);
  const { state } = rowOf(exchanged.code);
  if (state === 'paying') return { kind: 'pending' };
  const standing = await ask(deps, config, request);
  // What is surely refused stays paid. Where that is unclear it may yet be undone: asked again later.
  if (standing.kind === 'succeeded' && state !== 'refused') return unknown(exchanged.message, exchanged.code);
  return toOutcome(standing);
}

/**
 * A signed refusal of the order. It may be about a second try of an order that is paid or waiting, so the order itself is
 * asked: only where there is none, or a dead one, has it failed, and not where the refusal says that there is one. Where the account is set up wrongly the question is
 * refused like the order was; then nothing of this account was ever taken.
 */
async function explainRefusal(
  deps: WalletDeps,
  config: WechatpayConfig,
  request: PayRequest,
  refusal: Extract<Exchanged, { kind: 'refusal' }>,
): Promise<PayReply> {
  const row = rowOf(refusal.code);
  if (row.state === 'unclear') return unknown(refusal.message, refusal.code);
  if (row.state === 'paying' && request.scene === 'code') return { kind: 'pending', action: null };
  const exchanged = await exchange(deps, config, queryCall(config, request.orderNo));
  const reason = row.state === 'refused' ? row.reason : REASONS[row.state];
  const saysThere = row.state === 'paid' || row.state === 'paying';
  if (saysThere && exchanged.kind === 'refusal') return unknown(refusal.message, refusal.code);
  if (exchanged.kind === 'refusal' && (isNotFound(exchanged.code) || isSetUpWrongly(refusal.code, exchanged.code)))
    return failed(reason, refusal.code, refusal.message);
  if (exchanged.kind !== 'answer') return unknown(refusal.message, refusal.code);
  const other = whyOtherOrder(config, exchanged.json, request.orderNo);
  const standing = other === null ? orderStanding(exchanged.json, request.scene) : unknown(other);
  if (standing.kind === 'failed') return failed(reason, refusal.code, refusal.message);
  if (standing.kind === 'paying' && request.scene === 'code') return { kind: 'pending', action: null };
  return standing.kind === 'succeeded' ? standing : unknown(refusal.message, refusal.code);
}

function isNotFound(code: string): boolean {
  return rowOf(code).state === 'not_found';
}

function isSetUpWrongly(...codes: readonly string[]): boolean {
  return codes.every((code) => {
    const row = rowOf(code);
    return row.state === 'refused' && row.reason === 'merchant_misconfigured';
  });
}

const REASONS = {
  taken: 'other',
  paid: 'other',
  closed: 'expired',
  not_found: 'other',
  paying: 'other',
  busy: 'wallet_busy',
} as const satisfies Record<string, FailedOutcome['reason']>;

/** The answer to a charged code is the transaction itself. */
function chargedReply(
  config: WechatpayConfig,
  request: PayRequest,
  answer: Extract<Exchanged, { kind: 'answer' }>,
): PayReply {
  if (answer.status !== 200) return { kind: 'pending', action: null };
  const other = whyOtherOrder(config, answer.json, request.orderNo);
  const standing = other === null ? orderStanding(answer.json, request.scene) : unknown(other);
  return standing.kind === 'unpaid' || standing.kind === 'paying' ? { kind: 'pending', action: null } : standing;
}

async function nextAction(
  deps: WalletDeps,
  config: WechatpayConfig,
  request: PayRequest,
  answer: Extract<Exchanged, { kind: 'answer' }>,
): Promise<PayReply | null> {
  const make = ACTIONS[request.scene];
  const action = make === null ? null : await make(deps, config, request, answer.json);
  return action === null ? null : { kind: 'pending', action };
}

const ACTIONS = {
  web: null,
  code: null,
  wap: h5Action,
  jsapi: jsapiAction,
  app: appAction,
  qr: nativeAction,
} as const satisfies Record<Scene, ActionMaker | null>;

type ActionMaker = (...args: Parameters<typeof h5Action>) => Promise<NextAction | null>;

function isPayable(amount: PayRequest['amount']): boolean {
  return amount.currency === 'CNY' && amount.minor > 0n && amount.minor <= FEN_MAX;
}

/** What the scene cannot do without; refused before WeChat Pay hears of it. */
function whatIsLacking(config: WechatpayConfig, request: PayRequest): FailedOutcome | null {
  if (request.scene === 'jsapi' && request.payer === null)
    return failed('other', '', 'a page inside WeChat needs to know who pays');
  if (request.scene === 'wap' && request.buyerIp === null)
    return failed('other', '', 'an H5 payment needs the network address of the buyer');
  if (request.scene === 'app' && config.appAppid === null)
    return failed('merchant_misconfigured', '', 'the account has no app_appid');
  if (request.scene === 'code' && config.store === null)
    return failed('merchant_misconfigured', '', 'the account has no store_id');
  if (request.scene === 'code' && request.paymentCode === null)
    return failed('code_invalid', '', 'there is no payment code');
  return null;
}

/** Whether a request for this order, sent and lost, would be refused by now: it was signed too long ago. */
function isTooLateToArrive(request: Pick<QueryRequest, 'orderedAt' | 'expiresAt' | 'scene'>, at: Date): boolean {
  const signedUntilMs = request.orderedAt.getTime() + SIGNED_FOR_SECONDS * 1000;
  const untilMs = request.scene === 'code' ? signedUntilMs : Math.max(signedUntilMs, request.expiresAt.getTime());
  return at.getTime() > untilMs;
}

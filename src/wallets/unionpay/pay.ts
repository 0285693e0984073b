import type { FailedOutcome, NextAction, PayReply, PayRequest, UnknownOutcome, WalletDeps } from '../wallet.ts';
import type { UnionpayConfig } from './config.ts';
import { type Endpoint, exchange, signed } from './exchange.ts';
import type { Fields } from './parse.ts';
import { payFields } from './requests.ts';
import { acceptance, failed, unknown } from './translate.ts';

const FEN_MAX = 999_999_999_999n; // txnAmt has 12 digits

/**
 * web and wap: a form that the buyer's browser posts, no call. app, qr and jsapi: an order, and what leads the buyer to it.
 * code: a charge, whose outcome is always asked for.
 */
export async function pay(deps: WalletDeps, config: UnionpayConfig, request: PayRequest): Promise<PayReply> {
  if (!isPayable(request.amount)) return refused('amount_refused', 'not an amount that UnionPay takes');
  const fields = payFields(config, request);
  switch (request.scene) {
    case 'web':
    case 'wap': {
      const url = `${config.gatewayUrl}/frontTransReq.do`;
      return { kind: 'pending', action: { type: 'form_post', url, fields: await signed(config, fields) } };
    }
    case 'app':
      return order(deps, config, 'appTransReq.do', fields, (answer) => appOrder(config, answer));
    case 'qr':
      return order(deps, config, 'backTransReq.do', fields, shownCode);
    case 'jsapi':
      if (request.payer === null) return refused('merchant_misconfigured', 'nobody has told who pays');
      return order(deps, config, 'newAppTransReq.do', fields, (answer) => inWalletPage(config, answer));
    case 'code':
      if (request.paymentCode === null) return refused('code_invalid', 'no payment code was scanned');
      return charge(deps, config, fields);
    default:
      return request.scene satisfies never;
  }
}

export function isPayable(amount: PayRequest['amount']): boolean {
  return amount.currency === 'CNY' && amount.minor > 0n && amount.minor <= FEN_MAX;
}

/** Refused before UnionPay heard of it. */
export function refused(reason: FailedOutcome['reason'], message: string): FailedOutcome {
  return failed(reason, '', message);
}

async function order(
  deps: WalletDeps,
  config: UnionpayConfig,
  endpoint: Endpoint,
  fields: Fields,
  toAction: (answer: Fields) => NextAction | UnknownOutcome,
): Promise<PayReply> {
  const exchanged = await exchange(deps, config, endpoint, fields);
  if (exchanged.kind === 'not_sent') return refused('not_sent', exchanged.reason);
  if (exchanged.kind === 'unknown') return exchanged;
  const answer = exchanged.fields;
  const accepted = acceptance(answer, 'order');
  if (accepted.kind !== 'pending') return accepted;
  if (!isAnswerTo(fields, answer)) return unknown('the answer is to something else');
  const action = toAction(answer);
  return 'kind' in action ? action : { kind: 'pending', action };
}

/** A synchronous 00 is not taken for the money: who asks next, after a second, is told. */
async function charge(deps: WalletDeps, config: UnionpayConfig, fields: Fields): Promise<PayReply> {
  const exchanged = await exchange(deps, config, 'backTransReq.do', fields);
  if (exchanged.kind === 'not_sent') return refused('not_sent', exchanged.reason);
  if (exchanged.kind === 'unknown') return exchanged;
  const accepted = acceptance(exchanged.fields, 'charge');
  if (accepted.kind !== 'pending') return accepted;
  if (!isAnswerTo(fields, exchanged.fields)) return unknown('the answer is to something else');
  return { kind: 'pending', action: null };
}

function isAnswerTo(fields: Fields, answer: Fields): boolean {
  return answer['txnType'] === fields['txnType'] && answer['txnSubType'] === fields['txnSubType'];
}

function appOrder(config: UnionpayConfig, answer: Fields): NextAction | UnknownOutcome {
  const orderString = answer['tn'] ?? '';
  if (!/^[0-9A-Za-z]{1,64}$/.test(orderString)) return unknown('accepted without a tn', answer['respCode']);
  return { type: 'app_order', orderString, sdkMode: config.environment === 'production' ? '00' : '01' };
}

/** `https://qr.95516.com/…`, the text of the picture. Source: UnionPay 5.1.0. */
function shownCode(answer: Fields): NextAction | UnknownOutcome {
  const text = answer['qrCode'] ?? '';
  return isAddress(text) ? { type: 'qr', text } : unknown('accepted without a qrCode', answer['respCode']);
}

/** Unconfirmed: the documents at hand show the order but not which field of its answer opens the cashier. */
function inWalletPage(config: UnionpayConfig, answer: Fields): NextAction | UnknownOutcome {
  const url = answer[config.payUrlField] ?? '';
  const isUsable = isAddress(url) && (config.environment === 'test' || url.startsWith('https://'));
  return isUsable ? { type: 'redirect', url } : unknown('accepted without an address to pay at', answer['respCode']);
}

function isAddress(text: string): boolean {
  return /^https?:\/\/[\x21-\x7e]{1,500}$/.test(text) && URL.canParse(text);
}

import type { Outcome, WalletDeps } from '../wallet.ts';
import type { AlipayConfig } from './config.ts';
import { exchange } from './exchange.ts';
import { refundQueryCall } from './requests.ts';
import { refundFromQuery, unknown } from './translate.ts';

/** How one refund of a payment stands, by both sides' only name for it: our number. */
export async function askRefund(
  deps: WalletDeps,
  config: AlipayConfig,
  paymentNo: string,
  refundNo: string,
): Promise<Outcome> {
  const exchanged = await exchange(deps, config, refundQueryCall(paymentNo, refundNo));
  return exchanged.kind === 'answer' ? refundFromQuery(exchanged.fields, refundNo) : unknown(exchanged.reason);
}

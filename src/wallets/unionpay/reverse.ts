import type { Outcome, QueryRequest, WalletDeps } from '../wallet.ts';
import { rowOf } from './codes.ts';
import type { UnionpayConfig } from './config.ts';
import { exchange } from './exchange.ts';
import { reversalFields } from './requests.ts';
import { failed, unknown } from './translate.ts';

/**
 * Undoes a charged payment code (冲正), paid or not, within the clearing day. `failed` with `already_undone`: the buyer keeps
 * the money. What UnionPay refuses to undo is asked for instead: an order that stays paid is told as paid.
 * Source: UnionPay 5.1.0: 00 means done, 03/04/05 repeat.
 */
export async function reverse(
  deps: WalletDeps,
  config: UnionpayConfig,
  request: QueryRequest,
  ask: () => Promise<Outcome>,
): Promise<Outcome> {
  const exchanged = await exchange(deps, config, 'backTransReq.do', reversalFields(config, request));
  if (exchanged.kind !== 'answer') return unknown(exchanged.reason);
  const answer = exchanged.fields;
  const code = answer['respCode'] ?? '';
  const row = rowOf(code);
  switch (row?.state) {
    case 'success':
      if (answer['txnType'] !== '99') return unknown('the answer is to something else', code);
      return failed('already_undone', code, answer['respMsg'] ?? '');
    case 'failed':
      if (row.reason === 'already_undone') return failed('already_undone', code, answer['respMsg'] ?? '');
      return row.reason === 'wallet_busy' ? unknown(row.meaning, code) : ask();
    case 'not_found':
      return ask();
    case 'waiting':
    case 'unclear':
      return unknown(row.meaning, code);
    case undefined:
      return unknown('a code that is not documented', code);
    default:
      return row satisfies never;
  }
}

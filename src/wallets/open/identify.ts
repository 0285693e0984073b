import type { PayerCame, PayerIdentification, PayerReading, WalletDeps } from '../wallet.ts';
import type { OpenConfig } from './config.ts';
import { exchange, readBody } from './exchange.ts';
import { membersOf, readText } from './parse.ts';

/** How a page inside the wallet's own browser learns who pays. Open Wallet Protocol, "Payers". */
export const identify: PayerIdentification<OpenConfig> = {
  askUrl(config, { returnUrl, state }) {
    const query = new URLSearchParams({ merchant_no: config.merchantNo, return_url: returnUrl, state });
    return `${config.walletUrl}/authorize?${query.toString()}`;
  },
  read,
};

async function read(deps: WalletDeps, config: OpenConfig, came: PayerCame): Promise<PayerReading> {
  if (came.query['error'] !== undefined) return { kind: 'refused', reason: 'the person or the wallet said no' };
  const code = readText(came.query['code'], 128);
  if (code === null) return { kind: 'unknown', reason: 'the browser came back without a code' };
  const exchanged = await exchange(deps, config, { method: 'POST', path: '/payers', body: { code } });
  if (exchanged.kind === 'problem')
    return { kind: exchanged.row.isFinal ? 'refused' : 'unknown', reason: `the wallet answered ${exchanged.code}` };
  if (exchanged.kind !== 'answer') return { kind: 'unknown', reason: exchanged.reason };
  const id = readText(membersOf(readBody(exchanged.body))?.['payer_id'], 64);
  if (id === null) return { kind: 'unknown', reason: 'the answer names no payer' };
  return { kind: 'payer', payer: { id, walletApp: null } };
}

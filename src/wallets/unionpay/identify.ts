import type { PayerCame, PayerIdentification, PayerReading, WalletDeps } from '../wallet.ts';
import { rowOf } from './codes.ts';
import type { UnionpayConfig } from './config.ts';
import { exchange } from './exchange.ts';
import { payerFields } from './requests.ts';

/** What a page that nobody's app is known of is opened by. Source: UnionPay 5.1.0. */
const USUAL_APP = 'UnionPay/1.0 CloudPay';
const APP = /UnionPay\/([0-9.]+) ([A-Za-z0-9]+)/;

/** 银联 JS 支付, userAuth: works inside the browser of any app of UnionPay's network. Source: UnionPay 5.1.0. */
export const identify: PayerIdentification<UnionpayConfig> = { askUrl, read };

/** UnionPay carries no state of ours, but keeps what the address to come back to has in its query. */
function askUrl(config: UnionpayConfig, request: { returnUrl: string; state: string }): string {
  const back = new URL(request.returnUrl);
  back.searchParams.set('state', request.state);
  const ask = new URL(config.userAuthUrl ?? '');
  ask.searchParams.set('version', '1.0.0');
  ask.searchParams.set('redirectUrl', back.href);
  return ask.href;
}

async function read(deps: WalletDeps, config: UnionpayConfig, came: PayerCame): Promise<PayerReading> {
  const { respCode = '', userAuthCode: given = '' } = came.query;
  // The table of these codes is not public: 00 is fine, everything else is a no.
  if (respCode !== '00') return { kind: 'refused', reason: `respCode ${respCode.slice(0, 8)}` };
  const userAuthCode = withPlus(given);
  if (!/^[\x21-\x7e]{1,512}$/.test(userAuthCode))
    return { kind: 'unknown', reason: 'came back without a userAuthCode' };
  const walletApp = APP.exec(came.userAgent)?.[0] ?? USUAL_APP;
  const fields = payerFields(config, came.name, { userAuthCode, appUpIdentifier: walletApp });
  const exchanged = await exchange(deps, config, 'newAppTransReq.do', fields);
  if (exchanged.kind !== 'answer') return { kind: 'unknown', reason: exchanged.reason };
  const code = exchanged.fields['respCode'] ?? '';
  if (code !== '00') {
    const kind = rowOf(code)?.state === 'failed' ? 'refused' : 'unknown';
    return { kind, reason: `respCode ${code.slice(0, 8)}` };
  }
  const id = withPlus(exchanged.fields['appUserId'] ?? '');
  if (!/^[\x21-\x7e]{1,256}$/.test(id)) return { kind: 'unknown', reason: 'answered without an appUserId' };
  return { kind: 'payer', payer: { id, walletApp } };
}

/** Base64 whose `+` has been read as blanks on its way. */
function withPlus(text: string): string {
  return text.replaceAll(' ', '+');
}

import { assert } from '../../base/assert.ts';
import { WALLET_CALL_TIMEOUT_MS, WALLET_REPLY_BYTES_MAX } from '../../base/limits.ts';
import type { PayerCame, PayerIdentification, PayerReading, WalletDeps } from '../wallet.ts';
import type { WechatpayConfig } from './config.ts';
import { integerAt, readJson, textAt } from './parse.ts';

/**
 * Who pays, for a page inside WeChat: an official account's quiet log-in (网页授权, scope snsapi_base), which shows the person
 * nothing and tells the openid of that person for that account.
 */
export const identify: PayerIdentification<WechatpayConfig> = { askUrl, read };

function askUrl(config: WechatpayConfig, request: { returnUrl: string; state: string }): string {
  assert(/^[0-9A-Za-z]{0,128}$/.test(request.state), 'WeChat brings back a state of 128 letters and digits at most');
  // In the documented order: WeChat is known to be particular about it.
  const query = [
    `appid=${config.appid}`,
    `redirect_uri=${encodeURIComponent(request.returnUrl)}`,
    'response_type=code',
    'scope=snsapi_base',
    `state=${request.state}`,
  ];
  return `${config.oauthUrl}/connect/oauth2/authorize?${query.join('&')}#wechat_redirect`;
}

/** Redeems the code, once. The reply is not signed: TLS vouches for it, and an openid alone moves no money. */
async function read(deps: WalletDeps, config: WechatpayConfig, came: PayerCame): Promise<PayerReading> {
  if (config.appSecret === null) return { kind: 'unknown', reason: 'the account has no app_secret' };
  const code = came.query['code'] ?? '';
  if (code === '') return { kind: 'refused', reason: 'WeChat sent the person back without a code' };
  if (!/^[0-9A-Za-z_-]{1,256}$/.test(code)) return { kind: 'unknown', reason: 'the code is not readable' };
  const query = new URLSearchParams({
    appid: config.appid,
    secret: config.appSecret.reveal(),
    code,
    grant_type: 'authorization_code',
  });
  const reply = await deps.send({
    method: 'GET',
    url: `${config.snsUrl}/sns/oauth2/access_token?${query.toString()}`,
    headers: { accept: 'application/json', 'user-agent': 'hutong' },
    body: '',
    timeoutMs: WALLET_CALL_TIMEOUT_MS,
    replyBytesMax: WALLET_REPLY_BYTES_MAX,
  });
  if (reply.kind !== 'reply') return { kind: 'unknown', reason: `no answer about who pays: ${reply.kind}` };
  const json = reply.status === 200 ? readJson(reply.body) : null; // it comes as text/plain
  if (json === null) return { kind: 'unknown', reason: `HTTP status ${reply.status}, not readable` };
  const openid = textAt(json, 'openid');
  if (/^[0-9A-Za-z_-]{1,128}$/.test(openid)) return { kind: 'payer', payer: { id: openid, walletApp: null } };
  return { kind: 'unknown', reason: `errcode ${integerAt(json, 'errcode') ?? 'missing'}` };
}

import type { PayerCame, PayerIdentification, PayerReading, WalletDeps } from '../wallet.ts';
import type { AlipayConfig } from './config.ts';
import { exchange } from './exchange.ts';

const METHOD = 'alipay.system.oauth.token';

/**
 * Alipay's silent login for pages in its own browser: it comes back with `auth_code`, which one call turns into who pays.
 * Source: Alipay OpenAPI, 网页授权获取用户信息, scope auth_base.
 */
export const identify: PayerIdentification<AlipayConfig> = {
  askUrl(config, { returnUrl, state }) {
    const query = new URLSearchParams({
      app_id: config.appId,
      scope: 'auth_base',
      redirect_uri: returnUrl,
      state,
    });
    return `${config.authorizeUrl}?${query.toString()}`;
  },
  read,
};

async function read(deps: WalletDeps, config: AlipayConfig, came: PayerCame): Promise<PayerReading> {
  const code = came.query['auth_code'] ?? '';
  if (code === '') return { kind: 'refused', reason: 'Alipay sent the buyer back without a code' };
  if (!/^[0-9A-Za-z]{1,64}$/.test(code)) return { kind: 'unknown', reason: 'not a code of Alipay' };
  const appId = came.query['app_id'];
  if (appId !== undefined && appId !== config.appId)
    return { kind: 'unknown', reason: 'the code is for another application' };
  const more = { grant_type: 'authorization_code', code };
  const exchanged = await exchange(deps, config, { method: METHOD, content: null, more });
  if (exchanged.kind !== 'answer') return { kind: 'unknown', reason: exchanged.reason };
  const { fields } = exchanged;
  // The answer carries a code only when it is a refusal, or 10000 since some time.
  if ((fields['code'] ?? '10000') !== '10000') {
    const told = `${fields['code']} ${fields['sub_code'] ?? ''}`.replace(/[^\w. -]/g, '?').slice(0, 80);
    return { kind: 'unknown', reason: `Alipay did not take the code: ${told}` };
  }
  const id = fields['open_id'] ?? fields['user_id'] ?? '';
  if (!/^[\w-]{8,128}$/.test(id)) return { kind: 'unknown', reason: 'the answer names no person' };
  return { kind: 'payer', payer: { id, walletApp: null } };
}

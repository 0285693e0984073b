import type { NamedKey } from './keys.ts';
import type { OpenSide } from './wallet.ts';

export const BASE_PATH = '/open-wallet/v1';

/** What the wallet says of itself at /.well-known/open-wallet. */
export function manifest(side: OpenSide): object {
  const { brand, keys, ground } = side;
  return {
    protocol: 'open-wallet',
    version: '1',
    name: brand.name,
    colour: brand.colour,
    api_url: ground.url + BASE_PATH,
    environment: 'test',
    keys: keys.wallet.map(toJwk),
    scenes: ['web', 'wap', 'app', 'qr', 'jsapi', 'code'],
    can: { void: true },
    refund_window_days: 365,
    payment_code_prefix: brand.codePrefix,
    user_agent_token: brand.userAgentToken,
    app_link_prefixes: [`${brand.appScheme}://`],
    statement_ready_hour: 9,
    test_hooks_url: `${ground.url}/sandbox`,
  };
}

/** RFC 8037. */
function toJwk({ id, publicKey }: NamedKey): object {
  return { kty: 'OKP', crv: 'Ed25519', kid: id, use: 'sig', x: publicKey.export({ format: 'jwk' }).x };
}

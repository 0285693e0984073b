import { type Answer, answerJson } from './answer.ts';
import {
  CODE_PREFIX,
  REFUND_WINDOW_DAYS,
  STATEMENT_READY_HOUR,
  USER_AGENT_TOKEN,
  WALLET_COLOUR,
  WALLET_NAME,
} from './figures.ts';
import { SCENES } from './order.ts';
import type { ProtocolSide } from './protocol-side.ts';
import { apiUrl } from './show-order.ts';

/** Where test hooks are, in test mode alone. */
export const HOOKS_PATH = '/open-wallet/test-hooks';

/** GET /.well-known/open-wallet. docs/open-wallet-protocol.md, "Manifest". */
export async function answerManifest(side: ProtocolSide): Promise<Answer> {
  const { deps, keys } = side;
  const isTest = deps.testBuyers !== null;
  return answerJson(200, {
    protocol: 'open-wallet',
    version: '1',
    name: WALLET_NAME,
    colour: WALLET_COLOUR,
    api_url: apiUrl(deps),
    environment: isTest ? 'test' : 'production',
    keys: await keys.listed(),
    scenes: SCENES,
    can: { void: true },
    refund_window_days: REFUND_WINDOW_DAYS,
    payment_code_prefix: CODE_PREFIX,
    user_agent_token: USER_AGENT_TOKEN,
    app_link_prefixes: deps.walletUrl.startsWith('https:') ? [`${deps.walletUrl}/pay/`] : [],
    statement_ready_hour: STATEMENT_READY_HOUR,
    test_hooks_url: isTest ? deps.walletUrl + HOOKS_PATH : null,
  });
}

import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import type { Send } from '../src/base/outbound.ts';
import { systemRandom } from '../src/base/random.ts';
import { Secret } from '../src/base/secret.ts';
import { addWalletAccount } from '../src/cashier/add-wallet-account.ts';
import { createApiKey } from '../src/cashier/api-keys.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { SCOPES } from '../src/cashier/merchant.ts';
import { BOOK, openHutong } from '../src/hutong.ts';
import { createEndpoint } from '../src/webhooks/create-endpoint.ts';

/*
 * A Hutong server as a process of its own, for benchmarks. The parent sends { databaseUrl, port, walletSettings,
 * webhookUrl } and gets back { apiKey }; then `{ ask: 'wallet' }` is answered with how long the wallet took per call.
 */
interface Start {
  databaseUrl: string;
  port: number;
  walletSettings: unknown;
  webhookUrl: string;
}

const walletMs: number[] = [];

process.on('message', (message: Start | { ask: 'wallet' }) => {
  if ('ask' in message) process.send?.({ walletMs: walletMs.splice(0), cpu: process.cpuUsage() });
  else void start(message);
});

async function start({ databaseUrl, port, walletSettings, webhookUrl }: Start): Promise<void> {
  const hutong = await openHutong({
    databaseUrl,
    publicUrl: `http://127.0.0.1:${port}`,
    masterSecrets: [new Secret(systemRandom.bytes(32).toString('base64'))],
    isSandbox: true,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    wrapSend,
  });
  const { deps } = hutong.cashier;
  const merchant = await createMerchant(deps, { book: BOOK, name: '基准测试', livemode: false });
  const { token } = await createApiKey(deps, {
    merchantId: merchant.id,
    label: 'bench',
    scopes: SCOPES,
    expiresAt: null,
  });
  await addWalletAccount(deps, {
    merchantId: merchant.id,
    wallet: 'unionpay',
    label: '',
    settings: walletSettings,
    claim: null,
  });
  const webhookDeps = { ...deps, seal: hutong.keyring, allowPrivate: true };
  await createEndpoint(
    webhookDeps,
    { book: BOOK, merchantId: merchant.id },
    {
      url: webhookUrl,
      eventTypes: ['payment.succeeded'],
      withEd25519: false,
    },
  );
  await hutong.app.listen({ port, host: '127.0.0.1' });
  hutong.startWork();
  process.send?.({ apiKey: token.reveal() });
}

function wrapSend(send: Send): Send {
  return async (request) => {
    const startedAt = performance.now();
    try {
      return await send(request);
    } finally {
      walletMs.push(performance.now() - startedAt);
    }
  };
}

import { OUTBOUND_CONNECT_MS_MAX, OUTBOUND_IDLE_MS, OUTBOUND_ORIGIN_CONNECTIONS_MAX } from '../base/limits.ts';
import type { Send } from '../base/outbound.ts';
import { createVettedSend } from '../net/vetted-send.ts';
import type { Settings } from './settings.ts';

/** A way out to wallets as the server's own: into no private network, and to this machine only in the sandbox. */
export async function withWalletSend<T>(
  settings: Pick<Settings, 'mode'>,
  work: (send: Send) => Promise<T>,
): Promise<T> {
  const toWallets = createVettedSend({
    connectionsPerOriginMax: OUTBOUND_ORIGIN_CONNECTIONS_MAX,
    connectTimeoutMs: OUTBOUND_CONNECT_MS_MAX,
    idleTimeoutMs: OUTBOUND_IDLE_MS,
    allowPrivate: settings.mode === 'sandbox',
  });
  try {
    return await work(toWallets.send);
  } finally {
    await toWallets.close();
  }
}

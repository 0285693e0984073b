import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { OutboundReply, OutboundRequest } from '../../base/outbound.ts';
import { systemRandom } from '../../base/random.ts';
import type { WalletDeps } from '../wallet.ts';

/** For tests: deps whose calls are answered by these bodies, one after the other, the last one again and again. */
export function answering(at: Date, ...bodies: Buffer[]): { deps: WalletDeps; clock: ManualClock; sent: Asked[] } {
  const sent: Asked[] = [];
  const clock = new ManualClock(at);
  const send = (request: OutboundRequest): Promise<OutboundReply> => {
    sent.push({ url: request.url, fields: Object.fromEntries(new URLSearchParams(String(request.body))) });
    const body = bodies[Math.min(sent.length, bodies.length) - 1];
    if (body === undefined) return Promise.reject(new Error('no call was expected'));
    return Promise.resolve({ kind: 'reply', status: 200, headers: {}, body });
  };
  return { deps: { send, clock, random: systemRandom, log: silentLog }, clock, sent };
}

interface Asked {
  url: string;
  fields: Record<string, string>;
}

import fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import { silentLog } from '../src/base/log.ts';
import { Refusal } from '../src/base/refusal.ts';
import type { Caller } from '../src/cashier/api-keys.ts';
import type { Scope } from '../src/cashier/merchant.ts';
import { ofrepRoutes } from '../src/http/routes/ofrep.ts';
import type { RolloutsWorld } from '../src/rollout/test-world.ts';

export interface OfrepServer {
  url: string;
  /** How many questions came. */
  asked: number;
  /** Closes the door without taking the address away: connections are cut until it opens again. */
  close(): Promise<void>;
  open(): Promise<void>;
}

/** The OFREP door before a world of rollouts, with three keys: `good`, `narrow` (no scope `read`) and `other` (another merchant). */
export async function startOfrepServer(
  world: RolloutsWorld,
  rollouts: Pick<RolloutsWorld['rollouts'], 'evaluate' | 'flagKeys'> = world.rollouts,
): Promise<OfrepServer> {
  let port = 0;
  let app = fastify();
  const server: OfrepServer = {
    url: '',
    asked: 0,
    close: () => app.close(),
    async open() {
      app = fastify({ forceCloseConnections: true });
      app.addHook('onRequest', (_request, _reply, done) => {
        server.asked++;
        done();
      });
      await app.register(ofrepRoutes({ rollouts, log: silentLog, authenticate: (header) => admit(world, header) }));
      await app.listen({ port, host: '127.0.0.1' });
      port = (app.server.address() as AddressInfo).port; // listening on a port
      server.url = `http://127.0.0.1:${port}`;
    },
  };
  await server.open();
  return server;
}

function admit(world: RolloutsWorld, header: string | undefined): Promise<Caller> {
  const callers: Record<string, { merchantId: string; scopes: Scope[] }> = {
    'Bearer good': { merchantId: world.shop, scopes: ['read'] },
    'Bearer narrow': { merchantId: world.shop, scopes: ['payments'] },
    'Bearer other': { merchantId: 'mer_01ARZ3NDEKTSV4RRFFQ69G5FAV', scopes: ['read'] },
  };
  const found = callers[header ?? ''];
  if (found === undefined) return Promise.reject(new Refusal('api_key_invalid', 'the API key is unknown'));
  const caller = { book: 1, merchantName: '茶铺', livemode: false, keyId: 'key_1', ...found };
  return Promise.resolve(caller as Caller); // the names of merchants above are ids
}

import type { FastifyInstance } from 'fastify';
import { NOTIFICATION_BYTES_MAX } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Cashier } from '../../cashier/cashier.ts';
import { receiveNotification } from '../../cashier/receive-notification.ts';

/** Where wallets tell us of payments and refunds. Bodies are handed on byte for byte: signatures are over bytes. */
export function notificationRoutes(cashier: Cashier) {
  return async function mount(app: FastifyInstance): Promise<void> {
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: NOTIFICATION_BYTES_MAX }, (_request, body, done) =>
      done(null, body),
    );
    app.post<{ Params: { wallet: string; account: string } }>(
      '/notify/:wallet/:account',
      { schema: { hide: true } },
      async (request, reply) => {
        if (!Buffer.isBuffer(request.body)) throw new Refusal('invalid_request', 'a notification has a body');
        if (request.url.includes('?')) throw new Refusal('invalid_request', 'a notification has no query');
        const answer = await receiveNotification(cashier, request.params.wallet, request.params.account, {
          headers: Object.fromEntries(
            Object.entries(request.headers).flatMap(([name, value]) =>
              typeof value === 'string' ? [[name, value]] : [],
            ),
          ),
          body: request.body,
        });
        return reply.code(answer.status).type(answer.contentType).send(answer.body);
      },
    );
  };
}

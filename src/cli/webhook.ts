import { PAGE_ITEMS_MAX } from '../base/limits.ts';
import { createEndpoint } from '../webhooks/create-endpoint.ts';
import { listEndpoints } from '../webhooks/list-endpoints.ts';
import { showEndpoint, showEndpointWithSecret } from '../webhooks/show-webhooks.ts';
import { EVENT_TYPES } from '../webhooks/webhook.ts';
import type { Command } from './command.ts';
import { printRows, toJson } from './print.ts';
import { chooseMerchant, withOperator } from './with-operator.ts';

const merchant = { value: 'id', what: 'whose; may be left out while there is only one' };

export const webhookCommands: readonly Command[] = [
  {
    name: 'webhook add',
    summary: 'Tell a merchant’s server what happens, and show the secret, once',
    words: [{ name: 'url', what: 'an https address; the sandbox also takes http and this machine' }],
    options: {
      merchant,
      events: { value: 'list', what: `of ${EVENT_TYPES.join(',')}; all when left out` },
      ed25519: { value: null, what: 'also sign with ed25519, so that the receiver needs only a public key' },
    },
    json: true,
    examples: ['hutong webhook add https://shop.example/webhooks --events payment.succeeded,refund.succeeded'],
    async run(deps, input) {
      await withOperator(deps, async (operator) => {
        const { id, book } = await chooseMerchant(operator, input.text('merchant'));
        const { sql, clock, random, keyring } = operator.cashier;
        const allowPrivate = operator.settings.mode === 'sandbox';
        const made = await createEndpoint(
          { sql, clock, random, seal: keyring, allowPrivate },
          { book, merchantId: id },
          {
            url: input.word('url'),
            eventTypes: input.text('events')?.split(',') ?? ['*'],
            withEd25519: input.flag('ed25519'),
          },
        );
        if (input.json) return deps.terminal.print(toJson(showEndpointWithSecret(made)));
        deps.terminal.print(made.secret);
        deps.terminal.note(`Endpoint ${made.endpoint.id}. The secret above is not shown again.`);
      });
    },
  },
  {
    name: 'webhook list',
    summary: "List a merchant's webhook endpoints",
    options: { merchant },
    json: true,
    examples: ['hutong webhook list'],
    async run(deps, input) {
      await withOperator(deps, async (operator) => {
        const { id, book } = await chooseMerchant(operator, input.text('merchant'));
        const page = await listEndpoints(
          operator.cashier,
          { book, merchantId: id },
          { cursor: null, limit: PAGE_ITEMS_MAX },
        );
        printRows(
          deps.terminal,
          input.json,
          page.items.map(showEndpoint),
          [
            { title: 'ID', show: (row) => row.id },
            { title: 'URL', show: (row) => row.url },
            { title: 'EVENTS', show: (row) => row.event_types.join(',') },
            { title: 'SIGNED', show: (row) => row.signatures.join(',') },
            { title: 'STATE', show: (row) => row.state },
          ],
          'The merchant has no webhook endpoint yet.',
        );
      });
    },
  },
];

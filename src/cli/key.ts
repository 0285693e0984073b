import { createApiKey, revokeKey } from '../cashier/api-keys.ts';
import { type ApiKey, SCOPES } from '../cashier/merchant.ts';
import { readApiKeys } from '../cashier/operator-reads.ts';
import type { Command } from './command.ts';
import { printRows, toJson } from './print.ts';
import { chooseMerchant, withOperator } from './with-operator.ts';

const DAY_MS = 86_400_000;
const DAYS_MAX = 3650;
const merchant = { value: 'id', what: 'whose; may be left out while there is only one' };

export const keyCommands: readonly Command[] = [
  {
    name: 'key create',
    summary: 'Make an API key and show it, once',
    options: {
      merchant,
      label: { value: 'text', what: 'for people, to tell keys apart' },
      scopes: { value: 'list', what: `what it may do, of ${SCOPES.join(',')}; all when left out` },
      days: { value: 'count', what: 'ends by itself after so many days; never when left out' },
    },
    json: true,
    notes: ['Only a hash of the key is kept: whoever loses it makes a new one.'],
    examples: ['hutong key create', 'hutong key create --merchant mer_… --label shop --scopes read,payments --days 90'],
    async run(deps, input) {
      const days = input.count('days', { min: 1, max: DAYS_MAX });
      await withOperator(deps, async (operator) => {
        const { id } = await chooseMerchant(operator, input.text('merchant'));
        const { key, token } = await createApiKey(operator.cashier, {
          merchantId: id,
          label: input.text('label') ?? '',
          scopes: input.text('scopes')?.split(',') ?? SCOPES,
          expiresAt: days === undefined ? null : new Date(deps.clock.now().getTime() + days * DAY_MS),
        });
        if (input.json) return deps.terminal.print(toJson({ ...showKey(key), key: token.reveal() }));
        deps.terminal.print(token.reveal());
        deps.terminal.note(`Key ${key.id} of ${key.merchantId}: ${key.scopes.join(', ')}. It is not shown again.`);
      });
    },
  },
  {
    name: 'key list',
    summary: 'List the API keys of a merchant',
    options: { merchant },
    json: true,
    examples: ['hutong key list'],
    async run(deps, input) {
      await withOperator(deps, async (operator) => {
        const { id } = await chooseMerchant(operator, input.text('merchant'));
        printRows(
          deps.terminal,
          input.json,
          (await readApiKeys(operator.cashier, id)).map(showKey),
          [
            { title: 'ID', show: (row) => row.id },
            { title: 'BEGINS WITH', show: (row) => row.prefix },
            { title: 'LABEL', show: (row) => row.label || '-' },
            { title: 'SCOPES', show: (row) => row.scopes.join(',') },
            { title: 'EXPIRES', show: (row) => row.expires_at ?? '-' },
            { title: 'REVOKED', show: (row) => row.revoked_at ?? '-' },
          ],
          'The merchant has no key yet.',
        );
      });
    },
  },
  {
    name: 'key revoke',
    summary: 'End an API key: it opens nothing any more',
    words: [{ name: 'key-id', what: 'key_…, as hutong key list shows it' }],
    json: true,
    examples: ['hutong key revoke key_…'],
    async run(deps, input) {
      await withOperator(deps, async ({ cashier }) => {
        const id = input.word('key-id');
        await revokeKey(cashier, id);
        deps.terminal.print(input.json ? toJson({ id, revoked: true }) : `${id} is revoked.`);
      });
    },
  },
];

function showKey(key: ApiKey) {
  return {
    id: key.id,
    merchant_id: key.merchantId,
    label: key.label,
    prefix: key.prefix,
    scopes: key.scopes,
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
  };
}

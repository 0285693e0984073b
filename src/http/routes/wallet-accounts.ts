import { Type } from 'typebox';
import { addWalletAccount, getAccount, listAccounts } from '../../cashier/add-wallet-account.ts';
import type { Cashier } from '../../cashier/cashier.ts';
import { type RouteRow, row } from '../route.ts';
import { anyObject, idOf, pageOf, text, walletAccount } from '../schemas.ts';

const closed = { additionalProperties: false } as const;

export function walletAccountRoutes(cashier: Cashier): RouteRow[] {
  return [
    row({
      method: 'POST',
      url: '/v1/wallet-accounts',
      operation: 'createWalletAccount',
      summary: 'Register an account at a wallet',
      tag: 'Wallet accounts',
      scope: 'wallets',
      body: Type.Object(
        {
          wallet: Type.Enum(Object.keys(cashier.deps.wallets)),
          label: Type.Optional(text(0, 80, 'for people')),
          settings: anyObject,
        },
        closed,
      ),
      reply: { 201: walletAccount },
      run: async ({ caller, body, claim }) =>
        await addWalletAccount(cashier.deps, {
          merchantId: caller.merchantId,
          wallet: body.wallet, // the schema lists the wallets
          label: body.label ?? '',
          settings: body.settings,
          claim,
        }),
    }),
    row({
      method: 'GET',
      url: '/v1/wallet-accounts',
      operation: 'listWalletAccounts',
      summary: 'List the accounts at wallets',
      tag: 'Wallet accounts',
      scope: 'read',
      reply: { 200: pageOf(walletAccount) },
      run: async ({ caller }) => ({
        status: 200,
        value: { data: await listAccounts(cashier.deps, caller.merchantId), next_cursor: null },
      }),
    }),
    row({
      method: 'GET',
      url: '/v1/wallet-accounts/:id',
      operation: 'getWalletAccount',
      summary: 'Show an account at a wallet',
      tag: 'Wallet accounts',
      scope: 'read',
      params: Type.Object({ id: idOf('wa') }, closed),
      reply: { 200: walletAccount },
      run: async ({ caller, params }) => ({
        status: 200,
        value: await getAccount(cashier.deps, caller.merchantId, params.id),
      }),
    }),
  ];
}

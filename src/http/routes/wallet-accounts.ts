import { Type } from 'typebox';
import { WALLET_KEYS_OVERLAP_HOURS_MAX, WALLET_KEYS_OVERLAP_HOURS_USUAL } from '../../base/limits.ts';
import { addWalletAccount, getAccount, listAccounts } from '../../cashier/add-wallet-account.ts';
import type { Cashier } from '../../cashier/cashier.ts';
import { changeWalletAccount, rotateWalletAccount } from '../../cashier/change-wallet-account.ts';
import { createTestOrder } from '../../cashier/create-test-order.ts';
import { type RouteRow, row } from '../route.ts';
import { anyObject, attempt, idOf, pageOf, text, walletAccount } from '../schemas.ts';

const closed = { additionalProperties: false } as const;
const accountParams = Type.Object({ id: idOf('wa') }, closed);

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
      params: accountParams,
      reply: { 200: walletAccount },
      run: async ({ caller, params }) => ({
        status: 200,
        value: await getAccount(cashier.deps, caller.merchantId, params.id),
      }),
    }),
    row({
      method: 'PATCH',
      url: '/v1/wallet-accounts/:id',
      operation: 'changeWalletAccount',
      summary: 'Rename an account at a wallet, or switch it on or off',
      tag: 'Wallet accounts',
      scope: 'wallets',
      params: accountParams,
      body: Type.Object(
        { label: Type.Optional(text(0, 80, 'for people')), enabled: Type.Optional(Type.Boolean()) },
        { ...closed, minProperties: 1 },
      ),
      reply: { 200: walletAccount },
      run: async ({ caller, params, body }) =>
        await changeWalletAccount(cashier.deps, {
          merchantId: caller.merchantId,
          id: params.id,
          label: body.label ?? null,
          enabled: body.enabled ?? null,
          claim: null,
        }),
    }),
    row({
      method: 'POST',
      url: '/v1/wallet-accounts/:id/rotate',
      operation: 'rotateWalletAccount',
      summary: "Replace an account's keys and settings without a stop",
      tag: 'Wallet accounts',
      scope: 'wallets',
      params: accountParams,
      body: Type.Object(
        {
          settings: anyObject,
          overlap_hours: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: WALLET_KEYS_OVERLAP_HOURS_MAX,
              description: 'how long what the wallet sent under the old keys is still read',
            }),
          ),
        },
        closed,
      ),
      reply: { 200: walletAccount },
      run: async ({ caller, params, body, claim }) =>
        await rotateWalletAccount(cashier.deps, {
          merchantId: caller.merchantId,
          id: params.id,
          settings: body.settings,
          overlapHours: body.overlap_hours ?? WALLET_KEYS_OVERLAP_HOURS_USUAL,
          claim,
        }),
    }),
    row({
      method: 'POST',
      url: '/v1/wallet-accounts/:id/test-order',
      operation: 'createTestOrder',
      summary: 'Place an order of the smallest amount through an account, to see that it works',
      tag: 'Wallet accounts',
      scope: 'payments',
      params: accountParams,
      body: Type.Object({ scene: Type.Optional(Type.Enum(['web', 'wap', 'qr'])) }, closed),
      reply: { 201: attempt },
      run: async ({ caller, params, body, claim }) =>
        await createTestOrder(cashier, {
          book: caller.book,
          merchantId: caller.merchantId,
          livemode: caller.livemode,
          walletAccountId: params.id,
          scene: body.scene ?? null,
          claim,
        }),
    }),
  ];
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { Refusal } from '../base/refusal.ts';
import { Secret } from '../base/secret.ts';
import { addWalletAccount, getAccount } from '../cashier/add-wallet-account.ts';
import { createApiKey, createAuthenticator } from '../cashier/api-keys.ts';
import { createMerchant } from '../cashier/create-merchant.ts';
import { SCOPES } from '../cashier/merchant.ts';
import type { MerchantId } from '../cashier/payment.ts';
import { createEndpoint } from '../webhooks/create-endpoint.ts';
import { deleteEndpoint } from '../webhooks/delete-endpoint.ts';
import { getEndpoint } from '../webhooks/get-endpoint.ts';
import type { WebhookDeps } from '../webhooks/webhook-deps.ts';
import type { Server } from './command.ts';
import { keepJsonFile, readJsonFile } from './data-folder.ts';

/** What the demo shop needs to sell through us. */
export interface Demo {
  merchantId: MerchantId;
  apiKey: Secret;
  webhookSecret: Secret;
}

export interface DemoWorld {
  server: Server;
  clock: Clock;
  random: Random;
  book: number;
}

export interface DemoPlace {
  dataDir: string;
  /** The demo merchant's account at the pretend UnionPay. */
  walletSettings: object;
  webhookUrl: string;
}

const NAME = '胡同小铺';

export function demoFile(dataDir: string): string {
  return join(dataDir, 'demo.json');
}

/**
 * The demo shop's merchant, key, wallet account and webhook endpoint: made once, kept in demo.json. What does not fit any more
 * (another database, new certificates, another port) is made anew.
 */
export async function openDemo(world: DemoWorld, place: DemoPlace): Promise<Demo> {
  const path = demoFile(place.dataDir);
  const fingerprint = createHash('sha256').update(JSON.stringify(place.walletSettings)).digest('hex').slice(0, 16);
  const kept = await readKept(world, path, fingerprint);
  const shop = kept ?? (await makeShop(world, place));
  const webhook = await keepWebhook(world, place, shop.merchantId, kept?.webhook ?? null);
  const file = {
    merchant_id: shop.merchantId,
    api_key: shop.apiKey.reveal(),
    wallet_account_id: shop.walletAccountId,
    wallet_settings: fingerprint,
    webhook_endpoint_id: webhook.endpointId,
    webhook_url: place.webhookUrl,
    webhook_secret: webhook.secret.reveal(),
  };
  if (webhook !== kept?.webhook) await keepJsonFile(path, file);
  return { merchantId: shop.merchantId, apiKey: shop.apiKey, webhookSecret: webhook.secret };
}

interface Shop {
  merchantId: MerchantId;
  apiKey: Secret;
  walletAccountId: string;
}

interface Webhook {
  endpointId: string;
  url: string;
  secret: Secret;
}

/** Null unless everything in the file still holds in this database. */
async function readKept(
  world: DemoWorld,
  path: string,
  fingerprint: string,
): Promise<(Shop & { webhook: Webhook }) | null> {
  const file = await readJsonFile(path);
  if (file === null || file['wallet_settings'] !== fingerprint) return null;
  const text = (name: string): string => {
    const value = file[name];
    return typeof value === 'string' ? value : '';
  };
  const apiKey = new Secret(text('api_key'));
  const walletAccountId = text('wallet_account_id');
  const deps = world.server.cashier.deps;
  try {
    const { merchantId } = await createAuthenticator(deps)(`Bearer ${apiKey.reveal()}`);
    await getAccount(deps, merchantId, walletAccountId);
    const webhook = {
      endpointId: text('webhook_endpoint_id'),
      url: text('webhook_url'),
      secret: new Secret(text('webhook_secret')),
    };
    return { merchantId, apiKey, walletAccountId, webhook };
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

async function makeShop({ server, book }: DemoWorld, place: DemoPlace): Promise<Shop> {
  const { deps } = server.cashier;
  const merchant = await createMerchant(deps, { book, name: NAME, livemode: false });
  const { token } = await createApiKey(deps, {
    merchantId: merchant.id,
    label: 'demo shop',
    scopes: SCOPES,
    expiresAt: null,
  });
  const reply = await addWalletAccount(deps, {
    merchantId: merchant.id,
    wallet: 'unionpay',
    label: 'sandbox',
    settings: place.walletSettings,
    claim: null,
  });
  const { id }: { id: string } = JSON.parse(reply.body); // a wallet account as the API shows it
  return { merchantId: merchant.id, apiKey: token, walletAccountId: id };
}

/** The endpoint that leads to the shop's present address. */
async function keepWebhook(
  { server, clock, random, book }: DemoWorld,
  place: DemoPlace,
  merchantId: MerchantId,
  kept: Webhook | null,
): Promise<Webhook> {
  const owner = { book, merchantId };
  const deps: WebhookDeps = { sql: server.sql, clock, random, seal: server.keyring, allowPrivate: true };
  const isThere = kept !== null && (await isEnabled(deps, owner, kept.endpointId));
  if (isThere && kept.url === place.webhookUrl) return kept;
  if (isThere) await deleteEndpoint(deps, owner, kept.endpointId);
  const { endpoint, secret } = await createEndpoint(deps, owner, {
    url: place.webhookUrl,
    eventTypes: ['*'],
    withEd25519: false,
  });
  return { endpointId: endpoint.id, url: place.webhookUrl, secret: new Secret(secret) };
}

async function isEnabled(
  deps: WebhookDeps,
  owner: { book: number; merchantId: MerchantId },
  id: string,
): Promise<boolean> {
  try {
    return (await getEndpoint(deps, owner, id)).state === 'enabled';
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

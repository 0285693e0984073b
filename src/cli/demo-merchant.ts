import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { Refusal } from '../base/refusal.ts';
import { Secret } from '../base/secret.ts';
import { addWalletAccount, getAccount } from '../cashier/add-wallet-account.ts';
import { createApiKey, createAuthenticator } from '../cashier/api-keys.ts';
import { createMerchant } from '../cashier/create-merchant.ts';
import { type Scope, SCOPES } from '../cashier/merchant.ts';
import type { MerchantId } from '../cashier/payment.ts';
import { createQrCode, getQrCode } from '../cashier/qr-codes.ts';
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
  /** The shop's printed code. */
  qrCodeId: string;
}

export interface DemoWorld {
  server: Server;
  clock: Clock;
  random: Random;
  book: number;
}

export interface DemoPlace {
  dataDir: string;
  /** The demo merchant's accounts at the pretend wallets, by wallet. */
  walletSettings: Readonly<Record<string, object>>;
  webhookUrl: string;
}

export const DEMO_SHOP = '胡同小铺';

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
  const shop = kept === null ? await makeShop(world, place) : await withFullKey(world, kept);
  const webhook = await keepWebhook(world, place, shop.merchantId, kept?.webhook ?? null);
  const file = {
    merchant_id: shop.merchantId,
    api_key: shop.apiKey.reveal(),
    wallet_account_ids: shop.walletAccountIds,
    qr_code_id: shop.qrCodeId,
    wallet_settings: fingerprint,
    webhook_endpoint_id: webhook.endpointId,
    webhook_url: place.webhookUrl,
    webhook_secret: webhook.secret.reveal(),
  };
  if (shop !== kept || webhook !== kept.webhook) await keepJsonFile(path, file);
  const { merchantId, apiKey, qrCodeId } = shop;
  return { merchantId, apiKey, qrCodeId, webhookSecret: webhook.secret };
}

interface Shop {
  merchantId: MerchantId;
  apiKey: Secret;
  walletAccountIds: string[];
  qrCodeId: string;
}

interface KeptShop extends Shop {
  webhook: Webhook;
  /** What its key may do. */
  scopes: readonly Scope[];
}

interface Webhook {
  endpointId: string;
  url: string;
  secret: Secret;
}

/** Null unless everything in the file still holds in this database. */
async function readKept(world: DemoWorld, path: string, fingerprint: string): Promise<KeptShop | null> {
  const file = await readJsonFile(path);
  if (file === null || file['wallet_settings'] !== fingerprint) return null;
  const text = (name: string): string => {
    const value = file[name];
    return typeof value === 'string' ? value : '';
  };
  const apiKey = new Secret(text('api_key'));
  const walletAccountIds = Array.isArray(file['wallet_account_ids']) ? file['wallet_account_ids'].map(String) : [];
  const qrCodeId = text('qr_code_id');
  const deps = world.server.cashier.deps;
  try {
    const { merchantId, scopes } = await createAuthenticator(deps)(`Bearer ${apiKey.reveal()}`);
    for (const id of walletAccountIds) await getAccount(deps, merchantId, id);
    await getQrCode(deps, merchantId, qrCodeId);
    const webhook = {
      endpointId: text('webhook_endpoint_id'),
      url: text('webhook_url'),
      secret: new Secret(text('webhook_secret')),
    };
    return { merchantId, apiKey, walletAccountIds, qrCodeId, webhook, scopes };
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** A key that was made before a scope was there is followed by one that has it. */
async function withFullKey({ server }: DemoWorld, kept: KeptShop): Promise<KeptShop> {
  if (SCOPES.every((scope) => kept.scopes.includes(scope))) return kept;
  return { ...kept, apiKey: await createKey(server, kept.merchantId), scopes: SCOPES };
}

async function createKey({ cashier }: Server, merchantId: MerchantId): Promise<Secret> {
  const key = { merchantId, label: 'demo shop', scopes: SCOPES, expiresAt: null };
  return (await createApiKey(cashier.deps, key)).token;
}

async function makeShop({ server, book }: DemoWorld, place: DemoPlace): Promise<Shop> {
  const { deps } = server.cashier;
  const merchant = await createMerchant(deps, { book, name: DEMO_SHOP, livemode: false });
  const apiKey = await createKey(server, merchant.id);
  const walletAccountIds: string[] = [];
  for (const [wallet, settings] of Object.entries(place.walletSettings)) {
    const account = { merchantId: merchant.id, wallet, label: 'sandbox', settings, claim: null };
    walletAccountIds.push(idIn((await addWalletAccount(deps, account)).body));
  }
  const code = await createQrCode(deps, {
    merchantId: merchant.id,
    label: `${DEMO_SHOP} 收银台`,
    currency: 'CNY',
    amountMinor: null,
    returnUrl: null,
    claim: null,
  });
  return { merchantId: merchant.id, apiKey, walletAccountIds, qrCodeId: idIn(code.body) };
}

function idIn(body: string): string {
  const { id }: { id: string } = JSON.parse(body); // an object as the API shows it
  return id;
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

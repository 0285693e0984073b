import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { type BankSandbox, startBankSandbox } from '../sandbox/bank/bank.ts';
import { type PhoneSandbox, startPhoneSandbox } from '../sandbox/phone/phone.ts';
import { CliError } from './command.ts';
import { createTestBuyers } from './sandbox-buyers.ts';
import { keepJsonFile, readJsonFile } from './data-folder.ts';
import type { Lifetime } from './lifetime.ts';
import type { BankSettings, WalletSettings } from './settings.ts';
import type { WalletOptions, WalletServer } from './wallet-server.ts';

/* Hutong Wallet in the sandbox: pretend banks behind a pretend switch, and a pretend phone for the codes. */

/** The pretend world around the wallet. */
export interface WalletSandbox {
  bank: BankSandbox;
  phone: PhoneSandbox;
  /** What the wallet is opened with. */
  options: WalletOptions;
}

export interface WalletSandboxPlace {
  /** Null keeps nothing. */
  dataDir: string | null;
  ports: WalletSettings['sandboxPorts'];
  /** The app's own origin. */
  walletUrl: string;
  /** The wallet, once it is open; for those who pay when test hooks are called. */
  wallet(): WalletServer | null;
}

/** Starts both; `life` stops them. */
export async function startWalletSandbox(
  deps: { clock: Clock; random: Random; log: Log; life: Lifetime },
  place: WalletSandboxPlace,
): Promise<WalletSandbox> {
  const { clock, random, log, life } = deps;
  const dirOf = (name: string): string | null => (place.dataDir === null ? null : join(place.dataDir, name));
  const bank = await life.own(
    () =>
      startBankSandbox({
        port: place.ports.bank,
        controlPort: place.ports.bankPages,
        clock,
        random,
        log,
        dataDir: dirOf('bank'),
      }),
    (opened) => opened.stop(),
  );
  const phone = await life.own(
    () => startPhoneSandbox({ port: place.ports.phone, clock, random, log }),
    (opened) => opened.stop(),
  );
  const options: WalletOptions = {
    url: place.walletUrl,
    bank: toBankSettings(bank),
    sms: { url: phone.smsUrl, secret: new Secret(phone.secret) },
    sandboxPhoneUrl: phone.url,
    testBuyers: createTestBuyers(() => {
      const wallet = place.wallet();
      if (wallet === null) throw new CliError('The wallet is not open yet.');
      return { wallet, bank, readCode: (to, work) => readCode(phone, to, work) };
    }),
  };
  return { bank, phone, options };
}

/** The code in the message that `work` makes come. @throws CliError when none came */
export async function readCode(phone: PhoneSandbox, to: string, work: () => Promise<unknown>): Promise<string> {
  const before = phone.messagesTo(to).length;
  await work();
  const code = phone
    .messagesTo(to)
    .slice(before)
    .at(-1)
    ?.text.match(/\b\d{6}\b/)?.[0];
  if (code === undefined) throw new CliError(`No message with a code came to the pretend phone.`);
  return code;
}

/** What the pretend switch tells a member that joins it. */
export function toBankSettings({ memberSettings }: Pick<BankSandbox, 'memberSettings'>): BankSettings {
  return {
    addresses: [{ host: memberSettings.host, port: memberSettings.port }],
    institution: memberSettings.institution,
    transportKey: new Secret(memberSettings.transport_key_hex),
    algorithm: memberSettings.algorithm,
    filesUrl: memberSettings.files_url,
  };
}

const SHOP_KEY_ID = 'k1';

/**
 * A shop of the wallet: taken in once, its key kept in the data folder (or, with none, for this run). Answers the settings of the shop's
 * account `hutongwallet`. @throws CliError
 */
export async function openWalletShop(
  wallet: Pick<WalletServer, 'payer'>,
  shop: { name: string; mcc: string; walletUrl: string; dataDir: string | null },
): Promise<Record<string, string>> {
  const path = shop.dataDir === null ? null : join(shop.dataDir, 'wallet-shop.json');
  const kept = path === null ? null : await readJsonFile(path);
  const shops = await wallet.payer.listShops();
  const isThere = kept !== null && shops.some(({ merchantNo }) => merchantNo === kept['merchant_no']);
  const account = isThere ? readKept(kept) : await takeIn(wallet, shop);
  if (!isThere && path !== null) await keepJsonFile(path, account);
  const manifest = await wallet.payer.protocol.manifest();
  return {
    wallet_url: `${shop.walletUrl}/open-wallet/v1`,
    environment: 'test',
    merchant_no: account.merchant_no,
    merchant_key_id: SHOP_KEY_ID,
    merchant_private_key_pem: account.private_key_pem,
    wallet_public_keys: String(manifest.body),
  };
}

interface ShopAccount {
  merchant_no: string;
  private_key_pem: string;
}

function readKept(kept: Readonly<Record<string, unknown>>): ShopAccount {
  const { merchant_no, private_key_pem } = kept;
  if (typeof merchant_no !== 'string' || typeof private_key_pem !== 'string')
    throw new CliError('wallet-shop.json in the data folder is damaged: remove it, and it is made again.');
  return { merchant_no, private_key_pem };
}

async function takeIn(
  wallet: Pick<WalletServer, 'payer'>,
  { name, mcc }: { name: string; mcc: string },
): Promise<ShopAccount> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const { merchantNo } = await wallet.payer.addShop({
    name,
    mcc,
    feeMilli: 0n,
    origins: [],
    keyId: SHOP_KEY_ID,
    publicKey: Buffer.from(x, 'base64url'),
  });
  return { merchant_no: merchantNo, private_key_pem: String(privateKey.export({ format: 'pem', type: 'pkcs8' })) };
}

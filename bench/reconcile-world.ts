import { readFile } from 'node:fs/promises';
import type { Clock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { Secret } from '../src/base/secret.ts';
import { openCashier, type Cashier } from '../src/cashier/cashier.ts';
import type { Sql } from '../src/db/connect.ts';
import { createLedger, type Ledger } from '../src/ledger/ledger.ts';
import { plainOffers } from '../src/offers/plain-offers.ts';
import { plainRollouts } from '../src/rollout/plain-rollouts.ts';
import { createKeyring } from '../src/vault/seal.ts';
import type { Wallet } from '../src/wallets/wallet.ts';
import type { WechatpayConfig } from '../src/wallets/wechatpay/config.ts';
import { statement } from '../src/wallets/wechatpay/statement.ts';
import { wechatpay } from '../src/wallets/wechatpay/wechatpay.ts';

export const BOOK = 1;
export const MCHID = '1900009191';
const KEYRING_SECRET = 'benchmarks-seal-with-this-and-keep-nothing-worth-it';

export interface ReconcileWorld {
  cashier: Cashier;
  ledger: Ledger;
  close(): Promise<void>;
}

/** The cashier and the ledger, with WeChat Pay's own reader of bills; its bill comes from a file instead of the network. */
export async function openReconcileWorld(sql: Sql, clock: Clock, billPath: string): Promise<ReconcileWorld> {
  const wallet: Wallet<unknown> = {
    ...wechatpay,
    readConfig: (input) => input,
    merchantNo: () => MCHID,
    environment: () => 'test',
    statement: {
      ...statement,
      fetch: async () => ({ kind: 'file', file: await readFile(billPath) }),
      read: (config, file) => statement.read(config as WechatpayConfig, file), // reading needs the merchant's number alone
    },
    refresh: null,
  };
  const ledger = createLedger({ sql, clock, log: silentLog, book: BOOK });
  await ledger.prepareMonths();
  const cashier = openCashier({
    sql,
    clock,
    random: systemRandom,
    log: silentLog,
    keyring: createKeyring({ random: systemRandom }, [new Secret(KEYRING_SECRET)]),
    send: async () => ({ kind: 'not_sent', reason: 'nothing goes out of a benchmark' }),
    publicUrl: 'https://pay.example',
    wallets: { wechatpay: wallet } as Cashier['deps']['wallets'], // the only wallet there is
    can: () => wallet.can,
    ledger,
    rollouts: plainRollouts,
    offers: plainOffers,
    webhooks: { insertEvents: async () => {}, kick() {} },
  });
  return {
    cashier,
    ledger,
    async close() {
      await cashier.stop();
      await ledger.close();
    },
  };
}

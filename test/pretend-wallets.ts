import type { Clock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { addWalletAccount } from '../src/cashier/add-wallet-account.ts';
import type { CashierDeps } from '../src/cashier/deps.ts';
import type { MerchantId } from '../src/cashier/payment.ts';
import type { UnionpaySandbox } from '../src/sandbox/wallets/unionpay/unionpay.ts';
import { startUnionpaySandbox } from '../src/sandbox/wallets/unionpay/unionpay.ts';
import { type SimulatorName, simulators, type WalletSimulator } from '../src/sandbox/wallets/simulators.ts';

export type { SimulatorName };

/** One pretend wallet, and the shop's account there once there is a shop. */
export interface PretendWallet {
  name: SimulatorName;
  sandbox: WalletSimulator;
  accountId: string;
}

export interface PretendWallets {
  /** In the order in which they were named. */
  all: readonly PretendWallet[];
  unionpay: UnionpaySandbox;
  /** @throws Error when it was not started */
  get(name: string): PretendWallet;
  /** Registers the first pretend merchant of each as an account of the shop. */
  openAccounts(deps: CashierDeps, merchantId: MerchantId): Promise<void>;
  clearFaults(): void;
  stop(): Promise<void>;
}

export interface PretendTimes {
  clock: Clock;
  notifyDelaysMs: readonly number[];
  refundDelayMs: number;
}

/** UnionPay, and the others that are named, each on a port of its own; nothing is kept on disk. */
export async function startPretendWallets(
  names: readonly Exclude<SimulatorName, 'unionpay'>[],
  times: PretendTimes,
): Promise<PretendWallets> {
  const options = { port: 0, random: systemRandom, log: silentLog, dataDir: null, ...times };
  const unionpay = await startUnionpaySandbox(options);
  const all: PretendWallet[] = [{ name: 'unionpay', sandbox: unionpay, accountId: '' }];
  const started = names.map(async (name) => ({ name, sandbox: await simulators[name](options), accountId: '' }));
  all.push(...(await Promise.all(started)));
  return {
    all,
    unionpay,
    get(name) {
      const found = all.find((one) => one.name === name);
      if (found === undefined) throw new Error(`there is no pretend ${name}`);
      return found;
    },
    async openAccounts(deps, merchantId) {
      for (const wallet of all) {
        const settings = wallet.sandbox.merchantSettings;
        const account = { merchantId, wallet: wallet.name, label: '', settings, claim: null };
        const { id }: { id: string } = JSON.parse((await addWalletAccount(deps, account)).body); // as the API shows it
        wallet.accountId = id;
      }
    },
    clearFaults() {
      for (const { sandbox } of all) sandbox.clearFaults();
    },
    async stop() {
      await Promise.all(all.map(({ sandbox }) => sandbox.stop()));
    },
  };
}

/** Somebody holds a phone over a QR code that we show: at some wallets the order comes into being by that. */
export async function scan({ sandbox }: Pick<PretendWallet, 'sandbox'>, text: string): Promise<void> {
  await fetch(`${sandbox.url}/sandbox/scan?text=${encodeURIComponent(text)}`, { redirect: 'manual' });
}

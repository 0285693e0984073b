import { type OpenSandbox, startOpenSandbox } from '../../sandbox/wallets/open/open.ts';
import { type ContractWorld, startContractWorld } from '../contract-world.ts';
import type { Wallet } from '../wallet.ts';
import type { OpenConfig } from './config.ts';
import { createOpenWallet } from './open.ts';

/** For tests: a simulator of the protocol, and a connector to it. */
export interface OpenWorld extends ContractWorld<OpenSandbox> {
  wallet: Wallet<OpenConfig>;
  config: OpenConfig;
}

export async function startOpenWorld(name: 'open' | 'meituanpay'): Promise<OpenWorld> {
  const wallet = createOpenWallet(name);
  const start = (options: Parameters<typeof startOpenSandbox>[0]) => startOpenSandbox({ ...options, brand: name });
  const world = await startContractWorld(start, wallet.acknowledgement);
  return { ...world, wallet, config: wallet.readConfig(world.sandbox.merchantSettings) };
}

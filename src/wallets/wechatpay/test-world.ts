import type { MerchantSettings } from '../../sandbox/wallets/wechatpay/settings.ts';
import { startWechatpaySandbox, type WechatpaySandbox } from '../../sandbox/wallets/wechatpay/wechatpay.ts';
import { type ContractWorld, startContractWorld } from '../contract-world.ts';
import { readConfig, type WechatpayConfig } from './config.ts';
import { wechatpay } from './wechatpay.ts';

/** For tests: a pretend WeChat Pay, and one of its merchants. */
export interface TestWorld extends ContractWorld<WechatpaySandbox> {
  settings: MerchantSettings;
  config: WechatpayConfig;
}

/** `merchant`: 0 moves from certificates to the public key, 1 has certificates alone, 2 the public key alone. */
export async function startTestWorld(merchant = 0): Promise<TestWorld> {
  const world = await startContractWorld(startWechatpaySandbox, wechatpay.acknowledgement);
  const settings = [world.sandbox.merchantSettings, ...world.sandbox.extraMerchants][merchant];
  if (settings === undefined) throw new Error('there is no such merchant');
  return { ...world, settings, config: readConfig(settings) };
}

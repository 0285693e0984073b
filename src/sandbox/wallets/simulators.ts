import type { Simulator, SimulatorOptions } from './ground/simulator.ts';

import { startAlipaySandbox } from './alipay/alipay.ts';
import { startJdpaySandbox } from './jdpay/jdpay.ts';
import { startOpenSandbox } from './open/open.ts';
import { startUnionpaySandbox } from './unionpay/unionpay.ts';
import { startWechatpaySandbox } from './wechatpay/wechatpay.ts';

/** A pretend wallet together with what its first merchant would get on signing up. */
export interface WalletSimulator extends Simulator {
  merchantSettings: object;
}

/** Every pretend wallet, by the name of the wallet that it stands for. */
export const simulators = {
  unionpay: startUnionpaySandbox,
  wechatpay: startWechatpaySandbox,
  alipay: startAlipaySandbox,
  jdpay: startJdpaySandbox,
  meituanpay: startOpenSandbox,
} satisfies Record<string, (options: SimulatorOptions) => Promise<WalletSimulator>>;

export type SimulatorName = keyof typeof simulators;

import { alipay } from './alipay/alipay.ts';
import { jdpay } from './jdpay/jdpay.ts';
import { createOpenWallet } from './open/open.ts';
import { unionpay } from './unionpay/unionpay.ts';
import type { Wallet, WalletName } from './wallet.ts';
import { wechatpay } from './wechatpay/wechatpay.ts';

/** Every wallet that this build speaks; a payment code that fits several belongs to the first of them that a shop has. The config's type is known to the connector alone, hence `unknown` here. */
export const wallets: Readonly<Record<WalletName, Wallet<unknown>>> = {
  unionpay: unionpay,
  wechatpay,
  alipay,
  jdpay: jdpay,
  meituanpay: createOpenWallet('meituanpay'),
  hutongwallet: createOpenWallet('hutongwallet'),
  open: createOpenWallet('open'),
};

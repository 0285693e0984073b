import type { Brand } from '../ground/ground.ts';

/** Which wallet the simulator pretends to be. */
export interface OpenBrand extends Brand {
  id: 'meituanpay' | 'open';
  /** The scheme of the pretend app's links. */
  appScheme: string;
  /** The first digits of its payment codes. */
  codePrefix: string;
  /** What the app's own browser puts into its user agent. */
  userAgentToken: string;
}

const WALLET_ID_NAME = { zh: '钱包交易号', en: 'Wallet transaction' };

// A bowl and chopsticks: our own drawing, in the colours that people know.
const BOWL =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#ffd000"/><path d="M6 15h20a10 10 0 0 1-6 9.2V26h-8v-1.800A10 10 0 0 1 6 15z" fill="#2b1d00"/><path d="M19 13l5-8M14 13l7-8.500" stroke="#2b1d00" stroke-width="2" stroke-linecap="round"/></svg>';

const RING =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0b7285"/><circle cx="16" cy="16" r="8" fill="none" stroke="#fff" stroke-width="4" stroke-dasharray="38 13" stroke-linecap="round"/></svg>';

export const BRANDS: Readonly<Record<OpenBrand['id'], OpenBrand>> = {
  meituanpay: {
    id: 'meituanpay',
    name: { zh: '美团支付', en: 'Meituan Pay' },
    colour: '#ffd000',
    colourDeep: '#ffb800',
    ink: '#2b1d00',
    colourOnWhite: '#8a5a00',
    markSvg: BOWL,
    walletIdName: WALLET_ID_NAME,
    balance: { zh: '美团余额', en: 'Meituan balance' },
    appScheme: 'meituanpay-sandbox',
    codePrefix: '9601',
    userAgentToken: 'MeituanPay',
  },
  open: {
    id: 'open',
    name: { zh: '开放钱包', en: 'Open Wallet' },
    colour: '#0b7285',
    colourDeep: '#095c6b',
    markSvg: RING,
    walletIdName: WALLET_ID_NAME,
    balance: { zh: '钱包余额', en: 'Wallet balance' },
    appScheme: 'openwallet-sandbox',
    codePrefix: '9001',
    userAgentToken: 'OpenWallet',
  },
};

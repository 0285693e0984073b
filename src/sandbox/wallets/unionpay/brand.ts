import type { Brand, WalletCodes } from '../ground/ground.ts';
import { DECLINE_CODES, respText } from './codes.ts';

export const BRAND: Brand = {
  name: { zh: '云闪付', en: 'UnionPay app' },
  colour: '#c8102e',
  colourDeep: '#9f0d25',
  // A cloud with a flash, drawn by us.
  markSvg:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#fff"/><path d="M9.6 24a5.6 5.6 0 0 1-.9-11.1A7.7 7.7 0 0 1 23.4 12 6.1 6.1 0 0 1 22.6 24Z" fill="#c8102e"/><path d="M17.6 9.8 12 18.2h3.6L14 25l6.2-8.9h-3.7Z" fill="#fff"/></svg>',
  walletIdName: { zh: '银联流水号', en: 'UnionPay number' },
  balance: null,
};

/** UnionPay 5.1.0, respCode: what each end of a payment is told as. */
export const CODES: WalletCodes = {
  paid: '00',
  waiting: '05',
  timedOut: '69',
  wrongPin: '65',
  noFunds: '64',
  cardFrozen: '63',
  declines: DECLINE_CODES,
  isPaid: (code) => code === '00' || code === 'A6',
  text: (code) => ({ zh: respText(code, 'zh'), en: respText(code, 'en') }),
};

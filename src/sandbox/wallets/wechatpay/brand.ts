import type { Brand, WalletCodes } from '../ground/ground.ts';
import { DECLINE_CODES, wordsOf } from './codes.ts';

export const BRAND: Brand = {
  name: { zh: '微信支付', en: 'WeChat Pay' },
  colour: '#068544',
  colourDeep: '#056835',
  // A speech bubble with a tick, drawn by us.
  markSvg:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#fff"/><path d="M16 6.5c-5.8 0-10.5 3.8-10.5 8.5 0 2.7 1.5 5.1 3.9 6.6L8.6 25l4-2.1c1.1.3 2.2.4 3.4.4 5.8 0 10.5-3.8 10.5-8.4S21.8 6.5 16 6.5Z" fill="#07a658"/><path d="m11.4 14.9 3.3 3.3 6.2-6.2" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></svg>',
  walletIdName: { zh: '交易单号', en: 'WeChat Pay number' },
  balance: { zh: '零钱', en: 'Balance' },
};

export const CODES: WalletCodes = {
  paid: 'SUCCESS',
  waiting: 'NOTPAY',
  timedOut: 'CLOSED',
  wrongPin: 'WRONG_PIN',
  noFunds: 'NOT_ENOUGH',
  cardFrozen: 'ACCOUNT_ERROR',
  declines: DECLINE_CODES,
  isPaid: (code) => code === 'SUCCESS',
  text: wordsOf,
};

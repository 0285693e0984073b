import { shanghaiDay } from '../base/shanghai.ts';
import { type Currency, formatMoney, money } from '../money/money.ts';
import { type Label, payLabel, WALLET_ORDER } from '../wallets/wallet-names.ts';
import type { Funder } from './offers.ts';

/* Pieces of the sentences about offers, in both languages. */

/** Banks as people call them; others go by their code. */
const BANKS: Readonly<Record<string, Label>> = {
  ABC: { 'zh-CN': '农业银行', en: 'ABC' },
  BOC: { 'zh-CN': '中国银行', en: 'Bank of China' },
  CCB: { 'zh-CN': '建设银行', en: 'CCB' },
  CEB: { 'zh-CN': '光大银行', en: 'Everbright Bank' },
  CIB: { 'zh-CN': '兴业银行', en: 'Industrial Bank' },
  CITIC: { 'zh-CN': '中信银行', en: 'CITIC Bank' },
  CMB: { 'zh-CN': '招商银行', en: 'CMB' },
  CMBC: { 'zh-CN': '民生银行', en: 'Minsheng Bank' },
  COMM: { 'zh-CN': '交通银行', en: 'Bank of Communications' },
  GDB: { 'zh-CN': '广发银行', en: 'Guangfa Bank' },
  HXBANK: { 'zh-CN': '华夏银行', en: 'Hua Xia Bank' },
  ICBC: { 'zh-CN': '工商银行', en: 'ICBC' },
  PSBC: { 'zh-CN': '邮储银行', en: 'Postal Savings Bank' },
  SPABANK: { 'zh-CN': '平安银行', en: 'Ping An Bank' },
  SPDB: { 'zh-CN': '浦发银行', en: 'SPD Bank' },
};

export function same(text: string): Label {
  return { 'zh-CN': text, en: text };
}

export function bankLabel(code: string): Label {
  return BANKS[code] ?? same(code);
}

export function walletLabel(name: string): Label {
  const wallet = WALLET_ORDER.find((known) => known === name);
  return wallet === undefined ? same(name) : payLabel(wallet, '');
}

/** Who pays: `云闪付`, `工商银行`, `商家`. */
export function funderLabel(funder: Funder, owner: string | null): Label {
  if (funder === 'bank' && owner !== null) return bankLabel(owner);
  if (funder === 'wallet') return owner === null ? { 'zh-CN': '钱包', en: 'the wallet' } : walletLabel(owner);
  return FUNDERS[funder];
}

const FUNDERS: Record<Funder, Label> = {
  merchant: { 'zh-CN': '商家', en: 'the shop' },
  wallet: { 'zh-CN': '钱包', en: 'the wallet' },
  bank: { 'zh-CN': '银行', en: 'the bank' },
  platform: { 'zh-CN': '平台', en: 'the platform' },
};

export function amountText(currency: Currency, minor: bigint): string {
  return formatMoney(money(currency, minor));
}

/** `a、b` and `a, b`. */
export function listLabel(labels: readonly Label[]): Label {
  return { 'zh-CN': labels.map((label) => label['zh-CN']).join('、'), en: labels.map(({ en }) => en).join(', ') };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `11月30日 10:00` in Asia/Shanghai; midnight goes without its hour. */
export function momentLabel(instant: Date): Label {
  const [, month = '', day = ''] = shanghaiDay(instant).split('-');
  const hour = clockText(Math.floor((instant.getTime() / 60_000 + 8 * 60) % 1440));
  const time = hour === '00:00' ? '' : ` ${hour}`;
  return {
    'zh-CN': `${Number(month)}月${Number(day)}日${time}`,
    en: `${Number(day)} ${MONTHS[Number(month) - 1]}${time}`,
  };
}

/** Minutes of the day as `09:30`. */
export function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** `12%` and `8.8折`: what is taken off, and what is left of ten. */
export function percentLabel(perMille: number): Label {
  const off = `${perMille / 10}%`;
  return { 'zh-CN': perMille === 1000 ? '全免' : `${(1000 - perMille) / 100}折`, en: `${off} off` };
}

import type { Amount } from '../api.ts';

/** Minor units as digits, from the server: `1234567` → `12,345.67`. A minus sign stays in front. */
export function showFen(minor: string | bigint): string {
  const fen = BigInt(minor);
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${fen < 0n ? '−' : ''}${whole}.${digits.slice(-2)}`;
}

/** `¥12,345.67` */
export function showYuan(amount: Amount | bigint): string {
  const fen = typeof amount === 'bigint' ? amount : BigInt(amount.minor);
  return fen < 0n ? `−¥${showFen(-fen)}` : `¥${showFen(fen)}`;
}

/** For limits: `¥5,000`, without fen where there are none. */
export function showRoundYuan(minor: string): string {
  return showYuan(BigInt(minor)).replace(/\.00$/, '');
}

export function fenOf(amount: Amount | null): bigint {
  return amount === null ? 0n : BigInt(amount.minor);
}

export function toAmount(fen: bigint): Amount {
  return { currency: 'CNY', minor: fen.toString() };
}

/** The longest amount that can be typed: ten million yuan less a fen. */
const WHOLE_DIGITS_MAX = 7;

/** What somebody types on a keypad, `12.5`: whole digits, at most one point, at most two after it. Null keeps what was there. */
export function typeAmount(text: string, key: string): string | null {
  if (key === 'back') return text.slice(0, -1);
  if (key === '.') return text.includes('.') ? null : `${text === '' ? '0' : text}.`;
  if (!/^\d$/.test(key)) return null;
  if (text === '0') return key;
  const [whole = '', fraction] = text.split('.');
  if (fraction !== undefined) return fraction.length >= 2 ? null : text + key;
  return whole.length >= WHOLE_DIGITS_MAX ? null : text + key;
}

/** `12.5` → 1250n; null for nothing or zero. */
export function readTyped(text: string): bigint | null {
  if (!/^\d{1,7}(\.\d{0,2})?$/.test(text)) return null;
  const [whole = '0', fraction = ''] = text.split('.');
  const fen = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'));
  return fen === 0n ? null : fen;
}

/** The other way: 1250n → `12.5`, as a person would have typed it. */
export function toTyped(fen: bigint): string {
  return `${fen / 100n}.${(fen % 100n).toString().padStart(2, '0')}`.replace(/\.?0+$/, '');
}

import { PAYMENT_MINOR_MAX } from '../base/limits.ts';
import { type Currency, formatMinor, money, type Money } from './money.ts';

export type AmountFault = 'empty' | 'not_a_number' | 'too_precise' | 'too_small' | 'too_large';
export type AmountReading = { kind: 'amount'; amount: Money } | { kind: 'fault'; fault: AmountFault };

/** What a buyer types, with the signs that phones and habits bring along: `¥12.5`, `１２。５`, ` 12.50 元`. */
export function readAmount(text: string, currency: Currency): AmountReading {
  const plain = text
    .normalize('NFKC')
    .replace(/\s/g, '')
    .replace(/[。．]/g, '.')
    .replace(/^[¥$€£]/, '')
    .replace(/元$/, '');
  if (plain === '') return { kind: 'fault', fault: 'empty' };
  // A comma may stand for thousands or for decimals: it is not guessed.
  const [, whole = '', decimals = ''] = /^(\d*)(?:\.(\d*))?$/.exec(plain) ?? [];
  if (whole === '' && decimals === '') return { kind: 'fault', fault: 'not_a_number' };
  const digits = decimalsOf(currency);
  if (decimals.length > digits) return { kind: 'fault', fault: 'too_precise' };
  if (whole.length > PAYMENT_MINOR_MAX.toString().length) return { kind: 'fault', fault: 'too_large' };
  const minor = BigInt(`0${whole}${decimals.padEnd(digits, '0')}`);
  if (minor === 0n) return { kind: 'fault', fault: 'too_small' };
  if (minor > PAYMENT_MINOR_MAX) return { kind: 'fault', fault: 'too_large' };
  return { kind: 'amount', amount: money(currency, minor) };
}

/** `0.00` has two. */
function decimalsOf(currency: Currency): number {
  return formatMinor(money(currency, 0n)).split('.')[1]?.length ?? 0;
}

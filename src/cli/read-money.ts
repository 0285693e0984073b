import { type Currency, currencies, isCurrency } from '../money/money.ts';
import { type AmountFault, readAmount } from '../money/read-amount.ts';
import { UsageError } from './command.ts';

/** `--currency`; CNY when it was left out. @throws UsageError */
export function readCurrency(text = 'CNY'): Currency {
  if (!isCurrency(text)) throw new UsageError(`--currency is one of ${currencies.join(', ')}`);
  return text;
}

const AMOUNT_FAULTS: Record<AmountFault, string> = {
  empty: 'is empty',
  not_a_number: 'is not an amount such as 3.00',
  too_precise: 'is finer than the currency',
  too_small: 'must be more than nothing',
  too_large: 'is more than a payment may be',
};

/** `--amount` in minor units; null when it was left out. @throws UsageError */
export function readAmountOption(text: string | undefined, currency: Currency): bigint | null {
  if (text === undefined) return null;
  const reading = readAmount(text, currency);
  if (reading.kind === 'fault') throw new UsageError(`--amount ${AMOUNT_FAULTS[reading.fault]}`);
  return reading.amount.minor;
}

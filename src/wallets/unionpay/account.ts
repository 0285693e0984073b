import type { UnionpayConfig } from './config.ts';
import { open } from './crypt.ts';

/**
 * How an account is shown: `6216***********0018`. It comes masked already, or sealed for the merchant's key; a whole number
 * should never come, and would not leave here.
 */
export function accountMask(config: UnionpayConfig): (accNo: string) => string | null {
  return (accNo) => {
    if (accNo.length <= 64) return masked(accNo);
    const clear = config.openingKey === null ? null : open(accNo, config.openingKey);
    return clear === null ? null : masked(clear.toString('latin1'));
  };
}

function masked(accNo: string): string | null {
  if (!/^[0-9*]{4,32}$/.test(accNo)) return null;
  const tail = accNo.slice(-4);
  if (accNo.length < 12) return accNo.includes('*') || accNo.length === 4 ? accNo : tail.padStart(accNo.length, '*');
  const head = accNo.slice(0, 6);
  return head + '*'.repeat(accNo.length - head.length - tail.length) + tail;
}

import { money, type Money } from '../../money/money.ts';

/** Yuan with up to two decimals, as text: `12.34` is 1234n. Null for anything else, a sign included. */
export function readAmount(yuan: string | undefined): Money | null {
  const parts = /^([0-9]{1,12})(?:\.([0-9]{1,2}))?$/.exec(yuan ?? '');
  if (parts === null) return null;
  return money('CNY', BigInt(`${parts[1]}${(parts[2] ?? '').padEnd(2, '0')}`));
}

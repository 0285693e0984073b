import type { CardNumber } from '../../base/card-number.ts';
import { toGbk } from './gbk.ts';

/** F104: the card and the name on the other side, and whether it is a transfer or a repayment. Null when the name cannot be written in GBK. */
export function f104(other: { number: CardNumber; name: string }, purpose: 'transfer' | 'repayment'): string | null {
  const name = toGbk(other.name);
  if (name === null || name === '' || name.length > 99) return null;
  const parts = item('01', other.number.reveal()) + item('02', name) + item('03', purpose === 'transfer' ? 'TR' : 'RP');
  return `SI${String(parts.length).padStart(3, '0')}${parts}`;
}

/** Two letters of tag, two digits of length in bytes, value. */
function item(tag: string, bytes: string): string {
  return tag + String(bytes.length).padStart(2, '0') + bytes;
}

import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';

const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/**
 * `20261123` and 10 letters of chance (50 bits) without those that look alike: nobody guesses the address of another's
 * order, which is all that guards it in this shop.
 */
export function newOrderNo(deps: { clock: Clock; random: Random }): string {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', dateStyle: 'short' }).format(
    deps.clock.now(),
  );
  const chance = Array.from(deps.random.bytes(10), (byte) => LETTERS[byte % 32]).join('');
  return day.replaceAll('-', '') + chance;
}

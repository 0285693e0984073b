import { assert } from '../../base/assert.ts';

/** Parts that sum to the total, as equal as can be: the odd minor units go to the first ones, one each. */
export function splitTotal(totalMinor: bigint, partsCount: number): bigint[] {
  assert(Number.isInteger(partsCount) && partsCount >= 1, 'a total is split over at least one part');
  assert(totalMinor >= BigInt(partsCount), 'every part is at least one minor unit');
  const count = BigInt(partsCount);
  const [each, odd] = [totalMinor / count, totalMinor % count];
  return Array.from({ length: partsCount }, (_, at) => (BigInt(at) < odd ? each + 1n : each));
}

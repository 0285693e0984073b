import { assert } from '../../base/assert.ts';

const HALF_LOG_TWO_PI = 0.9189385332046727;

/** The natural logarithm of the gamma function of a positive number, to 12 digits: Stirling's series (NIST DLMF 5.11.1), shifted up to 12. */
export function logGamma(x: number): number {
  assert(x > 0, 'the logarithm of gamma is taken of a positive number');
  let shift = 0;
  let at = x;
  while (at < 12) {
    shift += Math.log(at);
    at += 1;
  }
  const square = at * at;
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / at;
  return (at - 0.5) * Math.log(at) - at + HALF_LOG_TWO_PI + series - shift;
}

/** Draws from distributions, from numbers between 0 and 1. */

/** The number of trials up to and including the first that comes true; Infinity where none ever does. */
export function drawGap(chance: () => number, probability: number): number {
  if (probability <= 0) return Infinity;
  if (probability >= 1) return 1;
  return 1 + Math.floor(Math.log1p(-chance()) / Math.log1p(-probability));
}

/** How many of `n` come true: exact while few do, by the normal approximation from a thousand expected on. */
export function drawBinomial(chance: () => number, n: number, probability: number): number {
  if (probability > 0.5) return n - drawBinomial(chance, n, 1 - probability);
  const variance = n * probability * (1 - probability);
  if (variance > 1000) {
    const drawn = Math.round(n * probability + Math.sqrt(variance) * drawNormal(chance));
    return Math.min(n, Math.max(0, drawn));
  }
  let count = 0;
  for (let at = drawGap(chance, probability); at <= n; at += drawGap(chance, probability)) count++;
  return count;
}

/** How long until `n` have come, in units of the mean time between two; by the normal approximation from 200 on. */
export function drawWaiting(chance: () => number, n: number): number {
  if (n >= 200) return Math.max(0, n + Math.sqrt(n) * drawNormal(chance));
  let waited = 0;
  for (let left = n; left > 0; left--) waited -= Math.log1p(-chance());
  return waited;
}

/** Box and Muller (1958). */
function drawNormal(chance: () => number): number {
  return Math.sqrt(-2 * Math.log1p(-chance())) * Math.cos(2 * Math.PI * chance());
}

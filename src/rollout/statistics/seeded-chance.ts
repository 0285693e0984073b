/**
 * Chance that a seed repeats, for simulations and tests: numbers from 0 up to but not including 1. Mulberry32 (Tommy Ettinger, public domain):
 * 32 bits of state, which is enough for some millions of draws and for nothing that has to be secret.
 */
export function createSeededChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

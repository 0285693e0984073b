import { randomBytes } from 'node:crypto';

/** Chance as everybody is handed it, so that a simulation can repeat a run from a seed. */
export interface Random {
  bytes(count: number): Buffer;
}

/** Asking the system costs more than the bytes: those of ids and nonces are drawn many at once, and each is given out once. */
const POOL_BYTES = 4096;
const POOLED_BYTES_MAX = 16;

let pool = Buffer.alloc(0);

export const systemRandom: Random = {
  bytes(count) {
    if (count > POOLED_BYTES_MAX) return randomBytes(count); // secrets share no memory with anything
    if (pool.length < count) pool = randomBytes(POOL_BYTES);
    const drawn = Buffer.from(pool.subarray(0, count));
    pool.fill(0, 0, count);
    pool = pool.subarray(count);
    return drawn;
  },
};

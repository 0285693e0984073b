import { randomBytes } from 'node:crypto';

/** Chance as everybody is handed it, so that a simulation can repeat a run from a seed. */
export interface Random {
  bytes(count: number): Buffer;
}

export const systemRandom: Random = { bytes: (count) => randomBytes(count) };

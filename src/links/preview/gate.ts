import { Refusal } from '../../base/refusal.ts';

export interface Gate {
  /** Runs the work when it is its turn. @throws Refusal `overloaded` at once when too many wait already */
  enter<T>(work: () => Promise<T>): Promise<T>;
}

/** So many at a time, so many in line. */
export function createGate(atATime: number, waitingMax: number): Gate {
  let busy = 0;
  const line: (() => void)[] = [];
  return {
    async enter(work) {
      if (busy >= atATime) {
        if (line.length >= waitingMax) throw new Refusal('overloaded', 'too many pictures are being drawn; ask again');
        await new Promise<void>((resolve) => line.push(resolve)); // whoever leaves hands its place on
      } else busy += 1;
      try {
        return await work();
      } finally {
        const next = line.shift();
        if (next === undefined) busy -= 1;
        else next();
      }
    },
  };
}

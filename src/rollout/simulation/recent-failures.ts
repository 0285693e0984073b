import { drawGap } from './draw.ts';

/** The wallet's own attempts one after the other, of which only the failures are drawn: a rollout has few of them. */
export class RecentFailures {
  readonly #chance: () => number;
  readonly #probability: number;
  readonly #floor: { failures: number; of: number } | null;
  readonly #kept: number;
  /** Numbers of the last failed attempts, rising. */
  #failures: number[] = [];
  #attempts = 0;
  #next: number;

  constructor(chance: () => number, probability: number, floor: { failures: number; of: number } | null, kept: number) {
    this.#chance = chance;
    this.#probability = probability;
    this.#floor = floor;
    this.#kept = kept;
    this.#next = drawGap(chance, probability);
  }

  /** Lets so many attempts happen, fewer where the floor is reached on the way; answers how many happened and how many of them failed. */
  run(attempts: number): { happened: number; failed: number } {
    const end = this.#attempts + attempts;
    let failed = 0;
    while (this.#next <= end) {
      failed++;
      this.#failures.push(this.#next);
      if (this.#failures.length > this.#kept) this.#failures.shift();
      const at = this.#next;
      this.#next += drawGap(this.#chance, this.#probability);
      if (!this.#isFloorReached(at)) continue;
      const happened = at - (end - attempts);
      this.#attempts = at;
      return { happened, failed };
    }
    this.#attempts = end;
    return { happened: attempts, failed };
  }

  /** As the store keeps them: the newest last. */
  outcomes(): string {
    const first = Math.max(0, this.#attempts - this.#kept);
    let letters = '';
    for (const failure of this.#failures)
      if (failure > first) letters += `${'1'.repeat(failure - first - 1 - letters.length)}0`;
    return letters.padEnd(this.#attempts - first, '1');
  }

  #isFloorReached(at: number): boolean {
    if (!this.#floor) return false;
    const first = this.#failures[this.#failures.length - this.#floor.failures];
    return first !== undefined && at - first < this.#floor.of;
  }
}

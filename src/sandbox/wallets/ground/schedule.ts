import { SANDBOX_CLOCK_LOOK_MS } from '../../../base/limits.ts';
import type { Clock } from '../../../base/clock.ts';

interface Job {
  dueMs: number;
  run: () => void;
}

/** Runs things at instants of the clock that is handed in, so a clock that is moved by hand moves them too. */
export class Schedule {
  readonly #clock: Clock;
  /** A binary heap, the earliest first. */
  readonly #jobs: Job[] = [];
  #timer: NodeJS.Timeout | null = null;
  #timerDueMs = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `run` is called once, never before this call has returned. */
  at(due: Date, run: () => void): void {
    if (this.#stopped) return;
    this.#push({ dueMs: due.getTime(), run });
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#jobs.length = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #arm(): void {
    const first = this.#jobs[0];
    if (first === undefined || first.dueMs >= this.#timerDueMs) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerDueMs = first.dueMs;
    const waitMs = Math.min(Math.max(first.dueMs - this.#clock.now().getTime(), 0), SANDBOX_CLOCK_LOOK_MS);
    this.#timer = setTimeout(() => this.#runDue(), waitMs);
  }

  #runDue(): void {
    this.#timer = null;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.now().getTime();
    for (let first = this.#jobs[0]; first !== undefined && first.dueMs <= nowMs; first = this.#jobs[0]) {
      this.#pop();
      first.run();
    }
    this.#arm();
  }

  #push(job: Job): void {
    const jobs = this.#jobs;
    let at = jobs.push(job) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#dueMs(parent) <= job.dueMs) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #pop(): void {
    const jobs = this.#jobs;
    this.#swap(0, jobs.length - 1);
    jobs.pop();
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const child = this.#dueMs(left + 1) < this.#dueMs(left) ? left + 1 : left;
      if (this.#dueMs(child) >= this.#dueMs(at)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #dueMs(at: number): number {
    return this.#jobs[at]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  #swap(left: number, right: number): void {
    const [first, second] = [this.#jobs[left], this.#jobs[right]];
    if (first === undefined || second === undefined) return;
    this.#jobs[left] = second;
    this.#jobs[right] = first;
  }
}

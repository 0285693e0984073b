/** Time as everybody is handed it: no other file reads the machine's clock for business time. */
export interface Clock {
  /** The present instant, millisecond precision. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still until it is moved; for tests and the sandbox. */
export class ManualClock implements Clock {
  #nowMs: number;
  constructor(start: Date) {
    this.#nowMs = start.getTime();
  }
  now(): Date {
    return new Date(this.#nowMs);
  }
  advanceMs(ms: number): void {
    this.#nowMs += ms;
  }
}

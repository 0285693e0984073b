import type { Clock } from '../../src/base/clock.ts';

/**
 * The machine's clock plus a lead that only grows: half a minute without a server, or an hour in which wallets are asked
 * again, pass in no time. The server process and the pretend world are given the same lead.
 */
export class LeapingClock implements Clock {
  #leadMs: number;

  constructor(leadMs: number) {
    this.#leadMs = leadMs;
  }

  get leadMs(): number {
    return this.#leadMs;
  }

  now(): Date {
    return new Date(Date.now() + this.#leadMs);
  }

  leap(ms: number): void {
    this.#leadMs += ms;
  }
}

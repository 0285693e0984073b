import { SANDBOX_NONCES_MAX } from '../../../base/limits.ts';

/** The nonces of believed requests, for as long as their signatures live. */
export class Nonces {
  readonly #until = new Map<string, number>();

  /** False when it was used before. @throws RangeError when more are alive than can be remembered */
  use(nonce: string, nowSeconds: number, untilSeconds: number): boolean {
    for (const [old, until] of this.#until) {
      if (until >= nowSeconds) break; // they come nearly in order; what is left behind goes a little later
      this.#until.delete(old);
    }
    if (this.#until.has(nonce)) return false;
    if (this.#until.size >= SANDBOX_NONCES_MAX) throw new RangeError('too many requests to remember');
    this.#until.set(nonce, untilSeconds);
    return true;
  }
}

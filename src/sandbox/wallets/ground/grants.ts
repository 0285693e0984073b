import type { Clock } from '../../../base/clock.ts';
import { SANDBOX_GRANT_SECONDS, SANDBOX_GRANTS_MAX } from '../../../base/limits.ts';

/** The one-time codes of OAuth-like logins: who consented to what. They live for minutes and are not kept. */
export class Grants {
  readonly #clock: Clock;
  readonly #grants = new Map<string, { about: Record<string, string>; untilMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `code` is the wallet's own form of it. @throws RangeError when too many are open */
  give(code: string, about: Record<string, string>): void {
    const nowMs = this.#clock.now().getTime();
    for (const [old, grant] of this.#grants) if (grant.untilMs < nowMs) this.#grants.delete(old);
    if (this.#grants.size >= SANDBOX_GRANTS_MAX) throw new RangeError('too many logins are open');
    this.#grants.set(code, { about, untilMs: nowMs + SANDBOX_GRANT_SECONDS * 1000 });
  }

  /** Null when there is no such code, it was used or its time is over. */
  take(code: string): Record<string, string> | null {
    const grant = this.#grants.get(code);
    this.#grants.delete(code);
    return grant === undefined || grant.untilMs < this.#clock.now().getTime() ? null : grant.about;
  }
}

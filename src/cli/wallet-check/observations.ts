import { problemOf } from '../../wallets/open/codes.ts';
import { type Members, membersOf, readMinor } from '../../wallets/open/parse.ts';
import type { Flaw } from '../../wallets/open/verify.ts';
import type { Came } from './check-client.ts';

/** What is looked at on every message of a run, whatever the message is about. */
export class Observations {
  readonly #flaws = new Map<Flaw, string>();
  #badError: string | null = null;
  #badAmount: string | null = null;
  #repliesCount = 0;

  get repliesCount(): number {
    return this.#repliesCount;
  }

  flaw(flaw: Flaw, what: string): void {
    if (!this.#flaws.has(flaw)) this.#flaws.set(flaw, what);
  }

  /** The first flaw of one of these kinds, in words. */
  firstFlaw(...kinds: readonly Flaw[]): string | null {
    return kinds.map((kind) => this.#flaws.get(kind)).find((what) => what !== undefined) ?? null;
  }

  reply(name: string, came: Came, contentType: string): void {
    this.#repliesCount += 1;
    this.amounts(name, came.json);
    if (came.status < 400) return;
    const { code, final } = came.json;
    const row = typeof code === 'string' ? problemOf(code, came.status) : null;
    const isProblem = contentType.startsWith('application/problem+json');
    if (row !== null && row.row.isFinal === final && isProblem) return;
    this.#badError ??= `${name} answered ${came.status} with code ${JSON.stringify(code)}, final ${JSON.stringify(final)}, as ${contentType || 'nothing'}`;
  }

  /** Every member that is an amount, however deep. */
  amounts(name: string, json: Members): void {
    for (const [member, value] of Object.entries(json)) {
      const inner = membersOf(value);
      if (inner === null) continue;
      if ('minor' in inner && 'currency' in inner && readMinor(inner['minor']) === null)
        this.#badAmount ??= `${name}: ${member} is ${JSON.stringify(value)}`;
      this.amounts(name, inner);
    }
  }

  get badError(): string | null {
    return this.#badError;
  }

  get badAmount(): string | null {
    return this.#badAmount;
  }
}

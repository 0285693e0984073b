import { assert } from '../../base/assert.ts';

/** One line of a posting: debits are positive, credits negative. */
export interface BookLine {
  account: string;
  fen: bigint;
}

/** One posting as it is shown on a bank's page. */
export interface Posting {
  at: string;
  what: string;
  lines: readonly BookLine[];
}

const POSTINGS_SHOWN_MAX = 100;

/**
 * The double-entry books of one bank. Accounts: `card:<number>` (what the bank owes a holder is a credit, what a holder owes it a
 * debit), `clearing:<institution>:<day>` (owed to or by a member of the switch until the day is settled), `settled:<institution>`
 * (what was paid to or got from it), `cash` (what people brought before the sandbox began).
 */
export class BankBooks {
  readonly #sums = new Map<string, bigint>();
  readonly #latest: Posting[] = [];
  #count = 0;

  /** Every posting sums to zero, or nothing is posted. */
  post(posting: Posting): void {
    assert(posting.lines.reduce((sum, { fen }) => sum + fen, 0n) === 0n, 'every posting of a bank sums to zero');
    for (const { account, fen } of posting.lines) this.#sums.set(account, this.sumOf(account) + fen);
    this.#count++;
    if (this.#latest.push(posting) > 2 * POSTINGS_SHOWN_MAX) this.#latest.splice(0, POSTINGS_SHOWN_MAX);
  }

  /** Debits less credits. */
  sumOf(account: string): bigint {
    return this.#sums.get(account) ?? 0n;
  }

  accounts(): { account: string; fen: bigint }[] {
    return [...this.#sums].map(([account, fen]) => ({ account, fen }));
  }

  /** Newest first. */
  latest(): Posting[] {
    return this.#latest.slice(-POSTINGS_SHOWN_MAX).reverse();
  }

  get postings(): number {
    return this.#count;
  }

  isBalanced(): boolean {
    let sum = 0n;
    for (const fen of this.#sums.values()) sum += fen;
    return sum === 0n;
  }
}

export function cardAccount(number: string): string {
  return `card:${number}`;
}

export function clearingAccount(institution: string, day: string): string {
  return `clearing:${institution}:${day}`;
}

export function settledAccount(institution: string): string {
  return `settled:${institution}`;
}

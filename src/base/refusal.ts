import { REFUSALS } from './refusals.ts';

export type RefusalCode = keyof typeof REFUSALS;

/**
 * We decline, and nothing was changed. Thrown from any depth, it rolls back what is open and http/ renders it once as
 * problem+json (cli/ as one line). `facts` are shown to the caller: never put a secret or somebody else's data in.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly facts: Readonly<RefusalFacts>;
  constructor(code: RefusalCode, detail: string, facts: RefusalFacts = {}) {
    super(detail);
    this.name = 'Refusal';
    this.code = code;
    this.facts = facts;
  }
}

export interface RefusalFacts {
  /** The field that is wrong, as a JSON path: `amount.minor`. */
  param?: string;
  /** After how many seconds another try makes sense. */
  retryAfterSeconds?: number;
  [fact: string]: string | number | boolean | undefined;
}

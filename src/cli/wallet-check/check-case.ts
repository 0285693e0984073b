import { plainText } from '../../wallets/plain-text.ts';
import type { CheckWorld } from './check-world.ts';

/** One rule of docs/open-wallet-protocol.md, and how to see whether a wallet keeps it. */
export interface CheckCase {
  /** Stable, for programs and for `--only`. */
  id: string;
  /** The rule, in plain words. */
  rule: string;
  /** What the wallet's maker has to do where it is broken. */
  advice: string;
  /** The heading in the specification. */
  section: string;
  /** Cases without which this one says nothing: where one of them was not passed, it is not looked at. */
  needs?: readonly string[];
  /** @throws Broken when the rule is broken, NotSeen when it cannot be seen here */
  run(world: CheckWorld): Promise<void>;
}

/** What a strange wallet said may stand in a message: it must steer no terminal, and not fill it either. */
const MESSAGE_CHARS_MAX = 500;

/** The wallet breaks the rule; the message says what it did. */
export class Broken extends Error {
  constructor(message: string) {
    super(plainText(message, MESSAGE_CHARS_MAX));
  }
}

/** The rule cannot be looked at: the wallet does not claim it, or there is nobody to play the buyer. */
export class NotSeen extends Error {
  constructor(message: string) {
    super(plainText(message, MESSAGE_CHARS_MAX));
  }
}

export function expectThat(claim: boolean, whatCame: string): asserts claim {
  if (!claim) throw new Broken(whatCame);
}

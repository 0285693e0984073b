import type { BankRail, Stamp } from '../bank/rail.ts';

/*
 * What a rail needs to be kept: stamps that are never given out twice, working keys that survive a restart, and which institution a bank
 * is reached at.
 */

export interface RailDesk {
  readonly rail: BankRail;
  /** `count` new stamps for messages of this institution. Drawn from blocks that were reserved in the database: none repeats after a restart. */
  stamps(count: number): Promise<Stamp[]>;
  /** The institution that a bank's cards are reached at; null when it takes no part. */
  institutionOf(bank: string): string | null;
  bankOf(institution: string): string | null;
  /** Banks that take part, for pages: code and names. */
  banks(): readonly { bank: string; institution: string }[];
  stop(): Promise<void>;
}

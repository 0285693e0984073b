import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Send } from '../base/outbound.ts';
import type { Random } from '../base/random.ts';
import type { Cards } from '../cards/cards.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { Transfers } from '../transfers/transfers.ts';
import type { Users } from '../users/users.ts';
import type { Keyring } from '../vault/seal.ts';

/** Reads go to either. */
export type Queries = Sql | Tx;

/** One who pays by test hooks, asked for nothing. */
export interface TestBuyer {
  userId: `usr_${string}`;
  cardId: string;
}

export interface PayerDeps {
  sql: Sql;
  clock: Clock;
  random: Random;
  log: Log;
  book: number;
  keyring: Keyring;
  transfers: Pick<Transfers, 'start' | 'settle' | 'find'>;
  users: Pick<Users, 'consumeProof'>;
  cards: Pick<Cards, 'list'>;
  /** From net/vetted-send.ts: shops choose their addresses. */
  send: Send;
  /** Where the app and the protocol are, without a slash at its end: `https://wallet.example`. */
  walletUrl: string;
  /** Test mode: pretend shops anywhere, and the hooks of the protocol's appendix A, played by these two. Null in live mode. */
  testBuyers: (() => Promise<{ pays: TestBuyer; declines: TestBuyer }>) | null;
}

import type { CupsTimings } from '../bank/cups-options.ts';
import type { Secret } from '../base/secret.ts';
import type { OpenedCards } from '../cards/open-cards.ts';
import type { Sql } from '../db/connect.ts';
import type { OpenedPayer } from '../payer/open-payer.ts';
import type { TestBuyer } from '../payer/payer-deps.ts';
import type { OpenedRailDesk } from '../rail/open-rail-desk.ts';
import type { UsersApi } from '../users/users-api.ts';
import type { BankSettings } from './settings.ts';

/** What the wallet has of its own: where its app is, its banks, and how it reaches phones. */
export interface WalletOptions {
  /** The app's origin, without a slash at its end. */
  url: string;
  bank: BankSettings;
  sms: { url: string; secret: Secret };
  /** Sandbox: where the pretend phone shows its messages. */
  sandboxPhoneUrl: string | null;
  /** Sandbox: who pays when the protocol's test hooks are called; null in live mode. */
  testBuyers: (() => Promise<{ pays: TestBuyer; declines: TestBuyer }>) | null;
  /** Other times than usual on the rail; for demos and tests, where a bank is silent on purpose. */
  timings?: Partial<CupsTimings>;
  /** How long a bank has for a balance; the usual when left out. */
  balanceDeadlineMs?: number;
}

/** A wallet that main has built, as far as the command line works with it. */
export interface WalletServer {
  app: { listen(at: { port: number; host: string }): Promise<unknown> };
  payer: OpenedPayer;
  desk: OpenedRailDesk;
  users: UsersApi;
  cards: OpenedCards;
  sql: Sql;
  book: number;
}

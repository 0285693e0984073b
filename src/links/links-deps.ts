import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Cashier } from '../cashier/cashier.ts';
import type { Sql } from '../db/connect.ts';
import type { LookUpText } from '../net/dns-text.ts';
import type { Keyring } from '../vault/seal.ts';
import type { SafeFetch } from './links.ts';

/** Everything that links work with; main builds it once. */
export interface LinksDeps {
  sql: Sql;
  clock: Clock;
  random: Random;
  log: Log;
  keyring: Keyring;
  /** The book whose links are kept in memory. */
  book: number;
  /** Where the cashier and our own links are reached, without a slash at the end; our own links are `<linkUrl>/l/<code>`. */
  publicUrl: string;
  /** Another address of ours for links alone (an app opens a universal link only from another host); publicUrl where none is set. */
  linkUrl: string;
  /** Sandbox: hosts of this machine may be proved, over plain http. */
  isSandbox: boolean;
  cashier: Cashier;
  safeFetch: SafeFetch;
  /** How a person of Hutong Wallet is shown to others (`**丰`); left out where there is no wallet, and so no link of a person's. */
  nameOfPerson?: (userId: string) => Promise<string | null>;
  /** Whether the operator lets nothing lead to this host, or nothing be made by this merchant; nothing is blocked when left out. */
  isBlocked?: (subject: { kind: 'host' | 'merchant'; id: string }) => boolean;
  /** Asks for the DNS record that proves a host; the resolvers of this machine when left out. */
  lookUpText?: LookUpText;
}

/** What a change of a link, a host or an app notifies, so that every node reads anew. */
export const LINKS_CHANNEL = 'hutong_links';

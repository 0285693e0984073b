import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import {
  BATCH_ITEMS_MAX,
  BATCH_QUEUE_MAX,
  LEDGER_ACCOUNTS_CACHED_MAX,
  LEDGER_LIMITS_KNOWN_MAX,
  LEDGER_PAGE_ITEMS_MAX,
} from '../base/limits.ts';
import { LEDGER_OPENED_KEPT_MAX } from '../base/link-limits.ts';
import type { Log } from '../base/log.ts';
import { Refusal } from '../base/refusal.ts';
import { createBatch } from '../db/batch.ts';
import type { Sql, Tx } from '../db/connect.ts';
import { AccountCache } from './account-cache.ts';
import type { LedgerReply, LedgerRequest } from './apply.ts';
import { applyExpiries, applyRequests } from './apply.ts';
import { FilledLimits } from './fill-limits.ts';
import { assertAccount, assertTransfer } from './widths.ts';
import {
  listAccountBalances,
  listAccountTransfers,
  listAccounts,
  listTransfers,
  sumTransfers,
} from './lookup-store.ts';
import { indexClosedMonths, makePartitions } from './partition-store.ts';
import type { CreateAccountResult, CreateTransferResult } from './results.ts';
import type {
  Account,
  AccountFilter,
  BalancesAt,
  CreateAccount,
  CreateTransfer,
  SumFilter,
  Transfer,
  TransferSum,
} from './types.ts';
import { isWritten, type Trace } from './write-state-store.ts';

export interface LedgerOptions {
  sql: Sql;
  clock: Clock;
  log: Log;
  /** The book that the list functions work on; `openAccounts` and `postTransfers` name theirs. */
  book: number;
}

/**
 * The ledger. Every function takes a list and answers one result per item, same index; the id of an account or transfer
 * is its idempotency key. What is answered `created` is durable (in `…Accounts` and `…Transfers` below, once the caller's
 * transaction commits).
 */
export interface Ledger {
  /** Group commit: what arrives while a transaction is under way goes into the next one. @throws Refusal overloaded */
  createAccounts(accounts: readonly CreateAccount[]): Promise<readonly CreateAccountResult[]>;
  createTransfers(transfers: readonly CreateTransfer[]): Promise<readonly CreateTransferResult[]>;
  lookupAccounts(ids: readonly bigint[]): Promise<(Account | undefined)[]>;
  lookupTransfers(ids: readonly bigint[]): Promise<(Transfer | undefined)[]>;
  /** Transfers of one account in order of time. */
  accountTransfers(filter: AccountFilter): Promise<Transfer[]>;
  /** Plain and posted transfers, added up by account and code. Two-phase transfers are not what it is for. */
  sumTransfers(filter: SumFilter): Promise<TransferSum[]>;
  /** Balances of a `history` account after each of its events; of any other account nothing. */
  accountBalances(filter: AccountFilter): Promise<BalancesAt[]>;
  /**
   * Within the caller's own transaction. Takes the book's lock and holds it until that transaction ends, so lock your own rows
   * first, call this last, and take several books in ascending order.
   */
  openAccounts(tx: Tx, book: number, accounts: readonly CreateAccount[]): Promise<readonly CreateAccountResult[]>;
  postTransfers(tx: Tx, book: number, transfers: readonly CreateTransfer[]): Promise<readonly CreateTransferResult[]>;
  /**
   * Both in one go: the accounts are there before the first transfer. With `opensUnseen` a lone writer does not look whether they were
   * there before; say so where most are new and where what fails with a serialization failure (40001) is done again, as a batch does.
   */
  postWithAccounts(
    tx: Tx,
    book: number,
    accounts: readonly CreateAccount[],
    transfers: readonly CreateTransfer[],
    opensUnseen: boolean,
  ): Promise<{ accounts: readonly CreateAccountResult[]; transfers: readonly CreateTransferResult[] }>;
  /** Which limits need not be filled again; for holds.ts. */
  filledLimits: FilledLimits;
  /** Gives back pending amounts whose time is up, oldest first, at most `limit`; answers how many. */
  expirePending(limit: number): Promise<number>;
  /** Makes the partitions of this month and the next ones, and indexes those that are over. At start, and once a day. */
  prepareMonths(): Promise<void>;
  /** Finishes what was accepted; accepts nothing more. */
  close(): Promise<void>;
}

const MONTHS_AHEAD = 3;

export function createLedger({ sql, clock, log, book }: LedgerOptions): Ledger {
  const deps = { clock, cache: new AccountCache(LEDGER_ACCOUNTS_CACHED_MAX, LEDGER_OPENED_KEPT_MAX) };
  const lane = createBatch<LedgerRequest, { reply: LedgerReply; trace: Trace }>({
    name: `ledger ${book}`,
    sql,
    itemsMax: BATCH_ITEMS_MAX,
    queueMax: BATCH_QUEUE_MAX,
    sizeOf: (request) => (request.kind === 'accounts' ? request.accounts.length : request.transfers.length),
    async run(tx, requests) {
      const { replies, trace, written } = await applyRequests(tx, deps, book, requests, true);
      // The commit travels right behind the writes; if one of them failed it fails too, with that error.
      written.catch(() => {});
      return replies.map((reply) => ({ reply, trace }));
    },
    async wasCommitted(sql, [answer]) {
      assert(answer && !(answer instanceof Refusal), 'the ledger answers every request');
      return isWritten(sql, book, answer.trace); // one trace, that of the transaction
    },
  });

  return {
    async createAccounts(accounts) {
      checkAccounts(accounts);
      return accountResults((await lane.submit({ kind: 'accounts', accounts })).reply);
    },
    async createTransfers(transfers) {
      checkTransfers(transfers);
      return transferResults((await lane.submit({ kind: 'transfers', transfers })).reply);
    },
    async openAccounts(tx, book, accounts) {
      checkAccounts(accounts);
      const { replies, written } = await applyRequests(tx, deps, book, [{ kind: 'accounts', accounts }], false);
      await written;
      return accountResults(replies[0]);
    },
    async postTransfers(tx, book, transfers) {
      checkTransfers(transfers);
      const { replies, written } = await applyRequests(tx, deps, book, [{ kind: 'transfers', transfers }], false);
      await written;
      return transferResults(replies[0]);
    },
    async postWithAccounts(tx, book, accounts, transfers, opensUnseen) {
      checkAccounts(accounts);
      checkTransfers(transfers);
      const requests: LedgerRequest[] = [{ kind: 'transfers', transfers }];
      if (accounts.length > 0) requests.unshift({ kind: 'accounts', accounts });
      const { replies, written } = await applyRequests(tx, deps, book, requests, opensUnseen);
      await written;
      return {
        accounts: accounts.length > 0 ? accountResults(replies[0]) : [],
        transfers: transferResults(replies.at(-1)),
      };
    },
    filledLimits: new FilledLimits(LEDGER_LIMITS_KNOWN_MAX),
    lookupAccounts: (ids) => listAccounts(sql, book, ids),
    lookupTransfers: (ids) => listTransfers(sql, book, ids),
    async accountTransfers(filter) {
      checkFilter(filter);
      return listAccountTransfers(sql, book, filter);
    },
    sumTransfers: (filter) => sumTransfers(sql, book, filter),
    async accountBalances(filter) {
      checkFilter(filter);
      return listAccountBalances(sql, book, filter);
    },
    async expirePending(limit) {
      const expired = await sql.begin((tx) => applyExpiries(tx, deps, book, limit));
      if (expired > 0) log.info({ book, expired }, 'pending transfers expired');
      return expired;
    },
    async prepareMonths() {
      const made = await makePartitions(sql, clock.now(), MONTHS_AHEAD);
      if (made > 0) log.info({ made }, 'ledger partitions made');
      const indexed = await indexClosedMonths(sql, clock.now());
      if (indexed > 0) log.info({ indexed }, 'ledger indexes of closed months built');
    },
    close: () => lane.close(),
  };
}

function checkAccounts(accounts: readonly CreateAccount[]): void {
  assert(accounts.length <= BATCH_ITEMS_MAX, 'a request has at most BATCH_ITEMS_MAX accounts');
  for (const account of accounts) assertAccount(account);
}

function checkTransfers(transfers: readonly CreateTransfer[]): void {
  assert(transfers.length <= BATCH_ITEMS_MAX, 'a request has at most BATCH_ITEMS_MAX transfers');
  for (const transfer of transfers) assertTransfer(transfer);
}

function checkFilter(filter: AccountFilter): void {
  assert(filter.limit >= 1 && filter.limit <= LEDGER_PAGE_ITEMS_MAX, 'a page has 1 to LEDGER_PAGE_ITEMS_MAX items');
}

function accountResults(reply: LedgerReply | undefined): readonly CreateAccountResult[] {
  assert(reply?.kind === 'accounts', 'the reply is of the kind of its request');
  return reply.results;
}

function transferResults(reply: LedgerReply | undefined): readonly CreateTransferResult[] {
  assert(reply?.kind === 'transfers', 'the reply is of the kind of its request');
  return reply.results;
}

import { assert } from '../base/assert.ts';
import { legId } from '../base/id.ts';
import { BATCH_ITEMS_MAX, HOLD_LINES_MAX } from '../base/limits.ts';
import type { Tx } from '../db/connect.ts';
import type { Currency } from '../money/money.ts';
import { collect, isLowered, plain, planFillings } from './fill-limits.ts';
import type { Ledger } from './ledger.ts';
import { digestId, LIMIT_CODES, limitAccount, limitAccountId, limitLedger } from './limit-accounts.ts';
import { listAccounts } from './lookup-store.ts';
import type { CreateTransferResult, CreateTransferStatus } from './results.ts';
import { AMOUNT_MAX, type CreateAccount, type CreateTransfer, TransferFlags } from './types.ts';

/*
 * Limits as accounts: a budget of an offer, a count per buyer and day, the money at risk in a staged wallet. What is under way holds
 * its part (a pending transfer), success commits it and failure gives it back. The ledger itself refuses the eleventh of ten, whoever asks.
 * These accounts live in ledgers of their own, apart from real money: a limit is nobody's claim.
 */

/** A part of one limit that something under way needs. */
export interface HoldLine {
  /** Which limit, for ever: `off_…/count`, `off_…/user/2026-11-23/<hash of the buyer>`, `rol_…/money`. At most 200 characters. */
  limit: string;
  /** `count` counts uses; `money` is in minor units of `currency`. */
  unit: 'count' | 'money';
  currency: Currency;
  /** Every figure that the limit has had, oldest first; the last is in force. */
  figures: readonly bigint[];
  amount: bigint;
  /** What becomes of it when the attempt has succeeded: used up, or given back as it is after a failure. */
  onSuccess: 'commit' | 'release';
}

export interface HoldRequest {
  /** The attempt's id; its lines' transfers follow from it, so that asking twice holds once. */
  id: string;
  lines: readonly HoldLine[];
  /**
   * What is given back in the same step, so that its room is there for these lines; where they have no room all the same, it stays
   * held. Left out for nothing.
   */
  insteadOf?: readonly { id: string; lines: readonly HoldLine[] }[];
}

/** All lines are held, or none: `refused` is the index of the first line that has no room. */
export type HoldResult = { kind: 'held' } | { kind: 'refused'; line: number };

/** How something that was held ends. */
export interface HoldEnd extends HoldRequest {
  /** `commit` uses the lines up (those with `onSuccess: 'release'` are given back), `release` gives all of them back. */
  to: 'commit' | 'release';
  /** What each line really took, never more than was held; left out it is all of it. */
  amounts?: readonly bigint[];
}

/** What is left under a limit, when something was given back to it. */
export interface HoldReturn {
  /** The refund's id; asking twice gives back once. */
  id: string;
  lines: readonly { line: HoldLine; amount: bigint }[];
}

/** A limit without what is wanted of it. */
export type Limit = Pick<HoldLine, 'limit' | 'unit' | 'currency' | 'figures'>;

export type HoldLedger = Pick<Ledger, 'postTransfers' | 'postWithAccounts' | 'filledLimits'>;

/** Which leg of an attempt's or refund's id a line's transfers take, and the next HOLD_LINES_MAX; never renumber. */
const LEG = { held: 128, ended: 191, returned: 128 } as const;

/**
 * Within the caller's transaction: each request gets all its lines or none, in order of the list. Asked again with the same id, what is
 * held is held; what was refused once stays refused. Takes the book's lock: lock your own rows first.
 */
export async function reserveHolds(
  tx: Tx,
  ledger: HoldLedger,
  book: number,
  requests: readonly HoldRequest[],
): Promise<HoldResult[]> {
  const results: HoldResult[] = [];
  for (const some of chunks(requests)) results.push(...(await reserveSome(tx, ledger, book, some)));
  return results;
}

async function reserveSome(
  tx: Tx,
  ledger: HoldLedger,
  book: number,
  requests: readonly HoldRequest[],
): Promise<HoldResult[]> {
  const lines = requests.flatMap((request) => request.lines);
  if (lines.length === 0) return requests.map(() => ({ kind: 'held' }));
  const fillings = planFillings(tx, ledger.filledLimits, book, lines);
  const accounts = dedupe(fillings.flatMap((filling) => filling.accounts));
  const fills = fillings.flatMap((filling) => filling.transfers);
  const collects = requests.flatMap((request) => collectsOf(book, request));
  const holds = requests.flatMap((request) => pendingChain(book, request));
  const told = await ledger.postWithAccounts(tx, book, accounts, [...fills, ...collects, ...holds], true);

  assert(told.accounts.every(isThere), 'the accounts of limits can be opened');
  let at = 0;
  for (const filling of fillings) {
    const own = told.transfers.slice(at, at + filling.transfers.length);
    assert(own.every(isThere), `the figures of a limit are only ever added to: ${filling.name}`);
    ledger.filledLimits.note(
      tx,
      filling.name,
      own.every(({ status }) => status === 'exists'),
    );
    at += filling.transfers.length;
  }
  at += collects.length;
  return requests.map((request) => {
    const given = givenUp(request).length;
    const own = told.transfers.slice(at, at + given + request.lines.length);
    at += own.length;
    return toResult(own, given);
  });
}

/** A chain is all new, or was held before (its first line exists), or broke at the line that says why. */
function toResult(chain: readonly CreateTransferResult[], givenCount: number): HoldResult {
  const lines = chain.slice(givenCount);
  if (chain.every(({ status }) => status === 'created')) return { kind: 'held' };
  if (chain[0]?.status === 'exists') return { kind: 'held' };
  const line = lines.findIndex(({ status }) => status === 'exceeds_credits' || status === 'id_already_failed');
  assert(line >= 0, `a hold is refused for want of room only: ${lines.map(({ status }) => status).join(', ')}`);
  return { kind: 'refused', line };
}

/**
 * Within the caller's transaction: ends what is held. The same end again changes nothing; the other end of what has ended is a bug.
 * Whoever holds is to know which end it came to.
 */
export async function settleHolds(tx: Tx, ledger: HoldLedger, book: number, ends: readonly HoldEnd[]): Promise<void> {
  for (const some of chunks(ends)) {
    const transfers = some.flatMap(toEndTransfers);
    if (transfers.length === 0) continue;
    const results = await ledger.postTransfers(tx, book, transfers);
    for (const { status } of results) assert(isThere({ status }), `what was held can be ended: ${status}`);
  }
}

/** The same as transfers, for who posts others with them; each is to be created, or there already. */
export function toEndTransfers(end: HoldEnd): CreateTransfer[] {
  return end.lines.map((line, index) => endOf(end, line, index));
}

function endOf(end: HoldEnd, line: HoldLine, index: number): CreateTransfer {
  const commits = end.to === 'commit' && line.onSuccess === 'commit';
  return {
    ...plain(legId(end.id, LEG.ended + index), 0n, 0n, commits ? (end.amounts?.[index] ?? AMOUNT_MAX) : 0n, 0, 0),
    pendingId: legId(end.id, LEG.held + index),
    flags: commits ? TransferFlags.post_pending_transfer : TransferFlags.void_pending_transfer,
  };
}

/**
 * Within the caller's transaction: money came for something whose lines had been given back. What there is room for is used, the rest is
 * used beyond the limit: money that came is never refused. Answers the lines that are beyond, by request.
 */
export async function useLate(
  tx: Tx,
  ledger: HoldLedger,
  book: number,
  requests: readonly (HoldRequest & { amounts?: readonly bigint[] })[],
): Promise<HoldLine[][]> {
  const beyond = requests.map((): HoldLine[] => []);
  for (const [index, request] of requests.entries()) {
    const used = request.lines
      .map((line, at) => ({ line, at, amount: request.amounts?.[at] ?? line.amount }))
      .filter(({ line }) => line.onSuccess === 'commit');
    if (used.length === 0) continue;
    const collects = collectsOf(book, { id: `${request.id} late`, lines: used.map(({ line }) => line) });
    const owed = dedupe(used.map(({ line }) => limitAccount('limit_owed', line.limit, limitLedger(line), book)));
    const uses = used.map(({ line, at, amount }) =>
      lateUse(book, 'limit_room', line, amount, digestId('hutong limit late', book, request.id, at)),
    );
    const { transfers: results } = await ledger.postWithAccounts(tx, book, owed, [...collects, ...uses], false);
    const without = used.filter((_, at) => {
      const status = results[collects.length + at]?.status;
      assert(status !== undefined && (isThere({ status }) || isRefused(status)), `late use is booked: ${status}`);
      return isRefused(status);
    });
    if (without.length === 0) continue;
    const booked = await ledger.postWithAccounts(
      tx,
      book,
      owed,
      without.map(({ line, at, amount }) =>
        lateUse(book, 'limit_owed', line, amount, digestId('hutong limit overrun', book, request.id, at)),
      ),
      false,
    );
    assert(booked.transfers.every(isThere), 'what is beyond a limit is booked');
    beyond[index] = without.map(({ line }) => line);
  }
  return beyond;
}

function lateUse(
  book: number,
  from: 'limit_room' | 'limit_owed',
  line: HoldLine,
  amount: bigint,
  id: bigint,
): CreateTransfer {
  const ledger = limitLedger(line);
  const code = from === 'limit_room' ? LIMIT_CODES.limit_used : LIMIT_CODES.limit_overrun;
  return plain(
    id,
    limitAccountId(from, line.limit, ledger, book),
    limitAccountId('limit_used', '', ledger, book),
    amount,
    ledger,
    code,
  );
}

/** Within the caller's transaction: gives back what was used up, because its money went back. Asking twice gives back once. */
export async function returnHolds(
  tx: Tx,
  ledger: HoldLedger,
  book: number,
  returns: readonly HoldReturn[],
): Promise<void> {
  for (const some of chunks(returns)) {
    const lines = some.flatMap((one) => one.lines);
    if (lines.length === 0) continue;
    const rooms = dedupe(lines.map(({ line }) => limitAccount('limit_room', line.limit, limitLedger(line), book)));
    const transfers = some.flatMap((one) =>
      one.lines.map(({ line, amount }, index) => returnOf(book, legId(one.id, LEG.returned + index), line, amount)),
    );
    const told = await ledger.postWithAccounts(tx, book, rooms, transfers, false);
    for (const { status } of told.transfers) assert(isThere({ status }), `what was used can be given back: ${status}`);
  }
}

/**
 * Within the caller's transaction, after `settleHolds`, `toEndTransfers` or `returnHolds`: what was used beyond a limit takes what has
 * become free under it, so that nobody has it a second time. One look, and nothing more where no limit was ever overrun.
 */
export async function collectFreed(
  tx: Tx,
  ledger: HoldLedger,
  book: number,
  freed: readonly HoldRequest[],
): Promise<void> {
  const lines = freed.flatMap(({ id, lines: of }) =>
    of.filter(({ onSuccess }) => onSuccess === 'commit').map((line) => ({ id, line })),
  );
  if (lines.length === 0) return;
  const owed = await listAccounts(
    tx,
    book,
    lines.map(({ line }) => limitAccountId('limit_owed', line.limit, limitLedger(line), book)),
  );
  const collects = new Map<bigint, CreateTransfer>();
  for (const [index, { id, line }] of lines.entries()) {
    const account = owed[index];
    if (account === undefined || account.debitsPosted <= account.creditsPosted) continue;
    const transfer = collect(
      digestId('hutong limit collected', book, line.limit, limitLedger(line), `${id} freed`),
      book,
      line,
    );
    collects.set(transfer.id, transfer);
  }
  const transfers = [...collects.values()];
  for (let at = 0; at < transfers.length; at += BATCH_ITEMS_MAX) {
    const results = await ledger.postTransfers(tx, book, transfers.slice(at, at + BATCH_ITEMS_MAX));
    for (const { status } of results) assert(isThere({ status }), `what is owed can be collected: ${status}`);
  }
}

function returnOf(book: number, id: bigint, line: HoldLine, amount: bigint): CreateTransfer {
  const ledger = limitLedger(line);
  return plain(
    id,
    limitAccountId('limit_used', '', ledger, book),
    limitAccountId('limit_room', line.limit, ledger, book),
    amount,
    ledger,
    LIMIT_CODES.limit_returned,
  );
}

function pendingChain(book: number, request: HoldRequest): CreateTransfer[] {
  assert(request.lines.length <= HOLD_LINES_MAX, 'a request has at most HOLD_LINES_MAX lines');
  const given = givenUp(request).map((transfer) => ({ ...transfer, flags: transfer.flags | TransferFlags.linked }));
  const held = request.lines.map((line, index) => {
    const ledger = limitLedger(line);
    const isLast = index === request.lines.length - 1;
    return {
      ...plain(
        legId(request.id, LEG.held + index),
        limitAccountId('limit_room', line.limit, ledger, book),
        limitAccountId('limit_used', '', ledger, book),
        line.amount,
        ledger,
        LIMIT_CODES.limit_used,
      ),
      flags: TransferFlags.pending | (isLast ? 0 : TransferFlags.linked),
    };
  });
  return [...given, ...held];
}

function givenUp({ insteadOf = [] }: HoldRequest): CreateTransfer[] {
  return insteadOf.flatMap(({ id, lines }) => toEndTransfers({ id, lines, to: 'release' }));
}

/** What became free since a limit was lowered is taken before anything new is held. */
function collectsOf(book: number, request: HoldRequest): CreateTransfer[] {
  return request.lines
    .filter((line) => isLowered(line))
    .map((line) => collect(digestId('hutong limit collected', book, line.limit, request.id), book, line));
}

/** Requests that fit into one call of the ledger together: a line costs its own transfer and what may have to be filled. */
function chunks<Request extends { lines: readonly (HoldLine | { line: HoldLine })[] }>(
  requests: readonly Request[],
): Request[][] {
  const found: Request[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const request of requests) {
    const own = request.lines.reduce((sum, line) => sum + 3 + ('line' in line ? line.line : line).figures.length, 0);
    if (size + own > BATCH_ITEMS_MAX) {
      found.push([]);
      size = 0;
    }
    found.at(-1)?.push(request);
    size += own;
  }
  return found;
}

function dedupe(accounts: readonly CreateAccount[]): CreateAccount[] {
  return [...new Map(accounts.map((account) => [account.id, account])).values()];
}

function isThere({ status }: { status: string }): boolean {
  return status === 'created' || status === 'exists';
}

function isRefused(status: CreateTransferStatus): boolean {
  return status === 'exceeds_credits' || status === 'id_already_failed';
}

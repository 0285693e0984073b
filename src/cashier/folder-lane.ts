import { assert } from '../base/assert.ts';
import { BATCH_ITEMS_MAX, BATCH_QUEUE_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { type Batch, createBatch } from '../db/batch.ts';
import type { Tx } from '../db/connect.ts';
import { claimKeys, finishKeys, type KeyClaim } from '../db/idempotency-store.ts';
import { lockNames } from '../db/lock-names.ts';
import { type HoldEnd, type HoldRequest, reserveHolds } from '../ledger/holds.ts';
import { findPaymentIdsOfAttempts, lockAttemptsOf } from './attempt-store.ts';
import type { PaymentFolder } from './decide-outcome.ts';
import { type Effects, newEffects } from './effects.ts';
import { handedOver } from './attempt-holds.ts';
import type { CashierDeps } from './deps.ts';
import type { Attempt, Payment, Refund } from './payment.ts';
import { observePayment } from './observe-payment.ts';
import { lockPayments } from './payment-store.ts';
import { findPaymentIdsOfRefunds, findRefundNos, lockRefundsOf } from './refund-store.ts';
import type { KeyedResult, Reply } from './reply.ts';
import { tellCorrections } from './tell-corrections.ts';
import { writeFolders } from './write-folders.ts';

/** A payment, its attempts and (where asked for) its refunds, all locked. */
export interface LockedFolder extends PaymentFolder {
  refunds: Refund[];
  /** `<merchant id> <refund number>` of the numbers asked for that are taken. */
  takenRefundNos: Set<string>;
  newAttempts: Attempt[];
  /** Of what was locked, what a decision changed: only that is written. */
  changed: Set<Payment | Attempt | Refund>;
  /** True when its decision, complaint or what was counted of it changed: that is written apart. */
  isNoted: boolean;
}

/** One change of one payment. `decide` is pure but for new ids; it throws a Refusal to change nothing. */
export interface FolderChange {
  book: number;
  /** Which payment: by its own id, or as the one that this attempt or refund belongs to. */
  of: { paymentId: string } | { attemptId: string } | { refundId: string };
  /** Set when a merchant asks: somebody else's payment is as absent as one that does not exist. */
  merchantId: string | null;
  /**
   * `where_offers`: only of a payment whose offers a refund has to share out. `where_refunded`: only of one of which money went
   * back, because what its wallet tells of discounts then concerns its refunds too.
   */
  withRefunds: boolean | 'where_offers' | 'where_refunded';
  refundNo: string | null;
  /** `claim` when the work goes on after this write; then a later change brings `finish`. Both in one: `whole`. */
  key: { step: 'whole' | 'claim' | 'finish'; claim: KeyClaim } | null;
  /** What must be held of limits for it, decided on before it: all of it, or the change is refused with this refusal alone. */
  holds?: (HoldRequest & { refuse(line: number): Refusal }) | null;
  decide(folder: LockedFolder, effects: Effects): Reply | null;
}

/** What came of a change. */
export interface FolderResult extends KeyedResult {
  /** True when the change wrote a refund that is to be sent at once. */
  startsRefund: boolean;
  /** True when the change wrote an event that shops may be waiting for. */
  tellsShops: boolean;
}

/**
 * The one writer of payments, attempts and refunds of a book. Changes that arrive together are one transaction: the
 * folders are locked in id order, each change decides in memory in order of arrival, and everything is written at once.
 */
export function openFolderLane(deps: CashierDeps, book: number): Batch<FolderChange, FolderResult> {
  return createBatch<FolderChange, FolderResult>({
    name: `payments of book ${book}`,
    sql: deps.sql,
    itemsMax: BATCH_ITEMS_MAX,
    queueMax: BATCH_QUEUE_MAX,
    run: (tx, changes) => runChanges(tx, deps, book, changes),
  });
}

async function runChanges(
  tx: Tx,
  deps: CashierDeps,
  book: number,
  changes: readonly FolderChange[],
): Promise<(FolderResult | Refusal)[]> {
  const keyed = changes.filter((change) => change.key !== null && change.key.step !== 'finish');
  // Sent together, run in this order by every node: new keys, payments, keys that were there before.
  const [claimed, folders] = await Promise.all([
    keyed.length === 0 ? [] : claimKeys(tx, keyed.map(toClaim), deps.clock.now()),
    lockFolders(tx, book, changes),
  ]);
  const claims = new Map(keyed.map((change, index) => [change, claimed[index]]));

  const effects = newEffects();
  const touched = new Set<LockedFolder>();
  const finished: { claim: KeyClaim; reply: Reply }[] = [];
  const released: KeyClaim[] = [];
  const outcomes = new Map<FolderChange, FolderResult | Refusal>();
  const folderOf = (change: FolderChange): LockedFolder | undefined => {
    const folder = folders.get(change);
    return change.merchantId === null || folder?.payment.merchantId === change.merchantId ? folder : undefined;
  };
  const isToRun = (change: FolderChange): boolean => {
    const claim = claims.get(change);
    const isNew = claim === undefined || (!(claim instanceof Refusal) && claim.kind === 'new');
    return isNew && folderOf(change) !== undefined;
  };
  const wanting = changes.filter(isToRun).flatMap((change) => toWanting(change, folderOf(change)));
  const held = await holdFor(tx, deps, book, wanting, touched);
  const givenUp: HoldEnd[] = [];
  const runChange = (change: FolderChange): FolderResult | Refusal => {
    const claim = claims.get(change);
    if (claim instanceof Refusal) return claim;
    if (claim?.kind === 'replay') return toReplayed({ status: claim.status, body: claim.body });
    if (claim?.kind === 'twin') return toTwin(keyed[claim.of], outcomes);
    const folder = folderOf(change);
    const [refundsBefore, eventsBefore] = [effects.refunds.length, effects.events.length];
    const hold = held.get(change);
    const result =
      folder === undefined
        ? new Refusal('not_found', 'there is no such payment')
        : hold instanceof Refusal
          ? hold
          : decideOrRestore(folder, effects, change);
    if (result instanceof Refusal) {
      if (hold !== undefined && !(hold instanceof Refusal)) givenUp.push({ ...hold, to: 'release' });
      if (change.key !== null && change.key.step !== 'finish') released.push(change.key.claim);
      return result;
    }
    assert(folder !== undefined, 'a decided change has its folder');
    touched.add(folder);
    if (change.key !== null && change.key.step !== 'claim') {
      assert(result !== null, 'a finished key keeps a reply');
      finished.push({ claim: change.key.claim, reply: result });
    }
    const startsRefund = effects.refunds.length > refundsBefore;
    return { reply: result, replayed: false, startsRefund, tellsShops: effects.events.length > eventsBefore };
  };
  const results = changes.map((change) => {
    const result = runChange(change);
    outcomes.set(change, result);
    return result;
  });
  await Promise.all([
    writeFolders(tx, deps, book, [...touched], effects, givenUp),
    finishKeys(tx, { finished, released }),
  ]);
  return results;
}

/** What the changes hold of limits, in their order: the lines that were granted, or why not. Nothing is asked where nothing is held. */
async function holdFor(
  tx: Tx,
  deps: CashierDeps,
  book: number,
  wanting: readonly Wanting[],
  touched: Set<LockedFolder>,
): Promise<Map<FolderChange, HoldRequest | Refusal>> {
  if (wanting.length === 0) return new Map<FolderChange, HoldRequest | Refusal>();
  const requests = wanting.map(({ holds: { id, lines }, folder }, index) => ({
    id,
    lines,
    // What an earlier one of this batch takes over is not there for another.
    insteadOf: wanting.findIndex((other) => other.folder === folder) === index ? handedOver(folder.attempts) : [],
  }));
  const results = await reserveHolds(tx, deps.ledger, book, requests);
  for (const [index, { folder }] of wanting.entries()) {
    const ids = new Set((requests[index]?.insteadOf ?? []).map(({ id }) => id));
    if (results[index]?.kind === 'held' && ids.size > 0) noteHandedOver(folder, ids, touched);
  }
  return new Map(
    wanting.map(({ change, holds }, index): [FolderChange, HoldRequest | Refusal] => {
      const result = results[index];
      assert(result !== undefined, 'every request to hold is answered');
      return [change, result.kind === 'held' ? { id: holds.id, lines: holds.lines } : holds.refuse(result.line)];
    }),
  );
}

/** A change that holds something, and the payment that it is about. */
interface Wanting {
  change: FolderChange;
  holds: NonNullable<FolderChange['holds']>;
  folder: LockedFolder;
}

function toWanting(change: FolderChange, folder: LockedFolder | undefined): Wanting[] {
  const { holds } = change;
  if (holds === undefined || holds === null || holds.lines.length === 0 || folder === undefined) return [];
  return [{ change, holds, folder }];
}

/** It has been given back, whatever the change itself comes to. */
function noteHandedOver(folder: LockedFolder, ids: ReadonlySet<string>, touched: Set<LockedFolder>): void {
  for (const attempt of folder.attempts) {
    if (!ids.has(attempt.id)) continue;
    attempt.holdsState = 'released';
    folder.changed.add(attempt);
    touched.add(folder);
  }
}

/** The same request came twice in one batch: it hears what the first hears, or waits while the first goes on. */
function toTwin(
  first: FolderChange | undefined,
  outcomes: ReadonlyMap<FolderChange, FolderResult | Refusal>,
): FolderResult | Refusal {
  const outcome = first === undefined ? undefined : outcomes.get(first);
  assert(first !== undefined && outcome !== undefined, 'a twin comes after its first');
  if (outcome instanceof Refusal) return outcome;
  if (first.key?.step === 'whole') return toReplayed(outcome.reply);
  return new Refusal('idempotency_key_in_use', 'the first request with this key is still running', {
    retryAfterSeconds: 1,
  });
}

function toReplayed(reply: Reply | null): FolderResult {
  return { reply, replayed: true, startsRefund: false, tellsShops: false };
}

async function lockFolders(
  tx: Tx,
  book: number,
  changes: readonly FolderChange[],
): Promise<Map<FolderChange, LockedFolder>> {
  const paymentIds = await findPaymentIds(tx, book, changes);
  const ids = [...new Set(paymentIds.values())].sort();
  const withRefunds = new Set<string>();
  for (const [change, id] of paymentIds) if (change.withRefunds === true) withRefunds.add(id);
  const wantedNos = changes.flatMap((change) =>
    change.refundNo === null || change.merchantId === null
      ? []
      : [{ merchantId: change.merchantId, refundNo: change.refundNo }],
  );
  // Sent together, run in this order: payments first, so that no two writers lock crosswise. The shop's numbers of refunds are held
  // before anything of the ledger is: who waited for one only when writing it would make the other wait for the ledger.
  const [payments, attempts, refunds, , takenRefundNos] = await Promise.all([
    lockPayments(tx, book, ids),
    lockAttemptsOf(tx, book, ids),
    withRefunds.size === 0 ? [] : lockRefundsOf(tx, book, [...withRefunds]),
    lockNames(
      tx,
      book,
      wantedNos.map(({ merchantId, refundNo }) => `refund ${merchantId} ${refundNo}`),
    ),
    wantedNos.length === 0 ? new Set<string>() : findRefundNos(tx, book, wantedNos),
  ]);
  const folders = new Map<string, LockedFolder>(
    payments.map((payment) => [
      payment.id,
      { payment, attempts: [], refunds: [], takenRefundNos, newAttempts: [], changed: new Set(), isNoted: false },
    ]),
  );
  for (const attempt of attempts) folders.get(attempt.paymentId)?.attempts.push(attempt);
  const shared = idsToRefund(paymentIds, attempts).filter((id) => !withRefunds.has(id));
  const ofShared = shared.length === 0 ? [] : await lockRefundsOf(tx, book, shared);
  for (const refund of [...refunds, ...ofShared]) folders.get(refund.paymentId)?.refunds.push(refund);
  const found = new Map<FolderChange, LockedFolder>();
  for (const [change, id] of paymentIds) {
    const folder = folders.get(id);
    if (folder !== undefined) found.set(change, folder);
  }
  return found;
}

/** Payments whose refunds are wanted for what their attempts have; the payments' own locks keep their refunds in order. */
function idsToRefund(paymentIds: ReadonlyMap<FolderChange, string>, attempts: readonly Attempt[]): string[] {
  const [withOffers, withRefunded] = [new Set<string>(), new Set<string>()];
  for (const [change, id] of paymentIds) {
    if (change.withRefunds === 'where_offers') withOffers.add(id);
    if (change.withRefunds === 'where_refunded') withRefunded.add(id);
  }
  const found = attempts.filter(
    ({ paymentId, discountMinor, refundedMinor }) =>
      (discountMinor > 0n && withOffers.has(paymentId)) || (refundedMinor > 0n && withRefunded.has(paymentId)),
  );
  return [...new Set(found.map((attempt) => attempt.paymentId))].sort();
}

/** What a wallet's word is about is known by the attempt's or refund's id alone; one look-up for all of them. */
async function findPaymentIds(
  tx: Tx,
  book: number,
  changes: readonly FolderChange[],
): Promise<Map<FolderChange, string>> {
  const attemptIds = changes.flatMap(({ of }) => ('attemptId' in of ? [of.attemptId] : []));
  const refundIds = changes.flatMap(({ of }) => ('refundId' in of ? [of.refundId] : []));
  const [ofAttempts, ofRefunds] = await Promise.all([
    attemptIds.length === 0 ? new Map<string, string>() : findPaymentIdsOfAttempts(tx, book, attemptIds),
    refundIds.length === 0 ? new Map<string, string>() : findPaymentIdsOfRefunds(tx, book, refundIds),
  ]);
  const found = new Map<FolderChange, string>();
  for (const change of changes) {
    const { of } = change;
    const id =
      'paymentId' in of ? of.paymentId : 'attemptId' in of ? ofAttempts.get(of.attemptId) : ofRefunds.get(of.refundId);
    if (id !== undefined) found.set(change, id);
  }
  return found;
}

/** A refused change leaves no trace, whatever it did before it refused. */
function decideOrRestore(folder: LockedFolder, effects: Effects, change: FolderChange): Reply | null | Refusal {
  const kept = {
    payment: { ...folder.payment } satisfies Payment,
    attempts: folder.attempts.map((attempt) => ({ ...attempt })),
    refunds: folder.refunds.map((refund) => ({ ...refund })),
    newAttempts: folder.newAttempts.length,
    effects: Object.values(effects).map((list: unknown[]) => list.length),
  };
  try {
    const reply = change.decide(folder, effects);
    observePayment(kept, folder, effects.observations);
    tellCorrections(kept, folder, effects.events);
    noteChanges(folder, kept);
    return reply;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    Object.assign(folder.payment, kept.payment);
    folder.attempts.length = kept.attempts.length;
    folder.attempts.forEach((attempt, index) => Object.assign(attempt, kept.attempts[index]));
    folder.refunds.length = kept.refunds.length;
    folder.refunds.forEach((refund, index) => Object.assign(refund, kept.refunds[index]));
    folder.newAttempts.length = kept.newAttempts;
    Object.values(effects).forEach((list: unknown[], index) => (list.length = kept.effects[index] ?? 0));
    return error;
  }
}

/** What came with the decision (new attempts, new refunds) has no copy from before and is written as new. */
function noteChanges(folder: LockedFolder, kept: { payment: Payment; attempts: Attempt[]; refunds: Refund[] }): void {
  const pairs: [Payment | Attempt | Refund, object | undefined][] = [
    [folder.payment, kept.payment],
    ...folder.attempts.map((attempt, index): [Attempt, object | undefined] => [attempt, kept.attempts[index]]),
    ...folder.refunds.map((refund, index): [Refund, object | undefined] => [refund, kept.refunds[index]]),
  ];
  for (const [row, before] of pairs) if (before !== undefined && differs(row, before)) folder.changed.add(row);
  folder.isNoted ||= NOTES.some((field) => folder.payment[field] !== kept.payment[field]);
}

/** What few payments have; written by a statement of its own. */
const NOTES = ['decision', 'observed', 'complaint'] as const satisfies (keyof Payment)[];
const NOTE_FIELDS: ReadonlySet<string> = new Set(NOTES);

/** Rows are flat; what is inside a field is replaced, never changed in place. */
function differs(row: object, before: object): boolean {
  const old = new Map(Object.entries(before));
  return Object.entries(row).some(([field, value]) => !NOTE_FIELDS.has(field) && old.get(field) !== value);
}

function toClaim(change: FolderChange): KeyClaim {
  assert(change.key !== null, 'only keyed changes claim');
  return change.key.claim;
}

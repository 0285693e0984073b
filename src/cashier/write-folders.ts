import { assert } from '../base/assert.ts';
import { BATCH_ITEMS_MAX } from '../base/limits.ts';
import type { Tx } from '../db/connect.ts';
import { collectFreed, type HoldEnd, returnHolds, toEndTransfers, useLate } from '../ledger/holds.ts';
import { insertAlerts } from './alert-store.ts';
import type { HoldsEnd } from './attempt-holds.ts';
import { insertAttempts, updateAttempts } from './attempt-store.ts';
import { alert, type EffectEvent, type Effects } from './effects.ts';
import type { CashierDeps } from './deps.ts';
import type { LockedFolder } from './folder-lane.ts';
import { updatePayments } from './payment-store.ts';
import { openOfferAccounts } from './open-offer-accounts.ts';
import { toTransfers } from './postings.ts';
import { insertRefunds, updateRefunds } from './refund-store.ts';
import { showPayment, showRefund } from './show-payment.ts';

/** Writes everything that a batch of decisions changed, in the decisions' transaction: rows, ledger, webhook events. */
export async function writeFolders(
  tx: Tx,
  deps: CashierDeps,
  book: number,
  folders: readonly LockedFolder[],
  effects: Effects,
  givenUp: readonly HoldEnd[],
): Promise<void> {
  if (folders.length === 0 && givenUp.length === 0) return;
  const noted = folders.flatMap((folder) => (folder.isNoted ? [folder.payment] : []));
  const newAttempts = folders.flatMap((folder) => folder.newAttempts);
  const payments = folders.flatMap(({ changed, isNoted, payment }) =>
    changed.has(payment) && !isNoted ? [payment] : [],
  );
  const attempts = folders.flatMap((folder) => folder.attempts.filter((attempt) => folder.changed.has(attempt)));
  const refunds = folders.flatMap((folder) => folder.refunds.filter((refund) => folder.changed.has(refund)));
  const writes: Promise<unknown>[] = [];
  if (newAttempts.length > 0) writes.push(insertAttempts(tx, newAttempts));
  if (attempts.length > 0) writes.push(updateAttempts(tx, attempts));
  if (payments.length > 0) writes.push(updatePayments(tx, payments, false));
  if (noted.length > 0) writes.push(updatePayments(tx, noted, true));
  if (effects.refunds.length > 0) writes.push(insertRefunds(tx, effects.refunds));
  if (refunds.length > 0) writes.push(updateRefunds(tx, refunds));
  if (effects.alerts.length > 0) writes.push(insertAlerts(tx, effects.alerts));
  if (effects.events.length > 0)
    writes.push(
      deps.webhooks.insertEvents(
        tx,
        book,
        effects.events.map((event) => toNewEvent(deps, event)),
      ),
    );
  writes.push(postAndCount(tx, deps, book, effects, givenUp)); // last: the ledger's first look goes out with the writes
  await Promise.all(writes);
}

/** Counts are locked after the book, by everybody: what is held is held before anything is decided. */
async function postAndCount(
  tx: Tx,
  deps: CashierDeps,
  book: number,
  effects: Effects,
  givenUp: readonly HoldEnd[],
): Promise<void> {
  await postAll(tx, deps, book, effects, givenUp);
  if (effects.observations.length > 0) await deps.rollouts.observe(tx, book, effects.observations);
}

/** Money and limits in one go: postings, and what was held and is now used or given back. */
async function postAll(
  tx: Tx,
  deps: CashierDeps,
  book: number,
  effects: Effects,
  givenUp: readonly HoldEnd[],
): Promise<void> {
  await openOfferAccounts(tx, deps.ledger, book, effects.postings);
  const wanted = [
    ...effects.postings.flatMap((posting) => toTransfers(posting).map((transfer) => ({ transfer, why: posting.kind }))),
    ...[...effects.holdsEnds.flatMap(toHoldEnd), ...givenUp].flatMap((end) =>
      toEndTransfers(end).map((transfer) => ({ transfer, why: `${end.to} of a hold` })),
    ),
  ];
  for (let at = 0; at < wanted.length; at += BATCH_ITEMS_MAX) {
    const some = wanted.slice(at, at + BATCH_ITEMS_MAX);
    const results = await deps.ledger.postTransfers(
      tx,
      book,
      some.map(({ transfer }) => transfer),
    );
    for (const [index, { status }] of results.entries())
      assert(
        status === 'created' || status === 'exists',
        `the ledger takes what the cashier decided: ${status} for ${some[index]?.why}`,
      );
  }
  await useLateHolds(tx, deps, book, effects);
  if (effects.returns.length > 0) await returnHolds(tx, deps.ledger, book, effects.returns);
  await collectFreed(tx, deps.ledger, book, [
    ...[...effects.holdsEnds.flatMap(toHoldEnd), ...givenUp].filter(({ to }) => to === 'release'),
    ...effects.returns.map(({ id, lines }) => ({ id, lines: lines.map(({ line }) => line) })),
  ]);
}

function toHoldEnd({ attempt, to }: HoldsEnd): HoldEnd[] {
  return to === 'late' ? [] : [{ id: attempt.id, lines: attempt.holds ?? [], to }];
}

/** Money that came after its hold had been given back is counted all the same; where that is beyond a limit, an operator hears of it. */
async function useLateHolds(tx: Tx, deps: CashierDeps, book: number, effects: Effects): Promise<void> {
  const late = effects.holdsEnds.flatMap(({ attempt, to }) => (to === 'late' ? [attempt] : []));
  if (late.length === 0) return;
  const beyond = await useLate(
    tx,
    deps.ledger,
    book,
    late.map(({ id, holds }) => ({ id, lines: holds ?? [] })),
  );
  const alerts = late.flatMap((attempt, index) => {
    const limits = (beyond[index] ?? []).map(({ limit }) => limit);
    if (limits.length === 0) return [];
    return [alert(deps, attempt, 'offer_overrun', `paid late; more was used than there was of ${limits.join(', ')}`)];
  });
  if (alerts.length > 0) await insertAlerts(tx, alerts);
}

function toNewEvent(deps: CashierDeps, event: EffectEvent) {
  const isPayment = 'payment' in event;
  return {
    type: event.type,
    merchantId: isPayment ? event.payment.merchantId : event.refund.merchantId,
    objectId: isPayment ? event.payment.id : event.refund.id,
    occurredAt: deps.clock.now(),
    data: isPayment ? showPayment(deps, event.payment, event.attempts) : showRefund(event.refund),
  };
}

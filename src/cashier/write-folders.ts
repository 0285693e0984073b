import { assert } from '../base/assert.ts';
import { BATCH_ITEMS_MAX } from '../base/limits.ts';
import type { Tx } from '../db/connect.ts';
import type { CreateTransfer } from '../ledger/types.ts';
import { insertAlerts } from './alert-store.ts';
import { insertAttempts, updateAttempts } from './attempt-store.ts';
import type { EffectEvent, Effects } from './decide-outcome.ts';
import type { CashierDeps } from './deps.ts';
import type { LockedFolder } from './folder-lane.ts';
import { updatePayments } from './payment-store.ts';
import { openOfferAccounts } from './open-offer-accounts.ts';
import { type Posting, toTransfers } from './postings.ts';
import { insertRefunds, updateRefunds } from './refund-store.ts';
import { showPayment, showRefund } from './show-payment.ts';

/** Writes everything that a batch of decisions changed, in the decisions' transaction: rows, ledger, webhook events. */
export async function writeFolders(
  tx: Tx,
  deps: CashierDeps,
  book: number,
  folders: readonly LockedFolder[],
  effects: Effects,
): Promise<void> {
  if (folders.length === 0) return;
  const newAttempts = folders.flatMap((folder) => folder.newAttempts);
  const payments = folders.flatMap((folder) => (folder.changed.has(folder.payment) ? [folder.payment] : []));
  const attempts = folders.flatMap((folder) => folder.attempts.filter((attempt) => folder.changed.has(attempt)));
  const refunds = folders.flatMap((folder) => folder.refunds.filter((refund) => folder.changed.has(refund)));
  const writes: Promise<unknown>[] = [];
  if (newAttempts.length > 0) writes.push(insertAttempts(tx, newAttempts));
  if (attempts.length > 0) writes.push(updateAttempts(tx, attempts));
  if (payments.length > 0) writes.push(updatePayments(tx, payments));
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
  writes.push(postAll(tx, deps, book, effects)); // last: the ledger's first look goes out with the writes
  await Promise.all(writes);
}

async function postAll(tx: Tx, deps: CashierDeps, book: number, effects: Effects): Promise<void> {
  await openOfferAccounts(tx, deps.ledger, book, effects.postings);
  const [transfers, kinds] = [[], []] as [CreateTransfer[], Posting['kind'][]]; // empty: the compiler cannot know what of
  for (const posting of effects.postings)
    for (const transfer of toTransfers(posting)) {
      transfers.push(transfer);
      kinds.push(posting.kind);
    }
  for (let at = 0; at < transfers.length; at += BATCH_ITEMS_MAX) {
    const results = await deps.ledger.postTransfers(tx, book, transfers.slice(at, at + BATCH_ITEMS_MAX));
    for (const [index, result] of results.entries())
      assert(
        result.status === 'created' || result.status === 'exists',
        `the ledger takes what the cashier decided: ${result.status} for ${kinds[at + index]}`,
      );
  }
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

import { readPaymentsByOrder } from '../../cashier/linked-payments.ts';
import type { Payment } from '../../cashier/payment.ts';
import type { Tx } from '../../db/connect.ts';
import { money } from '../../money/money.ts';
import type { NewEvent } from '../../webhooks/insert-events.ts';
import type { PayDeps } from './pay-deps.ts';
import { endPlaces, type StoredPlace } from './place-store.ts';
import { showProgress } from './show-terms.ts';
import type { Terms } from './terms.ts';
import { completeTerms } from './terms-store.ts';

/**
 * Learns what became of open payments: a paid one keeps its place for good, one that expired or was cancelled gives it back, and one that may
 * still be paid keeps it however long that takes. The terms are locked by this transaction. Changes the rows in place; answers whether shops
 * are told something.
 */
export async function settlePlaces(
  tx: Tx,
  deps: PayDeps,
  book: number,
  terms: readonly Terms[],
  places: readonly StoredPlace[],
): Promise<boolean> {
  const open = places.filter(({ state }) => state === 'open');
  if (open.length === 0) return false;
  const payments = await readPaymentsByOrder(tx, book, open);
  const byOrder = new Map(payments.map((payment) => [`${payment.merchantId} ${payment.orderNo}`, payment]));
  const now = deps.clock.now();
  const ended: { linkId: string; nonce: string; state: 'paid' | 'ended' }[] = [];
  for (const place of open) {
    const state = stateOf(byOrder.get(`${place.merchantId} ${place.orderNo}`), place);
    if (state === 'open') continue;
    place.state = state;
    place.dueAt = null;
    place.endedAt = now;
    ended.push({ linkId: place.linkId, nonce: place.nonce, state });
  }
  await endPlaces(tx, book, ended, now);
  const paidNow = new Set(ended.filter(({ state }) => state === 'paid').map(({ linkId }) => linkId));
  return await complete(
    tx,
    deps,
    terms.filter(({ linkId }) => paidNow.has(linkId)),
    places,
  );
}

/** No payment yet says nothing: whoever took the place may be about to make it. */
function stateOf(payment: Payment | undefined, place: StoredPlace): StoredPlace['state'] {
  if (payment === undefined) return 'open';
  // The shop has used this order number for something else.
  if (payment.metadata['link'] !== place.linkId) return 'ended';
  if (payment.state === 'succeeded') return 'paid';
  return payment.state === 'canceled' ? 'ended' : 'open';
}

/** Of links whose last place was paid the shop hears, once. */
async function complete(
  tx: Tx,
  deps: PayDeps,
  candidates: readonly Terms[],
  places: readonly StoredPlace[],
): Promise<boolean> {
  const now = deps.clock.now();
  const events: NewEvent[] = [];
  for (const terms of candidates) {
    const own = places.filter(({ linkId }) => linkId === terms.linkId);
    const paidCount = own.filter(({ state }) => state === 'paid').length;
    if (terms.placesMax === null || paidCount < terms.placesMax || terms.merchantId === null) continue;
    if (!(await completeTerms(tx, terms.book, terms.linkId, now))) continue;
    terms.completeAt = now;
    events.push({
      merchantId: terms.merchantId,
      type: 'link.completed',
      objectId: terms.linkId,
      occurredAt: now,
      data: {
        id: terms.linkId,
        object: 'link',
        code: terms.code,
        kind: terms.kind,
        livemode: terms.livemode,
        paid: showMoney(
          terms,
          own.reduce((sum, { state, amountMinor }) => (state === 'paid' ? sum + amountMinor : sum), 0n),
        ),
        ...showProgress(terms, own, null),
      },
    });
  }
  const [first] = candidates;
  if (events.length > 0 && first !== undefined) await deps.cashier.deps.webhooks.insertEvents(tx, first.book, events);
  return events.length > 0;
}

function showMoney(terms: Terms, minor: bigint): { currency: string; minor: string } {
  const amount = money(terms.currency, minor);
  return { currency: amount.currency, minor: amount.minor.toString() };
}

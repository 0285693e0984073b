import type { Order } from '../api.ts';
import type { Place } from './router.ts';

/*
 * The pay page as the window of a payment request (W3C Payment Handler): our worker opened it for a shop's page, and hears from here how it ended.
 */

/** What the page tells the worker. A shop that hears `paid` asks its own server, which asks ours; this proves nothing. */
export interface PaymentWord {
  kind: 'hutong-payment';
  request: string;
  state: 'paid' | 'closed' | 'canceled';
}

/** The worker's number for the request, when this window was opened for one; else null. */
export function askBackToShop(place: Place): string | null {
  const request = place.query.get('request');
  return request !== null && /^[0-9a-f]{8,64}$/.test(request) ? request : null;
}

/** The total that the shop's page named to the browser, in fen; null where it named none. It has to be the order's amount. */
export function saidTotal(place: Place): bigint | null {
  const total = place.query.get('total');
  return total !== null && /^\d{1,12}$/.test(total) ? BigInt(total) : null;
}

/** Tells the worker how the order ended (null: the person turned back). Does nothing in an ordinary window. */
export function tellShop(place: Place, order: Order | null): void {
  const request = askBackToShop(place);
  if (request === null) return;
  const state = order === null ? 'canceled' : order.state === 'paid' ? 'paid' : 'closed';
  const word: PaymentWord = { kind: 'hutong-payment', request, state };
  navigator.serviceWorker.controller?.postMessage(word);
}

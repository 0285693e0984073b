import { type IdDeps, newId } from '../base/id.ts';
import type { HoldReturn } from '../ledger/holds.ts';
import type { Observation } from '../rollout/rollouts.ts';
import type { HoldsEnd } from './attempt-holds.ts';
import type { Alert, AlertKind, Attempt, Payment, Refund } from './payment.ts';
import type { Posting } from './postings.ts';

/** What a decision wants written besides the changed rows. */
export interface Effects {
  postings: Posting[];
  refunds: Refund[];
  alerts: Alert[];
  /** Payments and refunds that came to an end, began, or are not what was told, in order: they become webhook events. */
  events: EffectEvent[];
  /** What attempts held of limits and is now used up or given back. */
  holdsEnds: HoldsEnd[];
  /** What was used of limits and comes back with a refund. */
  returns: HoldReturn[];
  /** What rollouts count of it. */
  observations: Observation[];
}

export function newEffects(): Effects {
  return { postings: [], refunds: [], alerts: [], events: [], holdsEnds: [], returns: [], observations: [] };
}

export type EffectEvent =
  | { type: 'payment.succeeded' | 'payment.canceled' | 'payment.corrected'; payment: Payment; attempts: Attempt[] }
  | { type: 'refund.created' | 'refund.succeeded' | 'refund.failed' | 'refund.corrected'; refund: Refund };

export function alert(deps: IdDeps, about: { book: number; id: string }, kind: AlertKind, detail: string): Alert {
  return {
    book: about.book,
    id: newId('alr', deps, about.book),
    kind,
    subjectId: about.id,
    detail: detail.slice(0, 1000),
    createdAt: deps.clock.now(),
  };
}

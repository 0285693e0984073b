import type { Tx } from '../../db/connect.ts';
import type { MoveState, Transfers } from '../../transfers/transfers.ts';
import { endHolds, type Hold } from './hold-store.ts';
import type { Terms } from './terms.ts';
import { completeTerms } from './terms-store.ts';

/** With whether a transfer has been confirmed for it. */
export type KnownHold = Hold & { isConfirmed: boolean };

/** The one key under which a transfer for this hold is confirmed: whatever is sent how often, it is made once. */
export function keyOfHold({ holdId }: Pick<Hold, 'holdId'>): string {
  return `collect:${holdId}`;
}

/**
 * Learns what became of shares that people set out to pay. A transfer under way keeps its share, one that failed or was taken back gives it
 * back, and where none was confirmed the share is free once every quote for it is over. The terms are locked by this transaction.
 * @returns those that still keep a share
 */
export async function settleHolds(
  tx: Tx,
  transfers: Pick<Transfers, 'confirmedBy'>,
  terms: Terms,
  holds: readonly Hold[],
  now: Date,
): Promise<KnownHold[]> {
  const open = holds.filter(({ state }) => state === 'open');
  const moves = await transfers.confirmedBy(
    tx,
    terms.book,
    open.map((hold) => ({ userId: hold.userId, key: keyOfHold(hold) })),
  );
  const settled = holds.map((hold) =>
    hold.state === 'open'
      ? { ...hold, state: stateOf(hold, moves.get(keyOfHold(hold)), now), isConfirmed: moves.has(keyOfHold(hold)) }
      : { ...hold, isConfirmed: true },
  );
  await endHolds(
    tx,
    settled.flatMap((hold, at) =>
      hold.state === 'open' || holds[at]?.state !== 'open' ? [] : [{ ...hold, state: hold.state }],
    ),
    now,
  );
  const kept = settled.filter(({ state }) => state !== 'ended');
  if (terms.completeAt === null && terms.placesMax === kept.filter(({ state }) => state === 'paid').length) {
    await completeTerms(tx, terms.book, terms.linkId, now);
    terms.completeAt = now;
  }
  return kept;
}

function stateOf(hold: Hold, parts: readonly MoveState[] | undefined, now: Date): Hold['state'] {
  if (parts === undefined) return hold.dueAt !== null && now >= hold.dueAt ? 'ended' : 'open';
  if (parts.every((state) => state === 'succeeded')) return 'paid';
  return parts.every((state) => state === 'failed' || state === 'canceled') ? 'ended' : 'open';
}

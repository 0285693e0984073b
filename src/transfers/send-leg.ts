import { assert, assertNever } from '../base/assert.ts';
import type { LegPurpose, LegReply, LegRequest, Stamp } from '../bank/rail.ts';
import { money } from '../money/money.ts';
import type { Evidence } from './decide-leg.ts';
import type { Leg, MoveFolder, MoveRow } from './move.ts';
import type { NextCall } from './move-batch.ts';
import type { OpenedEnd } from './open-ends.ts';
import type { TransfersDeps } from './transfers-deps.ts';

interface Ends {
  from: OpenedEnd | null;
  to: OpenedEnd | null;
}

/**
 * Sends one recorded message and says what came of it. Null when the lease is over before anything was sent: then somebody else may be at it.
 * No transaction is open meanwhile.
 */
export async function sendLeg(deps: TransfersDeps, call: NextCall, ends: Ends): Promise<Evidence | null> {
  const { folder, side } = call;
  const { rail } = deps.desk;
  const leaseUntil = folder.move.dueAt;
  assert(leaseUntil !== null, 'a message is sent under a lease');
  if (deps.clock.now() >= leaseUntil) return null;
  switch (side) {
    case 'debit': {
      const request = toRequest(deps, folder, folder.debit, ends);
      const reply = request === null ? CARD_GONE : await ask(deps, folder, rail.debit(request));
      return { kind: 'debit_reply', reply, stamp: await drawStamp(deps) };
    }
    case 'credit': {
      const request = toRequest(deps, folder, folder.credit, ends);
      const reply = request === null ? CARD_GONE : await ask(deps, folder, rail.credit(request));
      return { kind: 'credit_reply', reply, stamp: await drawStamp(deps) };
    }
    case 'reversal': {
      const { debit, reversal } = folder;
      // A reversal names one card alone: it goes also when the other cannot be opened.
      const original = toRequest(deps, folder, debit, { ...ends, to: ends.to ?? ends.from });
      if (original === null || debit === null || reversal === null)
        return { kind: 'reversal_reply', reply: { kind: 'unknown', why: 'the card cannot be opened' } };
      const request = { stamp: reversal.stamp, original, authId: debit.authId };
      const reply = await rail.reverse(request).catch((error: unknown) => {
        deps.log.error({ error, moveId: folder.move.id }, 'the rail failed at a reversal');
        return { kind: 'unknown' as const, why: 'the rail failed' };
      });
      return { kind: 'reversal_reply', reply };
    }
    default:
      return assertNever(side);
  }
}

/** Its number was destroyed or never there: surely nothing was sent. */
const CARD_GONE: LegReply = { kind: 'not_sent', why: 'the card cannot be opened' };

/** An error of the rail itself says nothing about what left us. */
async function ask(deps: TransfersDeps, folder: MoveFolder, asked: Promise<LegReply>): Promise<LegReply> {
  try {
    return await asked;
  } catch (error) {
    deps.log.error({ error, moveId: folder.move.id }, 'the rail failed at a leg');
    return { kind: 'unknown', why: 'the rail failed', code: null };
  }
}

export async function drawStamp(deps: TransfersDeps): Promise<Stamp> {
  const [stamp] = await deps.desk.stamps(1);
  assert(stamp !== undefined, 'as many stamps come as were asked for');
  return stamp;
}

function toRequest(deps: TransfersDeps, folder: MoveFolder, leg: Leg | null, ends: Ends): LegRequest | null {
  const { move, original } = folder;
  assert(leg !== null, 'what is sent was recorded');
  const isCredit = leg.side === 'credit';
  const own = isCredit ? ends.to : ends.from;
  const other = isCredit ? ends.from : ends.to;
  const isShops = move.kind === 'purchase' || move.kind === 'refund';
  if (own === null || (!isShops && other === null)) {
    deps.log.warn({ moveId: move.id, side: leg.side }, 'a card of a move cannot be opened');
    return null;
  }
  return {
    stamp: leg.stamp,
    purpose: move.kind satisfies LegPurpose,
    card: own.card,
    amount: money('CNY', leg.amountMinor),
    other: isShops || other === null ? null : { number: other.card.number, name: other.holder },
    holder: own.holder,
    shop: move.shop,
    original: originalOf(move, original, folder),
  };
}

function originalOf(move: MoveRow, original: MoveRow | null, folder: MoveFolder): LegRequest['original'] {
  if (move.kind !== 'refund') return null;
  assert(original !== null && folder.originalDebit, 'a refund is sent with its purchase');
  const { stamp, authId, amountMinor } = folder.originalDebit;
  return { stamp, authId, amount: money('CNY', amountMinor) };
}

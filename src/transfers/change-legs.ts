import { LEG_LEASE_SECONDS } from '../base/limits.ts';
import type { Stamp } from '../bank/rail.ts';
import type { Leg, LegSide, MoveFolder } from './move.ts';
import { checkStateMove } from './moves-of-state.ts';
import type { Posting } from './postings.ts';
import { addSeconds, isGivenUp } from './repeat-schedule.ts';

/*
 * The steps that decisions are made of: each changes a locked move and its legs in memory and notes what else must be written.
 */

/** What a decision wants written besides the changed rows; everything in the same transaction. */
export interface MoveEffects {
  postings: Posting[];
  /** Moves whose reserved limits are used up, and those whose limits are given back. */
  used: string[];
  released: string[];
  alerts: { moveId: string; kind: MoveAlert; detail: string }[];
  ended: MoveFolder[];
}

export type MoveAlert = 'leg_flagged' | 'leg_unanswered' | 'reversal_refused' | 'outcome_contradicts';

export function noEffects(): MoveEffects {
  return { postings: [], used: [], released: [], alerts: [], ended: [] };
}

/** The first leg of a move that is just being recorded. */
export function sendFirst(now: Date, folder: MoveFolder, stamp: Stamp): LegSide {
  const side = folder.move.state === 'crediting' ? 'credit' : 'debit';
  folder[side] = newLeg(now, folder, side, stamp);
  return sendUnderLease(now, folder, side);
}

export function startDebit(now: Date, folder: MoveFolder, stamp: Stamp): LegSide {
  setState(folder, 'debiting');
  folder.debit = newLeg(now, folder, 'debit', stamp);
  return sendUnderLease(now, folder, 'debit');
}

export function startCredit(now: Date, folder: MoveFolder, stamp: Stamp): LegSide {
  setState(folder, 'crediting');
  folder.credit = newLeg(now, folder, 'credit', stamp);
  return sendUnderLease(now, folder, 'credit');
}

/** The same business act as the debit, so the same reference number. */
export function startReversal(now: Date, folder: MoveFolder, stamp: Stamp): LegSide {
  const { debit } = folder;
  if (debit === null) throw new Error('assertion failed: only a debit is taken back');
  setState(folder, 'reversing');
  folder.reversal = newLeg(now, folder, 'reversal', { ...stamp, rrn: debit.stamp.rrn });
  return sendUnderLease(now, folder, 'reversal');
}

export function sendAgain(now: Date, folder: MoveFolder, leg: Leg | null, effects: MoveEffects): LegSide | null {
  if (leg === null) throw new Error(`assertion failed: ${folder.move.id} has the leg of its state`);
  if (!isGivenUp(leg, now)) return resend(now, folder, leg);
  const isAsked = leg.side === 'reversal';
  if (!isGivenUp(leg, leg.lastSentAt))
    effects.alerts.push({
      moveId: folder.move.id,
      kind: 'leg_unanswered',
      detail: `the bank has not answered for a day whether it did the ${leg.side}; ${isAsked ? 'it is asked on' : "the switch's file has to tell"}`,
    });
  // No file says that a reversal has to be sent no more: it is asked for until it is answered.
  if (isAsked) return resend(now, folder, leg);
  folder.move.dueAt = null;
  return null;
}

export function resend(now: Date, folder: MoveFolder, leg: Leg): LegSide {
  leg.sendsCount += 1;
  leg.lastSentAt = now;
  return sendUnderLease(now, folder, leg.side);
}

/** Whoever sends it has so long; then it is due for anybody. */
function sendUnderLease(now: Date, folder: MoveFolder, side: LegSide): LegSide {
  folder.move.dueAt = addSeconds(now, LEG_LEASE_SECONDS);
  return side;
}

/** A leg as it is recorded before it is sent for the first time. */
function newLeg(now: Date, folder: MoveFolder, side: LegSide, stamp: Stamp): Leg {
  const { move } = folder;
  const card = side === 'credit' ? move.to : move.from;
  if (card === null) throw new Error(`assertion failed: ${move.id} has a card for its ${side}`);
  return {
    book: move.book,
    moveId: move.id,
    side,
    state: 'sent',
    stamp,
    institution: card.institution,
    cardId: card.cardId,
    last4: card.last4,
    amountMinor: move.amountMinor,
    authId: null,
    code: null,
    reason: null,
    settlementDay: null,
    isFlagged: false,
    wasFound: null,
    sendsCount: 1,
    firstSentAt: now,
    lastSentAt: now,
    toldAt: null,
  };
}

export function approve(
  now: Date,
  leg: Leg,
  told: { authId: string | null; settlementDay: string; isFlagged: boolean },
): void {
  leg.state = 'approved';
  leg.authId = told.authId;
  leg.code = leg.reason = null;
  leg.settlementDay = told.settlementDay;
  leg.isFlagged = told.isFlagged;
  leg.toldAt = now;
}

export function refuse(now: Date, leg: Leg, code: string | null, reason: string): void {
  leg.state = 'refused';
  leg.code = code;
  leg.reason = reason;
  leg.toldAt = now;
}

export function setUnknown(leg: Leg, code: string | null, reason: string): void {
  leg.state = 'unknown';
  leg.code = code;
  leg.reason = reason;
}

export function post(folder: MoveFolder, reason: Posting['reason'], leg: Leg, effects: MoveEffects): void {
  if (leg.settlementDay === null) throw new Error('assertion failed: what is booked has its day');
  effects.postings.push({ reason, move: folder.move, institution: leg.institution, day: leg.settlementDay });
}

export function end(
  now: Date,
  folder: MoveFolder,
  state: 'succeeded' | 'failed' | 'canceled',
  failure: string | null,
  effects: MoveEffects,
): null {
  const { move, original } = folder;
  setState(folder, state);
  move.failure = failure;
  move.endedAt = now;
  move.dueAt = null;
  if (move.kind === 'refund') {
    if (original === null) throw new Error('assertion failed: a refund is decided with its purchase');
    original.refundingMinor -= move.amountMinor;
    if (state === 'succeeded') original.refundedMinor += move.amountMinor;
  } else (state === 'succeeded' ? effects.used : effects.released).push(move.id);
  effects.ended.push(folder);
  return null;
}

function setState(folder: MoveFolder, to: MoveFolder['move']['state']): void {
  checkStateMove(folder.move.state, to);
  folder.move.state = to;
}

export function flag(folder: MoveFolder, leg: Leg, effects: MoveEffects): void {
  const detail = `the bank did the ${leg.side} and flagged a fault of its own: somebody should look`;
  effects.alerts.push({ moveId: folder.move.id, kind: 'leg_flagged', detail });
}

export function contradict(folder: MoveFolder, detail: string, effects: MoveEffects): void {
  const { move } = folder;
  effects.alerts.push({ moveId: move.id, kind: 'outcome_contradicts', detail: `${move.state}: ${detail}` });
}

import { assertNever } from '../base/assert.ts';
import { Refusal } from '../base/refusal.ts';
import type { LegReply, LegRefusal, ReverseReply, Stamp } from '../bank/rail.ts';
import {
  approve,
  contradict,
  end,
  flag,
  type MoveEffects,
  post,
  refuse,
  resend,
  sendAgain,
  setUnknown,
  startCredit,
  startDebit,
  startReversal,
} from './change-legs.ts';
import type { Leg, LegSide, MoveFolder } from './move.ts';
import { repeatAt } from './repeat-schedule.ts';
import { settlementDayOf } from './settlement-day.ts';

/**
 * One thing learned about a move. `stamp` is for the message that it may lead to, drawn before; one that is not used is lost.
 * `due`: the loop has claimed the move until `leaseUntil`. `learned`: the switch's file of that day proves it.
 */
export type Evidence =
  | { kind: 'debit_reply' | 'credit_reply'; reply: LegReply; stamp: Stamp }
  | { kind: 'reversal_reply'; reply: ReverseReply }
  | { kind: 'due'; leaseUntil: Date; stamp: Stamp }
  | { kind: 'cancel' }
  | { kind: 'learned'; side: 'debit' | 'credit'; isDone: boolean; settlementDay: string; stamp: Stamp };

/**
 * The rule of the one door: what a piece of evidence does to a move. Pure; the caller holds the locks. Answers which message is
 * to be sent once this is written, if any. Final states never change, what is not known is never taken for failed, and money that was given
 * to the other card is never taken back. @throws Refusal `transfer_not_cancelable`, having changed nothing.
 */
export function decideLeg(now: Date, folder: MoveFolder, evidence: Evidence, effects: MoveEffects): LegSide | null {
  switch (evidence.kind) {
    case 'cancel':
      return cancel(now, folder, effects);
    case 'due':
      return due(now, folder, evidence, effects);
    case 'debit_reply':
      return debitTold(now, folder, evidence.reply, evidence.stamp, effects);
    case 'credit_reply':
      return creditTold(now, folder, evidence.reply, evidence.stamp, effects);
    case 'reversal_reply':
      return reversalTold(now, folder, evidence.reply, effects);
    case 'learned':
      return learned(now, folder, evidence, effects);
    default:
      return assertNever(evidence);
  }
}

function cancel(now: Date, folder: MoveFolder, effects: MoveEffects): null {
  if (folder.move.state !== 'scheduled')
    throw new Refusal('transfer_not_cancelable', 'only a transfer that has not set out can be canceled', {
      state: folder.move.state,
    });
  end(now, folder, 'canceled', null, effects);
  return null;
}

/** Something is owed: a scheduled move sets out, a message without an answer is sent again, a debit that nobody answered goes back. */
function due(
  now: Date,
  folder: MoveFolder,
  evidence: { leaseUntil: Date; stamp: Stamp },
  effects: MoveEffects,
): LegSide | null {
  const { move, debit, credit, reversal } = folder;
  // Somebody has recorded something since it was claimed, and with it when it is due next.
  if (move.dueAt?.getTime() !== evidence.leaseUntil.getTime()) return null;
  switch (move.state) {
    case 'scheduled':
      return startDebit(now, folder, evidence.stamp);
    case 'debiting':
      if (debit === null) throw new Error(`assertion failed: ${move.id} has a debit`);
      setUnknown(debit, null, 'no_answer');
      return startReversal(now, folder, evidence.stamp);
    case 'crediting':
      return sendAgain(now, folder, credit, effects);
    case 'reversing':
      return sendAgain(now, folder, reversal, effects);
    case 'succeeded':
    case 'failed':
    case 'canceled':
      return null;
    default:
      return assertNever(move.state);
  }
}

function debitTold(now: Date, folder: MoveFolder, reply: LegReply, stamp: Stamp, effects: MoveEffects): LegSide | null {
  const { move, debit } = folder;
  // A reply that comes after the debit was given up changes nothing: the reversal's answer counts.
  if (move.state !== 'debiting' || debit === null || debit.state !== 'sent') return null;
  switch (reply.kind) {
    case 'approved':
      approve(now, debit, reply);
      if (reply.isFlagged) flag(folder, debit, effects);
      if (move.kind === 'purchase') {
        post(folder, 'card_purchase', debit, effects);
        return end(now, folder, 'succeeded', null, effects);
      }
      post(folder, 'card_debited', debit, effects);
      move.onBooksMinor = move.amountMinor;
      return startCredit(now, folder, stamp);
    case 'refused':
      if (reply.reason === 'duplicate') return debitUnknown(now, folder, debit, reply.code, stamp);
      refuse(now, debit, reply.code, reply.reason);
      return end(now, folder, 'failed', reply.reason, effects);
    case 'not_sent':
      refuse(now, debit, null, 'not_sent');
      return end(now, folder, 'failed', 'not_sent', effects);
    case 'unknown':
      return debitUnknown(now, folder, debit, reply.code, stamp);
    default:
      return assertNever(reply);
  }
}

function debitUnknown(now: Date, folder: MoveFolder, debit: Leg, code: string | null, stamp: Stamp): LegSide {
  setUnknown(debit, code, 'no_good_answer');
  return startReversal(now, folder, stamp);
}

function creditTold(
  now: Date,
  folder: MoveFolder,
  reply: LegReply,
  stamp: Stamp,
  effects: MoveEffects,
): LegSide | null {
  const { move, credit } = folder;
  if (credit === null) return null;
  if (move.state !== 'crediting') {
    if (reply.kind === 'approved' && credit.state !== 'approved')
      contradict(folder, 'the bank says that it gave the money, after it was known not to have', effects);
    return null;
  }
  switch (reply.kind) {
    case 'approved':
      if (reply.isFlagged) flag(folder, credit, effects);
      return credited(now, folder, credit, reply, effects);
    case 'refused':
      if (!isRefusalOfCredit(credit, reply)) return waitForCredit(now, folder, credit, reply.code);
      return notCredited(now, folder, credit, { code: reply.code, reason: reply.reason }, stamp, effects);
    case 'not_sent':
      // Surely not this time. What an earlier sending did is as open as it was.
      move.dueAt = repeatAt(credit, now);
      return null;
    case 'unknown':
      return waitForCredit(now, folder, credit, reply.code);
    default:
      return assertNever(reply);
  }
}

/**
 * Refusals that say nothing about an earlier sending of the same message: the switch or the line said no this time, or the limit is reached
 * because of that sending. `duplicate` says that there was one.
 */
const NOT_ABOUT_EARLIER = new Set<LegRefusal>([
  'bank_down',
  'message_refused',
  'insufficient_funds',
  'limit_exceeded',
  'count_exceeded',
  'duplicate',
]);

/** F39 15, no such issuer: the switch says so, and has perhaps just lost the way to it. */
const NO_SUCH_ISSUER = '15';

function isRefusalOfCredit(credit: Leg, { reason, code }: { reason: LegRefusal; code: string }): boolean {
  if (reason === 'duplicate') return false;
  return credit.sendsCount === 1 || !(NOT_ABOUT_EARLIER.has(reason) || code === NO_SUCH_ISSUER);
}

function waitForCredit(now: Date, folder: MoveFolder, credit: Leg, code: string | null): null {
  setUnknown(credit, code, 'no_good_answer');
  folder.move.dueAt = repeatAt(credit, now);
  return null;
}

function credited(
  now: Date,
  folder: MoveFolder,
  credit: Leg,
  told: { authId: string | null; settlementDay: string; isFlagged: boolean },
  effects: MoveEffects,
): null {
  const { move } = folder;
  approve(now, credit, told);
  post(folder, move.kind === 'refund' ? 'card_refund' : 'card_credited', credit, effects);
  move.onBooksMinor = 0n;
  return end(now, folder, 'succeeded', null, effects);
}

/** Known not to be at the other card: what was taken goes back. A refund has taken nothing from a card. */
function notCredited(
  now: Date,
  folder: MoveFolder,
  credit: Leg,
  why: { code: string | null; reason: string },
  stamp: Stamp,
  effects: MoveEffects,
): LegSide | null {
  refuse(now, credit, why.code, why.reason);
  if (folder.move.kind === 'refund') return end(now, folder, 'failed', why.reason, effects);
  return startReversal(now, folder, stamp);
}

function reversalTold(now: Date, folder: MoveFolder, reply: ReverseReply, effects: MoveEffects): null {
  const { move, debit, credit, reversal } = folder;
  if (move.state !== 'reversing' || reversal === null || debit === null) return null;
  switch (reply.kind) {
    case 'reversed':
      if (!reply.wasFound && debit.state === 'approved') {
        if (reversal.code !== '25')
          contradict(
            folder,
            'the bank took the money, and now knows nothing of it when it is to give it back',
            effects,
          );
        return waitForReversal(now, folder, reversal, '25');
      }
      approve(now, reversal, { authId: null, settlementDay: reply.settlementDay, isFlagged: false });
      reversal.wasFound = reply.wasFound;
      if (move.onBooksMinor > 0n) post(folder, 'card_debit_reversed', reversal, effects);
      move.onBooksMinor = 0n;
      return end(now, folder, 'failed', credit?.reason ?? 'bank_silent', effects);
    case 'refused':
      if (reversal.code !== reply.code)
        effects.alerts.push({
          moveId: move.id,
          kind: 'reversal_refused',
          detail: `the bank refuses (${reply.code}) to take back what may have been taken; it is asked again`,
        });
      return waitForReversal(now, folder, reversal, reply.code);
    case 'unknown':
      return waitForReversal(now, folder, reversal, null);
    default:
      return assertNever(reply);
  }
}

function waitForReversal(now: Date, folder: MoveFolder, reversal: Leg, code: string | null): null {
  setUnknown(reversal, code, 'no_good_answer');
  folder.move.dueAt = repeatAt(reversal, now);
  return null;
}

/** The switch's file of a day. What is known already stays; what is against it is told to a person and never mended by itself. */
function learned(
  now: Date,
  folder: MoveFolder,
  evidence: Extract<Evidence, { kind: 'learned' }>,
  effects: MoveEffects,
): LegSide | null {
  const { move, debit, credit, reversal } = folder;
  const { isDone, settlementDay } = evidence;
  if (evidence.side === 'credit') {
    if (credit === null) return null;
    if (move.state === 'crediting') {
      if (isDone)
        return credited(now, folder, credit, { authId: credit.authId, settlementDay, isFlagged: false }, effects);
      if (!isProvenAbsent(credit, settlementDay)) return null;
      return notCredited(now, folder, credit, { code: null, reason: 'not_done' }, evidence.stamp, effects);
    }
    if (isDone !== (credit.state === 'approved'))
      contradict(folder, `the file of ${settlementDay} says ${isDone ? 'given' : 'not given'}`, effects);
    return null;
  }
  if (debit === null || move.state === 'scheduled') return null;
  if (move.state === 'debiting') {
    // Whoever sent it has died, and the day has ended meanwhile. It goes back like every debit whose answer nobody heard.
    if (!isDone) return null;
    bookDebit(now, folder, debit, settlementDay, effects);
    return startReversal(now, folder, evidence.stamp);
  }
  if (move.state === 'reversing' && reversal !== null && debit.state !== 'approved') {
    if (isDone) {
      // It was taken and has not come back: now it stands on the books, and is asked back once more.
      bookDebit(now, folder, debit, settlementDay, effects);
      return resend(now, folder, reversal);
    }
    if (!isProvenAbsent(debit, settlementDay)) return null;
    refuse(now, debit, debit.code, 'not_done');
    return end(now, folder, 'failed', 'bank_silent', effects);
  }
  if (isDone && debit.state !== 'approved' && reversal?.state !== 'approved')
    contradict(folder, `the file of ${settlementDay} says that the money was taken`, effects);
  return null;
}

function bookDebit(now: Date, folder: MoveFolder, debit: Leg, settlementDay: string, effects: MoveEffects): void {
  approve(now, debit, { authId: debit.authId, settlementDay, isFlagged: debit.isFlagged });
  post(folder, 'card_debited', debit, effects);
  folder.move.onBooksMinor = folder.move.amountMinor;
}

/** A file proves that something was not done only if the day of its last sending was over before that file's day began. */
function isProvenAbsent(leg: Leg, settlementDay: string): boolean {
  return settlementDayOf(leg.lastSentAt) < settlementDay;
}

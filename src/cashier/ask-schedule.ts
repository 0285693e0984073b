import type { Scene, WalletCan } from '../wallets/wallet.ts';
import type { OutcomeKind } from './moves.ts';

/** Longest pause between two questions about one attempt or refund, in seconds. */
const PAUSE_SECONDS_MAX = 3600;
/** A wallet's clock may run behind ours; the question that decides after expiry waits this long. */
const EXPIRY_GRACE_SECONDS = 3;
/** An earlier question decides nothing: until so long after expiry "not yet" still means not yet. */
export const EXPIRY_DOUBT_SECONDS = EXPIRY_GRACE_SECONDS - 1;

/** The wallet's documented times to ask, in seconds after the start. At a till somebody is waiting. */
export function askTimes(can: WalletCan, scene: Scene): readonly number[] {
  return scene === 'code' ? (can.paymentCode?.askAfterSeconds ?? []) : can.askAfterSeconds;
}

export interface AskFacts {
  outcome: OutcomeKind;
  asksCount: number;
  startedAt: Date;
  /** When the wallet itself gives the order up; null where it never does (refunds). */
  expiresAt: Date | null;
  now: Date;
}

/**
 * When to ask the wallet next. Pending follows the wallet's documented times and asks once right after expiry. Unknown,
 * pending after expiry, and anything later than those times, doubles its pause up to an hour: it is asked until evidence
 * comes.
 */
export function nextAskAt(afterSeconds: readonly number[], facts: AskFacts): Date {
  const { now, startedAt, expiresAt } = facts;
  const doubling = addSeconds(now, Math.min(2 ** Math.min(facts.asksCount, 12), PAUSE_SECONDS_MAX));
  const times = afterSeconds.map((seconds) => addSeconds(startedAt, seconds));
  if (expiresAt !== null) times.push(addSeconds(expiresAt, EXPIRY_GRACE_SECONDS));
  const planned = times.filter((time) => time > now).sort((a, b) => a.getTime() - b.getTime())[0];
  if (planned === undefined) return doubling;
  const isLate = expiresAt !== null && now >= addSeconds(expiresAt, EXPIRY_GRACE_SECONDS);
  return (facts.outcome === 'unknown' || isLate) && doubling < planned ? doubling : planned;
}

/** After a wallet gave an order up, in seconds after expiry: was it paid after all, and did the notification get lost? */
const LATE_ASK_SECONDS = [600, 3600, 86_400];

/** When to ask about an order that failed, once more; null when it was never open at the wallet, or all has been asked. */
export function lateAskAt(facts: { wasOpen: boolean; expiresAt: Date; now: Date }): Date | null {
  if (!facts.wasOpen) return null;
  return (
    LATE_ASK_SECONDS.map((seconds) => addSeconds(facts.expiresAt, seconds)).find((time) => time > facts.now) ?? null
  );
}

export function addSeconds(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}

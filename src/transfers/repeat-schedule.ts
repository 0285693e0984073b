import { LEG_REPEAT_HOURS } from '../base/limits.ts';

/**
 * Pauses before a message is sent again, by how often it was sent: soon at first, then every minute, after an hour every five, and a
 * reversal that nobody has answered for a day every hour.
 */
const FIRST_SECONDS = [2, 10, 30];
const MINUTE_SECONDS = 60;
const FIVE_MINUTES_SECONDS = 300;
const HOUR_MS = 3_600_000;

export interface Sent {
  sendsCount: number;
  firstSentAt: Date;
}

export function repeatAt(leg: Sent, now: Date): Date {
  const isYoung = now.getTime() - leg.firstSentAt.getTime() < HOUR_MS;
  const seconds = isGivenUp(leg, now)
    ? HOUR_MS / 1000
    : (FIRST_SECONDS[leg.sendsCount - 1] ?? (isYoung ? MINUTE_SECONDS : FIVE_MINUTES_SECONDS));
  return addSeconds(now, seconds);
}

/** From then on a person is told. A credit is not sent again by itself, and the switch's file decides; a reversal is, now and then. */
export function isGivenUp(leg: Sent, now: Date): boolean {
  return now.getTime() - leg.firstSentAt.getTime() >= LEG_REPEAT_HOURS * HOUR_MS;
}

export function addSeconds(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}

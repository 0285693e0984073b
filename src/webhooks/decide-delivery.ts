import {
  WEBHOOK_REASON_CHARS_MAX,
  WEBHOOK_REPLY_KEPT_BYTES_MAX,
  WEBHOOK_RETRY_AFTER_SECONDS_MAX,
} from '../base/limits.ts';
import type { OutboundReply } from '../base/outbound.ts';
import type { Random } from '../base/random.ts';

/** Seconds to wait before each try, counted from the one before. Standard Webhooks 1.0.0, the schedule it suggests. */
export const TRY_AFTER_SECONDS = [0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;
export const TRIES_MAX = TRY_AFTER_SECONDS.length;

/** What a try came to. `status` and `reply` are kept for people; `dueAt` is when to try again. */
export interface Decision {
  state: 'succeeded' | 'pending' | 'parked';
  dueAt: Date | null;
  status: number | null;
  reason: string | null;
  reply: string | null;
  /** The receiver said 410: it never wants to hear again. */
  endpointGone: boolean;
}

/** Only 2xx is success. 410 ends the endpoint. Everything else is tried again until no try is left. */
export function decideDelivery(
  reply: OutboundReply,
  facts: { now: Date; triesLeft: number; random: Random },
): Decision {
  if (reply.kind !== 'reply') {
    return {
      ...again(facts, 0),
      status: null,
      reason: clip(`${reply.kind}: ${reply.reason}`),
      reply: null,
      endpointGone: false,
    };
  }
  const told = { status: reply.status, reply: firstText(reply.body) };
  if (reply.status >= 200 && reply.status < 300) {
    return { ...told, state: 'succeeded', dueAt: null, reason: null, endpointGone: false };
  }
  const reason = `status ${reply.status}`;
  if (reply.status === 410) return { ...told, state: 'parked', dueAt: null, reason, endpointGone: true };
  const waitSeconds = retryAfterSeconds(reply.headers['retry-after'], facts.now);
  return { ...told, ...again(facts, waitSeconds), reason, endpointGone: false };
}

function again(
  { now, triesLeft, random }: { now: Date; triesLeft: number; random: Random },
  atLeastSeconds: number,
): { state: 'pending' | 'parked'; dueAt: Date | null } {
  const left = triesLeft - 1;
  const scheduledSeconds = TRY_AFTER_SECONDS[TRIES_MAX - left];
  if (left <= 0 || scheduledSeconds === undefined) return { state: 'parked', dueAt: null };
  // A tenth earlier or later, so that a receiver that comes back is not met by everything at once.
  const jitter = 0.9 + 0.2 * (random.bytes(4).readUInt32BE() / 2 ** 32);
  const waitSeconds = Math.max(scheduledSeconds * jitter, atLeastSeconds);
  return { state: 'pending', dueAt: new Date(now.getTime() + Math.ceil(waitSeconds * 1000)) };
}

/** RFC 9110, 10.2.3: seconds or a date. What cannot be read is 0; nobody puts us off for longer than a day. */
function retryAfterSeconds(header: string | undefined, now: Date): number {
  if (header === undefined) return 0;
  const seconds = /^\d{1,9}$/.test(header) ? Number(header) : (Date.parse(header) - now.getTime()) / 1000;
  return Number.isNaN(seconds) ? 0 : Math.min(Math.max(seconds, 0), WEBHOOK_RETRY_AFTER_SECONDS_MAX);
}

/** The first kilobyte as text that PostgreSQL can keep. */
function firstText(body: Buffer): string {
  return body.subarray(0, WEBHOOK_REPLY_KEPT_BYTES_MAX).toString('utf8').replaceAll('\u0000', '\ufffd');
}

function clip(text: string): string {
  return text.slice(0, WEBHOOK_REASON_CHARS_MAX).replaceAll('\u0000', '\ufffd');
}

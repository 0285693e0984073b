import type { Clock } from '../base/clock.ts';
import { LEASE_SECONDS, WEBHOOK_REPLY_BYTES_MAX, WEBHOOK_SENDS_MAX, WEBHOOK_TIMEOUT_MS } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import type { OutboundReply, Send } from '../base/outbound.ts';
import type { Random } from '../base/random.ts';
import { createBatch } from '../db/batch.ts';
import type { Sql } from '../db/connect.ts';
import { type DueLoop, startDueLoop } from '../db/due.ts';
import { claimDeliveries, type DeliveryJob } from './claim-deliveries.ts';
import { decideDelivery } from './decide-delivery.ts';
import { EndpointLanes } from './endpoint-lanes.ts';
import { recordTries } from './record-tries.ts';
import type { TryResult } from './sending-store.ts';
import { readSigningKeys, secretAad, signatureHeader, type SigningKeys } from './signing-keys.ts';
import type { Seal } from './webhook-deps.ts';

export interface SendDeliveriesDeps {
  sql: Sql;
  clock: Clock;
  random: Random;
  /** From net/vetted-send.ts: the addresses were chosen by strangers. */
  send: Send;
  seal: Pick<Seal, 'open'>;
  log: Log;
  book: number;
  /** How often to look for what is due when nobody kicks. */
  idleMs: number;
}

/**
 * Sends what is owed, of one book, until stopped. Claim, send, record: a crash in between sends once more after the lease,
 * so a message arrives at least once, with the same id. Call `kick()` right after a commit that wrote events.
 */
export function startSendingDeliveries(deps: SendDeliveriesDeps): DueLoop {
  const lanes = new EndpointLanes();
  const results = createBatch<TryResult, 'recorded' | 'stale'>({
    name: 'webhook results',
    sql: deps.sql,
    itemsMax: WEBHOOK_SENDS_MAX,
    queueMax: WEBHOOK_SENDS_MAX * 2,
    run: (tx, items) => recordTries(tx, deps.book, items),
  });
  const loop = startDueLoop<DeliveryJob>({
    name: 'webhooks',
    concurrency: WEBHOOK_SENDS_MAX,
    idleMs: deps.idleMs,
    log: deps.log,
    async claim(limit) {
      const facts = { now: deps.clock.now(), leaseSeconds: LEASE_SECONDS, limit, room: lanes.room() };
      const jobs = await claimDeliveries(deps.sql, deps.book, facts);
      for (const job of jobs) lanes.started(job.endpointId);
      return jobs;
    },
    async work(job) {
      let result: TryResult | null = null;
      try {
        result = await tryDelivery(deps, job);
        // What is limited is calls under way: a good answer makes room before it is recorded.
        if (result.state === 'succeeded') makeRoom(job, result);
        const recorded = await results.submit(result);
        if (recorded === 'stale')
          deps.log.warn({ delivery: job.deliveryId }, 'a webhook was sent after its lease had passed on');
      } finally {
        if (result?.state !== 'succeeded') makeRoom(job, result);
        loop.kick(); // what waited behind it may go
      }
    },
  });
  function makeRoom(job: DeliveryJob, result: TryResult | null): void {
    const facts = { ok: result?.state === 'succeeded', durationMs: result?.durationMs ?? 0 };
    if (lanes.finished(job.endpointId, facts)) loop.kick();
  }
  return {
    kick: () => loop.kick(),
    async stop() {
      await loop.stop();
      await results.close();
    },
  };
}

/** Sends one message, unless its endpoint has stopped listening since, and says what came of it. */
export async function tryDelivery(
  deps: Pick<SendDeliveriesDeps, 'clock' | 'random' | 'send' | 'seal' | 'book' | 'log'>,
  job: DeliveryJob,
): Promise<TryResult> {
  const sentAt = deps.clock.now();
  const { deliveryId, fence, endpointId, objectId, objectSeq } = job;
  const named = { deliveryId, fence, endpointId, objectId, objectSeq, sentAt };
  const { endpoint } = job;
  if (endpoint.state !== 'enabled') {
    const state = endpoint.state === 'deleted' ? 'canceled' : 'parked';
    const reason = `endpoint ${endpoint.state}`;
    return { ...named, ...UNTRIED, state, reason, finishedAt: sentAt };
  }
  const startedMs = performance.now();
  const reply = await post(deps, job, sentAt);
  const durationMs = Math.round(performance.now() - startedMs);
  const now = deps.clock.now();
  const decision = decideDelivery(reply, { now, triesLeft: job.triesLeft, random: deps.random });
  return { ...named, ...decision, tried: true, durationMs, finishedAt: decision.state === 'pending' ? null : now };
}

const UNTRIED = { dueAt: null, status: null, reply: null, tried: false, endpointGone: false, durationMs: 0 } as const;

async function post(
  deps: Pick<SendDeliveriesDeps, 'send' | 'seal' | 'book' | 'log'>,
  job: DeliveryJob,
  sentAt: Date,
): Promise<OutboundReply> {
  const timestampSeconds = Math.floor(sentAt.getTime() / 1000);
  const message = { id: job.eventId, timestampSeconds, body: job.payload };
  let keys: SigningKeys[];
  try {
    keys = validKeys(deps, job, sentAt);
  } catch (error) {
    // Somebody changed the row or the master key. It counts as a try, so that it cannot go on for ever.
    deps.log.error({ endpoint: job.endpointId, error }, 'the secret of a webhook endpoint does not open');
    return { kind: 'not_sent', reason: 'the signing secret does not open' };
  }
  return deps.send({
    method: 'POST',
    url: job.endpoint.url,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Hutong-Webhooks/1',
      'webhook-id': message.id,
      'webhook-timestamp': String(timestampSeconds),
      'webhook-signature': signatureHeader(keys, message),
    },
    body: job.payload,
    timeoutMs: WEBHOOK_TIMEOUT_MS,
    replyBytesMax: WEBHOOK_REPLY_BYTES_MAX,
  });
}

/** Today's keys, and for a while after a change those of before. */
function validKeys(
  { seal, book }: { seal: Pick<Seal, 'open'>; book: number },
  job: DeliveryJob,
  now: Date,
): SigningKeys[] {
  const { endpoint } = job;
  const aad = secretAad(book, endpoint.id);
  const isOverlap = endpoint.previousSecretUntil !== null && now < endpoint.previousSecretUntil;
  const sealed = [endpoint.secretSealed, isOverlap ? endpoint.previousSecretSealed : null];
  return sealed.filter((text) => text !== null).map((text) => readSigningKeys(seal.open(text, aad)));
}

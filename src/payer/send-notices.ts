import { assert } from '../base/assert.ts';
import { BATCH_QUEUE_MAX, LEASE_SECONDS } from '../base/limits.ts';
import type { OutboundReply } from '../base/outbound.ts';
import { createBatch } from '../db/batch.ts';
import { type DueLoop, startDueLoop } from '../db/due.ts';
import { NOTICE_DELAYS_SECONDS, NOTICE_REPLY_BYTES_MAX, NOTICE_TIMEOUT_MS, NOTICES_AT_ONCE } from './figures.ts';
import { claimDueNotices, type LeasedNotice, type NoticeResult, updateNotices } from './notice-store.ts';
import { findOrders } from './order-store.ts';
import type { ProtocolSide } from './protocol-side.ts';
import { findRefunds } from './refund-store.ts';
import { showOrder, showRefund } from './show-order.ts';
import { signNotification } from './sign-reply.ts';

/** Tells shops until they have taken it. Claim, send, record: a crash in between sends once more. */
export function startSendingNotices(side: ProtocolSide, idleMs: number): DueLoop {
  const { deps } = side;
  const results = createBatch<NoticeResult, null>({
    name: 'notifications of the wallet',
    sql: deps.sql,
    itemsMax: NOTICES_AT_ONCE,
    queueMax: BATCH_QUEUE_MAX,
    async run(tx, items) {
      await updateNotices(tx, deps.book, items, deps.clock.now());
      return items.map(() => null);
    },
  });
  const loop = startDueLoop<LeasedNotice>({
    name: 'notifications of the wallet',
    concurrency: NOTICES_AT_ONCE,
    idleMs,
    log: deps.log,
    claim(limit) {
      const now = deps.clock.now();
      return claimDueNotices(deps.sql, deps.book, {
        now,
        leasedUntil: new Date(now.getTime() + LEASE_SECONDS * 1000),
        limit,
      });
    },
    async work(notice) {
      const reply = await send(side, notice);
      await results.submit(decideNotice(notice, reply, deps.clock.now()));
    },
  });
  return {
    kick: () => loop.kick(),
    async stop() {
      await loop.stop();
      await results.close();
    },
  };
}

/** Any 2xx means taken; everything else comes again, until the tries are over. */
export function decideNotice(
  notice: Pick<LeasedNotice, 'id' | 'leaseNo' | 'triesCount'>,
  reply: OutboundReply,
  now: Date,
): NoticeResult {
  const { id, leaseNo, triesCount } = notice;
  const lastAnswer = (reply.kind === 'reply' ? String(reply.status) : reply.reason).slice(0, 100);
  if (reply.kind === 'reply' && reply.status >= 200 && reply.status < 300)
    return { id, leaseNo, state: 'taken', lastAnswer, dueAt: null, endedAt: now };
  const delaySeconds = NOTICE_DELAYS_SECONDS[triesCount - 1];
  if (delaySeconds === undefined) return { id, leaseNo, state: 'given_up', lastAnswer, dueAt: null, endedAt: now };
  const dueAt = new Date(now.getTime() + delaySeconds * 1000);
  return { id, leaseNo, state: 'pending', lastAnswer, dueAt, endedAt: null };
}

async function send(side: ProtocolSide, notice: LeasedNotice): Promise<OutboundReply> {
  const { deps, keys } = side;
  const body = Buffer.from(JSON.stringify(await compose(side, notice)));
  return await deps.send({
    method: 'POST',
    url: notice.url,
    headers: { 'content-type': 'application/json', ...(await signNotification(deps, keys, body)) },
    body,
    timeoutMs: NOTICE_TIMEOUT_MS,
    replyBytesMax: NOTICE_REPLY_BYTES_MAX,
  });
}

/** Exactly what a query would say now. */
async function compose({ deps }: ProtocolSide, notice: LeasedNotice): Promise<object> {
  const { kind, subjectId, merchantNo } = notice;
  if (kind === 'order') {
    const order = (await findOrders(deps.sql, deps.book, [subjectId])).get(subjectId);
    assert(order !== undefined, 'what is told is there');
    return { type: 'order', merchant_no: merchantNo, order: showOrder(deps, order) };
  }
  const refund = (await findRefunds(deps.sql, deps.book, [subjectId])).get(subjectId);
  assert(refund !== undefined, 'what is told is there');
  return { type: 'refund', merchant_no: merchantNo, refund: showRefund(refund) };
}

import { assert } from '../base/assert.ts';
import type { BuyerFacts, OrderItem } from '../base/buyer.ts';
import { BATCH_ITEMS_MAX, BATCH_QUEUE_MAX } from '../base/limits.ts';
import { newId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import { type Batch, createBatch } from '../db/batch.ts';
import type { Tx } from '../db/connect.ts';
import { claimKeys, finishKeys, type KeyClaim } from '../db/idempotency-store.ts';
import type { Money } from '../money/money.ts';
import { sealVoucherCodes } from '../offers/voucher-code.ts';
import { addSeconds } from './ask-schedule.ts';
import type { CashierDeps } from './deps.ts';
import type { MerchantId, Payment } from './payment.ts';
import { insertPayments } from './payment-store.ts';
import { buyerKeyOf } from './read-buyer.ts';
import type { RecentPayments } from './recent-payments.ts';
import { type KeyedResult, type Reply, toReply } from './reply.ts';
import { showPayment } from './show-payment.ts';

export interface NewPayment {
  merchantId: MerchantId;
  livemode: boolean;
  orderNo: string;
  amount: Money;
  subject: string;
  returnUrl: string;
  expiresInSeconds: number;
  /** The share link that the buyer came by: checked for its shape alone, since what links there are is known above the cashier. */
  linkCode: string | null;
  metadata: Record<string, string>;
  /** What the shop tells of its buyer, of the order's lines and of voucher codes; null for nothing. */
  buyer: BuyerFacts | null;
  items: readonly OrderItem[] | null;
  vouchers: readonly string[] | null;
  claim: KeyClaim;
}

/** Group commit for new payments: one transaction for all that arrive together, one reply each. */
export function openCreateLane(
  deps: CashierDeps,
  book: number,
  recent: RecentPayments,
): Batch<NewPayment, KeyedResult> {
  return createBatch<NewPayment, KeyedResult>({
    name: `new payments of book ${book}`,
    sql: deps.sql,
    itemsMax: BATCH_ITEMS_MAX,
    queueMax: BATCH_QUEUE_MAX,
    run: (tx, items) => createPayments(tx, deps, book, items, recent),
  });
}

async function createPayments(
  tx: Tx,
  deps: CashierDeps,
  book: number,
  items: readonly NewPayment[],
  recent: RecentPayments,
): Promise<(KeyedResult | Refusal)[]> {
  const claims = await claimKeys(
    tx,
    items.map((item) => item.claim),
    deps.clock.now(),
  );
  const wanted = items.map((item, index) => {
    const claim = claims[index];
    return claim instanceof Refusal || claim?.kind !== 'new' ? null : toPayment(deps, book, item);
  });
  const inserted = await insertPayments(
    tx,
    wanted.filter((payment) => payment !== null),
  );
  const finished: { claim: KeyClaim; reply: Reply }[] = [];
  const released: KeyClaim[] = [];
  const results: (KeyedResult | Refusal)[] = [];
  for (const [index, item] of items.entries()) results.push(toResult(item, index));
  await finishKeys(tx, { finished, released });
  return results;

  function toResult(item: NewPayment, index: number): KeyedResult | Refusal {
    const claim = claims[index];
    if (claim instanceof Refusal) return claim;
    if (claim?.kind === 'replay') return { reply: { status: claim.status, body: claim.body }, replayed: true };
    if (claim?.kind === 'twin') {
      const first = results[claim.of];
      assert(first !== undefined, 'a twin comes after its first');
      return first instanceof Refusal ? first : { ...first, replayed: true };
    }
    const payment = wanted[index];
    if (payment === null || payment === undefined || !inserted.has(payment.id)) {
      released.push(item.claim);
      return new Refusal('order_no_taken', 'this order number has a payment already', { param: 'order_no' });
    }
    const reply = toReply(201, showPayment(deps, payment, []));
    recent.keep(payment);
    finished.push({ claim: item.claim, reply });
    return { reply, replayed: false };
  }
}

function toPayment(deps: CashierDeps, book: number, item: NewPayment): Payment {
  const now = deps.clock.now();
  const expiresAt = addSeconds(now, item.expiresInSeconds);
  const id = newId('pay', deps, book);
  const vouchers = sealVoucherCodes(deps.keyring, id, item.vouchers ?? []);
  return {
    book,
    id,
    merchantId: item.merchantId,
    orderNo: item.orderNo,
    currency: item.amount.currency,
    amountMinor: item.amount.minor,
    subject: item.subject,
    returnUrl: item.returnUrl,
    linkCode: item.linkCode,
    metadata: item.metadata,
    buyer: item.buyer,
    buyerKey: item.buyer === null ? null : buyerKeyOf(item.buyer),
    items: item.items,
    vouchers: vouchers.length === 0 ? null : vouchers,
    decision: null,
    observed: null,
    complaint: null,
    livemode: item.livemode,
    state: 'requires_payment_method',
    cancellationReason: null,
    cancelRequestedAt: null,
    succeededAttemptId: null,
    paidAt: null,
    expiresAt,
    createdAt: now,
    version: 1,
    dueAt: expiresAt,
  };
}

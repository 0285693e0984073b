import type { IncomingHttpHeaders } from 'node:http';
import { HutongSignatureError, verifyWebhook, type WebhookEvent } from '../../../sdk/src/index.ts';
import { applyNews, type PaymentNews, type RefundNews } from './apply-news.ts';
import { toOrderPrice, toOrderRefund } from './order-price.ts';
import type { Order } from './orders.ts';
import type { ShopDeps } from './shop.ts';

/**
 * Checks the signature over the raw body, finds the order by our own number, and writes the news down. Answers the HTTP
 * status: 204 for whatever needs no second delivery, also for orders of an earlier life of this demo.
 */
export async function receiveWebhook(deps: ShopDeps, headers: IncomingHttpHeaders, body: string): Promise<number> {
  if (deps.webhookSecret === null) return 503;
  const event = await readEvent(deps, deps.webhookSecret, headers, body);
  if (event === null) return 400;
  const news = toNews(event);
  const order = findOrder(deps, event);
  if (news === null || order === undefined) return 204;
  const heard = { id: event.id, type: event.type, at: deps.clock.now().toISOString() };
  const next = applyNews(order, news, heard);
  if (next !== order) deps.orders.save(next);
  return 204;
}

async function readEvent(
  deps: ShopDeps,
  secret: string,
  headers: IncomingHttpHeaders,
  body: string,
): Promise<WebhookEvent | null> {
  try {
    return await verifyWebhook(body, headers, secret);
  } catch (error) {
    if (!(error instanceof HutongSignatureError)) throw error;
    deps.log.warn({ reason: error.message }, 'a webhook was not genuine');
    return null;
  }
}

/** Types that come later are no news to this shop. */
function toNews(event: WebhookEvent): PaymentNews | RefundNews | null {
  switch (event.type) {
    case 'payment.succeeded':
    case 'payment.canceled':
    case 'payment.corrected':
      return { kind: 'payment', ...event.data, price: toOrderPrice(event.data) };
    case 'refund.created':
    case 'refund.succeeded':
    case 'refund.failed':
    case 'refund.corrected':
      return {
        kind: 'refund',
        paymentId: event.data.payment_id,
        ...event.data,
        refund: toOrderRefund(event.data),
      };
    case 'link.completed':
    default:
      return null;
  }
}

function findOrder(deps: ShopDeps, event: WebhookEvent): Order | undefined {
  if ('order_no' in event.data) return deps.orders.find(event.data.order_no);
  return 'payment_id' in event.data ? deps.orders.findByPayment(event.data.payment_id) : undefined;
}

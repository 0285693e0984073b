import { newId } from '../../base/id.ts';
import type { Lang } from '../../base/lang.ts';
import { applyNews, moveOrder } from './apply-news.ts';
import { newOrderNo } from './order-number.ts';
import { toOrderPrice, toOrderRefund } from './order-price.ts';
import type { Order } from './orders.ts';
import { findProduct, type Product } from './products.ts';
import type { ShopDeps } from './shop.ts';
import { findShopper, type Shopper, toBuyer } from './shoppers.ts';

const PAY_WITHIN_SECONDS = 15 * 60;

/** Writes an order down; its payment is asked for after that, so that a crash in between leaves an order to pay again. */
export function placeOrder(
  deps: ShopDeps,
  product: Product,
  { shopper, link, lang }: { shopper: Shopper; link: string | null; lang: Lang },
): Order {
  return deps.orders.save({
    orderNo: newOrderNo(deps),
    productId: product.id,
    shopper: shopper.key,
    lang,
    link,
    amount: { currency: product.price.currency, minor: String(product.price.minor) },
    state: 'unpaid',
    createdAt: deps.clock.now().toISOString(),
    payment: null,
    paidWith: null,
    price: null,
    refund: null,
    heard: [],
  });
}

/** The order's payment. The order number is the idempotency key: asked twice, it is the same payment. */
export async function startPayment(deps: ShopDeps, order: Order): Promise<Order> {
  const shopper = findShopper(order.shopper);
  const buyer = shopper === undefined ? undefined : toBuyer(shopper);
  const name = findProduct(order.productId)?.name[order.lang] ?? order.productId;
  const minor = BigInt(order.amount.minor);
  const payment = await deps.hutong.payments.create(
    {
      order_no: order.orderNo,
      amount: { currency: order.amount.currency, minor },
      subject: name,
      items: [{ id: order.productId, name, quantity: 1, amount_minor: minor }],
      ...(buyer === undefined ? {} : { buyer }),
      ...(order.link === null ? {} : { link: order.link }),
      return_url: `${deps.url}/orders/${order.orderNo}?lang=${order.lang}`,
      expires_in_seconds: PAY_WITHIN_SECONDS,
    },
    { idempotencyKey: `pay-${order.orderNo}` },
  );
  // A webhook may have been faster than this answer.
  const latest = deps.orders.find(order.orderNo) ?? order;
  return deps.orders.save({ ...latest, payment: { id: payment.id, cashierUrl: payment.cashier_url } });
}

/** Asks for the payment instead of waiting for the webhook, as a careful shop does when a buyer says "I have paid". */
export async function checkPayment(deps: ShopDeps, order: Order): Promise<Order> {
  if (order.payment === null) return order;
  const payment = await deps.hutong.payments.get(order.payment.id);
  if (payment.state !== 'succeeded' && payment.state !== 'canceled') return order;
  const heard = { id: newId('asked', deps, 0), type: `payment.${payment.state}`, at: deps.clock.now().toISOString() };
  const latest = deps.orders.find(order.orderNo) ?? order;
  if (latest.state !== 'unpaid') return latest;
  return deps.orders.save(applyNews(latest, { kind: 'payment', ...payment, price: toOrderPrice(payment) }, heard));
}

/** Sends all of the money back. The refund's number is the order's: pressed twice, it is one refund. */
export async function refundOrder(deps: ShopDeps, order: Order): Promise<Order> {
  if (order.payment === null || order.state !== 'paid') return order;
  const refund = await deps.hutong.refunds.create(
    order.payment.id,
    { refund_no: `R${order.orderNo}`, reason: 'the buyer asked for it in the demo shop' },
    { idempotencyKey: `refund-${order.orderNo}` },
  );
  const latest = deps.orders.find(order.orderNo) ?? order;
  return deps.orders.save({ ...moveOrder(latest, `refund ${refund.state}`), refund: toOrderRefund(refund) });
}

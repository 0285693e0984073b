import type { OrderPrice, OrderRefund } from './order-price.ts';
import type { Heard, Order, OrderState } from './orders.ts';

/** The parts of a payment, as the API shows it, that the shop acts on. */
export interface PaymentNews {
  kind: 'payment';
  id: string;
  amount: { currency: string; minor: bigint };
  state: string;
  wallet: string | null;
  /** What the buyer paid; null where nobody has. */
  price: OrderPrice | null;
}

/** The parts of a refund that the shop acts on. */
export interface RefundNews {
  kind: 'refund';
  paymentId: string;
  state: string;
  /** Hutong sent back by itself what was paid twice or too late; the order itself is untouched. */
  automatic: boolean;
  refund: OrderRefund;
}

/** What each piece of news does to an order, and from where; anything else leaves it as it is, however late it comes. */
const MOVES: Record<string, { from: readonly OrderState[]; to: OrderState }> = {
  'payment succeeded': { from: ['unpaid'], to: 'paid' },
  'payment canceled': { from: ['unpaid'], to: 'closed' },
  'refund pending': { from: ['paid'], to: 'refunding' },
  'refund succeeded': { from: ['paid', 'refunding'], to: 'refunded' },
  'refund failed': { from: ['refunding'], to: 'paid' },
};

/**
 * The order after a piece of news, whether a webhook brought it or the shop asked. News of another payment or another
 * amount changes nothing, news that was heard before changes nothing, and no news takes an order back.
 */
export function applyNews(order: Order, news: PaymentNews | RefundNews, heard: Heard): Order {
  if (order.heard.some((earlier) => earlier.id === heard.id)) return order;
  if (!isAbout(order, news)) return order;
  const moved = news.kind === 'refund' && news.automatic ? order : moveOrder(order, `${news.kind} ${news.state}`);
  return { ...moved, ...figuresOf(order, news), heard: [...order.heard, heard] };
}

/** How it was paid, and what went back: of a refund that is not the order's own, nothing. */
function figuresOf(order: Order, news: PaymentNews | RefundNews): Pick<Order, 'paidWith' | 'price' | 'refund'> {
  const { paidWith, price, refund } = order;
  if (news.kind === 'payment')
    return news.state === 'succeeded'
      ? { paidWith: news.wallet, price: news.price, refund }
      : { paidWith, price, refund };
  return news.automatic || news.state === 'failed'
    ? { paidWith, price, refund }
    : { paidWith, price, refund: news.refund };
}

export function moveOrder(order: Order, news: string): Order {
  const move = MOVES[news];
  return move?.from.includes(order.state) ? { ...order, state: move.to } : order;
}

function isAbout(order: Order, news: PaymentNews | RefundNews): boolean {
  if (news.kind === 'refund') return order.payment?.id === news.paymentId;
  return (
    (order.payment === null || order.payment.id === news.id) &&
    news.amount.currency === order.amount.currency &&
    news.amount.minor === BigInt(order.amount.minor)
  );
}

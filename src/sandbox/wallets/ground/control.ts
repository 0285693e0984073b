import { addMoney, money } from '../../../money/money.ts';
import { sumOf } from './discounts.ts';
import type { Ground, WalletSide } from './ground.ts';
import type { CodeBuyer, Order } from './order.ts';
import { mintPaymentCode } from './payment-codes.ts';
import { OrderStateError, closeOrder, declineOrder, isOver, merchantsPart, payOrder } from './payments.ts';

/** One transaction of the books, as told to tests, the command line and other processes. */
export interface ShownOrder {
  kind: Order['kind'];
  merchant_no: string;
  order_no: string;
  /** The way in: front, app, qr, jsapi, code, refund … */
  via: string;
  amount_fen: string;
  /** What was taken off by the wallet's own discounts; of a refund what of that went back. */
  discount_fen: string;
  state: Order['state'];
  /** The wallet's code for how it stands. */
  code: string;
  wallet_id: string | null;
  original_order_no: string | null;
  settled_at: string | null;
  /** Payments: what was taken back and has finished. */
  refunded_fen: string;
  notify_tries: number;
  notify_acknowledged: boolean;
}

/** What moved for one merchant by the simulator's own books. A reversed payment never counted. */
export interface ShownTotals {
  merchant_no: string;
  payments: number;
  paid_fen: string;
  refunds: number;
  refunded_fen: string;
  /** Paid minus refunded. */
  net_fen: string;
  /** Of what was paid, what was taken off by discounts, and of what was refunded, what of that went back. */
  discounts_fen: string;
  discounts_back_fen: string;
  /** What the wallet owes the merchant before fees: the net without the merchant's own share of the discounts. */
  owed_fen: string;
}

export interface PayOptions {
  /** Which pretend card, from 0; the first pays. */
  card?: number;
  /** Ends with this code of the wallet, whatever the card says. */
  code?: string;
  /** The bank's success arrives although the time to pay is over. */
  late?: boolean;
  merchantNo?: string;
}

/** The hands of a test: what a payer or a bad day would do. All throw OrderStateError where the order does not allow it. */
export interface Control<Own extends object = object> {
  /** Pays the latest payment of this number; answers the wallet's code. */
  pay(orderNo: string, options?: PayOptions): string;
  /** The issuer says no; without `code` for the wallet's usual reason. */
  decline(orderNo: string, code?: string, merchantNo?: string): void;
  expire(orderNo: string, merchantNo?: string): void;
  orders(filter?: { orderNo?: string; merchantNo?: string }): (ShownOrder & Own)[];
  totals(): ShownTotals[];
  /** A fresh payment code. @throws RangeError where the wallet has none */
  paymentCode(buyer: CodeBuyer): string;
}

export function createControl<Own extends object>(ground: Ground, side: WalletSide<Own>): Control<Own> {
  const need = (orderNo: string, merchantNo?: string): Order => {
    const found = ground.books
      .listByOrderNo(orderNo)
      .filter((order) => order.kind === 'payment' && (merchantNo === undefined || order.merchantNo === merchantNo));
    const last = found.at(-1);
    if (last === undefined) throw new OrderStateError(`there is no payment ${orderNo}`);
    return last;
  };
  return {
    pay: (orderNo, options = {}) =>
      payOrder(ground, need(orderNo, options.merchantNo), {
        cardIndex: options.card ?? 0,
        late: options.late ?? false,
        ...(options.code === undefined ? {} : { code: options.code }),
      }),
    decline: (orderNo, code, merchantNo) =>
      declineOrder(ground, need(orderNo, merchantNo), code ?? side.codes.declines[0] ?? side.codes.noFunds),
    expire: (orderNo, merchantNo) => closeOrder(ground, need(orderNo, merchantNo)),
    orders: (filter = {}) => {
      const { books } = ground;
      const from = filter.orderNo === undefined ? [...books.orders.values()] : books.listByOrderNo(filter.orderNo);
      return from
        .filter((order) => filter.merchantNo === undefined || order.merchantNo === filter.merchantNo)
        .map((order) => showOrder(ground, side, order));
    },
    totals: () => side.merchants().map(({ merchantNo }) => showTotals(ground, merchantNo)),
    paymentCode: (buyer) => mintPaymentCode(ground, buyer),
  };
}

/** The wallet's code for how an order stands: paid, waiting, timed out, or why the last try failed. */
export function standingCode(ground: Ground, order: Order): string {
  if (order.state !== 'reversed' && order.lastCode !== null) return order.lastCode;
  const { codes } = ground.side;
  return order.kind === 'payment' && isOver(ground, order) ? codes.timedOut : codes.waiting;
}

function showOrder<Own extends object>(ground: Ground, side: WalletSide<Own>, order: Order): ShownOrder & Own {
  const original = order.originalKey === null ? undefined : ground.books.find(order.originalKey);
  const shown: ShownOrder = {
    kind: order.kind,
    merchant_no: order.merchantNo,
    order_no: order.orderNo,
    via: order.via,
    amount_fen: order.amountFen,
    discount_fen: sumOf(order.discounts).toString(),
    state: order.state,
    code: standingCode(ground, order),
    wallet_id: order.walletId,
    original_order_no: original?.orderNo ?? null,
    settled_at: order.settledAt?.toISOString() ?? null,
    refunded_fen: order.refunded.minor.toString(),
    notify_tries: order.told.tries,
    notify_acknowledged: order.told.acknowledged,
  };
  // A wallet that shows nothing of its own has `Own = object`, which {} is.
  return { ...shown, ...(side.showOrder?.(order) ?? ({} as Own)) };
}

function showTotals(ground: Ground, merchantNo: string): ShownTotals {
  let paid = money('CNY', 0n);
  let refunded = money('CNY', 0n);
  let payments = 0;
  let refunds = 0;
  let discountsFen = 0n;
  let discountsBackFen = 0n;
  let owedFen = 0n;
  for (const order of ground.books.orders.values()) {
    if (order.merchantNo !== merchantNo || order.state !== 'succeeded') continue;
    if (order.kind === 'payment') {
      payments++;
      paid = addMoney(paid, order.amount);
      discountsFen += sumOf(order.discounts);
      owedFen += merchantsPart(order).minor;
    } else {
      discountsBackFen += sumOf(order.discounts);
      owedFen -= merchantsPart(order).minor;
      refunds++;
      refunded = addMoney(refunded, order.amount);
    }
  }
  return {
    merchant_no: merchantNo,
    payments,
    paid_fen: paid.minor.toString(),
    refunds,
    refunded_fen: refunded.minor.toString(),
    net_fen: (paid.minor - refunded.minor).toString(),
    discounts_fen: discountsFen.toString(),
    discounts_back_fen: discountsBackFen.toString(),
    owed_fen: owedFen.toString(),
    ...ground.side.showTotal?.(merchantNo),
  };
}

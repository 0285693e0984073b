import type { Payment, Refund } from '../../../sdk/src/index.ts';
import { readAlerts } from '../../cashier/operator-reads.ts';
import type { SentNotification } from '../../sandbox/wallets/ground/notify.ts';
import { formatMoney, isCurrency, money } from '../../money/money.ts';
import { CliError } from '../command.ts';
import type { Patience } from './patience.ts';
import { payInApp } from './pay-in-app.ts';
import type { Story } from './story.ts';
import { isAsking, notificationWire, type Wire } from './wire.ts';
import type { DemoWorld } from './world.ts';

const ORDER_NO = 'DEMO-0001';
const PRICE_FEN = 12_800n;
const BACK_FEN = 2_800n;

/** From the shop's order to the shop's knowledge that it is paid. */
export async function pay(
  world: DemoWorld,
  story: Story,
  patience: Patience,
): Promise<{ paymentId: string; notification: SentNotification }> {
  const { hutong, unionpay, wires } = world;
  const payment = await story.step('create_payment', '商户下单  The shop asks to be paid', async () => {
    const value = await hutong.payments.create({
      order_no: ORDER_NO,
      amount: { currency: 'CNY', minor: PRICE_FEN },
      subject: '明前龙井 50 克',
      return_url: 'http://127.0.0.1:4720/orders/1',
    });
    return {
      value,
      told: { facts: { payment: value.id, amount: showMoney(value.amount) }, wires: wires.take(isAsking) },
    };
  });
  const attempt = await story.step(
    'start_attempt',
    '向银联下单，得到 tn  An order at UnionPay, which answers with a tn',
    async () => {
      const value = await hutong.payments.attempts.create(payment.id, { wallet: 'unionpay', scene: 'app' });
      const tn = value.next_action?.['order_string'];
      if (typeof tn !== 'string') throw new CliError('UnionPay gave no tn.');
      const lines = ['网页里则由收银台提交一张签名的表单 In a browser the cashier page posts a signed form instead:'];
      return {
        value: { id: value.id, tn },
        told: { facts: { tn }, wires: wires.take(isAsking), lines: [...lines, payment.cashier_url] },
      };
    },
  );
  await story.step('pay_in_app', '买家在云闪付里付款  The buyer pays in the 云闪付 app', async () => {
    const paid = await payInApp(unionpay.url, attempt.tn);
    const wire: Wire = {
      from: 'app',
      to: 'unionpay',
      method: 'POST',
      url: paid.url,
      sent: { action: 'pay', card: '梧桐银行 6216***********0018', pin: '******' },
      status: paid.status,
      received: {},
    };
    return {
      value: paid,
      told: { facts: paid.shown === '' ? {} : { shown_in_app: `¥${paid.shown}` }, wires: [wire] },
    };
  });
  const notification = await story.step(
    'notification',
    '银联通知，验签核对  UnionPay notifies: signature and amount are checked',
    async () => {
      const value = await waitForNotification(world, patience, attempt.id.slice('att_'.length));
      return { value, told: { facts: { answer: `HTTP ${value.status}` }, wires: [notificationWire(value)] } };
    },
  );
  await story.step('payment_succeeded', '付款成功  The payment has succeeded', async () => {
    const value = await patience('the payment to succeed', () => paymentIn(world, payment.id, 'succeeded'));
    const facts = { state: value.state, paid_at: value.paid_at ?? '', wallet: value.wallet ?? '' };
    return { value, told: { facts } };
  });
  await hearWebhook(world, story, patience, 'payment.succeeded', payment.id);
  return { paymentId: payment.id, notification };
}

/** The notification once more with another amount: nobody signed that, so nothing may change. */
export async function refuseForgery(
  world: DemoWorld,
  story: Story,
  book: number,
  notification: SentNotification,
  paymentId: string,
): Promise<void> {
  await story.step('refuse_forgery', '伪造的通知被拒绝  The same with another amount is refused', async () => {
    const before = await world.hutong.payments.get(paymentId);
    const body = notification.body.replace(`txnAmt=${PRICE_FEN}`, 'txnAmt=1');
    const reply = await fetch(notification.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
      body,
    });
    const after = await world.hutong.payments.get(paymentId);
    const [alert] = await readAlerts(world.server.cashier.deps, book, 1);
    if (body === notification.body || reply.ok || after.version !== before.version)
      throw new CliError('A forged notification was believed.');
    const facts = { answer: `HTTP ${reply.status}`, payment: 'unchanged', alert: alert?.detail ?? '' };
    return { value: undefined, told: { facts, data: { status: reply.status, changed: false } } };
  });
}

/** A part of the money goes back the way it came. */
export async function refund(world: DemoWorld, story: Story, patience: Patience, paymentId: string): Promise<void> {
  const { hutong, wires } = world;
  const asked = await story.step('create_refund', '部分退款  A part is given back', async () => {
    const value = await hutong.refunds.create(paymentId, {
      amount: { currency: 'CNY', minor: BACK_FEN },
      reason: '客人退一件',
      refund_no: `${ORDER_NO}-R1`,
    });
    await patience('the refund to reach UnionPay', () => (wires.has(isRefundCall) ? true : null));
    return {
      value,
      told: { facts: { refund: value.id, amount: showMoney(value.amount) }, wires: wires.take(isAsking) },
    };
  });
  await story.step('refund_succeeded', '退款成功  The refund has succeeded', async () => {
    const value = await patience('the refund to succeed', () => refundIn(world, asked.id, 'succeeded'));
    const told = world.unionpay.notificationsSent().find((sent) => sent.kind === 'refund' && sent.status !== null);
    const asking = wires.take(isAsking);
    const facts = { state: value.state, finished_at: value.finished_at ?? '' };
    return { value, told: { facts, wires: told === undefined ? asking : [notificationWire(told)] } };
  });
  await hearWebhook(world, story, patience, 'refund.succeeded', asked.id);
}

async function hearWebhook(
  world: DemoWorld,
  story: Story,
  patience: Patience,
  type: string,
  objectId: string,
): Promise<void> {
  const title = '商户收到签名的回调  The shop hears of it by a signed webhook';
  await story.step(`webhook_${type.replace('.', '_')}`, title, async () => {
    const heard = await patience(
      `the webhook ${type}`,
      () => world.receiver.heard.find((one) => one.type === type && one.objectId === objectId) ?? null,
    );
    const isIt = (wire: Wire) => wire.to === 'shop' && wire.sent['webhook-id'] === heard.id;
    await patience('its answer', () => (world.wires.has(isIt) ? true : null));
    const facts = { type: heard.type, id: heard.id, signature: 'verified by the SDK' };
    return { value: heard, told: { facts, wires: world.wires.take(isIt), data: { verified: true } } };
  });
}

async function waitForNotification(world: DemoWorld, patience: Patience, orderNo: string): Promise<SentNotification> {
  return await patience(
    'the notification',
    () => world.unionpay.notificationsSent().find((sent) => sent.orderNo === orderNo && sent.status === 200) ?? null,
  );
}

async function paymentIn(world: DemoWorld, id: string, state: Payment['state']): Promise<Payment | null> {
  const payment = await world.hutong.payments.get(id);
  return payment.state === state ? payment : null;
}

async function refundIn(world: DemoWorld, id: string, state: Refund['state']): Promise<Refund | null> {
  const refund = await world.hutong.refunds.get(id);
  if (refund.state === 'failed') throw new CliError('The refund failed.');
  return refund.state === state ? refund : null;
}

function isRefundCall(wire: Wire): boolean {
  return wire.to === 'unionpay' && wire.url.endsWith('/backTransReq.do');
}

function showMoney(amount: { currency: string; minor: bigint }): string {
  return isCurrency(amount.currency) ? formatMoney(money(amount.currency, amount.minor)) : '';
}

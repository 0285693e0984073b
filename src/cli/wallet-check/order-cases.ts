import { type CheckCase, expectThat, NotSeen } from './check-case.ts';
import { amountOf, type CheckWorld, expectRefused, isState, minorOf, told } from './check-world.ts';

const FEN = [1n, 10n, 110n, 1200n, 1234n, 99_999_999n];
const section = 'Orders';

export const orderCases: readonly CheckCase[] = [
  {
    id: 'order-create',
    rule: 'A new order is answered 201, open, with its number and its exact amount.',
    advice: 'Answer with the whole order, as a query shows it.',
    section,
    async run(world) {
      const { orderNo, came } = await world.create();
      expectThat(came.status === 201 && came.json['state'] === 'open', `a new order was answered with ${told(came)}`);
      expectThat(came.json['order_no'] === orderNo, `it is called ${String(came.json['order_no'])}`);
      expectThat(came.json['merchant_no'] === world.parts.account.merchantNo, 'it is another merchant’s');
      expectThat(minorOf(came.json['amount']) === 1234n, `its amount is ${JSON.stringify(came.json['amount'])}`);
    },
  },
  {
    id: 'order-same',
    rule: 'The same order again is answered 200 with the order as it is: nothing new is made.',
    advice: 'Compare the request with what is kept under the number, without buyer_ip; answer the kept order.',
    section,
    async run(world) {
      const { orderNo, body } = await world.open();
      const again = await world.client.post(`/orders/${orderNo}`, { ...body, buyer_ip: '203.0.113.8' });
      expectThat(again.status === 200 && again.json['state'] === 'open', `the second time: ${told(again)}`);
    },
  },
  {
    id: 'order-differs',
    rule: 'Another order under a used number is answered 409 and changes nothing.',
    advice: 'Compare amount, scene, subject, expires_at, addresses, payer and code; answer order_differs.',
    section,
    async run(world) {
      const { orderNo, body } = await world.open();
      const changed = await world.client.post(`/orders/${orderNo}`, { ...body, amount: amountOf(1n) });
      expectThat(changed.status === 409, `a changed amount was answered with ${told(changed)}`);
      const asked = await world.query(orderNo);
      expectThat(minorOf(asked.json['amount']) === 1234n, 'the amount has changed all the same');
    },
  },
  {
    id: 'order-unknown',
    rule: 'A number that was never seen is answered 404 order_not_found, never closed or failed.',
    advice: 'The order may be on its way: say that you do not know it.',
    section,
    async run(world) {
      const asked = await world.query(world.freshNo());
      expectThat(asked.status === 404, `it was answered with ${told(asked)}`);
    },
  },
  ...['1234', '"12.34"', '"0"', '"-1"', '"007"'].map((minor) => malformedAmount(minor)),
  {
    id: 'refuses-unknown-member',
    rule: 'A request with a member that the specification does not have is malformed.',
    advice: 'Answer 400 malformed: a merchant who asks for something you do not know must learn it at once.',
    section: 'Amounts, times, numbers',
    async run(world) {
      const { came } = await world.create({ coupon_id: '1' });
      expectThat(came.status === 400, `it was answered with ${told(came)}`);
    },
  },
  {
    id: 'order-late',
    rule: 'An order that arrives after its expires_at is closed at once.',
    advice: 'Compare expires_at with your own clock when the order comes.',
    section,
    async run(world) {
      const { orderNo, came } = await world.create({ expires_at: world.inSeconds(-2) });
      expectThat(came.json['state'] === 'closed', `it was answered with ${told(came)}`);
      const asked = await world.query(orderNo);
      expectThat(asked.json['state'] === 'closed', `a query then says ${told(asked)}`);
    },
  },
  {
    id: 'order-expires',
    rule: 'An order that nobody pays is closed when its time is over.',
    advice: 'Whoever asks after expires_at must hear closed, with the reason expired.',
    section,
    async run(world) {
      const { orderNo, came } = await world.create({ expires_at: world.inSeconds(3) });
      if (came.json['state'] !== 'open') throw new NotSeen(`no order can be made: ${told(came)}`);
      const asked = await world.until(() => world.query(orderNo), isState('closed'), 8000);
      expectThat(asked !== null, 'five seconds after its time it is still open');
    },
  },
  {
    id: 'order-close',
    rule: 'Closing an open order closes it.',
    advice: 'Answer with the order in state closed, reason closed; say the same to a query.',
    section,
    async run(world) {
      const { orderNo } = await world.open();
      const closed = await world.client.post(`/orders/${orderNo}/close`, { amount: amountOf(1234n) });
      expectThat(closed.json['state'] === 'closed', `it was answered with ${told(closed)}`);
      const asked = await world.query(orderNo);
      expectThat(asked.json['state'] === 'closed', `a query then says ${told(asked)}`);
    },
  },
  {
    id: 'closed-unpayable',
    rule: 'A closed order cannot be paid any more.',
    advice: 'Decide in one place, under one lock, whether an order is open; closed is final.',
    section,
    needs: ['order-close'],
    async run(world) {
      world.needHooks();
      const { orderNo, came } = await world.open();
      await world.client.post(`/orders/${orderNo}/close`, { amount: amountOf(1234n) });
      await world.buyer.pay(orderNo, came.json);
      const asked = await world.query(orderNo);
      if (asked.json['state'] === 'paid') world.remember('payment', orderNo, 1234n);
      expectThat(asked.json['state'] === 'closed', `after the buyer tried to pay, a query says ${told(asked)}`);
    },
  },
  {
    id: 'close-before',
    rule: 'Closing a number that was never seen uses it up: an order that arrives later is closed.',
    advice: 'Keep the number as a closed order; when the order comes, answer it as closed.',
    section,
    async run(world) {
      const orderNo = world.freshNo();
      const closed = await world.client.post(`/orders/${orderNo}/close`, { amount: amountOf(1234n) });
      expectThat(closed.json['state'] === 'closed', `closing it was answered with ${told(closed)}`);
      const { came } = await world.create({}, orderNo);
      expectThat(came.json['state'] === 'closed', `the order that came later was answered with ${told(came)}`);
    },
  },
  {
    id: 'order-paid',
    rule: 'A paid order says so, with its exact amount, the wallet’s number and the time.',
    advice: 'State paid needs wallet_payment_id and paid_at; the amount is what the buyer paid.',
    section,
    async run(world) {
      for (const minor of world.buyer.isHook ? FEN : [1234n]) await payExactly(world, minor);
    },
  },
  {
    id: 'order-once',
    rule: 'One order is paid once, however often it is asked for and paid.',
    advice: 'A repeated order must find the kept one, also when it is paid; a paid order cannot be paid again.',
    section,
    needs: ['order-paid', 'order-same'],
    async run(world) {
      const { orderNo, body, order } = await world.paid();
      const again = await world.client.post(`/orders/${orderNo}`, body);
      expectThat(again.json['state'] === 'paid', `the order again was answered with ${told(again)}`);
      if (world.buyer.isHook) await world.buyer.pay(orderNo, again.json);
      const asked = await world.query(orderNo);
      const isSame = asked.json['wallet_payment_id'] === order['wallet_payment_id'];
      expectThat(
        isSame,
        `there are two payments: ${String(order['wallet_payment_id'])} and ${String(asked.json['wallet_payment_id'])}`,
      );
    },
  },
  {
    id: 'order-declined',
    rule: 'A declined try leaves the order open until its time is over.',
    advice: 'Let the buyer try again; only closed is final.',
    section,
    async run(world) {
      world.needHooks();
      const { orderNo } = await world.open();
      if (!(await world.buyer.decline(orderNo))) throw new NotSeen('the test hook does not decline');
      const asked = await world.query(orderNo);
      expectThat(asked.json['state'] === 'open', `a query then says ${told(asked)}`);
    },
  },
  {
    id: 'close-paid',
    rule: 'Closing a paid order leaves it paid, and says so.',
    advice: 'Answer with the order as it is: paid. Money that was paid is refunded, not closed.',
    section,
    needs: ['order-paid'],
    async run(world) {
      const { orderNo } = await world.paid();
      const closed = await world.client.post(`/orders/${orderNo}/close`, { amount: amountOf(1234n) });
      expectThat(closed.json['state'] === 'paid', `it was answered with ${told(closed)}`);
      expectThat((await world.query(orderNo)).json['state'] === 'paid', 'it is not paid any more');
    },
  },
  {
    id: 'scenes',
    rule: 'Every scene of the manifest gives the buyer a way to pay.',
    advice: 'web, wap, app and jsapi need web_url, qr needs qr_text.',
    section: 'Scenes',
    async run(world) {
      for (const scene of world.parts.manifest.scenes.filter((each) => each !== 'code' && each !== 'jsapi')) {
        const { came } = await world.create({ scene });
        expectThat(came.json['state'] === 'open', `scene ${scene} was answered with ${told(came)}`);
        const way = came.json[scene === 'qr' ? 'qr_text' : 'web_url'];
        expectThat(
          typeof way === 'string' && way !== '',
          `scene ${scene} has no ${scene === 'qr' ? 'qr_text' : 'web_url'}`,
        );
      }
    },
  },
];

function malformedAmount(minor: string): CheckCase {
  return {
    id: `refuses-amount-${minor.replaceAll('"', '').replace('-1', 'negative').replace('.', '-')}`,
    rule: `An amount whose minor is ${minor.startsWith('"') ? minor : `the JSON number ${minor}`} is malformed.`,
    advice: 'Take only a text of 1 to 12 digits that does not begin with 0.',
    section: 'Amounts, times, numbers',
    async run(world) {
      const orderNo = world.freshNo();
      const amount = { currency: 'CNY', minor: JSON.parse(minor) as unknown }; // one of the five texts above
      expectRefused(await world.client.post(`/orders/${orderNo}`, world.orderBody({ amount })), 'it');
      expectThat((await world.query(orderNo)).json['state'] !== 'open', 'it was refused, but the order is there');
    },
  };
}

async function payExactly(world: CheckWorld, minor: bigint): Promise<void> {
  const { orderNo, came } = await world.create({ amount: amountOf(minor) });
  if (came.json['state'] !== 'open') throw new NotSeen(`no order can be made: ${told(came)}`);
  if (!(await world.buyer.pay(orderNo, came.json))) throw new NotSeen('the buyer could not pay');
  const asked = await world.until(() => world.query(orderNo), isState('paid'));
  if (asked === null) {
    if (!world.buyer.isHook) throw new NotSeen('nobody has paid');
    expectThat(false, `${minor} fen were paid, and the order says ${told(await world.query(orderNo))}`);
  } else {
    world.remember('payment', orderNo, minor);
    const { wallet_payment_id: id, paid_at: at, amount } = asked.json;
    expectThat(minorOf(amount) === minor, `${minor} fen were paid, and the order says ${JSON.stringify(amount)}`);
    expectThat(typeof id === 'string' && id !== '', 'it has no wallet_payment_id');
    expectThat(!Number.isNaN(Date.parse(String(at))), `paid_at is ${JSON.stringify(at)}`);
  }
}

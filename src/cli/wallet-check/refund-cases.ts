import { type CheckCase, expectThat, NotSeen } from './check-case.ts';
import { amountOf, expectRefused, minorOf, told } from './check-world.ts';

const section = 'Refunds';
const needs = ['order-paid'];

export const refundCases: readonly CheckCase[] = [
  {
    id: 'refund-done',
    rule: 'A part of a payment is refunded exactly, and the order stays paid.',
    advice:
      'A refund is accepted, then succeeded with wallet_refund_id and refunded_at; the order only counts it in refunded.',
    section,
    needs,
    async run(world) {
      const { orderNo } = await world.paid();
      const { refundNo, last } = await world.refund(orderNo, 34n);
      expectThat(last.json['state'] === 'succeeded', `the refund says ${told(last)}`);
      world.remember('refund', refundNo, 34n);
      expectThat(minorOf(last.json['amount']) === 34n, `its amount is ${JSON.stringify(last.json['amount'])}`);
      const { wallet_refund_id: id, refunded_at: at } = last.json;
      expectThat(
        typeof id === 'string' && !Number.isNaN(Date.parse(String(at))),
        'it lacks wallet_refund_id or refunded_at',
      );
      const order = await world.query(orderNo);
      expectThat(order.json['state'] === 'paid', `the order says ${told(order)}`);
      expectThat(minorOf(order.json['refunded']) === 34n, `its refunded is ${JSON.stringify(order.json['refunded'])}`);
    },
  },
  {
    id: 'refund-same',
    rule: 'The same refund again is one refund.',
    advice: 'Find the kept refund by its number; the second answer is the first refund as it is now.',
    section,
    needs: [...needs, 'refund-done'],
    async run(world) {
      const { orderNo } = await world.paid();
      const { refundNo, last } = await world.refund(orderNo, 34n);
      if (last.json['state'] !== 'succeeded') throw new NotSeen(`no refund can be made: ${told(last)}`);
      world.remember('refund', refundNo, 34n);
      const again = await world.client.post(`/refunds/${refundNo}`, world.refundBody(orderNo, 34n));
      expectThat(again.status === 200 && again.json['state'] === 'succeeded', `the second time: ${told(again)}`);
      const order = await world.until(
        () => world.query(orderNo),
        (came) => minorOf(came.json['refunded']) !== 34n,
        1000,
      );
      expectThat(order === null, `asked for 34 twice, and ${JSON.stringify(order?.json['refunded'])} went back`);
    },
  },
  {
    id: 'refund-differs',
    rule: 'Another refund under a used number is answered 409.',
    advice: 'Compare order, method, amount and address with what is kept; answer refund_differs.',
    section,
    needs: [...needs, 'refund-done'],
    async run(world) {
      const { orderNo } = await world.paid();
      const { refundNo, last } = await world.refund(orderNo, 34n);
      if (last.json['state'] === 'succeeded') world.remember('refund', refundNo, 34n);
      const changed = await world.client.post(`/refunds/${refundNo}`, world.refundBody(orderNo, 35n));
      expectThat(changed.status === 409, `a changed amount was answered with ${told(changed)}`);
    },
  },
  {
    id: 'refund-exceeds',
    rule: 'Refunds never exceed what was paid, in one or in parts.',
    advice: 'Count what is accepted and what succeeded; above the payment the refund has failed, exceeds_payment.',
    section,
    needs,
    async run(world) {
      const { orderNo } = await world.paid();
      const part = await world.refund(orderNo, 1000n);
      if (part.last.json['state'] !== 'succeeded') throw new NotSeen(`no refund can be made: ${told(part.last)}`);
      world.remember('refund', part.refundNo, 1000n);
      const over = await world.refund(orderNo, 235n);
      if (over.last.json['state'] === 'succeeded') world.remember('refund', over.refundNo, 235n);
      expectThat(
        over.last.json['state'] === 'failed',
        `1000 of 1234 were back, 235 more were answered with ${told(over.last)}`,
      );
    },
  },
  {
    id: 'refund-final',
    rule: 'A refund that was refused is kept: a query and a second try say the same.',
    advice: 'Write a failed refund down under its number, with its reason.',
    section,
    needs: [...needs, 'refund-exceeds'],
    async run(world) {
      const { orderNo } = await world.paid();
      const { refundNo } = await world.refund(orderNo, 1235n);
      const asked = await world.client.get(`/refunds/${refundNo}`);
      expectThat(asked.json['state'] === 'failed', `a query says ${told(asked)}`);
      const again = await world.client.post(`/refunds/${refundNo}`, world.refundBody(orderNo, 1235n));
      expectThat(again.json['state'] === 'failed', `the second time: ${told(again)}`);
    },
  },
  {
    id: 'refund-race',
    rule: 'Of refunds at the same moment that are too much together, one is done.',
    advice: 'Look and count under one lock on the order.',
    section,
    needs: [...needs, 'refund-exceeds'],
    async run(world) {
      const { orderNo } = await world.paid(100n);
      const all = await Promise.all(Array.from({ length: 4 }, () => world.refund(orderNo, 60n)));
      const done = all.filter(({ last }) => last.json['state'] === 'succeeded');
      for (const { refundNo } of done) world.remember('refund', refundNo, 60n);
      expectThat(done.length === 1, `of 100, 60 went back ${done.length} times`);
    },
  },
  {
    id: 'refund-unpaid',
    rule: 'An order that is not paid is not refunded.',
    advice: 'The refund has failed, with the reason not_paid.',
    section,
    async run(world) {
      const { orderNo } = await world.open();
      const { last } = await world.refund(orderNo, 1n);
      expectThat(last.json['state'] === 'failed', `it was answered with ${told(last)}`);
    },
  },
  {
    id: 'refund-unknown',
    rule: 'A refund that was never asked for is answered 404 refund_not_found, never failed.',
    advice: 'It may be on its way: say that you do not know it.',
    section,
    async run(world) {
      const asked = await world.client.get(`/refunds/${world.freshNo()}`);
      expectThat(asked.status === 404, `it was answered with ${told(asked)}`);
    },
  },
  {
    id: 'refund-malformed',
    rule: 'A refund of nothing, or of a decimal, is malformed.',
    advice: 'Take only a text of 1 to 12 digits that does not begin with 0.',
    section: 'Amounts, times, numbers',
    async run(world) {
      const { orderNo } = await world.open();
      for (const minor of ['0', '0.5']) {
        const body = { ...world.refundBody(orderNo, 1n), amount: { currency: 'CNY', minor } };
        expectRefused(await world.client.post(`/refunds/${world.freshNo()}`, body), `a refund of ${minor}`);
      }
    },
  },
  {
    id: 'void',
    rule: 'A void undoes the whole payment, and never a part.',
    advice: 'A part, and a payment of which something went back, has failed: not_voidable.',
    section,
    needs,
    async run(world) {
      if (!world.parts.manifest.canVoid) throw new NotSeen('the wallet does not void');
      const { orderNo } = await world.paid();
      const part = await world.refund(orderNo, 1n, 'void');
      if (part.last.json['state'] === 'succeeded') world.remember('refund', part.refundNo, 1n);
      expectThat(part.last.json['state'] === 'failed', `a void of a part was answered with ${told(part.last)}`);
      const whole = await world.refund(orderNo, 1234n, 'void');
      expectThat(whole.last.json['state'] === 'succeeded', `a void of the whole was answered with ${told(whole.last)}`);
      world.remember('refund', whole.refundNo, 1234n);
      const order = await world.query(orderNo);
      expectThat(
        minorOf(order.json['refunded']) === minorOf(amountOf(1234n)),
        `its refunded is ${JSON.stringify(order.json['refunded'])}`,
      );
    },
  },
];

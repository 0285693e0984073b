import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../src/base/clock.ts';
import { bookOfId } from '../src/base/id.ts';
import { askWallet } from '../src/cashier/ask-wallet.ts';
import { findAttempt } from '../src/cashier/attempt-store.ts';
import { scan } from './pretend-wallets.ts';
import { eventually } from './server.ts';
import { type Node, startTwoNodes, type TwoNodes } from './two-nodes.ts';

/* Where closing an order may give its money back, two that ask for it are told apart by when they asked. */

let two: TwoNodes;
const held = { query: [] as (() => void)[], revoke: [] as (() => void)[] };
beforeAll(async () => {
  two = await startTwoNodes(['jdpay']);
});
afterAll(async () => {
  for (const release of [...held.query, ...held.revoke]) release();
  await two.close();
});

test('"paid" is told by neither of two that begin to undo within one millisecond: one of them may be about to undo it', async () => {
  const jdpay = two.wallets.get('jdpay');
  const clock = new ManualClock(two.clock.now());
  const openHolding = (what: keyof typeof held): Promise<Node> =>
    two.openNode({
      clock,
      wrapSend: (send) => async (request) => {
        if (request.url.endsWith(`/${what}`)) await new Promise<void>((resolve) => held[what].push(resolve));
        return await send(request);
      },
    });
  const first = await openHolding('query');
  const second = await openHolding('revoke');
  const [a] = two.nodes;
  const { json: payment } = await a.call('POST', '/v1/payments', {
    order_no: 'one-millisecond',
    amount: { currency: 'CNY', minor: '1234' },
    subject: '冻顶乌龙',
    return_url: 'https://shop.example/orders',
  });
  const path = `/v1/payments/${payment.id}`;
  const { json: attempt } = await a.call('POST', `${path}/attempts`, { wallet: 'jdpay', scene: 'qr' });
  await scan(jdpay, attempt.next_action.text);
  const orderNo = attempt.id.slice('att_'.length);
  jdpay.sandbox.setFault({ operation: 'notify', kind: 'silent', orderNo });

  const before = await findAttempt(second.sql, bookOfId(attempt.id), attempt.id);
  const hearing = first.call('POST', `${path}/cancel`);
  await eventually('the first to ask', async () => held.query.length === 1);
  if (before === null) throw new Error('there is no attempt');
  const undoing = askWallet(second.cashier, before); // the loop that asks; has seen it unpaid
  await eventually('the second to undo', async () => held.revoke.length === 1);
  jdpay.sandbox.pay(orderNo);
  held.query[0]?.(); // sees it paid
  await eventually('the first to look whether it was undone', async () => held.query.length === 2);
  held.query[1]?.();
  expect((await hearing).json.state).toBe('processing');
  held.revoke[0]?.();
  await undoing;
  await eventually('the payment to be canceled', async () => {
    two.clock.leap(1000);
    return (await a.call('GET', path)).json.state === 'canceled';
  });
  expect(jdpay.sandbox.orders({ orderNo })).toMatchObject([{ refunded_fen: '1234' }]);
});

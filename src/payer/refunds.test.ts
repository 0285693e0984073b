import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CNY, createDesk, type Desk } from './test-orders.ts';
import { rawKey, startTestPayer, type TestPayer } from './test-payer.ts';

let world: TestPayer;
let desk: Desk;

beforeAll(async () => {
  world = await startTestPayer();
  desk = createDesk(world);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.answers.status = 200;
  world.transfers.moods.delete('card_zhang');
});

describe('refunds', () => {
  const refund = (order_no: string, minor: bigint, no = desk.freshNo(), method = 'refund') =>
    world.ask('POST', `/refunds/${no}`, { order_no, method, amount: CNY(minor), notify_url: 'https://shop.example/n' });

  async function paidOrder(minor = 1234n): Promise<string> {
    const { no, token } = await desk.newOrder({ amount: CNY(minor) });
    await desk.pay(token);
    return no;
  }

  test('of 2 % each, a hundred at the same moment: exactly fifty are done', async () => {
    const no = await paidOrder(10_000n);
    const all = await Promise.all(Array.from({ length: 100 }, () => refund(no, 200n)));
    expect(all.filter(({ json }) => json['state'] === 'succeeded')).toHaveLength(50);
    expect(all.filter(({ json }) => json['reason'] === 'exceeds_payment')).toHaveLength(50);
    expect(await desk.state(no)).toMatchObject({ state: 'paid', refunded: CNY(10_000n) });
  });

  test('under way count as well, and what the bank refuses may be refunded anew', async () => {
    const no = await paidOrder();
    world.transfers.moods.set('card_zhang', 'slow');
    const refundNo = desk.freshNo();
    expect((await refund(no, 1000n, refundNo)).json['state']).toBe('accepted');
    expect((await refund(no, 300n)).json).toMatchObject({ state: 'failed', reason: 'exceeds_payment' });
    await world.transfers.end(await desk.moveOf(no), 'failed');
    expect((await world.ask('GET', `/refunds/${refundNo}`)).json).toMatchObject({
      state: 'failed',
      reason: 'declined',
    });
    world.transfers.moods.delete('card_zhang');
    expect((await refund(no, 1234n)).json['state']).toBe('succeeded');
  });

  test.each([
    ['never paid', 0, 'not_paid'],
    ['of a number that nobody knows', -1, 'not_paid'],
    ['a year and a day old', 366, 'window_over'],
  ])('of an order that is %s fail for good, under their number', async (_what, days, reason) => {
    const no = days > 0 ? await paidOrder() : days === 0 ? (await desk.newOrder()).no : 'NOBODYKNOWSTHIS1';
    if (days > 0) world.clock.advanceMs(days * 86_400_000);
    const refundNo = desk.freshNo();
    expect((await refund(no, 1n, refundNo)).json).toMatchObject({ state: 'failed', reason });
    expect((await refund(no, 1n, refundNo)).status).toBe(200);
    expect((await refund(no, 2n, refundNo)).json).toMatchObject({ code: 'refund_differs' });
  });

  test('as a void only whole, and only on the day of the payment', async () => {
    const [one, two] = [await paidOrder(), await paidOrder()];
    expect((await refund(one, 1n, desk.freshNo(), 'void')).json).toMatchObject({ reason: 'not_voidable' });
    expect((await refund(one, 1234n, desk.freshNo(), 'void')).json['state']).toBe('succeeded');
    world.clock.advanceMs(86_400_000);
    expect((await refund(two, 1234n, desk.freshNo(), 'void')).json).toMatchObject({ reason: 'not_voidable' });
  });

  test('of another shop’s order: there is no such order', async () => {
    const no = await paidOrder();
    const other = await startSecondShop();
    const told = await world.ask(
      'POST',
      `/refunds/${desk.freshNo()}`,
      { order_no: no, method: 'refund', amount: CNY(1n), notify_url: 'https://shop.example/n' },
      other,
    );
    expect(told.json).toMatchObject({ state: 'failed', reason: 'not_paid' });
    expect((await world.ask('GET', `/orders/${no}`, undefined, other)).json['code']).toBe('order_not_found');
    expect((await desk.state(no))['refunded']).toEqual(CNY(0n));
  });
});

async function startSecondShop() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { merchantNo } = await world.payer.addShop({
    name: '另一家店',
    mcc: '5411',
    feeMilli: 0n,
    origins: [],
    keyId: 'k1',
    publicKey: rawKey(publicKey),
  });
  return { merchantNo, key: privateKey };
}

test('nothing of all this was our own fault', () => {
  expect(world.errors).toEqual([]);
});

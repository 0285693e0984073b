import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../test/server.ts';
import { CNY, createDesk, type Desk } from './test-orders.ts';
import { startTestPayer, type TestPayer } from './test-payer.ts';

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

describe('a payment code', () => {
  test('has 20 digits, lives a minute, and is not in the database', async () => {
    const made = await world.payer.makePaymentCode(world.person('zhang'), 'card_zhang');
    expect(made.code).toMatch(/^9700\d{16}$/);
    expect(made.expiresAt.getTime() - world.clock.now().getTime()).toBe(60_000);
    const [row] = await world.sql<{ text: string }[]>`select string_agg(c::text, ' ') as text from payer_codes c`;
    expect(row?.text).not.toContain(made.code);
    expect(row?.text).not.toContain(Buffer.from(made.code).toString('hex'));
  });

  test('is charged at once, and its owner sees by whom', async () => {
    const { told } = await desk.newOrder({ scene: 'code', payment_code: await desk.code('wu') });
    expect(told.json).toMatchObject({ state: 'paid', web_url: null, qr_text: null });
    expect(await world.payer.listCodeOrders(world.person('wu'))).toMatchObject([
      { state: 'paid', shopName: '胡同茶馆' },
    ]);
    expect(await world.payer.listCodeOrders(world.person('li'))).toEqual([]);
  });

  test('above the line waits for its owner, and for nobody else', async () => {
    const { no, told } = await desk.newOrder({ scene: 'code', payment_code: await desk.code(), amount: CNY(100_000n) });
    expect(told.json['state']).toBe('open');
    const [waiting] = await world.payer.listCodeOrders(world.person('zhang'));
    await expect(desk.pay(waiting?.token ?? '', 'li')).rejects.toMatchObject({ code: 'not_found' });
    expect((await desk.pay(waiting?.token ?? '')).order.state).toBe('paid');
    expect((await desk.state(no))['state']).toBe('paid');
  });

  test.each([
    ['a fen below the line is taken', 99_999n, 'paid'],
    ['at the line is asked for', 100_000n, 'open'],
  ])('%s', async (_what, minor, expected) => {
    const { told } = await desk.newOrder({ scene: 'code', payment_code: await desk.code(), amount: CNY(minor) });
    expect(told.json['state']).toBe(expected);
  });

  test('of a device that is new is always asked about', async () => {
    const made = await world.payer.makePaymentCode({ ...world.person('zhang'), deviceIsNew: true }, 'card_zhang');
    expect(made.maxAmount.minor).toBe(0n);
    const { told } = await desk.newOrder({ scene: 'code', payment_code: made.code, amount: CNY(1n) });
    expect(told.json['state']).toBe('open');
  });

  test.each([
    ['used', async (used: string) => void (await desk.newOrder({ scene: 'code', payment_code: used }))],
    ['old', () => world.clock.advanceMs(60_001)],
  ])('that is %s closes the order', async (_what, spoil) => {
    const made = await desk.code();
    await spoil(made);
    const { told } = await desk.newOrder({ scene: 'code', payment_code: made });
    expect(told.json).toMatchObject({ state: 'closed', reason: 'code_invalid' });
  });

  test('charged by twenty tills at the same moment pays one of them', async () => {
    const payment_code = await desk.code();
    const all = await Promise.all(Array.from({ length: 20 }, () => desk.newOrder({ scene: 'code', payment_code })));
    expect(all.filter(({ told }) => told.json['state'] === 'paid')).toHaveLength(1);
    expect(all.filter(({ told }) => told.json['reason'] === 'code_invalid')).toHaveLength(19);
  });

  test('whose bank declines closes the order with the reason, for good', async () => {
    world.transfers.moods.set('card_zhang', 'poor');
    const { told, no } = await desk.newOrder({ scene: 'code', payment_code: await desk.code() });
    expect(told.json).toMatchObject({ state: 'closed', reason: 'insufficient_funds' });
    expect(await desk.state(no)).toMatchObject({ state: 'closed' });
  });

  test('of another person’s card cannot be made, and not very many at once', async () => {
    await expect(world.payer.makePaymentCode(world.person('zhang'), 'card_li')).rejects.toMatchObject({
      code: 'not_found',
    });
    const many = Array.from({ length: 15 }, () => desk.code('sun'));
    const refused = (await Promise.allSettled(many)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(5);
  });
});

describe('undoing a payment code', () => {
  const undo = (no: string) => world.ask('POST', `/orders/${no}/undo`, { amount: CNY(1234n) });

  test('while the bank is silent tells open, and once it was paid the money goes back by itself', async () => {
    world.transfers.moods.set('card_zhang', 'slow');
    const { no } = await desk.newOrder({ scene: 'code', payment_code: await desk.code() });
    expect((await undo(no)).json['state']).toBe('open');
    world.transfers.moods.delete('card_zhang');
    await world.transfers.end(await desk.moveOf(no), 'succeeded');
    await eventually('the order is undone', async () => (await desk.state(no))['state'] === 'undone');
    expect(await desk.state(no)).toMatchObject({ state: 'undone', refunded: CNY(1234n), wallet_payment_id: null });
    // Its shop wanted it undone: nobody is told that it was paid, neither now nor later.
    const notices = await world.sql`
      select n.id from payer_notices n join payer_orders o on o.id = n.subject_id where o.order_no = ${no}`;
    expect(notices).toHaveLength(0);
    expect(world.sent.filter(({ body }) => JSON.stringify(body).includes(no))).toEqual([]);
  });

  test('is never told before the money is back', async () => {
    const { no } = await desk.newOrder({ scene: 'code', payment_code: await desk.code() });
    world.transfers.moods.set('card_zhang', 'slow');
    expect((await undo(no)).json).toMatchObject({ code: 'unavailable', final: false });
    expect((await desk.state(no))['state']).toBe('paid');
    expect((await undo(no)).json).toMatchObject({ code: 'unavailable' });
    await world.transfers.end(await desk.moveOf(no), 'succeeded');
    expect((await undo(no)).json).toMatchObject({ state: 'undone' });
  });

  test('whose bank will not take it back stays paid, and may be tried again', async () => {
    const { no } = await desk.newOrder({ scene: 'code', payment_code: await desk.code() });
    world.transfers.moods.set('card_zhang', 'poor');
    expect((await undo(no)).json).toMatchObject({ state: 'paid' });
    world.transfers.moods.delete('card_zhang');
    expect((await undo(no)).json).toMatchObject({ state: 'undone' });
  });

  test('is over after a day, and after a refund: the order is told as it stands', async () => {
    const one = await desk.newOrder({ scene: 'code', payment_code: await desk.code() });
    const two = await desk.newOrder({ scene: 'code', payment_code: await desk.code() });
    const refund = { order_no: one.no, method: 'refund', amount: CNY(1n), notify_url: 'https://shop.example/n' };
    await world.ask('POST', `/refunds/${desk.freshNo()}`, refund);
    expect((await undo(one.no)).json['state']).toBe('paid');
    world.clock.advanceMs(24 * 3_600_000 + 1);
    expect((await undo(two.no)).json['state']).toBe('paid');
  });
});

test('nothing of all this was our own fault', () => {
  expect(world.errors).toEqual([]);
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { legId } from '../base/id.ts';
import { eventually } from '../../test/server.ts';
import { CNY, createDesk, type Desk } from './test-orders.ts';
import { orderBody, START, startTestPayer, type TestPayer } from './test-payer.ts';

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

describe('a buyer pays an order', () => {
  test('by its link, with a proof of this very order, amount, shop and card', async () => {
    const { no, told, token } = await desk.newOrder();
    expect(told.status).toBe(201);
    expect(token).toMatch(/^[\w-]{27}$/);
    expect(await world.payer.findOrder(token)).toMatchObject({ shopName: '胡同茶馆', state: 'open', isPaying: false });
    const { order, move } = await desk.pay(token);
    expect(order).toMatchObject({ state: 'paid', isPaying: false, failure: null });
    expect(await desk.state(no)).toMatchObject({ state: 'paid', wallet_payment_id: move?.id, web_url: null });
    expect(legId(move?.id ?? '', 1)).toBeGreaterThan(0n);
  });

  test.each([
    ['no proof at all', null, 'step_up_required'],
    ['a proof of another order', 'other', 'step_up_invalid'],
  ])('and not with %s', async (_what, proof, refusal) => {
    const [one, two] = [await desk.newOrder(), await desk.newOrder({ amount: CNY(999_999n) })];
    const session = world.person('zhang');
    world.proofs.set('other', await world.payer.payAct(session, one.token, 'card_zhang'));
    const input = { token: two.token, cardId: 'card_zhang', proof, key: 'a-key' };
    await expect(world.payer.pay(session, input)).rejects.toMatchObject({ code: refusal });
    expect((await desk.state(two.no))['state']).toBe('open');
    expect(world.transfers.orders.some(({ amount }) => amount.minor === 999_999n)).toBe(false);
  });

  test('and not with a proof that was made for another card', async () => {
    const { token } = await desk.newOrder();
    const session = world.person('zhang');
    world.proofs.set('of-one-card', await world.payer.payAct(session, token, 'card_zhang'));
    const input = { token, cardId: 'card_zhang_poor', proof: 'of-one-card', key: 'card-key' };
    await expect(world.payer.pay(session, input)).rejects.toMatchObject({ code: 'step_up_invalid' });
  });

  test.each([
    ['another person’s card', 'card_li'],
    ['a card that is not there', 'card_nobody'],
  ])('and not with %s', async (_what, cardId) => {
    const { token } = await desk.newOrder();
    await expect(world.payer.payAct(world.person('zhang'), token, cardId)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('once, although ten phones try at the same moment', async () => {
    const { no, token } = await desk.newOrder();
    const before = world.transfers.orders.length;
    const tries = await Promise.allSettled(Array.from({ length: 10 }, (_, at) => desk.pay(token, `p${at}`)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(world.transfers.orders.length - before).toBe(1);
    expect((await desk.state(no))['state']).toBe('paid');
  });

  test('and the same key again tells what became of it, without a second try', async () => {
    const { token } = await desk.newOrder();
    const first = await desk.pay(token, 'zhang', 'card_zhang', 'one-key');
    const input = { token, cardId: 'card_zhang', proof: null, key: 'one-key' };
    const again = await world.payer.pay(world.person('zhang'), input);
    expect(again.order).toEqual(first.order);
    expect(again.move?.id).toBe(first.move?.id);
    await expect(world.payer.pay(world.person('zhang'), { ...input, key: 'two-key' })).rejects.toMatchObject({
      code: 'payment_already_succeeded',
    });
  });

  test('who is declined may try again with another card, and the shop hears nothing of it', async () => {
    const { no, token } = await desk.newOrder();
    world.transfers.moods.set('card_zhang_poor', 'poor');
    const declined = await desk.pay(token, 'zhang', 'card_zhang_poor');
    expect(declined.order).toMatchObject({ state: 'open', failure: 'insufficient_funds' });
    expect(await desk.state(no)).toMatchObject({ state: 'open', reason: null });
    expect((await desk.pay(token)).order.state).toBe('paid');
  });

  test('who is over a limit is told so, and nothing was sent', async () => {
    const { token } = await desk.newOrder();
    world.transfers.moods.set('card_zhang', 'over_limit');
    const { order, move } = await desk.pay(token);
    expect(order).toMatchObject({ state: 'open', failure: 'limit_exceeded' });
    expect(move).toBeNull();
  });
});

describe('while a bank has not answered', () => {
  test('the order stays open, nobody else can pay it, and closing it waits for the truth: paid', async () => {
    const { no, token } = await desk.newOrder();
    world.transfers.moods.set('card_zhang', 'slow');
    expect((await desk.pay(token)).order).toMatchObject({ state: 'open', isPaying: true });
    await expect(desk.pay(token, 'li')).rejects.toMatchObject({ code: 'payment_processing' });
    const closed = await world.ask('POST', `/orders/${no}/close`, { amount: CNY(1234n) });
    expect(closed.json).toMatchObject({ state: 'open', reason: null });
    await world.transfers.end(await desk.moveOf(no), 'succeeded');
    expect((await desk.state(no))['state']).toBe('paid');
  });

  test('closing it waits for the truth: closed, and no further try', async () => {
    const { no, token } = await desk.newOrder();
    world.transfers.moods.set('card_zhang', 'slow');
    await desk.pay(token);
    await world.ask('POST', `/orders/${no}/close`, { amount: CNY(1234n) });
    await world.transfers.end(await desk.moveOf(no), 'failed');
    expect(await desk.state(no)).toMatchObject({ state: 'closed', reason: 'closed' });
    await expect(desk.pay(token, 'li')).rejects.toMatchObject({ code: 'payment_not_payable' });
  });

  test('its time may pass: it is closed only once no money can come', async () => {
    const { no, token } = await desk.newOrder();
    world.transfers.moods.set('card_zhang', 'slow');
    await desk.pay(token);
    world.clock.advanceMs(700_000);
    expect((await desk.state(no))['state']).toBe('open');
    await world.transfers.end(await desk.moveOf(no), 'failed');
    expect(await desk.state(no)).toMatchObject({ state: 'closed', reason: 'expired' });
  });

  test('a try that could not even be started is started again by the loop', async () => {
    const { no, token } = await desk.newOrder();
    world.transfers.moods.set('card_zhang', 'unreachable');
    expect((await desk.pay(token)).order).toMatchObject({ state: 'open', isPaying: true });
    world.transfers.moods.delete('card_zhang');
    world.clock.advanceMs(11_000);
    await eventually('the order is paid', async () => (await desk.state(no))['state'] === 'paid');
  });

  test('an end that is told twice changes nothing the second time', async () => {
    const { no, token } = await desk.newOrder();
    world.transfers.moods.set('card_zhang', 'slow');
    await desk.pay(token);
    const id = await desk.moveOf(no);
    await world.transfers.end(id, 'succeeded');
    await world.transfers.end(id, 'failed');
    expect((await desk.state(no))['state']).toBe('paid');
  });
});

describe('an order that has not come yet', () => {
  test('is not here as of the moment of the look, so that "not here" is final after its time', async () => {
    const before = Math.floor(world.clock.now().getTime() / 1000);
    const told = await world.ask('GET', `/orders/${desk.freshNo()}`);
    expect(told.json['code']).toBe('order_not_found');
    expect(Number(/created=(\d+)/.exec(told.headers['signature-input'] ?? '')?.[1])).toBe(before);
  });

  test('is closed at once when it comes after its time, whatever it asks', async () => {
    const { told } = await desk.newOrder({
      expires_at: world.clock.now().toISOString(),
      scene: 'code',
      payment_code: await desk.code(),
    });
    expect(told.json).toMatchObject({ state: 'closed', reason: 'expired' });
  });

  test('that was closed before it came is closed when it comes, once and for all', async () => {
    const no = desk.freshNo();
    await world.ask('POST', `/orders/${no}/close`, { amount: CNY(1234n) });
    const body = orderBody({ expires_at: desk.soon() });
    expect((await world.ask('POST', `/orders/${no}`, body)).json).toMatchObject({ state: 'closed', reason: 'closed' });
    const other = await world.ask('POST', `/orders/${no}`, { ...body, amount: CNY(1n) });
    expect(other.json['code']).toBe('order_differs');
  });
});

test('200 times the same order at the same moment is one order', async () => {
  const no = desk.freshNo();
  const body = orderBody({ expires_at: desk.soon() });
  const all = await Promise.all(Array.from({ length: 200 }, () => world.ask('POST', `/orders/${no}`, body)));
  expect(all.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(new Set(all.map(({ json }) => json['web_url'])).size).toBe(1);
});

test('nothing of all this was our own fault', () => {
  expect(world.errors).toEqual([]);
  expect(world.clock.now() > START).toBe(true);
});

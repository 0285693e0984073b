import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { legId } from '../base/id.ts';
import type { MoveId } from '../transfers/transfers.ts';
import { orderBody, rawKey, START, startTestPayer, type TestPayer, type Told } from './test-payer.ts';
import { eventually } from '../../test/server.ts';

let world: TestPayer;
let count = 0;

beforeAll(async () => {
  world = await startTestPayer();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.answers.status = 200;
  world.transfers.moods.delete('card_zhang');
});

const CNY = (minor: bigint) => ({ currency: 'CNY', minor: minor.toString() });
const soon = (): string => new Date(world.clock.now().getTime() + 600_000).toISOString();

function freshNo(): string {
  count += 1;
  return `ORDER${String(count).padStart(10, '0')}`;
}

async function newOrder(changed: Record<string, unknown> = {}): Promise<{ no: string; told: Told; token: string }> {
  const no = freshNo();
  const told = await world.ask('POST', `/orders/${no}`, orderBody({ expires_at: soon(), ...changed }));
  return { no, told, token: String(told.json['web_url']).split('/').at(-1) ?? '' };
}

async function pay(token: string, name = 'zhang', cardId = `card_${name}`, key = `key-${freshNo()}`) {
  const session = world.person(name);
  const { act, level } = await world.payer.payAct(session, token, cardId);
  const proof = `proof-${freshNo()}`;
  world.proofs.set(proof, { act, level });
  return await world.payer.pay(session, { token, cardId, proof, key });
}

async function code(name = 'zhang'): Promise<string> {
  return (await world.payer.makePaymentCode(world.person(name), `card_${name}`)).code;
}

async function moveOf(no: string): Promise<MoveId> {
  const [row] = await world.sql<{ id: MoveId }[]>`
    select m.id from payer_moves m join payer_orders o on o.id = m.order_id
    where o.order_no = ${no} and m.state = 'asked'`;
  if (row === undefined) throw new Error('no move is under way');
  return row.id;
}

async function state(no: string): Promise<Record<string, unknown>> {
  return (await world.ask('GET', `/orders/${no}`)).json;
}

describe('a buyer pays an order', () => {
  test('by its link, with a proof of this very order, amount, shop and card', async () => {
    const { no, told, token } = await newOrder();
    expect(told.status).toBe(201);
    expect(token).toMatch(/^[\w-]{27}$/);
    expect(await world.payer.findOrder(token)).toMatchObject({ shopName: '胡同茶馆', state: 'open', isPaying: false });
    const { order, move } = await pay(token);
    expect(order).toMatchObject({ state: 'paid', isPaying: false, failure: null });
    expect(await state(no)).toMatchObject({ state: 'paid', wallet_payment_id: move?.id, web_url: null });
    expect(legId(move?.id ?? '', 1)).toBeGreaterThan(0n);
  });

  test.each([
    ['no proof at all', null, 'step_up_required'],
    ['a proof of another order', 'other', 'step_up_invalid'],
  ])('and not with %s', async (_what, proof, refusal) => {
    const [one, two] = [await newOrder(), await newOrder({ amount: CNY(999_999n) })];
    const session = world.person('zhang');
    world.proofs.set('other', await world.payer.payAct(session, one.token, 'card_zhang'));
    const input = { token: two.token, cardId: 'card_zhang', proof, key: 'a-key' };
    await expect(world.payer.pay(session, input)).rejects.toMatchObject({ code: refusal });
    expect((await state(two.no))['state']).toBe('open');
    expect(world.transfers.orders.some(({ amount }) => amount.minor === 999_999n)).toBe(false);
  });

  test('and not with a proof that was made for another card', async () => {
    const { token } = await newOrder();
    const session = world.person('zhang');
    world.proofs.set('of-one-card', await world.payer.payAct(session, token, 'card_zhang'));
    const input = { token, cardId: 'card_zhang_poor', proof: 'of-one-card', key: 'card-key' };
    await expect(world.payer.pay(session, input)).rejects.toMatchObject({ code: 'step_up_invalid' });
  });

  test.each([
    ['another person’s card', 'card_li'],
    ['a card that is not there', 'card_nobody'],
  ])('and not with %s', async (_what, cardId) => {
    const { token } = await newOrder();
    await expect(world.payer.payAct(world.person('zhang'), token, cardId)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('once, although ten phones try at the same moment', async () => {
    const { no, token } = await newOrder();
    const before = world.transfers.orders.length;
    const tries = await Promise.allSettled(Array.from({ length: 10 }, (_, at) => pay(token, `p${at}`)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(world.transfers.orders.length - before).toBe(1);
    expect((await state(no))['state']).toBe('paid');
  });

  test('and the same key again tells what became of it, without a second try', async () => {
    const { token } = await newOrder();
    const first = await pay(token, 'zhang', 'card_zhang', 'one-key');
    const input = { token, cardId: 'card_zhang', proof: null, key: 'one-key' };
    const again = await world.payer.pay(world.person('zhang'), input);
    expect(again.order).toEqual(first.order);
    expect(again.move?.id).toBe(first.move?.id);
    await expect(world.payer.pay(world.person('zhang'), { ...input, key: 'two-key' })).rejects.toMatchObject({
      code: 'payment_already_succeeded',
    });
  });

  test('who is declined may try again with another card, and the shop hears nothing of it', async () => {
    const { no, token } = await newOrder();
    world.transfers.moods.set('card_zhang_poor', 'poor');
    const declined = await pay(token, 'zhang', 'card_zhang_poor');
    expect(declined.order).toMatchObject({ state: 'open', failure: 'insufficient_funds' });
    expect(await state(no)).toMatchObject({ state: 'open', reason: null });
    expect((await pay(token)).order.state).toBe('paid');
  });

  test('who is over a limit is told so, and nothing was sent', async () => {
    const { token } = await newOrder();
    world.transfers.moods.set('card_zhang', 'over_limit');
    const { order, move } = await pay(token);
    expect(order).toMatchObject({ state: 'open', failure: 'limit_exceeded' });
    expect(move).toBeNull();
  });
});

describe('while a bank has not answered', () => {
  test('the order stays open, nobody else can pay it, and closing it waits for the truth: paid', async () => {
    const { no, token } = await newOrder();
    world.transfers.moods.set('card_zhang', 'slow');
    expect((await pay(token)).order).toMatchObject({ state: 'open', isPaying: true });
    await expect(pay(token, 'li')).rejects.toMatchObject({ code: 'payment_processing' });
    const closed = await world.ask('POST', `/orders/${no}/close`, { amount: CNY(1234n) });
    expect(closed.json).toMatchObject({ state: 'open', reason: null });
    await world.transfers.end(await moveOf(no), 'succeeded');
    expect((await state(no))['state']).toBe('paid');
  });

  test('closing it waits for the truth: closed, and no further try', async () => {
    const { no, token } = await newOrder();
    world.transfers.moods.set('card_zhang', 'slow');
    await pay(token);
    await world.ask('POST', `/orders/${no}/close`, { amount: CNY(1234n) });
    await world.transfers.end(await moveOf(no), 'failed');
    expect(await state(no)).toMatchObject({ state: 'closed', reason: 'closed' });
    await expect(pay(token, 'li')).rejects.toMatchObject({ code: 'payment_not_payable' });
  });

  test('its time may pass: it is closed only once no money can come', async () => {
    const { no, token } = await newOrder();
    world.transfers.moods.set('card_zhang', 'slow');
    await pay(token);
    world.clock.advanceMs(700_000);
    expect((await state(no))['state']).toBe('open');
    await world.transfers.end(await moveOf(no), 'failed');
    expect(await state(no)).toMatchObject({ state: 'closed', reason: 'expired' });
  });

  test('a try that could not even be started is started again by the loop', async () => {
    const { no, token } = await newOrder();
    world.transfers.moods.set('card_zhang', 'unreachable');
    expect((await pay(token)).order).toMatchObject({ state: 'open', isPaying: true });
    world.transfers.moods.delete('card_zhang');
    world.clock.advanceMs(11_000);
    await eventually('the order is paid', async () => (await state(no))['state'] === 'paid');
  });

  test('an end that is told twice changes nothing the second time', async () => {
    const { no, token } = await newOrder();
    world.transfers.moods.set('card_zhang', 'slow');
    await pay(token);
    const id = await moveOf(no);
    await world.transfers.end(id, 'succeeded');
    await world.transfers.end(id, 'failed');
    expect((await state(no))['state']).toBe('paid');
  });
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
    const { told } = await newOrder({ scene: 'code', payment_code: await code('wu') });
    expect(told.json).toMatchObject({ state: 'paid', web_url: null, qr_text: null });
    expect(await world.payer.listCodeOrders(world.person('wu'))).toMatchObject([
      { state: 'paid', shopName: '胡同茶馆' },
    ]);
    expect(await world.payer.listCodeOrders(world.person('li'))).toEqual([]);
  });

  test('above the line waits for its owner, and for nobody else', async () => {
    const { no, told } = await newOrder({ scene: 'code', payment_code: await code(), amount: CNY(100_000n) });
    expect(told.json['state']).toBe('open');
    const [waiting] = await world.payer.listCodeOrders(world.person('zhang'));
    await expect(pay(waiting?.token ?? '', 'li')).rejects.toMatchObject({ code: 'not_found' });
    expect((await pay(waiting?.token ?? '')).order.state).toBe('paid');
    expect((await state(no))['state']).toBe('paid');
  });

  test.each([
    ['a fen below the line is taken', 99_999n, 'paid'],
    ['at the line is asked for', 100_000n, 'open'],
  ])('%s', async (_what, minor, expected) => {
    const { told } = await newOrder({ scene: 'code', payment_code: await code(), amount: CNY(minor) });
    expect(told.json['state']).toBe(expected);
  });

  test('of a device that is new is always asked about', async () => {
    const made = await world.payer.makePaymentCode({ ...world.person('zhang'), deviceIsNew: true }, 'card_zhang');
    expect(made.maxAmount.minor).toBe(0n);
    const { told } = await newOrder({ scene: 'code', payment_code: made.code, amount: CNY(1n) });
    expect(told.json['state']).toBe('open');
  });

  test.each([
    ['used', async (used: string) => void (await newOrder({ scene: 'code', payment_code: used }))],
    ['old', () => world.clock.advanceMs(60_001)],
  ])('that is %s closes the order', async (_what, spoil) => {
    const made = await code();
    await spoil(made);
    const { told } = await newOrder({ scene: 'code', payment_code: made });
    expect(told.json).toMatchObject({ state: 'closed', reason: 'code_invalid' });
  });

  test('charged by twenty tills at the same moment pays one of them', async () => {
    const payment_code = await code();
    const all = await Promise.all(Array.from({ length: 20 }, () => newOrder({ scene: 'code', payment_code })));
    expect(all.filter(({ told }) => told.json['state'] === 'paid')).toHaveLength(1);
    expect(all.filter(({ told }) => told.json['reason'] === 'code_invalid')).toHaveLength(19);
  });

  test('whose bank declines closes the order with the reason, for good', async () => {
    world.transfers.moods.set('card_zhang', 'poor');
    const { told, no } = await newOrder({ scene: 'code', payment_code: await code() });
    expect(told.json).toMatchObject({ state: 'closed', reason: 'insufficient_funds' });
    expect(await state(no)).toMatchObject({ state: 'closed' });
  });

  test('of another person’s card cannot be made, and not very many at once', async () => {
    await expect(world.payer.makePaymentCode(world.person('zhang'), 'card_li')).rejects.toMatchObject({
      code: 'not_found',
    });
    const many = Array.from({ length: 15 }, () => code('sun'));
    const refused = (await Promise.allSettled(many)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(5);
  });
});

describe('undoing a payment code', () => {
  const undo = (no: string) => world.ask('POST', `/orders/${no}/undo`, { amount: CNY(1234n) });

  test('while the bank is silent tells open, and once it was paid the money goes back by itself', async () => {
    world.transfers.moods.set('card_zhang', 'slow');
    const { no } = await newOrder({ scene: 'code', payment_code: await code() });
    expect((await undo(no)).json['state']).toBe('open');
    const sentBefore = world.sent.length;
    world.transfers.moods.delete('card_zhang');
    await world.transfers.end(await moveOf(no), 'succeeded');
    await eventually('the order is undone', async () => (await state(no))['state'] === 'undone');
    expect(await state(no)).toMatchObject({ state: 'undone', refunded: CNY(1234n), wallet_payment_id: null });
    expect(world.sent.length).toBe(sentBefore); // its shop wanted it undone: nobody is told that it was paid
  });

  test('is never told before the money is back', async () => {
    const { no } = await newOrder({ scene: 'code', payment_code: await code() });
    world.transfers.moods.set('card_zhang', 'slow');
    expect((await undo(no)).json).toMatchObject({ code: 'unavailable', final: false });
    expect((await state(no))['state']).toBe('paid');
    expect((await undo(no)).json).toMatchObject({ code: 'unavailable' });
    await world.transfers.end(await moveOf(no), 'succeeded');
    expect((await undo(no)).json).toMatchObject({ state: 'undone' });
  });

  test('whose bank will not take it back stays paid, and may be tried again', async () => {
    const { no } = await newOrder({ scene: 'code', payment_code: await code() });
    world.transfers.moods.set('card_zhang', 'poor');
    expect((await undo(no)).json).toMatchObject({ state: 'paid' });
    world.transfers.moods.delete('card_zhang');
    expect((await undo(no)).json).toMatchObject({ state: 'undone' });
  });

  test('is over after a day, and after a refund: the order is told as it stands', async () => {
    const one = await newOrder({ scene: 'code', payment_code: await code() });
    const two = await newOrder({ scene: 'code', payment_code: await code() });
    const refund = { order_no: one.no, method: 'refund', amount: CNY(1n), notify_url: 'https://shop.example/n' };
    await world.ask('POST', `/refunds/${freshNo()}`, refund);
    expect((await undo(one.no)).json['state']).toBe('paid');
    world.clock.advanceMs(24 * 3_600_000 + 1);
    expect((await undo(two.no)).json['state']).toBe('paid');
  });
});

describe('refunds', () => {
  const refund = (order_no: string, minor: bigint, no = freshNo(), method = 'refund') =>
    world.ask('POST', `/refunds/${no}`, { order_no, method, amount: CNY(minor), notify_url: 'https://shop.example/n' });

  async function paidOrder(minor = 1234n): Promise<string> {
    const { no, token } = await newOrder({ amount: CNY(minor) });
    await pay(token);
    return no;
  }

  test('of 2 % each, a hundred at the same moment: exactly fifty are done', async () => {
    const no = await paidOrder(10_000n);
    const all = await Promise.all(Array.from({ length: 100 }, () => refund(no, 200n)));
    expect(all.filter(({ json }) => json['state'] === 'succeeded')).toHaveLength(50);
    expect(all.filter(({ json }) => json['reason'] === 'exceeds_payment')).toHaveLength(50);
    expect(await state(no)).toMatchObject({ state: 'paid', refunded: CNY(10_000n) });
  });

  test('under way count as well, and what the bank refuses may be refunded anew', async () => {
    const no = await paidOrder();
    world.transfers.moods.set('card_zhang', 'slow');
    const refundNo = freshNo();
    expect((await refund(no, 1000n, refundNo)).json['state']).toBe('accepted');
    expect((await refund(no, 300n)).json).toMatchObject({ state: 'failed', reason: 'exceeds_payment' });
    await world.transfers.end(await moveOf(no), 'failed');
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
    const no = days > 0 ? await paidOrder() : days === 0 ? (await newOrder()).no : 'NOBODYKNOWSTHIS1';
    if (days > 0) world.clock.advanceMs(days * 86_400_000);
    const refundNo = freshNo();
    expect((await refund(no, 1n, refundNo)).json).toMatchObject({ state: 'failed', reason });
    expect((await refund(no, 1n, refundNo)).status).toBe(200);
    expect((await refund(no, 2n, refundNo)).json).toMatchObject({ code: 'refund_differs' });
  });

  test('as a void only whole, and only on the day of the payment', async () => {
    const [one, two] = [await paidOrder(), await paidOrder()];
    expect((await refund(one, 1n, freshNo(), 'void')).json).toMatchObject({ reason: 'not_voidable' });
    expect((await refund(one, 1234n, freshNo(), 'void')).json['state']).toBe('succeeded');
    world.clock.advanceMs(86_400_000);
    expect((await refund(two, 1234n, freshNo(), 'void')).json).toMatchObject({ reason: 'not_voidable' });
  });

  test('of another shop’s order: there is no such order', async () => {
    const no = await paidOrder();
    const other = await startSecondShop();
    const told = await world.ask(
      'POST',
      `/refunds/${freshNo()}`,
      { order_no: no, method: 'refund', amount: CNY(1n), notify_url: 'https://shop.example/n' },
      other,
    );
    expect(told.json).toMatchObject({ state: 'failed', reason: 'not_paid' });
    expect((await world.ask('GET', `/orders/${no}`, undefined, other)).json['code']).toBe('order_not_found');
    expect((await state(no))['refunded']).toEqual(CNY(0n));
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

describe('an order that has not come yet', () => {
  test('is not here as of the moment of the look, so that "not here" is final after its time', async () => {
    const before = Math.floor(world.clock.now().getTime() / 1000);
    const told = await world.ask('GET', `/orders/${freshNo()}`);
    expect(told.json['code']).toBe('order_not_found');
    expect(Number(/created=(\d+)/.exec(told.headers['signature-input'] ?? '')?.[1])).toBe(before);
  });

  test('is closed at once when it comes after its time, whatever it asks', async () => {
    const { told } = await newOrder({
      expires_at: world.clock.now().toISOString(),
      scene: 'code',
      payment_code: await code(),
    });
    expect(told.json).toMatchObject({ state: 'closed', reason: 'expired' });
  });

  test('that was closed before it came is closed when it comes, once and for all', async () => {
    const no = freshNo();
    await world.ask('POST', `/orders/${no}/close`, { amount: CNY(1234n) });
    const body = orderBody({ expires_at: soon() });
    expect((await world.ask('POST', `/orders/${no}`, body)).json).toMatchObject({ state: 'closed', reason: 'closed' });
    const other = await world.ask('POST', `/orders/${no}`, { ...body, amount: CNY(1n) });
    expect(other.json['code']).toBe('order_differs');
  });
});

test('200 times the same order at the same moment is one order', async () => {
  const no = freshNo();
  const body = orderBody({ expires_at: soon() });
  const all = await Promise.all(Array.from({ length: 200 }, () => world.ask('POST', `/orders/${no}`, body)));
  expect(all.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(new Set(all.map(({ json }) => json['web_url'])).size).toBe(1);
});

test('nothing of all this was our own fault', () => {
  expect(world.errors).toEqual([]);
  expect(world.clock.now() > START).toBe(true);
});

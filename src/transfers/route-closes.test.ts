import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import type { OpenedRailDesk } from '../rail/open-rail-desk.ts';
import { type MovesWorld, openMovesWorld, type Payer, payeeOf } from './test-moves.ts';

/* An operator says that a bank takes no part any more: nothing new begins there, and what is under way goes on to where it began. */

let world: MovesWorld;
let desk: OpenedRailDesk;
beforeAll(async () => {
  world = await openMovesWorld(await freshDatabase());
  desk = world.deps.desk as OpenedRailDesk; // the world opens its desk whole
  world.transfers.startWork();
  return async () => {
    await world.transfers.stop();
    await world.checkBooks();
  };
});

const close = (bank: string) => desk.setRoute({ bank, institution: null });
const open = (bank: string) => desk.resetRoute(bank);

async function twoCards(): Promise<{ from: Payer; to: { card: { id: string }; atBank: { number: string } } }> {
  const from = await world.payer('ICBC', 100_00n);
  return { from, to: await world.anotherCard(from, 'CMB', 0n) };
}

describe('a bank’s route is closed', () => {
  test('while its debit is silent: what was taken still comes back', async () => {
    const { from, to } = await twoCards();
    world.bank.script('debit', 'reply_lost');
    world.bank.script('reversal', 'request_lost', 'request_lost');
    const move = await world.send(from, { kind: 'own_card', cardId: to.card.id }, 10_00n);
    await until(async () => (await world.move(move.id)).state === 'reversing');
    await close('ICBC');
    expect(await world.untilEnded(move.id)).toMatchObject({ state: 'failed', failure: 'bank_silent' });
    await open('ICBC');
    expect(world.balance(from)).toBe(100_00n);
  });

  test('while money is on its way to it: the credit is still sent again, or the debit taken back', async () => {
    const { from, to } = await twoCards();
    world.bank.script('credit', 'request_lost', 'request_lost');
    const move = await world.send(from, { kind: 'own_card', cardId: to.card.id }, 10_00n);
    await until(async () => (await world.move(move.id)).state === 'crediting');
    await close('CMB');
    expect(await world.untilEnded(move.id)).toMatchObject({ state: 'succeeded' });
    await open('CMB');
    expect(world.balance(from)).toBe(90_00n);
  });

  test('after a purchase: the refund still goes back to the card', async () => {
    const from = await world.payer('ICBC', 100_00n);
    const order = world.order(from, 30_00n);
    await world.transfers.start(order);
    await world.untilEnded(order.id);
    await close('ICBC');
    const refund = world.order(from, 30_00n, { kind: 'refund', originalId: order.id, level: null });
    expect(await world.transfers.start(refund)).toMatchObject({ kind: 'refund' });
    expect(await world.untilEnded(refund.id)).toMatchObject({ state: 'succeeded' });
    await open('ICBC');
    expect(world.balance(from)).toBe(100_00n);
  });

  test('nothing new begins at it', async () => {
    const { from, to } = await twoCards();
    const payee = { kind: 'own_card', cardId: to.card.id } as const;
    const quote = await world.quote(from, payee, 5_00n);
    await close('ICBC');
    await expect(world.quote(from, payee, 5_00n)).rejects.toMatchObject({ code: 'card_not_usable' });
    const confirmed = world.transfers.confirm(from.session, { quoteId: quote.id, proof: null, key: 'closed' });
    await expect(confirmed).rejects.toMatchObject({ code: 'card_not_usable' });
    expect(await world.transfers.start(world.order(from, 1_00n))).toMatchObject({ code: 'card_not_usable' });
    await open('ICBC');
    await close('CMB');
    await expect(world.quote(from, payee, 5_00n)).rejects.toMatchObject({ code: 'card_not_supported' });
    await open('CMB');
    expect(world.balance(from)).toBe(100_00n);
  });
});

test('a debit is taken back also when the other card cannot be opened any more', async () => {
  const from = await world.payer('ICBC', 100_00n);
  const to = world.foreignCard('CMB', 0n);
  world.bank.script('debit', 'reply_lost');
  world.bank.script('reversal', 'request_lost', 'request_lost');
  const move = await world.send(from, payeeOf(to), 10_00n);
  await until(async () => (await world.move(move.id)).state === 'reversing');
  await world.sql`update payees set number_sealed = 'broken'::bytea where user_id = ${from.session.userId}`;
  expect(await world.untilEnded(move.id)).toMatchObject({ state: 'failed', failure: 'bank_silent' });
  expect(world.balance(from)).toBe(100_00n);
});

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5));
}

import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { Refusal } from '../base/refusal.ts';
import { checkMovesAgainstLedger } from './check-moves.ts';
import { BOOK, type MovesWorld, openMovesWorld, type Payer, SHOP } from './test-moves.ts';
import type { Move, MoveOrder } from './transfers.ts';

let world: MovesWorld;
beforeAll(async () => {
  world = await openMovesWorld(await freshDatabase());
  world.transfers.startWork();
  return async () => {
    await world.transfers.stop();
    await world.checkBooks();
  };
});

const started = (answer: Move | Refusal): Move => {
  if (answer instanceof Refusal) throw answer;
  return answer;
};
const codeOfStart = async (order: MoveOrder) => {
  const answer = await world.transfers.start(order);
  return answer instanceof Refusal ? answer.code : answer.state;
};
const bought = async (from: Payer, fen: bigint): Promise<Move> =>
  await world.untilEnded(started(await world.transfers.start(world.order(from, fen))).id);
const refundOf = (from: Payer, purchase: Move, fen: bigint, change: Partial<MoveOrder> = {}): MoveOrder =>
  world.order(from, fen, { kind: 'refund', originalId: purchase.id, level: null, ...change });

describe('a purchase', () => {
  test('is taken from the card, owed to the shop, and told in the transaction that ended it', async () => {
    const from = await world.payer('ICBC', 100_00n);
    const move = await bought(from, 30_00n);
    expect(move).toMatchObject({
      kind: 'purchase',
      state: 'succeeded',
      to: { bank: '', last4: '', nameMasked: SHOP.name },
    });
    expect(world.balance(from)).toBe(70_00n);
    expect(world.ended.filter(({ id }) => id === move.id)).toEqual([
      expect.objectContaining({ state: 'succeeded', rrn: move.rrn, failure: null }),
    ]);
    const check = await checkMovesAgainstLedger(world, BOOK);
    expect(check.accounts.find(({ account }) => account === 'wallet_shop_payable')?.ledgerMinor).toBeGreaterThan(0n);
  });

  test('asked for a hundred times under one id, by two processes, is one purchase', async () => {
    const from = await world.payer('ICBC', 100_00n);
    const order = world.order(from, 10_00n);
    const other = await world.another();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? world.transfers : other.transfers).start(order)),
    );
    expect(new Set(answers.map((answer) => started(answer).id))).toEqual(new Set([order.id]));
    await world.untilEnded(order.id);
    expect(world.balance(from)).toBe(90_00n);
    expect(started(await world.transfers.start(order)).state).toBe('succeeded');
    await other.transfers.stop();
    await other.die();
  });

  test('whose reply is lost is taken back, and the shop is told that it failed', async () => {
    const from = await world.payer('ICBC', 100_00n);
    world.bank.script('debit', 'reply_lost');
    const move = await bought(from, 30_00n);
    expect(move).toMatchObject({ state: 'failed', failure: 'bank_silent' });
    expect(world.balance(from)).toBe(100_00n);
    expect(world.ended.find(({ id }) => id === move.id)).toMatchObject({ state: 'failed', failure: 'bank_silent' });
  });

  test('that was declined stays declined under its id, even when it would be allowed by then', async () => {
    const from = await world.payer('ICBC', 9_000_000_00n);
    const order = world.order(from, 8_000_000_00n, { level: 'device' });
    expect(await codeOfStart(order)).toBe('limit_exceeded');
    const cheap = { ...order, amount: { ...order.amount, minor: 1n } };
    expect(await codeOfStart(cheap)).toBe('limit_exceeded');
    expect(await codeOfStart({ ...cheap, id: world.order(from, 1n).id })).toBe('debiting');
    const { moves } = await world.transfers.list(from.session, {
      text: null,
      kind: null,
      cardId: null,
      month: null,
      cursor: null,
      itemsMax: 20,
    });
    expect(moves).toHaveLength(1);
  });

  test('with another person’s card, or one that is not there, is declined alike', async () => {
    const [from, other] = [await world.payer('ICBC', 100n), await world.payer('ICBC', 100n)];
    expect(await codeOfStart(world.order(from, 1n, { cardId: other.card.id }))).toBe('not_found');
    expect(await codeOfStart(world.order(from, 1n, { cardId: 'card_01J00000000000000000000000' }))).toBe('not_found');
  });
});

describe('a refund', () => {
  test('goes back to the card, up to the whole and no further', async () => {
    const from = await world.payer('CMB', 100_00n);
    const purchase = await bought(from, 50_00n);
    const first = started(await world.transfers.start(refundOf(from, purchase, 20_00n)));
    expect(await world.untilEnded(first.id)).toMatchObject({
      kind: 'refund',
      state: 'succeeded',
      from: { nameMasked: SHOP.name },
    });
    expect(await codeOfStart(refundOf(from, purchase, 30_01n))).toBe('refund_exceeds_payment');
    const rest = started(await world.transfers.start(refundOf(from, purchase, 30_00n)));
    expect(await world.untilEnded(rest.id)).toMatchObject({ state: 'succeeded' });
    expect(await codeOfStart(refundOf(from, purchase, 1n))).toBe('refund_exceeds_payment');
    expect(world.balance(from)).toBe(100_00n);
  });

  test('that the bank refuses is told as failed, and the money can be asked for again', async () => {
    const from = await world.payer('CMB', 100_00n);
    const purchase = await bought(from, 50_00n);
    world.bank.script('credit', 'refused');
    const refused = started(await world.transfers.start(refundOf(from, purchase, 50_00n)));
    expect(await world.untilEnded(refused.id)).toMatchObject({ state: 'failed', failure: 'limit_exceeded' });
    const again = started(await world.transfers.start(refundOf(from, purchase, 50_00n)));
    expect(await world.untilEnded(again.id)).toMatchObject({ state: 'succeeded' });
  });

  test('whose reply is lost is sent again as the same message until it is known', async () => {
    const from = await world.payer('CMB', 100_00n);
    const purchase = await bought(from, 50_00n);
    world.bank.script('credit', 'reply_lost', 'request_lost');
    const move = started(await world.transfers.start(refundOf(from, purchase, 50_00n)));
    expect(await codeOfStart(refundOf(from, purchase, 1n))).toBe('refund_exceeds_payment');
    expect(await world.untilEnded(move.id)).toMatchObject({ state: 'succeeded' });
    expect(world.balance(from)).toBe(100_00n);
  });

  test('a hundred of a fiftieth at once, by two processes: exactly fifty pass', async () => {
    const from = await world.payer('CMB', 100_00n);
    const purchase = await bought(from, 50_00n);
    const other = await world.another();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        (n % 2 === 0 ? world.transfers : other.transfers).start(refundOf(from, purchase, 1_00n)),
      ),
    );
    const passed = answers.filter((answer): answer is Move => !(answer instanceof Refusal));
    expect(passed).toHaveLength(50);
    for (const move of passed) await world.untilEnded(move.id);
    expect(world.balance(from)).toBe(100_00n);
    await other.transfers.stop();
    await other.die();
    await world.checkBooks();
  });

  test.each<[string, (from: Payer, purchase: Move) => Promise<MoveOrder>, string]>([
    [
      'of another shop',
      async (from, p) => refundOf(from, p, 1n, { shop: { ...SHOP, no: 'HTSHOP000000002' } }),
      'payment_not_refundable',
    ],
    [
      'of nothing known',
      async (from, p) => refundOf(from, p, 1n, { originalId: 'tr_01J00000000000000000000000' }),
      'payment_not_refundable',
    ],
    [
      'of another person’s purchase',
      async (_from, p) => refundOf(await world.payer('ABC', 1n), p, 1n),
      'payment_not_refundable',
    ],
    [
      'of a refund',
      async (from, p) => {
        const refund = started(await world.transfers.start(refundOf(from, p, 1_00n)));
        return refundOf(from, await world.untilEnded(refund.id), 1_00n);
      },
      'payment_not_refundable',
    ],
  ])('%s is declined', async (_name, make, code) => {
    const from = await world.payer('CMB', 100_00n);
    expect(await codeOfStart(await make(from, await bought(from, 50_00n)))).toBe(code);
  });
});

describe('the tables defend themselves', () => {
  test('against giving a move to the other card and back as well', async () => {
    const from = await world.payer('CMB', 100_00n);
    const purchase = await bought(from, 50_00n);
    const leg = (side: string, stan: string) => world.sql`
      insert into legs (book, move_id, side, state, transmitted_at, stan, rrn, institution, last4, amount_minor,
        settlement_day, sends_count, first_sent_at, last_sent_at, told_at)
      values (${BOOK}, ${purchase.id}, ${side}, 'approved', '2026-01-01', ${stan}, '000000000001', '01020000', '0000', 1,
        '2026-01-01', 1, now(), now(), now())`;
    await leg('credit', '000001');
    await expect(leg('reversal', '000002')).rejects.toThrow(/legs_given_once/);
    await expect(
      world.sql`update legs set stan = '000001', transmitted_at = '2026-01-01' where move_id = ${purchase.id} and side = 'debit'`,
    ).rejects.toThrow(/legs_by_stamp/);
    await expect(
      world.sql`update moves set refunding_minor = amount_minor + 1 where id = ${purchase.id}`,
    ).rejects.toThrow(/check/);
    await expect(
      world.sql`update moves set state = 'crediting', ended_at = null where id = ${purchase.id}`,
    ).rejects.toThrow(/check/);
    await world.sql`delete from legs where move_id = ${purchase.id} and side = 'credit'`;
  });
});

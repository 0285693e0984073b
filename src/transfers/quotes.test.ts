import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { money } from '../money/money.ts';
import { codeOf, prove, refusalOf } from '../users/test-people.ts';
import type { Session } from '../users/users.ts';
import { type MovesWorld, openMovesWorld, payeeOf } from './test-moves.ts';
import type { QuoteInput } from './transfers.ts';

let world: MovesWorld;
beforeAll(async () => {
  world = await openMovesWorld(await freshDatabase());
  world.transfers.startWork();
  return async () => {
    await world.transfers.stop();
    await world.checkBooks();
  };
});

describe('a quote is refused', () => {
  test.each<
    [
      string,
      (from: Awaited<ReturnType<MovesWorld['payer']>>) => Promise<Partial<QuoteInput>> | Partial<QuoteInput>,
      string,
    ]
  >([
    ['for nothing', () => ({ amount: money('CNY', 0n) }), 'invalid_request'],
    ['for less than nothing', () => ({ amount: money('CNY', -1n) }), 'invalid_request'],
    ['for another currency', () => ({ amount: money('USD', 100n) }), 'invalid_request'],
    ['for more than a message can say', () => ({ amount: money('CNY', 1_000_000_000_000n) }), 'invalid_request'],
    ['with a note that is too long', () => ({ note: '好'.repeat(51) }), 'invalid_request'],
    ['with a note that breaks the line', () => ({ note: 'a\r\nb' }), 'invalid_request'],
    ['from no card', () => ({ fromCardIds: [] }), 'invalid_request'],
    ['from the same card twice', (from) => ({ fromCardIds: [from.card.id, from.card.id] }), 'invalid_request'],
    ['from a card that is not there', () => ({ fromCardIds: ['card_01J00000000000000000000000'] }), 'not_found'],
    [
      'from another person’s card',
      async () => ({ fromCardIds: [(await world.payer('ABC', 1n)).card.id] }),
      'not_found',
    ],
    ['to the same card', (from) => ({ payee: { kind: 'own_card', cardId: from.card.id } }), 'invalid_request'],
    ['to the same card by its number', (from) => ({ payee: payeeOf(from.atBank) }), 'invalid_request'],
    [
      'to one’s own phone number',
      (from) => ({ payee: { kind: 'phone', phone: from.who.identity.phone } }),
      'invalid_request',
    ],
    ['to a credit card', () => ({ payee: payeeOf(world.foreignCard('CMB', 0n, true)) }), 'invalid_request'],
    [
      'as a repayment of a debit card',
      () => ({ kind: 'repayment', payee: payeeOf(world.foreignCard('CMB', 0n)) }),
      'invalid_request',
    ],
    [
      'as a repayment to a phone number',
      () => ({ kind: 'repayment', payee: { kind: 'phone', phone: '13800138000' } }),
      'invalid_request',
    ],
    ['to a nameless card', () => ({ payee: payeeOf(world.foreignCard('CMB', 0n), ' ') }), 'invalid_request'],
    [
      'to a payee that is not there',
      () => ({ payee: { kind: 'known', payeeId: 'pye_01J00000000000000000000000' } }),
      'not_found',
    ],
    [
      'to another person’s card by id',
      async () => ({ payee: { kind: 'own_card', cardId: (await world.payer('ABC', 1n)).card.id } }),
      'not_found',
    ],
    ['beyond what may move', () => ({ amount: money('CNY', 60_000_00n), fromCardIds: null }), 'no_route'],
  ])('%s', async (_name, change, code) => {
    const from = await world.payer('ICBC', 100_00n);
    const base = world.input(from, payeeOf(world.foreignCard('ABC', 0n)), 1_00n);
    expect(await codeOf(world.transfers.quote(from.session, { ...base, ...(await change(from)) }))).toBe(code);
  });

  test('from an unbound card, and a quote made before is not confirmed either', async () => {
    const from = await world.payer('ICBC', 100_00n);
    const to = payeeOf(world.foreignCard('ABC', 0n));
    const quote = await world.quote(from, to, 1_00n);
    const proof = await world.prove(from, quote);
    await world.cards.unbind(from.who, from.card.id);
    expect(await codeOf(world.transfers.confirm(from.session, { quoteId: quote.id, proof, key: 'x' }))).toBe(
      'card_not_usable',
    );
    expect(['not_found', 'card_not_usable']).toContain(await codeOf(world.quote(from, to, 1_00n)));
  });
});

describe('a confirmation', () => {
  const quoted = async (fen = 2_000_00n) => {
    const from = await world.payer('ICBC', 10_000_00n);
    const quote = await world.quote(from, payeeOf(world.foreignCard('ABC', 0n)), fen);
    return { from, quote };
  };
  const confirm = (from: { session: Session }, quoteId: string, proof: string | null, key: string) =>
    world.transfers.confirm(from.session, { quoteId, proof, key });

  test('without proof, with a foreign one or one for another amount moves nothing and reserves nothing', async () => {
    const { from, quote } = await quoted();
    const small = await world.quote(from, payeeOf(world.foreignCard('CMB', 0n)), 1_000_00n);
    const proofOfSmall = await world.prove(from, small);
    const stranger = await world.payer('ICBC', 1n);
    const seen = world.bank.seen.length;
    expect(await codeOf(confirm(from, quote.id, null, 'a'))).toBe('step_up_required');
    expect(await codeOf(confirm(from, quote.id, proofOfSmall, 'b'))).toBe('step_up_invalid');
    expect(await codeOf(confirm(from, quote.id, 'prf_nonsense', 'c'))).toBe('step_up_invalid');
    expect(await codeOf(confirm(stranger, quote.id, null, 'd'))).toBe('not_found');
    expect(await codeOf(world.transfers.quoteAct(stranger.session, quote.id))).toBe('not_found');
    expect(await world.heldAndUsed(from)).toEqual({ held: 0n, used: 0n });
    expect(world.bank.seen.length).toBe(seen);
  });

  test('by PIN does not do where a passkey or PIN and code are asked for', async () => {
    const { from, quote } = await quoted(6_000_00n);
    expect(quote.level).toBe('strong');
    const weak = await prove(
      world.cards.people,
      { session: from.session, phone: from.who.identity.phone },
      quote.act,
      'pin',
    );
    expect(await codeOf(confirm(from, quote.id, weak, 'w'))).toBe('step_up_required');
  });

  test('the same key again, also at once, answers the same moves; another key is told that it is done', async () => {
    const { from, quote } = await quoted();
    const proof = await world.prove(from, quote);
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => confirm(from, quote.id, proof, n % 2 === 0 ? 'same' : `other-${n}`)),
    );
    const ids = new Set(
      answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.map(({ id }) => id) : [])),
    );
    expect(ids.size).toBe(1);
    const codes = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [(answer.reason as { code: string }).code] : [],
    );
    expect(new Set(codes)).toEqual(new Set(['quote_used']));
    expect((await confirm(from, quote.id, proof, 'same')).map(({ id }) => id)).toEqual([...ids]);
    await world.untilEnded([...ids][0]!);
    const next = await world.quote(from, payeeOf(world.foreignCard('ABC', 0n)), 1_00n);
    expect(await codeOf(confirm(from, next.id, await world.prove(from, next), 'same'))).toBe('idempotency_key_reused');
    for (const key of ['', 'a b', 'x'.repeat(256), 'ключ'])
      expect(await codeOf(confirm(from, quote.id, proof, key))).toBe('idempotency_key_invalid');
  });

  test('of two processes at once begins one transfer', async () => {
    const { from, quote } = await quoted();
    const proof = await world.prove(from, quote);
    const other = await world.another();
    const input = { quoteId: quote.id, proof };
    const answers = await Promise.allSettled([
      world.transfers.confirm(from.session, { ...input, key: 'here' }),
      other.transfers.confirm(from.session, { ...input, key: 'there' }),
    ]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await other.transfers.stop();
    await other.die();
    const [count] = await world.sql<{ count: bigint }[]>`select count(*) from moves where quote_id = ${quote.id}`;
    expect(count?.count).toBe(1n);
  });

  test('after five minutes is too late', async () => {
    const { from, quote } = await quoted(1_00n);
    world.clock.advanceMs(5 * 60_000);
    expect(await codeOf(confirm(from, quote.id, null, 'late'))).toBe('quote_expired');
  });

  test('beyond a limit that was used up meanwhile reserves none of its parts', async () => {
    const payer = await world.payer('ICBC', 9_000_00n);
    const second = await world.anotherCard(payer, 'ABC', 300_00n);
    // A new device moves 5,000.00 on its first day.
    const from = { ...payer, session: { ...payer.session, deviceIsNew: true } };
    const to = payeeOf(world.foreignCard('CMB', 0n));
    [payer.atBank.ledgerFen, second.atBank.ledgerFen] = [400_00n, 300_00n];
    const split = await world.quote(from, to, 700_00n, { fromCardIds: null });
    expect(split.parts.map(({ amount }) => amount.minor)).toEqual([400_00n, 300_00n]);
    for (let n = 0; n < 5; n++) await world.untilEnded((await world.send(from, to, 900_00n)).id);
    const before = await world.heldAndUsed(from);
    const refusal = await refusalOf(confirm(from, split.id, await world.prove(from, split), 'split'));
    expect(refusal?.code).toBe('limit_exceeded');
    expect(await world.heldAndUsed(from)).toEqual(before);
    const [count] = await world.sql<{ count: bigint }[]>`select count(*) from moves where quote_id = ${split.id}`;
    expect(count?.count).toBe(0n);
    await world.untilEnded((await world.send(from, to, 500_00n)).id);
    expect(await codeOf(world.send(from, to, 1n))).toBe('no_route');
  });

  test('a quote cannot be changed by anybody, and is confirmed once by the table itself', async () => {
    const { from, quote } = await quoted();
    await expect(world.sql`update quotes set amount_minor = 1 where id = ${quote.id}`).rejects.toThrow(/never changed/);
    const proof = await world.prove(from, quote);
    await confirm(from, quote.id, proof, 'once');
    await expect(world.sql`update quotes set confirmed_key = 'again' where id = ${quote.id}`).rejects.toThrow(
      /confirmed once/,
    );
  });
});

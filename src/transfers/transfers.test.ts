import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { money } from '../money/money.ts';
import { codeOf, refusalOf } from '../users/test-people.ts';
import type { Fault } from './pretend-bank.ts';
import { BOOK, type MovesWorld, openMovesWorld, payeeOf } from './test-moves.ts';

let world: MovesWorld;
beforeAll(async () => {
  world = await openMovesWorld(await freshDatabase());
  world.transfers.startWork();
  return async () => {
    await world.transfers.stop();
    await world.checkBooks();
  };
});

describe('a transfer', () => {
  test('takes from one card, gives to the other, and the books and limits know', async () => {
    const from = await world.payer('ICBC', 500_00n);
    const to = world.foreignCard('CMB', 0n);
    const quote = await world.quote(from, payeeOf(to), 123_45n, { note: ' 房租 ' });
    expect(quote).toMatchObject({
      fee: money('CNY', 0n),
      level: 'pin',
      advice: null,
      to: { bank: 'CMB', nameMasked: '*四' },
    });
    expect(quote.parts).toHaveLength(1);
    const proof = await world.prove(from, quote);
    const [started] = await world.transfers.confirm(from.session, { quoteId: quote.id, proof, key: 'k1' });
    expect(started).toMatchObject({ kind: 'transfer', state: 'debiting', note: '房租', quoteId: quote.id });
    const move = await world.untilEnded(started!.id);
    expect(move).toMatchObject({ state: 'succeeded', failure: null, rrn: expect.stringMatching(/^\d{12}$/) });
    expect([world.balance(from), world.balance(to)]).toEqual([376_55n, 123_45n]);
    expect(await world.heldAndUsed(from)).toEqual({ held: 0n, used: 123_45n });
    await world.checkBooks();
  });

  test('that the bank refuses has moved nothing and gives its limit back', async () => {
    const from = await world.payer('ABC', 1_00n);
    const move = await world.untilEnded((await world.send(from, payeeOf(world.foreignCard('CMB', 0n)), 50_00n)).id);
    expect(move).toMatchObject({ state: 'failed', failure: 'insufficient_funds' });
    expect(world.balance(from)).toBe(1_00n);
    expect(await world.heldAndUsed(from)).toEqual({ held: 0n, used: 0n });
  });

  /** Faults of the debit, the credit and the reversal, one after the other; then what comes of it. */
  const WAYS: [string, { debit?: Fault[]; credit?: Fault[]; reversal?: Fault[] }, string, string | null][] = [
    ['the debit is lost on the way', { debit: ['request_lost'] }, 'failed', 'bank_silent'],
    ['the reply to the debit is lost', { debit: ['reply_lost'] }, 'failed', 'bank_silent'],
    ['the debit could not be sent', { debit: ['not_sent'] }, 'failed', 'not_sent'],
    ['the credit is lost once', { credit: ['request_lost'] }, 'succeeded', null],
    [
      'the reply to the credit is lost three times',
      { credit: ['reply_lost', 'reply_lost', 'reply_lost'] },
      'succeeded',
      null,
    ],
    ['the credit cannot be sent at first', { credit: ['not_sent', 'not_sent'] }, 'succeeded', null],
    ['the credit is refused', { credit: ['refused'] }, 'failed', 'limit_exceeded'],
    [
      'the credit is unclear, then over a limit that its own first sending may have filled',
      { credit: ['request_lost', 'refused'] },
      'succeeded',
      null,
    ],
    [
      'the reversal is lost four times',
      { debit: ['reply_lost'], reversal: ['request_lost', 'reply_lost', 'request_lost', 'request_lost'] },
      'failed',
      'bank_silent',
    ],
    [
      'the credit is refused and the reversal lost',
      { credit: ['refused'], reversal: ['reply_lost', 'request_lost'] },
      'failed',
      'limit_exceeded',
    ],
    ['the bank flags a fault of its own', { debit: ['flagged'], credit: ['flagged'] }, 'succeeded', null],
    ['the reversal is refused at first', { debit: ['reply_lost'], reversal: ['refused'] }, 'failed', 'bank_silent'],
  ];
  test.each(WAYS)('when %s', async (_name, faults, state, failure) => {
    const from = await world.payer('SPDB', 100_00n);
    const to = world.foreignCard('ICBC', 0n);
    const seenBefore = world.bank.seen.length;
    for (const kind of ['debit', 'credit', 'reversal'] as const) world.bank.script(kind, ...(faults[kind] ?? []));
    const move = await world.untilEnded((await world.send(from, payeeOf(to), 10_00n)).id);
    expect(move).toMatchObject({ state, failure });
    const isDone = state === 'succeeded';
    expect([world.balance(from), world.balance(to)]).toEqual(isDone ? [90_00n, 10_00n] : [100_00n, 0n]);
    expect(await world.heldAndUsed(from)).toEqual({ held: 0n, used: isDone ? 10_00n : 0n });
    // However often a message was sent, it was the same one.
    const seen = world.bank.seen.slice(seenBefore);
    for (const kind of ['debit', 'credit', 'reversal'] as const) {
      const stamps = new Set(
        seen
          .filter((leg) => leg.kind === kind)
          .map(({ stamp }) => `${stamp.transmittedAt.toISOString()} ${stamp.stan} ${stamp.rrn}`),
      );
      expect(stamps.size).toBeLessThanOrEqual(1);
    }
    await world.checkBooks();
  });

  test('to a phone number is told to nobody before it is confirmed, and then goes to the default card', async () => {
    const [from, friend] = [await world.payer('ICBC', 300_00n), await world.payer('CMB', 0n)];
    const known = await world.quote(from, { kind: 'phone', phone: friend.who.identity.phone }, 20_00n);
    const unknown = await world.quote(from, { kind: 'phone', phone: '13900001111' }, 20_00n);
    const shape = (quote: typeof known) =>
      JSON.stringify(
        {
          ...quote,
          id: '',
          act: { ...quote.act, subject: '', payee: '' },
          to: { ...quote.to, last4: '', nameMasked: '' },
        },
        (_k, v: unknown) => (typeof v === 'bigint' ? `${v}` : v),
      );
    expect(shape(unknown)).toBe(shape(known));
    expect(unknown.to).toEqual({ bank: '', last4: '1111', nameMasked: '139****1111' });
    const [proofK, proofU] = [await world.prove(from, known), await world.prove(from, unknown)];
    expect(await codeOf(world.transfers.confirm(from.session, { quoteId: unknown.id, proof: proofU, key: 'u' }))).toBe(
      'payee_not_found',
    );
    const [move] = await world.transfers.confirm(from.session, { quoteId: known.id, proof: proofK, key: 'k' });
    const ended = await world.untilEnded(move!.id);
    expect(ended).toMatchObject({ state: 'succeeded', toCardId: null, to: { bank: 'CMB', last4: friend.card.last4 } });
    expect(world.balance(friend)).toBe(20_00n);
  });

  test('thirty phone numbers a day, then no more until midnight in Shanghai', async () => {
    const from = await world.payer('ICBC', 300_00n);
    const ask = (n: number) =>
      world.quote(from, { kind: 'phone', phone: `1370000${String(n).padStart(4, '0')}` }, 1_00n);
    for (let n = 0; n < 30; n++) await ask(n);
    expect(await codeOf(ask(31))).toBe('too_many_tries');
    world.clock.advanceMs(24 * 3_600_000);
    expect(await codeOf(ask(32))).toBe('done');
  });

  test('between two cards of one person, and a repayment of one’s own credit card', async () => {
    const from = await world.payer('ICBC', 500_00n);
    const second = await world.anotherCard(from, 'ABC', 0n);
    const credit = await world.anotherCard(from, 'CMB', -100_00n, true);
    const own = await world.send(from, { kind: 'own_card', cardId: second.card.id }, 30_00n);
    expect(await world.untilEnded(own.id)).toMatchObject({ state: 'succeeded', toCardId: second.card.id });
    const paid = await world.send(from, { kind: 'own_card', cardId: credit.card.id }, 100_00n, { kind: 'repayment' });
    expect(await world.untilEnded(paid.id)).toMatchObject({ state: 'succeeded', kind: 'repayment' });
    expect([world.balance(from), world.balance(second), world.balance(credit)]).toEqual([370_00n, 30_00n, 0n]);
  });

  test('one who was paid by number is known afterwards, and is paid again without a number', async () => {
    const from = await world.payer('ICBC', 500_00n);
    const to = world.foreignCard('ABC', 0n);
    expect(await world.transfers.knownPayees(from.session)).toEqual([]);
    await world.untilEnded((await world.send(from, payeeOf(to), 5_00n)).id);
    const [known] = await world.transfers.knownPayees(from.session);
    expect(known).toMatchObject({ party: { bank: 'ABC', last4: to.number.slice(-4), nameMasked: '*四' } });
    const quote = await world.quote(from, { kind: 'known', payeeId: known!.payeeId }, 6_00n);
    expect(quote.level).toBe('device');
    const [move] = await world.transfers.confirm(from.session, { quoteId: quote.id, proof: null, key: 'again' });
    await world.untilEnded(move!.id);
    expect(world.balance(to)).toBe(11_00n);
    const other = await world.payer('ICBC', 1_00n);
    expect(await codeOf(world.quote(other, { kind: 'known', payeeId: known!.payeeId }, 1_00n))).toBe('not_found');
  });

  test('a large one goes from several cards, all parts or none', async () => {
    const from = await world.payer('ICBC', 40_000_00n);
    const second = await world.anotherCard(from, 'ABC', 40_000_00n);
    const to = world.foreignCard('CMB', 0n);
    const quote = await world.quote(from, payeeOf(to), 70_000_00n, { fromCardIds: null });
    expect(quote.parts.map(({ amount }) => amount.minor).reduce((a, b) => a + b)).toBe(70_000_00n);
    expect(quote.parts.length).toBeGreaterThan(1);
    expect(quote).toMatchObject({ level: 'strong', advice: 'choose_later_arrival' });
    expect(quote.explanation.en).not.toBe('');
    const moves = await world.transfers.confirm(from.session, {
      quoteId: quote.id,
      proof: await world.prove(from, quote),
      key: 'big',
    });
    for (const move of moves) expect(await world.untilEnded(move.id)).toMatchObject({ state: 'succeeded' });
    expect([world.balance(from) + world.balance(second), world.balance(to)]).toEqual([10_000_00n, 70_000_00n]);
    const refusal = await refusalOf(world.quote(from, payeeOf(to), 900_000_00n, { fromCardIds: null }));
    expect(refusal?.code).toBe('no_route');
    expect(refusal?.facts).toMatchObject({
      reachable_minor: expect.stringMatching(/^\d+$/),
      why_zh: expect.any(String),
    });
  });
});

describe('history', () => {
  test('is one’s own, searched by text, kind, card and month, in pages', async () => {
    const from = await world.payer('ICBC', 1_000_00n);
    const to = world.foreignCard('ABC', 0n);
    const sent = [];
    for (const note of ['房租', '100% 早餐', 'Coffee_1', 'coffee 2']) {
      world.clock.advanceMs(1);
      sent.push(await world.send(from, payeeOf(to), 1_00n, { note }));
    }
    for (const move of sent) await world.untilEnded(move.id);
    const list = (change: object) =>
      world.transfers.list(from.session, {
        text: null,
        kind: null,
        cardId: null,
        month: null,
        cursor: null,
        itemsMax: 20,
        ...change,
      });
    const notes = async (change: object) => (await list(change)).moves.map(({ note }) => note);
    expect(await notes({})).toEqual(['coffee 2', 'Coffee_1', '100% 早餐', '房租']);
    expect(await notes({ text: 'COFFEE' })).toEqual(['coffee 2', 'Coffee_1']);
    expect(await notes({ text: '%' })).toEqual(['100% 早餐']);
    expect(await notes({ text: '_' })).toEqual(['Coffee_1']);
    expect(await notes({ text: "' or 1=1--" })).toEqual([]);
    expect(await notes({ kind: 'purchase' })).toEqual([]);
    expect(await notes({ cardId: from.card.id })).toHaveLength(4);
    expect(await notes({ month: '2025-12' })).toEqual([]);
    const first = await list({ itemsMax: 3 });
    expect(first.moves).toHaveLength(3);
    expect((await list({ itemsMax: 3, cursor: first.nextCursor })).moves.map(({ note }) => note)).toEqual(['房租']);
    const stranger = await world.payer('ICBC', 1n);
    expect(
      (
        await world.transfers.list(stranger.session, {
          text: null,
          kind: null,
          cardId: null,
          month: null,
          cursor: first.nextCursor,
          itemsMax: 3,
        })
      ).moves,
    ).toEqual([]);
    expect(await codeOf(list({ month: '2026-13' }))).toBe('invalid_request');
    expect(await codeOf(list({ cursor: 'junk' }))).toBe('invalid_cursor');
    expect((await world.transfers.find(BOOK, ['tr_x', sent[0]!.id])).size).toBe(1);
  });

  test('no card number and no name stands in any row of moves, legs, quotes and payees, nor in the log', async () => {
    const from = await world.payer('ICBC', 1_000_00n);
    const to = world.foreignCard('ABC', 0n);
    await world.untilEnded((await world.send(from, payeeOf(to, '欧阳娜娜'), 1_00n)).id);
    const dump = [];
    for (const table of ['moves', 'legs', 'quotes', 'payees', 'audit_lines', 'ledger_transfers'])
      for (const row of await world.sql.unsafe(`select row_to_json(t)::text as text from ${table} t`).catch(() => []))
        dump.push(String(row['text']));
    const all = dump.join('\n') + world.cards.people.logged.join('\n');
    expect(all).toContain('*');
    for (const secret of [
      from.atBank.number,
      to.number,
      '欧阳娜娜',
      from.who.identity.name,
      from.who.identity.idNumber,
    ])
      for (const form of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')])
        expect(all).not.toContain(form);
  });
});

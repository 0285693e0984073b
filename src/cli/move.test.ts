import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { temporaryDir } from '../../test/server.ts';
import type { Move } from '../transfers/transfers.ts';
import { type MovesWorld, openMovesWorld, type Payer } from '../transfers/test-moves.ts';
import { commandLine } from './test-line.ts';

/* `hutong move …` over moves that were really made. */

const folder = await temporaryDir('move-cli');
const database = await freshDatabase();
const { hutong, json } = commandLine(folder.dir, database.url);

let world: MovesWorld;
let payer: Payer;
let done: Move;
let poor: Move;
beforeAll(async () => {
  world = await openMovesWorld(database);
  world.transfers.startWork(); // whatever a busy machine leaves undone before the clock is moved on, is taken up again
  payer = await world.payer('ICBC', 500_00n);
  const { card } = await world.anotherCard(payer, 'CMB', 0n);
  const payee = { kind: 'own_card', cardId: card.id } as const;
  done = await world.untilEnded((await world.send(payer, payee, 123_45n, { note: '房租' })).id);
  world.clock.advanceMs(1000); // what begins in one millisecond has no order
  poor = await world.untilEnded((await world.send(payer, payee, 900_00n)).id);
  world.clock.advanceMs(1000);
  await world.untilEnded((await startPurchase(5_00n)).id);
});
afterAll(async () => {
  await world.transfers.stop();
  await folder.remove();
});

async function startPurchase(fen: bigint): Promise<Move> {
  const started = await world.transfers.start(world.order(payer, fen));
  if (started instanceof Error) throw started;
  return started;
}

describe('hutong move list', () => {
  test('shows the newest first, by bank and last digits', async () => {
    const { out } = await hutong('move', 'list');
    expect(out.map((line) => line.split(/\s{2,}/).slice(2))).toEqual([
      ['KIND', 'YUAN', 'FROM', 'TO', 'STATE', 'WHY'],
      ['purchase', '5.00', `ICBC ${payer.card.last4}`, 'HTSHOP000000001', 'succeeded', '-'],
      ['transfer', '900.00', `ICBC ${payer.card.last4}`, `CMB ${poor.to?.last4}`, 'failed', poor.failure],
      ['transfer', '123.45', `ICBC ${payer.card.last4}`, `CMB ${done.to?.last4}`, 'succeeded', '-'],
    ]);
  });

  test('takes out what is asked for', async () => {
    const ids = async (...args: string[]) => (await json('move', 'list', ...args)).map(({ id }) => id);
    expect(await ids('--state', 'failed')).toEqual([poor.id]);
    expect(await ids('--kind', 'transfer')).toEqual([poor.id, done.id]);
    expect(await ids('--open')).toEqual([]);
    expect(await ids('--user', 'usr_nobody')).toEqual([]);
    const { notes, out } = await hutong('move', 'list', '--limit', '1');
    expect([out.length, notes]).toEqual([2, ['There are more: --limit shows them.']]);
  });

  test.each([
    [['--state', 'suceeded'], 'there is no state "suceeded": did you mean succeeded?'],
    [['--kind', 'gift'], 'there is no kind "gift": choose transfer, repayment, purchase, refund'],
    [['--limit', '0'], '--limit is a whole number from 1 to 1000'],
  ])('%j is told in one line', async (args, words) => {
    const ran = await hutong('move', 'list', ...args);
    expect([ran.code, ran.out, ran.notes]).toEqual([2, [], [expect.stringContaining(words)]]);
  });
});

describe('hutong move show', () => {
  test('tells each message to a bank with the numbers by which the bank knows it', async () => {
    const [shown] = await json('move', 'show', done.id);
    expect(shown).toMatchObject({
      id: done.id,
      state: 'succeeded',
      amount: { currency: 'CNY', minor: '12345' },
      from: { bank: 'ICBC', institution: '01020000', last4: payer.card.last4 },
      to: { bank: 'CMB' },
      in_between_minor: '0',
      legs: [
        { side: 'debit', state: 'approved', institution: '01020000', minor: '12345', rrn: done.rrn },
        { side: 'credit', state: 'approved', institution: '03080000', minor: '12345' },
      ],
    });
    const { out } = await hutong('move', 'show', poor.id);
    expect(out.join('\n')).toMatch(/state +failed[\s\S]+LEG +STATE +INSTITUTION[\s\S]+debit +refused +01020000/);
  });

  test('tells no name, no note and no number', async () => {
    const { atBank, who } = payer;
    const told = JSON.stringify([
      await json('move', 'list'),
      await json('move', 'show', done.id),
      await hutong('move', 'show', done.id),
    ]);
    for (const secret of [atBank.number, who.identity.name, who.identity.phone, who.identity.idNumber, '房租'])
      expect(told).not.toContain(secret);
  });

  test.each(['tr_1', 'pay_01J00000000000000000000000', 'tr_01J00000000000000000000000'])('knows no %s', async (id) => {
    expect(await hutong('move', 'show', id)).toEqual({
      code: 1,
      out: [],
      notes: ['there is no such move (not_found)'],
    });
  });
});

describe('hutong move check', () => {
  test('finds that the ledger has what the moves say', async () => {
    const ran = await hutong('move', 'check');
    expect(ran.code, ran.notes.join()).toBe(0);
    expect(ran.out.map((line) => line.split(/\s{2,}/))).toEqual([
      ['ACCOUNT', 'OWNER', 'MOVES', 'LEDGER'],
      ['transit', 'platform', '0.00', '0.00'],
      ['bank_clearing', '01020000', '128.45', '128.45'],
      ['bank_clearing', '03080000', '-123.45', '-123.45'],
      ['wallet_shop_payable', 'HTSHOP000000001', '5.00', '5.00'],
      ['The ledger has to the fen what the moves say.'],
    ]);
  });

  test('tells the account in which it has not, with exit code 1', async () => {
    await world.sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`; // as the owner of the database, whom no trigger stops
      await tx`update legs set amount_minor = amount_minor + 1 where move_id = ${done.id} and side = 'credit'`;
    });
    const ran = await hutong('move', 'check');
    expect([ran.code, ran.notes]).toEqual([1, ['The ledger is not what the moves say, in 1 account.']]);
    expect(ran.out.filter((line) => line.endsWith('differs'))).toEqual([expect.stringContaining('03080000')]);
    const told = await hutong('move', 'check', '--json');
    expect(JSON.parse(told.out[0] ?? '')).toMatchObject({ agrees: false });
  });
});

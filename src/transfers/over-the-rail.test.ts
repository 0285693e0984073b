import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { createCupsRail } from '../bank/cups.ts';
import { TEST_TIMINGS, until } from '../bank/test-rail.ts';
import type { BankRail } from '../bank/rail.ts';
import { newId } from '../base/id.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import type { Card } from '../cards/cards.ts';
import { type OpenedCards, openCards } from '../cards/open-cards.ts';
import { numberOf } from '../cards/test-cards.ts';
import type { Sql } from '../db/connect.ts';
import { createLedger, type Ledger } from '../ledger/ledger.ts';
import { addDays } from '../base/shanghai.ts';
import { openLimits } from '../limits/open-limits.ts';
import { money } from '../money/money.ts';
import { openKeyStore } from '../rail/keep-keys.ts';
import { openRailDesk } from '../rail/open-rail-desk.ts';
import { type BankSandbox, startBankSandbox } from '../sandbox/bank/bank.ts';
import type { FaultKind } from '../sandbox/bank/bank-faults.ts';
import { openPeople, type TestPeople } from '../users/test-people.ts';
import type { Session } from '../users/users.ts';
import { openCardVault } from '../vault/open-card-vault.ts';
import { checkMovesAgainstLedger } from './check-moves.ts';
import { type OpenedTransfers, openTransfers } from './open-transfers.ts';
import { openTimePassing, type TimePassing } from './test-pass-time.ts';
import type { Move, MoveId } from './transfers.ts';

/*
 * Everything real but the banks, which are the pretend ones behind a switch on TCP: messages with MACs over two links that are cut, corrupted,
 * answered late, twice or never. Whatever befalls them, the banks' books and ours say the same in the end.
 */

const START_FEN = 5_000_000n;
const BOOK = 1;

let sql: Sql;
let banks: BankSandbox;
let rail: BankRail;
let people: TestPeople;
let cards: OpenedCards;
let ledger: Ledger;
let transfers: OpenedTransfers;
let time: TimePassing;

beforeAll(async () => {
  ({ sql } = await freshDatabase());
  people = await openPeople(sql);
  const { clock, deps: base } = people;
  const { random, log, keyring } = base;
  banks = await startBankSandbox({
    port: 0,
    controlPort: 0,
    clock,
    random,
    log: silentLog,
    dataDir: null,
    withPeople: false,
  });
  const { memberSettings: member } = banks;
  rail = createCupsRail({
    clock,
    random,
    log: silentLog,
    send: () => Promise.resolve({ kind: 'not_sent', reason: 'no files here' }),
    addresses: [{ host: member.host, port: member.port }],
    links: 2,
    institution: member.institution,
    forwarder: member.institution,
    switchInstitution: member.switch_institution,
    isTest: true,
    transportKey: new Secret(member.transport_key_hex),
    algorithm: '3des',
    macMethod: 'x9.19',
    macWithLengths: true,
    keys: openKeyStore({ sql, clock, keyring }, `cups ${member.institution}`),
    filesUrl: member.files_url,
    acceptor: { no: 'HUTONG000000001', name: '互通钱包' },
    inFlightMax: 500,
    queueMax: 1000,
    // A reply that comes has to come in time on a busy machine, too; one that does not is waited for so long.
    timings: { ...TEST_TIMINGS, replyMs: 2000, networkReplyMs: 5000, echoAfterMs: 600 },
  });
  await rail.open(60_000);
  const desk = await openRailDesk({ sql, clock, log, rail });
  const vault = await openCardVault({ sql, random, log, masters: base.masters });
  const { users } = people;
  cards = await openCards({
    sql,
    clock,
    random,
    log,
    vault,
    users,
    desk,
    isInUse: (tx, book, id) => transfers.isInUse(tx, book, id),
  });
  ledger = createLedger({ sql, clock, log: silentLog, book: BOOK });
  await ledger.prepareMonths();
  const limits = openLimits({ sql, clock, log: silentLog });
  const onEnded = () => Promise.resolve();
  transfers = openTransfers({
    sql,
    clock,
    random,
    log,
    book: BOOK,
    ledger,
    limits,
    users,
    cards,
    vault,
    desk,
    onEnded,
  });
  transfers.startWork();
  time = openTimePassing({ sql, clock, isLost: () => false });
  return async () => {
    await transfers.stop();
    await rail.close();
    await banks.stop();
    await ledger.close();
  };
});

interface Owner {
  session: Session;
  mine: { card: Card; number: string }[];
}

/** A person with a card at each of two banks. */
async function owner(first = 'ICBC', second = 'CMB'): Promise<Owner> {
  const { session, phone } = await people.withPin();
  const bank = (code: string) => ({ bank: code, kind: 'debit', balanceFen: START_FEN, limits: 'none' }) as const;
  const { person, cards: given } = banks.addPerson({ name: '王小明', phone, cards: [bank(first), bank(second)] });
  const mine = [];
  for (const { number } of given) {
    people.clock.advanceMs(61_000);
    const { bindingId } = await cards.startBinding(session, {
      number: numberOf({ number }),
      phone,
      name: person.name,
      idNumber: person.idNumber,
    });
    mine.push({ card: await cards.finishBinding(session, { bindingId, code: people.lastCode(phone) }), number });
  }
  return { session: { ...session, deviceIsNew: false }, mine };
}

let asked = 0;

async function send({ session, mine }: Owner, fen: bigint, from = 0): Promise<Move> {
  const [source, target] = from === 0 ? mine : [...mine].reverse();
  if (source === undefined || target === undefined) throw new Error('two cards');
  const quote = await transfers.quote(session, {
    kind: 'transfer',
    fromCardIds: [source.card.id],
    payee: { kind: 'own_card', cardId: target.card.id },
    amount: money('CNY', fen),
    arrival: 'instant',
    note: '',
  });
  asked += 1;
  const [move] = await transfers.confirm(session, { quoteId: quote.id, proof: null, key: `k${asked}` });
  if (move === undefined) throw new Error('nothing began');
  return move;
}

/** Until all have ended, or the clock was moved on so often; then nothing is under way. */
async function untilEnded(ids: readonly MoveId[], passesMax = Infinity): Promise<Map<string, Move>> {
  for (let passes = 0; ; ) {
    const found = await transfers.find(BOOK, ids);
    const open = [...found.values()].flatMap(({ id, endedAt }) => (endedAt === null ? [id] : []));
    if (passes >= passesMax) await time.untilQuiet(open);
    if (open.length === 0 || passes >= passesMax) return found;
    if (await time.passFor(open)) passes += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What clearing does a day or two later: whether the switch's files have what is still open. */
async function learnFromFiles(): Promise<void> {
  const today = banks.settlementDay();
  const days = Array.from({ length: 40 }, (_, n) => addDays('2026-11-22', n)).filter((day) => day <= today);
  const lines = days.flatMap((day) => banks.dayLines(day));
  const { legs } = await transfers.legsOfDay(BOOK, today, null, 1000);
  const open = legs.filter(({ state }) => state === 'sent' || state === 'unknown' || state === 'reversing');
  await transfers.learn(
    BOOK,
    open.map(({ moveId, side, stan }) => {
      const isDone = lines.some((line) => line.includes(` ${stan} `));
      return { moveId, side, isDone, settlementDay: isDone ? today : addDays(today, 2) };
    }),
  );
}

async function expectBooksToAgree(): Promise<void> {
  expect(banks.isBalanced()).toBe(true);
  const check = await checkMovesAgainstLedger({ sql, ledger }, BOOK);
  expect(check.accounts.filter(({ movesMinor, ledgerMinor }) => movesMinor !== ledgerMinor)).toEqual([]);
}

describe('over the wire', () => {
  test('a transfer between two banks is done in their books and ours', async () => {
    const who = await owner();
    const move = await send(who, 123_45n);
    expect((await untilEnded([move.id])).get(move.id)).toMatchObject({ state: 'succeeded' });
    expect(who.mine.map(({ number }) => banks.balanceOf(number))).toEqual([START_FEN - 123_45n, START_FEN + 123_45n]);
    await expectBooksToAgree();
  });

  test('a purchase, its lost refund, and the rest of the refund are done in their books and ours', async () => {
    const who = await owner('BOC', 'CCB');
    const [own] = who.mine;
    if (own === undefined) throw new Error('a card');
    const order = (kind: 'purchase' | 'refund', fen: bigint, originalId: MoveId | null) => ({
      id: newId('tr', people.deps, BOOK),
      book: BOOK,
      kind,
      userId: who.session.userId,
      cardId: own.card.id,
      amount: money('CNY', fen),
      deviceIsNew: false,
      level: kind === 'purchase' ? ('strong' as const) : null,
      shop: { no: 'HTSHOP000000001', name: '胡同咖啡', mcc: '5812' },
      originalId,
    });
    const purchase = order('purchase', 50_00n, null);
    await transfers.start(purchase);
    expect((await untilEnded([purchase.id])).get(purchase.id)).toMatchObject({ state: 'succeeded' });
    banks.setFault({ kind: 'drop_reply', operation: 'refund', times: 1 });
    const [part, rest] = [order('refund', 20_00n, purchase.id), order('refund', 30_00n, purchase.id)];
    for (const refund of [part, rest]) {
      await transfers.start(refund);
      expect((await untilEnded([refund.id])).get(refund.id)).toMatchObject({ state: 'succeeded' });
    }
    expect(banks.balanceOf(own.number)).toBe(START_FEN);
    await expectBooksToAgree();
  });

  /** What befalls the message, then what the move comes to. Where both may be, the books decide nothing else. */
  const FAULTS: [FaultKind, 'transfer_out' | 'transfer_in', ('succeeded' | 'failed')[], (string | number)?][] = [
    ['decline', 'transfer_out', ['failed'], '51'],
    ['bank_down', 'transfer_out', ['failed']],
    // It came before: that says nothing of the first time, so whatever that did is taken back.
    ['decline', 'transfer_out', ['failed'], '94'],
    ['drop_request', 'transfer_out', ['failed']],
    ['drop_reply', 'transfer_out', ['failed']],
    ['late', 'transfer_out', ['failed']],
    ['twice', 'transfer_out', ['succeeded']],
    ['wrong_mac', 'transfer_out', ['failed']],
    ['wrong_amount', 'transfer_out', ['failed']],
    ['other_stan', 'transfer_out', ['failed']],
    ['close_before', 'transfer_out', ['failed']],
    ['close_middle', 'transfer_out', ['failed']],
    ['key_change', 'transfer_out', ['succeeded']],
    ['day_switch', 'transfer_out', ['succeeded']],
    ['decline', 'transfer_in', ['failed'], '62'],
    ['drop_request', 'transfer_in', ['succeeded']],
    ['drop_reply', 'transfer_in', ['succeeded']],
    ['twice', 'transfer_in', ['succeeded']],
    ['wrong_mac', 'transfer_in', ['succeeded']],
    ['wrong_amount', 'transfer_in', ['succeeded']],
    ['close_before', 'transfer_in', ['succeeded']],
    ['close_middle', 'transfer_in', ['succeeded']],
    ['corrupt', 'transfer_in', ['succeeded', 'failed']],
    ['half_open', 'transfer_in', ['succeeded']],
    ['key_change', 'transfer_in', ['succeeded']],
    ['day_switch', 'transfer_in', ['succeeded']],
  ];
  test.each(FAULTS)('%s at %s: %s', async (kind, operation, states, value) => {
    const who = await owner('ABC', 'SPDB');
    banks.setFault({ kind, operation, times: 1, ...(value === undefined ? {} : { value }) });
    const move = await send(who, 10_00n);
    const ended = (await untilEnded([move.id])).get(move.id);
    banks.clearFaults();
    expect(states).toContain(ended?.state);
    const moved = ended?.state === 'succeeded' ? 10_00n : 0n;
    expect(who.mine.map(({ number }) => banks.balanceOf(number))).toEqual([START_FEN - moved, START_FEN + moved]);
    await expectBooksToAgree();
  });

  test('a debit that is done and silent, whose reversal is silent twice and then called a duplicate twice, is back once', async () => {
    const who = await owner('SPDB', 'ABC');
    banks.setFault({ kind: 'drop_reply', operation: 'transfer_out', times: 1 });
    banks.setFault({ kind: 'drop_request', operation: 'reversal', times: 1 });
    banks.setFault({ kind: 'decline', operation: 'reversal', value: '94', times: 2 });
    banks.setFault({ kind: 'drop_reply', operation: 'reversal', times: 1 });
    const move = await send(who, 20_00n);
    const ended = (await untilEnded([move.id])).get(move.id);
    expect(ended).toMatchObject({ state: 'failed', failure: 'bank_silent' });
    expect(banks.faults()).toEqual([]);
    expect(who.mine.map(({ number }) => banks.balanceOf(number))).toEqual([START_FEN, START_FEN]);
    await expectBooksToAgree();
  });

  test('a hundred and twenty transfers under all kinds of faults: every one ends, and all books agree', async () => {
    const seed = systemRandom.bytes(4).readUInt32BE();
    const dice = seeded(seed);
    const owners = await Promise.all([owner(), owner('CCB', 'BOC'), owner('SPDB', 'ABC'), owner('CITIC', 'ICBC')]);
    const kinds: FaultKind[] = [
      'decline',
      'bank_down',
      'drop_request',
      'drop_reply',
      'late',
      'twice',
      'wrong_mac',
      'wrong_amount',
      'swap',
      'reorder',
      'close_before',
      'close_middle',
      'close_after',
      'corrupt',
      'key_change',
      'day_switch',
      'delay',
    ];
    const moves: Move[] = [];
    for (let wave = 0; wave < 10; wave++) {
      for (let n = 0; n < 8; n++) {
        const kind = kinds[Math.floor(dice() * kinds.length)] ?? 'twice';
        const operation =
          (['transfer_out', 'transfer_in', 'reversal', 'any'] as const)[Math.floor(dice() * 4)] ?? 'any';
        banks.setFault({
          kind,
          operation,
          times: 1,
          ...(kind === 'delay' ? { value: 2500 } : {}),
          ...(kind === 'decline' ? { value: '61' } : {}),
        });
      }
      const sent = await Promise.all(owners.flatMap((who) => [send(who, 7_00n), send(who, 5_00n, 1), send(who, 1n)]));
      moves.push(...sent);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    banks.clearFaults();
    // A credit that was lost and then answered "bank down" stays open until the file of the day tells.
    const ids = moves.map(({ id }) => id);
    await untilEnded(ids, 60);
    await learnFromFiles();
    const ended = await untilEnded(ids);
    for (const who of owners) {
      const net = [...ended.values()]
        .filter(({ userId, state }) => userId === who.session.userId && state === 'succeeded')
        .reduce(
          (sum, move) => sum + (move.fromCardId === who.mine[0]?.card.id ? move.amount.minor : -move.amount.minor),
          0n,
        );
      expect({ seed, fen: who.mine.map(({ number }) => banks.balanceOf(number)) }).toEqual({
        seed,
        fen: [START_FEN - net, START_FEN + net],
      });
    }
    // Afterwards all is well again.
    await until(() => rail.status().links === 2);
    for (const who of owners) {
      const move = await send(who, 3_00n);
      expect((await untilEnded([move.id])).get(move.id)).toMatchObject({ state: 'succeeded' });
    }
    await expectBooksToAgree();
  });
});

/** mulberry32: small, and the same for the same seed everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

import { newId } from '../base/id.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import type { ManualClock } from '../base/clock.ts';
import type { Card } from '../cards/cards.ts';
import type { PretendCard } from '../cards/pretend-rail.ts';
import { type BankCode, type CardsWorld, numberOf, openCardsWorld, type Somebody } from '../cards/test-cards.ts';
import { connect, type Sql } from '../db/connect.ts';
import { createLedger, type Ledger } from '../ledger/ledger.ts';
import { type OpenedLimits, openLimits } from '../limits/open-limits.ts';
import { money } from '../money/money.ts';
import { prove } from '../users/test-people.ts';
import type { Session } from '../users/users.ts';
import { checkMovesAgainstLedger } from './check-moves.ts';
import { type OpenedTransfers, openTransfers } from './open-transfers.ts';
import { createPretendBank, type PretendBank } from './pretend-bank.ts';
import { openTimePassing } from './test-pass-time.ts';
import type { EndedMove, Move, MoveId, MoveOrder, Quote, QuoteInput } from './transfers.ts';
import type { TransfersDeps } from './transfers-deps.ts';

/* For tests: real people, cards, limits, vault and books over banks in memory. */

export const BOOK = 1;
export const SHOP = { no: 'HTSHOP000000001', name: '胡同咖啡', mcc: '5812' };

/** Somebody with one bound card that the bank keeps money for. */
export interface Payer {
  who: Somebody;
  session: Session;
  card: Card;
  atBank: PretendCard;
}

export interface MovesWorld {
  sql: Sql;
  clock: ManualClock;
  cards: CardsWorld;
  bank: PretendBank;
  limits: OpenedLimits;
  ledger: Ledger;
  deps: TransfersDeps;
  transfers: OpenedTransfers;
  ended: EndedMove[];
  /** A person whose device is not new any more, with a card of this bank and so many fen on it. */
  payer(bank: BankCode, fen: bigint): Promise<Payer>;
  /** One more card of the same person. */
  anotherCard(
    payer: Payer,
    bank: BankCode,
    fen: bigint,
    isCredit?: boolean,
  ): Promise<{ card: Card; atBank: PretendCard }>;
  /** A card at a bank that nobody has bound here. */
  foreignCard(bank: BankCode, fen: bigint, isCredit?: boolean): PretendCard;
  input(from: Payer, payee: QuoteInput['payee'], fen: bigint, change?: Partial<QuoteInput>): QuoteInput;
  quote(from: Payer, payee: QuoteInput['payee'], fen: bigint, change?: Partial<QuoteInput>): Promise<Quote>;
  /** The proof that a quote asks for; null where the device is enough. */
  prove(from: Payer, quote: Quote): Promise<string | null>;
  /** Quotes, proves and confirms. */
  send(from: Payer, payee: QuoteInput['payee'], fen: bigint, change?: Partial<QuoteInput>): Promise<Move>;
  order(from: Payer, fen: bigint, change?: Partial<MoveOrder>): MoveOrder;
  balance(card: { atBank: PretendCard } | PretendCard): bigint;
  /** Waits until a move has ended, moving the clock on while it does not. */
  untilEnded(id: MoveId, transfers?: OpenedTransfers): Promise<Move>;
  move(id: string): Promise<Move>;
  /** What limits have held and used of a card, under the rule of the day. */
  heldAndUsed(from: Payer): Promise<{ held: bigint; used: bigint }>;
  /** The books agree with the moves to the fen, and the banks' books with both. */
  checkBooks(): Promise<void>;
  /** Another process over the same database and banks. */
  another(): Promise<{ transfers: OpenedTransfers; deps: TransfersDeps; die(): Promise<void> }>;
}

export async function openMovesWorld(database: { sql: Sql; url: string }): Promise<MovesWorld> {
  const { sql } = database;
  const cards = await openCardsWorld(sql);
  const { clock } = cards.people;
  const bank = createPretendBank(clock);
  Object.assign(cards.rail, bank.rail); // the money side of the same pretend banks
  const ledger = createLedger({ sql, clock, log: silentLog, book: BOOK });
  await ledger.prepareMonths();
  const limits = openLimits({ sql, clock, log: silentLog });
  const ended: EndedMove[] = [];
  const deps: TransfersDeps = {
    sql,
    clock,
    random: systemRandom,
    log: cards.deps.log,
    book: BOOK,
    ledger,
    limits,
    users: cards.people.users,
    cards: cards.cards,
    vault: cards.deps.vault,
    desk: cards.deps.desk,
    onEnded: async (_tx, moves) => void ended.push(...moves),
  };
  const transfers = openTransfers(deps);
  const hangs = (rrn: string): boolean =>
    bank.seen.findLast(({ stamp }) => stamp.rrn === rrn)?.fault.startsWith('hangs') === true;
  const time = openTimePassing({ sql, clock, isLost: hangs });
  const started = bankTotal(bank);
  let minted = started;

  function keep(card: PretendCard, fen: bigint): PretendCard {
    bank.balances.set(card.number, fen);
    minted += fen;
    return card;
  }

  const world: MovesWorld = {
    sql,
    clock,
    cards,
    bank,
    limits,
    ledger,
    deps,
    transfers,
    ended,
    async payer(code, fen) {
      const who = await cards.somebody();
      const atBank = keep(cards.issue(code, who.identity, { ledgerFen: fen }), fen);
      const card = await cards.bind(who, atBank);
      return { who, session: { ...who.session, deviceIsNew: false }, card, atBank };
    },
    async anotherCard(payer, code, fen, isCredit = false) {
      const atBank = keep(cards.issue(code, payer.who.identity, { ledgerFen: fen, isCredit }), fen);
      return { card: await cards.bind(payer.who, atBank), atBank };
    },
    foreignCard: (code, fen, isCredit = false) =>
      keep(cards.issue(code, { name: '李四', idNumber: '', phone: '' }, { isCredit }), fen),
    input: (from, payee, fen, change = {}) => ({
      kind: 'transfer',
      fromCardIds: [from.card.id],
      payee,
      amount: money('CNY', fen),
      arrival: 'instant',
      note: '',
      ...change,
    }),
    quote: (from, payee, fen, change) => transfers.quote(from.session, world.input(from, payee, fen, change)),
    async prove(from, quote) {
      if (quote.level === 'device') return null;
      return await prove(
        cards.people,
        { session: from.session, phone: from.who.identity.phone },
        quote.act,
        quote.level,
      );
    },
    async send(from, payee, fen, change) {
      const quote = await world.quote(from, payee, fen, change);
      const proof = await world.prove(from, quote);
      const [move] = await transfers.confirm(from.session, { quoteId: quote.id, proof, key: `key-${quote.id}` });
      if (move === undefined) throw new Error('nothing was confirmed');
      return move;
    },
    order: (from, fen, change = {}) => ({
      id: newId('tr', deps, BOOK),
      book: BOOK,
      kind: 'purchase',
      userId: from.session.userId,
      cardId: from.card.id,
      amount: money('CNY', fen),
      deviceIsNew: false,
      level: 'strong',
      shop: SHOP,
      originalId: null,
      ...change,
    }),
    balance: (card) => bank.balances.get('atBank' in card ? card.atBank.number : card.number) ?? 0n,
    async untilEnded(id, by = transfers) {
      for (;;) {
        const move = await by.settle(id, 20);
        if (move.endedAt !== null) return move;
        await time.passFor([id]);
      }
    },
    async move(id) {
      const found = (await transfers.find(BOOK, [id])).get(id);
      if (found === undefined) throw new Error('no such move');
      return found;
    },
    async heldAndUsed(from) {
      const [lines = []] = await limits.left(sql, [
        {
          book: BOOK,
          userId: from.session.userId,
          cardId: from.card.id,
          bank: from.card.bank,
          accountClass: 1,
          kind: 'transfer',
          targetCardId: null,
          targetClass: null,
          grade: null,
          at: clock.now(),
          deviceIsNew: false,
        },
      ]);
      const line = lines.find(
        ({ window, subject, unit }) => window === 'day' && subject === 'card' && unit === 'money',
      );
      return { held: line?.held ?? 0n, used: line?.used ?? 0n };
    },
    async checkBooks() {
      const check = await checkMovesAgainstLedger({ sql, ledger }, BOOK);
      if (!check.agrees)
        throw new Error(
          `the books differ: ${JSON.stringify(check.accounts, (_k, v: unknown) => (typeof v === 'bigint' ? `${v}` : v))}`,
        );
      const { taken, given, givenBack } = bank.totals();
      if (bankTotal(bank) !== minted - taken + given + givenBack) throw new Error('the pretend banks lost count');
      const sum = (kind: 'transit' | 'bank_clearing' | 'wallet_shop_payable') =>
        check.accounts.filter((row) => row.account === kind).reduce((all, row) => all + row.ledgerMinor, 0n);
      if (sum('bank_clearing') !== sum('transit') + sum('wallet_shop_payable'))
        throw new Error('the books do not balance');
      const [open] = await sql<{ count: bigint }[]>`select count(*) from moves where ended_at is null`;
      if (open?.count === 0n && sum('bank_clearing') !== taken - givenBack - given)
        throw new Error(`the banks took ${taken - givenBack - given}, the books say ${sum('bank_clearing')}`);
    },
    async another() {
      const own = connect(database.url, { connectionsMax: 4, applicationName: 'another process' });
      const ownLedger = createLedger({ sql: own, clock, log: silentLog, book: BOOK });
      const otherDeps = { ...deps, sql: own, ledger: ownLedger };
      return { transfers: openTransfers(otherDeps), deps: otherDeps, die: () => own.end({ timeout: 0 }) };
    },
  };
  return world;
}

function bankTotal(bank: PretendBank): bigint {
  return [...bank.balances.values()].reduce((sum, fen) => sum + fen, 0n);
}

export function payeeOf(card: PretendCard, name = '李四'): QuoteInput['payee'] {
  return { kind: 'card', number: numberOf(card), name };
}

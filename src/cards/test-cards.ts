import { CardNumber } from '../base/card-number.ts';
import type { Identity } from '../bank/rail.ts';
import { systemRandom } from '../base/random.ts';
import type { Sql } from '../db/connect.ts';
import { openRailDesk } from '../rail/open-rail-desk.ts';
import { GOOD_PIN, openPeople, type TestPeople } from '../users/test-people.ts';
import type { Session } from '../users/users.ts';
import type { OpenUsersDeps } from '../users/users-deps.ts';
import { openCardVault } from '../vault/open-card-vault.ts';
import type { Card } from './cards.ts';
import type { OpenCardsDeps } from './cards-deps.ts';
import { passesLuhn } from './luhn.ts';
import { type OpenedCards, openCards } from './open-cards.ts';
import { createPretendRail, type PretendCard, type PretendRail } from './pretend-rail.ts';

/* For tests: real people and a real vault over banks in memory. */

/** Bank, institution, prefix and length of debit and credit cards. */
const BANKS = {
  ICBC: ['01020000', '622202', 19, '427020', 16],
  ABC: ['01030000', '622848', 19, '404119', 16],
  CMB: ['03080000', '622588', 16, '439188', 16],
  SPDB: ['03100000', '622521', 16, '404738', 16],
} as const;

export type BankCode = keyof typeof BANKS;

export interface Somebody {
  session: Session;
  identity: Identity;
}

export interface CardsWorld {
  sql: Sql;
  people: TestPeople;
  cards: OpenedCards;
  rail: PretendRail;
  deps: OpenCardsDeps;
  /** Ids of cards whose money is under way. */
  inUse: Set<string>;
  /** Signs up somebody with a PIN and papers. */
  somebody(name?: string): Promise<Somebody>;
  /** A card that a bank has given to somebody. */
  issue(bank: BankCode, holder: Identity, change?: Partial<PretendCard>): PretendCard;
  /** Binds it, with the code that comes to the phone. */
  bind(who: Somebody, card: PretendCard): Promise<Card>;
  start(who: Somebody, card: PretendCard, change?: Partial<Identity>): ReturnType<OpenedCards['startBinding']>;
  unbind(who: Somebody, cardId: string): Promise<void>;
  /** A minute later, so that a phone may be sent another code. */
  aMinuteLater(): void;
  openAnother(change: Partial<OpenCardsDeps>): Promise<OpenedCards>;
}

export async function openCardsWorld(sql: Sql, masters?: OpenUsersDeps['masters']): Promise<CardsWorld> {
  const people = await openPeople(sql, masters);
  const { clock, deps } = people;
  const { log, random } = deps;
  const rail = createPretendRail();
  const desk = await openRailDesk({ sql, clock, log, rail });
  const inUse = new Set<string>();
  const vault = await openCardVault({ sql, random, log, masters: deps.masters });
  const cardsDeps: OpenCardsDeps = {
    sql,
    clock,
    random,
    log,
    vault,
    users: people.users,
    desk,
    isInUse: async (_tx, _book, cardId) => inUse.has(cardId),
    balanceDeadlineMs: 60_000, // for slow machines; a bank that is silent is so for less
  };
  const cards = await openCards(cardsDeps);
  let born = 0;
  const world: CardsWorld = {
    sql,
    people,
    cards,
    rail,
    deps: cardsDeps,
    inUse,
    async somebody(name = '王小明') {
      const { session, phone } = await people.withPin();
      return { session, identity: { name, idNumber: idNumberNo(++born), phone } };
    },
    issue(bank, identity, change = {}) {
      const [issuer, debit, debitLength, credit, creditLength] = BANKS[bank];
      const number = change.isCredit === true ? cardNumber(credit, creditLength) : cardNumber(debit, debitLength);
      const card: PretendCard = {
        number,
        issuer,
        identity,
        accountClass: 1,
        ledgerFen: 100_000n,
        isCredit: false,
        mood: 'well',
        delayMs: 0,
        ...change,
      };
      rail.cards.set(card.number, card);
      return card;
    },
    start: (who, card, change = {}) =>
      cards.startBinding(who.session, { number: numberOf(card), ...card.identity, ...change }),
    async bind(who, card) {
      world.aMinuteLater();
      const { bindingId } = await world.start(who, card);
      return cards.finishBinding(who.session, { bindingId, code: people.lastCode(card.identity.phone) });
    },
    async unbind({ session }, cardId) {
      const offer = await people.users.offerProof(session, await cards.unbindAct(session, cardId), 'pin');
      const proof = await people.users.proveAct(session, offer.proofId, { pin: GOOD_PIN, code: null, passkey: null });
      await cards.unbind(session, cardId, proof.token);
    },
    aMinuteLater: () => clock.advanceMs(61_000),
    openAnother: (change) => openCards({ ...cardsDeps, ...change }),
  };
  return world;
}

export function numberOf({ number }: { number: string }): CardNumber {
  const read = CardNumber.read(number);
  if (read === null) throw new Error('not a card number');
  return read;
}

/** With a right check digit. */
export function cardNumber(prefix: string, length: number): string {
  const middle = Array.from(systemRandom.bytes(length - prefix.length - 1), (byte) => byte % 10).join('');
  return lastDigit(prefix + middle);
}

function lastDigit(start: string): string {
  for (let last = 0; ; last++) if (passesLuhn(`${start}${last}`)) return `${start}${last}`;
}

/** GB 11643, one for each number below a thousand. */
export function idNumberNo(no: number): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const start = `31010119900307${String(no).padStart(3, '0')}`;
  const sum = weights.reduce((total, weight, at) => total + weight * Number(start[at]), 0);
  return start + ('10X98765432'[sum % 11] ?? '');
}

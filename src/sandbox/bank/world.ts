import { assert } from '../../base/assert.ts';
import { BankBooks, cardAccount, clearingAccount, settledAccount } from './bank-books.ts';
import { shanghaiDay } from './bank-day.ts';
import { banks, findBank } from './banks.ts';
import { type Card, type CardLimits, newUsage, type Person, usageOn } from './card.ts';
import type { Algorithm } from './seal.ts';
import type { Act, ActLine, CardOpening, WorldEvent } from './world-event.ts';

/** Who is connected to the switch and pays for what its people do. */
export interface Member {
  institution: string;
  name: string;
  transportKey: Buffer;
  algorithm: Algorithm;
  /** The working keys that the member last took over; null before the first. */
  pinKey: Buffer | null;
  macKey: Buffer | null;
}

/** All that the switch and the banks know. It changes by `apply` alone. */
export class World {
  readonly members = new Map<string, Member>();
  readonly people = new Map<string, Person>();
  readonly cards = new Map<string, Card>();
  readonly acts = new Map<string, Act>();
  readonly actsOfDay = new Map<string, Act[]>();
  /** Keys of messages that were reversed before they came: they are refused for good. */
  readonly barred = new Set<string>();
  readonly books: ReadonlyMap<string, BankBooks> = new Map(banks.map((bank) => [bank.code, new BankBooks()]));
  readonly #cardsOf = new Map<string, Card[]>();
  readonly #byIdNumber = new Map<string, Person[]>();
  /** `2026-11-23`; empty before the first event of a day. */
  settlementDay = '';

  apply(event: WorldEvent): void {
    switch (event.kind) {
      case 'member': {
        const { institution, name, algorithm } = event;
        const transportKey = Buffer.from(event.transportKey, 'hex');
        this.members.set(institution, { institution, name, algorithm, transportKey, pinKey: null, macKey: null });
        return;
      }
      case 'key': {
        const member = this.members.get(event.institution);
        assert(member !== undefined, 'a key belongs to a member');
        member[event.which === 'pin' ? 'pinKey' : 'macKey'] = Buffer.from(event.key, 'hex');
        return;
      }
      case 'person': {
        const { id, name, idNumber, phone } = event;
        const person = { id, name, idNumber, phone };
        this.people.set(id, person);
        this.#byIdNumber.set(idNumber, [...this.findPeople(idNumber), person]);
        return;
      }
      case 'card':
        return this.#openCard(event, event.at);
      case 'status':
        return void (this.#card(event.number).status = event.status);
      case 'tries':
        return void (this.#card(event.number).pinTries = event.count);
      case 'act':
        return this.#addAct(event);
      case 'barred':
        return void this.barred.add(event.key);
      case 'day':
        return this.#changeDay(event.day, event.at);
      default:
        event satisfies never;
    }
  }

  booksOf(bank: string): BankBooks {
    const books = this.books.get(bank);
    assert(books !== undefined, 'every bank has books');
    return books;
  }

  /** What the holder has; negative is what he owes. */
  ledgerFen(card: Card): bigint {
    return -this.booksOf(card.bank.code).sumOf(cardAccount(card.number));
  }

  /** What can be spent now. */
  availableFen(card: Card): bigint {
    return this.ledgerFen(card) + card.creditFen;
  }

  cardsOf(personId: string): readonly Card[] {
    return this.#cardsOf.get(personId) ?? [];
  }

  /** Everybody with this ID number. */
  findPeople(idNumber: string): readonly Person[] {
    return this.#byIdNumber.get(idNumber) ?? [];
  }

  #card(number: string): Card {
    const card = this.cards.get(number);
    assert(card !== undefined, 'the card is there');
    return card;
  }

  #openCard(opening: CardOpening, at: string): void {
    const [bank, person] = [findBank(opening.bank), this.people.get(opening.person)];
    assert(bank !== null && person !== undefined && !this.cards.has(opening.number), 'a new card of a known person');
    const { bill } = opening;
    const card: Card = {
      number: opening.number,
      bank,
      person,
      kind: opening.cardKind,
      accountClass: opening.accountClass,
      phone: opening.phone,
      pin: opening.pin,
      status: 'active',
      creditFen: BigInt(opening.creditFen),
      bill: bill && { ...bill, amountFen: BigInt(bill.amountFen), minimumFen: BigInt(bill.minimumFen) },
      limits: readLimits(opening.limits),
      used: newUsage(),
      pinTries: 0,
    };
    this.cards.set(card.number, card);
    const owned = this.#cardsOf.get(person.id);
    if (owned === undefined) this.#cardsOf.set(person.id, [card]);
    else owned.push(card);
    const fen = card.kind === 'debit' ? -BigInt(opening.openingFen) : BigInt(opening.openingFen);
    const lines = [
      { account: cardAccount(card.number), fen },
      { account: 'cash', fen: -fen },
    ];
    this.booksOf(bank.code).post({ at, what: 'opening', lines });
  }

  #addAct(line: ActLine): void {
    const { at, ...kept } = line;
    const act: Act = { ...kept, amountFen: BigInt(line.amountFen), reversedOn: null, refundedFen: 0n };
    this.acts.set(act.key, act);
    const ofDay = this.actsOfDay.get(act.day);
    if (ofDay === undefined) this.actsOfDay.set(act.day, [act]);
    else ofDay.push(act);
    if (act.code !== '00') return;
    const card = this.#card(act.number);
    const original = act.original === null ? undefined : this.acts.get(act.original);
    if (act.operation === 'reversal') {
      // A second reversal of the same thing is told `00` again and moves nothing.
      if (original === undefined || original.reversedOn !== null) return;
      original.reversedOn = act.day;
    }
    if (act.operation === 'refund' && original !== undefined) original.refundedFen += act.amountFen;
    const isOut = act.operation === 'purchase' || act.operation === 'transfer_out';
    const fen = isOut ? act.amountFen : -act.amountFen;
    const clearing = clearingAccount(act.institution, act.day);
    const lines = [
      { account: cardAccount(card.number), fen },
      { account: clearing, fen: -fen },
    ];
    this.booksOf(act.bank).post({ at, what: act.operation, lines });
    countUse(card, act, shanghaiDay(new Date(at)));
  }

  /** Closes the days before `day`: what the banks owe the members, or are owed, is paid. */
  #changeDay(day: string, at: string): void {
    this.settlementDay = day;
    for (const books of this.books.values()) {
      for (const { account, fen } of books.accounts()) {
        const [kind, institution = '', ofDay = ''] = account.split(':');
        if (kind !== 'clearing' || fen === 0n || ofDay >= day) continue;
        const lines = [
          { account, fen: -fen },
          { account: settledAccount(institution), fen },
        ];
        books.post({ at, what: `settled ${ofDay}`, lines });
      }
    }
  }
}

function countUse(card: Card, act: Act, day: string): void {
  const used = usageOn(card, day);
  if (act.operation === 'purchase' || act.operation === 'transfer_out') {
    used.outFen += act.amountFen;
    used.yearOutFen += act.amountFen;
    used.outCount++;
  } else if (act.operation === 'transfer_in') {
    used.inFen += act.amountFen;
    used.yearInFen += act.amountFen;
  } else if (act.operation === 'reversal' && used.outFen >= act.amountFen && used.outCount > 0) {
    // Given back on the day on which it was used; the day after, the counter has begun anew.
    used.outFen -= act.amountFen;
    used.yearOutFen -= act.amountFen;
    used.outCount--;
  }
}

function readLimits(texts: CardOpening['limits']): CardLimits {
  const fen = (text: string | null): bigint | null => (text === null ? null : BigInt(text));
  const count = (text: string | null): number | null => (text === null ? null : Number(text));
  return {
    paymentMaxFen: fen(texts.paymentMaxFen),
    dayMaxFen: fen(texts.dayMaxFen),
    yearMaxFen: fen(texts.yearMaxFen),
    dayMaxCount: count(texts.dayMaxCount),
    dayInMaxFen: fen(texts.dayInMaxFen),
    yearInMaxFen: fen(texts.yearInMaxFen),
    balanceMaxFen: fen(texts.balanceMaxFen),
    dayMaxEnquiries: count(texts.dayMaxEnquiries),
  };
}

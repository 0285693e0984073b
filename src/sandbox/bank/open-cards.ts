import type { Random } from '../../base/random.ts';
import { type CardShape, findBank } from './banks.ts';
import { type Bill, type Card, type CardLimits, noLimits, type Person, usualLimits } from './card.ts';
import { mintCardNumber, mintIdNumber, randomDigits } from './mint.ts';
import type { World } from './world.ts';
import type { CardOpening, WorldEvent } from './world-event.ts';

export interface NewCard {
  /** `ICBC`, `CMB` … */
  bank: string;
  kind: 'debit' | 'credit';
  /** Debit: what is on it. Nothing when left out. */
  balanceFen?: bigint;
  /** Debit: I when left out. */
  accountClass?: 1 | 2 | 3;
  /** Credit: how much may be owed; ¥50,000 when left out. */
  creditFen?: bigint;
  /** Credit: what is owed now, the bill included. */
  owedFen?: bigint;
  bill?: Bill | null;
  /** The phone that this bank has on record, when it is not the person's. */
  phone?: string;
  pin?: string;
  /** What is left out is as the bank usually has it; `none`: no limits at all. */
  limits?: Partial<CardLimits> | 'none';
}

export interface NewPerson {
  name: string;
  phone: string;
  /** Made up, with a right check digit, when left out. */
  idNumber?: string;
  cards: readonly NewCard[];
}

const BIRTH_MONTH_AND_DAY = '0412';
const FIRST_YEAR = 1990;
const YEARS = 40;
/** Of the thousand numbers of one day, so that one that is free is soon drawn. */
const BORN_ON_A_DAY = 100;
const CREDIT_FEN = 5_000_000n;

/** What has to be recorded so that these people and their cards are there. @throws RangeError for a bank or number that cannot be */
export function openPerson(
  world: World,
  random: Random,
  at: Date,
  wanted: NewPerson,
): { person: Person; events: WorldEvent[] } {
  const { name, phone, idNumber = mintFreeIdNumber(world, random) } = wanted;
  if (name.length === 0 || name.length > 50) throw new RangeError('a name has 1 to 50 characters');
  if (!/^1[3-9]\d{9}$/.test(phone)) throw new RangeError('a phone number has 11 digits and begins with 13 to 19');
  if (!/^\d{17}[\dX]$/.test(idNumber)) throw new RangeError('an ID number has 18 characters');
  const person: Person = { id: `p${world.people.size + 1}`, name, idNumber, phone };
  const events: WorldEvent[] = [{ kind: 'person', ...person }];
  const taken = new Set(world.cards.keys());
  for (const card of wanted.cards) {
    const opening = openCard(random, at, person, card, taken);
    taken.add(opening.number);
    events.push(opening);
  }
  return { person, events };
}

function openCard(
  random: Random,
  at: Date,
  person: Person,
  wanted: NewCard,
  taken: ReadonlySet<string>,
): Extract<WorldEvent, { kind: 'card' }> {
  const bank = findBank(wanted.bank);
  if (bank === null) throw new RangeError('there is no such bank');
  const { kind, accountClass = 1, balanceFen = 0n, owedFen = 0n, bill = null, creditFen = CREDIT_FEN } = wanted;
  if (balanceFen < 0n || owedFen < 0n || creditFen < 0n) throw new RangeError('an amount is not negative');
  if (!/^1[3-9]\d{9}$/.test(wanted.phone ?? person.phone)) throw new RangeError('a phone number has 11 digits');
  const opening: CardOpening = {
    number: freshNumber(random, kind === 'debit' ? bank.debit : bank.credit, taken),
    bank: bank.code,
    person: person.id,
    cardKind: kind,
    accountClass,
    phone: wanted.phone ?? person.phone,
    pin: wanted.pin ?? randomDigits(random, 6),
    openingFen: String(kind === 'debit' ? balanceFen : owedFen),
    creditFen: String(kind === 'debit' ? 0n : creditFen),
    bill: bill && { ...bill, amountFen: String(bill.amountFen), minimumFen: String(bill.minimumFen) },
    limits: writeLimits(
      wanted.limits === 'none' ? noLimits : { ...usualLimits(bank, kind, accountClass), ...wanted.limits },
    ),
  };
  return { kind: 'card', at: at.toISOString(), ...opening };
}

function freshNumber(random: Random, shape: CardShape, taken: ReadonlySet<string>): string {
  for (;;) {
    const number = mintCardNumber(random, shape);
    if (!taken.has(number)) return number;
  }
}

function writeLimits(limits: CardLimits): CardOpening['limits'] {
  const text = (limit: bigint | number | null): string | null => (limit === null ? null : String(limit));
  return {
    paymentMaxFen: text(limits.paymentMaxFen),
    dayMaxFen: text(limits.dayMaxFen),
    yearMaxFen: text(limits.yearMaxFen),
    dayMaxCount: text(limits.dayMaxCount),
    dayInMaxFen: text(limits.dayInMaxFen),
    yearInMaxFen: text(limits.yearInMaxFen),
    balanceMaxFen: text(limits.balanceMaxFen),
    dayMaxEnquiries: text(limits.dayMaxEnquiries),
  };
}

/** A card as it is shown to whoever runs the sandbox. */
export interface ShownCard {
  number: string;
  bank: string;
  institution: string;
  kind: Card['kind'];
  accountClass: Card['accountClass'];
  holder: string;
  phone: string;
  pin: string;
  status: Card['status'];
  /** Negative is what is owed. */
  ledgerFen: bigint;
  availableFen: bigint;
  creditFen: bigint;
  bill: Bill | null;
}

export function showCard(world: World, card: Card): ShownCard {
  const { number, bank, kind, accountClass, person, phone, pin, status, creditFen, bill } = card;
  return {
    number,
    bank: bank.code,
    institution: bank.institution,
    kind,
    accountClass,
    holder: person.name,
    phone,
    pin,
    status,
    ledgerFen: world.ledgerFen(card),
    availableFen: world.availableFen(card),
    creditFen,
    bill,
  };
}

/** A number that nobody has: what is asked of one person is never held against another. */
function mintFreeIdNumber(world: World, random: Random): string {
  const year = FIRST_YEAR - (Math.floor(world.people.size / BORN_ON_A_DAY) % YEARS);
  for (;;) {
    const idNumber = mintIdNumber(random, `${year}${BIRTH_MONTH_AND_DAY}`);
    if (world.findPeople(idNumber).length === 0) return idNumber;
  }
}

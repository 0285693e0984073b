import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { BankBooks } from './bank-books.ts';
import { settlementDayAt } from './bank-day.ts';
import type { BankFault } from './bank-faults.ts';
import { BankSwitch, SWITCH_NO, type SeenMessage } from './bank-switch.ts';
import type { CardStatus, Person } from './card.ts';
import { type BankDoor, openBankDoor } from './control-door.ts';
import { dayLines } from './day-file.ts';
import { firstPeople } from './first-people.ts';
import { Journal } from './journal.ts';
import { type NewPerson, openPerson, type ShownCard, showCard } from './open-cards.ts';
import type { Algorithm } from './seal.ts';
import { addTotals, isWorldBalanced, type MemberTotal } from './totals.ts';
import { World } from './world.ts';
import type { WorldEvent } from './world-event.ts';

const BOOKS_FILE = 'banks.jsonl';
const KEY_BYTES = 16;

export interface BankSandboxOptions {
  /** Where members connect; 0 picks a free one. */
  port: number;
  /** Pages, control and day files; 0 picks a free one. */
  controlPort: number;
  clock: Clock;
  random: Random;
  log: Log;
  /** Where books are kept; null keeps them in memory. One process at a time. */
  dataDir: string | null;
  /** Of the first member when there is none yet: `3des` when left out. */
  algorithm?: Algorithm;
  /** Whether to begin with five pretend people, when nobody is there yet: true when left out. */
  withPeople?: boolean;
}

/** What a member is told when it joins the switch. */
export interface MemberSettings {
  host: string;
  port: number;
  institution: string;
  switch_institution: string;
  algorithm: Algorithm;
  transport_key_hex: string;
  /** The day's file is at `{files_url}/{institution}/{YYYYMMDD}/COM`. */
  files_url: string;
}

export interface AddedPerson {
  person: Person;
  cards: ShownCard[];
}

/** The hands of a test or a demo. */
export interface BankControl {
  /** @throws RangeError for a bank or number that cannot be */
  addPerson(person: NewPerson): AddedPerson;
  people(): AddedPerson[];
  /** @throws RangeError when there is no such card */
  card(number: string): ShownCard;
  setCardStatus(number: string, status: CardStatus): void;
  /** Negative is what is owed. @throws RangeError when there is no such card */
  balanceOf(number: string): bigint;
  /** @throws RangeError when there is no such bank */
  books(bank: string): BankBooks;
  totals(institution?: string): MemberTotal[];
  /** Whether every bank's books sum to zero and agree with every message that was approved. */
  isBalanced(): boolean;
  settlementDay(): string;
  /** Closes the settlement day; answers the one that begins. */
  switchDay(): string;
  /** The lines of a day's file as they stand now. */
  dayLines(day: string, institution?: string): string[];
  seen(): { count: number; latest: SeenMessage[] };
  setFault(fault: BankFault): void;
  clearFaults(): void;
  faults(): BankFault[];
  members(): MemberSettings[];
  /** Another institution on the switch. @throws RangeError when the number is taken or is none */
  addMember(member: { institution: string; name: string; algorithm: Algorithm }): MemberSettings;
  links(): { institution: string | null; isSignedOn: boolean }[];
}

export interface BankSandbox extends BankControl {
  /** Of the switch. */
  port: number;
  /** Of the pages, without a slash at the end; the control is under `{url}/sandbox`. */
  url: string;
  controlUrl: string;
  /** The first member's, ready to be typed into Hutong. */
  memberSettings: MemberSettings;
  stop(): Promise<void>;
}

export const FIRST_MEMBER = '48490000';

/**
 * The banks of the pretend world: a switch on TCP, twelve issuers with their people and books, and a door for browsers and tests.
 * @throws Error when a port is taken or the folder's books cannot be read
 */
export async function startBankSandbox(options: BankSandboxOptions): Promise<BankSandbox> {
  const { clock, random, log, dataDir } = options;
  const world = new World();
  const path = dataDir === null ? null : join(dataDir, BOOKS_FILE);
  const journal = new Journal<WorldEvent>(path, log, (event) => world.apply(event));
  const owner = new BankSwitch({ world, journal, clock, random, log });
  const addresses = { port: 0, filesUrl: '' };
  const control = createControl(owner, addresses);
  if (world.settlementDay === '') {
    owner.record({ kind: 'day', day: settlementDayAt(clock.now()), at: clock.now().toISOString() });
  }
  if (world.members.size === 0) {
    control.addMember({ institution: FIRST_MEMBER, name: 'Hutong', algorithm: options.algorithm ?? '3des' });
  }
  if (world.people.size === 0 && options.withPeople !== false) {
    for (const person of firstPeople(clock.now())) control.addPerson(person);
  }
  let door: BankDoor | null = null;
  const stop = async (): Promise<void> => {
    await door?.close();
    await owner.stop();
    journal.close();
  };
  try {
    addresses.port = await owner.listen(options.port);
    door = await openBankDoor(owner, control, options.controlPort);
  } catch (error) {
    await stop();
    throw error;
  }
  addresses.filesUrl = `${door.url}/files`;
  let stopped: Promise<void> | null = null;
  const [memberSettings] = control.members();
  if (memberSettings === undefined) throw new Error('the switch has no member');
  return {
    ...control,
    port: addresses.port,
    url: door.url,
    controlUrl: `${door.url}/sandbox`,
    memberSettings,
    stop: () => (stopped ??= stop()),
  };
}

function createControl(owner: BankSwitch, addresses: { port: number; filesUrl: string }): BankControl {
  const { world, random, clock } = owner.deps;
  const shown = (person: Person): AddedPerson => ({
    person,
    cards: world.cardsOf(person.id).map((card) => showCard(world, card)),
  });
  const need = (number: string): ShownCard => {
    const card = world.cards.get(number);
    if (card === undefined) throw new RangeError('there is no such card');
    return showCard(world, card);
  };
  const settings = (institution: string): MemberSettings => {
    const member = world.members.get(institution);
    if (member === undefined) throw new RangeError('there is no such member');
    return {
      host: '127.0.0.1',
      port: addresses.port,
      institution,
      switch_institution: SWITCH_NO,
      algorithm: member.algorithm,
      transport_key_hex: member.transportKey.toString('hex').toUpperCase(),
      files_url: addresses.filesUrl,
    };
  };
  return {
    addPerson(wanted) {
      const { person, events } = openPerson(world, random, clock.now(), wanted);
      for (const event of events) owner.record(event);
      return shown(person);
    },
    people: () => [...world.people.values()].map(shown),
    card: need,
    setCardStatus(number, status) {
      need(number);
      owner.record({ kind: 'status', number, status });
    },
    balanceOf: (number) => need(number).ledgerFen,
    books(bank) {
      const books = world.books.get(bank);
      if (books === undefined) throw new RangeError('there is no such bank');
      return books;
    },
    totals: (institution) => addTotals(world, institution),
    isBalanced: () => isWorldBalanced(world),
    settlementDay() {
      owner.keepDay();
      return world.settlementDay;
    },
    switchDay: () => owner.switchDay(),
    dayLines: (day, institution = FIRST_MEMBER) => dayLines(world, institution, day),
    seen: () => owner.seen(),
    setFault: (fault) => owner.faults.set(fault),
    clearFaults: () => owner.faults.clear(),
    faults: () => owner.faults.list(),
    members: () => [...world.members.keys()].map(settings),
    addMember({ institution, name, algorithm }) {
      if (!/^\d{8}$/.test(institution) || world.members.has(institution)) {
        throw new RangeError('a member has eight digits of its own');
      }
      const transportKey = random.bytes(KEY_BYTES).toString('hex');
      owner.record({ kind: 'member', institution, name, algorithm, transportKey });
      return settings(institution);
    },
    links: () => owner.links(),
  };
}

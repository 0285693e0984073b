import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { createCupsRail } from '../bank/cups.ts';
import { CUPS_TIMINGS_USUAL } from '../bank/cups-options.ts';
import type { BankRail } from '../bank/rail.ts';
import { CardNumber } from '../base/card-number.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { openRailDesk } from '../rail/open-rail-desk.ts';
import type { AddedPerson, BankSandbox } from '../sandbox/bank/bank.ts';
import { startTestBanks } from '../sandbox/bank/test-member.ts';
import { codeOf, openPeople, type TestPeople } from '../users/test-people.ts';
import type { Session } from '../users/users.ts';
import { openCardVault } from '../vault/open-card-vault.ts';
import type { CardBalance } from './cards.ts';
import { type OpenedCards, openCards } from './open-cards.ts';

/* Cards over the real rail, against the pretend banks that speak the switch's wire. */

const { sql } = await freshDatabase();
let banks: BankSandbox;
let rail: BankRail;
let people: TestPeople;
let cards: OpenedCards;

beforeAll(async () => {
  people = await openPeople(sql);
  const { clock, deps } = people;
  banks = await startTestBanks({ clock, withPeople: true });
  const { memberSettings: member } = banks;
  let kept: string | null = null;
  rail = createCupsRail({
    clock,
    random: systemRandom,
    log: silentLog,
    send: () => Promise.resolve({ kind: 'not_sent', reason: 'no files here' }),
    addresses: [{ host: member.host, port: member.port }],
    links: 2,
    institution: member.institution,
    forwarder: member.institution,
    switchInstitution: member.switch_institution,
    isTest: true,
    transportKey: new Secret(member.transport_key_hex),
    algorithm: member.algorithm,
    macMethod: 'x9.19',
    macWithLengths: true,
    keys: {
      load: () => Promise.resolve(kept),
      save: async (text) => {
        kept = text;
      },
    },
    filesUrl: null,
    acceptor: { no: 'HUTONG000000001', name: '互通钱包' },
    inFlightMax: 100,
    queueMax: 100,
    timings: CUPS_TIMINGS_USUAL,
  });
  await rail.open(60_000);
  const desk = await openRailDesk({ sql, clock, log: silentLog, rail });
  const { log, random, masters } = deps;
  const vault = await openCardVault({ sql, random, log, masters });
  const isInUse = async (): Promise<boolean> => false;
  const users = people.users;
  cards = await openCards({ sql, clock, random, log, vault, users, desk, isInUse, balanceDeadlineMs: 1500 });
});
afterAll(async () => {
  await rail.close();
  await banks.stop();
});

/** Signs in with the phone of one of the banks' people. */
async function signIn(name: string): Promise<AddedPerson & { session: Session }> {
  const known = banks.people().find(({ person }) => person.name === name);
  if (known === undefined) throw new Error(`there is no ${name}`);
  const { session } = await people.signIn(known.person.phone);
  return { ...known, session };
}

function read(digits: string): CardNumber {
  const number = CardNumber.read(digits);
  if (number === null) throw new Error('not a card number');
  return number;
}

test('every pretend card is known to the table of prefixes as its own bank’s', () => {
  const all = banks.people().flatMap((one) => one.cards);
  expect(all.length).toBeGreaterThan(10);
  for (const { number, bank, kind } of all)
    expect(cards.lookUp(read(number)), `${bank} ${number}`).toMatchObject({ bank, kind, takesPart: true });
});

test('one tap finds a person’s banks and cards, binds them, and a bank that is slow hides no other balance', async () => {
  const { session, person, cards: own } = await signIn('张小北');
  people.clock.advanceMs(61_000);
  const { requestId, banks: found } = await cards.findIssuers(session, person);
  expect(found.map(({ bank }) => bank).sort()).toEqual([...new Set(own.map(({ bank }) => bank))].sort());
  const seen = await cards.findCards(session, { requestId, banks: found.map(({ bank }) => bank) });
  expect(seen.cards.map(({ last4 }) => last4).sort()).toEqual(own.map(({ number }) => number.slice(-4)).sort());
  const picks = seen.cards.map(({ pick }) => pick);
  const bound = await cards.bindFound(session, { requestId, picks, code: people.lastCode(person.phone) });
  expect(bound).toHaveLength(own.length);

  const figures = (balances: readonly CardBalance[]): Record<string, bigint | string> =>
    Object.fromEntries(
      balances.map((each) => {
        const last4 = bound.find(({ id }) => id === each.cardId)?.last4 ?? '';
        return [last4, each.kind === 'answered' ? each.ledger.minor : each.kind];
      }),
    );
  const truth = Object.fromEntries(own.map(({ number }) => [number.slice(-4), banks.balanceOf(number)]));
  // The deadline is short, since one bank will be silent: on a busy machine others miss it as well, and are asked again.
  let balances: readonly CardBalance[] = [];
  const told: string[] = [];
  const ask = async () => {
    told.length = 0;
    balances = await cards.balances(session, { isFresh: true, tell: ({ kind }) => told.push(kind) });
    return figures(balances);
  };
  await expect.poll(ask).toEqual(truth);
  const credit = balances.find(({ cardId }) => bound.find(({ id }) => id === cardId)?.kind === 'credit');
  expect(credit).toMatchObject({ kind: 'answered', bill: { amount: { currency: 'CNY' } } });

  const dead = own.find(({ bank }) => bank === 'CCB');
  banks.setFault({ kind: 'drop_reply', operation: 'balance', bank: 'CCB' });
  await expect.poll(ask).toEqual({ ...truth, [dead?.number.slice(-4) ?? '']: 'unknown' });
  banks.clearFaults();
  expect(told.at(-1)).toBe('unknown');
  expect(balances.find(({ kind }) => kind === 'unknown')).toMatchObject({
    last: { ledger: { minor: dead?.ledgerFen } },
  });
});

test('a typed card is bound by four elements at its bank; wrong, lost and unknown ones are told alike', async () => {
  const { session, person, cards: own } = await signIn('李思远');
  const [first] = own;
  if (first === undefined) throw new Error('there is a card');
  const details = { name: person.name, idNumber: person.idNumber, phone: person.phone };
  const start = (number: string, change = {}) => {
    people.clock.advanceMs(61_000);
    return cards.startBinding(session, { number: read(number), ...details, ...change });
  };
  for (const change of [{ name: '李四' }, { phone: '13900000000' }])
    expect(await codeOf(start(first.number, change))).toBe('details_differ');
  banks.setCardStatus(first.number, 'lost');
  expect(await codeOf(start(first.number))).toBe('details_differ');
  banks.setCardStatus(first.number, 'active');
  banks.setFault({ kind: 'bank_down', operation: 'verify', times: 1 });
  expect(await codeOf(start(first.number))).toBe('bank_unavailable');
  const { bindingId } = await start(first.number);
  const card = await cards.finishBinding(session, { bindingId, code: people.lastCode(person.phone) });
  expect(card).toMatchObject({ bank: first.bank, kind: first.kind, accountClass: first.accountClass, isDefault: true });
  expect(await codeOf(cards.verifyPerson(session, { number: read(first.number), ...details }))).toBe('done');
});

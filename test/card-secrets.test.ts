import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemRandom } from '../src/base/random.ts';
import { Secret } from '../src/base/secret.ts';
import { type BankCode, type CardsWorld, numberOf, openCardsWorld } from '../src/cards/test-cards.ts';
import type { PretendCard } from '../src/cards/pretend-rail.ts';
import { connect, type Sql } from '../src/db/connect.ts';
import { type Embedded, startPostgres } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import { codeOf } from '../src/users/test-people.ts';
import { openCardVault } from '../src/vault/open-card-vault.ts';
import { rotateVault } from '../src/vault/rotate.ts';
import { dumpRows } from './dump-rows.ts';
import { createFinder, type Finder, formsOfDigits } from './find-bytes.ts';

/*
 * Two hundred card numbers go through everything that cards do, with the log wide open and a PostgreSQL of its own. Then every row of every
 * table, every file of the database (its write-ahead log among them) and every line of the log is searched for them in every form.
 */

const PEOPLE = 20;
const CARDS_EACH = 10;
const BANKS: readonly BankCode[] = ['ICBC', 'ABC', 'CMB', 'SPDB'];

const folder = mkdtempSync(join(tmpdir(), 'hutong-card-secrets-'));
const dir = join(folder, 'postgres');
let server: Embedded;
let sql: Sql;
let world: CardsWorld;
let finder: Finder;
const issued: PretendCard[] = [];

beforeAll(async () => {
  server = await startPostgres({ dir });
  sql = connect(server.url, { connectionsMax: 8, applicationName: 'test' });
  await migrate(sql);
  world = await openCardsWorld(sql);
});
afterAll(async () => {
  await sql.end({ timeout: 5 });
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('two hundred card numbers', () => {
  test('are bound, opened, asked about, refused, found by one tap, sealed anew and unbound', async () => {
    const { cards, people } = world;
    for (let no = 0; no < PEOPLE; no++) {
      const who = await world.somebody(`测试${String.fromCharCode(0x4e00 + no)}`);
      const own: PretendCard[] = [];
      for (let at = 0; at < CARDS_EACH; at++) {
        // The first two at the phone that the person signed in with, so that one tap finds them.
        const phone = at < 2 ? who.identity.phone : people.aPhone();
        const bank = BANKS[at % BANKS.length] ?? 'ICBC';
        own.push(world.issue(bank, { ...who.identity, phone }, { isCredit: at % 5 === 4 }));
      }
      issued.push(...own);
      const [first, second, ...others] = own;
      if (first === undefined || second === undefined) throw new Error('there are cards');
      expect(await codeOf(world.start(who, first, { name: '别人' }))).toBe('details_differ');
      expect(await codeOf(world.start(who, { ...first, mood: 'well' }, { phone: people.aPhone() }))).toBe(
        'details_differ',
      );
      for (const card of others) await world.bind(who, card);
      world.aMinuteLater();
      const { requestId, banks } = await cards.findIssuers(who.session, who.identity);
      const found = await cards.findCards(who.session, { requestId, banks: banks.map(({ bank }) => bank) });
      const code = people.lastCode(who.identity.phone);
      await cards.bindFound(who.session, { requestId, picks: found.cards.map(({ pick }) => pick), code });
      // A bank that says nothing, and a rail that breaks with the number in hand.
      second.mood = 'silence';
      await cards.balances(who.session, { isFresh: true });
      const bound = await cards.list(sql, who.session.book, who.session.userId);
      expect(bound).toHaveLength(CARDS_EACH);
      const ids = bound.map(({ id }) => id);
      for (const { card, number, issuer } of (await cards.open(sql, who.session.book, ids)).values())
        people.deps.log.debug({ card, number, issuer }, 'a card was opened');
      people.deps.log.debug({ number: numberOf(first), facts: cards.lookUp(numberOf(first)) }, 'a number in the log');
      world.aMinuteLater();
      expect(await codeOf(world.start(who, first))).toBe('card_already_bound');
      await cards.verifyPerson(who.session, { number: numberOf(first), ...who.identity });
      await world.unbind(who, bound[0]?.id ?? '');
      await cards.rename(who.session, bound[1]?.id ?? '', '工资卡');
    }
    const started = issued[0];
    if (started === undefined) throw new Error('there are cards');
    const left = await world.somebody();
    world.aMinuteLater();
    await world.start(left, world.issue('ICBC', left.identity)); // a binding that nobody finishes
    await rotateToNewSecret();
    world.people.clock.advanceMs(24 * 3_600_000);
    expect(await cards.sweep()).toBe(PEOPLE);
    expect(new Set(issued.map(({ number }) => number)).size).toBe(PEOPLE * CARDS_EACH);
    finder = createFinder(
      issued.flatMap(({ number, identity }, at) => [
        ...formsOfDigits(`number ${at}`, number),
        { name: `number ${at} hashed without a key`, bytes: createHash('sha256').update(number).digest() },
        {
          name: `number ${at} hashed without a key, in hexadecimal`,
          bytes: Buffer.from(createHash('sha256').update(number).digest('hex')),
        },
        { name: `ID number of ${at}`, bytes: Buffer.from(identity.idNumber) },
        { name: `phone of ${at}`, bytes: Buffer.from(identity.phone) },
        { name: `name of ${at}`, bytes: Buffer.from(identity.name) },
      ]),
    );
  });

  test('stand in no row of any table', async () => {
    expect([...finder.findIn(await dumpRows(sql))]).toEqual([]);
  });

  test('stand in no file of the database, and not in its write-ahead log', async () => {
    const { bytes, found } = await searchFiles();
    expect(bytes).toBeGreaterThan(16 * 1024 * 1024);
    expect(found).toEqual([]);
  });

  test('stand in no line of the log', () => {
    const { logged } = world.people;
    expect(logged.join('\n')).toContain('a number in the log');
    expect([...finder.findIn(Buffer.from(logged.join('\n')))]).toEqual([]);
  });

  test('are found by this very search once one stands there: in a row, packed in another, in the log of writes, in a line', async () => {
    const [plain, packed] = issued;
    if (plain === undefined || packed === undefined) throw new Error('there are cards');
    await sql`create table planted (told text, hidden bytea)`;
    const hidden = Buffer.from(packed.number.padStart(20, '0'), 'hex');
    await sql`insert into planted values (${`card ${plain.number} of somebody`}, ${hidden})`;
    const wanted = ['number 0 plain', 'number 1 packed'];
    const inRows = finder.findIn(await dumpRows(sql));
    expect(wanted.filter((name) => inRows.has(name))).toEqual(wanted);
    await sql`drop table planted`;
    const inFiles = (await searchFiles()).found;
    for (const name of wanted)
      expect(
        inFiles.some((each) => each.startsWith('postgres/pg_wal/') && each.endsWith(`: ${name}`)),
        name,
      ).toBe(true);
    for (const { name, bytes } of formsOfDigits('number 0', plain.number))
      expect(finder.findIn(Buffer.concat([Buffer.from('x'), bytes, Buffer.from('y')])).has(name), name).toBe(true);
  });
});

/** All that is sealed comes under another master secret, and is read there. */
async function rotateToNewSecret(): Promise<void> {
  const { random, log } = world.deps;
  const fresh = new Secret(systemRandom.bytes(32).toString('base64'));
  const vault = await openCardVault({ sql, random, log, masters: [fresh, ...world.people.deps.masters] });
  const { indexed } = await world.openAnother({ vault });
  while ((await rotateVault({ sql, vault, indexed: [indexed] })) > 0);
}

/** Every file of the database and what lies beside it after a checkpoint, with the write-ahead log as far as it is kept. */
async function searchFiles(): Promise<{ bytes: number; found: string[] }> {
  await sql`checkpoint`;
  await sql`select pg_switch_wal()`;
  const found: string[] = [];
  let bytes = 0;
  const search = (path: string): void => {
    if (statSync(path).isDirectory()) return readdirSync(path).forEach((name) => search(join(path, name)));
    const content = readFileSync(path);
    bytes += content.length;
    for (const name of finder.findIn(content)) found.push(`${relative(folder, path)}: ${name}`);
  };
  search(folder);
  return { bytes, found };
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { temporaryDir } from '../../test/server.ts';
import { systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { openCardsWorld } from '../cards/test-cards.ts';
import { chainAudit } from '../users/audit.ts';
import { BOOK } from '../users/test-people.ts';
import { commandLine } from './test-line.ts';

/* `hutong vault …` and `hutong audit verify` over people and cards that are really there. */

const folder = await temporaryDir('vault-cli');
const database = await freshDatabase();
const { sql, url } = database;
const OLD = systemRandom.bytes(32).toString('base64');
const NEW = systemRandom.bytes(32).toString('base64');
const under = (...secrets: string[]) =>
  commandLine(folder.dir, url, systemClock, { HUTONG_MASTER_SECRET: secrets.join(' ') });
afterAll(() => folder.remove());

beforeAll(async () => {
  const world = await openCardsWorld(sql, [new Secret(OLD)]);
  for (const bank of ['ICBC', 'CMB'] as const) {
    const who = await world.somebody();
    await world.bind(who, world.issue(bank, who.identity));
  }
  await chainAudit({ ...world.people.deps, clock: world.people.clock }, BOOK);
});

describe('a new master secret', () => {
  test('is behind the old one first, and nothing is to be done', async () => {
    expect(await under(OLD, NEW).json('vault', 'status')).toMatchObject([
      {
        data_keys: [{ count: 2, is_configured: true }],
        data_keys_left: 0,
        indexes_left: { cards: 0, people: 0 },
        is_done: true,
      },
    ]);
  });

  test('in front of it makes all of it wait, until it is changed over', async () => {
    const { hutong, json } = under(NEW, OLD);
    expect(await json('vault', 'status')).toMatchObject([
      { data_keys_left: 2, indexes_left: { cards: 2, people: 2 }, is_done: false },
    ]);
    const { out } = await hutong('vault', 'status');
    expect(out.map((line) => line.split(/\s{2,}/).slice(2))).toEqual([
      ['COUNT', 'TO CHANGE OVER'],
      ['2', '2'],
      ['-', '2'],
      ['-', '2'],
      ['-', '0'], // nobody was named to be paid
      [],
    ]);
    expect(out.at(-1)).toMatch(/^The newest key is [\da-f]{4}\. Not everything is under it yet: hutong vault rotate$/);
    const ran = await hutong('vault', 'rotate');
    expect(ran.code, ran.notes.join()).toBe(0);
    expect(ran.notes).toEqual(['6 changed over. Older master secrets can be removed.']);
    expect(ran.out.at(-1)).toMatch(/Everything is under it\.$/);
    expect(await json('vault', 'rotate')).toMatchObject([{ data_keys_left: 0, is_done: true }]);
  });

  test('is enough by itself then, and the old one alone opens nothing', async () => {
    expect(await under(NEW).json('vault', 'status')).toMatchObject([{ is_done: true }]);
    const ran = await under(OLD).hutong('vault', 'status');
    expect([ran.code, ran.out]).toEqual([1, []]);
    expect(ran.notes).toEqual([
      expect.stringMatching(
        /^The vault does not open: data keys of 2 people are wrapped under [\da-f]{4}, whose master secret is not configured: put it back .* \(HUTONG_MASTER_SECRET\)\.$/,
      ),
    ]);
  });
});

test('what does not open any more is left, and told with exit code 1', async () => {
  const { hutong, json } = under(systemRandom.bytes(32).toString('base64'), NEW);
  const [{ count } = { count: 0n }] = await sql<{ count: bigint }[]>`
    with first as (select book, id from cards order by id limit 1)
    update cards set number_sealed = set_byte(number_sealed, 30, get_byte(number_sealed, 30) # 1)
    from first
    where cards.book = first.book and cards.id = first.id
    returning 1::bigint as count`;
  expect(count).toBe(1n);
  const ran = await hutong('vault', 'rotate');
  expect([ran.code, ran.notes]).toEqual([1, [expect.stringMatching(/^Something is left: it does not open/)]]);
  expect(await json('vault', 'status')).toMatchObject([{ data_keys_left: 0, indexes_left: { cards: 1, people: 0 } }]);
});

describe('the audit trail', () => {
  let head = '';
  test('is whole, and follows a head that the log told', async () => {
    const { hutong, json } = under(OLD);
    const { code, out, notes } = await hutong('audit', 'verify');
    expect(code, notes.join()).toBe(0);
    expect(out[0]).toMatch(/^\d+ lines, each signed and in its place\.$/);
    head = out[1]?.replace('Head ', '') ?? '';
    expect(await json('audit', 'verify', '--head', head)).toMatchObject([
      { ok: true, head: { seq: head.split(':')[0] } },
    ]);
    expect((await hutong('audit', 'verify', '--head', '5:beef')).notes).toEqual([
      'hutong audit verify: --head is a number, a colon and 64 hexadecimal digits',
    ]);
  });

  test('with another line in it is told with that line, and exit code 1', async () => {
    const { hutong } = under(OLD);
    const other = await hutong('audit', 'verify', '--head', `${head.split(':')[0]}:${'0'.repeat(64)}`);
    expect([other.code, other.notes]).toEqual([
      1,
      [expect.stringContaining('the chain is another one than the log told')],
    ]);
    await sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`; // as the owner of the database, whom no trigger stops
      await tx`update audit_lines set event = 'card.unbound' where book = ${BOOK} and seq = 2`;
    });
    const ran = await hutong('audit', 'verify');
    expect([ran.code, ran.out]).toEqual([1, []]);
    expect(ran.notes).toEqual([
      expect.stringMatching(
        /^The audit trail is wrong at line 2 \(aud_\w+\): the line was altered or was not written by us\.$/,
      ),
    ]);
    const told = await hutong('audit', 'verify', '--json');
    expect([told.code, JSON.parse(told.out[0] ?? '')]).toMatchObject([1, { ok: false, seq: '2' }]);
  });
});

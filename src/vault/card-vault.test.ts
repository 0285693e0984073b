import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { CardNumber } from '../base/card-number.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { freshDatabase } from '../../test/database.ts';
import type { SealedPlace } from './card-vault.ts';
import { localKeks } from './kek.ts';
import { openCardVault, type OpenedVault } from './open-card-vault.ts';
import { type IndexedRows, rotateVault, startVaultRotation, vaultStatus } from './rotate.ts';

const BOOK = 0;
const newMaster = (): Secret => new Secret(systemRandom.bytes(32).toString('base64'));
const place = (over: Partial<SealedPlace> = {}): SealedPlace => ({
  book: BOOK,
  userId: 'usr_1',
  rowId: 'card_1',
  field: 'number',
  ...over,
});
const NUMBER = '6222021234567890128';
const read = (digits: string): CardNumber => {
  const number = CardNumber.read(digits);
  if (number === null) throw new Error('not a number');
  return number;
};

async function world(masters: readonly [Secret, ...Secret[]] = [newMaster()]) {
  const { sql } = await freshDatabase();
  const open = (secrets: readonly [Secret, ...Secret[]]): Promise<OpenedVault> =>
    openCardVault({ sql, random: systemRandom, log: silentLog, masters: secrets });
  const vault = await open(masters);
  const seal = (text: string, where: SealedPlace, by = vault): Promise<Buffer> =>
    sql.begin(async (tx) => {
      await by.prepare(tx, where.book, [where.userId]);
      const [sealed] = await by.seal(tx, [{ place: where, text }]);
      return sealed ?? Buffer.alloc(0);
    });
  const unseal = async (sealed: Buffer, where: SealedPlace, by = vault): Promise<string | undefined> =>
    (await by.open(sql, [{ place: where, sealed }]))[0];
  return { sql, vault, open, seal, unseal };
}

describe('a sealed value', async () => {
  const { sql, vault, seal, unseal } = await world();

  test('opens in its place, with the layout that is promised', async () => {
    const sealed = await seal(NUMBER, place());
    expect(await unseal(sealed, place())).toBe(NUMBER);
    expect(sealed.length).toBe(1 + 2 + 16 + 12 + NUMBER.length + 16);
    expect(sealed[0]).toBe(1);
    expect(sealed.readUInt16BE(1)).toBe(vault.keks.currentId());
  });

  test('with any bit of any byte flipped does not open', async () => {
    const sealed = await seal(NUMBER, place());
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      await expect(unseal(changed, place()), `byte ${at}`).rejects.toThrow(/cannot be opened/);
    }
    for (const cut of [0, 1, 18, 46, sealed.length - 1])
      await expect(unseal(sealed.subarray(0, cut), place())).rejects.toThrow(/cannot be opened/);
  });

  test('does not open in another row, column, book, or as another person’s', async () => {
    const sealed = await seal(NUMBER, place());
    await seal('x', place({ userId: 'usr_2' }));
    for (const wrong of [{ rowId: 'card_2' }, { field: 'name' }, { userId: 'usr_2' }, { book: 1 }, { userId: 'usr_3' }])
      await expect(unseal(sealed, place(wrong)), JSON.stringify(wrong)).rejects.toThrow(/cannot be opened/);
  });

  test('swapped with another row of the same person opens neither', async () => {
    const [one, two] = [
      await seal('1111222233334444', place()),
      await seal('5555666677778888', place({ rowId: 'card_2' })),
    ];
    await expect(unseal(two, place())).rejects.toThrow(/altered or stood elsewhere/);
    await expect(unseal(one, place({ rowId: 'card_2' }))).rejects.toThrow(/altered or stood elsewhere/);
  });

  test('one that does not open lets none of its list open, and its error has no number in it', async () => {
    const sealed = await seal(NUMBER, place());
    const items = [
      { place: place(), sealed },
      { place: place({ rowId: 'card_9' }), sealed },
    ];
    const error = await vault.open(sql, items).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('card_9');
    expect(String(error)).not.toContain(NUMBER);
  });

  test('takes a nonce of its own each time: 20,000 of one person, none twice', async () => {
    await seal('x', place());
    const items = Array.from({ length: 20_000 }, () => ({ place: place(), text: 'x' }));
    const sealed = await sql.begin((tx) => vault.seal(tx, items));
    expect(new Set(sealed.map((each) => each.subarray(19, 31).toString('hex'))).size).toBe(items.length);
  });

  test('is told back letter for letter, whatever the text and the place', async () => {
    const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/[|\0]/.test(text));
    const items = fc.array(
      fc.record({ text: fc.string({ unit: 'grapheme', maxLength: 60 }), rowId: word, field: word }),
      {
        minLength: 1,
        maxLength: 20,
      },
    );
    await fc.assert(
      fc.asyncProperty(items, async (list) => {
        const wanted = list.map(({ text, rowId, field }) => ({ text, place: place({ rowId, field }) }));
        const sealed = await sql.begin((tx) => vault.seal(tx, wanted));
        const opened = await vault.open(
          sql,
          wanted.map((item, index) => ({ place: item.place, sealed: sealed[index] ?? Buffer.alloc(0) })),
        );
        expect(opened).toEqual(list.map(({ text }) => text));
      }),
      { numRuns: 60, verbose: 1 },
    );
  });
});

describe('a data key', async () => {
  const masters: [Secret] = [newMaster()];
  const { sql, vault, open, seal, unseal } = await world(masters);

  test('is made once per person, however many ask at once', async () => {
    const userIds = Array.from({ length: 30 }, (_, index) => `usr_many_${index}`);
    await Promise.all(
      Array.from({ length: 4 }, () => sql.begin((tx) => vault.prepare(tx, BOOK, [...userIds, ...userIds]))),
    );
    const [row] = await sql<{ count: number }[]>`
      select count(*)::integer as count from vault_data_keys where user_id like 'usr_many_%'`;
    expect(row?.count).toBe(30);
  });

  test('that was rolled back is forgotten: what is sealed later opens in another process', async () => {
    const where = place({ userId: 'usr_rolled_back' });
    await sql
      .begin(async (tx) => {
        await vault.prepare(tx, BOOK, [where.userId]);
        const [sealed] = await vault.seal(tx, [{ place: where, text: 'lost' }]);
        await vault.open(tx, [{ place: where, sealed: sealed ?? Buffer.alloc(0) }]);
        throw new Error('taken back');
      })
      .catch(() => undefined);
    const sealed = await seal('kept', where);
    const other = await open(masters);
    expect(await unseal(sealed, where, other)).toBe('kept');
    expect(await unseal(sealed, where)).toBe('kept');
  });

  test('of another person put in its place by hand opens nothing', async () => {
    const [one, two] = [place({ userId: 'usr_a' }), place({ userId: 'usr_b' })];
    const sealed = await seal('a', one);
    await seal('b', two);
    await sql`
      update vault_data_keys set wrapped = other.wrapped, dek_id = other.dek_id
      from vault_data_keys other where vault_data_keys.user_id = 'usr_a' and other.user_id = 'usr_b'`;
    const other = await open(masters);
    await expect(unseal(sealed, one, other)).rejects.toThrow();
  });

  test('stands in its table only wrapped', async () => {
    const [row] = await sql<{ wrapped: Buffer }[]>`select wrapped from vault_data_keys limit 1`;
    expect(row?.wrapped.length).toBe(12 + 32 + 16);
  });
});

describe('a blind index', async () => {
  const [first, second] = [newMaster(), newMaster()];
  const { open } = await world([first]);

  test('is the same for the same number and another for every other number, field and master secret', async () => {
    const vault = await open([first]);
    const other = await open([second, first]);
    const indexes = [
      ...other.indexesOf(read(NUMBER)),
      ...other.indexesOf(read('6222021234567890110')),
      ...other.textIndexesOf('phone', NUMBER),
      ...other.textIndexesOf('id_number', NUMBER),
    ].map(({ index }) => index.toString('hex'));
    expect(new Set(indexes).size).toBe(8);
    expect(vault.indexesOf(read('6222 0212 3456 7890 128'))[0]?.index).toEqual(other.indexesOf(read(NUMBER))[1]?.index);
    expect(indexes.every((index) => index.length === 64)).toBe(true);
  });

  test('is found by a secret that stands behind the newest before it has been the newest anywhere', async () => {
    const third = newMaster();
    const early = await open([second, third, first]);
    const later = await open([third, second, first]);
    const written = later.indexesOf(read(NUMBER))[0];
    expect(
      early.indexesOf(read(NUMBER)).some(({ index }) => written !== undefined && index.equals(written.index)),
    ).toBe(true);
    expect(written?.version).toBe(3);
  });
});

describe('at the start', async () => {
  const [first, second] = [newMaster(), newMaster()];
  const { sql, open, seal } = await world([first]);

  test('a key id that meant another key before refuses', async () => {
    const keks = localKeks({ random: systemRandom }, [second]);
    await sql`insert into vault_keks (kek_id, check_value) values (${keks.currentId()}, ${systemRandom.bytes(16)})`;
    await expect(open([second, first])).rejects.toThrow(/another master secret had the key id/);
    await sql`delete from vault_keks where kek_id = ${keks.currentId()}`;
  });

  test('a secret that people’s data keys still need may not be missing', async () => {
    await seal('x', place());
    await expect(open([second])).rejects.toThrow(/1 people .* is not configured/);
    await expect(open([second, first])).resolves.toBeDefined();
  });

  test('the same secret twice refuses', async () => {
    await expect(open([first, first])).rejects.toThrow(/the same/);
  });
});

describe('a rotation', () => {
  test('under load loses nothing, can be broken off, and then the old secret can go', async () => {
    const [old, fresh] = [newMaster(), newMaster()];
    const { sql, vault, open, seal, unseal } = await world([old]);
    const people = Array.from({ length: 1300 }, (_, index) => `usr_${String(index).padStart(4, '0')}`);
    const placeOf = (userId: string, rowId = 'card_1'): SealedPlace => place({ userId, rowId });
    const sealed = await sql.begin(async (tx) => {
      await vault.prepare(tx, BOOK, people);
      return vault.seal(
        tx,
        people.map((userId) => ({ place: placeOf(userId), text: `number of ${userId}` })),
      );
    });

    const next = await open([fresh, old]);
    const indexed = pretendIndexed(700);
    expect(await vaultStatus({ sql, vault: next, indexed: [indexed] })).toMatchObject({
      dataKeysLeft: 1300,
      indexesLeft: [{ name: 'pretend', count: 700 }],
      isDone: false,
    });
    // A node that still has the old secret in front leaves it alone.
    const behind = await open([old, fresh]);
    expect(await rotateVault({ sql, vault: behind, indexed: [] })).toBe(0);

    const traffic = { isOn: true, served: 0 };
    const load = async (node: OpenedVault): Promise<void> => {
      while (traffic.isOn) {
        const at = traffic.served++ % people.length;
        const userId = people[at] ?? '';
        expect(await unseal(sealed[at] ?? Buffer.alloc(0), placeOf(userId), node)).toBe(`number of ${userId}`);
        const again = await seal(`again ${userId}`, placeOf(userId, 'card_2'), node);
        expect(await unseal(again, placeOf(userId, 'card_2'), node === next ? behind : next)).toBe(`again ${userId}`);
      }
    };
    const running = [load(next), load(behind)];
    expect(await rotateVault({ sql, vault: next, indexed: [indexed] })).toBe(1000);
    // Broken off here: another process goes on, two of them at once.
    const third = await open([fresh, old]);
    const loops = [next, third].map((each) =>
      startVaultRotation({ sql, vault: each, indexed: [indexed], log: silentLog }),
    );
    while (!(await vaultStatus({ sql, vault: next, indexed: [indexed] })).isDone)
      await new Promise((resolve) => setTimeout(resolve, 5));
    traffic.isOn = false;
    await Promise.all(running);
    await Promise.all(loops.map((loop) => loop.stop()));

    const only = await open([fresh]);
    const opened = await only.open(
      sql,
      people.map((userId, index) => ({ place: placeOf(userId), sealed: sealed[index] ?? Buffer.alloc(0) })),
    );
    expect(opened).toEqual(people.map((userId) => `number of ${userId}`));
    expect(traffic.served).toBeGreaterThan(0);
    await expect(open([old])).rejects.toThrow(/not configured/);
  });
});

/** Rows that some other folder would keep. */
function pretendIndexed(count: number): IndexedRows {
  let left = count;
  return {
    name: 'pretend',
    countStale: async () => left,
    reindex: async (limit) => {
      const done = Math.min(limit, left);
      left -= done;
      return done;
    },
  };
}

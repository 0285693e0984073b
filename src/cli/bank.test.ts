import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { temporaryDir } from '../../test/server.ts';
import { commandLine } from './test-line.ts';

/* `hutong bank …` and `hutong prefix …`, without a server and without a link to any bank. */

const folder = await temporaryDir('bank-cli');
const { url } = await freshDatabase();
const { hutong, json } = commandLine(folder.dir, url);
afterAll(() => folder.remove());

const routeOf = async (bank: string) => (await json('bank', 'list')).find((row) => row['bank'] === bank);

test('a wallet that nobody uses yet has an empty trail, no move and no shop', async () => {
  expect((await hutong('audit', 'verify')).out).toEqual(['The audit trail is empty.']);
  expect((await hutong('move', 'list')).out).toEqual(['There is no such move.']);
  expect((await hutong('clearing', 'list')).out).toEqual(['No day of the switch is over yet.']);
  expect((await hutong('vault', 'status')).out.at(-1)).toMatch(
    /^The newest key is [\da-f]{4}\. Everything is under it\.$/,
  );
});

describe('where a bank is reached', () => {
  test('is as the table in the code has it, until something is said', async () => {
    expect(await routeOf('ICBC')).toEqual({
      bank: 'ICBC',
      name_zh: '中国工商银行',
      name_en: 'Industrial and Commercial Bank of China',
      institution: '01020000',
      takes_part: true,
      built_in_institution: '01020000',
      is_own_route: false,
    });
    const { out } = await hutong('bank', 'list');
    expect(out[0]?.split(/\s{2,}/)).toEqual(['BANK', 'NAME', '', 'INSTITUTION', 'BY'].filter(Boolean));
    expect(out.find((line) => line.startsWith('CMB '))).toMatch(/招商银行 +China Merchants Bank +03080000 +built in$/);
  });

  test('can be said, also that it takes no part, and taken back', async () => {
    expect(await json('bank', 'route', 'HZCB', '04233310')).toMatchObject([
      { bank: 'HZCB', institution: '04233310', built_in_institution: null, is_own_route: true },
    ]);
    expect((await hutong('bank', 'route', 'CMB', 'none')).out[1]).toMatch(/takes no part +you \(built in: 03080000\)$/);
    expect(await routeOf('CMB')).toMatchObject({ institution: null, takes_part: false });
    expect(await json('bank', 'reset', 'CMB')).toMatchObject([{ institution: '03080000', is_own_route: false }]);
    expect(await json('bank', 'reset', 'HZCB')).toMatchObject([{ institution: null, takes_part: false }]);
    expect(await routeOf('HZCB')).toBeUndefined();
  });

  test.each([
    [['bank', 'route', 'ICBC', '12'], 1, 'institution: an institution has 8 to 11 digits (invalid_request)'],
    [['bank', 'route', 'ICBX', '01020000'], 1, 'No card is known to be of a bank "ICBX": did you mean ICBC?'],
    [['bank', 'route', 'NOTABANK', '01020000'], 1, 'hutong prefix import brings prefixes of a new one.'],
    [['bank', 'reset', 'ICBC'], 1, 'Nothing was said of "ICBC": hutong bank list shows what was.'],
    [['bank', 'route', 'ICBC'], 2, '<institution> is missing'],
  ])('%j is told in one line', async (args, code, words) => {
    const ran = await hutong(...args);
    expect([ran.code, ran.out, ran.notes.length]).toEqual([code, [], 1]);
    expect(ran.notes[0]).toContain(words);
  });
});

describe('the first digits of a number', () => {
  test('tell bank and kind, at each length', async () => {
    expect(await json('prefix', 'look-up', '622202', '--length', '19')).toMatchObject([
      { length: 19, prefix: '622202', bank: 'ICBC', kind: 'debit', takes_part: true, needs_more_digits: false },
    ]);
    const found = await json('prefix', 'look-up', '622309');
    expect(found.filter((row) => row['needs_more_digits'] === false)).toMatchObject([
      { length: 18, bank: 'ICBC', takes_part: true },
      { length: 19, bank: 'CZBANK', takes_part: false },
    ]);
    const { out, notes } = await hutong('prefix', 'look-up', '6222021234', '--length', '19');
    expect(out[1]).toMatch(/^ {4}19 +622202 +ICBC +中国工商银行 +debit +yes$/);
    expect(notes).toEqual([expect.stringMatching(/^By bankcardinfo [\d.]+\.$/)]);
    expect((await hutong('prefix', 'look-up', '000')).out).toEqual(['No card is known to begin like this.']);
  });

  test.each(['62220212345', '6222021234567890123', '6222-0212-3456-789'])(
    'a word with the digits of more than that (%s) is refused and not said again',
    async (word) => {
      const { code, out, notes } = await hutong('prefix', 'look-up', word);
      expect([code, out]).toEqual([2, []]);
      expect(notes).toEqual([expect.stringContaining('a whole card number does not belong on a command line')]);
      expect(notes.join()).not.toMatch(/6222/);
    },
  );

  test.each([
    [['62'], '<first-digits> is 3 to 10 digits'],
    [['6222x'], '<first-digits> is 3 to 10 digits'],
    [['622202', '--length', '20'], '--length is a whole number from 12 to 19'],
  ])('%j is told in one line', async (args, words) => {
    const ran = await hutong('prefix', 'look-up', ...args);
    expect([ran.code, ran.out]).toEqual([2, []]);
    expect(ran.notes.join()).toContain(words);
  });
});

describe('a table of prefixes of one’s own', () => {
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(folder.dir, name);
    await writeFile(path, text);
    return path;
  };

  test('stands before the built-in one, and brings banks that it does not have', async () => {
    const path = await write('own.csv', 'bank,kind,length,prefix\nCMB,credit,19,622202\nNEWBANK,debit,16,999123\n');
    const ran = await hutong('prefix', 'import', path);
    expect([ran.code, ran.out]).toEqual([0, ['2 rows were imported; they are import 1.']]);
    expect(await json('prefix', 'look-up', '622202', '--length', '19')).toMatchObject([
      { bank: 'CMB', kind: 'credit', table: expect.stringMatching(/ \+ import 1$/) },
    ]);
    expect(await json('bank', 'route', 'NEWBANK', '09990000')).toMatchObject([{ bank: 'NEWBANK', takes_part: true }]);
    expect(await json('prefix', 'import', path)).toEqual([{ imported: true, rows: 2, import_no: 2 }]);
  });

  test('is taken whole or not at all, with a word on every line that is wrong', async () => {
    const path = await write('wrong.csv', 'CMB,debit,19,622588\nCMB,gold,19,6225\nICBC,debit,19,622588\n');
    expect(await hutong('prefix', 'import', path)).toEqual({
      code: 1,
      out: [],
      notes: [
        'line 2: the kind is debit, credit, semi_credit or prepaid',
        'line 3: line 1 says otherwise of prefix 622588 at 19 digits',
        'Nothing was imported: 2 lines are wrong.',
      ],
    });
    const told = await hutong('prefix', 'import', path, '--json');
    expect([told.code, JSON.parse(told.out[0] ?? '')]).toMatchObject([
      1,
      { imported: false, lines: [{ line: 2 }, { line: 3 }] },
    ]);
    expect((await hutong('prefix', 'import', join(folder.dir, 'none.csv'))).notes[0]).toContain(
      'there is no such file',
    );
    expect(await json('prefix', 'look-up', '999123', '--length', '16')).toMatchObject([{ bank: 'NEWBANK' }]);
  });
});

import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { money } from '../money/money.ts';
import { exportBeancount } from './export-beancount.ts';
import { exportCsv } from './export-csv.ts';
import { exportOfx } from './export-ofx.ts';
import type { ExportCard } from './export-rows.ts';
import type { Move } from './transfers.ts';

const SALARY: ExportCard = { cardId: 'card_SALARY0000000001', bank: 'ICBC', last4: '1234', isCredit: false };
const SAVINGS: ExportCard = { cardId: 'card_SAVINGS000000002', bank: 'CMB', last4: '5678', isCredit: false };
const CREDIT: ExportCard = { cardId: 'card_CREDIT0000000003', bank: 'BOC', last4: '9012', isCredit: true };
const CARDS = [SALARY, SAVINGS, CREDIT];

let count = 0;
function move(change: Partial<Move> = {}): Move {
  count += 1;
  return {
    id: `tr_${count}`,
    book: 1,
    kind: 'transfer',
    state: 'succeeded',
    userId: 'usr_1',
    quoteId: null,
    amount: money('CNY', 1234n),
    fee: money('CNY', 0n),
    fromCardId: SALARY.cardId,
    toCardId: null,
    from: { bank: 'ICBC', last4: '1234', nameMasked: '*三' },
    to: { bank: 'ABC', last4: '0001', nameMasked: '**丰' },
    note: '',
    arrival: 'instant',
    dueAt: null,
    failure: null,
    rrn: '012345678901',
    createdAt: new Date('2026-11-23T15:59:58Z'),
    endedAt: new Date('2026-11-23T16:00:00Z'),
    ...change,
  };
}

const NASTY = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1',
  ' =1',
  '\u200b=1',
  '="x",y',
  'a"b',
  'a,b',
  'x\r\ny',
  '<&>"\'',
  '\u0000\u202eabc',
  'a\\b"',
];

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** RFC 4180. */
function readCsv(text: string): string[][] {
  const lines: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    if (end === '' && quoted === undefined && plain === '') break;
    lines.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') lines.push([]);
  }
  return lines.filter((line) => line.length > 0);
}

describe('CSV', () => {
  test('begins with the mark by which spreadsheet programs know UTF-8, and speaks both languages', async () => {
    const [zh, en] = await Promise.all(
      (['zh-CN', 'en'] as const).map((lang) => textOf(exportCsv([move()], { lang, cards: CARDS }))),
    );
    expect(zh?.codePointAt(0)).toBe(0xfeff);
    expect(readCsv(zh?.slice(1) ?? '')[0]?.slice(0, 5)).toEqual(['时间', '类型', '状态', '支出', '收入']);
    expect(readCsv(en?.slice(1) ?? '')[1]?.slice(0, 6)).toEqual([
      '2026-11-24 00:00:00',
      'Transfer',
      'Succeeded',
      '12.34',
      '',
      '0.00',
    ]);
  });

  test('out and in add up to what really moved', async () => {
    const text = await textOf(
      exportCsv(
        [
          move({ amount: money('CNY', 1n) }),
          move({ amount: money('CNY', 10n), toCardId: SAVINGS.cardId }),
          move({ amount: money('CNY', 99_999_999_999n), kind: 'purchase' }),
          move({ amount: money('CNY', 100n), kind: 'refund', fromCardId: null, toCardId: SALARY.cardId }),
          move({ state: 'failed', failure: 'insufficient_funds' }),
          move({ state: 'debiting', endedAt: null }),
          move({ amount: money('CNY', 5n), toCardId: 'card_of_somebody_else' }),
        ],
        { lang: 'en', cards: CARDS },
      ),
    );
    const lines = readCsv(text.slice(1)).slice(1);
    expect(lines.map((line) => [line[3], line[4]])).toEqual([
      ['0.01', ''],
      ['0.10', '0.10'],
      ['999999999.99', ''],
      ['', '1.00'],
      ['', ''],
      ['', ''],
      ['0.05', ''],
    ]);
  });

  test.each(NASTY)('a note %j is one cell that computes nothing', async (note) => {
    const text = await textOf(
      exportCsv([move({ note, to: { bank: '', last4: '', nameMasked: note } })], { lang: 'en', cards: CARDS }),
    );
    const lines = readCsv(text.slice(1));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toHaveLength(13);
    for (const cell of [lines[1]?.[8], lines[1]?.[9]]) expect(cell).not.toMatch(/^\s*[=+\-@＝]|\p{Cc}/u);
  });
});

describe('OFX 2.2', () => {
  const range = { from: new Date('2026-11-01T00:00:00+08:00'), to: new Date('2026-12-01T00:00:00+08:00') };
  const options = { ...range, now: new Date('2026-11-23T04:00:00.5Z'), lang: 'zh-CN' as const };
  const between = move({ toCardId: SAVINGS.cardId, amount: money('CNY', 100_00n), rrn: null });
  const moves = [
    between,
    move({ note: '<b>&amp;</b>' }),
    move({ state: 'failed' }),
    move({ kind: 'refund', fromCardId: null, toCardId: SALARY.cardId }),
  ];
  const statements = CARDS.map((card) => ({
    card,
    moves,
    balance: card.isCredit ? { amount: money('CNY', -5000n), at: options.now } : null,
  }));
  const parse = (text: string): OfxFile =>
    new XMLParser({ parseTagValue: false, isArray: (name) => name === 'STMTTRN' || name === 'STMTTRNRS' }).parse(text);

  test('is well-formed and has a statement for each card, in which each move stands as that card saw it', async () => {
    const text = await textOf(exportOfx(statements, options));
    expect(XMLValidator.validate(text)).toBe(true);
    expect(text.split('\n')[1]).toBe(
      '<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>',
    );
    const found = parse(text).OFX.BANKMSGSRSV1.STMTTRNRS.map(({ STMTRS }) => ({
      account: STMTRS.BANKACCTFROM,
      balance: STMTRS.LEDGERBAL?.BALAMT,
      lines: (STMTRS.BANKTRANLIST.STMTTRN ?? []).map((one) => [one.FITID, one.TRNTYPE, one.TRNAMT]),
    }));
    expect(found).toEqual([
      {
        account: { BANKID: 'ICBC', ACCTID: '1234-00000001', ACCTTYPE: 'CHECKING' },
        balance: undefined,
        lines: [
          [between.id, 'XFER', '-100.00'],
          [moves[1]?.id, 'XFER', '-12.34'],
          [moves[3]?.id, 'CREDIT', '12.34'],
        ],
      },
      {
        account: { BANKID: 'CMB', ACCTID: '5678-00000002', ACCTTYPE: 'CHECKING' },
        balance: undefined,
        lines: [[between.id, 'XFER', '100.00']],
      },
      { account: { BANKID: 'BOC', ACCTID: '9012-00000003', ACCTTYPE: 'CREDITLINE' }, balance: '-50.00', lines: [] },
    ]);
    const [first] = parse(text).OFX.BANKMSGSRSV1.STMTTRNRS[0]?.STMTRS.BANKTRANLIST.STMTTRN ?? [];
    expect(first?.DTPOSTED).toBe('20261124000000.000[+8:CST]');
  });

  test.each(NASTY)('a note %j stays text', async (note) => {
    const text = await textOf(exportOfx([{ card: SALARY, moves: [move({ note })], balance: null }], options));
    expect(XMLValidator.validate(text)).toBe(true);
    const [line] = parse(text).OFX.BANKMSGSRSV1.STMTTRNRS[0]?.STMTRS.BANKTRANLIST.STMTTRN ?? [];
    expect(line?.MEMO).toBe(note.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').trim());
  });

  test('a long name is cut to 32 letters and no letter is cut in two', async () => {
    const to = { bank: '', last4: '', nameMasked: '𠮷'.repeat(40) };
    const text = await textOf(exportOfx([{ card: SALARY, moves: [move({ to })], balance: null }], options));
    expect(text).toContain(`<NAME>${'𠮷'.repeat(32)}</NAME>`);
  });
});

interface OfxFile {
  OFX: {
    BANKMSGSRSV1: {
      STMTTRNRS: {
        STMTRS: {
          BANKACCTFROM: Record<string, string>;
          BANKTRANLIST: { STMTTRN?: Record<string, string>[] };
          LEDGERBAL?: { BALAMT: string };
        };
      }[];
    };
  };
}

describe('beancount', () => {
  const options = { from: new Date('2026-11-01T00:00:00+08:00'), cards: CARDS };

  test('one balanced transaction for each move that succeeded, over accounts that are opened', async () => {
    const moves = [
      move({ note: '房租' }),
      move({ toCardId: SAVINGS.cardId }),
      move({ kind: 'repayment', toCardId: CREDIT.cardId, amount: money('CNY', 50_000n) }),
      move({ kind: 'purchase', to: { bank: '', last4: '', nameMasked: '小店' }, fee: money('CNY', 7n) }),
      move({
        kind: 'refund',
        fromCardId: null,
        toCardId: SALARY.cardId,
        from: { bank: '', last4: '', nameMasked: '小店' },
      }),
      move({ state: 'failed' }),
      move({ state: 'crediting', endedAt: null }),
    ];
    const text = await textOf(exportBeancount(moves, options));
    const found = readBeancount(text);
    expect(found.transactions.map((one) => one.id)).toEqual(moves.slice(0, 5).map((one) => one.id));
    for (const { sum } of found.transactions) expect(sum).toBe(0n);
    for (const account of found.accounts) {
      expect(account).toMatch(/^(Assets|Liabilities|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+$/);
      expect(text).toContain(`2026-11-01 open ${account} CNY\n`);
    }
    expect(text).toContain(`
2026-11-24 * "**丰 ABC 0001" "房租"
  id: "${moves[0]?.id}"
  bank_reference: "012345678901"
  Assets:ICBC:1234  -12.34 CNY
  Expenses:Transfers  12.34 CNY
`);
    expect(text).toContain('  Liabilities:BOC:9012  500.00 CNY\n');
  });

  test('two cards that end alike are two accounts', async () => {
    const twin = { ...SALARY, cardId: 'card_TWIN000000000004' };
    const moves = [move(), move({ fromCardId: twin.cardId })];
    const found = readBeancount(await textOf(exportBeancount(moves, { ...options, cards: [...CARDS, twin] })));
    expect(found.accounts).toEqual(
      new Set(['Assets:ICBC:1234-00000001', 'Expenses:Transfers', 'Assets:ICBC:1234-00000004']),
    );
  });

  test.each(NASTY)('a note %j stays inside its quotes', async (note) => {
    const found = readBeancount(await textOf(exportBeancount([move({ note })], options)));
    expect(found.transactions).toHaveLength(1);
    expect(found.transactions[0]?.sum).toBe(0n);
  });
});

/** As much of beancount's grammar as the export uses; throws at whatever is none of it. */
function readBeancount(text: string) {
  const accounts = new Set<string>();
  const transactions: { id: string; sum: bigint }[] = [];
  for (const line of text.split('\n')) {
    const posting = /^ {2}([A-Z][^ ]*) {2}(-?)(\d+)\.(\d\d) CNY$/.exec(line);
    const id = /^ {2}id: "(.*)"$/.exec(line);
    const last = transactions.at(-1);
    if (/^\d{4}-\d\d-\d\d \* "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"$/.test(line)) transactions.push({ id: '', sum: 0n });
    else if (posting !== null && last !== undefined) {
      accounts.add(posting[1] ?? '');
      last.sum += BigInt(`${posting[2]}${posting[3]}${posting[4]}`);
    } else if (id !== null && last !== undefined) last.id = id[1] ?? '';
    else if (!/^$|^option |^\d{4}-\d\d-\d\d open |^ {2}bank_reference: "\d+"$/.test(line))
      throw new Error(`no beancount: ${line}`);
  }
  return { accounts, transactions };
}

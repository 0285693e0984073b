import { formatMinor } from '../money/money.ts';
import { type ExportCard, localTime, movedAt, oneLine, outgoing, showParty } from './export-rows.ts';
import type { Move } from './transfers.ts';

type Lang = 'zh-CN' | 'en';

/** By this sign, at the beginning, spreadsheet programs know that the file is in UTF-8. */
const BYTE_ORDER_MARK = '\u{feff}';

const HEADINGS: Readonly<Record<Lang, readonly string[]>> = {
  'zh-CN': [
    '时间',
    '类型',
    '状态',
    '支出',
    '收入',
    '手续费',
    '币种',
    '付款方',
    '收款方',
    '附言',
    '失败原因',
    '银行流水号',
    '编号',
  ],
  en: [
    'Time',
    'Kind',
    'State',
    'Out',
    'In',
    'Fee',
    'Currency',
    'From',
    'To',
    'Note',
    'Failure',
    'Bank reference',
    'Number',
  ],
};

const KINDS: Readonly<Record<Move['kind'], Readonly<Record<Lang, string>>>> = {
  transfer: { 'zh-CN': '转账', en: 'Transfer' },
  repayment: { 'zh-CN': '信用卡还款', en: 'Card repayment' },
  purchase: { 'zh-CN': '付款', en: 'Purchase' },
  refund: { 'zh-CN': '退款', en: 'Refund' },
};

const UNDER_WAY = { 'zh-CN': '处理中', en: 'Under way' } as const;

const STATES: Readonly<Record<Move['state'], Readonly<Record<Lang, string>>>> = {
  scheduled: { 'zh-CN': '待转出', en: 'Scheduled' },
  debiting: UNDER_WAY,
  crediting: UNDER_WAY,
  reversing: UNDER_WAY,
  succeeded: { 'zh-CN': '成功', en: 'Succeeded' },
  failed: { 'zh-CN': '失败', en: 'Failed' },
  canceled: { 'zh-CN': '已取消', en: 'Canceled' },
};

/**
 * Comma-separated values (RFC 4180) for spreadsheet programs, a line at a time. `Out` and `In` are filled for what succeeded, both
 * where money went from one own card to another, so that a column adds up to what really moved. Times are of Asia/Shanghai.
 */
export async function* exportCsv(
  moves: AsyncIterable<Move> | Iterable<Move>,
  options: { lang: Lang; cards: readonly ExportCard[] },
): AsyncGenerator<string> {
  const own = new Set(options.cards.map((card) => card.cardId));
  yield BYTE_ORDER_MARK + toLine(HEADINGS[options.lang]);
  for await (const move of moves) yield toLine(cellsOf(move, own, options.lang));
}

function cellsOf(move: Move, own: ReadonlySet<string>, lang: Lang): string[] {
  const hasMoved = move.state === 'succeeded';
  const isIn = move.kind === 'refund' || (move.toCardId !== null && own.has(move.toCardId));
  return [
    localTime(movedAt(move)),
    KINDS[move.kind][lang],
    STATES[move.state][lang],
    hasMoved && move.kind !== 'refund' ? formatMinor(outgoing(move)) : '',
    hasMoved && isIn ? formatMinor(move.amount) : '',
    formatMinor(move.fee),
    move.amount.currency,
    toText(showParty(move.from)),
    toText(showParty(move.to)),
    toText(move.note),
    toText(move.failure ?? ''),
    move.rrn ?? '',
    move.id,
  ];
}

/** What a spreadsheet program would take for a formula, also written wide. */
const FORMULA = /^[=+\-@＝＋－＠]/;

/** Text that people wrote, as one cell that computes nothing: tabs, line ends and signs nobody sees are gone from its beginning. */
function toText(text: string): string {
  const shown = oneLine(text);
  return FORMULA.test(shown) ? `'${shown}` : shown;
}

function toLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
}

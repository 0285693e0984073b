import type { ClearingSum } from '../clearing/clearing.ts';
import {
  askClearingDayAgain,
  listClearingBreaks,
  listClearingDays,
  showClearingBreak,
  showClearingDay,
  type ShownClearingBreak,
  type ShownClearingDay,
} from '../clearing/read-clearing.ts';
import { resolveClearingBreak } from '../clearing/resolve-clearing-break.ts';
import { isDay } from '../base/shanghai.ts';
import { readBankRoutes } from '../rail/bank-routes.ts';
import { type Command, type Terminal, UsageError } from './command.ts';
import { printObject, printRows, toJson } from './print.ts';
import { instantText, showFen } from './show-value.ts';
import { BY_OPERATOR, type WalletOperator, withWalletOperator } from './with-wallet-operator.ts';

const ITEMS_USUAL = 20;
const ITEMS_MAX = 1000;
const limit = { value: 'count', what: `how many at most; ${ITEMS_USUAL} when left out` };
const SOME = { min: 1, max: ITEMS_MAX };

export const clearingCommands: readonly Command[] = [
  {
    name: 'clearing list',
    summary: "List the switch's settlement days with how their files compared, newest first",
    options: { limit },
    json: true,
    notes: ['A day of the switch ends at 23:00 in Asia/Shanghai; a running server fetches its file and compares it.'],
    examples: ['hutong clearing list', 'hutong clearing list --limit 5 --json'],
    async run(deps, input) {
      const itemsMax = input.count('limit', SOME) ?? ITEMS_USUAL;
      await withWalletOperator(deps, async ({ sql, book }) => {
        const { days, next } = await listClearingDays(sql, { book, before: null, itemsMax });
        printRows(deps.terminal, input.json, days.map(showDay), DAY_COLUMNS, 'No day of the switch is over yet.');
        if (next !== null && !input.json) deps.terminal.note('There are more: --limit shows them.');
      });
    },
  },
  {
    name: 'clearing breaks',
    summary: 'List where a file of the switch and our records do not agree, oldest first',
    options: {
      day: { value: 'date', what: 'only of this day of the switch, such as 2026-11-23' },
      all: { value: null, what: 'also those that have ended' },
      limit,
    },
    json: true,
    examples: ['hutong clearing breaks', 'hutong clearing breaks --day 2026-11-23 --all --json'],
    async run(deps, input) {
      const itemsMax = input.count('limit', SOME) ?? ITEMS_USUAL;
      const day = input.text('day') ?? null;
      if (day !== null && !isDay(day)) throw new UsageError('--day is a date such as 2026-11-23');
      await withWalletOperator(deps, async ({ sql, book }) => {
        const state = input.flag('all') ? null : 'open';
        const { breaks, next } = await listClearingBreaks(sql, { book, day, state, after: null, itemsMax });
        printRows(deps.terminal, input.json, breaks.map(showBreak), BREAK_COLUMNS, 'Everything agrees.');
        if (next !== null && !input.json) deps.terminal.note('There are more: --limit shows them.');
      });
    },
  },
  {
    name: 'clearing show',
    summary: 'Show a settlement day with its sums by bank, or one break',
    words: [{ name: 'day-or-break', what: 'a day of the switch such as 2026-11-23, or cbk_…' }],
    json: true,
    examples: ['hutong clearing show 2026-11-23', 'hutong clearing show cbk_… --json'],
    async run(deps, input) {
      const word = input.word('day-or-break');
      await withWalletOperator(deps, async (operator) => {
        if (word.startsWith('cbk_'))
          return printBreak(deps.terminal, input.json, await showClearingBreak(operator.sql, word));
        await printDay(deps.terminal, input.json, operator, word);
      });
    },
  },
  {
    name: 'clearing again',
    summary: "Have a day's file asked for again that the switch did not have",
    words: [{ name: 'day', what: 'as the switch counts days, such as 2026-11-23' }],
    json: true,
    notes: ['A running server asks for it, and works off the days after it.'],
    examples: ['hutong clearing again 2026-11-23'],
    async run(deps, input) {
      const day = input.word('day');
      await withWalletOperator(deps, async (operator) => {
        await askClearingDayAgain(operator, operator.book, day);
        const { day: asked } = await showClearingDay(operator.sql, operator.book, day);
        printRows(deps.terminal, input.json, [showDay(asked)], DAY_COLUMNS, '');
      });
    },
  },
  {
    name: 'clearing resolve',
    summary: 'Close a break by hand, saying why',
    words: [{ name: 'break-id', what: 'cbk_…' }],
    options: { note: { value: 'text', what: 'why; kept with the break', required: true } },
    json: true,
    notes: ['Nothing but the break is changed: money that has to move is moved in its own way.'],
    examples: ['hutong clearing resolve cbk_… --note "refunded by the bank on 12-01, letter 4711"'],
    async run(deps, input) {
      await withWalletOperator(deps, async (operator) => {
        const { id } = await resolveClearingBreak(operator, {
          id: input.word('break-id'),
          note: input.required('note'),
          by: BY_OPERATOR,
        });
        printBreak(deps.terminal, input.json, await showClearingBreak(operator.sql, id));
      });
    },
  },
];

async function printDay(
  terminal: Terminal,
  isJson: boolean,
  { sql, book }: WalletOperator,
  word: string,
): Promise<void> {
  const { day, sums } = await showClearingDay(sql, book, word);
  const banks = new Map((await readBankRoutes(sql)).map(({ bank, institution }) => [institution, bank]));
  const shown = sums.map((sum) => ({ ...showSum(sum), bank: banks.get(sum.issuer) ?? null }));
  if (isJson) return terminal.print(toJson({ ...showDay(day), sums: shown }));
  printObject(terminal, showDay(day));
  terminal.print('');
  printRows(
    terminal,
    false,
    shown,
    [
      { title: 'BANK', show: (row) => row.bank ?? row.institution },
      { title: 'ROWS', show: (row) => `${row.rows_count}`, right: true },
      { title: 'FILE', show: (row) => showFen(row.file_minor), right: true },
      { title: 'LEGS', show: (row) => `${row.legs_count}`, right: true },
      { title: 'OURS', show: (row) => showFen(row.legs_minor), right: true },
      { title: 'LEDGER', show: (row) => showFen(row.ledger_minor), right: true },
      { title: 'BREAKS EXPLAIN', show: (row) => showFen(row.effects_minor), right: true },
    ],
    'There are no sums of this day yet.',
  );
  if (day.breaks.open > 0) terminal.note(`What does not agree: hutong clearing breaks --day ${day.day}`);
}

function printBreak(terminal: Terminal, isJson: boolean, one: ShownClearingBreak): void {
  if (isJson) terminal.print(toJson(showBreak(one)));
  else printObject(terminal, showBreak(one));
}

type ShownDay = ReturnType<typeof showDay>;

function showDay(day: ShownClearingDay) {
  return {
    day: day.day,
    state: day.state,
    reason: day.reason,
    rows_count: day.rowsCount,
    matched_count: day.matchedCount,
    breaks: day.breaks,
    tries_count: day.triesCount,
    digest: day.digest,
    due_at: instantText(day.dueAt),
    read_at: instantText(day.readAt),
    compared_at: instantText(day.comparedAt),
  };
}

function showSum(sum: ClearingSum) {
  return {
    institution: sum.issuer,
    rows_count: sum.rowsCount,
    legs_count: sum.legsCount,
    file_minor: sum.fileMinor,
    legs_minor: sum.legsMinor,
    ledger_minor: sum.ledgerMinor,
    /** By how much breaks make the file differ from our legs. */
    effects_minor: sum.effectsMinor,
  };
}

type ShownBreak = ReturnType<typeof showBreak>;

function showBreak(one: ShownClearingBreak) {
  return {
    id: one.id,
    day: one.day,
    kind: one.kind,
    cause: one.cause,
    institution: one.issuer,
    move_id: one.moveId,
    side: one.side,
    ours: one.ours,
    theirs: one.theirs,
    state: one.state,
    explanation: one.explanation,
    resolution: one.resolution,
    evidence: one.evidence,
    note: one.note,
    resolved_by: one.resolvedBy,
    created_at: instantText(one.createdAt),
    resolved_at: instantText(one.resolvedAt),
  };
}

const DAY_COLUMNS = [
  { title: 'DAY', show: (row: ShownDay) => row.day },
  { title: 'STATE', show: (row: ShownDay) => row.state },
  { title: 'ROWS', show: (row: ShownDay) => `${row.rows_count ?? '-'}`, right: true },
  { title: 'AGREE', show: (row: ShownDay) => `${row.matched_count ?? '-'}`, right: true },
  { title: 'OPEN', show: (row: ShownDay) => `${row.breaks.open}`, right: true },
  { title: 'ENDED', show: (row: ShownDay) => `${row.breaks.resolved}`, right: true },
  { title: 'WHY', show: (row: ShownDay) => row.reason ?? '-' },
];

const BREAK_COLUMNS = [
  { title: 'BREAK', show: (row: ShownBreak) => row.id },
  { title: 'DAY', show: (row: ShownBreak) => row.day },
  { title: 'KIND', show: (row: ShownBreak) => row.kind },
  { title: 'MOVE', show: (row: ShownBreak) => row.move_id ?? '-' },
  { title: 'STATE', show: (row: ShownBreak) => row.state },
  { title: 'WHAT IS THE MATTER', show: (row: ShownBreak) => row.explanation.zh },
];

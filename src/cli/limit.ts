import { openLimits } from '../limits/open-limits.ts';
import { LIMIT_RULES, type LimitRuleName, isLimitRule, labelOfRule, limitRuleNames } from '../limits/limit-rules.ts';
import { isDay, shanghaiDay, shanghaiMidnight } from '../base/shanghai.ts';
import { readAmount } from '../money/read-amount.ts';
import { chooseWord } from './choose-word.ts';
import { type Command, type Terminal, UsageError } from './command.ts';
import type { Input } from './input.ts';
import { padEnd, printRows } from './print.ts';
import { showFen } from './show-value.ts';
import { BY_OPERATOR, type WalletOperator, withWalletOperator } from './with-wallet-operator.ts';

const SETTERS = ['hutong', 'bank', 'law'] as const;
const COUNT_MAX = 1_000_000;
const RULE_LINES = limitRuleNames.map(
  (rule) => `  ${padEnd(rule, 29)}  ${labelOfRule(rule).en}${unitOf(rule) === 'count' ? ' (a count)' : ''}`,
);

export const limitCommands: readonly Command[] = [
  {
    name: 'limit list',
    summary: 'List the figures of the limits, those that hold now and those that will',
    options: {
      rule: { value: 'rule', what: 'only of this rule' },
      bank: { value: 'code', what: 'only those that count for cards of this bank' },
    },
    json: true,
    notes: [
      'Where several hold, the least of them counts. A holder may set lower ones in the app; those are not here.',
    ],
    examples: ['hutong limit list', 'hutong limit list --rule transfer_card_day --json'],
    async run(deps, input) {
      const rule = input.text('rule');
      const only = rule === undefined ? null : chooseWord('limit list', 'rule', rule, limitRuleNames);
      await withWalletOperator(deps, async (operator) => {
        const code = input.text('bank') ?? null;
        const rows = (await readFigures(operator, only)).filter(
          ({ bank }) => code === null || bank === null || bank === code,
        );
        print(deps.terminal, input.json, rows);
      });
    },
  },
  {
    name: 'limit set',
    summary: 'Enter a figure of a limit, from a day on',
    words: [
      { name: 'rule', what: 'what it limits, as below' },
      { name: 'max', what: 'the most, in yuan such as 50000.00, or a count; "none" ends the figure that holds' },
    ],
    options: {
      from: { value: 'day', what: 'from the beginning of this day in Asia/Shanghai on, or "now"', required: true },
      source: { value: 'text', what: 'where the figure is from, for whoever asks later', required: true },
      bank: { value: 'code', what: 'only for cards of this bank, such as ICBC' },
      class: { value: '1|2|3', what: 'only for accounts of this class' },
      by: { value: 'who', what: `whose figure it is: ${SETTERS.join(', ')}; hutong when left out` },
      min: { value: 'yuan', what: 'the least of one payment; nothing when left out' },
    },
    json: true,
    notes: [
      'Nothing that has passed is changed: the figure before ends where this one begins, and what was reserved stays.',
      '',
      'Rules:',
      ...RULE_LINES,
    ],
    examples: [
      'hutong limit set transfer_payment 20000 --bank CMB --by bank --from 2026-12-01 --source "letter of 2026-11-20"',
      'hutong limit set transfer_user_day_count 30 --from now --source "decided by risk"',
    ],
    async run(deps, input) {
      const rule = chooseWord('limit set', 'rule', input.word('rule'), limitRuleNames);
      const by = chooseWord('limit set', 'setter', input.text('by') ?? 'hutong', SETTERS);
      const max = input.word('max') === 'none' ? null : readFigure('<max>', input.word('max'), unitOf(rule));
      const min = readFigure('--min', input.text('min') ?? '0', 'money');
      const accountClass = readClass(input);
      await withWalletOperator(deps, async (operator) => {
        // One instant for "now" and for what has passed.
        const now = operator.clock.now();
        await openLimits({ ...operator, clock: { now: () => now } }).setLimitRow({
          rule,
          bank: input.text('bank') ?? null,
          accountClass,
          setBy: by,
          min,
          max,
          source: input.required('source'),
          validFrom: readFrom(input.required('from'), now),
          by: BY_OPERATOR,
        });
        print(deps.terminal, input.json, await readFigures(operator, rule));
      });
    },
  },
];

interface ShownFigure {
  rule: string;
  label_zh: string;
  label_en: string;
  bank: string | null;
  account_class: number | null;
  set_by: string;
  unit: 'money' | 'count';
  /** Fen, or a count. */
  min: bigint;
  max: bigint;
  valid_from: string;
  valid_to: string | null;
  source: string;
  entered_by: string;
  entered_at: string;
}

async function readFigures(operator: WalletOperator, only: LimitRuleName | null): Promise<ShownFigure[]> {
  const figures = await openLimits(operator).listLimitRows();
  return figures.flatMap((figure): ShownFigure[] => {
    const { rule } = figure;
    if (!isLimitRule(rule) || (only !== null && rule !== only)) return [];
    return [
      {
        rule,
        label_zh: labelOfRule(rule)['zh-CN'],
        label_en: labelOfRule(rule).en,
        bank: figure.bank === '' ? null : figure.bank,
        account_class: figure.accountClass === 0 ? null : figure.accountClass,
        set_by: figure.setBy,
        unit: unitOf(rule),
        min: figure.min,
        max: figure.max,
        valid_from: figure.validFrom.toISOString(),
        valid_to: figure.validTo?.toISOString() ?? null,
        source: figure.source,
        entered_by: figure.enteredBy,
        entered_at: figure.enteredAt.toISOString(),
      },
    ];
  });
}

function print(terminal: Terminal, isJson: boolean, rows: readonly ShownFigure[]): void {
  printRows(
    terminal,
    isJson,
    rows,
    [
      { title: 'RULE', show: (row) => row.rule },
      { title: 'BANK', show: (row) => row.bank ?? 'any' },
      { title: 'CLASS', show: (row) => `${row.account_class ?? 'any'}` },
      { title: 'BY', show: (row) => row.set_by },
      { title: 'LEAST', show: (row) => (row.min === 0n ? '-' : showFigure(row.min, row.unit)), right: true },
      { title: 'MOST', show: (row) => showFigure(row.max, row.unit), right: true },
      { title: 'FROM', show: (row) => showInstant(row.valid_from) },
      { title: 'UNTIL', show: (row) => (row.valid_to === null ? '-' : showInstant(row.valid_to)) },
      { title: 'SOURCE', show: (row) => row.source },
    ],
    'There is no such figure.',
  );
}

function unitOf(rule: LimitRuleName): 'money' | 'count' {
  return LIMIT_RULES[rule].unit;
}

function showFigure(figure: bigint, unit: 'money' | 'count'): string {
  return unit === 'count' ? `${figure}` : showFen(figure);
}

/** Its day in Asia/Shanghai, with the instant where it is not the day's beginning. */
function showInstant(text: string): string {
  const instant = new Date(text);
  const day = shanghaiDay(instant);
  return shanghaiMidnight(day).getTime() === instant.getTime() ? day : text;
}

/** Fen or a count. @throws UsageError */
function readFigure(name: string, text: string, unit: 'money' | 'count'): bigint {
  if (unit === 'count') {
    const count = Number(text);
    if (!/^\d{1,7}$/.test(text) || count > COUNT_MAX)
      throw new UsageError(`hutong limit set: ${name} is a whole number up to ${COUNT_MAX}: this rule counts`);
    return BigInt(count);
  }
  if (/^0+(\.0{1,2})?$/.test(text)) return 0n;
  const reading = readAmount(text, 'CNY');
  if (reading.kind === 'fault')
    throw new UsageError(
      `hutong limit set: ${name} is an amount in yuan, such as 50000.00 (${reading.fault.replaceAll('_', ' ')})`,
    );
  return reading.amount.minor;
}

function readClass(input: Input): 1 | 2 | 3 | null {
  const accountClass = input.count('class', { min: 1, max: 3 });
  return accountClass === undefined ? null : (accountClass as 1 | 2 | 3); // within the range that was just checked
}

/** @throws UsageError */
function readFrom(text: string, now: Date): Date {
  if (text === 'now') return now;
  if (!isDay(text)) throw new UsageError('hutong limit set: --from is a day such as 2026-12-01, or "now"');
  return shanghaiMidnight(text);
}

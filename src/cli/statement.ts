import { STATEMENT_FILE_BYTES_MAX } from '../base/limits.ts';
import { FEE_BPS_MAX, getBilledAccount, setFee } from '../cashier/billed-accounts.ts';
import { openCashier } from '../cashier/cashier.ts';
import { closeBreak } from '../settlement/close-break.ts';
import { getStatement, pageBreaks, pageStatements } from '../settlement/read-statements.ts';
import { importStatement, settleNow } from '../settlement/request-statement.ts';
import type { SettlementDeps } from '../settlement/settlement-deps.ts';
import type { ShownBreak, ShownStatement } from '../settlement/show-statement.ts';
import { type CliDeps, type Command, type Terminal, UsageError } from './command.ts';
import { printObject, printRows, toJson } from './print.ts';
import { readFileWithin } from './read-file.ts';
import { withWalletSend } from './wallet-send.ts';
import { withOperator } from './with-operator.ts';

const ITEMS_USUAL = 20;
const ITEMS_MAX = 1000;
const limit = { value: 'count', what: `how many at most; ${ITEMS_USUAL} when left out` };
const account = { name: 'account', what: 'wa_…: the account at the wallet' };
const day = { name: 'day', what: 'as the wallet counts days, such as 2026-11-11' };

export const statementCommands: readonly Command[] = [
  {
    name: 'statement list',
    summary: "List wallets' daily bills, newest first",
    options: {
      account: { value: 'id', what: 'only of this account' },
      day: { value: 'date', what: 'only of this day' },
      state: { value: 'state', what: 'only these: waiting, refused, reconciled …' },
      limit,
    },
    json: true,
    examples: ['hutong statement list', 'hutong statement list --state refused --json'],
    async run(deps, input) {
      const itemsMax = input.count('limit', { min: 1, max: ITEMS_MAX }) ?? ITEMS_USUAL;
      await withSettlement(deps, async (settlement, book) => {
        const { data, next } = await pageStatements(settlement, readerOf(book), {
          walletAccountId: input.text('account') ?? null,
          day: input.text('day') ?? null,
          state: input.text('state') ?? null,
          before: null,
          itemsMax,
        });
        printRows(deps.terminal, input.json, data, STATEMENT_COLUMNS, 'There is no such statement yet.');
        if (next !== null && !input.json) deps.terminal.note('There are more: --limit shows them.');
      });
    },
  },
  {
    name: 'statement show',
    summary: 'Show a bill with its counts, sums and breaks',
    words: [{ name: 'statement-id', what: 'stm_…' }],
    options: { limit },
    json: true,
    examples: ['hutong statement show stm_…', 'hutong statement show stm_… --json'],
    async run(deps, input) {
      const itemsMax = input.count('limit', { min: 1, max: ITEMS_MAX }) ?? ITEMS_USUAL;
      await withSettlement(deps, async (settlement, book) => {
        const id = input.word('statement-id');
        const statement = await getStatement(settlement, readerOf(book), id);
        const request = { statementId: id, kind: null, state: null, after: null, itemsMax };
        const breaks = await pageBreaks(settlement, readerOf(book), request);
        if (input.json) deps.terminal.print(toJson({ ...statement, break_rows: breaks.data }));
        else printStatement(deps.terminal, statement, breaks.data);
        if (breaks.next !== null && !input.json) deps.terminal.note('There are more breaks: --limit shows them.');
      });
    },
  },
  {
    name: 'statement fetch',
    summary: "Fetch a wallet's bill of a day and reconcile it, now",
    words: [account, day],
    json: true,
    notes: ['Works beside a running server and without one. A day that is closed is only compared.'],
    examples: ['hutong statement fetch wa_… 2026-11-11'],
    async run(deps, input) {
      await withSettlement(deps, async (settlement, book) => {
        const { id } = await settleNow(settlement, dayOf(input));
        printOutcome(deps.terminal, input.json, await getStatement(settlement, readerOf(book), id));
      });
    },
  },
  {
    name: 'statement import',
    summary: 'Reconcile a bill that was downloaded by hand',
    words: [account, day, { name: 'file', what: "as it came from the wallet's own pages, not unpacked" }],
    json: true,
    notes: ['The file goes through the same reading and the same checks as one that is fetched.'],
    examples: ['hutong statement import wa_… 2026-11-11 bill.zip'],
    async run(deps, input) {
      const file = await readFileWithin(input.word('file'), STATEMENT_FILE_BYTES_MAX);
      await withSettlement(deps, async (settlement, book) => {
        const { id } = await importStatement(settlement, { ...dayOf(input), file });
        printOutcome(deps.terminal, input.json, await getStatement(settlement, readerOf(book), id));
      });
    },
  },
  {
    name: 'statement resolve',
    summary: 'Close a break by hand, saying why',
    words: [{ name: 'break-id', what: 'brk_…' }],
    options: { note: { value: 'text', what: 'why; kept with the break', required: true } },
    json: true,
    notes: ['Nothing but the break is changed: money that has to move is moved in its own way.'],
    examples: ['hutong statement resolve brk_… --note "our other shop uses this merchant number"'],
    async run(deps, input) {
      await withSettlement(deps, async (settlement) => {
        const { body } = await closeBreak(settlement, {
          id: input.word('break-id'),
          merchantId: null,
          note: input.required('note'),
          by: 'command line',
          claim: null,
        });
        const shown: ShownBreak = JSON.parse(body); // a break as the API shows it
        if (input.json) deps.terminal.print(toJson(shown));
        else printObject(deps.terminal, shown);
      });
    },
  },
  {
    name: 'statement fee',
    summary: 'Say what a wallet keeps of each payment, so that bills are checked for it',
    words: [
      account,
      { name: 'bps', what: `hundredths of a percent, 0 to ${FEE_BPS_MAX}; or "none": fees are only recorded` },
    ],
    json: true,
    examples: ['hutong statement fee wa_… 60', 'hutong statement fee wa_… none'],
    async run(deps, input) {
      const feeBps = readBps(input.word('bps'));
      await withSettlement(deps, async ({ cashier }) => {
        const { id, merchantId } = await getBilledAccount(cashier.deps, input.word('account'), null);
        const { body } = await setFee(cashier.deps, { merchantId, id, feeBps, claim: null });
        if (input.json) deps.terminal.print(body);
        else
          deps.terminal.print(
            feeBps === null ? 'Fees are recorded and not compared.' : `Fees are compared with ${feeBps} bps.`,
          );
      });
    },
  },
];

/** Settlement over the operator's database, with a way out to the wallets. */
async function withSettlement(
  deps: CliDeps,
  work: (settlement: SettlementDeps, book: number) => Promise<void>,
): Promise<void> {
  await withOperator(deps, async (operator) => {
    await withWalletSend(operator.settings, async (send) => {
      const cashier = openCashier({ ...operator.cashier, send });
      try {
        await work({ cashier, ledger: operator.ledger }, operator.book);
      } finally {
        await cashier.stop();
      }
    });
  });
}

const STATEMENT_COLUMNS = [
  { title: 'ID', show: (row: ShownStatement) => row.id },
  { title: 'DAY', show: (row: ShownStatement) => row.day },
  { title: 'WALLET', show: (row: ShownStatement) => row.wallet },
  { title: 'ACCOUNT', show: (row: ShownStatement) => row.wallet_account_id },
  { title: 'STATE', show: (row: ShownStatement) => row.state },
  { title: 'MATCHED', show: (row: ShownStatement) => toText(row.matched_count), right: true },
  { title: 'OPEN', show: (row: ShownStatement) => toText(row.breaks.open + row.breaks.carried), right: true },
  { title: 'FOR A PERSON', show: (row: ShownStatement) => toText(row.breaks.left_for_operator), right: true },
  { title: 'FEES', show: (row: ShownStatement) => toText(row.fees_posted_minor), right: true },
];

function printStatement(terminal: Terminal, statement: ShownStatement, breaks: readonly ShownBreak[]): void {
  const { theirs, ours, booked, breaks: counts, ...rest } = statement;
  printObject(terminal, { ...rest, breaks: counts });
  const sides = [
    { side: 'their bill', sums: theirs },
    { side: 'our records', sums: ours },
    { side: 'the ledger', sums: booked },
  ];
  terminal.print('');
  printRows(
    terminal,
    false,
    sides,
    [
      { title: 'SIDE', show: ({ side }) => side },
      { title: 'PAYMENTS', show: ({ sums }) => toText(sums?.payments_count), right: true },
      { title: 'MINOR', show: ({ sums }) => toText(sums?.payments_minor), right: true },
      { title: 'REFUNDS', show: ({ sums }) => toText(sums?.refunds_count), right: true },
      { title: 'MINOR', show: ({ sums }) => toText(sums?.refunds_minor), right: true },
    ],
    '',
  );
  terminal.print('');
  printRows(
    terminal,
    false,
    breaks,
    [
      { title: 'BREAK', show: (row) => row.id },
      { title: 'KIND', show: (row) => row.kind },
      { title: 'STATE', show: (row) => row.state },
      { title: 'OUR ORDER', show: (row) => row.order_no },
      { title: 'WHAT IS THE MATTER', show: (row) => row.explanation.zh },
    ],
    'Everything agrees.',
  );
}

/** One line for people: what came of it. */
function printOutcome(terminal: Terminal, isJson: boolean, statement: ShownStatement): void {
  if (isJson) return terminal.print(toJson(statement));
  const { breaks, reason } = statement;
  const open = breaks.open + breaks.carried + breaks.left_for_operator;
  terminal.print(`${statement.id} of ${statement.day} is ${statement.state}${reason === null ? '' : `: ${reason}`}`);
  if (statement.state === 'reconciled')
    terminal.print(`${toText(statement.matched_count)} agree, ${open} do not: hutong statement show ${statement.id}`);
}

function dayOf(input: { word(name: string): string }) {
  return { merchantId: null, walletAccountId: input.word('account'), day: input.word('day') };
}

function readerOf(book: number) {
  return { book, merchantId: null };
}

function readBps(text: string): number | null {
  if (text === 'none') return null;
  const bps = Number(text);
  if (!/^\d{1,5}$/.test(text) || bps > FEE_BPS_MAX)
    throw new UsageError(`hutong statement fee: <bps> is a whole number from 0 to ${FEE_BPS_MAX}, or "none"`);
  return bps;
}

function toText(value: number | string | null | undefined): string {
  return value === null || value === undefined ? '-' : `${value}`;
}

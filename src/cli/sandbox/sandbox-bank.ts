import { type CliDeps, CliError, type Command } from '../command.ts';
import { chooseWord } from '../choose-word.ts';
import type { Input } from '../input.ts';
import { printRows, toJson } from '../print.ts';
import { showFen } from '../show-value.ts';
import { reachBanks } from './reach.ts';

const FAULT_TIMES_MAX = 1_000_000;

/** What can go wrong with a message to the pretend banks, as their control API calls it. */
const KINDS: readonly (readonly [kind: string, what: string])[] = [
  ['approve', 'nothing: a message that it strikes is spared from the ones behind it'],
  ['decline', 'declined with the answer code --value (05)'],
  ['bank_down', 'the issuer is not there (91)'],
  ['sign_off', 'the switch takes nothing until the link has signed on again (92)'],
  ['day_switch', 'the next settlement day begins first'],
  ['drop_request', 'lost on its way: nothing is done, nothing answered'],
  ['slow', 'done after --value milliseconds (1000)'],
  ['delay', 'done, and answered after --value milliseconds (1000)'],
  ['drop_reply', 'done, and never answered'],
  ['twice', 'answered twice'],
  ['late', 'answered only after its reversal was'],
  ['wrong_mac', 'answered with a MAC that does not fit'],
  ['wrong_amount', 'answered with one fen (or --value) too much'],
  ['other_stan', "answered under another message's number"],
  ['swap', 'this answer and the next one change their numbers'],
  ['reorder', 'answered after the next one'],
  ['close_before', 'done, and the link is closed before the answer'],
  ['close_middle', '… in the middle of it'],
  ['close_after', '… after it'],
  ['half_open', 'the link stays up and says and hears nothing any more'],
  ['corrupt', 'one byte of the answer is turned, the one at --value or any'],
  ['key_change', 'new keys are pushed just before the answer'],
];

export const sandboxBankCommands: readonly Command[] = [
  {
    name: 'sandbox bank people',
    summary: 'List the people of the pretend banks with their cards, numbers, PINs and balances',
    json: true,
    notes: ['They live in the sandbox alone: their numbers are made up.'],
    examples: ['hutong sandbox bank people', 'hutong sandbox bank people --json'],
    async run(deps, input) {
      const { data } = await reachBanks(deps).ask('GET', 'people');
      const people = rowsOf<ShownPerson>(data);
      if (input.json) return printRows(deps.terminal, true, people, [], '');
      const rows = people.flatMap(({ person, cards }) => cards.map((card) => ({ person, card })));
      printRows(
        deps.terminal,
        false,
        rows,
        [
          { title: 'NAME', show: ({ person }) => person.name },
          { title: 'ID NUMBER', show: ({ person }) => person.id_number },
          { title: 'PHONE', show: ({ card }) => card.phone },
          { title: 'BANK', show: ({ card }) => card.bank },
          { title: 'KIND', show: ({ card }) => card.kind },
          { title: 'NUMBER', show: ({ card }) => card.number },
          { title: 'PIN', show: ({ card }) => card.pin },
          { title: 'BALANCE', show: ({ card }) => showFen(BigInt(card.ledger_fen)), right: true },
          { title: 'STATUS', show: ({ card }) => card.status },
        ],
        'Nobody has an account yet.',
      );
    },
  },
  {
    name: 'sandbox bank fault',
    summary: 'Make the pretend banks silent, slow, wrong or late',
    words: [{ name: 'kind', what: 'what goes wrong, as below' }],
    options: {
      operation: {
        value: 'operation',
        what: 'only this: transfer_out, transfer_in, purchase, refund, reversal, balance …',
      },
      bank: { value: 'code', what: 'only this bank, such as ICBC' },
      card: { value: 'digits', what: 'only cards that end like this' },
      value: { value: 'value', what: 'milliseconds, an answer code, fen or the place of a byte, as the kind wants it' },
      times: { value: 'count', what: 'how often it strikes; until it is cleared when left out' },
    },
    json: true,
    notes: ['Kinds:', ...KINDS.map(([kind, what]) => `  ${kind.padEnd(12)}  ${what}`)],
    examples: [
      'hutong sandbox bank fault drop_reply --operation transfer_out --times 1',
      'hutong sandbox bank fault bank_down --bank CMB',
    ],
    async run(deps, input) {
      const banks = reachBanks(deps);
      const times = input.count('times', { min: 1, max: FAULT_TIMES_MAX });
      const { operations, kinds } = await banks.ask('GET', 'faults');
      const operation = input.text('operation');
      const given = ['bank', 'card', 'value'].flatMap((name): [string, string][] => {
        const text = input.text(name);
        return text === undefined ? [] : [[name, text]];
      });
      const reply = await banks.ask('POST', 'faults', {
        kind: chooseWord('sandbox bank fault', 'kind', input.word('kind'), rowsOf<string>(kinds)),
        ...(operation === undefined
          ? {}
          : { operation: chooseWord('sandbox bank fault', 'operation', operation, rowsOf<string>(operations)) }),
        ...Object.fromEntries(given),
        ...(times === undefined ? {} : { times }),
      });
      printFaults(deps, input, reply);
    },
  },
  {
    name: 'sandbox bank faults',
    summary: 'List the faults of the pretend banks that are on',
    json: true,
    examples: ['hutong sandbox bank faults'],
    async run(deps, input) {
      printFaults(deps, input, await reachBanks(deps).ask('GET', 'faults'));
    },
  },
  {
    name: 'sandbox bank clear',
    summary: 'Switch the faults of the pretend banks off',
    json: true,
    examples: ['hutong sandbox bank clear'],
    async run(deps, input) {
      const banks = reachBanks(deps);
      const cleared = rowsOf((await banks.ask('GET', 'faults'))['data']).length;
      await banks.ask('DELETE', 'faults');
      deps.terminal.print(input.json ? toJson({ cleared }) : `${cleared} cleared.`);
    },
  },
  {
    name: 'sandbox bank totals',
    summary: "Show what the pretend banks' own books owe to whom, by day, and whether they balance",
    json: true,
    notes: ['Exit code 1 when the books of a bank do not sum to zero or are not what its messages say.'],
    examples: ['hutong sandbox bank totals', 'hutong sandbox bank totals --json'],
    async run(deps, input) {
      const { data, is_balanced } = await reachBanks(deps).ask('GET', 'totals');
      const totals = rowsOf<ShownTotal>(data);
      if (input.json) deps.terminal.print(toJson({ is_balanced, totals }));
      else
        printRows(
          deps.terminal,
          false,
          totals,
          [
            { title: 'DAY', show: (row) => row.day },
            { title: 'BANK', show: (row) => row.bank },
            { title: 'INSTITUTION', show: (row) => row.institution },
            { title: 'TAKEN', show: (row) => showFen(BigInt(row.debit_fen)), right: true },
            { title: 'GIVEN', show: (row) => showFen(BigInt(row.credit_fen)), right: true },
            { title: 'GIVEN BACK', show: (row) => showFen(BigInt(row.reversal_fen)), right: true },
            { title: 'OWED', show: (row) => showFen(BigInt(row.net_fen)), right: true },
          ],
          'No money has moved at the pretend banks yet.',
        );
      if (is_balanced !== true) throw new CliError('The books of the pretend banks do not balance.');
      if (!input.json) deps.terminal.print("Every bank's books sum to zero and are what its messages say.");
    },
  },
  {
    name: 'sandbox bank day',
    summary: 'Show the settlement day of the pretend switch, or close it',
    options: { close: { value: null, what: 'ends the day now: the next one begins, and its file can be had' } },
    json: true,
    notes: ['It ends by itself at 23:00 in Asia/Shanghai.'],
    examples: ['hutong sandbox bank day', 'hutong sandbox bank day --close'],
    async run(deps, input) {
      const { settlement_day } = await reachBanks(deps).ask(input.flag('close') ? 'POST' : 'GET', 'day');
      deps.terminal.print(input.json ? toJson({ settlement_day }) : String(settlement_day));
    },
  },
];

interface ShownPerson {
  person: { id: string; name: string; id_number: string; phone: string };
  cards: {
    number: string;
    bank: string;
    kind: string;
    phone: string;
    pin: string;
    status: string;
    /** Below zero is what is owed. */
    ledger_fen: string;
  }[];
}

interface ShownFault {
  kind: string;
  operation?: string;
  bank?: string;
  card?: string;
  value?: string | number;
  times?: number;
}

interface ShownTotal {
  institution: string;
  bank: string;
  day: string;
  debit_fen: string;
  credit_fen: string;
  reversal_fen: string;
  net_fen: string;
}

function printFaults(deps: CliDeps, input: Input, reply: Record<string, unknown>): void {
  const rows = rowsOf<ShownFault>(reply['data']).map(({ kind, operation, bank, card, value, times }) => ({
    kind,
    operation: operation ?? 'any',
    bank: bank ?? null,
    card: card ?? null,
    value: value ?? null,
    times: times ?? null,
  }));
  printRows(
    deps.terminal,
    input.json,
    rows,
    [
      { title: 'KIND', show: (row) => row.kind },
      { title: 'OPERATION', show: (row) => row.operation },
      { title: 'BANK', show: (row) => row.bank ?? 'any' },
      { title: 'CARD', show: (row) => row.card ?? 'any' },
      { title: 'VALUE', show: (row) => String(row.value ?? '-'), right: true },
      { title: 'TIMES LEFT', show: (row) => String(row.times ?? 'until cleared'), right: true },
    ],
    'No fault is on.',
  );
}

/** A list as the pretend banks' own control API answers it; nothing else is asked. */
function rowsOf<Row>(data: unknown): Row[] {
  return Array.isArray(data) ? (data as Row[]) : []; // a simulator of ours, by its control page
}

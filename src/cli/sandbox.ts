import { type CliDeps, type Command, UsageError } from './command.ts';
import type { Input } from './input.ts';
import { printRows, toJson } from './print.ts';
import { FAULT_NOTES, faultWords, kindWord, toKind, toOperation } from './sandbox/fault-words.ts';
import { type Reached, reachSimulator, withSimulators } from './sandbox/reach.ts';
import { sandboxDiscountCommand } from './sandbox/sandbox-discount.ts';
import { SIMULATOR_NAMES } from './settings.ts';

const ORDERS_USUAL = 20;
const ORDERS_MAX = 10_000;
const FAULT_TIMES_MAX = 1_000_000;
const FAULT_SEED_MAX = 1_000_000_000;
const CARD_MAX = 9;
const BUYERS = ['pays', 'asks_pin', 'declines'];

const wallet = { name: 'wallet', what: SIMULATOR_NAMES.join(', ') };
const perhapsWallet = {
  ...wallet,
  what: `${wallet.what}; all that are running when left out`,
  optional: true,
} as const;
const order = { name: 'order', what: 'the order number at the wallet, or the attempt (att_…)' };

/** The hands of a buyer and of a bad day, on the simulators that `hutong start` runs on this machine. */
export const sandboxCommands: readonly Command[] = [
  {
    name: 'sandbox fault',
    summary: 'Make a pretend wallet slow, silent, wrong, late or a liar',
    words: [
      wallet,
      { name: 'operation', what: 'what goes wrong: pay, query, refund, cancel, notify …' },
      {
        name: 'kind',
        what: 'how: silent, slow, late, html, wrong, lies, duplicated, cut, code, declined …',
        optional: true,
      },
    ],
    options: {
      value: { value: 'value', what: 'milliseconds, fen, a count or a code, as the kind wants it' },
      times: { value: 'count', what: 'how often it strikes; until it is cleared when left out' },
      order: { value: 'no', what: 'only this order number at the wallet, or attempt (att_…)' },
      share: { value: 'percent', what: 'only so many of a hundred calls, 1 to 100; every call when left out' },
      seed: { value: 'number', what: 'which calls of the share those are; 1 when left out' },
    },
    json: true,
    notes: FAULT_NOTES,
    examples: [
      'hutong sandbox fault unionpay declined --share 20',
      'hutong sandbox fault wechatpay query silent --times 2',
      'hutong sandbox fault alipay notify late --value 60000',
      'hutong sandbox fault jdpay notify lies --value 100',
    ],
    async run(deps, input) {
      const simulator = reachSimulator(deps, input.word('wallet'));
      const { operations, kinds } = await simulator.ask('GET', 'faults');
      const words = faultWords(input.word('operation'), input.word('kind'));
      const share = input.count('share', { min: 1, max: 100 });
      const seed = input.count('seed', { min: 0, max: FAULT_SEED_MAX });
      if (seed !== undefined && share === undefined) throw new UsageError('--seed goes with --share');
      const times = input.count('times', { min: 1, max: FAULT_TIMES_MAX });
      const orderNo = input.text('order');
      const value = input.text('value');
      const reply = await simulator.ask('POST', 'faults', {
        operation: toOperation(words.operation, texts(operations)),
        kind: toKind(words.kind, texts(kinds)),
        ...(value === undefined ? {} : { value }),
        ...(times === undefined ? {} : { times }),
        ...(orderNo === undefined ? {} : { orderNo: toOrderNo(orderNo) }),
        ...(share === undefined ? {} : { share }),
        ...(seed === undefined ? {} : { seed }),
      });
      printFaults(deps, input, faultsOf(simulator, reply));
    },
  },
  {
    name: 'sandbox faults',
    summary: 'List the faults that are on',
    words: [perhapsWallet],
    json: true,
    examples: ['hutong sandbox faults', 'hutong sandbox faults jdpay --json'],
    async run(deps, input) {
      const found = await withSimulators(deps, input.word('wallet'), async (simulator) => {
        return faultsOf(simulator, await simulator.ask('GET', 'faults'));
      });
      printFaults(deps, input, found.flat());
    },
  },
  {
    name: 'sandbox clear',
    summary: 'Switch the faults off',
    words: [perhapsWallet],
    json: true,
    examples: ['hutong sandbox clear', 'hutong sandbox clear wechatpay'],
    async run(deps, input) {
      const cleared = await withSimulators(deps, input.word('wallet'), async (simulator) => {
        const count = faultsOf(simulator, await simulator.ask('GET', 'faults')).length;
        await simulator.ask('DELETE', 'faults');
        return { wallet: simulator.name, cleared: count };
      });
      const columns = [
        { title: 'WALLET', show: (row: Cleared) => row.wallet },
        { title: 'CLEARED', show: (row: Cleared) => `${row.cleared}`, right: true },
      ];
      printRows(deps.terminal, input.json, cleared, columns, '');
    },
  },
  sandboxDiscountCommand,
  {
    name: 'sandbox orders',
    summary: "List what a pretend wallet's own books say, newest last",
    words: [wallet],
    options: {
      order: { value: 'no', what: 'only this order number at the wallet, or attempt (att_…)' },
      limit: { value: 'count', what: `how many at most; ${ORDERS_USUAL} when left out` },
    },
    json: true,
    examples: ['hutong sandbox orders jdpay', 'hutong sandbox orders alipay --order att_… --json'],
    async run(deps, input) {
      const itemsMax = input.count('limit', { min: 1, max: ORDERS_MAX }) ?? ORDERS_USUAL;
      const orderNo = input.text('order');
      const simulator = reachSimulator(deps, input.word('wallet'));
      const rows = await listOrders(simulator, orderNo === undefined ? null : toOrderNo(orderNo));
      printOrders(deps, input, rows.slice(-itemsMax));
      if (rows.length > itemsMax && !input.json) deps.terminal.note('There are more: --limit shows them.');
    },
  },
  {
    name: 'sandbox pay',
    summary: 'Pay an order as its buyer would',
    words: [wallet, order],
    options: {
      card: { value: 'number', what: 'with which of the pretend cards, from 0 (the first pays)' },
      late: { value: null, what: "the bank's success arrives although the time to pay is over" },
    },
    json: true,
    notes: ['After a payment code that asks for the PIN, this enters it.'],
    examples: ['hutong sandbox pay unionpay att_…', 'hutong sandbox pay jdpay att_… --card 3'],
    async run(deps, input) {
      const card = input.count('card', { min: 0, max: CARD_MAX });
      await act(deps, input, 'pay', {
        ...(card === undefined ? {} : { card }),
        ...(input.flag('late') ? { late: true } : {}),
      });
    },
  },
  {
    name: 'sandbox decline',
    summary: 'Decline an order as its bank would',
    words: [wallet, order],
    options: { code: { value: 'code', what: "the wallet's own reason; its usual one when left out" } },
    json: true,
    examples: ['hutong sandbox decline unionpay att_…', 'hutong sandbox decline unionpay att_… --code 61'],
    async run(deps, input) {
      const code = input.text('code');
      await act(deps, input, 'decline', code === undefined ? {} : { code });
    },
  },
  {
    name: 'sandbox code',
    summary: "Show a pretend buyer's payment code (付款码), for a shop to scan",
    words: [wallet],
    options: { buyer: { value: 'buyer', what: `what the buyer does: ${BUYERS.join(', ')}; pays when left out` } },
    json: true,
    notes: ['A code works once, and only for a short while.'],
    examples: ['hutong sandbox code wechatpay', 'hutong sandbox code jdpay --buyer asks_pin'],
    async run(deps, input) {
      const buyer = input.text('buyer') ?? 'pays';
      if (!BUYERS.includes(buyer)) throw new UsageError(`--buyer is one of ${BUYERS.join(', ')}`);
      const simulator = reachSimulator(deps, input.word('wallet'));
      const { code } = await simulator.ask('POST', 'payment-codes', { buyer });
      if (input.json) deps.terminal.print(toJson({ wallet: simulator.name, buyer, code }));
      else deps.terminal.print(String(code));
    },
  },
];

interface Cleared {
  wallet: string;
  cleared: number;
}

interface ShownFault {
  wallet: string;
  operation: string;
  kind: string;
  value: string | number | null;
  times: number | null;
  order_no: string | null;
  /** Percent of the calls; null: every call. */
  share: number | null;
  seed: number | null;
  /** How many calls it could have struck since it was set, and how many it did; null without a share. */
  calls: number | null;
  struck: number | null;
}

/** An order as every simulator shows it. */
interface ShownOrder {
  kind: string;
  order_no: string;
  via: string;
  amount_fen: string;
  discount_fen: string;
  state: string;
  code: string;
  refunded_fen: string;
}

async function act(deps: CliDeps, input: Input, what: 'pay' | 'decline', body: object): Promise<void> {
  const simulator = reachSimulator(deps, input.word('wallet'));
  const orderNo = toOrderNo(input.word('order'));
  await simulator.ask('POST', `orders/${encodeURIComponent(orderNo)}/${what}`, body);
  printOrders(deps, input, await listOrders(simulator, orderNo));
}

async function listOrders(simulator: Reached, orderNo: string | null): Promise<ShownOrder[]> {
  const rows: ShownOrder[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const query: string = new URLSearchParams({
      after: String(after),
      ...(orderNo === null ? {} : { order_no: orderNo }),
    }).toString();
    const { data, next_after } = await simulator.ask('GET', `orders?${query}`);
    rows.push(...(Array.isArray(data) ? (data as ShownOrder[]) : [])); // a simulator of ours, by its control page
    after = typeof next_after === 'number' ? next_after : null;
  }
  return rows;
}

function printOrders(deps: CliDeps, input: Input, rows: readonly ShownOrder[]): void {
  const columns = [
    { title: 'ORDER', show: (row: ShownOrder) => row.order_no },
    { title: 'KIND', show: (row: ShownOrder) => row.kind },
    { title: 'BY', show: (row: ShownOrder) => row.via },
    { title: 'FEN', show: (row: ShownOrder) => row.amount_fen, right: true },
    { title: 'OFF', show: (row: ShownOrder) => row.discount_fen, right: true },
    { title: 'REFUNDED', show: (row: ShownOrder) => row.refunded_fen, right: true },
    { title: 'STATE', show: (row: ShownOrder) => row.state },
    { title: 'CODE', show: (row: ShownOrder) => row.code },
  ];
  printRows(deps.terminal, input.json, rows, columns, 'The pretend wallet has no such order.');
}

function faultsOf(simulator: Reached, reply: Record<string, unknown>): ShownFault[] {
  const faults: unknown[] = Array.isArray(reply['data']) ? reply['data'] : [];
  return faults.map((fault) => {
    const { operation, kind, value, times, orderNo, ...more } = fault as Record<string, string | number | undefined>; // as its control page says
    const count = (name: string): number | null => {
      const counted = more[name];
      return typeof counted === 'number' ? counted : null;
    };
    return {
      wallet: simulator.name,
      operation: String(operation),
      kind: String(kind),
      value: value ?? null,
      times: typeof times === 'number' ? times : null,
      order_no: typeof orderNo === 'string' ? orderNo : null,
      share: count('share'),
      seed: count('seed'),
      calls: count('calls'),
      struck: count('struck'),
    };
  });
}

function printFaults(deps: CliDeps, input: Input, faults: readonly ShownFault[]): void {
  const columns = [
    { title: 'WALLET', show: (row: ShownFault) => row.wallet },
    { title: 'OPERATION', show: (row: ShownFault) => row.operation },
    { title: 'KIND', show: (row: ShownFault) => kindWord(row.kind) },
    { title: 'VALUE', show: (row: ShownFault) => String(row.value ?? '-'), right: true },
    { title: 'SHARE', show: shareText },
    { title: 'TIMES LEFT', show: (row: ShownFault) => String(row.times ?? 'until cleared'), right: true },
    { title: 'ORDER', show: (row: ShownFault) => row.order_no ?? 'any' },
  ];
  printRows(deps.terminal, input.json, faults, columns, 'No fault is on.');
}

/** `20 % (seed 1): 3 of 15` */
function shareText({ share, seed, struck, calls }: ShownFault): string {
  return share === null ? 'all' : `${share} % (seed ${seed}): ${struck} of ${calls}`;
}

/** Attempts and refunds are named at wallets by the letters of their id. */
function toOrderNo(text: string): string {
  return text.replace(/^(att|rf)_/, '');
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

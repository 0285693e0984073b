import { formatMinor, money } from '../../money/money.ts';
import { type CliDeps, type Command, UsageError } from '../command.ts';
import type { Input } from '../input.ts';
import { printRows } from '../print.ts';
import { SIMULATOR_NAMES } from '../settings.ts';
import { type Reached, reachSimulator } from './reach.ts';

const FUNDERS = ['wallet', 'merchant', 'bank', 'other'];
const KINDS = ['flat', 'coupon', 'random', 'item'];
const YUAN = /^(\d{1,8})(?:\.(\d{1,2}))?$/;

/** What a pretend wallet takes off the payments that come: its own offers, of which a shop hears only afterwards. */
export const sandboxDiscountCommand: Command = {
  name: 'sandbox discount',
  summary: 'Let a pretend wallet take something off what its buyers pay',
  words: [{ name: 'wallet', what: SIMULATOR_NAMES.join(', ') }],
  options: {
    off: { value: 'yuan', what: 'how much, such as 5.00; without it the discounts that are on are listed' },
    funder: {
      value: 'who',
      what: `who pays for it: ${FUNDERS.join(', ')}; several with commas, in even parts; wallet when left out`,
    },
    kind: { value: 'kind', what: `${KINDS.join(', ')}; flat when left out; random is up to --off` },
    min: { value: 'yuan', what: 'only for orders from this amount on' },
    gap: { value: 'yuan', what: 'so much of it the wallet tells as paid by nobody' },
    prefunded: { value: null, what: 'paid for beforehand: the shop is settled as if the buyer had paid it all' },
    clear: { value: null, what: 'takes nothing off any more' },
  },
  json: true,
  notes: ['It is for the payments that follow; two of them come off one after the other, where the wallet knows that.'],
  examples: [
    'hutong sandbox discount wechatpay --off 5.00 --min 50',
    'hutong sandbox discount unionpay --off 8.00 --funder wallet,merchant --kind random',
    'hutong sandbox discount alipay --off 5.11 --gap 3.11',
    'hutong sandbox discount unionpay --clear',
  ],
  async run(deps, input) {
    const simulator = reachSimulator(deps, input.word('wallet'));
    const off = input.text('off');
    if (input.flag('clear')) {
      if (off !== undefined) throw new UsageError('--clear takes everything away: say --off afterwards');
      return print(deps, input, simulator, await simulator.ask('DELETE', 'discounts'));
    }
    if (off === undefined) {
      const extra = ['funder', 'kind', 'min', 'gap'].find((name) => input.text(name) !== undefined);
      if (extra !== undefined || input.flag('prefunded')) throw new UsageError('--off says how much is taken off');
      return print(deps, input, simulator, await simulator.ask('GET', 'discounts'));
    }
    const reply = await simulator.ask('POST', 'discounts', {
      off_fen: readYuan('off', off),
      funders: readWords('funder', input.text('funder') ?? 'wallet', FUNDERS),
      kind: readWords('kind', input.text('kind') ?? 'flat', KINDS)[0],
      min_fen: readYuan('min', input.text('min') ?? '0'),
      gap_fen: readYuan('gap', input.text('gap') ?? '0'),
      prefunded: input.flag('prefunded'),
    });
    print(deps, input, simulator, reply);
  },
};

interface ShownDiscount {
  wallet: string;
  id: string;
  off_fen: number;
  funders: string[];
  kind: string;
  min_fen: number;
  gap_fen: number;
  prefunded: boolean;
}

function print(deps: CliDeps, input: Input, simulator: Reached, reply: Record<string, unknown>): void {
  const data: unknown[] = Array.isArray(reply['data']) ? reply['data'] : [];
  const rows = data.map((one) => ({ wallet: simulator.name, ...(one as Omit<ShownDiscount, 'wallet'>) })); // as its control page says
  const yuan = (fen: number) => formatMinor(money('CNY', BigInt(fen)));
  const columns = [
    { title: 'WALLET', show: (row: ShownDiscount) => row.wallet },
    { title: 'KIND', show: (row: ShownDiscount) => row.kind },
    { title: 'OFF', show: (row: ShownDiscount) => yuan(row.off_fen), right: true },
    { title: 'FROM', show: (row: ShownDiscount) => yuan(row.min_fen), right: true },
    { title: 'PAID BY', show: (row: ShownDiscount) => row.funders.join(', ') + (row.prefunded ? ' (before)' : '') },
    { title: 'UNTOLD', show: (row: ShownDiscount) => yuan(row.gap_fen), right: true },
  ];
  printRows(deps.terminal, input.json, rows, columns, 'Nothing is taken off.');
}

/** Fen. @throws UsageError */
function readYuan(name: string, text: string): number {
  const [, whole, cents = ''] = YUAN.exec(text) ?? [];
  if (whole === undefined) throw new UsageError(`--${name} is an amount in yuan, such as 5 or 5.00`);
  return Number(`${whole}${cents.padEnd(2, '0')}`);
}

/** @throws UsageError */
function readWords(name: string, text: string, known: readonly string[]): string[] {
  const words = text.split(',').map((word) => word.trim());
  const isKnown = words.every((word) => known.includes(word)) && new Set(words).size === words.length;
  if (!isKnown || (name === 'kind' && words.length > 1))
    throw new UsageError(`--${name} is one of ${known.join(', ')}`);
  return words;
}

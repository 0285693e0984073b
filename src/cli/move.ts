import { checkMovesAgainstLedger } from '../transfers/check-moves.ts';
import type { CardEnd, Leg, MoveRow } from '../transfers/move.ts';
import { MOVES_OF_STATE } from '../transfers/moves-of-state.ts';
import { listMovesForOperator, showMoveForOperator } from '../transfers/operator-moves.ts';
import type { MoveState } from '../transfers/transfers.ts';
import { chooseWord } from './choose-word.ts';
import { CliError, type Command, type Terminal } from './command.ts';
import { printObject, printRows, toJson } from './print.ts';
import { instantText, showFen } from './show-value.ts';
import { withWalletOperator } from './with-wallet-operator.ts';

const ITEMS_USUAL = 20;
const ITEMS_MAX = 1000;
const KINDS = ['transfer', 'repayment', 'purchase', 'refund'] as const;
const STATES = Object.keys(MOVES_OF_STATE) as MoveState[]; // the table's own keys

export const moveCommands: readonly Command[] = [
  {
    name: 'move list',
    summary: 'List money that moved over the bank rail, newest first',
    options: {
      state: { value: 'state', what: `only these: ${STATES.join(', ')}` },
      kind: { value: 'kind', what: `only these: ${KINDS.join(', ')}` },
      open: { value: null, what: 'only those that have not ended' },
      user: { value: 'id', what: "usr_…: only this person's" },
      limit: { value: 'count', what: `how many at most; ${ITEMS_USUAL} when left out` },
    },
    json: true,
    notes: [
      'Cards are told by bank and last digits. Names and notes are for the people whose money it is, and are not shown.',
    ],
    examples: ['hutong move list --open', 'hutong move list --state failed --limit 5 --json'],
    async run(deps, input) {
      const itemsMax = input.count('limit', { min: 1, max: ITEMS_MAX }) ?? ITEMS_USUAL;
      const [state, kind] = [input.text('state'), input.text('kind')];
      const filter = {
        state: state === undefined ? null : chooseWord('move list', 'state', state, STATES),
        kind: kind === undefined ? null : chooseWord('move list', 'kind', kind, KINDS),
        isOpen: input.flag('open'),
        userId: input.text('user') ?? null,
        itemsMax,
      };
      await withWalletOperator(deps, async ({ sql, book }) => {
        const { moves, isMore } = await listMovesForOperator(sql, { book, ...filter });
        printRows(deps.terminal, input.json, moves.map(showMove), MOVE_COLUMNS, 'There is no such move.');
        if (isMore && !input.json) deps.terminal.note('There are more: --limit shows them.');
      });
    },
  },
  {
    name: 'move show',
    summary: 'Show a move with every message that it sent to a bank',
    words: [{ name: 'move-id', what: 'tr_…' }],
    json: true,
    examples: ['hutong move show tr_…', 'hutong move show tr_… --json'],
    async run(deps, input) {
      await withWalletOperator(deps, async ({ sql }) => {
        const { move, legs } = await showMoveForOperator(sql, input.word('move-id'));
        const shown = legs.map(showLeg);
        if (input.json) return deps.terminal.print(toJson({ ...showMove(move), legs: shown }));
        printObject(deps.terminal, showMove(move));
        deps.terminal.print('');
        printRows(deps.terminal, false, shown, LEG_COLUMNS, 'Nothing was sent to a bank for it.');
      });
    },
  },
  {
    name: 'move check',
    summary: 'Compare the moves with the ledger, to the fen: money in between, banks, shops',
    json: true,
    notes: ['Works beside a running server, while money moves. Exit code 1 when something differs.'],
    examples: ['hutong move check', 'hutong move check --json'],
    async run(deps, input) {
      await withWalletOperator(deps, async (operator) => check(deps.terminal, input.json, operator));
    },
  },
];

async function check(
  terminal: Terminal,
  isJson: boolean,
  operator: Parameters<typeof checkMovesAgainstLedger>[0] & { book: number },
): Promise<void> {
  const { agrees, accounts } = await checkMovesAgainstLedger(operator, operator.book);
  const rows = accounts.map(({ account, owner, movesMinor, ledgerMinor }) => ({
    account,
    owner,
    moves_minor: movesMinor,
    ledger_minor: ledgerMinor,
    agrees: movesMinor === ledgerMinor,
  }));
  if (isJson) terminal.print(toJson({ agrees, accounts: rows }));
  else
    printRows(
      terminal,
      false,
      rows,
      [
        { title: 'ACCOUNT', show: (row) => row.account },
        { title: 'OWNER', show: (row) => row.owner },
        { title: 'MOVES', show: (row) => showFen(row.moves_minor), right: true },
        { title: 'LEDGER', show: (row) => showFen(row.ledger_minor), right: true },
        { title: '', show: (row) => (row.agrees ? '' : 'differs') },
      ],
      '',
    );
  const wrong = rows.filter((row) => !row.agrees).length;
  if (!agrees)
    throw new CliError(`The ledger is not what the moves say, in ${wrong} ${wrong === 1 ? 'account' : 'accounts'}.`);
  if (!isJson) terminal.print('The ledger has to the fen what the moves say.');
}

type ShownMove = ReturnType<typeof showMove>;
type ShownLeg = ReturnType<typeof showLeg>;

function showMove(move: MoveRow) {
  return {
    id: move.id,
    kind: move.kind,
    state: move.state,
    amount: { currency: 'CNY', minor: move.amountMinor },
    from: showEnd(move.from),
    to: showEnd(move.to),
    shop: move.shop === null ? null : { merchant_no: move.shop.no, name: move.shop.name },
    user_id: move.userId,
    quote_id: move.quoteId,
    original_id: move.originalId,
    arrival: move.arrival,
    arrives_at: instantText(move.arrivesAt),
    failure: move.failure,
    /** Declined before anything was sent. */
    was_refused: move.wasRefused,
    in_between_minor: move.onBooksMinor,
    refunding_minor: move.refundingMinor,
    refunded_minor: move.refundedMinor,
    created_at: instantText(move.createdAt),
    due_at: instantText(move.dueAt),
    ended_at: instantText(move.endedAt),
  };
}

function showEnd(end: CardEnd | null) {
  return end === null ? null : { card_id: end.cardId, bank: end.bank, last4: end.last4, institution: end.institution };
}

function showLeg(leg: Leg) {
  return {
    side: leg.side,
    state: leg.state,
    institution: leg.institution,
    last4: leg.last4,
    minor: leg.amountMinor,
    transmitted_at: instantText(leg.stamp.transmittedAt),
    stan: leg.stamp.stan,
    rrn: leg.stamp.rrn,
    code: leg.code,
    reason: leg.reason,
    settlement_day: leg.settlementDay,
    sends_count: leg.sendsCount,
    last_sent_at: instantText(leg.lastSentAt),
    told_at: instantText(leg.toldAt),
  };
}

const MOVE_COLUMNS = [
  { title: 'ID', show: (row: ShownMove) => row.id },
  { title: 'CREATED', show: (row: ShownMove) => row.created_at ?? '-' },
  { title: 'KIND', show: (row: ShownMove) => row.kind },
  { title: 'YUAN', show: (row: ShownMove) => showFen(row.amount.minor), right: true },
  { title: 'FROM', show: (row: ShownMove) => nameEnd(row, row.from) },
  { title: 'TO', show: (row: ShownMove) => nameEnd(row, row.to) },
  { title: 'STATE', show: (row: ShownMove) => row.state },
  { title: 'WHY', show: (row: ShownMove) => row.failure ?? '-' },
];

const LEG_COLUMNS = [
  { title: 'LEG', show: (row: ShownLeg) => row.side },
  { title: 'STATE', show: (row: ShownLeg) => row.state },
  { title: 'INSTITUTION', show: (row: ShownLeg) => row.institution },
  { title: 'CARD', show: (row: ShownLeg) => row.last4 },
  { title: 'F7', show: (row: ShownLeg) => row.transmitted_at ?? '-' },
  { title: 'F11', show: (row: ShownLeg) => row.stan },
  { title: 'F37', show: (row: ShownLeg) => row.rrn },
  { title: 'F39', show: (row: ShownLeg) => row.code ?? '-' },
  { title: 'WHY', show: (row: ShownLeg) => row.reason ?? '-' },
  { title: 'DAY', show: (row: ShownLeg) => row.settlement_day ?? '-' },
  { title: 'SENT', show: (row: ShownLeg) => `${row.sends_count}×`, right: true },
];

/** The end of a purchase or refund that is no card is the shop. */
function nameEnd({ shop }: ShownMove, end: ShownMove['from']): string {
  return end === null ? (shop?.merchant_no ?? '-') : `${end.bank} ${end.last4}`;
}

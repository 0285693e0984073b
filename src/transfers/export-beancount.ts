import { shanghaiDay } from '../base/shanghai.ts';
import { formatMinor } from '../money/money.ts';
import { type ExportCard, movedAt, negative, oneLine, outgoing, showParty } from './export-rows.ts';
import type { Move, MoveKind } from './transfers.ts';

/** Where money goes that leaves a person's own cards, and where refunds come back from. */
const OTHER_SIDES: Readonly<Record<MoveKind, string>> = {
  transfer: 'Expenses:Transfers',
  repayment: 'Expenses:Repayments',
  purchase: 'Expenses:Shops',
  refund: 'Expenses:Shops',
};
const FEES = 'Expenses:Fees';

/**
 * A journal for beancount: one transaction for each move that succeeded, whose postings sum to zero. Debit cards are assets, credit
 * cards liabilities, named by bank and last four digits; accounts are opened on the day `from` when they are first used.
 */
export async function* exportBeancount(
  moves: AsyncIterable<Move> | Iterable<Move>,
  options: { from: Date; cards: readonly ExportCard[] },
): AsyncGenerator<string> {
  const accounts = accountNames(options.cards);
  const opened = new Set<string>();
  yield 'option "operating_currency" "CNY"\n';
  for await (const move of moves) {
    if (move.state !== 'succeeded') continue;
    const postings = postingsOf(move, accounts);
    for (const { account } of postings) {
      if (opened.has(account)) continue;
      opened.add(account);
      yield `${shanghaiDay(options.from)} open ${account} CNY\n`;
    }
    yield toTransaction(move, postings);
  }
}

interface Posting {
  account: string;
  amount: string;
}

function postingsOf(move: Move, accounts: ReadonlyMap<string, string>): Posting[] {
  const other = OTHER_SIDES[move.kind];
  const from = ownAccount(move.fromCardId, accounts) ?? other;
  const to = ownAccount(move.toCardId, accounts) ?? other;
  const postings = [
    { account: from, amount: negative(outgoing(move)) },
    { account: to, amount: formatMinor(move.amount) },
  ];
  return move.fee.minor === 0n ? postings : [...postings, { account: FEES, amount: formatMinor(move.fee) }];
}

function ownAccount(cardId: string | null, accounts: ReadonlyMap<string, string>): string | undefined {
  return cardId === null ? undefined : accounts.get(cardId);
}

function toTransaction(move: Move, postings: readonly Posting[]): string {
  const whom = move.kind === 'refund' ? showParty(move.from) : showParty(move.to);
  const lines = [
    `${shanghaiDay(movedAt(move))} * ${quoted(whom)} ${quoted(oneLine(move.note))}`,
    `  id: ${quoted(move.id)}`,
    ...(move.rrn === null ? [] : [`  bank_reference: ${quoted(move.rrn)}`]),
    ...postings.map(({ account, amount }) => `  ${account}  ${amount} CNY`),
  ];
  return `\n${lines.join('\n')}\n`;
}

/** `Assets:ICBC:1234`; two cards of a bank that end alike are told apart by letters of their ids. */
function accountNames(cards: readonly ExportCard[]): Map<string, string> {
  const names = cards.map((card): [string, string] => [card.cardId, accountName(card)]);
  const counts = new Map<string, number>();
  for (const [, name] of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    names.map(([id, name]) => [
      id,
      (counts.get(name) ?? 0) > 1 ? `${name}-${id.slice(-8).replaceAll(/[^A-Za-z0-9]/g, '')}` : name,
    ]),
  );
}

/** Parts of an account's name begin with a capital or a digit and have letters, digits and hyphens. */
function accountName({ bank, last4, isCredit }: ExportCard): string {
  const name = bank.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase();
  return `${isCredit ? 'Liabilities' : 'Assets'}:${name === '' ? 'Bank' : name}:${last4}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

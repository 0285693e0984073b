import { assert } from '../base/assert.ts';
import { legId } from '../base/id.ts';
import { type AccountKind, chartAccount, chartAccountId, ledgerOf, transferCode } from '../ledger/chart.ts';
import { type CreateAccount, type CreateTransfer, TransferFlags } from '../ledger/types.ts';
import type { MoveRow } from './move.ts';

/** What a leg does to the books: one ledger transfer, whose id follows from the move's. `day` is the switch's. */
export interface Posting {
  reason: 'card_debited' | 'card_credited' | 'card_debit_reversed' | 'card_purchase' | 'card_refund';
  move: MoveRow;
  institution: string;
  day: string;
}

/** Which leg of the move's id each posting takes, and between which accounts it goes; never renumber. */
const ROWS = {
  card_debited: { leg: 1, debit: 'bank_clearing', credit: 'transit' },
  card_credited: { leg: 2, debit: 'transit', credit: 'bank_clearing' },
  card_debit_reversed: { leg: 3, debit: 'transit', credit: 'bank_clearing' },
  card_purchase: { leg: 1, debit: 'bank_clearing', credit: 'wallet_shop_payable' },
  card_refund: { leg: 2, debit: 'wallet_shop_payable', credit: 'bank_clearing' },
} as const satisfies Record<Posting['reason'], { leg: number; debit: AccountKind; credit: AccountKind }>;

export function toTransfer(posting: Posting): CreateTransfer {
  const { move, reason } = posting;
  const row = ROWS[reason];
  const account = (kind: AccountKind): bigint => chartAccountId(kind, ownerOf(posting, kind), 'CNY', move.book);
  return {
    id: legId(move.id, row.leg),
    debitAccountId: account(row.debit),
    creditAccountId: account(row.credit),
    amount: move.amountMinor,
    ledger: ledgerOf('CNY'),
    code: transferCode(reason),
    flags: TransferFlags.none,
    userData32: Number(posting.day.replaceAll('-', '')),
  };
}

/** The accounts that a posting needs, by a name of each; opening one that is there changes nothing. */
export function accountsOf(posting: Posting): [string, CreateAccount][] {
  const row = ROWS[posting.reason];
  return [row.debit, row.credit].map((kind) => {
    const owner = ownerOf(posting, kind);
    return [`${kind} ${owner}`, chartAccount(kind, owner, 'CNY', posting.move.book)];
  });
}

/** All money in between, of whatever move, stands in one account of the book. */
export const TRANSIT_OWNER = 'platform';

function ownerOf(posting: Posting, kind: AccountKind): string {
  if (kind === 'bank_clearing') return posting.institution;
  if (kind === 'transit') return TRANSIT_OWNER;
  assert(posting.move.shop !== null, 'a purchase or refund has a shop');
  return posting.move.shop.no;
}

/** Under which ids the books have what a leg did, for whoever compares: the leg itself, and of a debit its being given back. */
export function postingIdOf(moveId: MoveRow['id'], what: 'debit' | 'credit' | 'reversal'): bigint {
  const reasons = { debit: 'card_debited', credit: 'card_credited', reversal: 'card_debit_reversed' } as const;
  return legId(moveId, ROWS[reasons[what]].leg);
}

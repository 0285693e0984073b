import { assertNever } from '../base/assert.ts';
import { legId } from '../base/id.ts';
import { type AccountKind, chartAccountId, ledgerOf, transferCode, type TransferReason } from '../ledger/chart.ts';
import { type CreateTransfer, TransferFlags } from '../ledger/types.ts';
import type { Attempt, Refund } from './payment.ts';

/** A move of money that an outcome causes. Each is one ledger transfer whose id follows from the object's id. */
export type Posting =
  | { kind: 'payment_received' | 'surplus_received'; attempt: Attempt }
  | { kind: 'refund_started'; refund: Refund; from: 'payable' | 'surplus' }
  | { kind: 'refund_finished'; refund: Refund }
  | { kind: 'refund_failed'; refund: Refund; to: 'payable' | 'surplus' };

/** Which leg of the object's id each posting takes; never renumber. An object takes each leg once in its life. */
const LEG = {
  payment_received: 1,
  surplus_received: 1,
  refund_started: 1,
  refund_finished: 2,
  refund_failed: 3,
} as const;

export function toTransfer(posting: Posting): CreateTransfer {
  switch (posting.kind) {
    case 'payment_received':
      return transfer(posting, 'payment_received', 'wallet_receivable', 'merchant_payable');
    case 'surplus_received':
      return transfer(posting, 'late_payment_received', 'wallet_receivable', 'suspense');
    case 'refund_started':
      return posting.from === 'payable'
        ? transfer(posting, 'refund_started', 'merchant_payable', 'refunds_in_flight')
        : transfer(posting, 'late_refund_started', 'suspense', 'refunds_in_flight');
    case 'refund_finished':
      return transfer(posting, 'refund_finished', 'refunds_in_flight', 'wallet_receivable');
    case 'refund_failed':
      return posting.to === 'payable'
        ? transfer(posting, 'refund_failed', 'refunds_in_flight', 'merchant_payable')
        : transfer(posting, 'late_refund_failed', 'refunds_in_flight', 'suspense');
    default:
      return assertNever(posting);
  }
}

function transfer(posting: Posting, reason: TransferReason, debit: AccountKind, credit: AccountKind): CreateTransfer {
  const object = 'attempt' in posting ? posting.attempt : posting.refund;
  const account = (kind: AccountKind): bigint =>
    chartAccountId(
      kind,
      kind === 'merchant_payable' ? object.merchantId : object.walletAccountId,
      object.currency,
      object.book,
    );
  return {
    id: legId(object.id, LEG[posting.kind]),
    debitAccountId: account(debit),
    creditAccountId: account(credit),
    amount: 'paidMinor' in object ? object.paidMinor : object.amountMinor,
    ledger: ledgerOf(object.currency),
    code: transferCode(reason),
    flags: TransferFlags.none,
  };
}

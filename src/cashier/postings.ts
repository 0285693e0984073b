import { assert, assertNever } from '../base/assert.ts';
import { legId } from '../base/id.ts';
import { DISCOUNT_ACCOUNTS_MAX } from '../base/limits.ts';
import { type AccountKind, chartAccountId, ledgerOf, transferCode, type TransferReason } from '../ledger/chart.ts';
import { type CreateTransfer, TransferFlags } from '../ledger/types.ts';
import { grantedParts, reportedParts, sharedParts } from './offer-accounts.ts';
import type { Attempt, BookedPart, Refund } from './payment.ts';

/**
 * A move of money that an outcome causes: one ledger transfer, of discounts one for each who pays for them, whose ids
 * follow from the object's id.
 */
export type Posting =
  | { kind: 'payment_received' | 'surplus_received'; attempt: Attempt }
  | { kind: 'refund_started'; refund: Refund; from: 'payable' | 'surplus' }
  | { kind: 'refund_finished'; refund: Refund }
  | { kind: 'refund_failed'; refund: Refund; to: 'payable' | 'surplus' }
  | { kind: 'offers_granted' | 'discounts_reported'; attempt: Attempt }
  /** What a later report changes; each has an id of its own. Parts are what is given more, below zero less. */
  | { kind: 'discounts_corrected'; attempt: Attempt; correctionId: `dcr_${string}`; parts: readonly BookedPart[] }
  | { kind: 'offers_taken_back' | 'offers_granted_again' | 'discounts_taken_back'; refund: Refund };

/** Which leg of the object's id each posting takes, of discounts the first; never renumber. Each is taken once in a life. */
const LEG = {
  payment_received: 1,
  surplus_received: 1,
  refund_started: 1,
  refund_finished: 2,
  refund_failed: 3,
  offers_granted: 16,
  offers_taken_back: 16,
  offers_granted_again: 176,
  discounts_reported: 64,
  discounts_taken_back: 64,
  discounts_corrected: 1,
} as const satisfies Record<Posting['kind'], number>;

export function toTransfers(posting: Posting): CreateTransfer[] {
  switch (posting.kind) {
    case 'payment_received':
      return through(posting, 'payment_received', 'wallet_receivable', 'merchant_payable');
    case 'surplus_received':
      return through(posting, 'late_payment_received', 'wallet_receivable', 'suspense');
    case 'refund_started':
      return posting.from === 'payable'
        ? through(posting, 'refund_started', 'merchant_payable', 'refunds_in_flight')
        : through(posting, 'late_refund_started', 'suspense', 'refunds_in_flight');
    case 'refund_finished':
      return through(posting, 'refund_finished', 'refunds_in_flight', 'wallet_receivable');
    case 'refund_failed':
      return posting.to === 'payable'
        ? through(posting, 'refund_failed', 'refunds_in_flight', 'merchant_payable')
        : through(posting, 'late_refund_failed', 'refunds_in_flight', 'suspense');
    case 'offers_granted':
      return between(posting, 'offer_granted', grantedParts(posting.attempt), 'merchant_payable');
    case 'offers_taken_back':
      return backTo(posting, 'offer_taken_back', sharedParts(posting.refund), 'merchant_payable');
    case 'offers_granted_again':
      return between(posting, 'offer_granted', sharedParts(posting.refund), 'merchant_payable');
    case 'discounts_reported':
      return between(posting, 'offer_reported', reportedParts(posting.attempt), 'wallet_receivable');
    case 'discounts_corrected':
      return between(posting, 'offer_corrected', posting.parts, 'wallet_receivable');
    case 'discounts_taken_back':
      return backTo(posting, 'offer_reported_back', posting.refund.reported?.booked ?? [], 'wallet_receivable');
    default:
      return assertNever(posting);
  }
}

/** What went through the wallet. A refund that was all discount has nothing of it. */
function through(posting: Posting, reason: TransferReason, debit: AccountKind, credit: AccountKind): CreateTransfer[] {
  const object = objectOf(posting);
  const amount = 'paidMinor' in object ? object.paidMinor : object.amountMinor;
  if (amount === 0n) return [];
  const account = (kind: AccountKind): Side => ({ kind, owner: ownOwner(posting, kind) });
  return [transfer(posting, 0, reason, account(debit), account(credit), amount)];
}

/** From each funder's account. Below zero it goes the other way: what was told exceeds what was taken off. */
function between(
  posting: Posting,
  reason: TransferReason,
  parts: readonly BookedPart[],
  to: 'merchant_payable' | 'wallet_receivable',
): CreateTransfer[] {
  // A correction names those of before and those of now.
  const partsMax = posting.kind === 'discounts_corrected' ? 2 * DISCOUNT_ACCOUNTS_MAX : DISCOUNT_ACCOUNTS_MAX;
  assert(parts.length <= partsMax, 'a discount has at most DISCOUNT_ACCOUNTS_MAX funders');
  const own: Side = { kind: to, owner: ownOwner(posting, to) };
  return parts.map((part, index) =>
    part.minor > 0n
      ? transfer(posting, index, reason, part, own, part.minor)
      : transfer(posting, index, reason, own, part, -part.minor),
  );
}

function backTo(
  posting: Posting,
  reason: TransferReason,
  parts: readonly BookedPart[],
  from: 'merchant_payable' | 'wallet_receivable',
): CreateTransfer[] {
  const negative = parts.map((part) => ({ ...part, minor: -part.minor }));
  return between(posting, reason, negative, from);
}

interface Side {
  kind: AccountKind;
  owner: string;
}

function transfer(
  posting: Posting,
  index: number,
  reason: TransferReason,
  debit: Side,
  credit: Side,
  amount: bigint,
): CreateTransfer {
  const { id, currency, book } = objectOf(posting);
  const causeId = posting.kind === 'discounts_corrected' ? posting.correctionId : id;
  return {
    id: legId(causeId, LEG[posting.kind] + index),
    debitAccountId: chartAccountId(debit.kind, debit.owner, currency, book),
    creditAccountId: chartAccountId(credit.kind, credit.owner, currency, book),
    amount,
    ledger: ledgerOf(currency),
    code: transferCode(reason),
    flags: TransferFlags.none,
  };
}

function objectOf(posting: Posting): Attempt | Refund {
  return 'attempt' in posting ? posting.attempt : posting.refund;
}

/** What is not a funder's belongs to the merchant or to the wallet account that the object names. */
function ownOwner(posting: Posting, kind: AccountKind): string {
  const object = objectOf(posting);
  return kind === 'merchant_payable' ? object.merchantId : object.walletAccountId;
}

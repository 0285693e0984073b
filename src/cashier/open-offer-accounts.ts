import { assert, assertNever } from '../base/assert.ts';
import { BATCH_ITEMS_MAX, OFFER_ACCOUNTS_KNOWN_MAX } from '../base/limits.ts';
import type { Tx } from '../db/connect.ts';
import { chartAccount } from '../ledger/chart.ts';
import type { CreateAccount } from '../ledger/types.ts';
import type { CashierDeps } from './deps.ts';
import { grantedParts, reportedParts, sharedParts } from './offer-accounts.ts';
import type { BookedPart } from './payment.ts';
import type { Posting } from './postings.ts';

/** Accounts that were there before this process looked, by ledger: they need not be opened again. */
const known = new WeakMap<CashierDeps['ledger'], Set<bigint>>();

/**
 * Opens the accounts of whoever pays for discounts, in the transaction in which the first of them is booked. No statement
 * where there are no discounts, or where every account is known.
 */
export async function openOfferAccounts(
  tx: Tx,
  ledger: CashierDeps['ledger'],
  book: number,
  postings: readonly Posting[],
): Promise<void> {
  const seen = known.get(ledger) ?? new Set<bigint>();
  known.set(ledger, seen);
  const missing = new Map<bigint, CreateAccount>();
  for (const posting of postings)
    for (const part of partsOf(posting)) {
      const { currency } = 'attempt' in posting ? posting.attempt : posting.refund;
      const account = chartAccount(part.kind, part.owner, currency, book);
      if (!seen.has(account.id)) missing.set(account.id, account);
    }
  const accounts = [...missing.values()];
  for (let at = 0; at < accounts.length; at += BATCH_ITEMS_MAX) {
    const page = accounts.slice(at, at + BATCH_ITEMS_MAX);
    for (const [index, result] of (await ledger.openAccounts(tx, book, page)).entries()) {
      assert(result.status === 'created' || result.status === 'exists', `an offer's account opens: ${result.status}`);
      // What was only just created goes away again should this transaction fail; what exists stays.
      if (result.status === 'exists') remember(seen, page[index]?.id);
    }
  }
}

function partsOf(posting: Posting): readonly BookedPart[] {
  switch (posting.kind) {
    case 'offers_granted':
      return grantedParts(posting.attempt);
    case 'discounts_reported':
      return reportedParts(posting.attempt);
    case 'offers_taken_back':
    case 'offers_granted_again':
      return sharedParts(posting.refund);
    case 'discounts_taken_back':
      return posting.refund.reported?.booked ?? [];
    case 'discounts_corrected':
      return posting.parts;
    case 'payment_received':
    case 'surplus_received':
    case 'refund_started':
    case 'refund_finished':
    case 'refund_failed':
      return [];
    default:
      return assertNever(posting);
  }
}

function remember(seen: Set<bigint>, id: bigint | undefined): void {
  if (seen.size >= OFFER_ACCOUNTS_KNOWN_MAX) seen.clear();
  if (id !== undefined) seen.add(id);
}

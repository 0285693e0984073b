import { assert } from '../base/assert.ts';
import { legId } from '../base/id.ts';
import type { Currency } from '../money/money.ts';
import { chartAccount, chartAccountId, ledgerOf, transferCode } from '../ledger/chart.ts';
import { type CreateTransfer, TransferFlags } from '../ledger/types.ts';
import { moveStatement } from './move-statement.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import type { Statement } from './statement.ts';

/** A statement causes one ledger transfer in its life; never renumber. */
const FEES_LEG = 1;

/**
 * Last step: what the wallet kept that day is booked in one transfer, in the write that closes the statement. The transfer's
 * id follows from the statement's, so it cannot be booked twice.
 */
export async function postFees(deps: SettlementDeps, statement: Statement): Promise<null> {
  const { sql, clock, ledger } = deps.cashier.deps;
  const feesMinor = statement.feesMilli === null ? null : roundMilli(statement.feesMilli);
  await sql.begin(async (tx) => {
    await moveStatement(deps, tx, statement, {
      state: 'reconciled',
      feesPostedMinor: feesMinor,
      reconciledAt: clock.now(),
      triesCount: 0,
      dueAt: null,
      goOn: false,
    });
    if (feesMinor === null || feesMinor === 0n || statement.currency === null) return;
    const { book, walletAccountId, currency } = statement;
    await ledger.openAccounts(tx, book, [chartAccount('wallet_fees', walletAccountId, currency, book)]);
    const [result] = await ledger.postTransfers(tx, book, [toFeeTransfer(statement, currency, feesMinor)]);
    const isPosted = result?.status === 'created' || result?.status === 'exists';
    assert(isPosted, `the ledger takes the fees of ${statement.id}: ${result?.status}`);
  });
  return null;
}

/** Thousandths of a minor unit as whole ones, halves away from zero: wallets pay out whole minor units. */
export function roundMilli(milli: bigint): bigint {
  return milli < 0n ? -((-milli + 500n) / 1000n) : (milli + 500n) / 1000n;
}

function toFeeTransfer(statement: Statement, currency: Currency, feesMinor: bigint): CreateTransfer {
  const { book, walletAccountId, id } = statement;
  const fees = chartAccountId('wallet_fees', walletAccountId, currency, book);
  const receivable = chartAccountId('wallet_receivable', walletAccountId, currency, book);
  const isReturned = feesMinor < 0n;
  return {
    id: legId(id, FEES_LEG),
    debitAccountId: isReturned ? receivable : fees,
    creditAccountId: isReturned ? fees : receivable,
    amount: isReturned ? -feesMinor : feesMinor,
    ledger: ledgerOf(currency),
    code: transferCode(isReturned ? 'wallet_fee_returned' : 'wallet_fee_charged'),
    flags: TransferFlags.none,
  };
}

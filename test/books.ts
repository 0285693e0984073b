import { chartAccountId } from '../src/ledger/chart.ts';
import { BOOK } from '../src/hutong.ts';
import type { TestServer } from './server.ts';

export interface Books {
  merchantPayable: bigint;
  /** What came in less what went back; a wallet's fees, booked when a day's bill comes, are not taken off. */
  walletReceivable: bigint;
  refundsInFlight: bigint;
  suspense: bigint;
}

/** What the ledger says of the test shop in CNY, each on the side where the account grows. */
export async function accountsOf(server: TestServer): Promise<Books> {
  const [payable, receivable, inFlight, suspense, fees] = await server.ledger.lookupAccounts([
    chartAccountId('merchant_payable', server.merchant.id, 'CNY', BOOK),
    chartAccountId('wallet_receivable', server.walletAccountId, 'CNY', BOOK),
    chartAccountId('refunds_in_flight', server.walletAccountId, 'CNY', BOOK),
    chartAccountId('suspense', server.walletAccountId, 'CNY', BOOK),
    chartAccountId('wallet_fees', server.walletAccountId, 'CNY', BOOK), // not there before the first bill with fees
  ]);
  if (!payable || !receivable || !inFlight || !suspense) throw new Error('the shop has its accounts');
  return {
    merchantPayable: payable.creditsPosted - payable.debitsPosted,
    walletReceivable: receivable.debitsPosted - receivable.creditsPosted + feesOf(fees),
    refundsInFlight: inFlight.creditsPosted - inFlight.debitsPosted,
    suspense: suspense.creditsPosted - suspense.debitsPosted,
  };
}

function feesOf(account: { debitsPosted: bigint; creditsPosted: bigint } | null | undefined): bigint {
  return account ? account.debitsPosted - account.creditsPosted : 0n;
}

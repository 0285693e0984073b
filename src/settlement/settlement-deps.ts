import type { Cashier } from '../cashier/cashier.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** What settlement works with: the cashier (its database, clock, wallets and one door), and the ledger to look things up. */
export interface SettlementDeps {
  cashier: Cashier;
  ledger: Pick<Ledger, 'lookupTransfers' | 'accountTransfers'>;
}

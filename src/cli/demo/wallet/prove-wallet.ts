import { checkMovesAgainstLedger } from '../../../transfers/check-moves.ts';
import { CliError } from '../../command.ts';
import type { Claim } from '../prove.ts';
import type { WalletDemoWorld } from './world.ts';

/** What the banks' own books, the moves and the ledger say about the same money. @throws CliError when a bank's books are not even */
export async function collectWalletClaims(world: WalletDemoWorld, book: number): Promise<Claim[]> {
  const { server, bank } = world;
  if (!bank.isBalanced()) throw new CliError("The pretend banks' own books do not balance.");
  const { accounts } = await checkMovesAgainstLedger({ sql: server.sql, ledger: server.ledger }, book);
  const totals = bank.totals();
  const desk = world.server.wallet.desk;
  const banks = accounts
    .filter(({ account }) => account === 'bank_clearing')
    .map(({ owner, ledgerMinor }): Claim => {
      const code = desk.bankOf(owner) ?? owner;
      const minor = totals.filter((row) => row.bank === code).reduce((sum, row) => sum + row.netFen, 0n);
      return {
        what: `${code} 应结给我们 owes us`,
        theirs: { who: '银行的账 bank books', minor },
        ours: { who: '账本 ledger', minor: ledgerMinor },
      };
    });
  const others = accounts
    .filter(({ account }) => account !== 'bank_clearing')
    .map(
      ({ account, movesMinor, ledgerMinor }): Claim => ({
        what: account === 'transit' ? '转账在途 Money in between' : '应付商户 We owe the shop',
        theirs: { who: '流水 moves', minor: movesMinor },
        ours: { who: '账本 ledger', minor: ledgerMinor },
      }),
    );
  return [...banks, ...others];
}

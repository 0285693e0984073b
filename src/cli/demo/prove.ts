import { ACCOUNT_KINDS } from '../../ledger/chart.ts';
import { verifyLedger } from '../../ledger/verify.ts';
import { formatMoney, money } from '../../money/money.ts';
import { listBalances, type NamedBalance } from '../list-balances.ts';
import { layOut } from '../print.ts';
import type { Style } from '../style.ts';
import type { DemoWorld } from './world.ts';

/** Something that two who do not trust each other must say alike. */
export interface Claim {
  what: string;
  theirs: { who: string; minor: bigint };
  ours: { who: string; minor: bigint };
}

export interface Ledgered {
  balances: readonly NamedBalance[];
  debits: bigint;
  credits: bigint;
  chain: { isRight: boolean; rows: number; text: string };
}

/** The ledger as it now is: named accounts, both sides added up, and the chain recomputed from the rows. */
export async function readLedger(world: Pick<DemoWorld, 'server'>, book: number): Promise<Ledgered> {
  const { server } = world;
  const balances = await listBalances({ cashier: server.cashier.deps, ledger: server.ledger }, book);
  const verification = await verifyLedger({ sql: server.sql, book });
  const [first] = verification.ok ? verification.books : [];
  return {
    balances,
    debits: balances.reduce((sum, row) => sum + row.debits, 0n),
    credits: balances.reduce((sum, row) => sum + row.credits, 0n),
    chain: verification.ok
      ? { isRight: true, rows: first?.events ?? 0, text: first?.hash ?? '' }
      : { isRight: false, rows: 0, text: verification.text },
  };
}

export function ledgerLines({ balances, debits, credits, chain }: Ledgered, style: Style): string[] {
  const yuan = (minor: bigint): string => formatMoney(money('CNY', minor));
  const rows = [
    ...balances.map((row) => ({
      // Banks have an account each: which one it is, is told with it.
      name: `${ACCOUNT_KINDS[row.kind].zh} ${ACCOUNT_KINDS[row.kind].en}${row.kind === 'bank_clearing' ? ` ${row.owner}` : ''}`,
      debits: yuan(row.debits),
      credits: yuan(row.credits),
      balance: yuan(row.balance),
    })),
    { name: '合计 Sum', debits: yuan(debits), credits: yuan(credits), balance: '' },
  ];
  const table = layOut(rows, [
    { title: '科目 Account', show: (row) => row.name },
    { title: '借 Debits', show: (row) => row.debits, right: true },
    { title: '贷 Credits', show: (row) => row.credits, right: true },
    { title: '余额 Balance', show: (row) => row.balance, right: true },
  ]);
  const isEven = debits === credits;
  return [
    ...table,
    `${mark(style, isEven)} 借贷平衡 debits equal credits`,
    `${mark(style, chain.isRight)} ${chain.isRight ? `哈希链完好 chain verified: ${chain.rows} rows, head ${chain.text.slice(0, 16)}…` : chain.text}`,
  ];
}

/** What UnionPay's books, the API and our ledger say about the same money. */
export async function collectClaims(world: DemoWorld, paymentId: string, ledger: Ledgered): Promise<Claim[]> {
  const totals = world.unionpay.totals().find((row) => row.merchant_no === world.unionpay.merchantSettings.mer_id);
  const payment = await world.hutong.payments.get(paymentId);
  const find = (kind: NamedBalance['kind']) => ledger.balances.find((row) => row.kind === kind);
  const receivable = find('wallet_receivable');
  const theirs = (fen: string | undefined) => ({ who: '银联 UnionPay', minor: BigInt(fen ?? '0') });
  const ours = (minor: bigint | undefined) => ({ who: '账本 ledger', minor: minor ?? 0n });
  return [
    { what: '买家付出 Paid by the buyer', theirs: theirs(totals?.paid_fen), ours: ours(receivable?.debits) },
    { what: '退回买家 Given back', theirs: theirs(totals?.refunded_fen), ours: ours(receivable?.credits) },
    { what: '银联应结 UnionPay owes us', theirs: theirs(totals?.net_fen), ours: ours(receivable?.balance) },
    {
      what: '应付商户 We owe the shop',
      theirs: { who: '接口 API', minor: payment.amount.minor - payment.refunded.minor },
      ours: ours(find('merchant_payable')?.balance),
    },
    {
      what: '退款在途 Refunds in flight',
      theirs: { who: '接口 API', minor: payment.refunding.minor },
      ours: ours(find('refunds_in_flight')?.balance),
    },
  ];
}

export function isTrue(claim: Claim): boolean {
  return claim.theirs.minor === claim.ours.minor;
}

export function claimLines(claims: readonly Claim[], style: Style): string[] {
  const yuan = (minor: bigint): string => formatMoney(money('CNY', minor));
  const lines = layOut(claims, [
    { title: '', show: (claim) => claim.what },
    { title: '对方 They say', show: (claim) => claim.theirs.who },
    { title: '', show: (claim) => yuan(claim.theirs.minor), right: true },
    { title: '我方 We say', show: (claim) => claim.ours.who },
    { title: '', show: (claim) => yuan(claim.ours.minor), right: true },
  ]);
  return lines.map((line, i) => {
    const claim = claims[i - 1];
    return claim === undefined ? `  ${line}` : `${mark(style, isTrue(claim))} ${line}`;
  });
}

export function mark(style: Style, isRight: boolean): string {
  return isRight ? style.good('✓') : style.bad('✗');
}

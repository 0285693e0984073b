import type { WalletDeps } from './wallet.ts';
import type { Currency } from '../money/money.ts';

/** A wallet's daily bill: how it is fetched, and how its file is read. */
export interface StatementSource<Config> {
  /** When the wallet's day ends, in Asia/Shanghai: `00:00` is midnight, `23:00` puts the last hour into the next day. */
  dayEndsAt: `${number}:${number}`;
  /** From when on a day's bill can be had, in hours after the day's end. */
  readyAfterHours: number;
  /**
   * What a refund's line says. `done`: the buyer has the money. `submitted`: the wallet took the order to give it back, and no
   * later bill says how that ended.
   */
  refundsAre: 'submitted' | 'done';
  /** Asks for the bill of a day, `yyyy-mm-dd` as the wallet counts days. The bytes are kept as they came. */
  fetch(deps: WalletDeps, config: Config, day: string): Promise<StatementReply>;
  /**
   * Reads a file that `fetch` brought, line by line, holding no more than a piece of it. Ends with exactly one `totals`
   * or one `broken`. Never throws for what is in the file.
   */
  read(config: Config, file: Buffer): AsyncIterable<StatementItem>;
}

/** `empty`: the wallet says that nothing happened on that day. `not_ready`: ask again later. */
export type StatementReply =
  | { kind: 'file'; file: Buffer }
  | { kind: 'empty' }
  | { kind: 'not_ready' }
  | { kind: 'failed' | 'unknown'; reason: string };

export type StatementItem =
  | StatementLine
  /** What the file says of itself, in its own summary; null where it does not say. */
  | {
      kind: 'totals';
      paymentsCount: number | null;
      paymentsMinor: bigint | null;
      refundsCount: number | null;
      refundsMinor: bigint | null;
      feesMilli: bigint | null;
      /** The day that the file says it is of, `yyyy-mm-dd` as the wallet counts days; left out where it does not say. */
      day?: string;
    }
  | { kind: 'broken'; lineNo: number; reason: string };

export interface StatementLine {
  kind: 'payment' | 'refund';
  /** Counted from 1 in the file as it was unpacked. */
  lineNo: number;
  /** Our order number: the attempt's for a payment, the refund's for a refund. */
  orderNo: string;
  /** Refunds: the order number of the payment, where the file has it. */
  paymentOrderNo: string | null;
  walletPaymentId: string;
  currency: Currency;
  /** The order's amount at the wallet, paid or going back, before what the wallet took off by itself; never negative. */
  amountMinor: bigint;
  /** Of a payment: what of it is settled, before the fee; left out where the bill does not say. */
  settledMinor?: bigint;
  /** What the wallet keeps, in thousandths of a minor unit; negative where it gives a fee back. Null where not told. */
  feeMilli: bigint | null;
  occurredAt: Date | null;
}

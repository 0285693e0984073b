import { gzipSync } from 'node:zlib';
import { booksOf, type Pretend } from './pretend-state.ts';

/** The day of the pretend wallet: everything that it ever did. */
export function writeStatement(wallet: Pretend, day: string): Buffer {
  const { orders, refunds } = booksOf(wallet);
  const payments = [...orders.values()]
    .filter((order) => order.state === 'paid' || (order.paidAt !== null && order.state === 'closed'))
    .map((order) => ({
      line: 'payment',
      order_no: order.no,
      wallet_payment_id: order.walletId ?? '',
      currency: 'CNY',
      minor: order.minor.toString(),
      fee_milli: '6',
      at: order.paidAt,
    }));
  const given = [...refunds.values()]
    .filter(({ state }) => state === 'succeeded')
    .map((refund) => ({
      line: 'refund',
      refund_no: refund.no,
      order_no: refund.orderNo,
      wallet_refund_id: refund.walletId,
      currency: 'CNY',
      minor: refund.minor.toString(),
      fee_milli: null,
      at: refund.at,
    }));
  if (wallet.breaks('statement_forgets')) payments.shift();
  const sumOf = (lines: readonly { minor: string }[]) => lines.reduce((sum, { minor }) => sum + BigInt(minor), 0n);
  const more = wallet.breaks('statement_totals_wrong') ? 1n : 0n;
  const text = [
    { line: 'header', version: '1', merchant_no: wallet.merchantNo, day },
    ...payments,
    ...given,
    {
      line: 'totals',
      payments: { count: payments.length, minor: (sumOf(payments) + more).toString() },
      refunds: { count: given.length, minor: sumOf(given).toString() },
      fees_milli: String(payments.length * 6),
    },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
  const signature = wallet.breaks('statement_unsigned') ? 'A'.repeat(86).concat('==') : wallet.signText(text);
  return gzipSync(`${text}${JSON.stringify({ line: 'signature', keyid: 'w1', signature })}\n`);
}

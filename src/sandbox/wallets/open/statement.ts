import { createHash, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Order } from '../ground/order.ts';
import { merchantsPart } from '../ground/payments.ts';
import { dayLimits } from './day.ts';
import { type Answer, type Asked, type OpenSide, problem } from './wallet.ts';

const READY_AFTER_MS = 9 * 3_600_000;
const FEE_MILLI_PER_FEN = 6n; // 0.6 %

/** GET /statements/{day} */
export function answerStatement(side: OpenSide, asked: Asked, day: string, isForged: boolean): Answer {
  const limits = dayLimits(day);
  if (limits === null) return problem('malformed', 'not a day');
  const isReady = side.ground.clock.now().getTime() >= limits.to.getTime() + READY_AFTER_MS;
  if (!isReady && !side.endedDays.has(day)) return problem('statement_not_ready');
  return { status: 200, body: gzipSync(writeStatement(side, asked.merchant.merchantNo, day, limits, isForged)) };
}

interface Line {
  at: Date;
  members: Record<string, unknown>;
  minor: bigint;
  feeMilli: bigint;
  kind: 'payment' | 'refund';
}

function writeStatement(
  side: OpenSide,
  merchantNo: string,
  day: string,
  { from, to }: { from: Date; to: Date },
  isForged: boolean,
): Buffer {
  const lines = [...side.ground.books.orders.values()]
    .filter((order) => order.merchantNo === merchantNo)
    .flatMap(linesOf)
    .filter(({ at }) => at >= from && at < to)
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  const text = [
    { line: 'header', version: '1', merchant_no: merchantNo, day },
    ...lines.map(({ members }) => members),
    totalsOf(lines),
  ]
    .map((members) => `${JSON.stringify(members)}\n`)
    .join('');
  const key = isForged ? side.keys.foreign : side.keys.wallet[0];
  const digest = createHash('sha256').update(text).digest('hex');
  const signature = sign(null, Buffer.from(`owp-statement\n${digest}`), key.privateKey).toString('base64');
  return Buffer.from(`${text}${JSON.stringify({ line: 'signature', keyid: key.id, signature })}\n`);
}

/** A payment that was undone on its own day never counted; one that was undone later goes back in a line of its own. */
function linesOf(order: Order): Line[] {
  if (order.settledAt === null || order.walletId === null) return [];
  if (order.kind === 'refund')
    return order.state === 'succeeded'
      ? [refundLine(order.settledAt, order, order.orderNo, order.wire['order_no'] ?? '')]
      : [];
  const payment = paymentLine(order.settledAt, order);
  if (order.state === 'succeeded') return [payment];
  if (order.state !== 'reversed' || order.endedAt === null) return [];
  const isSameDay = dayOf(order.settledAt) === dayOf(order.endedAt);
  return isSameDay ? [] : [payment, refundLine(order.endedAt, order, order.orderNo, order.orderNo)];
}

function dayOf(at: Date): number {
  return Math.floor((at.getTime() + 8 * 3_600_000) / 86_400_000);
}

function paymentLine(at: Date, order: Order): Line {
  const { minor } = order.amount;
  const settled = merchantsPart(order).minor;
  const feeMilli = settled * FEE_MILLI_PER_FEN;
  const members = {
    line: 'payment',
    order_no: order.orderNo,
    wallet_payment_id: order.walletId,
    currency: 'CNY',
    minor: minor.toString(),
    ...(settled === minor ? {} : { settled: settled.toString() }),
    fee_milli: feeMilli.toString(),
    at: at.toISOString(),
  };
  return { at, members, minor, feeMilli, kind: 'payment' };
}

function refundLine(at: Date, order: Order, refundNo: string, orderNo: string): Line {
  const { minor } = order.amount;
  const settled = merchantsPart(order).minor;
  const feeMilli = -settled * FEE_MILLI_PER_FEN;
  const members = {
    line: 'refund',
    refund_no: refundNo,
    order_no: orderNo,
    wallet_refund_id: order.walletId,
    currency: 'CNY',
    minor: minor.toString(),
    ...(settled === minor ? {} : { settled: settled.toString() }),
    fee_milli: feeMilli.toString(),
    at: at.toISOString(),
  };
  return { at, members, minor, feeMilli, kind: 'refund' };
}

function totalsOf(lines: readonly Line[]): object {
  const sumOf = (kind: Line['kind']) => {
    const own = lines.filter((line) => line.kind === kind);
    return { count: own.length, minor: own.reduce((sum, line) => sum + line.minor, 0n).toString() };
  };
  const fees = lines.reduce((sum, line) => sum + line.feeMilli, 0n);
  return { line: 'totals', payments: sumOf('payment'), refunds: sumOf('refund'), fees_milli: fees.toString() };
}

import { createHash, sign } from 'node:crypto';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import { addDays, isDay, shanghaiMidnight } from '../base/shanghai.ts';
import { type Answer, problem } from './answer.ts';
import { STATEMENT_PAGE_ITEMS, STATEMENT_READY_HOUR } from './figures.ts';
import type { ProtocolSide } from './protocol-side.ts';
import type { ShopWithKeys } from './shop-store.ts';
import {
  findStatement,
  isEndedDay,
  keepStatement,
  listPaidRows,
  listRefundedRows,
  listUndoneRows,
  type StatementRow,
} from './statement-store.ts';

/**
 * GET /statements/{day}. What was given out once of a day that is over is kept, so that it never changes. A day that a test ended early goes
 * on, and is written anew each time.
 */
export async function answerStatement(side: ProtocolSide, shop: ShopWithKeys, day: string): Promise<Answer> {
  const { deps } = side;
  if (!isDay(day)) return problem('malformed', 'not a day');
  const { merchantNo } = shop;
  const readyMs = shanghaiMidnight(addDays(day, 1)).getTime() + STATEMENT_READY_HOUR * 3_600_000;
  const now = deps.clock.now();
  const isOver = now.getTime() >= readyMs;
  if (!isOver && !(deps.testBuyers !== null && (await isEndedDay(deps.sql, deps.book, day))))
    return problem('statement_not_ready');
  const kept = await findStatement(deps.sql, deps.book, merchantNo, day);
  if (kept !== null) return file(kept);
  const written = await writeStatement(side, shop, day);
  if (!isOver) return file(written);
  await keepStatement(deps.sql, { book: deps.book, merchantNo, day, file: written, now });
  return file((await findStatement(deps.sql, deps.book, merchantNo, day)) ?? written);
}

function file(body: Buffer): Answer {
  return { status: 200, body, asOf: null };
}

interface Totals {
  payments: { count: number; minor: bigint };
  refunds: { count: number; minor: bigint };
  feesMilli: bigint;
}

/** docs/open-wallet-protocol.md, "Statements": gzip of JSON lines, the last of which signs the others. */
async function writeStatement(side: ProtocolSide, shop: ShopWithKeys, day: string): Promise<Buffer> {
  const gzip = createGzip({ level: 9 });
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(gzip, 'end');
  const hash = createHash('sha256');
  const write = async (line: object, isSigned: boolean): Promise<void> => {
    const text = `${JSON.stringify(line)}\n`;
    if (isSigned) hash.update(text);
    if (!gzip.write(text)) await once(gzip, 'drain');
  };
  await write({ line: 'header', version: '1', merchant_no: shop.merchantNo, day }, true);
  const totals: Totals = { payments: { count: 0, minor: 0n }, refunds: { count: 0, minor: 0n }, feesMilli: 0n };
  for await (const row of rowsOf(side, shop.merchantNo, day)) {
    const sum = row.kind === 'payment' ? totals.payments : totals.refunds;
    const feeMilli = (row.kind === 'payment' ? 1n : -1n) * row.amountMinor * shop.feeMilli;
    sum.count += 1;
    sum.minor += row.amountMinor;
    totals.feesMilli += feeMilli;
    await write(toLine(row, feeMilli), true);
  }
  await write(
    {
      line: 'totals',
      payments: { count: totals.payments.count, minor: totals.payments.minor.toString() },
      refunds: { count: totals.refunds.count, minor: totals.refunds.minor.toString() },
      fees_milli: totals.feesMilli.toString(),
    },
    true,
  );
  const { keyId, key } = await side.keys.signing();
  const signature = sign(null, Buffer.from(`owp-statement\n${hash.digest('hex')}`), key).toString('base64');
  await write({ line: 'signature', keyid: keyId, signature }, false);
  gzip.end();
  await ended;
  return Buffer.concat(chunks);
}

/** Payments of the day, then what went back on it, page by page. */
async function* rowsOf(side: ProtocolSide, merchantNo: string, day: string): AsyncGenerator<StatementRow> {
  const { sql, book } = side.deps;
  const [from, to] = [shanghaiMidnight(day), shanghaiMidnight(addDays(day, 1))];
  for (const list of [listPaidRows, listUndoneRows, listRefundedRows]) {
    let after: { at: Date; id: string } | null = null;
    for (;;) {
      const rows: StatementRow[] = await list(sql, {
        book,
        merchantNo,
        from,
        to,
        after,
        itemsMax: STATEMENT_PAGE_ITEMS,
      });
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < STATEMENT_PAGE_ITEMS) break;
      after = { at: last.at, id: last.id };
    }
  }
}

function toLine(row: StatementRow, feeMilli: bigint): object {
  const money = {
    currency: 'CNY',
    minor: row.amountMinor.toString(),
    fee_milli: feeMilli.toString(),
    at: row.at.toISOString(),
  };
  return row.kind === 'payment'
    ? { line: 'payment', order_no: row.orderNo, wallet_payment_id: row.moveId, ...money }
    : { line: 'refund', refund_no: row.refundNo, order_no: row.orderNo, wallet_refund_id: row.moveId, ...money };
}

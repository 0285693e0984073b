import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import {
  STATEMENT_FILE_BYTES_MAX,
  OPEN_STATEMENT_LINE_BYTES_MAX,
  OPEN_STATEMENT_TIMEOUT_MS,
  OPEN_STATEMENT_UNPACKED_BYTES_MAX,
} from '../../base/limits.ts';
import { isCurrency } from '../../money/money.ts';
import type { StatementItem, StatementReply, StatementSource } from '../statement.ts';
import type { WalletDeps } from '../wallet.ts';
import type { OpenConfig } from './config.ts';
import { exchange, readBody } from './exchange.ts';
import { type Members, membersOf, readMinor, readOrderNo, readText, readTime } from './parse.ts';
import { isSignedBy } from './sign.ts';

/** The wallet's day in lines of JSON, packed with gzip. Open Wallet Protocol, "Statements". */
export const statement: StatementSource<OpenConfig> = {
  dayEndsAt: '00:00',
  readyAfterHours: 9,
  refundsAre: 'done',
  fetch,
  read,
};

async function fetch(deps: WalletDeps, config: OpenConfig, day: string): Promise<StatementReply> {
  const call = { method: 'GET', path: `/statements/${day}`, body: null } as const;
  const exchanged = await exchange(deps, config, call, {
    timeoutMs: OPEN_STATEMENT_TIMEOUT_MS,
    replyBytesMax: STATEMENT_FILE_BYTES_MAX,
  });
  if (exchanged.kind === 'answer') return { kind: 'file', file: exchanged.body };
  if (exchanged.kind === 'problem') {
    if (exchanged.code === 'statement_not_ready') return { kind: 'not_ready' };
    return { kind: exchanged.row.isFinal ? 'failed' : 'unknown', reason: `the wallet answered ${exchanged.code}` };
  }
  return { kind: 'unknown', reason: exchanged.reason };
}

/** Every line but the last is signed by the last. A file is worth nothing before its `totals` have come out. */
async function* read(config: OpenConfig, file: Buffer): AsyncGenerator<StatementItem> {
  const state: ReadingState = { lineNo: 0, hash: createHash('sha256'), day: '', totals: null, isSigned: false };
  try {
    for await (const line of linesOf(file)) {
      state.lineNo += 1;
      const item = readLine(config, state, line);
      if (item !== null) yield item;
    }
  } catch (error) {
    if (!(error instanceof Broken) && !isZlibError(error)) throw error;
    const reason = error instanceof Broken ? error.message : 'the file is not whole gzip';
    yield { kind: 'broken', lineNo: state.lineNo, reason };
    return;
  }
  if (state.totals === null || !state.isSigned)
    yield { kind: 'broken', lineNo: state.lineNo, reason: 'the file ends too early' };
  else yield state.totals;
}

interface ReadingState {
  lineNo: number;
  /** Over all lines so far, with their ends. */
  hash: Hash;
  /** What the header says, `yyyy-mm-dd`. */
  day: string;
  totals: StatementItem | null;
  isSigned: boolean;
}

/** What a file must not be. */
class Broken extends Error {}

function readLine(config: OpenConfig, state: ReadingState, line: Buffer): StatementItem | null {
  if (state.isSigned) throw new Broken('something follows the signature');
  const members = membersOf(readBody(line));
  const kind = members?.['line'];
  if (members === null) throw new Broken('a line is not a JSON object');
  if ((state.lineNo === 1) !== (kind === 'header'))
    throw new Broken('the header must be the first line, and only once');
  if (kind === 'signature') {
    checkSignature(config, state, members);
    return null;
  }
  state.hash.update(line).update('\n');
  if (state.totals !== null) throw new Broken('only the signature may follow the totals');
  switch (kind) {
    case 'header':
      if (members['version'] !== '1') throw new Broken('another version than 1');
      if (members['merchant_no'] !== config.merchantNo) throw new Broken('for another merchant');
      state.day = readText(members['day'], 10) ?? '';
      if (!/^\d{4}-\d\d-\d\d$/.test(state.day)) throw new Broken('of no day');
      return null;
    case 'payment':
    case 'refund':
      return toLine(kind, state.lineNo, members);
    case 'totals':
      state.totals = toTotals(members, state.day);
      return null;
    default:
      throw new Broken('a line of a kind that is not documented');
  }
}

function checkSignature(config: OpenConfig, state: ReadingState, members: Members): void {
  if (state.totals === null) throw new Broken('the signature comes before the totals');
  const key = config.walletKeys.get(readText(members['keyid'], 32) ?? '');
  if (key === undefined) throw new Broken('signed with a key that is not known');
  const signature = Buffer.from(readText(members['signature'], 128) ?? '', 'base64');
  const isSigned = isSignedBy(`owp-statement\n${state.hash.digest('hex')}`, signature, key);
  if (!isSigned) throw new Broken('the signature does not fit');
  state.isSigned = true;
}

function toLine(kind: 'payment' | 'refund', lineNo: number, members: Members): StatementItem {
  const paymentOrderNo = readOrderNo(members['order_no']);
  const refundNo = kind === 'refund' ? readOrderNo(members['refund_no']) : null;
  const orderNo = kind === 'refund' ? refundNo : paymentOrderNo;
  const walletPaymentId = readText(members[kind === 'refund' ? 'wallet_refund_id' : 'wallet_payment_id'], 64);
  const currency = members['currency'];
  const amountMinor = readMinor(members['minor']);
  const feeMilli = members['fee_milli'] === null ? null : readSigned(members['fee_milli']);
  const occurredAt = readTime(members['at']);
  if (orderNo === null || paymentOrderNo === null || walletPaymentId === null)
    throw new Broken('a line without its numbers');
  if (!isCurrency(currency) || amountMinor === null || feeMilli === undefined)
    throw new Broken('an amount is not readable');
  if (occurredAt === undefined) throw new Broken('a time is not readable');
  const settledMinor = members['settled'] === undefined ? amountMinor : readMinor(members['settled']);
  if (settledMinor === null) throw new Broken('an amount is not readable');
  return {
    kind,
    lineNo,
    orderNo,
    paymentOrderNo: kind === 'refund' ? paymentOrderNo : null,
    walletPaymentId,
    currency,
    amountMinor,
    ...(kind === 'payment' ? { settledMinor } : {}),
    feeMilli,
    occurredAt,
  };
}

function toTotals(members: Members, day: string): StatementItem {
  const [payments, refunds] = [membersOf(members['payments']), membersOf(members['refunds'])];
  const counts = [payments?.['count'], refunds?.['count']].map(readCount);
  const sums = [payments?.['minor'], refunds?.['minor']].map(readMinor);
  const feesMilli = readSigned(members['fees_milli']);
  const [paymentsCount, refundsCount] = counts;
  const [paymentsMinor, refundsMinor] = sums;
  if (paymentsCount == null || refundsCount == null || paymentsMinor == null || refundsMinor == null)
    throw new Broken('the totals are not readable');
  if (feesMilli === undefined) throw new Broken('the totals are not readable');
  return { kind: 'totals', paymentsCount, paymentsMinor, refundsCount, refundsMinor, feesMilli, day };
}

function readCount(input: unknown): number | null {
  return typeof input === 'number' && Number.isSafeInteger(input) && input >= 0 ? input : null;
}

/** An integer in a text that may be below zero; undefined where it is none. */
function readSigned(input: unknown): bigint | undefined {
  if (typeof input !== 'string') return undefined;
  const minor = readMinor(input.replace(/^-(?=[1-9])/, ''));
  if (minor === null) return undefined;
  return input.startsWith('-') ? -minor : minor;
}

/** Lines as they are unpacked, without their ends; never more in memory than a piece of the file. */
async function* linesOf(file: Buffer): AsyncGenerator<Buffer> {
  const unpacked: AsyncIterable<Buffer> = Readable.from([file]).pipe(createGunzip());
  let rest = Buffer.alloc(0);
  let bytesCount = 0;
  for await (const piece of unpacked) {
    bytesCount += piece.length;
    if (bytesCount > OPEN_STATEMENT_UNPACKED_BYTES_MAX) throw new Broken('the file is too large');
    const text = Buffer.concat([rest, piece]);
    let from = 0;
    for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10, from)) {
      yield text.subarray(from, end);
      from = end + 1;
    }
    rest = text.subarray(from);
    if (rest.length > OPEN_STATEMENT_LINE_BYTES_MAX) throw new Broken('a line is too long');
  }
  if (rest.length > 0) throw new Broken('the last line has no end');
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}

import { createHash, createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { formatMinor, money } from '../../../money/money.ts';
import { SANDBOX_WECHATPAY_BILL_LINK_SECONDS, SANDBOX_WECHATPAY_BILL_DAYS_MAX } from '../../../base/limits.ts';
import type { Order } from '../ground/order.ts';
import { billRow, type BillRow, FEE_SCALE, HEADINGS, SUMMARY_HEADINGS } from './bill-row.ts';
import { answer, type Decision, type Gateway, refuse, type Refused } from './gateway.ts';
import type { SandboxMerchant } from './keys.ts';
import { dayOf } from './stamp.ts';

const HOUR_MS = 3_600_000;
/** API v3, 申请交易账单: made from nine in the morning on; ten is the time to ask. */
const READY_HOURS = 9;
const BILL_TYPES = ['ALL'];

interface Link {
  mchid: string;
  day: string;
  untilMs: number;
}

/** Where the day's bill is, and its hash. The bill itself is made of the books, the same bytes every time. */
export function bill(gateway: Gateway, merchant: SandboxMerchant, query: Record<string, string>): Decision {
  const day = dayOf(query['bill_date'] ?? '');
  if (day === null) return refuse('PARAM_ERROR', '参数错误：bill_date 格式错误');
  if (!BILL_TYPES.includes(query['bill_type'] ?? 'ALL')) return refuse('PARAM_ERROR', '模拟器只提供 ALL 账单');
  const packed = query['tar_type'];
  if (packed !== undefined && packed !== 'GZIP') return refuse('PARAM_ERROR', '参数错误：tar_type');
  const sinceMs = gateway.clock.now().getTime() - day.to.getTime();
  if (sinceMs < 0) return refuse('PARAM_ERROR', '参数错误：只能下载昨天及以前的账单');
  if (sinceMs > SANDBOX_WECHATPAY_BILL_DAYS_MAX * 24 * HOUR_MS) return refuse('NO_STATEMENT_EXIST');
  if (sinceMs < READY_HOURS * HOUR_MS) return refuse('STATEMENT_CREATING');
  const file = makeBill(gateway, merchant, day);
  if (file === null) return refuse('NO_STATEMENT_EXIST');
  const untilMs = gateway.clock.now().getTime() + SANDBOX_WECHATPAY_BILL_LINK_SECONDS * 1000;
  const token = toToken(gateway, { mchid: merchant.mchid, day: query['bill_date'] ?? '', untilMs });
  const link = new URLSearchParams({ token, ...(packed === 'GZIP' ? { tartype: 'gzip' } : {}) });
  return answer({
    hash_type: 'SHA1',
    hash_value: createHash('sha1').update(file).digest('hex'),
    download_url: `${gateway.url}/v3/billdownload/file?${link.toString()}`,
  });
}

export function billFile(gateway: Gateway, merchant: SandboxMerchant, query: Record<string, string>): Buffer | Refused {
  const link = readToken(gateway, query['token'] ?? '');
  const isGood = link !== null && link.mchid === merchant.mchid && link.untilMs >= gateway.clock.now().getTime();
  const day = isGood ? dayOf(link.day) : null;
  const file = day === null ? null : makeBill(gateway, merchant, day);
  if (file === null) return refuse('INVALID_REQUEST', '下载链接无效或已过期');
  return query['tartype'] === 'gzip' ? gzipSync(file) : file;
}

/** Null when nothing happened on that day. */
function makeBill(gateway: Gateway, merchant: SandboxMerchant, day: { from: Date; to: Date }): Buffer | null {
  const isIn = (at: Date | null): at is Date => at !== null && at >= day.from && at < day.to;
  const rows: BillRow[] = [];
  for (const order of gateway.books.orders.values()) {
    if (order.merchantNo !== merchant.mchid || order.walletId === null) continue;
    if (order.kind === 'refund') {
      // Told when it was submitted; what becomes of it later changes no bill.
      if (isIn(order.orderedAt)) rows.push(row(gateway, order, 'REFUND', order.orderedAt, day.to));
      continue;
    }
    if (isIn(order.settledAt)) rows.push(row(gateway, order, 'SUCCESS', order.settledAt, day.to));
    if (order.state === 'reversed' && isIn(order.endedAt))
      rows.push(row(gateway, order, 'REVOKED', order.endedAt, day.to));
  }
  return rows.length === 0 ? null : toFile(rows);
}

function row(gateway: Gateway, order: Order, state: BillRow['state'], at: Date, dayEnd: Date): BillRow {
  return billRow(gateway, order, state, at, new Date(dayEnd.getTime() + READY_HOURS * HOUR_MS));
}

/** UTF-8 with a byte order mark, CR LF, a back-tick before every field but the headings. */
function toFile(rows: readonly BillRow[]): Buffer {
  const line = (fields: readonly string[]) => fields.map((field) => `\`${field}`).join(',');
  const sum = (pick: (one: BillRow) => bigint) => rows.reduce((total, one) => total + pick(one), 0n);
  const yuan = (fen: bigint) => formatMinor(money('CNY', fen));
  const paid = sum((one) => one.paidFen);
  const back = sum((one) => one.backFen);
  const summary = [
    `${rows.length}.0`,
    yuan(sum((one) => one.settledFen)),
    yuan(sum((one) => one.settledBackFen)),
    yuan(sum((one) => one.cashBackFen)),
    `${yuan(sum((one) => one.feeFen))}${FEE_SCALE}`,
    yuan(paid),
    yuan(back),
  ];
  const lines = [HEADINGS.join(','), ...rows.map((one) => line(one.fields)), SUMMARY_HEADINGS.join(','), line(summary)];
  return Buffer.from(`\ufeff${lines.map((text) => `${text}\r\n`).join('')}`);
}

function toToken(gateway: Gateway, link: Link): string {
  const text = Buffer.from(JSON.stringify(link)).toString('base64url');
  return `${text}.${macOf(gateway, text)}`;
}

function readToken(gateway: Gateway, token: string): Link | null {
  const [text = '', mac] = token.split('.');
  if (mac !== macOf(gateway, text)) return null;
  const link: Link = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')); // ours: the code was checked
  return link;
}

function macOf(gateway: Gateway, text: string): string {
  return createHmac('sha256', gateway.tokenKey).update(text).digest('base64url');
}

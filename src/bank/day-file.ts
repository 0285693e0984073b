import { createHash } from 'node:crypto';
import { CardNumber } from '../base/card-number.ts';
import { BANK_DAY_FILE_BYTES_MAX } from '../base/limits.ts';
import type { Send } from '../base/outbound.ts';
import { money } from '../money/money.ts';
import type { ClearedRow, DayFileReply } from './rail.ts';

/** The 34 columns of the switch's file of a day (COM), a space between any two. Source: Q/CUP 006.4 as public gateways read it. */
const WIDTHS = [
  11, 11, 6, 10, 19, 12, 12, 12, 4, 6, 4, 8, 15, 12, 2, 6, 11, 6, 2, 3, 12, 12, 12, 1, 3, 1, 1, 10, 11, 1, 2, 2, 12, 14,
];
const ROW_BYTES = WIDTHS.reduce((sum, width) => sum + width + 1, -1);
const COLUMNS = {
  stan: 2,
  transmittedAt: 3,
  card: 4,
  amount: 5,
  messageType: 8,
  processing: 9,
  rrn: 13,
  responseCode: 18,
  issuer: 28,
} as const;
/** Where each column begins. */
const STARTS = WIDTHS.map((_, index) => WIDTHS.slice(0, index).reduce((sum, width) => sum + width + 1, 0));

/** Fetches the file of a settlement day (`2026-11-23`) and reads it whole: a file with one wrong row is not read at all. */
export async function fetchDayFile(
  send: Send,
  request: { filesUrl: string; institution: string; day: string; timeoutMs: number },
): Promise<DayFileReply> {
  const { filesUrl, institution, day, timeoutMs } = request;
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return { kind: 'unknown', why: 'not a day' };
  const reply = await send({
    method: 'GET',
    url: `${filesUrl.replace(/\/$/, '')}/${institution}/${day.replaceAll('-', '')}/COM`,
    headers: { accept: 'text/plain' },
    body: '',
    timeoutMs,
    replyBytesMax: BANK_DAY_FILE_BYTES_MAX,
  });
  if (reply.kind !== 'reply') return { kind: 'unknown', why: reply.reason };
  if (reply.status === 404) return { kind: 'not_ready' };
  if (reply.status !== 200) return { kind: 'unknown', why: `answered ${reply.status}` };
  const digest = createHash('sha256').update(reply.body).digest('base64');
  if (reply.headers['content-digest'] !== `sha-256=:${digest}:`)
    return { kind: 'unknown', why: 'the digest of the file is not that of what came' };
  return readDayFile(reply.body, reply.headers['x-lines'] ?? '');
}

/** `lines`: how many rows the sender counted. */
export function readDayFile(file: Buffer, lines: string): DayFileReply {
  if (file.length % (ROW_BYTES + 1) !== 0) return { kind: 'unknown', why: 'not whole rows' };
  const count = file.length / (ROW_BYTES + 1);
  if (lines !== String(count)) return { kind: 'unknown', why: `${count} rows where ${Number(lines)} are said to be` };
  const rows: ClearedRow[] = [];
  for (let index = 0; index < count; index++) {
    const at = index * (ROW_BYTES + 1);
    const row = readRow(file.toString('latin1', at, at + ROW_BYTES + 1));
    if (row === null) return { kind: 'unknown', why: `row ${index + 1} cannot be read` };
    rows.push(row);
  }
  return { kind: 'file', rows };
}

function readRow(line: string): ClearedRow | null {
  if (line[ROW_BYTES] !== '\n' || STARTS.some((start) => start > 0 && line[start - 1] !== ' ')) return null;
  const cell = (column: keyof typeof COLUMNS): string => {
    const start = STARTS[COLUMNS[column]] ?? 0;
    return line.slice(start, start + (WIDTHS[COLUMNS[column]] ?? 0)).trim();
  };
  const card = CardNumber.read(cell('card'));
  const isRead =
    /^\d{6}$/.test(cell('stan')) &&
    /^\d{10}$/.test(cell('transmittedAt')) &&
    /^\d{12}$/.test(cell('amount')) &&
    /^\d{4}$/.test(cell('messageType')) &&
    /^\d{6}$/.test(cell('processing')) &&
    /^[0-9A-Za-z]{12}$/.test(cell('rrn')) &&
    /^[0-9A-Z]{2}$/.test(cell('responseCode')) &&
    /^\d{8,11}$/.test(cell('issuer'));
  if (card === null || !isRead) return null;
  return {
    stan: cell('stan'),
    transmittedAt: cell('transmittedAt'),
    rrn: cell('rrn'),
    card,
    amount: money('CNY', BigInt(cell('amount'))),
    messageType: cell('messageType'),
    processing: cell('processing'),
    issuer: cell('issuer'),
    responseCode: cell('responseCode'),
  };
}

import { createHash } from 'node:crypto';
import {
  WECHATPAY_BILL_BYTES_MAX,
  WECHATPAY_BILL_TIMEOUT_MS,
  WECHATPAY_BILL_UNPACKED_BYTES_MAX,
} from '../../base/limits.ts';
import type { StatementReply, StatementSource } from '../statement.ts';
import type { WalletDeps } from '../wallet.ts';
import { readBill } from './bill.ts';
import { rowOf } from './codes.ts';
import type { WechatpayConfig } from './config.ts';
import { exchange, type Exchanged, sendSigned } from './exchange.ts';
import { type Json, textAt } from './parse.ts';
import { unpack } from './unpack.ts';

const DAY_MS = 24 * 3_600_000;
/** WeChat Pay makes a day's bill from nine in the morning on and asks to come after ten. Source: WeChat Pay API v3. */
const READY_AFTER_HOURS = 10;

/** The trade bill (交易账单) of a day, all kinds of rows, packed. */
export const statement: StatementSource<WechatpayConfig> = {
  dayEndsAt: '00:00',
  readyAfterHours: READY_AFTER_HOURS,
  refundsAre: 'submitted', // a row comes when it is asked for, and is not updated
  fetch,
  read: (config, file) => readBill(config, file),
};

/** Asks where the bill is (signed), then brings it (not signed, but of the hash that was told). */
async function fetch(deps: WalletDeps, config: WechatpayConfig, day: string): Promise<StatementReply> {
  const dayEndMs = Date.parse(`${day}T00:00:00+08:00`) + DAY_MS;
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(dayEndMs)) return { kind: 'failed', reason: 'not a day' };
  const nowMs = deps.clock.now().getTime();
  if (nowMs < dayEndMs) return { kind: 'not_ready' };
  const exchanged = await exchange(deps, config, {
    method: 'GET',
    target: `/v3/bill/tradebill?bill_date=${day}&bill_type=ALL&tar_type=GZIP`,
    body: null,
    about: `bill of ${day}`,
    mayRepeat: true,
  });
  if (exchanged.kind === 'answer') return download(deps, config, exchanged.json);
  if (exchanged.kind === 'refusal') return explain(exchanged, nowMs >= dayEndMs + READY_AFTER_HOURS * 3_600_000);
  return { kind: 'unknown', reason: exchanged.reason };
}

/** That there is no bill says that nothing happened only once it had to be there. */
function explain(refusal: Extract<Exchanged, { kind: 'refusal' }>, isLate: boolean): StatementReply {
  const code = refusal.code.replaceAll('_', '');
  if (code === 'STATEMENTCREATING') return { kind: 'not_ready' };
  if (code === 'NOSTATEMENTEXIST') return { kind: isLate ? 'empty' : 'not_ready' };
  const isFinal = rowOf(refusal.code).state === 'refused';
  return { kind: isFinal ? 'failed' : 'unknown', reason: `${refusal.code}: ${refusal.message}` };
}

async function download(deps: WalletDeps, config: WechatpayConfig, told: Json): Promise<StatementReply> {
  const place = placeOf(config, textAt(told, 'download_url'));
  const hash = textAt(told, 'hash_value').toLowerCase();
  if (place === null || textAt(told, 'hash_type') !== 'SHA1' || !/^[0-9a-f]{40}$/.test(hash))
    return { kind: 'unknown', reason: 'the answer does not tell where the bill is' };
  const reply = await sendSigned(
    deps,
    { ...config, apiUrl: place.origin },
    { method: 'GET', target: place.target, body: null },
    { replyBytesMax: WECHATPAY_BILL_BYTES_MAX, timeoutMs: WECHATPAY_BILL_TIMEOUT_MS },
  );
  if (reply.kind !== 'reply') return { kind: 'unknown', reason: `${reply.kind}: ${reply.reason}` };
  if (reply.status !== 200) return { kind: 'unknown', reason: `HTTP status ${reply.status} instead of the bill` };
  if ((await hashOf(reply.body)) !== hash)
    return { kind: 'unknown', reason: 'the bill has another hash than was told' };
  return { kind: 'file', file: reply.body };
}

/** A signed request goes nowhere but to WeChat Pay's own two sites, or to where the account's calls go anyway. */
function placeOf(config: WechatpayConfig, text: string): { origin: string; target: string } | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.pathname !== '/v3/billdownload/file' || url.hash !== '') return null;
  const isBackup = config.environment === 'production' && url.origin === 'https://api2.mch.weixin.qq.com';
  const isMain = config.environment === 'production' && url.origin === 'https://api.mch.weixin.qq.com';
  if (url.origin !== config.apiUrl && !isBackup && !isMain) return null;
  return { origin: url.origin, target: url.pathname + url.search };
}

/** The SHA-1 of the unpacked file; null when it does not unpack. */
async function hashOf(file: Buffer): Promise<string | null> {
  const hash = createHash('sha1');
  try {
    for await (const piece of unpack(file, WECHATPAY_BILL_UNPACKED_BYTES_MAX)) hash.update(piece);
  } catch {
    return null;
  }
  return hash.digest('hex');
}

import { ALIPAY_BILL_TIMEOUT_MS, STATEMENT_FILE_BYTES_MAX } from '../../base/limits.ts';
import type { StatementItem, StatementReply, StatementSource } from '../statement.ts';
import type { WalletDeps } from '../wallet.ts';
import { readBill } from './bill.ts';
import type { AlipayConfig } from './config.ts';
import { exchange } from './exchange.ts';
import { billCall } from './requests.ts';
import { fromStamp } from './translate.ts';

const READY_AFTER_HOURS = 9; // the next day at about 09:00
/** "There is no such bill" is said before a bill is made, too; so much later it means that nothing happened. */
const SURELY_READY_AFTER_HOURS = 24;
const HOUR_MS = 3_600_000;

/** The day's trade bill (业务明细), a zip of two CSV files in GBK. Source: Alipay OpenAPI, 账单下载. */
export const statement: StatementSource<AlipayConfig> = {
  dayEndsAt: '00:00',
  readyAfterHours: READY_AFTER_HOURS,
  refundsAre: 'done', // rows carry the time at which they were completed (完成时间)
  fetch,
  read: (config, file): AsyncIterable<StatementItem> => readBill(config.sellerId, file),
};

async function fetch(deps: WalletDeps, config: AlipayConfig, day: string): Promise<StatementReply> {
  const askedAtMs = deps.clock.now().getTime();
  const exchanged = await exchange(deps, config, billCall(day));
  if (exchanged.kind !== 'answer') return { kind: 'unknown', reason: exchanged.reason };
  const { code = '', sub_code: subCode, bill_download_url: url, bill_file_code: fileCode } = exchanged.fields;
  // Documented as isp.bill_not_exist by hearsay only, so other spellings count too.
  if (code === '40004' && /bill[_-]?not[_-]?exist/i.test(subCode ?? '')) return notThere(day, askedAtMs);
  if (code === '20000') return { kind: 'unknown', reason: 'the gateway is not available' };
  if (code !== '10000') return { kind: 'failed', reason: `refused with code ${code} ${subCode ?? ''}`.slice(0, 120) };
  if (fileCode === 'EMPTY_DATA_WITH_BILL_FILE') return { kind: 'empty' };
  if (url === undefined || !isBillUrl(config, url)) return { kind: 'unknown', reason: 'no usable address of the bill' };
  return download(deps, url);
}

function notThere(day: string, askedAtMs: number): StatementReply {
  const startsAt = fromStamp(`${day} 00:00:00`);
  if (startsAt === null) return { kind: 'failed', reason: 'not a day' };
  const surelyMs = startsAt.getTime() + (24 + SURELY_READY_AFTER_HOURS) * HOUR_MS;
  return { kind: askedAtMs < surelyMs ? 'not_ready' : 'empty' };
}

/** The address lives for 30 seconds and is not signed; it is fetched at once. */
async function download(deps: WalletDeps, url: string): Promise<StatementReply> {
  const reply = await deps.send({
    method: 'GET',
    url,
    headers: {},
    body: '',
    timeoutMs: ALIPAY_BILL_TIMEOUT_MS,
    replyBytesMax: STATEMENT_FILE_BYTES_MAX,
  });
  if (reply.kind !== 'reply') return { kind: 'unknown', reason: reply.reason };
  if (reply.status !== 200) return { kind: 'unknown', reason: `HTTP status ${reply.status} instead of the bill` };
  return { kind: 'file', file: reply.body };
}

/** Alipay's own hosts, or the simulator that we asked: an address in an answer must not aim us at anybody else. */
function isBillUrl(config: AlipayConfig, text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (config.isSimulator) return url.origin === new URL(config.gatewayUrl).origin;
  return url.protocol === 'https:' && url.port === '' && /\.alipay(dev)?\.com$/.test(url.hostname);
}

import type { StatementReply, StatementSource } from '../statement.ts';
import type { WalletDeps } from '../wallet.ts';
import { readBill } from './bill.ts';
import type { UnionpayConfig } from './config.ts';
import { exchangeFile } from './exchange.ts';
import { fileFields } from './requests.ts';

const HOUR_MS = 3_600_000;
const READY_AFTER_HOURS = 10; // at about 9:00, when the clearing day has ended at 23:00
/** "There is no file" is said before one is made, too; so much later it means that nothing happened. */
const SURELY_READY_AFTER_HOURS = 34;
const DAYS_BACK_MAX = 330; // a settleDate has no year

/** The clearing day's bill (对账文件), through the file transfer. Source: UnionPay 5.1.0. */
export const statement: StatementSource<UnionpayConfig> = {
  dayEndsAt: '23:00',
  readyAfterHours: READY_AFTER_HOURS,
  refundsAre: 'done', // the list that is read holds good transactions only
  fetch,
  read: readBill,
};

async function fetch(deps: WalletDeps, config: UnionpayConfig, day: string): Promise<StatementReply> {
  const endMs = Date.parse(`${day}T23:00:00+08:00`);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(endMs)) return { kind: 'failed', reason: 'not a day' };
  const now = deps.clock.now();
  const hoursAgo = (now.getTime() - endMs) / HOUR_MS;
  if (hoursAgo < READY_AFTER_HOURS) return { kind: 'not_ready' };
  if (hoursAgo > DAYS_BACK_MAX * 24) return { kind: 'failed', reason: 'UnionPay counts days without years' };
  const exchanged = await exchangeFile(deps, config, fileFields(config, day.slice(5).replace('-', ''), now));
  if (exchanged.kind !== 'answer') return { kind: 'unknown', reason: exchanged.reason };
  const { respCode = '', fileContent = '' } = exchanged.fields;
  if (respCode === '98') return { kind: hoursAgo < SURELY_READY_AFTER_HOURS ? 'not_ready' : 'empty' };
  if (respCode !== '00') return { kind: 'failed', reason: `refused with respCode ${respCode.slice(0, 8)}` };
  const file = Buffer.from(fileContent, 'base64');
  if (file.length === 0) return { kind: 'unknown', reason: 'answered without a file' };
  return { kind: 'file', file };
}

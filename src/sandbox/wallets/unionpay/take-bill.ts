import { deflateSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { splitMoney } from '../../../money/money.ts';
import { cardAt } from '../ground/cards.ts';
import type { Order } from '../ground/order.ts';
import { merchantsPart } from '../ground/payments.ts';
import { offOf } from './coupons.ts';
import type { Fields } from './form.ts';
import { type Decision, type Gateway, refuse } from './gateway.ts';
import { clearingDay, fromStamp, toStamp } from './stamp.ts';

const DAY_MS = 24 * 3_600_000;
/** The file of a clearing day, which ends at 23:00, is there at nine in the morning. */
const READY_AFTER_MS = 10 * 3_600_000;
const DAYS_BACK = 365;
/** What the gateway keeps of a payment, and gives back with a refund. */
const FEE_BPS = 38n;
const INSTITUTION = '00010000';

/** The bill of a clearing day, MMDD, as base64 of deflate of a zip; 98 where there is none. UnionPay 5.1.0, 文件传输. */
export function takeBill(gateway: Gateway, fields: Fields): Decision {
  const { merId = '', settleDate = '', fileType } = fields;
  if (fileType !== '00') return refuse('10', '报文格式错误:fileType');
  const day = findDay(gateway, settleDate);
  if (day === null) return refuse('98');
  const end = fromStamp(`${day}230000`) ?? gateway.clock.now();
  const isReady = gateway.clock.now().getTime() >= end.getTime() + READY_AFTER_MS;
  const orders = isReady ? gateway.books.listSettled(merId, new Date(end.getTime() - DAY_MS), end) : [];
  if (orders.length === 0) return refuse('98');
  const lead = `INN${day.slice(2)}88`;
  const zip = zipSync({
    [`${lead}ZM_${merId}`]: strToU8(orders.map((order) => toRow(gateway, order)).join(''), true),
    [`${lead}ZME_${merId}`]: new Uint8Array(),
  });
  const fileContent = deflateSync(zip).toString('base64');
  return { kind: 'answer', respCode: '00', fields: { settleDate, fileName: `${merId}_${day}.zip`, fileContent } };
}

/** The latest clearing day with these MMDD that is not to come, YYYYMMDD. */
function findDay(gateway: Gateway, settleDate: string): string | null {
  const nowMs = gateway.clock.now().getTime();
  for (let back = 0; back <= DAYS_BACK; back++) {
    const day = clearingDay(new Date(nowMs - back * DAY_MS));
    if (day.endsWith(settleDate)) return day;
  }
  return null;
}

/** 42 fields of fixed widths with blanks between them. All of ours is ASCII, which GBK holds as it is. */
function toRow(gateway: Gateway, order: Order): string {
  const original = order.originalKey === null ? undefined : gateway.books.find(order.originalKey);
  const isPayment = order.kind === 'payment';
  const merchants = merchantsPart(order);
  const fee = splitMoney(merchants, [FEE_BPS, 10_000n - FEE_BPS])[0]?.minor ?? 0n;
  const settled = merchants.minor - fee;
  const off = offOf(order);
  const { wire } = order;
  const cells: [width: number, text: string][] = [
    [3, isPayment ? 'S22' : 'S30'],
    [11, INSTITUTION],
    [11, INSTITUTION],
    [6, wire.traceNo ?? ''],
    [10, monthToSecond(order)],
    [19, cardAt(order.cardIndex, false).accNo],
    [12, order.amountFen.padStart(12, '0')],
    [4, '5411'],
    [2, wire.channelType ?? ''],
    [21, order.walletId ?? ''],
    [2, ''],
    [32, order.orderNo],
    [2, cardAt(order.cardIndex, false).kind === 'credit' ? '02' : '01'],
    [6, original?.wire.traceNo ?? ''],
    [10, original === undefined ? '' : monthToSecond(original)],
    [13, signed(isPayment ? 'D' : 'C', fee)],
    [13, signed(isPayment ? 'C' : 'D', settled)],
    [4, isPayment ? '0001' : ''],
    [15, ''],
    [2, wire.txnType ?? ''],
    [2, wire.txnSubType ?? ''],
    [6, wire.bizType ?? ''],
    [2, '01'],
    [4, ''],
    [32, ''],
    [1, ''],
    [21, original?.walletId ?? ''],
    [15, order.merchantNo],
    [1, ''],
    [15, ''],
    [32, ''],
    [13, ''],
    [13, signed(isPayment ? 'C' : 'D', settled)],
    [8, ''],
    [32, ''],
    [13, off === 0n ? '' : signed(isPayment ? 'D' : 'C', off)],
    [13, ''],
    [12, ''],
    [2, ''],
    [1, ''],
    [32, original?.orderNo ?? ''],
    [98, ''],
  ];
  return `${cells.map(([width, text]) => text.padEnd(width)).join(' ')}\r\n`;
}

function monthToSecond(order: Order): string {
  return order.settledAt === null ? '' : toStamp(order.settledAt).slice(4);
}

function signed(letter: 'C' | 'D', fen: bigint): string {
  return letter + fen.toString().padStart(12, '0');
}

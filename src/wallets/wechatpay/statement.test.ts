import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { OutboundReply } from '../../base/outbound.ts';
import type { StatementItem } from '../statement.ts';
import { readConfig } from './config.ts';
import { answering, merchantSettings, refusal, reply } from './pretend-wechatpay.ts';
import { statement } from './statement.ts';

const config = readConfig(merchantSettings());
const HEADINGS =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const SUMMARY = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const PAID =
  '`2021-01-28 17:07:11,`wxd678efh567hg6787,`1900009191,`0,`,`4200000925202101284997714292,`ORDER1,`ofyak5qR,`NATIVE,`SUCCESS,`OTHERS,`CNY,`12.30,`0.04,`0,`0,`0.00,`0.00,`,`,`咖啡,`,`0.07404,`0.60%,`12.34,`0.00,`';
const REFUNDED =
  '`2021-01-28 18:00:00,`wxd678efh567hg6787,`1900009191,`0,`,`4200000925202101284997714292,`ORDER1,`ofyak5qR,`NATIVE,`REFUND,`OTHERS,`CNY,`0.00,`0.00,`50200207182018070300011301001,`REFUND1,`2.34,`0.00,`ORIGINAL,`PROCESSING,`咖啡,`,`-0.01404,`0.60%,`0.00,`2.34,`';
const REVOKED = REFUNDED.replace('`REFUND,', '`REVOKED,')
  .replace('`50200207182018070300011301001,`REFUND1', '`0,`0')
  .replaceAll('2.34', '12.34');
const TOTALS = '`2.0,`12.30,`2.34,`0.00,`0.06000,`12.34,`2.34';

describe('a bill', () => {
  test('is read by its headings: amounts in fen, fees in thousandths of a fen, times of Beijing', async () => {
    expect(await read(HEADINGS, PAID, REFUNDED, SUMMARY, TOTALS, '')).toEqual([
      {
        kind: 'payment',
        lineNo: 2,
        orderNo: 'ORDER1',
        paymentOrderNo: null,
        walletPaymentId: '4200000925202101284997714292',
        currency: 'CNY',
        amountMinor: 1234n,
        settledMinor: 1230n,
        feeMilli: 7404n,
        occurredAt: new Date('2021-01-28T09:07:11Z'),
      },
      {
        kind: 'refund',
        lineNo: 3,
        orderNo: 'REFUND1',
        paymentOrderNo: 'ORDER1',
        walletPaymentId: '50200207182018070300011301001',
        currency: 'CNY',
        amountMinor: 234n,
        feeMilli: -1404n,
        occurredAt: new Date('2021-01-28T10:00:00Z'),
      },
      {
        kind: 'totals',
        paymentsCount: null,
        paymentsMinor: 1234n,
        refundsCount: null,
        refundsMinor: 234n,
        feesMilli: 6000n,
      },
    ]);
  });

  test('may have its columns in another order, LF alone, no byte order mark, or be packed', async () => {
    const turn = (line: string) => line.split(',').reverse().join(',');
    const text = [turn(HEADINGS), turn(PAID), turn(REFUNDED), turn(SUMMARY), turn(TOTALS)].join('\n');
    const straight = await read(HEADINGS, PAID, REFUNDED, SUMMARY, TOTALS);
    expect(await items(Buffer.from(text))).toEqual(straight);
    expect(await items(gzipSync(text))).toEqual(straight);
  });

  test('tells a payment by code that was undone under the payment’s own number', async () => {
    const [, undone] = await read(HEADINGS, PAID, REVOKED, SUMMARY, TOTALS);
    expect(undone).toMatchObject({ kind: 'refund', orderNo: 'ORDER1', paymentOrderNo: 'ORDER1', amountMinor: 1234n });
  });

  test('of nothing has totals too', async () => {
    expect(await read(HEADINGS, SUMMARY, '`0.0,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00')).toMatchObject([
      { kind: 'totals', paymentsMinor: 0n, feesMilli: 0n },
    ]);
  });

  const wrong: [name: string, lines: string[], lineNo: number][] = [
    ['is empty', [''], 0],
    ['is a page', ['<html>', '</html>'], 1],
    ['has no summary', [HEADINGS, PAID], 2],
    ['ends with the headings of the summary', [HEADINGS, PAID, SUMMARY], 3],
    ['lacks a column', [HEADINGS.replace(',订单金额', ''), PAID, SUMMARY, TOTALS], 1],
    ['has a row with a field less', [HEADINGS, PAID.replace('`CNY,', ''), SUMMARY, TOTALS], 2],
    ['has a row of another merchant', [HEADINGS, PAID.replace('1900009191', '1900009192'), SUMMARY, TOTALS], 2],
    ['has an unheard-of state', [HEADINGS, PAID.replace('SUCCESS', 'TELEPORTED'), SUMMARY, TOTALS], 2],
    ['has an unheard-of currency', [HEADINGS, PAID.replace('CNY', 'ABC'), SUMMARY, TOTALS], 2],
    ['has half a fen', [HEADINGS, PAID.replace('`12.34', '`12.345'), SUMMARY, TOTALS], 2],
    ['has a negative payment', [HEADINGS, PAID.replace('`12.34', '`-12.34'), SUMMARY, TOTALS], 2],
    ['has no order number', [HEADINGS, PAID.replace('ORDER1', ''), SUMMARY, TOTALS], 2],
    ['has a refund without a number', [HEADINGS, REFUNDED.replace('REFUND1', '0'), SUMMARY, TOTALS], 2],
    ['counts other rows than it has', [HEADINGS, PAID, SUMMARY, TOTALS], 4],
    ['has an unreadable summary', [HEADINGS, PAID, REFUNDED, SUMMARY, TOTALS.replace('0.06000', 'x')], 5],
    ['goes on after the summary', [HEADINGS, PAID, REFUNDED, SUMMARY, TOTALS, PAID], 6],
  ];
  test.each(wrong)('that %s is broken', async (_name, lines, lineNo) => {
    expect((await read(...lines)).at(-1)).toMatchObject({ kind: 'broken', lineNo });
  });

  test('that is cut short, is not UTF-8, or has a line without end is broken', async () => {
    const whole = gzipSync(textOf(HEADINGS, PAID, REFUNDED, SUMMARY, TOTALS));
    expect((await items(whole.subarray(0, whole.length - 9))).at(-1)).toMatchObject({ kind: 'broken' });
    expect((await items(Buffer.from([0x1f, 0x8b, 1, 2, 3]))).at(-1)).toMatchObject({ kind: 'broken' });
    expect((await items(Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0xfe]))).at(-1)).toMatchObject({ kind: 'broken' });
    expect((await items(Buffer.alloc(200_000, 'x'))).at(-1)).toMatchObject({
      kind: 'broken',
      reason: 'a line is too long',
    });
  });
});

describe('fetching a bill', () => {
  const DAY = '2026-11-22';
  const file = gzipSync(textOf(HEADINGS, PAID, REFUNDED, SUMMARY, TOTALS));
  const hash = createHash('sha1')
    .update(textOf(HEADINGS, PAID, REFUNDED, SUMMARY, TOTALS))
    .digest('hex');
  const told = (changed: object = {}) =>
    reply(200, {
      hash_type: 'SHA1',
      hash_value: hash,
      download_url: 'http://127.0.0.1:1/v3/billdownload/file?token=abc&tartype=gzip',
      ...changed,
    });
  const download: OutboundReply = { kind: 'reply', status: 200, headers: {}, body: file };
  const fetched = (...replies: OutboundReply[]) => statement.fetch(answering(...replies).deps, config, DAY);

  test('asks where it is, brings it signed for, and holds it against the hash', async () => {
    const { deps, sent } = answering(told(), download);
    expect(await statement.fetch(deps, config, DAY)).toEqual({ kind: 'file', file });
    expect(sent.map((call) => call.url)).toEqual([
      'http://127.0.0.1:1/v3/bill/tradebill?bill_date=2026-11-22&bill_type=ALL&tar_type=GZIP',
      'http://127.0.0.1:1/v3/billdownload/file?token=abc&tartype=gzip',
    ]);
    expect(sent[1]?.headers['authorization']).toMatch(/^WECHATPAY2-SHA256-RSA2048 /);
  });

  test('throws away what has another hash or comes from elsewhere', async () => {
    const changed = { ...download, body: gzipSync(textOf(HEADINGS, PAID, SUMMARY, TOTALS)) };
    expect(await fetched(told(), changed)).toMatchObject({ kind: 'unknown' });
    expect(await fetched(told(), { ...download, body: file.subarray(0, 40) })).toMatchObject({ kind: 'unknown' });
    expect(await fetched(told(), { ...download, status: 404 })).toMatchObject({ kind: 'unknown' });
    for (const url of [
      'http://127.0.0.1:2/v3/billdownload/file?token=a',
      'https://evil.example/v3/billdownload/file?token=a',
      'http://127.0.0.1:1/v3/refund/domestic/refunds',
      'nothing',
    ]) {
      const { deps, sent } = answering(told({ download_url: url }), download);
      expect(await statement.fetch(deps, config, DAY), url).toMatchObject({ kind: 'unknown' });
      expect(sent).toHaveLength(1);
    }
    expect(await fetched(told({ hash_type: 'MD5' }))).toMatchObject({ kind: 'unknown' });
  });

  test('knows when there is none yet, none at all, or trouble', async () => {
    const { deps, sent } = answering(told(), download);
    expect(await statement.fetch(deps, config, '2026-11-23')).toEqual({ kind: 'not_ready' });
    expect(await statement.fetch(deps, config, '22 November')).toMatchObject({ kind: 'failed' });
    expect(sent).toEqual([]);
    expect(await fetched(refusal(400, 'STATEMENT_CREATING'))).toEqual({ kind: 'not_ready' });
    expect(await fetched(refusal(400, 'NO_STATEMENT_EXIST'))).toEqual({ kind: 'empty' });
    const eight = new Date('2026-11-23T00:00:00Z'); // in the morning, in Beijing
    const early = answering(reply(400, { code: 'NO_STATEMENT_EXIST' }, { at: eight }));
    early.clock.advanceMs(eight.getTime() - early.clock.now().getTime());
    expect(await statement.fetch(early.deps, config, DAY)).toEqual({ kind: 'not_ready' });
    expect(await fetched(refusal(403, 'NO_AUTH'))).toMatchObject({ kind: 'failed' });
    expect(await fetched(refusal(500, 'SYSTEM_ERROR'))).toMatchObject({ kind: 'unknown' });
    expect(await fetched({ kind: 'no_answer', reason: 'slow' })).toMatchObject({ kind: 'unknown' });
  });
});

function textOf(...lines: string[]): Buffer {
  return Buffer.from(`\ufeff${lines.join('\r\n')}`);
}

function read(...lines: string[]): Promise<StatementItem[]> {
  return items(textOf(...lines));
}

async function items(file: Buffer): Promise<StatementItem[]> {
  const gathered: StatementItem[] = [];
  for await (const item of statement.read(config, file)) gathered.push(item);
  return gathered;
}

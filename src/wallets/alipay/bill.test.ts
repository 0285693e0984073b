import { describe, expect, test } from 'vitest';
import { toGbk } from '../../sandbox/wallets/alipay/gbk.ts';
import { writeZip } from '../../sandbox/wallets/alipay/zip.ts';
import type { StatementItem } from '../statement.ts';
import { readBill } from './bill.ts';

const SELLER = '2088000000000016';
const HEADINGS =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';
const PAYMENT =
  '2026112322001400000000000001\t,ORDER1\t,交易,云南咖啡,2026-11-23 09:59:00,2026-11-23 10:00:00,,,,,*通(hut***@sandbox.com),12.34,12.34,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,,-0.07,0.00,';
const REFUND =
  '2026112322001400000000000001\t,ORDER1\t,退款,云南咖啡,2026-11-23 09:59:00,2026-11-23 11:00:00,,,,,*通(hut***@sandbox.com),-0.34,-0.34,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,REFUND1\t,0.00,0.00,';
const LINES = [
  '#支付宝业务明细查询',
  `#账号：[${SELLER}0156]`,
  '#起始日期：[2026年11月23日 00:00:00]   终止日期：[2026年11月24日 00:00:00]',
  '#-----------------------------------------业务明细列表----------------------------------------',
  HEADINGS,
  PAYMENT,
  REFUND,
  '#-----------------------------------------业务明细列表结束------------------------------------',
  '#交易合计：1笔，商家实收共12.34元，商家优惠共0.00元',
  '#退款合计：1笔，商家实收退款共-0.34元，商家优惠退款共0.00元',
  '#导出时间：[2026年11月24日 09:00:00]',
  '',
];

describe('a bill', () => {
  test('is read by its headings, in fen, refunds by their own numbers', async () => {
    expect(await read(LINES)).toEqual([
      {
        kind: 'payment',
        lineNo: 6,
        orderNo: 'ORDER1',
        paymentOrderNo: null,
        walletPaymentId: '2026112322001400000000000001',
        currency: 'CNY',
        amountMinor: 1234n,
        settledMinor: 1234n,
        feeMilli: 7000n,
        occurredAt: new Date('2026-11-23T02:00:00Z'),
      },
      {
        kind: 'refund',
        lineNo: 7,
        orderNo: 'REFUND1',
        paymentOrderNo: 'ORDER1',
        walletPaymentId: '2026112322001400000000000001',
        currency: 'CNY',
        amountMinor: 34n,
        feeMilli: 0n,
        occurredAt: new Date('2026-11-23T03:00:00Z'),
      },
      {
        kind: 'totals',
        paymentsCount: 1,
        paymentsMinor: 1234n,
        refundsCount: 1,
        refundsMinor: 34n,
        feesMilli: null,
        day: '2026-11-23',
      },
    ]);
  });

  test('may order its columns as it likes', async () => {
    const swap = (line: string) => line.split(',').toReversed().join(',');
    const items = await read(LINES.map((line) => (line.startsWith('#') ? line : swap(line))));
    expect(items.at(0)).toMatchObject({ orderNo: 'ORDER1', amountMinor: 1234n, feeMilli: 7000n });
    expect(items.at(-1)?.kind).toBe('totals');
  });

  test('whose goods have commas in their names is read all the same', async () => {
    const items = await read(changed(PAYMENT, PAYMENT.replace('云南咖啡', '咖啡,茶,糖')));
    expect(items.at(0)).toMatchObject({ orderNo: 'ORDER1', amountMinor: 1234n, feeMilli: 7000n });
  });

  test('may tell refunds by nothing but their payment: they keep an empty number, and settlement tells them apart', async () => {
    const nameless = REFUND.replace('REFUND1', '');
    const twice = LINES.flatMap((line) => (line === REFUND ? [nameless, nameless] : [line]));
    const items = await read(
      twice.map((line) =>
        line.replace('#退款合计：1笔，商家实收退款共-0.34元', '#退款合计：2笔，商家实收退款共-0.68元'),
      ),
    );
    const told = { kind: 'refund', orderNo: '', paymentOrderNo: 'ORDER1', amountMinor: 34n };
    expect(items.slice(1)).toMatchObject([told, told, { kind: 'totals', refundsCount: 2, refundsMinor: 68n }]);
  });

  test('with a discount of the merchant says what buyers paid, and no sum of it', async () => {
    const row = PAYMENT.replace('12.34,12.34', '12.34,10.00').replace(
      '0.00,0.00,0.00,0.00,0.00,,',
      '0.00,0.00,0.00,2.34,0.00,,',
    );
    const told = '#交易合计：1笔，商家实收共10.00元，商家优惠共2.34元';
    const items = await read(changed(PAYMENT, row).map((line) => (line.startsWith('#交易合计') ? told : line)));
    expect(items.at(0)).toMatchObject({ amountMinor: 1234n });
    expect(items.at(-1)).toMatchObject({ kind: 'totals', paymentsCount: 1, paymentsMinor: null });
  });

  const broken: [string, string[]][] = [
    ['of another merchant', changed(LINES[1], '#账号：[2088000000000099]')],
    ['of a month', changed(LINES[2], LINES[2]?.replace('11月24日', '12月01日'))],
    ['of no merchant', LINES.filter((line) => !line.startsWith('#账号'))],
    ['without its end', LINES.slice(0, 7)],
    ['without its summary', LINES.slice(0, 9)],
    ['that counts another number of payments', changed(LINES[8], LINES[8]?.replace('1笔', '2笔'))],
    ['that adds up to another sum', changed(LINES[8], LINES[8]?.replace('12.34', '12.35'))],
    ['that adds up to another sum of refunds', changed(LINES[9], LINES[9]?.replace('-0.34', '-0.35'))],
    ['that lost a row', LINES.filter((line) => line !== PAYMENT)],
    ['without a column', LINES.map((line) => line.replace('订单金额（元）', '金额'))],
    ['with a column twice', LINES.map((line) => line.replace('券名称', '服务费（元）'))],
    ['with a short row', changed(PAYMENT, PAYMENT.split(',').slice(1).join(','))],
    ['with an amount of nobody', changed(PAYMENT, PAYMENT.replace('12.34,', '1e3,'))],
    ['with three decimals', changed(PAYMENT, PAYMENT.replace('12.34,', '12.345,'))],
    ['with a payment below zero', changed(PAYMENT, PAYMENT.replace('12.34,', '-12.34,'))],
    ['with a refund above zero', changed(REFUND, REFUND.replace('-0.34,', '0.34,'))],
    ['with a kind of nobody', changed(PAYMENT, PAYMENT.replace('交易', '转账'))],
    ['with a row without an order', changed(PAYMENT, PAYMENT.replace('ORDER1', ''))],
    ['with a remark among its rows', changed(PAYMENT, '#x')],
    ['with a row outside its list', [PAYMENT, ...LINES]],
    ['with two summaries', LINES.flatMap((line) => (line.startsWith('#交易合计') ? [line, line] : [line]))],
    ['with an endless line', changed(PAYMENT, 'x'.repeat(20_000))],
  ];
  test.each(broken)('%s is broken', async (_name, lines) => {
    const items = await read(lines);
    expect(items.at(-1)?.kind).toBe('broken');
    expect(items.filter(({ kind }) => kind === 'totals' || kind === 'broken')).toHaveLength(1);
  });

  test('that is not in GBK is broken', async () => {
    const content = Buffer.concat([Buffer.from('#'), Buffer.from([0xff, 0xff])]);
    expect(await readFile(writeZip([{ name: toGbk('1_业务明细.csv'), content }]))).toMatchObject([{ kind: 'broken' }]);
  });

  test('is found in its archive by its name, which is in GBK', async () => {
    const content = toGbk(LINES.join('\r\n'));
    const summary = { name: toGbk('2088_20261123_业务明细(汇总).csv'), content: toGbk('#x') };
    const details = { name: toGbk('2088_20261123_业务明细.csv'), content };
    expect((await readFile(writeZip([summary, details]))).at(-1)?.kind).toBe('totals');
    expect(await readFile(writeZip([summary]))).toMatchObject([{ kind: 'broken' }]);
    expect(await readFile(writeZip([details, details]))).toMatchObject([{ kind: 'broken' }]);
  });

  test.each(['', 'PK', '<html>not found</html>'])('is not %s', async (text) => {
    expect(await readFile(Buffer.from(text))).toMatchObject([{ kind: 'broken', lineNo: 0 }]);
  });

  test('with one changed byte is broken, or reads as before', async () => {
    const good = JSON.stringify(await read(LINES), bigints);
    const file = zip(LINES);
    for (let at = 0; at < file.length; at++) {
      const bent = Buffer.from(file);
      bent[at] = (bent[at] ?? 0) ^ 1;
      const items = await readFile(bent);
      if (items.at(-1)?.kind !== 'broken') expect(JSON.stringify(items, bigints), `byte ${at}`).toBe(good);
    }
  });
});

function changed(line: string | undefined, into: string | undefined): string[] {
  if (line === undefined || into === undefined || line === into) throw new Error('nothing is changed');
  return LINES.map((one) => (one === line ? into : one));
}

function zip(lines: readonly string[]): Buffer {
  return writeZip([{ name: toGbk(`${SELLER}_20261123_业务明细.csv`), content: toGbk(lines.join('\r\n')) }]);
}

function read(lines: readonly string[]): Promise<StatementItem[]> {
  return readFile(zip(lines));
}

async function readFile(file: Buffer): Promise<StatementItem[]> {
  const items: StatementItem[] = [];
  for await (const item of readBill(SELLER, file)) items.push(item);
  return items;
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}

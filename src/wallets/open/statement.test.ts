import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { StatementItem } from '../statement.ts';
import type { OpenConfig } from './config.ts';
import { statement } from './statement.ts';
import { statementVector, WALLET_KEY } from './test-vectors.ts';

// Only these two are looked at.
const config = {
  merchantNo: 'M100000000000001',
  walletKeys: new Map([['w1', createPublicKey(WALLET_KEY)]]),
} as unknown as OpenConfig;

const HEADER = { line: 'header', version: '1', merchant_no: 'M100000000000001', day: '2026-11-23' };
const PAYMENT = {
  line: 'payment',
  order_no: '01JDBP4K8Z3V6TQ2M9XW7RHEND',
  wallet_payment_id: 'OW1',
  currency: 'CNY',
  minor: '1234',
  fee_milli: '7404',
  at: '2026-11-23T02:01:07Z',
};
const REFUND = {
  line: 'refund',
  refund_no: '01JDBP9T4N6S8KQ0V2XZ5YCFGH',
  order_no: PAYMENT.order_no,
  wallet_refund_id: 'OW2',
  currency: 'CNY',
  minor: '34',
  fee_milli: '-204',
  at: '2026-11-23T03:01:07Z',
};
const TOTALS = {
  line: 'totals',
  payments: { count: 1, minor: '1234' },
  refunds: { count: 1, minor: '34' },
  fees_milli: '7200',
};

describe('a statement', () => {
  test('tells what is settled of a payment where that is less', async () => {
    const [line] = await itemsOf(file([HEADER, { ...PAYMENT, settled: '723' }, REFUND, TOTALS]));
    expect(line).toMatchObject({ kind: 'payment', amountMinor: 1234n, settledMinor: 723n });
    const items = await itemsOf(file([HEADER, { ...PAYMENT, settled: 723 }, REFUND, TOTALS]));
    expect(items.at(-1)).toMatchObject({ kind: 'broken', lineNo: 2 });
  });

  test('is read line by line and ends with its totals', async () => {
    expect(await itemsOf(file([HEADER, PAYMENT, REFUND, TOTALS]))).toEqual([
      {
        kind: 'payment',
        lineNo: 2,
        orderNo: PAYMENT.order_no,
        paymentOrderNo: null,
        walletPaymentId: 'OW1',
        currency: 'CNY',
        amountMinor: 1234n,
        settledMinor: 1234n,
        feeMilli: 7404n,
        occurredAt: new Date('2026-11-23T02:01:07Z'),
      },
      {
        kind: 'refund',
        lineNo: 3,
        orderNo: REFUND.refund_no,
        paymentOrderNo: PAYMENT.order_no,
        walletPaymentId: 'OW2',
        currency: 'CNY',
        amountMinor: 34n,
        feeMilli: -204n,
        occurredAt: new Date('2026-11-23T03:01:07Z'),
      },
      {
        kind: 'totals',
        paymentsCount: 1,
        paymentsMinor: 1234n,
        refundsCount: 1,
        refundsMinor: 34n,
        feesMilli: 7200n,
        day: '2026-11-23',
      },
    ]);
  });

  test('of the specification is read as it stands there', async () => {
    const items = await itemsOf(gzipSync(`${statementVector()}\n`));
    expect(items.map(({ kind }) => kind)).toEqual(['payment', 'totals']);
  });

  test('may be empty, and may not tell fees', async () => {
    const none = { count: 0, minor: '0' };
    expect(await kindsOf(file([HEADER, { ...TOTALS, payments: none, refunds: none, fees_milli: '0' }]))).toEqual([
      'totals',
    ]);
    const [line] = await itemsOf(file([HEADER, { ...PAYMENT, fee_milli: null }, TOTALS]));
    expect(line).toMatchObject({ kind: 'payment', feeMilli: null });
  });

  test.each<[string, object[], string]>([
    ['for another merchant', [{ ...HEADER, merchant_no: 'M2' }, TOTALS], 'another merchant'],
    ['of no day', [{ ...HEADER, day: 'today' }, TOTALS], 'day'],
    ['of another version', [{ ...HEADER, version: '2' }, TOTALS], 'version'],
    ['without a header', [PAYMENT, TOTALS], 'header'],
    ['with two headers', [HEADER, HEADER, TOTALS], 'header'],
    ['without totals', [HEADER, PAYMENT], 'totals'],
    ['with a line after the totals', [HEADER, TOTALS, PAYMENT], 'only the signature'],
    ['with a line of an unknown kind', [HEADER, { line: 'bonus' }, TOTALS], 'not documented'],
    ['with an amount that is a number', [HEADER, { ...PAYMENT, minor: 1234 }, TOTALS], 'amount'],
    ['with a fee that is a decimal', [HEADER, { ...PAYMENT, fee_milli: '1.5' }, TOTALS], 'amount'],
    ['with a currency that is none', [HEADER, { ...PAYMENT, currency: 'QQB' }, TOTALS], 'amount'],
    ['with a time that is none', [HEADER, { ...PAYMENT, at: 'noon' }, TOTALS], 'time'],
    ['with a line without a number', [HEADER, { ...PAYMENT, order_no: '' }, TOTALS], 'numbers'],
    ['with totals that cannot be read', [HEADER, { ...TOTALS, fees_milli: 0 }], 'totals'],
    ['with a count below zero', [HEADER, { ...TOTALS, refunds: { count: -1, minor: '0' } }], 'totals'],
  ])('%s is broken', async (_what, lines, reason) => {
    const last = (await itemsOf(file(lines))).at(-1);
    expect(last).toMatchObject({ kind: 'broken', reason: expect.stringContaining(reason) });
  });

  test('signed by a stranger, changed or unsigned is broken, however well it adds up', async () => {
    const stranger = generateKeyPairSync('ed25519').privateKey;
    expect((await itemsOf(file([HEADER, PAYMENT, TOTALS], stranger))).at(-1)).toMatchObject({ kind: 'broken' });
    expect((await itemsOf(file([HEADER, PAYMENT, TOTALS], WALLET_KEY, 'w9'))).at(-1)).toMatchObject({ kind: 'broken' });
    const text = textOf([HEADER, PAYMENT, TOTALS], WALLET_KEY, 'w1');
    for (const changed of [
      text.replace('"minor":"1234"', '"minor":"1235"'),
      text.replace(/\{"line":"signature".*\n/, ''),
      `${text}{"line":"payment"}\n`,
      text.replace(/\n$/, ''),
      `\n${text}`,
    ])
      expect((await itemsOf(gzipSync(changed))).at(-1), changed).toMatchObject({ kind: 'broken' });
  });

  test('that is no gzip, cut short, or one endless line is broken', async () => {
    const whole = file([HEADER, PAYMENT, TOTALS]);
    for (let bytes = 0; bytes < whole.length; bytes += 7)
      expect((await itemsOf(whole.subarray(0, bytes))).at(-1), `${bytes} bytes`).toMatchObject({ kind: 'broken' });
    expect(await kindsOf(Buffer.from('<html>'))).toEqual(['broken']);
    expect((await itemsOf(gzipSync(Buffer.alloc(20_000_000, 0x20)))).at(-1)).toMatchObject({
      reason: 'a line is too long',
    });
  });

  test('that is not read to its end is left alone', async () => {
    for await (const item of statement.read(config, file([HEADER, PAYMENT, REFUND, TOTALS]))) {
      expect(item.kind).toBe('payment');
      break;
    }
  });
});

async function itemsOf(bytes: Buffer): Promise<StatementItem[]> {
  const items: StatementItem[] = [];
  for await (const item of statement.read(config, bytes)) items.push(item);
  return items;
}

async function kindsOf(bytes: Buffer): Promise<string[]> {
  return (await itemsOf(bytes)).map(({ kind }) => kind);
}

function file(lines: readonly object[], key = WALLET_KEY, keyid = 'w1'): Buffer {
  return gzipSync(textOf(lines, key, keyid));
}

function textOf(lines: readonly object[], key: typeof WALLET_KEY, keyid: string): string {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const digest = createHash('sha256').update(text).digest('hex');
  const signature = sign(null, Buffer.from(`owp-statement\n${digest}`), key).toString('base64');
  return `${text}${JSON.stringify({ line: 'signature', keyid, signature })}\n`;
}

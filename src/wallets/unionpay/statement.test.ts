import { deflateSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { StatementItem } from '../statement.ts';
import { readConfig } from './config.ts';
import { MER_ID, merchantSettings, speak } from './pretend-unionpay.ts';
import { statement } from './statement.ts';
import { answering } from './test-asking.ts';

const config = readConfig(merchantSettings());
const PAYMENT_NO = '06F5KZJ8W0000000000000ABCD';
const REFUND_NO = '06F5KZJ8W0000000000000ABCE';
const QUERY_ID = '792611231011121234568';

/** Offsets and widths of the documents' table, typed off once more. */
const PLACES = {
  code: [0, 3],
  sentAt: [35, 10],
  account: [46, 19],
  amount: [66, 12],
  queryId: [87, 21],
  orderNo: [112, 32],
  fee: [166, 13],
  settled: [180, 13],
  txnType: [215, 2],
  originalQueryId: [271, 21],
  merId: [293, 15],
  shortName: [327, 32],
  originalOrderNo: [476, 32],
} as const satisfies Record<string, readonly [number, number]>;
const LINE_BYTES = 607;

type Cells = Partial<Record<keyof typeof PLACES, string>>;

const PAYMENT: Cells = {
  code: 'S22',
  sentAt: '1123101530',
  account: '6216***********0018',
  amount: '000000010000',
  queryId: QUERY_ID,
  orderNo: PAYMENT_NO,
  fee: 'D000000000038',
  settled: 'C000000009962',
  txnType: '01',
  merId: MER_ID,
};
const REFUND: Cells = {
  ...PAYMENT,
  code: 'S30',
  sentAt: '1123111530',
  amount: '000000002500',
  queryId: '792611231111121234568',
  orderNo: REFUND_NO,
  fee: 'C000000000010',
  settled: 'D000000002490',
  txnType: '04',
  originalQueryId: QUERY_ID,
  originalOrderNo: PAYMENT_NO,
};

function line(cells: Cells): Buffer {
  const bytes = Buffer.alloc(LINE_BYTES, ' ');
  for (const [name, [at]] of Object.entries(PLACES)) {
    // Object.entries forgets that the names are those of PLACES.
    bytes.write(cells[name as keyof typeof PLACES] ?? '', at, 'latin1');
  }
  return Buffer.concat([bytes, Buffer.from('\r\n')]);
}

function billOf(lines: Buffer[], name = `INN26112388ZM_${MER_ID}`): Buffer {
  const files = { [name]: Buffer.concat(lines), [`INN26112388ZME_${MER_ID}`]: Buffer.from('whatever') };
  return deflateSync(zipSync(files));
}

async function read(file: Buffer): Promise<StatementItem[]> {
  const items: StatementItem[] = [];
  for await (const item of statement.read(config, file)) items.push(item);
  return items;
}

const NO_TOTALS = {
  kind: 'totals',
  paymentsCount: null,
  paymentsMinor: null,
  refundsCount: null,
  refundsMinor: null,
  feesMilli: null,
  day: '2026-11-23',
};

describe('the lines of a bill', () => {
  test('are payments and refunds with their names, amounts, fees and times', async () => {
    expect(await read(billOf([line(PAYMENT), line(REFUND)]))).toEqual([
      {
        kind: 'payment',
        lineNo: 1,
        orderNo: PAYMENT_NO,
        paymentOrderNo: null,
        walletPaymentId: QUERY_ID,
        currency: 'CNY',
        amountMinor: 10_000n,
        settledMinor: 10_000n,
        feeMilli: 38_000n,
        occurredAt: new Date('2026-11-23T02:15:30Z'),
      },
      {
        kind: 'refund',
        lineNo: 2,
        orderNo: REFUND_NO,
        paymentOrderNo: PAYMENT_NO,
        walletPaymentId: '792611231111121234568',
        currency: 'CNY',
        amountMinor: 2500n,
        feeMilli: -10_000n,
        occurredAt: new Date('2026-11-23T03:15:30Z'),
      },
      NO_TOTALS,
    ]);
  });

  test('a void is a refund; a name in GBK stays in its bytes; an original order number may be missing', async () => {
    const shortName = Buffer.from([0xbb, 0xa5, 0xcd, 0xa8]).toString('latin1'); // 互通
    const items = await read(billOf([line({ ...REFUND, txnType: '31', shortName, originalOrderNo: '' })]));
    expect(items[0]).toMatchObject({ kind: 'refund', amountMinor: 2500n, paymentOrderNo: null });
  });

  test.each([
    ['kept of a payment', PAYMENT, 'D000000000038', 'C000000009962', 38_000n],
    ['kept, under the other letters', PAYMENT, 'C000000000038', 'D000000009962', 38_000n],
    ['none', PAYMENT, 'D000000000000', 'C000000010000', 0n],
    ['given for a payment', PAYMENT, 'C000000000038', 'C000000010038', -38_000n],
    ['given back with a refund', REFUND, 'C000000000010', 'D000000002490', -10_000n],
    ['kept of a refund', REFUND, 'D000000000010', 'D000000002510', 10_000n],
    ['not in the settled amount: not told', PAYMENT, 'D000000000038', 'C000000010000', null],
  ])('a fee that is %s', async (_what, cells, fee, settled, expected) => {
    const [first] = await read(billOf([line({ ...cells, fee, settled })]));
    expect(first).toMatchObject({ feeMilli: expected });
  });

  test('sent on New Year’s Eve belong to the old year', async () => {
    const bill = billOf([line({ ...PAYMENT, sentAt: '1231233000' })], `INN27010188ZM_${MER_ID}`);
    expect((await read(bill))[0]).toMatchObject({ occurredAt: new Date('2026-12-31T15:30:00Z') });
  });

  test('an empty list has no lines and ends as it must', async () => {
    expect(await read(billOf([]))).toEqual([NO_TOTALS]);
  });

  test('older files, with 131 bytes at the end, are read the same', async () => {
    const whole = line(PAYMENT);
    const older = Buffer.concat([whole.subarray(0, 476), Buffer.alloc(131, ' '), Buffer.from('\r\n')]);
    expect((await read(billOf([older])))[0]).toMatchObject({ amountMinor: 10_000n });
  });
});

describe('a bill is broken', () => {
  const broken: [what: string, file: () => Buffer][] = [
    ['when it is nothing', () => Buffer.alloc(0)],
    ['when it is a page', () => Buffer.from('<html>')],
    ['when it is half', () => half(billOf([line(PAYMENT)]))],
    ['when the zip inside is half', () => deflateSync(half(zipSync({ [`INN26112388ZM_${MER_ID}`]: line(PAYMENT) })))],
    ['when the zip inside is changed', () => deflateSync(changed())],
    ['when it has no list', () => billOf([line(PAYMENT)], 'readme.txt')],
    ['when it is another merchant’s', () => billOf([line(PAYMENT)], 'INN26112388ZM_777290058110097')],
    ['when a line is another merchant’s', () => billOf([line({ ...PAYMENT, merId: '777290058110097' })])],
    ['when a line is short', () => billOf([line(PAYMENT).subarray(0, 250)])],
    ['when a line is moved by a byte', () => billOf([Buffer.concat([Buffer.from('x'), line(PAYMENT)])])],
    ['when an amount is none', () => billOf([line({ ...PAYMENT, amount: '0000001.0000' })])],
    ['when a fee is none', () => billOf([line({ ...PAYMENT, fee: 'X000000000038' })])],
    ['when an order has no number', () => billOf([line({ ...PAYMENT, orderNo: '' })])],
    ['when a line is of a kind that we do not make', () => billOf([line({ ...PAYMENT, txnType: '99' })])],
    ['when a line never ends', () => billOf([Buffer.alloc(200_000, 'a')])],
  ];
  test.each(broken)('%s', async (_what, file) => {
    const items = await read(file());
    expect(items.at(-1)?.kind).toBe('broken');
    expect(items.filter((item) => item.kind === 'totals')).toEqual([]);
  });

  test('after the good lines, at the line that is wrong', async () => {
    const items = await read(billOf([line(PAYMENT), line({ ...REFUND, amount: 'x' })]));
    expect(items).toMatchObject([{ kind: 'payment' }, { kind: 'broken', lineNo: 2 }]);
  });

  function half(bytes: Uint8Array): Buffer {
    return Buffer.from(bytes.subarray(0, bytes.length / 2));
  }

  function changed(): Buffer {
    const zip = Buffer.from(zipSync({ [`INN26112388ZM_${MER_ID}`]: line(PAYMENT) }, { level: 0 }));
    const at = zip.indexOf('000000010000');
    zip.write('9', at, 'latin1');
    return zip;
  }
});

describe('asking for a bill', () => {
  const READY = '2026-11-24T01:00:00Z'; // nine in the morning after the clearing day
  const at = (instant: string, fields: Record<string, string>) => {
    const answer = { txnType: '76', txnSubType: '01', respCode: '00', settleDate: '1123', ...fields };
    return answering(new Date(instant), speak(answer).answer);
  };
  const fetch = (asked: ReturnType<typeof at>, day = '2026-11-23') => statement.fetch(asked.deps, config, day);
  const bill = billOf([line(PAYMENT)]);
  const good = { fileName: `${MER_ID}_20261123.zip`, fileContent: bill.toString('base64') };

  test('names the clearing day without a year and brings the file as it was packed', async () => {
    const asked = at(READY, good);
    expect(await fetch(asked)).toEqual({ kind: 'file', file: bill });
    expect(asked.sent[0]?.url).toBe('http://127.0.0.1:1/');
    expect(asked.sent[0]?.fields).toMatchObject({
      txnType: '76',
      txnSubType: '01',
      bizType: '000000',
      accessType: '0',
      settleDate: '1123',
      fileType: '00',
      txnTime: '20261124090000',
    });
    expect(asked.sent[0]?.fields).not.toHaveProperty('orderId');
  });

  test('is not done before it can be there, nor for a day whose year would be unclear', async () => {
    const early = at('2026-11-24T00:59:59Z', good);
    expect(await fetch(early)).toEqual({ kind: 'not_ready' });
    const old = at('2027-11-24T01:00:00Z', good);
    expect(await fetch(old)).toMatchObject({ kind: 'failed' });
    expect(await fetch(old, '2027-1-1')).toMatchObject({ kind: 'failed' });
    expect([...early.sent, ...old.sent]).toEqual([]);
  });

  test('"no such file" means not yet, and a day later that there was nothing', async () => {
    const none = { respCode: '98' };
    expect(await fetch(at(READY, none))).toEqual({ kind: 'not_ready' });
    expect(await fetch(at('2026-11-25T01:00:00Z', none))).toEqual({ kind: 'empty' });
  });

  test('an answer that is refused, empty, for another day or another merchant, or not signed', async () => {
    expect(await fetch(at(READY, { respCode: '32' }))).toMatchObject({ kind: 'failed' });
    expect(await fetch(at(READY, { fileContent: '' }))).toMatchObject({ kind: 'unknown' });
    expect(await fetch(at(READY, { ...good, settleDate: '1122' }))).toMatchObject({ kind: 'unknown' });
    expect(await fetch(at(READY, { ...good, txnTime: '20261124085959' }))).toMatchObject({ kind: 'unknown' });
    expect(await fetch(at(READY, { ...good, merId: '777290058110097' }))).toMatchObject({ kind: 'unknown' });
    const answer = speak({ txnType: '76', respCode: '00', settleDate: '1123', ...good }).answer.toString();
    const forged = answering(new Date(READY), Buffer.from(answer.replace('settleDate=1123', 'settleDate=1124')));
    expect(await fetch(forged)).toMatchObject({ kind: 'unknown' });
  });
});

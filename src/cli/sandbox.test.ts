import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { type JdpaySandbox, startJdpaySandbox } from '../sandbox/wallets/jdpay/jdpay.ts';
import { call, openMerchant, orderFields, type TestMerchant } from '../sandbox/wallets/jdpay/test-merchant.ts';
import { startUnionpaySandbox, type UnionpaySandbox } from '../sandbox/wallets/unionpay/unionpay.ts';
import { readSettings } from '../settings.ts';
import { runCli } from './cli.ts';
import { type CliDeps, CliError } from './command.ts';

const options = { port: 0, clock: systemClock, random: systemRandom, log: silentLog, dataDir: null, refundDelayMs: 0 };
let jdpay: JdpaySandbox;
let unionpay: UnionpaySandbox;
let shop: TestMerchant;
let closedPort: string;
let env: Record<string, string>;

beforeAll(async () => {
  jdpay = await startJdpaySandbox(options);
  unionpay = await startUnionpaySandbox(options);
  shop = openMerchant(jdpay.merchantSettings);
  closedPort = String(await portOfNobody());
  env = {
    HUTONG_JDPAY_PORT: String(jdpay.port),
    HUTONG_UNIONPAY_PORT: String(unionpay.port),
    HUTONG_WECHATPAY_PORT: closedPort,
    HUTONG_ALIPAY_PORT: closedPort,
    HUTONG_MEITUANPAY_PORT: closedPort,
  };
});
afterEach(() => {
  jdpay.clearFaults();
  jdpay.clearDiscounts();
  unionpay.clearFaults();
  unionpay.clearDiscounts();
});
afterAll(async () => {
  await jdpay.stop();
  await unionpay.stop();
});

async function sandbox(...args: string[]): Promise<{ code: number; out: string[]; notes: string[] }> {
  return await run(env, ...args);
}

async function run(
  settings: Record<string, string>,
  ...args: string[]
): Promise<{ code: number; out: string[]; notes: string[] }> {
  const out: string[] = [];
  const notes: string[] = [];
  const deps: CliDeps = {
    readSettings: () => readSettings(settings),
    openServer: () => Promise.reject(new CliError('no server is needed here')),
    makeLog: () => silentLog,
    terminal: {
      print: (line) => void out.push(line),
      note: (line) => void notes.push(line),
      out: new Writable({ write: (_text, _encoding, done) => done() }),
      hasColour: false,
      columns: 100,
      questions: null,
      readInput: () => Promise.resolve(''),
      onStopRequest: () => {},
    },
    clock: systemClock,
    random: systemRandom,
    version: '1.2.3',
    book: 1,
    tempDir: tmpdir(),
  };
  return { code: await runCli(deps, ['sandbox', ...args], false), out, notes };
}

async function json(...args: string[]) {
  const { code, out, notes } = await sandbox(...args, '--json');
  expect(code, notes.join()).toBe(0);
  return out.map((line): Record<string, unknown> => JSON.parse(line)); // JSON lines
}

async function ordered(): Promise<string> {
  const fields = orderFields(shop, { tradeType: 'QR' });
  await call(shop, 'uniorder', fields);
  return fields['tradeNum'] ?? '';
}

const EVERY_CALL = { share: null, seed: null, calls: null, struck: null };

describe('hutong sandbox fault', () => {
  test.each([
    ['silent', 'silent'],
    ['slow', 'slow'],
    ['late', 'late'],
    ['html', 'html'],
    ['wrong', 'bad_signature'],
    ['lies', 'wrong_amount'],
    ['duplicated', 'duplicate'],
    ['cut', 'drop_after'],
    ['wrong_amount', 'wrong_amount'],
    ['status', 'status'],
  ])('%s switches on what the simulator calls %s', async (word, kind) => {
    expect(await json('fault', 'jdpay', 'notify', word)).toEqual([
      { wallet: 'jdpay', operation: 'notify', kind, value: null, times: null, order_no: null, ...EVERY_CALL },
    ]);
    expect(await json('faults', 'jdpay')).toHaveLength(1);
  });

  test('strikes as often, at what and with what it was told', async () => {
    const orderNo = await ordered();
    await sandbox('fault', 'jdpay', 'query', 'lies', '--value', '100', '--times', '1', '--order', orderNo);
    const ask = () =>
      call(shop, 'query', { version: 'V2.0', merchant: shop.merchant, tradeNum: orderNo, tradeType: '0' });
    expect((await ask()).fields).toMatchObject({ amount: '8900' });
    expect((await ask()).fields).toMatchObject({ amount: '8800' });
    expect(await sandbox('faults')).toMatchObject({ out: ['No fault is on.'] });
  });

  test('is shown as a table in our words', async () => {
    await sandbox('fault', 'jdpay', 'query', 'wrong', '--times', '3', '--order', 'att_A1');
    await sandbox('fault', 'unionpay', 'front', 'slow', '--value', '1500');
    const { out } = await sandbox('faults');
    expect(out.map((line) => line.split(/\s{2,}/))).toEqual([
      ['WALLET', 'OPERATION', 'KIND', 'VALUE', 'SHARE', 'TIMES LEFT', 'ORDER'],
      ['unionpay', 'front', 'slow', '1500', 'all', 'until cleared', 'any'],
      ['jdpay', 'query', 'wrong', '-', 'all', '3', 'A1'],
    ]);
  });

  test('with a share strikes exactly that share of the payments, and says which and how many', async () => {
    expect(await json('fault', 'jdpay', 'declined', '--share', '20', '--seed', '7')).toMatchObject([
      { operation: 'pay', kind: 'declined', share: 20, seed: 7, calls: 0, struck: 0 },
    ]);
    const codes: unknown[] = [];
    for (let paid = 0; paid < 10; paid++) codes.push((await json('pay', 'jdpay', await ordered()))[0]?.['state']);
    expect(codes.filter((state) => state === 'failed')).toHaveLength(2);
    expect(codes.filter((state) => state === 'succeeded')).toHaveLength(8);
    const { out } = await sandbox('faults', 'jdpay');
    expect(out[1]).toContain('20 % (seed 7): 2 of 10');
  });

  test.each([
    [['jdpai', 'query', 'silent'], 'There is no pretend wallet "jdpai": did you mean jdpay?'],
    [['paypal', 'query', 'silent'], /There is no pretend wallet "paypal": choose unionpay, wechatpay/],
    [['jdpay', 'qery', 'silent'], 'hutong sandbox fault: there is no operation "qery": did you mean query?'],
    [['jdpay', 'query', 'silnet'], 'hutong sandbox fault: there is no kind "silnet": did you mean silent?'],
    [['jdpay', 'query', 'xyzzy'], /there is no kind "xyzzy": choose silent, slow, late, html, wrong, lies/],
    [['unionpay', 'query', 'status'], /there is no kind "status"/],
    [['jdpay', 'query', 'silent', '--times', '0'], /--times is a whole number from 1/],
    [['jdpay', 'query'], 'hutong sandbox fault: <kind> is missing'],
    [['jdpay', 'query', 'silent', '--share', '0'], /--share is a whole number from 1/],
    [['jdpay', 'query', 'silent', '--seed', '4'], '--seed goes with --share'],
  ])('refuses %j in one line', async (words, complaint) => {
    const { code, out, notes } = await sandbox('fault', ...words);
    expect([code, out, notes.length]).toEqual([2, [], 1]);
    if (typeof complaint === 'string') expect(notes[0]).toBe(complaint);
    else expect(notes[0]).toMatch(complaint);
    expect(await json('faults')).toEqual([]);
  });

  test('tells its operations and kinds in plain words', async () => {
    const { out } = await sandbox('fault', '--help');
    for (const word of [
      'silent',
      'slow',
      'late',
      'html',
      'wrong',
      'lies',
      'duplicated',
      'cut',
      'code',
      'declined',
      'outcome',
    ]) {
      expect(
        out.some((line) => line.trim().startsWith(`${word} `)),
        word,
      ).toBe(true);
    }
  });
});

test('hutong sandbox clear switches off the faults of one, or of all that run', async () => {
  await sandbox('fault', 'jdpay', 'query', 'silent');
  await sandbox('fault', 'unionpay', 'query', 'silent');
  expect(await json('clear', 'jdpay')).toEqual([{ wallet: 'jdpay', cleared: 1 }]);
  expect(await json('clear')).toEqual([
    { wallet: 'unionpay', cleared: 1 },
    { wallet: 'jdpay', cleared: 0 },
  ]);
  expect(await json('faults')).toEqual([]);
});

describe('a buyer at the command line', () => {
  test('pays, named by order number or attempt', async () => {
    const orderNo = await ordered();
    expect(await json('pay', 'jdpay', `att_${orderNo}`)).toMatchObject([{ order_no: orderNo, state: 'succeeded' }]);
    const again = await sandbox('pay', 'jdpay', orderNo);
    expect(again).toEqual({ code: 1, out: [], notes: [`The pretend jdpay says: ${orderNo} is paid already`] });
    expect((await sandbox('orders', 'jdpay', '--order', orderNo)).out[1]).toMatch(/8800\s+0\s+0\s+succeeded\s+2$/);
  });

  test('pays with a card that cannot, declines, and pays late', async () => {
    const orderNo = await ordered();
    expect(await json('pay', 'jdpay', orderNo, '--card', '3')).toMatchObject([{ state: 'open', code: 'no_funds' }]);
    expect(await json('decline', 'jdpay', orderNo, '--code', 'risk')).toMatchObject([{ state: 'open', code: 'risk' }]);
    jdpay.expire(orderNo);
    expect((await sandbox('pay', 'jdpay', orderNo)).code).toBe(1);
    expect(await json('pay', 'jdpay', orderNo, '--late')).toMatchObject([{ state: 'succeeded' }]);
  });

  test('shows a payment code of the kind of buyer that was asked for', async () => {
    const { out } = await sandbox('code', 'jdpay');
    expect(out).toEqual([expect.stringMatching(/^62\d{16}$/)]);
    expect(await json('code', 'jdpay', '--buyer', 'asks_pin')).toMatchObject([{ wallet: 'jdpay', buyer: 'asks_pin' }]);
    expect(await sandbox('code', 'jdpay', '--buyer', 'steals')).toEqual({
      code: 2,
      out: [],
      notes: ['--buyer is one of pays, asks_pin, declines'],
    });
  });

  test('lists the latest orders', async () => {
    const [first, second] = [await ordered(), await ordered()];
    const { out, notes } = await sandbox('orders', 'jdpay', '--limit', '1');
    expect(out.join()).toContain(second);
    expect(out.join()).not.toContain(first);
    expect(notes).toEqual(['There are more: --limit shows them.']);
    expect(await sandbox('orders', 'jdpay', '--order', 'NOTHING')).toMatchObject({
      out: ['The pretend wallet has no such order.'],
    });
  });
});

describe('hutong sandbox discount', () => {
  test('takes something off the payments that follow, and shows what is on', async () => {
    expect(await sandbox('discount', 'jdpay')).toMatchObject({ out: ['Nothing is taken off.'] });
    const set = ['--off', '5', '--min', '50.00', '--funder', 'wallet,bank', '--kind', 'coupon'];
    expect(await json('discount', 'jdpay', ...set)).toMatchObject([
      { wallet: 'jdpay', off_fen: 500, min_fen: 5000, funders: ['wallet', 'bank'], kind: 'coupon', prefunded: false },
    ]);
    const { out } = await sandbox('discount', 'jdpay');
    expect(out[1]?.split(/\s{2,}/)).toEqual(['jdpay', 'coupon', '5.00', '50.00', 'wallet, bank', '0.00']);
    const orderNo = await ordered();
    expect(await json('pay', 'jdpay', orderNo)).toMatchObject([{ amount_fen: '8800', discount_fen: '500' }]);
    expect(await json('discount', 'jdpay', '--clear')).toEqual([]);
    expect(await json('pay', 'jdpay', await ordered())).toMatchObject([{ discount_fen: '0' }]);
  });

  test('says what the wallet has no words for', async () => {
    const { code, notes } = await sandbox('discount', 'unionpay', '--off', '5.11', '--gap', '3.11');
    expect([code, notes]).toEqual([
      1,
      ['The pretend unionpay says: UnionPay tells a discount by its parts alone: they always sum'],
    ]);
  });

  test.each([
    [['--off', '5.001'], '--off is an amount in yuan, such as 5 or 5.00'],
    [['--off', '5', '--funder', 'me'], '--funder is one of wallet, merchant, bank, other'],
    [['--off', '5', '--kind', 'flat,item'], '--kind is one of flat, coupon, random, item'],
    [['--min', '5'], '--off says how much is taken off'],
    [['--off', '5', '--clear'], '--clear takes everything away: say --off afterwards'],
  ])('refuses %j in one line', async (words, complaint) => {
    expect(await sandbox('discount', 'jdpay', ...words)).toEqual({ code: 2, out: [], notes: [complaint] });
  });
});

describe('where there is no simulator', () => {
  test('says that it is not running, and how to start it or where to look', async () => {
    for (const args of [
      ['orders', 'alipay'],
      ['faults', 'alipay'],
      ['code', 'alipay'],
      ['fault', 'alipay', 'query', 'silent'],
    ]) {
      expect(await sandbox(...args)).toEqual({
        code: 1,
        out: [],
        notes: [
          `The pretend alipay is not running on 127.0.0.1:${closedPort}: start it with hutong start, or say its port with HUTONG_ALIPAY_PORT.`,
        ],
      });
    }
  });

  test('at all says so for all', async () => {
    const nowhere = Object.fromEntries(Object.keys(env).map((name) => [name, closedPort]));
    const { code, notes } = await run(nowhere, 'faults');
    expect([code, notes.length]).toEqual([1, 1]);
    expect(notes[0]).toContain('is not running');
  });

  test('but something else says that', async () => {
    const server = createServer((_request, reply) => reply.end('<!doctype html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const { code, notes } = await run({ ...env, HUTONG_ALIPAY_PORT: String(port) }, 'orders', 'alipay');
    server.closeAllConnections();
    server.close();
    expect([code, notes]).toEqual([
      1,
      [`What listens on 127.0.0.1:${port} is no pretend alipay: say its port with HUTONG_ALIPAY_PORT.`],
    ]);
  });

  test('because the mode is live says that', async () => {
    const live = {
      ...env,
      HUTONG_MODE: 'live',
      HUTONG_PUBLIC_URL: 'https://pay.shop.example',
      HUTONG_MASTER_SECRET: systemRandom.bytes(32).toString('base64'),
    };
    expect(await run(live, 'orders', 'jdpay')).toEqual({
      code: 1,
      out: [],
      notes: ['There is no sandbox in live mode: HUTONG_MODE=live talks to the real wallets.'],
    });
  });
});

async function portOfNobody(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return address !== null && typeof address === 'object' ? address.port : 0;
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../src/base/clock.ts';
import { unionpay } from '../src/wallets/unionpay/unionpay.ts';
import { eventually, startTestServer, type TestServer } from './server.ts';

/* At a till: the shop scans the buyer's payment code (付款码). */

const clock = new ManualClock(new Date('2026-11-23T02:00:00.000Z'));
let server: TestServer;
const logged: string[] = [];
beforeAll(async () => {
  const log = (facts: object, message: string): void => void logged.push(`${message} ${JSON.stringify(facts)}`);
  server = await startTestServer({ clock, log: { debug: log, info: log, warn: log, error: log } });
});
afterAll(() => server.close());

const scanned: string[] = [];
function codeOf(buyer: 'pays' | 'asks_pin' | 'declines'): string {
  const code = server.unionpay.paymentCode(buyer);
  scanned.push(code);
  return code;
}

describe('a payment code', () => {
  test('tells its wallet, and a buyer who need not do anything has paid', async () => {
    const { id } = await newPayment('till-1');
    const code = codeOf('pays');
    const charged = await charge(id, ` ${code.slice(0, 4)} ${code.slice(4)} `);
    expect(charged).toMatchObject({ status: 201, json: { wallet: 'unionpay', scene: 'code' } });
    await becomes(id, 'succeeded');
  });

  test('of a buyer who has to enter a PIN waits for it', async () => {
    const { id } = await newPayment('till-2');
    const charged = await charge(id, codeOf('asks_pin'));
    expect(charged.json).toMatchObject({ outcome: 'pending', next_action: null });
    server.unionpay.pay(orderOf(charged.json));
    await becomes(id, 'succeeded');
  });

  test('that stays unclear is undone, and only then can the payment be paid in another way', async () => {
    const { id } = await newPayment('till-3');
    const charged = await charge(id, codeOf('asks_pin'));
    const { undoAfterSeconds = 0 } = unionpay.can.paymentCode ?? {};
    server.unionpay.setFault({ operation: 'reversal', kind: 'silent' });
    clock.advanceMs((undoAfterSeconds + 5) * 1000);
    await becomes(id, 'processing');
    const tooEarly = await charge(id, codeOf('pays'));
    expect(tooEarly.json).toMatchObject({ code: 'payment_processing', retryable: true });
    server.unionpay.clearFaults();
    await eventually('the charge to be undone', async () => {
      clock.advanceMs(5000);
      return (await stateOf(id)) === 'requires_payment_method';
    });
    expect(() => server.unionpay.pay(orderOf(charged.json)), 'the buyer can no longer pay').toThrow();
    await charge(id, codeOf('pays'));
    await becomes(id, 'succeeded');
    const { json } = await server.call('GET', `/v1/payments/${id}`);
    expect(json.attempts.map((attempt: { outcome: string }) => attempt.outcome)).toEqual(['failed', 'succeeded']);
  });

  test('whose charge was not answered is asked about: paid is paid, once', async () => {
    const { id } = await newPayment('till-4');
    server.unionpay.setFault({ operation: 'pay', kind: 'drop_after', times: 1 });
    const charged = await charge(id, codeOf('pays'));
    expect(['unknown', 'succeeded'], 'the notification may be faster').toContain(charged.json.outcome);
    server.unionpay.clearFaults();
    await eventually('the truth', async () => {
      clock.advanceMs(2000);
      return (await stateOf(id)) === 'succeeded';
    });
    const books = server.unionpay.orders({ orderNo: orderOf(charged.json) });
    expect(books.filter(({ state }) => state === 'succeeded')).toHaveLength(1);
  });

  test('that cannot pay has failed, and the next one may', async () => {
    const { id } = await newPayment('till-5');
    const refused = await charge(id, codeOf('declines'));
    expect(refused.json).toMatchObject({ outcome: 'failed' });
    await charge(id, codeOf('pays'));
    await becomes(id, 'succeeded');
  });

  test('that is being undone is asked about at its own pace, however often the shop cancels', async () => {
    const { id } = await newPayment('till-7');
    const charged = await charge(id, codeOf('asks_pin'));
    server.unionpay.setFault({ operation: 'reversal', kind: 'silent' });
    const cancel = async () => (await server.call('POST', `/v1/payments/${id}/cancel`)).json.state;
    expect(await cancel()).toBe('processing');
    const asked = async () =>
      await server.sql`select asks_count, undo_requested_at, due_at from attempts where id = ${charged.json.id}`;
    const before = await asked();
    clock.advanceMs(400);
    for (let time = 0; time < 3; time++) expect(await cancel()).toBe('processing');
    expect(await asked()).toEqual(before);
    server.unionpay.clearFaults();
    await becomes(id, 'canceled');
  });

  test('of nobody, of a wallet that the shop has not, or beside the wrong scene changes nothing', async () => {
    const { id } = await newPayment('till-6');
    const rows: [object, string][] = [
      [{ scene: 'code', payment_code: '9912345678901234567' }, 'invalid_request'],
      [{ scene: 'code', payment_code: '62abc' }, 'invalid_request'],
      [{ scene: 'code', payment_code: '134567890123456789' }, 'wallet_not_available'],
      [{ scene: 'code', wallet: 'unionpay', payment_code: '134567890123456789' }, 'invalid_request'],
      [{ scene: 'code', wallet: 'unionpay' }, 'invalid_request'],
      [{ scene: 'code' }, 'invalid_request'],
      [{ scene: 'wap', wallet: 'unionpay', payment_code: codeOf('pays') }, 'invalid_request'],
      [{ scene: 'jsapi', wallet: 'unionpay' }, 'invalid_request'],
      [{ scene: 'wap', wallet: 'unionpay', payer: { id: 'x' } }, 'invalid_request'],
    ];
    for (const [body, code] of rows)
      expect((await server.call('POST', `/v1/payments/${id}/attempts`, body)).json.code, JSON.stringify(body)).toBe(
        code,
      );
    expect((await server.call('GET', `/v1/payments/${id}`)).json).toMatchObject({
      state: 'requires_payment_method',
      attempts: [],
    });
  });

  test('is kept nowhere: not in a row, not in the log', async () => {
    const tables = await server.sql<{ name: string }[]>`
      select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
    expect(tables.length).toBeGreaterThan(10);
    for (const code of scanned) {
      expect(logged.join('\n')).not.toContain(code);
      for (const { name } of tables) {
        const rows = await server.sql`select 1 from ${server.sql(name)} as each where each::text like ${`%${code}%`}`;
        expect(rows, name).toHaveLength(0);
      }
    }
  });
});

function orderOf(attempt: { id: string }): string {
  return attempt.id.slice('att_'.length);
}

async function charge(id: string, paymentCode: string) {
  return await server.call('POST', `/v1/payments/${id}/attempts`, { scene: 'code', payment_code: paymentCode });
}

async function stateOf(id: string): Promise<string> {
  return (await server.call('GET', `/v1/payments/${id}`)).json.state;
}

async function becomes(id: string, state: string): Promise<void> {
  await eventually(`${id} to be ${state}`, async () => {
    if ((await stateOf(id)) === state) return true;
    clock.advanceMs(1000);
    return false;
  });
}

async function newPayment(orderNo: string): Promise<{ id: string }> {
  const { json } = await server.call('POST', '/v1/payments', {
    order_no: orderNo,
    amount: { currency: 'CNY', minor: '1980' },
    subject: '一杯咖啡',
    return_url: 'https://shop.example/',
  });
  return json;
}

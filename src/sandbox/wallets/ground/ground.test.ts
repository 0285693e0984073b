import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { faultCode, faultedFen } from './fault.ts';
import { orderKey } from './order.ts';
import { chargeCode, readPaymentCode } from './payment-codes.ts';
import { closeOrder, findRepeat, isPayable, note, OrderStateError, payOrder, reverseOrder } from './payments.ts';
import { fitRefund, takeRefund } from './refunds.ts';
import { newOrder, startTestWallet, type TestWallet } from './test-wallet.ts';

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

async function start(dataDir: string | null = null, notifyDelaysMs?: number[]): Promise<TestWallet> {
  const wallet = await startTestWallet(dataDir, notifyDelaysMs);
  running.push(wallet);
  return wallet;
}

function refundOf(orderNo: string, amountFen: string) {
  const key = orderKey('refund', 'M1', orderNo);
  return newOrder(orderNo, { key, kind: 'refund', amountFen, via: 'refund', wire: {} });
}

describe('an order', () => {
  test('asked for again is the same or differs by its fingerprint', async () => {
    const wallet = await start();
    const { key } = wallet.order('A1');
    expect(findRepeat(wallet.ground, key, 'as asked').kind).toBe('same');
    expect(findRepeat(wallet.ground, key, 'another').kind).toBe('differs');
    expect(findRepeat(wallet.ground, orderKey('payment', 'M2', 'A1'), 'as asked').kind).toBe('new');
    expect(() => wallet.order('A1')).toThrow('already');
  });

  test('can be paid until its time is over, once, and not after it was closed', async () => {
    const wallet = await start();
    const [first, second, third] = [wallet.order('A1'), wallet.order('A2'), wallet.order('A3')];
    expect(wallet.pay('A1')).toBe('SUCCESS');
    expect(first).toMatchObject({ state: 'succeeded', walletId: 'W1', wire: { settledIn: 'wallet' } });
    expect(() => wallet.pay('A1')).toThrow(OrderStateError);
    closeOrder(wallet.ground, second);
    expect(() => wallet.pay('A2')).toThrow(OrderStateError);
    wallet.clock.advanceMs(900_001);
    expect(isPayable(wallet.ground, third)).toBe(false);
    expect(() => wallet.pay('A3')).toThrow('past its time');
    expect(wallet.orders({ orderNo: 'A3' })).toMatchObject([{ state: 'open', code: 'CLOSED' }]);
  });

  test('that was declined may be paid in another way', async () => {
    const wallet = await start();
    wallet.order('A1');
    // The balance comes first, so the card without money is the fourth way to pay.
    expect(wallet.pay('A1', { card: 3 })).toBe('NOTENOUGH');
    wallet.decline('A1');
    expect(wallet.pay('A1', { card: 0 })).toBe('SUCCESS');
  });

  test('undone as a whole gives the money back and can be neither paid nor refunded', async () => {
    const wallet = await start();
    const [paid, open] = [wallet.order('A1'), wallet.order('A2')];
    wallet.pay('A1');
    for (const order of [paid, open]) reverseOrder(wallet.ground, order);
    expect([paid, open].map((order) => [order.state, order.refunded.minor])).toEqual([
      ['reversed', 1234n],
      ['reversed', 0n],
    ]);
    expect(() => payOrder(wallet.ground, open, { cardIndex: 0 })).toThrow('is over');
    expect(fitRefund(paid, 1n)).toBe('nothing_left');
    expect(wallet.totals()).toMatchObject([{ payments: 0, paid_fen: '0' }]);
  });

  test('and everything about it is the same after a restart', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'hutong-ground-'));
    try {
      const before = await start(dataDir);
      const order = before.order('A1');
      before.order('A2');
      before.pay('A1');
      takeRefund(before.ground, refundOf('R1', '34'), order, { walletId: null, atOnce: true });
      note(before.ground, order, { prepayId: 'renamed' });
      before.decline('A2', 'RULELIMIT');
      const used = before.paymentCode('pays');
      chargeCode(before.ground, before.order('A3'), used);
      reverseOrder(before.ground, before.order('A4'));
      const fresh = before.paymentCode('asks_pin');
      const books = before.orders();
      await before.stop();
      const after = await start(dataDir);
      expect(after.orders()).toEqual(books);
      expect(after.ground.books.findByWire('prepayId', 'renamed')?.refunded.minor).toBe(34n);
      expect(readPaymentCode(after.ground, used)).toBeNull();
      expect(readPaymentCode(after.ground, fresh)).toBe('asks_pin');
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });
});

describe('refunds', () => {
  test('fit into what is left, and a failed one gives its part back', async () => {
    const wallet = await start();
    const order = wallet.order('A1');
    wallet.pay('A1');
    takeRefund(wallet.ground, refundOf('R1', '1000'), order, { walletId: null, atOnce: true });
    expect([234n, 235n, 1235n].map((fen) => fitRefund(order, fen))).toEqual(['fits', 'above_rest', 'above_whole']);
    wallet.setFault({ operation: 'outcome', kind: 'code', value: 'RULELIMIT', times: 1 });
    takeRefund(wallet.ground, refundOf('R2', '234'), order, { walletId: null, atOnce: true });
    expect(wallet.orders({ orderNo: 'R2' })).toMatchObject([{ state: 'failed', code: 'RULELIMIT' }]);
    expect(fitRefund(order, 234n)).toBe('fits');
    expect(wallet.totals()).toMatchObject([{ paid_fen: '1234', refunded_fen: '1000', net_fen: '234' }]);
  });
});

describe('a payment code', () => {
  test('is charged once, by what its buyer does', async () => {
    const wallet = await start();
    const { ground } = wallet;
    const [pays, pin, poor] = (['pays', 'asks_pin', 'declines'] as const).map((buyer) => wallet.paymentCode(buyer));
    expect(chargeCode(ground, wallet.order('A1'), pays ?? '')).toBe('SUCCESS');
    expect(chargeCode(ground, wallet.order('A2'), pin ?? '')).toBe('USERPAYING');
    expect(chargeCode(ground, wallet.order('A3'), poor ?? '')).toBe('NOTENOUGH');
    expect(wallet.orders().map((order) => order.state)).toEqual(['succeeded', 'open', 'failed']);
    expect(wallet.pay('A2')).toBe('SUCCESS');
    expect(() => wallet.pay('A3')).toThrow('is over');
    expect(readPaymentCode(ground, pays ?? '')).toBeNull();
  });

  test('is nobody’s when it was never shown, and too old after five minutes', async () => {
    const wallet = await start();
    expect(readPaymentCode(wallet.ground, '130000000000000000')).toBeNull();
    const code = wallet.paymentCode('pays');
    wallet.clock.advanceMs(300_001);
    expect(readPaymentCode(wallet.ground, code)).toBeNull();
  });

  test('is shown over HTTP too', async () => {
    const wallet = await start();
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ buyer: 'asks_pin' });
    const reply = await fetch(`${wallet.controlUrl}/payment-codes`, { method: 'POST', headers, body });
    const { code }: { code: string } = JSON.parse(await reply.text());
    expect(readPaymentCode(wallet.ground, code)).toBe('asks_pin');
    const refused = await fetch(`${wallet.controlUrl}/payment-codes`, {
      method: 'POST',
      headers,
      body: '{"buyer":"x"}',
    });
    expect(refused.status).toBe(400);
  });
});

test('a login code is good once and for five minutes', async () => {
  const { ground, clock } = await start();
  ground.grants.give('one', { openid: 'o1' });
  ground.grants.give('two', {});
  expect(ground.grants.take('one')).toEqual({ openid: 'o1' });
  expect(ground.grants.take('one')).toBeNull();
  clock.advanceMs(300_001);
  expect(ground.grants.take('two')).toBeNull();
});

describe('a fault', () => {
  test('strikes its operation, whatever belongs to it, or everything but the outcome', async () => {
    const { ground } = await start();
    const strikes = (operation: string) => ['native', 'query', 'outcome'].map((at) => struck(operation, at));
    const struck = (operation: string, at: string) => {
      ground.faults.clear();
      ground.faults.set({ operation, kind: 'silent' });
      return ground.faults.take(at, undefined) !== null;
    };
    expect(strikes('native')).toEqual([true, false, false]);
    expect(strikes('pay')).toEqual([true, false, false]);
    expect(strikes('any')).toEqual([true, true, false]);
    expect(strikes('outcome')).toEqual([false, false, true]);
    expect(strikes('micropay')).toEqual([false, false, false]);
  });

  test('has its proper name when it strikes, counts down, and is about one order', async () => {
    const { ground } = await start();
    ground.faults.set({ operation: 'query', kind: 'errcode', value: 'SYSTEMERROR', times: 1, orderNo: 'A1' });
    expect(ground.faults.take('query', 'A2')).toBeNull();
    const fault = ground.faults.take('query', 'A1');
    expect(fault?.kind).toBe('code');
    expect(faultCode(fault)).toBe('SYSTEMERROR');
    expect(ground.faults.take('query', 'A1')).toBeNull();
    expect(faultedFen({ operation: 'any', kind: 'wrong_amount' }, 1234n)).toBe(1235n);
    expect(faultedFen(null, 1234n)).toBe(1234n);
  });

  test('that this wallet does not know is refused with the names that it knows', async () => {
    const wallet = await start();
    expect(() => wallet.setFault({ operation: 'pay', kind: 'expired_certificate' })).toThrow('of_its_own');
    expect(() => wallet.setFault({ operation: 'front', kind: 'silent' })).toThrow('micropay');
  });
});

describe('the pretend app', () => {
  const read = async (url: string) => (await fetch(url)).text();

  test('has the wallet’s name, colour and balance', async () => {
    const wallet = await start();
    const { token } = wallet.order('A1');
    const page = await read(`${wallet.url}/pay?order=${token}`);
    for (const text of ['测试钱包', '测试商店', '零钱', '¥12.34', '模拟器']) expect(page).toContain(text);
    expect(await read(`${wallet.url}/assets/brand.css`)).toContain('#07c160');
    const body = new URLSearchParams({ order: token, action: 'pay', card: '0', pin: '123456', lang: 'en' });
    const paid = await (await fetch(`${wallet.url}/pay`, { method: 'POST', body })).text();
    expect(paid).toContain('Change');
    expect(paid).toContain('W1');
  });

  test('scans: its own code is paid, a web link is opened, anything else is told so', async () => {
    const wallet = await start();
    wallet.order('A1');
    const scan = (text: string) => read(`${wallet.url}/sandbox/scan?lang=en&text=${encodeURIComponent(text)}`);
    expect(await scan('test://wx-A1')).toContain('¥12.34');
    const link = await scan('https://shop.example/q/1?a=1&b=2');
    expect(link).toContain('href="https://shop.example/q/1?a=1&amp;b=2"');
    for (const text of [
      'javascript:alert(1)',
      'test://wx-A9',
      '',
      'https://',
      `https://x.example/${'a'.repeat(3000)}`,
    ]) {
      const page = await scan(text);
      expect(page).toContain('neither this wallet’s nor a web link');
      expect(page).not.toContain('href="javascript');
    }
  });

  test('says of an undone payment that the money has gone back', async () => {
    const wallet = await start();
    const order = wallet.order('A1');
    wallet.pay('A1');
    reverseOrder(wallet.ground, order);
    expect(await read(`${wallet.url}/pay?order=${order.token}`)).toContain('付过的钱已退回');
  });

  test('leads back by the way that the wallet has, never to a script', async () => {
    const wallet = await start();
    const page = async (orderNo: string, returnUrl: string | null) => {
      const { token } = wallet.order(orderNo, { returnUrl });
      wallet.pay(orderNo);
      return read(`${wallet.url}/pay/result?order=${token}&lang=en`);
    };
    expect(await page('A1', 'https://shop.example/back')).toContain('href="https://shop.example/back"');
    expect(await page('A2', null)).toContain('Go back to the merchant’s app');
    expect(await page('A3', 'javascript:alert(1)')).not.toContain('href="javascript');
  });
});

test('a notification is taken by what the wallet calls taken, not by the status alone', async () => {
  const heard: string[] = [];
  const answers = ['fail', 'success'];
  const server = createServer((request, reply) => {
    request.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
    request.on('end', () => reply.end(answers.shift() ?? 'success'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  try {
    const wallet = await start(null, [0, 1000, 1000]);
    wallet.order('A1', { notifyUrl: `http://127.0.0.1:${port}/` });
    wallet.pay('A1');
    await expect.poll(() => wallet.orders()[0]?.notify_tries).toBe(1);
    wallet.clock.advanceMs(1000);
    await expect.poll(() => wallet.orders()[0]?.notify_acknowledged).toBe(true);
    expect(heard).toEqual(['A1', 'A1']);
    expect(wallet.notificationsSent()).toMatchObject([{ tryNo: 1, kind: 'payment' }, { tryNo: 2 }]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

describe('the home of the pretend app', () => {
  test('shows a payment code that moves on when it was scanned, and the latest transactions', async () => {
    const wallet = await start();
    const { ground, url } = wallet;
    expect(await (await fetch(url)).text()).toContain('还没有交易');
    const body = new URLSearchParams({ buyer: 'asks_pin', lang: 'en' });
    const shown = await fetch(`${url}/app/codes`, { method: 'POST', body });
    const code = new URL(shown.url).pathname.split('/').at(-1) ?? '';
    expect(await shown.text()).toContain('<svg');
    expect(readPaymentCode(ground, code)).toBe('asks_pin');
    const order = wallet.order('A1', { subject: '<b>Tea</b>' });
    chargeCode(ground, order, code);
    expect((await fetch(shown.url)).url).toContain(`/pay?order=${order.token}`);
    wallet.pay('A1');
    expect((await fetch(shown.url)).url).toContain('/pay/result');
    const home = await (await fetch(`${url}/app?lang=en`)).text();
    expect(home).toContain('&lt;b&gt;Tea&lt;/b&gt;');
    expect(home).toContain(`/pay/result?order=${order.token}`);
  });

  test('shows no picture of a code that is over or nobody’s', async () => {
    const wallet = await start();
    const code = wallet.paymentCode('pays');
    wallet.clock.advanceMs(300_001);
    for (const one of [code, '1', '%3Cscript%3E']) {
      const page = await (await fetch(`${wallet.url}/app/codes/${one}`)).text();
      expect(page).toContain('付款码已失效');
      expect(page).not.toContain('<svg viewBox');
      expect(page).not.toContain('<script>');
    }
  });
});

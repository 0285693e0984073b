import { beforeEach, describe, expect, test } from 'vitest';
import { keepShell } from './keep-shell.ts';
import { takePayments } from './take-payments.ts';
import { ask, makeScope, ORIGIN, type TestScope } from './test-scope.ts';
import type { PaymentHandlerResponse } from './worker-scope.ts';

const FILES = ['/', '/assets/app.1.js'];
let scope: TestScope;

describe('the app without a network', () => {
  beforeEach(async () => {
    scope = makeScope();
    keepShell(scope, FILES, 'v2');
    await ask(scope, 'install', {});
  });
  const page = (path: string): object => ({ request: { method: 'GET', url: ORIGIN + path, mode: 'navigate' } });
  const file = (path: string, method = 'GET'): object => ({
    request: Object.assign(new Request(ORIGIN + path, { method })),
  });
  const text = async (event: object): Promise<string | undefined> =>
    (await ask<Response>(scope, 'fetch', event))?.text();

  test('a page comes from the server while there is one, else from what was kept', async () => {
    expect(await text(page('/history'))).toBe('fresh /history');
    scope.isOnline = false;
    expect(await text(page('/history'))).toBe('kept /');
  });

  test('files named by what they hold come from what was kept', async () => {
    expect(await text(file('/assets/app.1.js'))).toBe('kept /assets/app.1.js');
  });

  test.each([
    ['GET', '/api/balances'],
    ['GET', '/api/me'],
    ['POST', '/api/transfers'],
    ['GET', '/assets/font/1/a.woff2'],
  ])('%s %s is left to the server, online or not', async (method, path) => {
    scope.isOnline = false;
    expect(await ask(scope, 'fetch', file(path, method))).toBeNull();
    expect([...(scope.kept.get('shell-v2')?.keys() ?? [])]).toEqual(FILES);
  });

  test('other origins are none of its business', async () => {
    expect(await ask(scope, 'fetch', { request: new Request('https://elsewhere.example/assets/app.1.js') })).toBeNull();
  });

  test('a new version drops the old one, and nothing that is not its own', async () => {
    await scope.caches.open('shell-v1');
    await scope.caches.open('other');
    await ask(scope, 'activate', {});
    expect([...scope.kept.keys()].sort()).toEqual(['other', 'shell-v2']);
  });
});

describe('payment requests of shops’ pages', () => {
  const METHOD = `${ORIGIN}/payment-method`;
  const TOKEN = 'tok_0123456789abcdef';
  let opened: string[];
  beforeEach(() => {
    scope = makeScope();
    opened = [];
    takePayments(scope);
  });
  const request = (part: object = {}): object => ({
    topOrigin: 'https://shop.example',
    methodData: [{ supportedMethods: METHOD, data: { order: `${ORIGIN}/pay/${TOKEN}` } }],
    total: { currency: 'CNY', value: '128.00' },
    openWindow: (url: string) => {
      opened.push(url);
      return Promise.resolve({});
    },
    ...part,
  });
  const say = (state: string, source = `${ORIGIN}/pay/${TOKEN}`, id?: string): void => {
    const asked = new URL(opened.at(-1) ?? '/', ORIGIN).searchParams.get('request');
    scope.fire('message', { data: { kind: 'hutong-payment', request: id ?? asked, state }, source: { url: source } });
  };

  test('the order’s page is opened with the total that the shop named, and its end is the answer', async () => {
    const answer = ask<PaymentHandlerResponse>(scope, 'paymentrequest', request());
    await expect.poll(() => opened.length).toBe(1);
    expect(opened[0]).toMatch(new RegExp(`^/pay/${TOKEN}\\?request=[0-9a-f]{32}&total=12800$`));
    say('paid');
    expect(await answer).toEqual({ methodName: METHOD, details: { order: TOKEN, state: 'paid' } });
  });

  test('whoever turns back makes the request fail, so that the shop’s page goes on', async () => {
    const answer = ask(scope, 'paymentrequest', request());
    await expect.poll(() => opened.length).toBe(1);
    say('canceled');
    await expect(answer).rejects.toThrow(/turned back/);
  });

  test('words of other pages, about other requests, and of no known state end nothing', async () => {
    const answer = ask<PaymentHandlerResponse>(scope, 'paymentrequest', request());
    await expect.poll(() => opened.length).toBe(1);
    say('paid', 'https://shop.example/');
    say('paid', `${ORIGIN}/pay/x`, 'ffffffffffffffff');
    say('gratis');
    scope.fire('message', { data: 'hutong-payment', source: null });
    say('closed');
    expect((await answer)?.details).toEqual({ order: TOKEN, state: 'closed' });
  });

  test.each([
    ['no order', { methodData: [{ supportedMethods: METHOD }] }],
    [
      'an order of another wallet',
      { methodData: [{ supportedMethods: METHOD, data: { order: `https://evil.example/pay/${TOKEN}` } }] },
    ],
    [
      'an address with more behind it',
      { methodData: [{ supportedMethods: METHOD, data: { order: `${ORIGIN}/pay/${TOKEN}/../../x` } }] },
    ],
    [
      'another method',
      { methodData: [{ supportedMethods: 'https://evil.example/payment-method', data: { order: TOKEN } }] },
    ],
    ['another currency', { total: { currency: 'USD', value: '128.00' } }],
    ['a finer amount', { total: { currency: 'CNY', value: '128.001' } }],
    ['a negative amount', { total: { currency: 'CNY', value: '-128.00' } }],
  ])('%s is refused and opens nothing', async (_, part) => {
    await expect(ask(scope, 'paymentrequest', request(part))).rejects.toThrow();
    expect(opened).toEqual([]);
  });

  test('a browser that opens no window is told to the shop’s page at once', async () => {
    const part = { openWindow: () => Promise.resolve(null) };
    await expect(ask(scope, 'paymentrequest', request(part))).rejects.toThrow(/window/);
  });

  test('it can always be asked; whether there is a card is no shop’s business', async () => {
    expect(await ask(scope, 'canmakepayment', {})).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openQrCode, payQrCode } from '../src/cashier/pay-qr-code.ts';
import { startTestServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe('a shop’s codes', () => {
  test('are made, listed newest first, renamed and switched off', async () => {
    const made = await server.call('POST', '/v1/qr-codes', { label: '一号柜台' });
    expect(made).toMatchObject({
      status: 201,
      json: { object: 'qr_code', label: '一号柜台', currency: 'CNY', amount: null, enabled: true },
    });
    expect(made.json.url).toBe(`${server.url}/q/${made.json.id}`);
    const fixed = await server.call('POST', '/v1/qr-codes', {
      label: '一杯豆浆',
      amount: { currency: 'CNY', minor: '300' },
      return_url: 'https://shop.example/thanks',
    });
    expect(fixed.json).toMatchObject({ amount: { currency: 'CNY', minor: '300' } });
    const { json: list } = await server.call('GET', '/v1/qr-codes?limit=1');
    expect(list.data.map((code: { id: string }) => code.id)).toEqual([fixed.json.id]);
    const { json: older } = await server.call('GET', `/v1/qr-codes?limit=1&cursor=${list.next_cursor}`);
    expect(older).toMatchObject({ data: [{ id: made.json.id }], next_cursor: null });
    const path = `/v1/qr-codes/${made.json.id}`;
    expect((await server.call('PATCH', path, { label: '二号柜台', enabled: false })).json).toMatchObject({
      label: '二号柜台',
      enabled: false,
    });
    await expect(openQrCode(server.cashier, made.json.id)).rejects.toMatchObject({ code: 'qr_code_disabled' });
    await expect(openQrCode(server.cashier, 'qr_01M83E1H4Q000ND8XG5P3H3Z00')).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await server.call('GET', '/v1/qr-codes/qr_01M83E1H4Q000ND8XG5P3H3Z00')).json.code).toBe('not_found');
  });

  test('refuse what cannot be one', async () => {
    for (const body of [
      {},
      { label: '' },
      { label: 'x', amount: { currency: 'CNY', minor: '0' } },
      { label: 'x', currency: 'ZZZ' },
      { label: 'x', return_url: 'javascript:alert(1)' },
      { label: 'x', enabled: true },
    ])
      expect((await server.call('POST', '/v1/qr-codes', body)).json.code, JSON.stringify(body)).toBe('invalid_request');
  });
});

describe('who scans a code', () => {
  test('types the amount and gets one payment, however often the page is sent', async () => {
    const { json } = await server.call('POST', '/v1/qr-codes', { label: '水果摊' });
    const scanned = await openQrCode(server.cashier, json.id);
    expect(scanned).toMatchObject({ merchantName: '测试小店', livemode: false });
    const once = { scanned, amountMinor: 1234n, note: '苹果两斤', nonce: 'page-1' };
    const paid = await Promise.all(Array.from({ length: 8 }, () => payQrCode(server.cashier, once)));
    expect(new Set(paid.map((one) => one.paymentId)).size).toBe(1);
    const payment = await server.call('GET', `/v1/payments/${paid[0]?.paymentId}`);
    expect(payment.json).toMatchObject({
      subject: '苹果两斤',
      amount: { currency: 'CNY', minor: '1234' },
      metadata: { qr_code: json.id },
      return_url: json.url,
    });
    for (const amountMinor of [null, 0n, -1n, 1_000_000_000_000n])
      await expect(payQrCode(server.cashier, { ...once, nonce: `n${amountMinor}`, amountMinor })).rejects.toMatchObject(
        {
          code: 'invalid_request',
        },
      );
  });

  test('cannot change an amount that the shop has set', async () => {
    const { json } = await server.call('POST', '/v1/qr-codes', {
      label: '一杯豆浆',
      amount: { currency: 'CNY', minor: '300' },
    });
    const scanned = await openQrCode(server.cashier, json.id);
    const { paymentId } = await payQrCode(server.cashier, { scanned, amountMinor: 1n, note: '', nonce: 'fixed' });
    expect((await server.call('GET', `/v1/payments/${paymentId}`)).json).toMatchObject({
      subject: '一杯豆浆',
      amount: { minor: '300' },
    });
  });
});

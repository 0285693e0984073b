import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../base/clock.ts';
import { silentLog } from '../../../base/log.ts';
import { systemRandom } from '../../../base/random.ts';
import type { Fault } from '../ground/fault.ts';
import {
  type TestMerchant,
  type Wire,
  isTrusted,
  openMerchant,
  payFields,
  post,
  postForm,
  queryFields,
  readAnswer,
  signAs,
  undoFields,
} from './test-merchant.ts';
import { type UnionpaySandbox, startUnionpaySandbox } from './unionpay.ts';

let sandbox: UnionpaySandbox;
let shop: TestMerchant;

beforeAll(async () => {
  const deps = { clock: systemClock, random: systemRandom, log: silentLog };
  sandbox = await startUnionpaySandbox({ port: 0, ...deps, dataDir: null, notifyDelaysMs: [0], refundDelayMs: 0 });
  shop = openMerchant(sandbox.merchantSettings);
});
afterEach(() => sandbox.clearFaults());
afterAll(() => sandbox.stop());

async function call(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const reply = await fetch(sandbox.controlUrl + path, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: await reply.json() };
}

async function order(): Promise<Wire> {
  const fields = payFields(shop);
  await post(shop, 'appTransReq.do', fields);
  return fields;
}

describe('another process', () => {
  test('pays, declines and expires orders and reads the books', async () => {
    const [first, second, third] = [await order(), await order(), await order()];
    expect(await call('POST', `/orders/${first.orderId}/pay`)).toEqual({
      status: 200,
      body: { code: '00', resp_code: '00' },
    });
    expect(await call('POST', `/orders/${first.orderId}/pay`, {})).toMatchObject({ status: 409 });
    expect(await call('POST', `/orders/${second.orderId}/decline`, { resp_code: '64' })).toMatchObject({ status: 200 });
    expect(await call('POST', `/orders/${third.orderId}/expire`)).toMatchObject({ status: 200 });
    expect(await call('POST', '/orders/NOSUCHORDER/pay')).toMatchObject({ status: 409 });
    const states = await Promise.all(
      [first, second, third].map(({ orderId }) => call('GET', `/orders?order_no=${orderId}`)),
    );
    expect(states.map((one) => one.body)).toMatchObject([
      { data: [{ state: 'succeeded', resp_code: '00', amount_fen: '8800' }] },
      { data: [{ state: 'open', resp_code: '64' }] },
      { data: [{ state: 'closed', resp_code: '69' }] },
    ]);
    expect(await call('GET', '/totals')).toMatchObject({ body: { data: [{ paid_fen: '8800' }, {}, {}, {}] } });
    expect(await call('GET', '/merchants')).toMatchObject({
      body: { data: [{ mer_id: shop.settings.mer_id }, {}, {}, {}] },
    });
    expect((await call('GET', '/notifications')).status).toBe(200);
    expect(await call('GET', '/orders?after=1')).toMatchObject({ body: { next_after: null } });
  });

  test('switches faults on and off; nonsense is refused', async () => {
    const fault = { operation: 'query', kind: 'resp_code', value: '37', times: 1 };
    expect(await call('POST', '/faults', fault)).toEqual({ status: 200, body: { data: [fault] } });
    expect(await post(shop, 'queryTrans.do', queryFields(await order()))).toMatchObject({ respCode: '37' });
    expect(await call('GET', '/faults')).toMatchObject({ status: 200, body: { data: [] } });
    expect((await call('POST', '/faults', { operation: 'nothing', kind: 'silent' })).status).toBe(400);
    expect((await call('POST', '/faults', { operation: 'query' })).status).toBe(400);
    expect((await call('POST', `/orders/X/pay`, { card: 99 })).status).toBe(400);
    await call('POST', '/faults', { operation: 'any', kind: 'html' });
    expect(await call('DELETE', '/faults')).toEqual({ status: 200, body: { data: [] } });
  });

  test('on a web page cannot reach it: only this machine’s names and only JSON', async () => {
    const port = sandbox.port;
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'evil.example' };
      request({ host: '127.0.0.1', port, path: '/sandbox/orders', headers }, (reply) => {
        reply.resume();
        resolve(reply.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
    const form = await fetch(`${sandbox.controlUrl}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{"operation":"any","kind":"silent"}',
    });
    expect(form.status).toBeGreaterThanOrEqual(400);
    expect(await call('GET', '/faults')).toMatchObject({ status: 200, body: { data: [] } });
  });

  test('a page of another site pays no order, not even by a call that browsers let through', async () => {
    const { url } = sandbox;
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1'])
      for (const path of ['/sandbox/orders/X/pay', '/sandbox/payment-codes'])
        expect((await fetch(url + path, { method: 'POST', headers: { origin } })).status, origin).toBe(403);
    expect((await fetch(`${url}/sandbox/orders`, { headers: { origin: url } })).status).toBe(200);
  });
});

describe('a fault', () => {
  async function underFault(fault: Fault, path: string, fields: Wire): Promise<Response | null> {
    sandbox.setFault({ times: 1, ...fault });
    const signed = new URLSearchParams(signAs(shop, fields)).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const signal = AbortSignal.timeout(300);
    return fetch(`${sandbox.url}/gateway/api/${path}`, { method: 'POST', headers, body: signed, signal }).catch(
      () => null,
    );
  }
  const countOf = (fields: Wire) => sandbox.orders({ orderNo: fields.orderId ?? '' }).length;

  test('silent: nothing is done and nothing comes back', async () => {
    const fields = payFields(shop);
    expect(await underFault({ operation: 'app', kind: 'silent' }, 'appTransReq.do', fields)).toBeNull();
    expect(countOf(fields)).toBe(0);
  });

  test('drop_after: it is done, but the connection is cut', async () => {
    const fields = payFields(shop);
    expect(await underFault({ operation: 'app', kind: 'drop_after' }, 'appTransReq.do', fields)).toBeNull();
    expect(countOf(fields)).toBe(1);
  });

  test('slow: done at once, answered late', async () => {
    const fields = payFields(shop);
    const reply = underFault({ operation: 'app', kind: 'slow', value: 100 }, 'appTransReq.do', fields);
    expect(readAnswer((await (await reply)?.text()) ?? '')).toMatchObject({ respCode: '00' });
  });

  test('html: a page instead of an answer, nothing done', async () => {
    const fields = payFields(shop);
    const reply = await underFault({ operation: 'any', kind: 'html' }, 'appTransReq.do', fields);
    expect(await reply?.text()).toContain('<!doctype html>');
    expect(countOf(fields)).toBe(0);
  });

  test('resp_code: 06 was not done, 05 was; a query can be made to say anything', async () => {
    const [busy, unclear] = [payFields(shop), payFields(shop)];
    sandbox.setFault({ operation: 'app', kind: 'resp_code', value: '06', times: 1 });
    expect(await post(shop, 'appTransReq.do', busy)).toMatchObject({ respCode: '06' });
    sandbox.setFault({ operation: 'app', kind: 'resp_code', value: '05', times: 1 });
    expect(await post(shop, 'appTransReq.do', unclear)).toMatchObject({ respCode: '05' });
    expect([countOf(busy), countOf(unclear)]).toEqual([0, 1]);
    sandbox.setFault({ operation: 'query', kind: 'resp_code', value: 'orig:04', times: 1 });
    expect(await post(shop, 'queryTrans.do', queryFields(unclear))).toMatchObject({
      respCode: '00',
      origRespCode: '04',
    });
  });

  test('bad_signature, expired_certificate, wrong_name, foreign_certificate: not to be believed', async () => {
    const fields = await order();
    for (const kind of ['bad_signature', 'expired_certificate', 'wrong_name', 'foreign_certificate'] as const) {
      sandbox.setFault({ operation: 'query', kind, times: 1 });
      expect(isTrusted(shop.settings, await post(shop, 'queryTrans.do', queryFields(fields)))).toBe(false);
    }
    expect(isTrusted(shop.settings, await post(shop, 'queryTrans.do', queryFields(fields)))).toBe(true);
  });

  test('duplicate: a refund is done and answered 12; wrong_amount: a query tells a fen too much', async () => {
    const fields = await order();
    sandbox.pay(fields.orderId ?? '');
    sandbox.setFault({ operation: 'query', kind: 'wrong_amount', times: 1 });
    const found = await post(shop, 'queryTrans.do', queryFields(fields));
    expect(found).toMatchObject({ txnAmt: '8801', settleAmt: '8801' });
    const refund = undoFields(fields, found.queryId ?? '', '04');
    sandbox.setFault({ operation: 'refund', kind: 'duplicate', times: 1 });
    expect(await post(shop, 'backTransReq.do', refund)).toMatchObject({ respCode: '12' });
    expect(countOf(refund)).toBe(1);
  });

  test('for the payer’s browser shows a page with its code', async () => {
    sandbox.setFault({ operation: 'front', kind: 'resp_code', value: '06', times: 1 });
    const reply = await postForm(`${sandbox.url}/gateway/api/frontTransReq.do`, signAs(shop, payFields(shop)));
    expect(await reply.text()).toContain('data-resp-code="06"');
  });
});

import { describe, expect, test } from 'vitest';
import type { OutboundReply } from '../../base/outbound.ts';
import type { Outcome, Scene } from '../wallet.ts';
import { readConfig } from './config.ts';
import { cancel, query } from './orders.ts';
import { answering, APPID, MCHID, merchantSettings, NOW, refusal, reply } from './pretend-wechatpay.ts';
import { EXPIRES_AT, fen, FOUND, NOT_FOUND, ORDER_NO, PAID, QUERY } from './test-orders.ts';

const config = readConfig(merchantSettings());

describe('asking for an order', () => {
  const asked = (scene: Scene, ...replies: OutboundReply[]): Promise<Outcome> =>
    query(answering(...replies).deps, config, { ...QUERY, scene });

  test('names it by its number and the merchant', async () => {
    const { deps, sent } = answering(reply(200, PAID));
    expect(await query(deps, config, QUERY)).toMatchObject({
      kind: 'succeeded',
      walletPaymentId: PAID.transaction_id,
      amount: fen(1234n),
      occurredAt: new Date('2026-11-23T02:15:30Z'),
    });
    const url = `http://127.0.0.1:1/v3/pay/transactions/out-trade-no/${ORDER_NO}?mchid=${MCHID}`;
    expect(sent[0]).toMatchObject({ method: 'GET', url, body: '' });
  });

  const states: [state: string, scene: Scene, outcome: object][] = [
    ['SUCCESS', 'qr', { kind: 'succeeded' }],
    ['REFUND', 'qr', { kind: 'succeeded' }],
    ['NOTPAY', 'qr', { kind: 'pending' }],
    ['USERPAYING', 'code', { kind: 'pending' }],
    ['ACCEPT', 'qr', { kind: 'pending' }],
    ['CLOSED', 'qr', { kind: 'failed', reason: 'expired' }],
    ['REVOKED', 'code', { kind: 'failed', reason: 'already_undone' }],
    ['PAYERROR', 'code', { kind: 'failed', reason: 'declined' }],
    ['PAYERROR', 'qr', { kind: 'pending' }],
    ['TELEPORTED', 'qr', { kind: 'unknown', walletCode: 'TELEPORTED' }],
    ['', 'qr', { kind: 'unknown' }],
  ];
  test.each(states)('%s, scene %s', async (trade_state, scene, outcome) => {
    expect(await asked(scene, reply(200, { ...PAID, trade_state }))).toMatchObject(outcome);
  });

  test.each([
    ['another merchant', { mchid: '1900009199' }],
    ['another appid', { appid: 'wxother' }],
    ['another order', { out_trade_no: 'OTHER' }],
    ['no number of WeChat Pay', { transaction_id: '' }],
    ['no amount', { amount: {} }],
    ['an amount that is no integer', { amount: { total: 12.5, currency: 'CNY' } }],
    ['another currency', { amount: { total: 1234, currency: 'HKD' } }],
  ])('success for %s is unknown', async (_name, changed) => {
    expect(await asked('qr', reply(200, { ...PAID, ...changed }))).toMatchObject({ kind: 'unknown' });
  });

  test('an order that is not there has failed only when it can no longer arrive', async () => {
    const later = async (scene: Scene, seconds: number): Promise<Outcome> => {
      const at = new Date(NOW.getTime() + seconds * 1000);
      const { deps, clock } = answering({ ...NOT_FOUND, ...reply(404, { code: 'ORDERNOTEXIST' }, { at }) });
      clock.advanceMs(seconds * 1000);
      return query(deps, config, { ...QUERY, scene });
    };
    expect(await later('qr', 899)).toMatchObject({ kind: 'unknown' });
    expect(await later('qr', 901)).toMatchObject({ kind: 'failed', reason: 'not_found' });
    expect(await later('code', 299)).toMatchObject({ kind: 'unknown' });
    expect(await later('code', 301)).toMatchObject({ kind: 'failed', reason: 'not_found' });
  });

  test('closes it when its time is over and nobody paid', async () => {
    const late = new Date(EXPIRES_AT.getTime() + 1000);
    const after = async (...replies: [number, object | null][]) => {
      const made = replies.map(([status, json]) => reply(status, json, { at: late }));
      const { deps, sent, clock } = answering(...made);
      clock.advanceMs(late.getTime() - NOW.getTime());
      return { outcome: await query(deps, config, QUERY), paths: sent.map((one) => one.url.split('/').at(-1)) };
    };
    const ask = `${ORDER_NO}?mchid=${MCHID}`;
    const closed = await after([200, FOUND], [204, null]);
    expect(closed).toMatchObject({ outcome: { kind: 'failed', reason: 'expired' }, paths: [ask, 'close'] });
    const paid = await after([200, FOUND], [400, { code: 'ORDER_PAID' }], [200, PAID]);
    expect(paid).toMatchObject({ outcome: { kind: 'succeeded' }, paths: [ask, 'close', ask] });
    const paying = await after([200, FOUND], [202, { code: 'USERPAYING' }]);
    expect(paying.outcome).toEqual({ kind: 'pending' });
    expect((await after([200, FOUND], [500, { code: 'SYSTEM_ERROR' }], [200, FOUND])).outcome).toEqual({
      kind: 'pending',
    });
  });

  test('is not closed by an answer that says something else: neither the status nor the question is signed', async () => {
    const closed = (...replies: OutboundReply[]) => cancel(answering(...replies).deps, config, QUERY);
    expect(await closed(reply(200, PAID)), 'the answer to an earlier question').toMatchObject({ kind: 'unknown' });
    expect(await closed(reply(204, { code: 'ORDER_PAID' }), reply(200, PAID))).toMatchObject({ kind: 'succeeded' });
    expect(await closed(reply(200, { code: 'USERPAYING' }))).toEqual({ kind: 'pending' });
    expect(await closed(reply(204, null))).toMatchObject({ kind: 'failed', reason: 'expired' });
  });
});

describe('cancelling', () => {
  test('an order by code reverses it', async () => {
    const undone = { appid: APPID, mchid: MCHID, out_trade_no: ORDER_NO };
    const { deps, sent } = answering(reply(200, undone));
    expect(await cancel(deps, config, { ...QUERY, scene: 'code' })).toMatchObject({
      kind: 'failed',
      reason: 'already_undone',
    });
    expect(sent[0]?.url).toMatch(/\/reverse$/);
    expect(JSON.parse(String(sent[0]?.body))).toEqual({ appid: APPID, mchid: MCHID });
  });

  test('is not over while the buyer pays, while it is unclear, or when it could not be undone', async () => {
    const reversed = (...replies: OutboundReply[]) =>
      cancel(answering(...replies).deps, config, { ...QUERY, scene: 'code' });
    expect(await reversed(refusal(202, 'USERPAYING'))).toEqual({ kind: 'pending' });
    expect(await reversed(reply(202, null))).toEqual({ kind: 'pending' });
    expect(await reversed(refusal(500, 'SYSTEM_ERROR'), reply(200, PAID))).toMatchObject({ kind: 'unknown' });
    expect(await reversed(refusal(403, 'NOT_ENOUGH'), reply(200, PAID)), 'refused: it stays paid').toMatchObject({
      kind: 'succeeded',
    });
    expect(await reversed(refusal(404, 'ORDER_NOT_EXIST'))).toMatchObject({ kind: 'unknown' });
    expect(await reversed(reply(200, { appid: APPID, mchid: MCHID, out_trade_no: 'OTHER' }))).toMatchObject({
      kind: 'unknown',
    });
    expect(await reversed(reply(200, PAID)), 'the answer to an earlier question').toMatchObject({ kind: 'unknown' });
    expect(await reversed(reply(200, { ...PAID, trade_state: 'REVOKED' }))).toMatchObject({ kind: 'failed' });
  });
});

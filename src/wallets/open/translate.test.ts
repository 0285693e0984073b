import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rootDir } from '../../base/root.ts';
import { CODES } from '../../sandbox/wallets/open/codes.ts';
import { PROBLEMS as TOLD } from '../../sandbox/wallets/open/wallet.ts';
import { codeIn, namesUnder, tableUnder } from '../../../test/doc-pages.ts';
import type { Scene } from '../wallet.ts';
import { problemOf, PROBLEMS, REASON_NAMES, reasonOf } from './codes.ts';
import type { OpenConfig } from './config.ts';
import { readAmount, readOrder, readRefund, readTime } from './parse.ts';
import { orderOutcome, payReply, refundOutcome } from './translate.ts';

const page = readFileSync(join(rootDir, 'docs/open-wallet-protocol.md'), 'utf8');

const ORDER = {
  order_no: '01JDBP4K8Z3V6TQ2M9XW7RHEND',
  merchant_no: 'M1',
  state: 'paid',
  reason: null,
  amount: { currency: 'CNY', minor: '1234' },
  wallet_payment_id: 'OW1',
  paid_at: '2026-11-23T10:01:07+08:00',
  expires_at: '2026-11-23T02:15:00Z',
  refunded: { currency: 'CNY', minor: '0' },
  web_url: 'https://pay.wallet.example/pay?o=1',
  app_url: 'openwallet://pay?o=1',
  qr_text: 'https://pay.wallet.example/q/1',
};
const REFUND = {
  refund_no: '01JDBP9T4N6S8KQ0V2XZ5YCFGH',
  order_no: ORDER.order_no,
  merchant_no: 'M1',
  method: 'refund',
  state: 'succeeded',
  reason: null,
  amount: { currency: 'CNY', minor: '34' },
  wallet_refund_id: 'OW2',
  refunded_at: '2026-11-23T03:00:02.5Z',
};

function outcomeOf(changed: object) {
  const order = readOrder({ ...ORDER, ...changed });
  return order === null ? 'not readable' : orderOutcome(order);
}

describe('an order', () => {
  test('that is paid has succeeded, with its evidence', () => {
    expect(outcomeOf({})).toEqual({
      kind: 'succeeded',
      walletPaymentId: 'OW1',
      amount: { currency: 'CNY', minor: 1234n },
      occurredAt: new Date('2026-11-23T02:01:07Z'),
      facts: {},
    });
  });

  test.each<[object, string, string?]>([
    [{ state: 'open' }, 'pending'],
    [{ state: 'paid', wallet_payment_id: null }, 'unknown'],
    [{ state: 'paid', paid_at: null }, 'unknown'],
    [{ state: 'closed', reason: 'expired' }, 'failed', 'expired'],
    [{ state: 'closed', reason: 'insufficient_funds' }, 'failed', 'insufficient_funds'],
    [{ state: 'closed', reason: 'a new reason' }, 'failed', 'other'],
    [{ state: 'closed', reason: '__proto__' }, 'failed', 'other'],
    [{ state: 'closed' }, 'failed', 'other'],
    [{ state: 'undone' }, 'failed', 'already_undone'],
    [{ state: 'thinking' }, 'unknown'],
    [{ state: 'PAID' }, 'unknown'],
  ])('%j is %s %s', (changed, kind, reason) => {
    expect(outcomeOf(changed)).toMatchObject(reason === undefined ? { kind } : { kind, reason });
  });

  test.each([
    { order_no: undefined },
    { order_no: '../orders' },
    { merchant_no: '' },
    { state: 7 },
    { amount: { currency: 'CNY', minor: 1234 } },
    { amount: { currency: 'CNY', minor: '12.34' } },
    { amount: { currency: 'CNY', minor: '01234' } },
    { amount: { currency: 'CNY', minor: '-1' } },
    { amount: { currency: 'XYZ', minor: '1' } },
    { amount: { currency: 'CNY', minor: '9223372036854775808' } },
    { amount: null },
    { paid_at: '2026-11-23 10:00' },
    { paid_at: 1795399200 },
    { reason: undefined },
    { wallet_payment_id: 42 },
    { web_url: `https://x/${'a'.repeat(3000)}` },
    { qr_text: 'a\u0000b' },
  ])('%j is not readable', (changed) => {
    expect(outcomeOf(changed)).toBe('not readable');
  });

  test('may say more than is documented', () => {
    expect(outcomeOf({ coupon: { id: 1 } })).toMatchObject({ kind: 'succeeded' });
    expect(readOrder([ORDER])).toBeNull();
    expect(readOrder(null)).toBeNull();
  });
});

describe('a refund', () => {
  test.each<[object, string]>([
    [{}, 'succeeded'],
    [{ state: 'accepted' }, 'pending'],
    [{ state: 'failed', reason: 'exceeds_payment' }, 'failed'],
    [{ wallet_refund_id: null }, 'unknown'],
    [{ refunded_at: null }, 'unknown'],
    [{ state: 'half' }, 'unknown'],
  ])('%j is %s', (changed, kind) => {
    const refund = readRefund({ ...REFUND, ...changed });
    expect(refund === null ? null : refundOutcome(refund).kind).toBe(kind);
  });

  test.each([
    { refund_no: 'x' },
    { order_no: 1 },
    { method: null },
    { refunded_at: 'soon' },
    { reason: 1 },
    { amount: {} },
  ])('%j is not readable', (changed) => {
    expect(readRefund({ ...REFUND, ...changed })).toBeNull();
  });
});

describe('the next action', () => {
  const config = (environment: OpenConfig['environment']) => ({ environment }) as OpenConfig; // only this is looked at
  const reply = (scene: Scene, changed: object = {}, environment: OpenConfig['environment'] = 'production') => {
    const order = readOrder({ ...ORDER, state: 'open', ...changed });
    if (order === null) throw new Error('not readable');
    return payReply(config(environment), order, scene);
  };

  test.each<[Scene, object]>([
    ['web', { type: 'redirect', url: ORDER.web_url }],
    ['jsapi', { type: 'redirect', url: ORDER.web_url }],
    ['wap', { type: 'open_app', appUrl: ORDER.app_url, fallbackUrl: ORDER.web_url }],
    ['app', { type: 'open_app', appUrl: ORDER.app_url, fallbackUrl: ORDER.web_url }],
    ['qr', { type: 'qr', text: ORDER.qr_text }],
  ])('in scene %s', (scene, action) => {
    expect(reply(scene)).toEqual({ kind: 'pending', action });
  });

  test('is nothing while the buyer of a payment code enters the PIN, and the page where there is no app', () => {
    expect(reply('code')).toEqual({ kind: 'pending', action: null });
    expect(reply('wap', { app_url: null })).toEqual({
      kind: 'pending',
      action: { type: 'redirect', url: ORDER.web_url },
    });
  });

  test.each<[Scene, object]>([
    ['web', { web_url: null }],
    ['web', { web_url: 'http://pay.wallet.example/' }],
    ['web', { web_url: 'javascript:alert(1)' }],
    ['web', { web_url: 'https://a:b@pay.wallet.example/' }],
    ['web', { web_url: 'http://127.0.0.1/' }],
    ['wap', { app_url: 'javascript:alert(1)' }],
    ['wap', { app_url: 'data:text/html,x' }],
    ['app', { app_url: 'file:///etc/passwd' }],
    ['wap', { app_url: 'intent://pay#Intent;scheme=x;S.browser_fallback_url=https%3A%2F%2Fevil.example;end' }],
    ['wap', { app_url: 'content://media/1' }],
    ['wap', { app_url: 'view-source:https://pay.wallet.example/' }],
    ['wap', { app_url: 'tel:110' }],
    ['wap', { app_url: 'sms:110?body=x' }],
    ['wap', { app_url: 'https://a:b@pay.wallet.example/' }],
    ['qr', { qr_text: null }],
    ['qr', { qr_text: '付'.repeat(342) }],
  ])('is never a link that harms or leads nowhere: %s %j', (scene, changed) => {
    expect(reply(scene, changed).kind).toBe('unknown');
  });

  test('leads to this machine only for a test account', () => {
    const url = 'http://127.0.0.1:4790/pay';
    expect(reply('web', { web_url: url }, 'test')).toEqual({ kind: 'pending', action: { type: 'redirect', url } });
  });
});

describe('the tables of the specification', () => {
  test('hold every error with its status and whether it is final, as connector and simulator have them', () => {
    const shown = tableUnder(page, 'Errors').map(([code = '', status, final]) => [
      codeIn(code),
      Number(status),
      final === 'yes',
    ]);
    expect(shown).toEqual(Object.entries(PROBLEMS).map(([code, row]) => [code, row.status, row.isFinal]));
    expect(shown).toEqual(Object.entries(TOLD).map(([code, [status, final]]) => [code, status, final]));
  });

  test('hold every reason', () => {
    expect(namesUnder(page, 'Reasons').sort()).toEqual([...REASON_NAMES].sort());
    const own = [CODES.wrongPin, CODES.noFunds, CODES.cardFrozen, CODES.timedOut, ...CODES.declines];
    for (const reason of own) expect(REASON_NAMES, reason).toContain(reason);
    expect(REASON_NAMES.map((reason) => reasonOf(reason))).not.toContain('other');
  });

  test('name the members of the order and the refund as they are read', () => {
    const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']): unknown => JSON.parse(text));
    expect(examples.filter((example) => readOrder(example) !== null)).toHaveLength(1);
    expect(examples.filter((example) => readRefund(example) !== null)).toHaveLength(1);
  });

  test('a code counts only with its own status', () => {
    expect(problemOf('order_not_found', 404)?.code).toBe('order_not_found');
    expect(problemOf('order_not_found', 400)).toBeNull();
    expect(problemOf('toString', 404)).toBeNull();
  });
});

test('amounts and times are read exactly or not at all', () => {
  expect(readAmount({ currency: 'CNY', minor: '99999999' })?.minor).toBe(99_999_999n);
  expect(readTime('2026-02-30T00:00:00Z')?.getUTCMonth() ?? 'none').not.toBe(1);
  expect(readTime('2026-11-23T02:00:00')).toBeUndefined();
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPaymentCode } from './payment-code.ts';

const RULES = [
  { name: 'wechatpay', pattern: /^1[0-5]\d{16}$/ },
  { name: 'alipay', pattern: /^(?:2[5-9]|30)\d{14,22}$/ },
  { name: 'unionpay', pattern: /^62\d{17}$/ },
  { name: 'jdpay', pattern: /^(?:18\d{16}|62\d{17})$/ },
] as const;

describe('a payment code tells its wallets', () => {
  test.each([
    ['134567890123456789', '134567890123456789', ['wechatpay']],
    ['1345 6789 0123 4567 89', '134567890123456789', ['wechatpay']],
    ['134567890123456789\r\n', '134567890123456789', ['wechatpay']],
    ['\t280123456789012345 ', '280123456789012345', ['alipay']],
    ['300123456789012345678901', '300123456789012345678901', ['alipay']],
    ['6226359577513731196', '6226359577513731196', ['unionpay', 'jdpay']],
    ['184567890123456789', '184567890123456789', ['jdpay']],
  ])('%j', (text, code, wallets) => {
    expect(readPaymentCode(text, RULES)).toEqual({ kind: 'code', code, wallets });
  });

  test('of several the first in the rules comes first', () => {
    const reading = readPaymentCode('6226359577513731196', [...RULES].reverse());
    expect(reading).toMatchObject({ wallets: ['jdpay', 'unionpay'] });
  });

  test.each([
    ['', 'empty'],
    [' \r\n', 'empty'],
    ['13456789012345678', 'not_a_payment_code'],
    ['1345678901234567890', 'not_a_payment_code'],
    ['164567890123456789', 'not_a_payment_code'],
    ['13456789012345678x', 'not_digits'],
    ['13456789-0123456789', 'not_digits'],
    ['１34567890123456789', 'not_digits'],
    ['134567890123456789\u0000', 'not_digits'],
    ['wxp://f2f0abc', 'not_digits'],
    ['1'.repeat(65), 'too_long'],
  ])('%j is refused: %s', (text, reason) => {
    expect(readPaymentCode(text, RULES)).toEqual({ kind: 'refused', reason });
  });

  test('a rule without anchors still has to match the whole code', () => {
    expect(readPaymentCode('9962635957751373119699', [{ name: 'loose', pattern: /62\d{17}/ }]).kind).toBe('refused');
    expect(readPaymentCode('626359577513731196', [{ name: 'loose', pattern: /1[0-5]\d+|62\d+/g }])).toMatchObject({
      wallets: ['loose'],
    });
  });

  test('any text gives an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const reading = readPaymentCode(text, RULES);
        if (reading.kind === 'code') expect(reading.wallets.length).toBeGreaterThan(0);
      }),
    );
  });
});

import { createSecretKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decrypt, encrypt } from './crypt.ts';
import { CAUGHT_REFUND, DEMO, MAIN, tripleDes } from './pretend-jdpay.ts';

const key = createSecretKey(Buffer.from(DEMO.desKey, 'base64'));
const hexOf = (data: Buffer, claimed?: number): string => tripleDes(data, DEMO.desKey, claimed).toString('hex');

describe('Triple DES', () => {
  test('of values of a published form comes out letter for letter', () => {
    // A form of the published demo merchant.
    expect(encrypt('1', key)).toBe('e5a6c3761ab9ddaf');
    expect(encrypt('0', key)).toBe('e00c693e6c5b8a60');
    expect(encrypt('CNY', key)).toBe('ac7132c57f10d3ce');
    expect(encrypt('12345678', key)).toBe('b9a9953b73f9f8eb3612d06b873f74e9');
    expect(encrypt('测试商品', key)).toBe('25fc4ff3e72f364fc1d80691e88fd7df');
    expect(encrypt('20170718101010', key)).toBe('d9668085c69c2ecb73421627b78590400135be4ad908a2a7');
  });

  test('of a caught message comes out as it was caught, and opens again', () => {
    const { signed, sign, hexStart, hexEnd } = CAUGHT_REFUND;
    const text = signed.replace('</jdpay>', `<sign>${sign}</sign></jdpay>`);
    const hex = encrypt(text, key);
    expect([hex.slice(0, hexStart.length), hex.slice(-hexEnd.length)]).toEqual([hexStart, hexEnd]);
    expect(decrypt(hex, key)).toBe(text);
  });

  test.each(['', 'a', 'abcd', 'abcde', '云南咖啡 & 茶', 'x'.repeat(1001)])('opens what it closed: %j', (text) => {
    expect(decrypt(encrypt(text, key), key)).toBe(text);
  });

  const data = Buffer.from('abcdef'); // two blocks: 4 + 6 bytes and 6 zeros
  const whole = hexOf(data);
  test.each([
    ['nothing', ''],
    ['half a block', whole.slice(0, 24)],
    ['a truncated text', whole.slice(0, 16)],
    ['an odd letter too many', `${whole}0`],
    ['capital letters', whole.toUpperCase()],
    ['no hex', whole.replace(/^./, 'g')],
    ['blanks', ` ${whole}`],
    ['a length that goes over the end', hexOf(data, 13)],
    ['a length far over the end', hexOf(data, 0xffff_ffff)],
    ['a length that leaves a whole block', hexOf(data, 4)],
    ['a length that cuts the text short', hexOf(data, 5)],
    ['bytes that are no UTF-8', hexOf(Buffer.from([0xc3, 0x28, 0x41, 0x41]))],
    ['another key', tripleDes(data, MAIN.desKey).toString('hex')],
  ])('does not open %s', (_, hex) => {
    expect(decrypt(hex, key)).toBeNull();
  });
});

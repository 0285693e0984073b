import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CardNumber } from '../../base/card-number.ts';
import { Secret } from '../../base/secret.ts';
import { BlockCipher, ChainCipher, checkCiphers } from './block-cipher.ts';
import { MacKey, type MacMethod, macText } from './mac.ts';
import { pinBlock } from './pin-block.ts';
import { messageOf, workedExample } from './test-messages.ts';

const KEY = Buffer.from('0123456789ABCDEFFEDCBA9876543210', 'hex');

describe('what is authenticated', () => {
  test('of the worked example', () => {
    expect(macText(workedExample(), true)).toBe(
      '0200 196212260200000001004 300000 1123093015 000123 6011 00 0801020000 0800010344 WAL00001 WALLET000000001',
    );
  });

  test('without lengths, as the third gateway does', () => {
    expect(macText(workedExample(), false)).toContain('0200 6212260200000001004 300000');
    expect(macText(workedExample(), false)).toContain(' 01020000 00010344 ');
  });

  test('of a reversal the original without its institutions', () => {
    expect(macText(reversal(), true)).toMatch(/ WAL00001 WALLET000000001 02000001231123093015$/);
  });

  test('of a key change its own fields', () => {
    const push = messageOf('0800', {
      7: '1123093000',
      11: '000001',
      48: 'NK',
      53: '1600000000000000',
      70: '101',
      100: '09990001',
    });
    expect(macText(push, true)).toBe('0800 1123093000 000001 1600000000000000 101 0809990001');
  });

  test('without what is neither letter, digit, space, comma nor full stop', () => {
    const odd = messageOf('0200', { 41: 'ab-c  d.', 42: ' ', 38: '***' });
    expect(macText(odd, true)).toBe('0200 ABC D.');
  });
});

describe('a MAC', () => {
  test('of the worked examples', () => {
    const key = new MacKey('x9.19', KEY);
    expect(key.macLetters(macText(workedExample(), true))).toBe('2F829A73');
    expect(key.macLetters(macText(reversal(), true))).toBe('226F7976');
    expect(key.agrees(macText(workedExample(), true), '2F829A73')).toBe(true);
    for (const wrong of ['2F829A74', '2f829a73', '', '2F829A7', '2F829A730'])
      expect(key.agrees(macText(workedExample(), true), wrong)).toBe(false);
  });

  test('by SM4 is built on the cipher of the standard', () => {
    // GB/T 32907-2016, appendix A.1: this text under this key.
    const block = new BlockCipher('sm4', Buffer.from('0123456789abcdeffedcba9876543210', 'hex'));
    const text = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
    expect(block.encrypt(text).toString('hex')).toBe('681edf34d206965e86b3e94f536e4246');
    expect(block.decrypt(block.encrypt(text))).toEqual(text);
  });

  test.each<[MacMethod, (text: string) => Buffer]>([
    ['x9.9', (text) => cbc('des-ede3-cbc', Buffer.concat([KEY, KEY, KEY].map((key) => key.subarray(0, 8))), text, 8)],
    ['sm4', (text) => cbc('sm4-cbc', KEY, text, 16)],
  ])('by %s is the last block of CBC over the whole text, whatever came before', (method, expected) => {
    const key = new MacKey(method, KEY);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('0', 'A', ' ', '.'), minLength: 1, maxLength: 200 }), (text) => {
        expect(key.mac(text)).toEqual(expected(text).subarray(0, 4));
      }),
    );
  });

  test('by X9.19 passes the last block through both halves of the key, whatever came before', () => {
    const key = new MacKey('x9.19', KEY);
    const single = Buffer.concat([KEY, KEY, KEY].map((each) => each.subarray(0, 8)));
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('0', 'A', ' '), minLength: 1, maxLength: 100 }), (text) => {
        const last = cbc('des-ede3-cbc', single, text, 8);
        const second = Buffer.concat([KEY, KEY, KEY].map((each) => each.subarray(8)));
        const back = ecb(second, last, false);
        expect(key.mac(text)).toEqual(ecb(single, back, true).subarray(0, 4));
      }),
    );
  });

  test('of a chain that is used again is that of a new one', () => {
    const used = new ChainCipher('3des', KEY);
    for (const length of [8, 64, 8, 16]) {
      const blocks = Buffer.alloc(length, 7);
      expect(used.lastBlock(Buffer.from(blocks))).toEqual(new ChainCipher('3des', KEY).lastBlock(Buffer.from(blocks)));
    }
  });
});

describe('a PIN block', () => {
  const card = CardNumber.read('6212260200000001004');
  test('of the worked example', () => {
    if (card === null) throw new Error('not a card number');
    const block = pinBlock(new Secret('246810'), card, new BlockCipher('3des', KEY));
    expect(Buffer.from(block, 'latin1').toString('hex').toUpperCase()).toBe('65E1F3D53ABE3C10');
    const clear = new BlockCipher('3des', KEY).decrypt(Buffer.from(block, 'latin1'));
    expect(clear.toString('hex').toUpperCase()).toBe('06246A10FFFFFEFF');
  });

  test.each(['123', '1234567890123', '12a4', ''])('is not made of %j, and the error does not tell it', (pin) => {
    if (card === null) throw new Error('not a card number');
    expect(() => pinBlock(new Secret(pin), card, new BlockCipher('3des', KEY))).toThrow(
      /^assertion failed: a PIN is 4 to 12 digits$/,
    );
  });
});

test('the ciphers of banks are there', () => {
  expect(checkCiphers).not.toThrow();
});

function reversal() {
  const message = workedExample();
  const values = Object.fromEntries(message.fields().map((field) => [field, message.get(field) ?? '']));
  return messageOf('0420', {
    ...values,
    3: '400000',
    4: '000000012345',
    7: '1123093115',
    11: '000124',
    90: '020000012311230930150000102000000000010344',
  });
}

function cbc(name: string, key: Buffer, text: string, blockBytes: number): Buffer {
  const padded = Buffer.alloc(Math.ceil(text.length / blockBytes) * blockBytes);
  padded.write(text, 'latin1');
  const out = createCipheriv(name, key, Buffer.alloc(blockBytes)).setAutoPadding(false).update(padded);
  return out.subarray(-blockBytes);
}

/** Single DES, one block. */
function ecb(key: Buffer, block: Buffer, isEncrypting: boolean): Buffer {
  const cipher = new BlockCipher('3des', key.subarray(0, 16));
  return isEncrypting ? cipher.encrypt(block) : cipher.decrypt(block);
}

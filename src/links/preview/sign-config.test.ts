import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signConfig } from './sign-config.ts';

// By hand: printf '%s' 'jsapi_ticket=…&noncestr=…&timestamp=…&url=…' | openssl sha1
test.each([
  [
    'sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg',
    'http://mp.weixin.qq.com?params=value',
    'Wm3WZYTPz0wzccnW',
    1414587457,
    '0f9de62fce790f9a083d5c99e95740ceb90c27ed',
  ],
])('a signature is the one that openssl makes of the same text', (ticket, url, nonce, timestamp, signature) => {
  expect(signConfig(ticket, url, nonce, timestamp)).toBe(signature);
});

test('whatever the order and writing of its query, an address is signed as it is', () => {
  const parts = fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,6}$/), fc.webFragments()), { maxLength: 6 });
  fc.assert(
    fc.property(parts, fc.integer({ min: 1, max: 4_000_000_000 }), (pairs, timestamp) => {
      const query = pairs.map(([name, value]) => `${name}=${value.replaceAll('#', '')}`).join('&');
      const url = `https://go.example/l/abcd2345${query === '' ? '' : `?${query}`}`;
      const text = `jsapi_ticket=TICKET&noncestr=abc&timestamp=${timestamp}&url=${url}`;
      expect(signConfig('TICKET', url, 'abc', timestamp)).toBe(createHash('sha1').update(text).digest('hex'));
    }),
  );
});

test('no value can pass for two, and a fragment is never signed', () => {
  expect(() => signConfig('T&noncestr=x', 'https://go.example/', 'abc', 1)).toThrow('two');
  expect(() => signConfig('T', 'https://go.example/', 'a=b', 1)).toThrow('two');
  expect(() => signConfig('T', 'https://go.example/#a', 'abc', 1)).toThrow('fragment');
});

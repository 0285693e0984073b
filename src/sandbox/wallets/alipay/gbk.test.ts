import { expect, test } from 'vitest';
import { toGbk } from './gbk.ts';

test('a text in GBK is read back by anybody who knows GBK', () => {
  const text = '支付宝交易号,订单金额（元）：￥88.00 商家实收 龘 镕 \t\r\n';
  expect(new TextDecoder('gbk', { fatal: true }).decode(toGbk(text))).toBe(text);
});

test('the bytes are those of the standard, and a sign outside of it is a question mark', () => {
  expect(toGbk('支付宝').toString('hex')).toBe('d6a7b8b6b1a6');
  expect(toGbk('a🍵b').toString()).toBe('a?b');
});

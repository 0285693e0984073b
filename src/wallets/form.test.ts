import { describe, expect, test } from 'vitest';
import { isUtf8Form, readForm } from './form.ts';

describe('a form', () => {
  test('is decoded once: a percent sign and a plus in a subject stay what they are', () => {
    const form = readForm(Buffer.from('subject=100%25+%2B%20%E8%8C%B6&total_amount=1.00&body='));
    expect(form).toEqual({ subject: '100% + 茶', total_amount: '1.00', body: '' });
  });

  test.each(['a=1&a=2', 'a', 'a=%', 'a=%ff', '=1', 'a=1&', '__proto__=1', 'a=é', 'a b=1'])('is not %s', (text) => {
    expect(readForm(Buffer.from(text, 'latin1'))).toBeNull();
  });

  test('has no more than two hundred fields', () => {
    const text = Array.from({ length: 201 }, (_, index) => `a${index}=1`).join('&');
    expect(readForm(Buffer.from(text))).toBeNull();
  });
});

test.each<[string | undefined, boolean]>([
  ['application/x-www-form-urlencoded', true],
  ['Application/X-WWW-Form-Urlencoded; charset="UTF-8"', true],
  ['application/x-www-form-urlencoded;charset=utf8', true],
  ['application/x-www-form-urlencoded; charset=gbk', false],
  ['application/x-www-form-urlencoded; charset=utf-8; x=1', false],
  ['application/json', false],
  ['', false],
  [undefined, false],
])('the content type %s is of a form in UTF-8: %s', (contentType, is) => {
  expect(isUtf8Form(contentType)).toBe(is);
});

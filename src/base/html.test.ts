import { describe, expect, test } from 'vitest';
import { Html, html, linkUrl, rawHtml } from './html.ts';

describe('html', () => {
  test('escapes whatever could leave a text or a quoted attribute', () => {
    const evil = `"><script>alert('1')</script>&`;
    expect(html`<p title="${evil}">${evil}</p>`.toString()).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">' +
        '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>',
    );
  });

  test('puts pieces and lists in without escaping them twice', () => {
    const rows = ['a&b', '<c>'].map((row) => html`<li>${row}</li>`);
    expect(html`<ul>${rows}</ul>`.toString()).toBe('<ul><li>a&amp;b</li><li>&lt;c&gt;</li></ul>');
  });

  test('prints nothing for null, undefined and false, and prints zero', () => {
    expect(html`${null}${undefined}${false}${0}${1n}`.toString()).toBe('01');
  });

  test('escapes the texts inside nested lists', () => {
    expect(html`${[['<'], ['>', [rawHtml('<b>')]]]}`.toString()).toBe('&lt;&gt;<b>');
  });

  test('does not trust an object that only looks like a piece', () => {
    const parsed: unknown = JSON.parse('{"text":"<script>"}');
    expect(parsed instanceof Html).toBe(false);
  });
});

describe('linkUrl', () => {
  test.each([
    ['https://shop.example/orders/1?a=b', 'https://shop.example/orders/1?a=b'],
    ['http://127.0.0.1:4000/', 'http://127.0.0.1:4000/'],
    ['javascript:alert(1)', '#'],
    ['data:text/html,x', '#'],
    ['/orders/1', '#'],
    ['', '#'],
  ])('%j is linked as %j', (text, linked) => {
    expect(linkUrl(text)).toBe(linked);
  });
});

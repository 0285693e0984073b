import { expect, test } from 'vitest';
import { renderMarkdown, slugOf } from './render-markdown.ts';

const render = (text: string): string =>
  renderMarkdown(text, (link) => (link.startsWith('x') ? null : link)).toString();

test.each([
  ['# Events and webhooks (事件通知)', '<h1 id="events-and-webhooks-事件通知">Events and webhooks (事件通知)</h1>'],
  ['### GET /v1/payments', '<h3 id="get-v1payments">GET /v1/payments</h3>'],
  ['one\ntwo', '<p>one\ntwo</p>'],
  ['a `code < more` b', '<p>a <code>code &lt; more</code> b</p>'],
  ['**bold `x`**', '<p><strong>bold <code>x</code></strong></p>'],
  ['see [`a`](y.md#b)', '<p>see <a href="y.md#b"><code>a</code></a></p>'],
  ['see [a](x.ts)', '<p>see a</p>'],
  ['![a picture](p.png)', '<p><em>a picture</em></p>'],
  ['<a id="here"></a>text', '<p><a id="here"></a>text</p>'],
  ['<script>alert(1)</script>', '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>'],
  ['- one\n  goes on\n- two', '<ul><li>one\ngoes on</li>\n<li>two</li>\n</ul>'],
  ['1. one\n2. two', '<ol><li>one</li>\n<li>two</li>\n</ol>'],
  ['```ts\na < b\n# no heading\n```\nend', '<pre tabindex="0"><code>a &lt; b\n# no heading</code></pre><p>end</p>'],
  ['```\nnever closed', '<pre tabindex="0"><code>never closed</code></pre>'],
])('%j', (text, expected) => {
  expect(render(text)).toBe(expected);
});

test('a table has a head and rows', () => {
  expect(render('| A | B |\n| --- | --- |\n| `1` | 2 |')).toBe(
    '<div class="wide" tabindex="0"><table><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead><tbody>\n' +
      '<tr><td><code>1</code></td><td>2</td></tr>\n</tbody></table></div>',
  );
});

test('anchors are made as code hosts make them', () => {
  expect(slugOf("The payer's page")).toBe('the-payers-page');
  expect(slugOf('Settings of UnionPay (云闪付)')).toBe('settings-of-unionpay-云闪付');
});

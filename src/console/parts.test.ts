import { describe, expect, test } from 'vitest';
import { html } from '../base/html.ts';
import { durationText, table, withLocalTimes } from './parts.ts';

test.each([
  ['frozen until 2026-11-23T02:00:00Z', 'frozen until 2026-11-23 10:00'],
  ['frozen until 2026-11-23T16:30:00.500Z', 'frozen until 2026-11-24 00:30'],
  // A shop's reason for halting its rollout stands on the operator's first page.
  ['halted at 2026-99-99T99:99:99Z', 'halted at 2026-99-99T99:99:99Z'],
])('%s', (text, shown) => {
  expect(withLocalTimes(text)).toBe(shown);
});

describe('a table', () => {
  test('names the column in every cell, for screens on which a row is a block', () => {
    const rows = [
      html`<tr data-testid="a"><th scope="row">2026-11-23</th><td class="right">${'<td>'}</td><td>x</td></tr>`,
      html`<tr><th scope="row">2026-11-24</th><td class="right">2</td><td>y</td></tr>`,
    ];
    const shown = table('Figures', ['Day', { right: 'Opens & "taps"' }, ''], rows).toString();
    const body = shown.slice(shown.indexOf('<tbody>'));
    expect(body.match(/data-column="[^"]*"/g)).toEqual([
      'data-column="Day"',
      'data-column="Opens &amp; &quot;taps&quot;"',
      'data-column="Day"',
      'data-column="Opens &amp; &quot;taps&quot;"',
    ]);
    expect(body).toContain('&lt;td&gt;');
  });
});

test.each([
  ['zh-CN', 3_600_000, '1 小时'],
  ['zh-CN', 172_800_000, '2 天'],
  ['zh-CN', 5_400_000, '90 分钟'],
  ['en', 3_600_000, '1h'],
] as const)('in %s a time of %d ms is %s', (lang, ms, text) => {
  expect(durationText({ lang }, ms)).toBe(text);
});

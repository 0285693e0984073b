import { expect, test } from 'vitest';
import type { AttemptReport, ToldReport } from '../cashier/payment.ts';
import { renderReports } from './reports-part.ts';
import { sayIn } from './say.ts';

const told: ToldReport = {
  heardAt: '2026-11-11T02:00:00.000Z',
  source: 'notification',
  buyerMinor: 800n,
  discounts: [{ walletOfferId: 'A1', name: '<立减>', scope: 'order', minor: 200n, prefunded: false, parts: [] }],
};
const later: ToldReport = { heardAt: null, source: null, buyerMinor: -20n, discounts: [] };
const reported: AttemptReport = { ...told, told: [told, later], counts: 0 };
const shownIn = (lang: 'zh-CN' | 'en', of: AttemptReport | null): string =>
  renderReports({ lang, say: sayIn(lang) }, 'CNY', of, []).toString();

test('everything that a wallet told stands there as it came, with what counts of it', () => {
  const shown = shownIn('en', reported);
  expect(shown).toContain('2026-11-11 10:00');
  expect(shown).toMatch(/a notification .*counts.*&lt;立减&gt; ¥2\.00, the buyer ¥8\.00/s);
  expect(shown).toMatch(/time not kept · not kept how .*does not count.*the buyer ¥-0\.20/s);
  expect(shownIn('zh-CN', reported)).toMatch(/通知 .*以此为准.*不作数/s);
});

test('a payment of which nothing was told has none of it', () => {
  expect(shownIn('en', null)).toBe('');
});

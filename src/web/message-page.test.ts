import { expect, test } from 'vitest';
import { renderMessage } from './message-page.ts';

test('a message for people says what happened, where to go and what to quote', () => {
  const page = renderMessage({
    lang: 'en',
    kind: 'not_available',
    next: { href: '/c/pay_1/tok', label: 'back_to_cashier' },
    requestId: 'req_<1>',
  });
  expect(page).toContain('This wallet is not available');
  expect(page).toContain('href="/c/pay_1/tok"');
  expect(page).toContain('req_&lt;1&gt;');
});

import { expect, test } from 'vitest';
import { type CodePage, renderCodePage } from './code-page.ts';

const page: CodePage = {
  lang: 'en',
  path: '/q/qr_1',
  actionUrl: '/q/qr_1?lang=en',
  livemode: true,
  place: { isPhone: true, isBrowser: true, app: null, standsInFor: null },
  merchantName: '胡同小铺',
  label: '3 号桌',
  currencySign: '¥',
  fixedAmount: null,
  typed: { amount: '', note: '' },
  amountFault: null,
  noteFault: null,
  noteCharsMax: 40,
  nonce: '0'.repeat(32),
  wallets: [{ name: 'alipay', label: { 'zh-CN': '支付宝', en: 'Alipay' } }],
};

test('escapes everything that a merchant or a buyer may write', () => {
  const evil = `"><img src=x onerror=alert(1)>'`;
  const text = renderCodePage({
    ...page,
    merchantName: evil,
    label: evil,
    typed: { amount: evil, note: evil },
    fixedAmount: null,
    wallets: [{ name: evil, label: { 'zh-CN': evil, en: evil } }],
  });
  expect(text).not.toContain('<img');
});

test('has no script, style or handler inside the page', () => {
  expect(renderCodePage(page)).not.toMatch(/<script(?![^>]* src=)|<style|\son[a-z]+=|\sstyle=/);
});

test('asks for an amount by the number pad, unless the code has one', () => {
  expect(renderCodePage(page)).toContain('inputmode="decimal"');
  const fixed = renderCodePage({ ...page, fixedAmount: '¥8.80' });
  expect(fixed).not.toContain('name="amount"');
  expect(fixed).toContain('Pay ¥8.80');
});

test('says what is wrong where it is wrong, also to a screen reader', () => {
  const text = renderCodePage({ ...page, amountFault: 'Type an amount.' });
  expect(text).toMatch(/id="amount"[^>]*aria-invalid="true" aria-errormessage="amount-fault"/);
  expect(text).toContain('id="amount-fault" role="alert"');
});

test('says that it is a sandbox exactly when it is one', () => {
  expect(renderCodePage(page)).not.toContain('data-testid="sandbox"');
  expect(renderCodePage({ ...page, livemode: false })).toContain('data-testid="sandbox"');
});

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { cashierViews } from '../../test/browser/cashier-views.ts';
import { assets, fontStylesheetPath } from './assets.ts';
import { renderCashier } from './cashier-page.ts';
import type { CashierView } from './cashier-view.ts';

const PAGE_BYTES_MAX = 15_000;

describe('the cashier page', () => {
  test('escapes everything that a merchant or a wallet may write', () => {
    const evil = `"><img src=x onerror=alert(1)>'`;
    const page = renderCashier({
      ...viewNamed('failed'),
      merchantName: evil,
      orderNo: evil,
      subject: evil,
      amount: { currency: 'CNY', text: evil },
      attempt: {
        id: evil,
        wallet: evil,
        label: { 'zh-CN': evil, en: evil },
        app: { 'zh-CN': evil, en: evil },
        outcome: 'failed',
        failureText: evil,
        action: null,
      },
    });
    expect(page).not.toContain('<img');
    expect(page).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&#39;');
  });

  test('never links to a return address that is not http or https', () => {
    const page = renderCashier({ ...viewNamed('succeeded'), returnUrl: 'javascript:alert(1)' });
    expect(page).not.toContain('javascript:');
  });

  test.each(Object.keys(cashierViews))('%s has no script, style or handler inside the page', (name) => {
    const page = renderCashier(viewNamed(name));
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\son[a-z]+=|\sstyle=/);
  });

  test('says that it is a sandbox exactly when it is one', () => {
    expect(renderCashier(viewNamed('choose'))).toContain('沙盒环境');
    expect(renderCashier({ ...viewNamed('choose'), livemode: true })).not.toContain('沙盒');
  });

  test('lists the wallets of the view and no others', () => {
    const page = renderCashier(viewNamed('choose'));
    expect([...page.matchAll(/name="wallet" value="([^"]+)"/g)].map(([, name]) => name)).toEqual(['unionpay']);
  });

  test('with the font aside, the page and all of its files are under 15 kB gzipped', () => {
    for (const view of Object.values(cashierViews)) {
      const page = renderCashier(view);
      const files = [...assets.values()].filter(({ path }) => path !== fontStylesheetPath && page.includes(path));
      expect(files.length).toBeGreaterThanOrEqual(2); // its style and a script
      const fileBytes = files.reduce((sum, asset) => sum + (asset.gzip?.length ?? 0), 0);
      expect(fileBytes + gzipSync(page).length).toBeLessThan(PAGE_BYTES_MAX);
    }
  });
});

function viewNamed(name: string): CashierView {
  const view = cashierViews[name];
  if (view === undefined) throw new Error(`no view ${name}`);
  return view;
}

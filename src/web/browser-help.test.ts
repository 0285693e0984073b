import { describe, expect, test } from 'vitest';
import { cashierViews } from '../../test/browser/cashier-views.ts';
import { choice } from '../../test/browser/view-parts.ts';
import { renderBrowserHelp, type WayOut } from './browser-help.ts';

const URL_TO_COPY = 'https://pay.example.com/c/pay_1/tok?wallet=alipay';

function help(way: WayOut, lang: 'zh-CN' | 'en' = 'zh-CN'): string {
  const view = cashierViews['choose-in-wechat'];
  if (view === undefined) throw new Error('no view');
  return renderBrowserHelp({ ...view, lang }, choice('alipay'), way, URL_TO_COPY);
}

describe('the way out of an app', () => {
  test.each<[string, WayOut, string]>([
    ['the dots', { kind: 'open_in_browser', menu: 'dots_top_right' }, '点右上角的 ⋯'],
    ['the share button', { kind: 'open_in_browser', menu: 'share_top_right' }, '点右上角的分享按钮'],
    ['no menu', { kind: 'copy_link', openIn: 'browser' }, '打开手机自带的浏览器'],
    ['the wallet alone', { kind: 'copy_link', openIn: 'wallet' }, '请在支付宝里打开付款'],
  ])('by %s: says how, and always ends somewhere', (_, way, line) => {
    const page = help(way);
    expect(page).toContain(line);
    expect(page).toContain(`value="${URL_TO_COPY}" readonly`);
    expect(page).toContain('role="img" aria-label="打开这笔付款的二维码"');
    expect(page).toContain('data-testid="back"');
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\son[a-z]+=|\sstyle=/);
  });

  test('names the app that stops the wallet', () => {
    expect(help({ kind: 'open_in_browser', menu: 'dots_top_right' }, 'en')).toContain(
      'Alipay does not open inside WeChat.',
    );
  });
});

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CashierView, PageAction } from '../../src/web/cashier-view.ts';
import { openBrowser, PHONE, type TestBrowser } from './browser.ts';
import type { PageServer } from './page-server.ts';
import { viewNamed, visitCashier } from './visit-cashier.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await openBrowser();
}, 120_000);
afterAll(() => browser.close());

function viewWith(name: string, action?: PageAction): CashierView {
  const view = viewNamed(name);
  if (view.attempt === null) throw new Error(`no attempt in ${name}`);
  return action === undefined ? view : { ...view, attempt: { ...view.attempt, action } };
}

/** `at`: the view where it names addresses of its own server. */
function visit(
  view: CashierView,
  steps: (page: Page, server: PageServer) => Promise<void>,
  options: { script?: string; javaScript?: boolean; at?: (url: string) => CashierView } = {},
): Promise<void> {
  const { script, javaScript = true, at } = options;
  const before = async (page: Page, server: PageServer): Promise<void> => {
    if (at !== undefined) server.view = at(server.url);
    if (script !== undefined) await page.addInitScript(script);
  };
  return visitCashier(browser, { view, viewport: { ...PHONE, javaScript }, before }, steps);
}

/** What WeChat puts into its pages, a moment after they have loaded; it answers with what the test says. */
function weixinBridge(answer: string): string {
  return `window.called = []; setTimeout(() => {
    window.WeixinJSBridge = { invoke: (name, fields, done) => {
      window.called.push([name, fields]);
      if (${JSON.stringify(answer)} !== '') setTimeout(() => done({ err_msg: 'get_brand_wcpay_request:${answer}' }), 20);
    } };
    document.dispatchEvent(new Event('WeixinJSBridgeReady'));
  }, 100);`;
}

function alipayBridge(code: string): string {
  return `window.called = []; window.AlipayJSBridge = { call: (name, fields, done) => {
    window.called.push([name, fields]);
    setTimeout(() => done({ resultCode: '${code}' }), 20);
  } };`;
}

const ALIPAY_BRIDGE: PageAction = {
  type: 'jsapi',
  bridge: 'AlipayJSBridge',
  fields: { tradeNO: '2026112322001400000000000001' },
  testPageUrl: null,
};

async function called(page: Page): Promise<unknown> {
  return await page.evaluate('window.called');
}

async function waitForCalls(page: Page, count: number): Promise<void> {
  await expect.poll(async () => await called(page)).toHaveLength(count);
}

describe('the bridge of a wallet’s own browser', () => {
  test('WeChat’s is called once it is ready, with every field as it came', async () => {
    const view = viewWith('bridge');
    await visit(
      view,
      async (page) => {
        await waitForCalls(page, 1);
        const fields = view.attempt?.action?.type === 'jsapi' ? view.attempt.action.fields : null;
        expect(await called(page)).toEqual([['getBrandWCPayRequest', fields]]);
        await page.getByTestId('call-bridge').click();
        await waitForCalls(page, 2);
      },
      { script: weixinBridge('') },
    );
  });

  test.each([
    ['WeChat', viewWith('bridge'), weixinBridge('ok')],
    ['Alipay', viewWith('bridge', ALIPAY_BRIDGE), alipayBridge('9000')],
    ['Alipay, still busy', viewWith('bridge', ALIPAY_BRIDGE), alipayBridge('8000')],
  ])('%s says that it is paid: the server is asked, and only its word is shown', async (_, view, script) => {
    await visit(
      view,
      async (page, server) => {
        await page.waitForURL(/said=came_back/);
        expect(server.returns).toBe(1);
        await page.getByTestId('waiting').waitFor();
        expect(await page.getByTestId('result').count()).toBe(0);
      },
      { script },
    );
  });

  test.each([
    ['WeChat', viewWith('bridge'), weixinBridge('cancel'), '支付已取消'],
    ['Alipay', viewWith('bridge', ALIPAY_BRIDGE), alipayBridge('6001'), '支付已取消'],
    ['WeChat', viewWith('bridge'), weixinBridge('fail'), '没有打开支付窗口'],
    ['Alipay', viewWith('bridge', ALIPAY_BRIDGE), alipayBridge('4000'), '没有打开支付窗口'],
  ])('%s says that nothing came of it: the buyer is told and may try again', async (_, view, script, line) => {
    await visit(
      view,
      async (page, server) => {
        await page.getByText(line).waitFor();
        await page.getByTestId('call-bridge').click();
        await waitForCalls(page, 2);
        await page.getByText(line).waitFor();
        expect(server.returns).toBe(0);
      },
      { script },
    );
  });

  test('a reload does not open the payment window again by itself', async () => {
    await visit(
      viewWith('bridge'),
      async (page) => {
        await waitForCalls(page, 1);
        await page.reload();
        await expect.poll(() => page.evaluate('"WeixinJSBridge" in window')).toBe(true);
        expect(await called(page)).toEqual([]);
      },
      { script: weixinBridge('') },
    );
  });

  test('without a bridge the buyer is told where to open the page, and the other wallets are there', async () => {
    await visit(viewWith('bridge'), async (page) => {
      await page.getByText('请在微信里打开这个页面').waitFor();
      await page.getByTestId('other-wallet').locator('summary').click();
      await page.getByTestId('pay').waitFor();
    });
  });

  test('with a simulator it goes there instead, by a link without script', async () => {
    const at = (url: string): CashierView => {
      const action = { type: 'jsapi', bridge: 'WeixinJSBridge', fields: {}, testPageUrl: `${url}/wallet` } as const;
      return viewWith('bridge', action);
    };
    for (const javaScript of [true, false]) {
      const steps = async (page: Page): Promise<void> => {
        if (!javaScript) await page.getByTestId('test-page').click();
        await page.getByTestId('arrived').waitFor();
      };
      await visit(viewWith('requires-action'), steps, { javaScript, at });
    }
  });

  test('a page that is renewed while it is open calls the bridge of the new try', async () => {
    await visit(
      viewWith('requires-action'),
      async (page, server) => {
        server.view = viewWith('bridge');
        await waitForCalls(page, 1);
      },
      { script: weixinBridge('') },
    );
  });
});

describe('opening an app', () => {
  const opening = (url: string): CashierView =>
    viewWith('open-app', { type: 'open_app', appUrl: 'hutong-test://pay?id=1', fallbackUrl: `${url}/wallet` });

  test.each([
    ['by itself', true],
    ['by its link', false],
  ])('a phone without the app ends at the wallet’s page, %s', async (_, javaScript) => {
    await visit(
      viewWith('open-app'),
      async (page) => {
        if (!javaScript) {
          expect(await page.getByTestId('app-link').getAttribute('href')).toBe('hutong-test://pay?id=1');
          await page.getByTestId('app-fallback').click();
        }
        await page.getByTestId('arrived').waitFor();
      },
      { javaScript, at: opening },
    );
  });

  test('inside another app, which lets no links into apps through, the page comes first', async () => {
    const at = (url: string): CashierView => {
      const view = opening(url);
      return { ...view, place: { ...view.place, isBrowser: false } };
    };
    await visit(viewWith('open-app'), (page) => page.getByTestId('arrived').waitFor(), { at });
  });

  test('the second time nothing opens by itself', async () => {
    const steps = async (page: Page, server: PageServer): Promise<void> => {
      await page.getByTestId('arrived').waitFor();
      await page.goBack();
      await page.getByTestId('app-link').waitFor();
      await page.waitForTimeout(3500);
      expect(page.url()).toContain(server.pageUrl);
    };
    await visit(viewWith('open-app'), steps, { at: opening });
  });

  test.each(['javascript:alert(1)', ' javascript:alert(1)', 'JaVaScRiPt://%0aalert(1)', 'data:text/html,x', 'nothing'])(
    'an app link that is %s leads nowhere',
    async (appUrl) => {
      const action = { type: 'open_app', appUrl, fallbackUrl: 'javascript:alert(1)' } as const;
      await visit(
        viewWith('open-app', action),
        async (page) => {
          expect(await page.getByTestId('app-link').getAttribute('href')).toBe('#');
          expect(await page.getByTestId('app-fallback').getAttribute('href')).toBe('#');
        },
        { javaScript: false },
      );
    },
  );
});

test('a code is a picture that says which app scans it, and the page turns when it is paid', async () => {
  await visit(viewWith('scan'), async (page, server) => {
    const picture = page.locator('[data-testid=scan] img');
    const width = () => page.evaluate('document.querySelector("[data-testid=scan] img").naturalWidth');
    await expect.poll(width).toBeGreaterThan(100);
    expect(await picture.getAttribute('alt')).toBe('用微信扫描的付款二维码');
    server.view = viewNamed('succeeded');
    await page.getByTestId('result').waitFor();
  });
});

test('the form of a wallet’s own browser sends itself, once', async () => {
  await visit({ ...viewNamed('choose-in-wechat'), startsNow: true }, async (page, server) => {
    await page.getByTestId('arrived').waitFor();
    expect(server.posted[0]?.[1]).toBe('wallet=wechatpay');
    await page.goBack();
    await page.getByTestId('pay').waitFor();
    await page.waitForTimeout(500);
    expect(server.posted.filter(([path]) => path.endsWith('/attempts'))).toHaveLength(1);
  });
});

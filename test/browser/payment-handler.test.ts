import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../server.ts';
import { DESKTOP, openBrowser, type TestBrowser } from './browser.ts';
import { standInDir, startWalletStandIn, type WalletStandIn } from './wallet-api-stand-in.ts';
import { at, makeWorld, settleIn, yuan } from './wallet-stand-in-world.ts';

/*
 * A shop's page calls the wallet by PaymentRequest. Browsers without the Payment Handler API (the small Chromium that npm brings) cannot: there the test
 * says that it did not run. What the worker does is tested without a browser in src/app/client/worker/.
 */

const TOKEN = 'tok_0123456789abcdef';
let browser: TestBrowser;
let wallet: WalletStandIn;
let shop: Server;

beforeAll(async () => {
  browser = await openBrowser();
  wallet = await startWalletStandIn(standInDir);
  shop = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(SHOP_PAGE),
  );
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await browser?.close();
  await wallet?.stop();
  shop?.close();
});

/** A buy button that pays by whatever wallet the address names. */
const SHOP_PAGE = `<!doctype html><title>shop</title><button>买</button><output></output><script>
  const query = new URLSearchParams(location.search);
  document.querySelector('button').onclick = async () => {
    const out = document.querySelector('output');
    try {
      const method = { supportedMethods: query.get('wallet') + '/payment-method', data: { order: query.get('order') } };
      const total = { label: '合计', amount: { currency: 'CNY', value: '128.00' } };
      const response = await new PaymentRequest([method], { total }).show();
      await response.complete('success');
      out.textContent = JSON.stringify(response.details);
    } catch (error) {
      out.textContent = String(error);
    }
  };
</script>`;

test('a shop’s page opens the order in the wallet by PaymentRequest and hears that it was paid', async (context) => {
  wallet.world = makeWorld();
  settleIn(wallet.world);
  wallet.world.orders.set(TOKEN, {
    token: TOKEN,
    shop_name: '老北京布鞋店',
    subject: '千层底布鞋',
    amount: yuan(12_800n),
    state: 'open',
    is_paying: false,
    failure: null,
    expires_at: at(15),
    return_url: `${wallet.url}/shop`,
  });
  await browser.withPage(DESKTOP, async (page) => {
    await page.goto(wallet.url);
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    const { port } = shop.address() as AddressInfo; // it listens on a port
    const query = new URLSearchParams({ wallet: wallet.url, order: `${wallet.url}/pay/${TOKEN}` });
    await page.goto(`http://localhost:${port}/?${query.toString()}`);
    if (!(await canPay(page))) {
      process.stderr.write('payment-handler.test.ts: NOT RUN, this Chromium has no Payment Handler API\n');
      context.skip('this Chromium has no Payment Handler API');
    }
    await page.getByRole('button', { name: '买' }).click();
    // The window of a payment handler belongs to the browser, not to the test's own pages.
    const window = await openHandlerWindow(page, `${wallet.url}/pay/${TOKEN}`);
    await eventually('the pay button', () =>
      window.evaluate("document.querySelector('[data-testid=pay]:enabled') !== null"),
    );
    await window.evaluate("document.querySelector('[data-testid=pay]').click()");
    await page.getByText('"state":"paid"').waitFor();
    expect(JSON.parse((await page.locator('output').textContent()) ?? '{}')).toEqual({ order: TOKEN, state: 'paid' });
    expect(wallet.calls.filter(({ route }) => route === 'POST /api/orders/:token/pay')).toHaveLength(1);
  });
});

/** Whether the browser finds the wallet by its method's address, reads its manifests and would install it. */
function canPay(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(
    "new PaymentRequest([{ supportedMethods: new URLSearchParams(location.search).get('wallet') + '/payment-method' }]," +
      " { total: { label: 'x', amount: { currency: 'CNY', value: '1.00' } } }).canMakePayment().catch(() => false)",
  );
}

async function openHandlerWindow(page: Page, url: string): Promise<{ evaluate(expression: string): Promise<boolean> }> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  if (session === undefined) throw new Error('the browser was launched by us');
  const target = await eventually('the window', async () => {
    const { targetInfos } = await session.send('Target.getTargets');
    return targetInfos.find((info) => info.url.startsWith(url));
  });
  const { sessionId } = await session.send('Target.attachToTarget', { targetId: target.targetId, flatten: false });
  let count = 0;
  return {
    evaluate(expression) {
      const id = (count += 1);
      return new Promise((resolve) => {
        const hear = ({ message }: { message: string }): void => {
          const reply: { id?: number; result?: { result?: { value?: unknown } } } = JSON.parse(message);
          if (reply.id !== id) return;
          session.off('Target.receivedMessageFromTarget', hear);
          resolve(reply.result?.result?.value === true);
        };
        session.on('Target.receivedMessageFromTarget', hear);
        const message = JSON.stringify({ id, method: 'Runtime.evaluate', params: { expression, userGesture: true } });
        void session.send('Target.sendMessageToTarget', { sessionId, message });
      });
    },
  };
}

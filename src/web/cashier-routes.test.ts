import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWalletWorld, type WalletWorld } from '../../test/browser/wallet-world.ts';
import { callApi } from '../../test/server.ts';
import { createApiKey } from '../cashier/api-keys.ts';
import { createMerchant } from '../cashier/create-merchant.ts';
import { SCOPES } from '../cashier/merchant.ts';
import { BOOK } from '../hutong.ts';
import { chosenOn, follow, leavesFor, openBrowser, walletsOn } from './test-browse.ts';

let world: WalletWorld;
beforeAll(async () => {
  world = await startWalletWorld();
});
afterAll(() => world.close());

describe('opened in a wallet’s own browser', () => {
  test.each([
    ['wechat', '/connect/oauth2/authorize'],
    ['alipay', '/oauth2/publicAppAuthorize.htm'],
    ['unionpay', '/userAuth'],
    ['bank', '/userAuth'],
    ['meituan', '/authorize'],
  ])('%s goes at once to ask who pays', async (place, asking) => {
    const { url } = await world.newCashier();
    const page = await openBrowser(place)(url);
    expect(page.status).toBe(200);
    expect(leavesFor(page.body)).toContain(asking);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  test('jd needs no payer: the page sends its form by itself, once', async () => {
    const { url } = await world.newCashier();
    const browse = openBrowser('jd');
    const first = await browse(url);
    expect(chosenOn(first.body)).toBe('jdpay');
    expect(first.body).toContain('data-start-now');
    expect((await browse(url)).body).not.toContain('data-start-now');
  });

  test('a browser is sent away by itself once per payment, then it sees the wallets, its own on top', async () => {
    const { url } = await world.newCashier();
    const browse = openBrowser('wechat');
    expect(leavesFor((await browse(url)).body)).not.toBeNull();
    const again = await browse(url);
    expect(again.status).toBe(200);
    expect(chosenOn(again.body)).toBe('wechatpay');
    expect(again.body).toContain('当前应用');
    const other = await world.newCashier();
    expect(leavesFor((await browse(other.url)).body)).not.toBeNull();
  });

  test.each([
    ['a page fetched ahead', { 'sec-purpose': 'prefetch;prerender' }],
    ['a page that its own script looks at', { 'sec-fetch-dest': 'empty' }],
  ])('%s starts nothing', async (_, headers: Record<string, string>) => {
    const { url } = await world.newCashier();
    expect(leavesFor((await openBrowser('wechat')(url, { headers })).body)).toBeNull();
  });

  test('an address that asks for another wallet shows the wallets, that one first', async () => {
    const { url } = await world.newCashier();
    const page = await openBrowser('wechat')(`${url}?wallet=unionpay`);
    expect(page.status).toBe(200);
    expect(chosenOn(page.body)).toBe('unionpay');
  });

  test('the payer is read, the payment is started in that wallet, and the page hands over to its bridge', async () => {
    const { id, url } = await world.newCashier();
    const page = await follow(openBrowser('wechat'), url);
    expect(page.at).toContain(new URL(url).pathname);
    expect(page.body).toContain('data-bridge="WeixinJSBridge"');
    const [attempt] = (await world.server.call('GET', `/v1/payments/${id}`)).json.attempts;
    expect(attempt).toMatchObject({ wallet: 'wechatpay', scene: 'jsapi', outcome: 'pending' });
  });

  test.each([
    ['nothing brought along', ''],
    ['a code that was never given', 'code=forged'],
    ['the word of another browser', 'code=forged&state=0123456789abcdef'],
  ])('coming back with %s shows the wallets and says why, and nothing goes round in circles', async (_, query) => {
    const { url } = await world.newCashier();
    const browse = openBrowser('wechat');
    await browse(url);
    const page = await follow(browse, `${url}/payer/wechatpay?${query}`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('没有得到钱包的授权');
    expect(chosenOn(page.body)).toBe('wechatpay');
  });

  test('a browser without cookies is not sent round in circles either', async () => {
    const { url } = await world.newCashier();
    const asked = await openBrowser('wechat')(url);
    const back = await openBrowser('wechat')(leavesFor(asked.body) ?? '');
    const page = await follow(openBrowser('wechat'), back.to ?? '');
    expect(page.body).toContain('没有得到钱包的授权');
  });

  test('where the wallet pays on a page of its own, the cashier leads on to it and stays behind it', async () => {
    const { url } = await world.newCashier();
    const page = await follow(openBrowser('unionpay'), url);
    expect(new URL(page.at).searchParams.get('go')).toBe('1');
    expect(page.body).toMatch(/<a class="button" href="http:[^"]+" referrerpolicy="strict-origin" data-go="att_/);
  });

  test('a wallet that is not of this place is not paid with a payer', async () => {
    const { url } = await world.newCashier();
    expect((await openBrowser('wechat')(`${url}/payer/alipay?auth_code=1`)).status).toBe(409);
    expect((await openBrowser('wechat')(`${url}/payer/nothing`)).status).toBe(409);
  });

  test('a phone takes over from the code that a desktop shows', async () => {
    const { url } = await world.newCashier();
    const desktop = await openBrowser('desktop')(`${url}/attempts`, { form: { wallet: 'wechatpay' } });
    expect(desktop.status).toBe(303);
    expect(leavesFor((await openBrowser('alipay')(url)).body)).not.toBeNull();
  });

  test('a payment that a wallet is at work on in another hand is not started a second time by itself', async () => {
    const { url } = await world.newCashier();
    await openBrowser('phone')(`${url}/attempts`, { form: { wallet: 'alipay' } });
    expect(leavesFor((await openBrowser('wechat')(url)).body)).toBeNull();
  });
});

describe('where the buyer is', () => {
  test.each([
    ['phone', 'wechatpay alipay unionpay jdpay meituanpay'],
    ['desktop', 'wechatpay alipay unionpay jdpay meituanpay'],
    ['taobao', 'alipay unionpay jdpay meituanpay wechatpay'],
  ])('%s shows every wallet, what opens with a tap first', async (place, wallets) => {
    const { url } = await world.newCashier();
    const page = await openBrowser(place)(url);
    expect(walletsOn(page.body).join(' ')).toBe(wallets);
  });

  test('only a desktop shows the one code for all wallets', async () => {
    const { url } = await world.newCashier();
    expect((await openBrowser('desktop')(url)).body).toContain('用任意钱包扫一扫');
    expect((await openBrowser('phone')(url)).body).not.toContain('用任意钱包扫一扫');
  });

  test('the wallet used last comes first', async () => {
    const first = await world.newCashier();
    const browse = openBrowser('phone');
    await browse(`${first.url}/attempts`, { form: { wallet: 'jdpay' } });
    const page = await browse((await world.newCashier()).url);
    expect(walletsOn(page.body)[0]).toBe('jdpay');
    expect(page.body).toContain('上次使用');
  });

  test('the state that the script asks for is of the same place as the page', async () => {
    const { url } = await world.newCashier();
    for (const query of ['', '?as=taobao', '?wallet=jdpay']) {
      const page = await openBrowser('phone')(url + query);
      const stateUrl = /data-state-url="([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
      const state = await openBrowser('phone')(new URL(stateUrl, url).href);
      expect(page.body).toContain(`data-version="${JSON.parse(state.body).version}"`);
    }
  });
});

describe('the way to the wallet', () => {
  test('a redirect is a page of ours that tells the wallet our host and nothing more', async () => {
    const { url } = await world.newCashier();
    const page = await openBrowser('phone')(`${url}/attempts`, { form: { wallet: 'wechatpay' } });
    expect(page.status).toBe(200);
    expect(page.headers.get('referrer-policy')).toBe('strict-origin');
    expect(page.body).toMatch(/<a class="button" href="http:[^"]+" data-leave/);
    expect(page.body).toMatch(/<noscript><meta http-equiv="refresh" content="1;url=http:/);
  });

  test('on a desktop a wallet without a page for it shows its code, as a picture that only this link opens', async () => {
    const { url } = await world.newCashier();
    const browse = openBrowser('desktop');
    const sent = await browse(`${url}/attempts`, { form: { wallet: 'wechatpay' } });
    const page = await browse(new URL(sent.to ?? '', url).href);
    expect(page.body).toContain('请用微信扫一扫');
    const picture = /<img class="qr" src="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const png = await browse(new URL(picture, url).href);
    expect(png.headers.get('content-type')).toBe('image/png');
    expect((await browse(new URL(picture, url).href.replace('/att_', '/att_0'))).status).toBe(404);
    const other = await world.newCashier();
    expect(
      (await browse(new URL(picture, url).href.replace(new URL(url).pathname, new URL(other.url).pathname))).status,
    ).toBe(404);
  });

  test('while a wallet is open on a phone, its code for another phone can be had instead', async () => {
    const { url } = await world.newCashier();
    const browse = openBrowser('phone');
    await browse(`${url}/attempts`, { form: { wallet: 'wechatpay' } });
    const waiting = await browse(url);
    expect(waiting.body).toContain('data-testid="continue-wallet"');
    expect(waiting.body).toContain('name="way" value="show_qr"');
    const sent = await browse(`${url}/attempts`, { form: { wallet: 'wechatpay', way: 'show_qr' } });
    expect((await browse(new URL(sent.to ?? '', url).href)).body).toContain('data-testid="scan"');
  });

  test('what one browser is to do is not shown in another place', async () => {
    const { url } = await world.newCashier();
    await follow(openBrowser('wechat'), url);
    const elsewhere = await openBrowser('desktop')(url);
    expect(elsewhere.body).not.toContain('data-bridge');
    expect(elsewhere.body).toContain('请在微信支付中完成支付');
  });

  test('a wallet that this app does not let through leads to the way out, and back', async () => {
    const { url } = await world.newCashier();
    const browse = openBrowser('wechat');
    const sent = await browse(`${url}/attempts`, { form: { wallet: 'alipay' } });
    expect(sent.to).toContain('/elsewhere?');
    const help = await browse(new URL(sent.to ?? '', url).href);
    expect(help.body).toContain('点右上角的 ⋯');
    expect(help.body).toContain(`value="${url}?wallet=alipay"`);
    const back = /href="([^"]+)" data-testid="back"/.exec(help.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(chosenOn((await browse(new URL(back, url).href)).body)).toBe('wechatpay');
    expect((await world.server.call('GET', url.replace(/.*(pay_[^/]+).*/, '/v1/payments/$1'))).json.attempts).toEqual(
      [],
    );
  });

  test('opened by the app’s menu in a browser, the way out leads on to the cashier with that wallet chosen', async () => {
    const { url } = await world.newCashier();
    const page = await follow(openBrowser('phone'), `${url}/elsewhere?wallet=alipay`);
    expect(new URL(page.at).pathname).toBe(new URL(url).pathname);
    expect(chosenOn(page.body)).toBe('alipay');
    expect((await follow(openBrowser('phone'), `${url}/elsewhere?wallet=nothing`)).status).toBe(200);
  });

  test.each([
    ['a wallet that the shop does not take', { wallet: 'open' }, 409],
    ['no wallet', {}, 400],
    ['a made-up wallet', { wallet: '../x' }, 409],
  ])('%s is refused in words', async (_, form: Record<string, string>, status) => {
    const { url } = await world.newCashier();
    const page = await openBrowser('phone')(`${url}/attempts`, { form });
    expect(page.status).toBe(status);
    expect(page.body).toContain('data-testid="message"');
    expect(page.body).toContain('stay=1');
  });

  test('"I have paid" asks the wallet and shows its answer at once, although nobody has told us', async () => {
    const { url } = await world.newCashier();
    const browse = openBrowser('desktop');
    await browse(`${url}/attempts`, { form: { wallet: 'wechatpay' } });
    const orderNo = world.wechatpay.orders().at(-1)?.order_no ?? '';
    world.wechatpay.setFault({ operation: 'notify', kind: 'silent', orderNo });
    world.wechatpay.pay(orderNo);
    expect((await browse(url)).body).toContain('data-state="succeeded"');
    world.wechatpay.clearFaults();
  });

  test('a buyer who comes back without having paid is told so, with the other wallets open', async () => {
    const { url } = await world.newCashier();
    const browse = openBrowser('phone');
    await browse(`${url}/attempts`, { form: { wallet: 'unionpay' } });
    const page = await follow(browse, `${url}/return`);
    expect(page.body).toContain('data-testid="came-back"');
    expect(page.body).toContain('<details class="other" data-testid="other-wallet" open>');
  });
});

describe('standing in for a place', () => {
  test('stays with the payment until it is ended, and starts anew when it is named', async () => {
    const { url } = await world.newCashier();
    const browse = openBrowser('desktop');
    expect(leavesFor((await browse(`${url}?as=wechat`)).body)).not.toBeNull();
    expect((await browse(url)).body).toContain('正在模拟：微信');
    expect(leavesFor((await browse(`${url}?as=alipay`)).body)).not.toBeNull();
    expect((await browse(`${url}?as=none`)).body).toContain('用任意钱包扫一扫');
    expect((await browse(url)).body).toContain('换个地方打开试试');
  });

  test('is for pretend money only', async () => {
    const { deps } = world.server.cashier;
    const merchant = await createMerchant(deps, { book: BOOK, name: '真的店', livemode: true });
    const key = await createApiKey(deps, { merchantId: merchant.id, label: 'live', scopes: SCOPES, expiresAt: null });
    const made = await callApi(world.server.url, key.token.reveal(), 'POST', '/v1/payments', {
      order_no: 'L1',
      amount: { currency: 'CNY', minor: '1' },
      subject: '茶',
      return_url: 'https://shop.example.com/',
    });
    const page = await openBrowser('desktop')(`${made.json.cashier_url}?as=wechat`);
    expect(leavesFor(page.body)).toBeNull();
    expect(page.headers.getSetCookie()).toEqual([]);
    expect(page.body).not.toContain('模拟');
  });

  test('an unheard-of place is this place', async () => {
    const { url } = await world.newCashier();
    expect((await openBrowser('desktop')(`${url}?as=constructor`)).body).toContain('用任意钱包扫一扫');
  });
});

test('every page of the cashier has the strict headers', async () => {
  const { url } = await world.newCashier();
  const browse = openBrowser('wechat');
  for (const page of [
    await browse(`${url}?stay=1`),
    await browse(`${url}/elsewhere?wallet=alipay`),
    await openBrowser('phone')(`${url}/attempts`, { form: { wallet: 'alipay' } }),
  ]) {
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).not.toContain('unsafe');
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.headers.get('cache-control')).toBe('no-store');
  }
});

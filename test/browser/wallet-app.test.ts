import { gzipSync } from 'node:zlib';
import QRCode from 'qrcode';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  axeViolations,
  DESKTOP,
  openBrowser,
  PHONE,
  sidewaysScroll,
  SMALL_PHONE,
  type TestBrowser,
  watchRequests,
} from './browser.ts';
import { standInDir, startWalletStandIn, type WalletStandIn } from './wallet-api-stand-in.ts';
import { at, makeWorld, settleIn, yuan } from './wallet-stand-in-world.ts';
import { addAuthenticator, bindCard, heard, listen, setPin, signIn, typeAmount, typePin } from './wallet-steps.ts';

/** Script that is loaded before anything is seen, compressed. */
const SCRIPT_BYTES_MAX = 60_000;
const TOKEN = 'tok_0123456789abcdef';
const HOLDER = { name: '李小云', idNumber: '110101199003070000', phone: '13800005678' };
const readCode = (): Promise<string> => Promise.resolve('123456');

let browser: TestBrowser;
let server: WalletStandIn;

beforeAll(async () => {
  browser = await openBrowser();
  server = await startWalletStandIn(standInDir);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(() => {
  server.world = makeWorld();
  server.calls.length = 0;
  server.broken.clear();
});

/** Runs `visit` as somebody who is signed in and has cards, on the page at `path`. */
async function asHolder(path: string, visit: (page: Page) => Promise<void>, viewport = PHONE): Promise<void> {
  settleIn(server.world);
  await browser.withPage(viewport, async (page) => {
    await page.emulateMedia({ reducedMotion: 'reduce' }); // what is half faded in has no contrast to measure
    await listen(page);
    await page.goto(server.url + path);
    await visit(page);
  });
}

const callsOf = (route: string) => server.calls.filter((call) => call.route === route);

describe('coming in', () => {
  test('a new person signs up by phone and code, sets a PIN and binds a card by its number', async () => {
    await browser.withPage(PHONE, async (page) => {
      await page.goto(server.url);
      await signIn(page, '138 0000 5678', readCode);
      await setPin(page, '293847');
      await page.getByRole('link', { name: '输入卡号添加' }).click();
      await page.getByLabel('银行卡号').fill('6222021234567896789');
      await expect.poll(() => page.getByLabel('银行卡号').inputValue()).toBe('6222 0212 3456 7896 789');
      await page.getByTestId('bank').getByText('中国工商银行').waitFor();
      await page.goBack();
      await bindCard(page, '6222021234567896789', HOLDER, true, readCode);
      await page.getByText('1 张卡都已答复').waitFor();
      expect(await page.getByTestId('total').textContent()).toBe('¥10,000.00');
      expect(await page.content()).not.toContain('6222021234567896789');
    });
  });

  test('one tap: banks, cards found, one code', async () => {
    Object.assign(server.world, { isSignedIn: true });
    await browser.withPage(PHONE, async (page) => {
      await page.goto(server.url);
      await page.getByRole('link', { name: '一键绑卡' }).click();
      await page.getByLabel('姓名').fill(HOLDER.name);
      await page.getByLabel('身份证号').fill(HOLDER.idNumber);
      await page.getByRole('button', { name: '开始查找' }).click();
      await page.getByRole('button', { name: '查找我的卡' }).click();
      await page.getByLabel('验证码', { exact: true }).fill('123456');
      await page.getByRole('button', { name: '绑定 2 张卡' }).click();
      await page.getByRole('link', { name: /中国农业银行/ }).waitFor();
      await page.getByRole('link', { name: /中国建设银行.*信用卡/ }).waitFor();
    });
  });

  test('a wrong code is told beside its field, and who is refused stays where they were', async () => {
    await browser.withPage(PHONE, async (page) => {
      await page.goto(server.url);
      await page.getByLabel('手机号').fill('13800005678');
      await page.getByRole('button', { name: '获取验证码' }).click();
      await page.getByLabel('验证码', { exact: true }).fill('000000');
      await page.getByRole('button', { name: '登录' }).click();
      await page.getByRole('alert').getByText('验证码不对或已过期').waitFor();
    });
  });

  test('when the session is over one signs in and is back where one was; no address leads out of the app', async () => {
    await asHolder('/', async (page) => {
      await page.getByText('3 张卡都已答复').waitFor();
      server.world.isSignedIn = false;
      await page.getByRole('link', { name: '记录' }).click();
      await page.waitForURL((url) => url.pathname === '/sign-in' && url.searchParams.get('next') === '/history');
      await page.getByLabel('手机号').fill('13800005678');
      await page.getByRole('button', { name: '获取验证码' }).click();
      await page.getByLabel('验证码', { exact: true }).fill('123456');
      await page.getByRole('button', { name: '登录' }).click();
      await page.getByRole('heading', { name: '交易记录' }).waitFor();
      for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)']) {
        await page.goto(`${server.url}/sign-in?next=${encodeURIComponent(next)}`);
        await page.waitForURL(`${server.url}/`);
        await page.getByTestId('total').waitFor();
      }
    });
  });

  test('a passkey is added after the PIN and signs in without a code', async () => {
    await asHolder('/security', async (page) => {
      await addAuthenticator(page);
      await page.getByTestId('add-passkey').click();
      await typePin(page, '293847');
      await heard(page, '通行密钥已添加');
      await page.getByRole('button', { name: '退出登录', exact: true }).click();
      await page.getByTestId('passkey-sign-in').click();
      await page.getByRole('heading', { name: '我的', exact: true }).waitFor();
    });
  });
});

describe('one total', () => {
  test('a bank that does not answer is left out of the sum and named; what it said before is marked as such', async () => {
    server.world.deadBanks.add('CMB');
    await asHolder('/', async (page) => {
      await page.getByText('招商银行没有答复，合计只含 3 张卡中的 2 张').waitFor();
      expect(await page.getByTestId('total').textContent()).toBe('¥12,905.87');
      const card = page.getByRole('link', { name: /招商银行/ });
      expect(await card.textContent()).toMatch(/银行没有答复.*时为 ¥88,000.00/);
    });
  });

  test('each card shows its balance as its bank answers, and the line above says who is still being asked', async () => {
    server.world.slowBanks.add('CMB');
    await asHolder('/', async (page) => {
      await page.getByRole('link', { name: /中国工商银行.*12,345.67/ }).waitFor();
      await expect.poll(() => page.getByTestId('total-note').textContent()).toMatch(/^正在询问.*中国建设银行/);
      server.world.slowBanks.clear();
      await page.getByText('3 张卡都已答复').waitFor();
      expect(await page.getByTestId('total').textContent()).toBe('¥100,905.87');
    });
  });

  test('amounts can be covered, and stay covered after a reload', async () => {
    await asHolder('/', async (page) => {
      await page.getByText('3 张卡都已答复').waitFor();
      await page.getByRole('button', { name: '隐藏金额' }).click();
      await expect.poll(() => page.content()).not.toContain('12,345.67');
      await page.reload();
      await page.getByText('3 张卡都已答复').waitFor();
      expect(await page.content()).not.toContain('12,345.67');
    });
  });

  test('without a network the app opens, says so, and shows no amount', async () => {
    await asHolder('/', async (page) => {
      await page.getByText('3 张卡都已答复').waitFor();
      await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
      await page.context().setOffline(true);
      await page.getByText('现在没有网络').waitFor();
      await page.reload();
      await page.getByText('现在没有网络').first().waitFor();
      expect(await page.content()).not.toMatch(/\d\.\d\d/);
      await page.context().setOffline(false);
      await page.getByText('3 张卡都已答复').waitFor();
      expect(server.calls.every(({ headers }) => headers['service-worker'] === undefined)).toBe(true);
    });
  });
});

describe('moving money', () => {
  test('a transfer by PIN: the quote says it all, the PIN is never in the page, the result is followed to its end', async () => {
    server.world.slowAsks = Infinity;
    await asHolder('/transfer', async (page) => {
      await page.getByRole('button', { name: /\*建国/ }).click();
      await typeAmount(page, '1234.50');
      await page.getByTestId('quote-button').click();
      const quote = page.getByTestId('quote');
      expect(await quote.textContent()).toMatch(
        /¥1,234\.50.*\*建国 · 招商银行 \(7712\).*免费.*马上到账.*中国工商银行 \(6789\)/,
      );
      await page.getByTestId('confirm').click();
      await typePin(page, '2938');
      expect(await page.content()).not.toContain('2938');
      await expect.poll(() => page.locator('.pin-dot-full').count()).toBe(4);
      await page.keyboard.type('47');
      await page.getByText('正在处理').waitFor();
      await page.getByText('银行还没有给出最后答复').waitFor();
      await expect.poll(() => callsOf('GET /api/transfers/:id').length).toBeGreaterThan(1);
      server.world.slowAsks = 1;
      await page.locator('[data-testid=result][data-state=succeeded], [data-testid=result][data-state=done]').waitFor();
      await page.getByText('112309300418').waitFor();
      await page.getByText('¥1,234.50').first().waitFor();
    });
    expect(callsOf('POST /api/transfers')).toHaveLength(1);
  });

  test('a wrong PIN is told, and the next try proves anew', async () => {
    await asHolder('/transfer', async (page) => {
      await page.getByRole('button', { name: /\*建国/ }).click();
      await page.getByTestId('amount').waitFor();
      await page.keyboard.type('2000');
      await page.getByTestId('quote-button').click();
      await page.getByTestId('confirm').click();
      await typePin(page, '111222');
      await page.getByText('支付密码不对').waitFor();
      await typePin(page, '293847');
      await page.getByText('转账成功').waitFor();
    });
  });

  test('a large one is split over cards and confirmed by a passkey in one tap', async () => {
    await asHolder('/security', async (page) => {
      await addAuthenticator(page);
      await page.getByTestId('add-passkey').click();
      await typePin(page, '293847');
      await heard(page, '通行密钥已添加');
      await page.goto(`${server.url}/transfer`);
      await page.getByRole('button', { name: /\*建国/ }).click();
      await page.getByTestId('amount').waitFor();
      await page.keyboard.type('45000');
      await page.getByTestId('quote-button').click();
      await page.getByText('分 2 张卡支付').waitFor();
      await page.getByTestId('confirm').click();
      await page.getByText('转账成功').waitFor();
      expect(callsOf('POST /api/proofs/:id').at(-1)?.body['passkey']).toMatchObject({ type: 'public-key' });
    });
  });

  test('without a passkey a large one takes the PIN and a message', async () => {
    await asHolder('/transfer', async (page) => {
      await page.getByRole('button', { name: /\*建国/ }).click();
      await page.getByTestId('amount').waitFor();
      await page.keyboard.type('8000');
      await page.getByTestId('quote-button').click();
      await page.getByTestId('confirm').click();
      await typePin(page, '293847');
      await page.getByLabel('验证码', { exact: true }).fill('123456');
      await page.getByRole('button', { name: '确认', exact: true }).click();
      await page.getByText('转账成功').waitFor();
      expect(callsOf('POST /api/proofs/:id').at(-1)?.body).toEqual({ pin: '293847', code: '123456', passkey: null });
    });
  });

  test('no answer is told as not known, and asking again is the same transfer under the same key', async () => {
    server.broken.set('POST /api/transfers', 'cut');
    await asHolder('/transfer', async (page) => {
      await page.getByRole('button', { name: /\*建国/ }).click();
      await page.getByTestId('amount').waitFor();
      await page.keyboard.type('88');
      await page.getByTestId('quote-button').click();
      await page.getByTestId('confirm').click();
      await page.getByText('还没有收到答复，不知道是否已经受理').waitFor();
      server.broken.clear();
      await page.getByRole('button', { name: '再查一次结果' }).click();
      await page.getByText('转账成功').waitFor();
      const keys = new Set(callsOf('POST /api/transfers').map(({ headers }) => headers['idempotency-key']));
      expect(callsOf('POST /api/transfers').length).toBeGreaterThan(2);
      expect(keys.size).toBe(1);
    });
  });

  test('a later arrival can be taken back from its page', async () => {
    await asHolder('/transfer', async (page) => {
      await page.getByRole('button', { name: /\*建国/ }).click();
      await page.getByTestId('amount').waitFor();
      await page.keyboard.type('300');
      await page.getByRole('radio', { name: '约 2 小时' }).check();
      await page.getByTestId('quote-button').click();
      await page.getByTestId('confirm').click();
      await page.getByText('已安排转账').waitFor();
      await page.getByRole('link', { name: '查看回单' }).click();
      await page.getByRole('button', { name: '撤回这笔转账' }).click();
      await page.locator('[data-testid=move][data-state=canceled]').waitFor();
    });
  });

  test('to a card by name and number, to a phone, to a card of one’s own: each begins with whom', async () => {
    await asHolder('/transfer', async (page) => {
      await page.getByLabel('收款人姓名').fill('王建国');
      await page.getByLabel('收款卡号').fill('6214830012345678');
      await page.getByTestId('bank').getByText('招商银行').waitFor();
      await page.getByRole('button', { name: '下一步' }).click();
      await page.getByText('转给 王建国').waitFor();
      await page.goBack();
      await page.getByRole('tab', { name: '手机号' }).click();
      await page.getByLabel('收款人手机号').fill('13900001111');
      await page.getByRole('button', { name: '下一步' }).click();
      await page.getByText('转给 13900001111').waitFor();
      await page.goBack();
      await page.getByRole('tab', { name: '我的卡' }).click();
      await page
        .getByRole('button', { name: /招商银行/ })
        .first()
        .click();
      await page.keyboard.type('10');
      await page.getByTestId('quote-button').click();
      await page.getByTestId('quote').waitFor();
      const payees = callsOf('POST /api/quotes').map(({ body }) => body['payee']);
      expect(payees).toEqual([{ kind: 'own_card', card_id: 'card_CMB0021' }]);
    });
  });

  test('a credit card is repaid at its minimum, with the bill and the days that are left', async () => {
    await asHolder('/repay', async (page) => {
      await page.getByText('还有 5 天').waitFor();
      await page.getByRole('button', { name: /还款 中国银行/ }).click();
      await page.getByRole('radio', { name: /最低还款/ }).check();
      await page.getByTestId('quote-button').click();
      await page.getByTestId('confirm').click();
      await page.getByText('还款成功').waitFor();
      expect(callsOf('POST /api/quotes')[0]?.body).toMatchObject({ kind: 'repayment', amount: { minor: '32865' } });
    });
  });
});

describe('paying shops', () => {
  beforeEach(() => {
    const order = {
      token: TOKEN,
      shop_name: '<b>老北京布鞋店</b>',
      subject: '千层底布鞋',
      amount: yuan(12_800n),
      state: 'open' as const,
      is_paying: false,
      failure: null,
      expires_at: at(15),
      return_url: `${server.url}/shop`,
    };
    server.world.orders.set(TOKEN, order);
  });

  test('an order is paid with the chosen card, and the way back leads to the shop; names are text', async () => {
    await asHolder(`/pay/${TOKEN}`, async (page) => {
      await page.getByText('<b>老北京布鞋店</b>').first().waitFor();
      await page.getByRole('radio', { name: /招商银行 储蓄卡 \(0021\)/ }).check();
      await page.getByTestId('pay').click();
      await page.getByText('付款成功').waitFor();
      expect(callsOf('POST /api/orders/:token/pay')[0]?.body).toEqual({ card_id: 'card_CMB0021', proof: null });
      await page.getByTestId('back-to-shop').click();
      await page.waitForURL(`${server.url}/shop`);
    });
  });

  test('a shop’s page that names another total than the order is not paid', async () => {
    await asHolder(`/pay/${TOKEN}?request=0123456789abcdef&total=100`, async (page) => {
      await page.getByText('商家页面写的是 ¥1.00，订单却是 ¥128.00').waitFor();
      expect(await page.getByTestId('pay').count()).toBe(0);
    });
  });

  test('the payment code is shown as bars, digits and QR, and what a shop charges appears at once', async () => {
    await asHolder('/code', async (page) => {
      await page.getByTestId('code').waitFor();
      await page.getByRole('img', { name: '付款二维码' }).locator('path').waitFor({ state: 'attached' });
      await page.getByRole('button', { name: /查看数字/ }).click();
      await expect.poll(() => page.getByTestId('code').textContent()).toMatch(/^9700( \d{4}){4}$/);
      // The page says what is charged since it was opened: it has heard what was there before.
      const asked = callsOf('GET /api/code-orders').length;
      await expect.poll(() => callsOf('GET /api/code-orders').length).toBeGreaterThan(asked + 1);
      const order = server.world.orders.get(TOKEN);
      if (order === undefined) throw new Error('made above');
      server.world.codeOrders = [{ ...order, state: 'paid' }];
      await page.getByTestId('charged').getByText('付款成功').waitFor();
    });
  });

  test('a picture of a code leads to its order; a receive link begins a transfer with its amount', async () => {
    await asHolder('/scan', async (page) => {
      await page.getByText('用不了相机').waitFor();
      const picture = await QRCode.toBuffer(`${server.url}/pay/${TOKEN}`, { scale: 6 });
      await page.setInputFiles('input[type=file]', { name: 'code.png', mimeType: 'image/png', buffer: picture });
      await page.waitForURL(`${server.url}/pay/${TOKEN}`);
      await page.goto(`${server.url}/t/bWFkZSBieSB0aGUgc3RhbmQtaW4`);
      await page.getByText('转给 *秀英').waitFor();
      await page.waitForURL(`${server.url}/transfer`);
      await expect.poll(() => page.getByTestId('amount').textContent()).toBe('¥88');
    });
  });
});

describe('looking back and setting bounds', () => {
  test('history is searched, narrowed, opened and exported', async () => {
    await asHolder('/history', async (page) => {
      await page.getByText('胡同口早点铺').waitFor();
      await page.getByLabel('搜索').fill('房租');
      await page.getByText('胡同口早点铺').waitFor({ state: 'detached' });
      await page.getByRole('link', { name: /\*建国.*房租/ }).waitFor();
      await page.getByLabel('搜索').fill('');
      await page.getByLabel('类型').selectOption('refund');
      await page.getByRole('link', { name: /老北京布鞋店 退款/ }).waitFor();
      await page.getByRole('button', { name: '导出记录' }).click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export').click()]);
      expect(download.suggestedFilename()).toMatch(/^hutong-\d{4}-\d\d-01-\d{4}-\d\d-\d\d\.csv$/);
    });
  });

  test('a limit is lowered at once and raised only with a proof', async () => {
    await asHolder('/limits', async (page) => {
      const sheet = page.getByRole('dialog');
      await page.getByTestId('limit-user_day').getByRole('button').click();
      await sheet.waitFor();
      await page.keyboard.type('1000');
      await page.getByRole('button', { name: '保存' }).click();
      await heard(page, '新限额已生效');
      await sheet.waitFor({ state: 'detached' });
      await page.getByTestId('limit-user_day').getByRole('button').click();
      await sheet.waitFor();
      await page.keyboard.type('2000');
      await page.getByRole('button', { name: '保存' }).click();
      await typePin(page, '293847');
      await page.getByLabel('验证码', { exact: true }).fill('123456');
      await page.getByRole('button', { name: '确认', exact: true }).click();
      await heard(page, '起生效');
      const raised = callsOf('PUT /api/limits').at(-1)?.body;
      expect(raised).toMatchObject({ rule: 'user_day', max: '200000' });
      expect(raised?.['proof']).toMatch(/^tok_/);
    });
  });

  test('signing out everywhere asks once more and forgets everything', async () => {
    await asHolder('/security', async (page) => {
      await page.getByRole('button', { name: '在所有设备上退出' }).click();
      await page.getByRole('dialog').getByRole('button', { name: '在所有设备上退出' }).click();
      await page.getByLabel('手机号').waitFor();
      await expect.poll(() => page.content()).not.toContain('小云');
    });
  });

  test('the language changes for every page at once', async () => {
    await asHolder('/security', async (page) => {
      await page.getByRole('radio', { name: 'English' }).click();
      await page.getByRole('heading', { name: 'Me', exact: true }).waitFor();
      await expect.poll(() => page.evaluate('document.documentElement.lang')).toBe('en');
      await page.getByRole('link', { name: 'Home' }).click();
      await page.getByText('All 3 cards have answered').waitFor();
    });
  });
});

describe('for everybody', () => {
  const PAGES = [
    '/',
    '/cards/add',
    '/cards/one-tap',
    '/cards/card_ICBC6789',
    '/cards/card_BOC8866',
    '/transfer',
    '/repay',
    `/pay/${TOKEN}`,
    '/code',
    '/scan',
    '/receive',
    '/history',
    '/history/tr_0003',
    '/limits',
    '/security',
    '/security/pin',
    '/nowhere/at/all',
  ];
  const LOOKS = [
    { lang: 'zh-CN', colorScheme: 'light', viewport: PHONE },
    { lang: 'en', colorScheme: 'dark', viewport: PHONE },
    { lang: 'en', colorScheme: 'light', viewport: SMALL_PHONE },
    { lang: 'zh-CN', colorScheme: 'dark', viewport: DESKTOP },
  ] as const;

  test.each(LOOKS)(
    'axe finds nothing and nothing is too wide: $lang, $colorScheme, $viewport.width px',
    async (look) => {
      server.world.me.lang = look.lang;
      await asHolder(
        '/',
        async (page) => {
          const found: string[] = [];
          const requests = watchRequests(page);
          for (const path of PAGES.filter((path) => path !== '/nowhere/at/all' && !path.startsWith('/pay'))) {
            await page.goto(server.url + path);
            await page.locator('h1').waitFor();
            await requests.rest();
            found.push(...(await axeViolations(page)).map((violation) => `${path} ${violation}`));
            if ((await sidewaysScroll(page)) > 0) found.push(`${path} is too wide`);
          }
          expect(found).toEqual([]);
        },
        { ...look.viewport, colorScheme: look.colorScheme, locale: look.lang },
      );
    },
  );

  test('the sign-in page and the sheets of a transfer pass axe too, and the keyboard alone is enough', async () => {
    await browser.withPage(PHONE, async (page) => {
      await page.goto(server.url);
      await page.getByLabel('手机号').waitFor();
      expect(await axeViolations(page)).toEqual([]);
    });
    await asHolder('/transfer', async (page) => {
      await page.getByRole('button', { name: /\*建国/ }).focus();
      await page.keyboard.press('Enter');
      await page.getByTestId('amount').waitFor();
      await page.keyboard.type('4500');
      await expect.poll(() => page.getByTestId('amount').textContent()).toBe('¥4500');
      await page.getByTestId('quote-button').focus();
      await page.keyboard.press('Enter');
      await page.getByTestId('confirm').waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await page.getByTestId('confirm').focus();
      await page.keyboard.press('Enter');
      await page.locator('.pin').waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await page.keyboard.type('293847');
      await page.getByText('转账成功').waitFor();
      expect(await axeViolations(page)).toEqual([]);
    });
  });

  test('the app can be installed: manifest, icons of their size, a worker of the whole scope', async () => {
    await asHolder('/', async (page) => {
      const session = await page.context().newCDPSession(page);
      const { errors, data } = await session.send('Page.getAppManifest');
      expect(errors).toEqual([]);
      const { icons } = JSON.parse(data ?? '{}');
      expect(icons.map(({ purpose }: { purpose: string }) => purpose)).toContain('maskable');
      const sizes = await page.evaluate(
        'Promise.all(' +
          JSON.stringify(icons.filter(({ type }: { type: string }) => type === 'image/png')) +
          '.map(async ({ src, sizes }) => { const image = new Image(); image.src = src; await image.decode(); return `${image.width}x${image.height}` === sizes; }))',
      );
      expect(sizes).toEqual([true, true, true]);
      expect(await page.evaluate('navigator.serviceWorker.ready.then((it) => it.scope)')).toBe(`${server.url}/`);
    });
  });

  test('what is loaded before anything is seen is small, and nothing comes from elsewhere', async () => {
    const loaded: string[] = [];
    await asHolder('/', async (page) => {
      page.on('request', (request) => loaded.push(request.url()));
      await page.reload();
      await page.getByText('3 张卡都已答复').waitFor();
    });
    expect(loaded.filter((url) => !url.startsWith(server.url))).toEqual([]);
    const scripts = loaded
      .map((url) => new URL(url).pathname)
      .filter((path) => path.startsWith('/assets/') && path.endsWith('.js'));
    const bodies = scripts.map(async (path) => Buffer.from(await (await fetch(server.url + path)).arrayBuffer()));
    const bytes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
    expect(scripts.length).toBeGreaterThan(0);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(SCRIPT_BYTES_MAX);
  });
});

/*
 * Takes the pictures in docs/images from the real pages: a whole server over a throw-away PostgreSQL, the pretend wallets, the
 * demo shop, and a phone of 390 points in a real Chromium. Run it after a page has changed: npx tsx scripts/make-screenshots.ts
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { rootDir } from '../src/base/root.ts';
import { Secret } from '../src/base/secret.ts';
import { addWalletAccount } from '../src/cashier/add-wallet-account.ts';
import { createApiKey } from '../src/cashier/api-keys.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { SCOPES } from '../src/cashier/merchant.ts';
import { startPostgres } from '../src/db/embedded.ts';
import { BOOK, openHutong } from '../src/hutong.ts';
import { startShop } from '../src/sandbox/shop/shop.ts';
import { startAlipaySandbox } from '../src/sandbox/wallets/alipay/alipay.ts';
import { startJdpaySandbox } from '../src/sandbox/wallets/jdpay/jdpay.ts';
import { startOpenSandbox } from '../src/sandbox/wallets/open/open.ts';
import { startUnionpaySandbox } from '../src/sandbox/wallets/unionpay/unionpay.ts';
import { startWechatpaySandbox } from '../src/sandbox/wallets/wechatpay/wechatpay.ts';
import { findChromium } from '../test/browser/chromium.ts';
import { buyProduct, payInUnionpay, payWithUnionpay, returnFromUnionpay } from '../test/browser/shop-steps.ts';

const PHONE = { width: 390, height: 780 };
/** A phone of no maker: those of makers bring a Chinese font, and this machine has only the one of the pages. */
const PHONE_AGENT = 'Mozilla/5.0 (Mobile) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Mobile Safari/537.36';
const PICTURE_BYTES_MAX = 150_000;

const folder = await mkdtemp(join(tmpdir(), 'hutong-pictures-'));
const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
try {
  await takePictures(await startEverything(), join(rootDir, 'docs/images'));
} finally {
  for (const stop of stops.reverse()) await stop();
}

/** The shop's address. */
async function startEverything(): Promise<string> {
  const around = { clock: systemClock, random: systemRandom, log: silentLog };
  const postgres = await startPostgres({ dir: join(folder, 'postgres') });
  stops.push(() => postgres.stop());
  const simulator = { ...around, port: 0, dataDir: null };
  const simulators = {
    wechatpay: await startWechatpaySandbox(simulator),
    alipay: await startAlipaySandbox(simulator),
    unionpay: await startUnionpaySandbox(simulator),
    jdpay: await startJdpaySandbox(simulator),
    meituanpay: await startOpenSandbox(simulator),
  };
  stops.push(...Object.values(simulators).map((running) => () => running.stop()));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const hutong = await openHutong({
    ...around,
    databaseUrl: postgres.url,
    publicUrl: url,
    masterSecrets: [new Secret(systemRandom.bytes(32).toString('base64'))],
    isSandbox: true,
  });
  stops.push(() => hutong.stop());
  await hutong.app.listen({ port, host: '127.0.0.1' });
  hutong.startWork();
  const { deps } = hutong.cashier;
  const merchant = await createMerchant(deps, { book: BOOK, name: '胡同小铺', livemode: false });
  const { token } = await createApiKey(deps, { merchantId: merchant.id, label: '', scopes: SCOPES, expiresAt: null });
  for (const [wallet, { merchantSettings: settings }] of Object.entries(simulators)) {
    const name = wallet as keyof typeof simulators; // the object's own keys
    await addWalletAccount(deps, { merchantId: merchant.id, wallet: name, label: '', settings, claim: null });
  }
  const shop = await startShop({
    ...around,
    port: 0,
    host: '127.0.0.1',
    hutongUrl: url,
    apiKey: token.reveal(),
    webhookSecret: null,
    dataDir: null,
  });
  stops.push(() => shop.stop());
  return shop.url;
}

async function takePictures(shopUrl: string, dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const { path, env } = findChromium();
  const browser = await chromium.launch({
    executablePath: path,
    env,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'],
  });
  stops.push(() => browser.close());
  const context = await browser.newContext({
    viewport: PHONE,
    deviceScaleFactor: 2,
    locale: 'zh-CN',
    userAgent: PHONE_AGENT,
    hasTouch: true,
    isMobile: true,
  });
  const page = await context.newPage();
  await buyProduct(page, shopUrl, 'tea');
  await take(page, join(dir, 'cashier.png'));
  await payWithUnionpay(page, { javaScript: true });
  await take(page, join(dir, 'unionpay-simulator.jpg'));
  await payInUnionpay(page);
  await returnFromUnionpay(page);
  await page.locator('[data-testid=cashier][data-state=succeeded]').waitFor();
  await take(page, join(dir, 'paid.png'));
}

/** Waits for the font, so that no picture shows boxes instead of characters. */
async function take(page: Page, path: string): Promise<void> {
  await page.evaluate('document.fonts.ready.then(() => true)');
  await page.waitForLoadState('networkidle');
  const form = path.endsWith('.jpg') ? ({ type: 'jpeg', quality: 80 } as const) : ({ type: 'png' } as const);
  const picture = await page.screenshot({ ...form, animations: 'disabled', caret: 'hide' });
  if (picture.length > PICTURE_BYTES_MAX)
    throw new Error(`${path} has ${picture.length} bytes, more than a page of docs should load`);
  await writeFile(path, picture);
  process.stdout.write(`${relative(rootDir, path)}: ${picture.length} bytes\n`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/*
 * Takes the pictures in docs/images from the real pages: a whole server over a throw-away PostgreSQL, the pretend wallets, the
 * demo shop, and a phone of 390 points in a real Chromium. Run it after a page has changed: npx tsx scripts/make-screenshots.ts
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { buyProduct, payInUnionpay, payWithUnionpay, returnFromUnionpay } from '../test/browser/shop-steps.ts';
import { freePort, launchChromium, openPhone, takePicture } from './phone-pictures.ts';

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
  const browser = await launchChromium();
  stops.push(() => browser.close());
  const page = await openPhone(browser);
  await buyProduct(page, shopUrl, 'tea');
  await takePicture(page, join(dir, 'cashier.png'));
  await payWithUnionpay(page, { javaScript: true });
  await takePicture(page, join(dir, 'unionpay-simulator.jpg'));
  await payInUnionpay(page);
  await returnFromUnionpay(page);
  await page.locator('[data-testid=cashier][data-state=succeeded]').waitFor();
  await takePicture(page, join(dir, 'paid.png'));
}

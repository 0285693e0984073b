/*
 * Takes the picture of one link in every app for docs/images: a whole server over a throw-away PostgreSQL and a real Chromium that says the user
 * agent of each app. Run it after the page of a link has changed: npx tsx scripts/make-link-screenshots.ts
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { rootDir } from '../src/base/root.ts';
import { Secret } from '../src/base/secret.ts';
import { createMerchant } from '../src/cashier/create-merchant.ts';
import { startPostgres } from '../src/db/embedded.ts';
import { BOOK, openHutong } from '../src/hutong.ts';
import { openBrowser } from '../test/browser/browser.ts';
import { drawSheet, IN_EVERY_APP, openInEach, shareProduct } from '../test/browser/link-sheet.ts';
import { freePort } from './phone-pictures.ts';

const folder = await mkdtemp(join(tmpdir(), 'hutong-pictures-'));
const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
try {
  await takePicture();
} finally {
  for (const stop of stops.reverse()) await stop();
}

async function takePicture(): Promise<void> {
  const database = await startPostgres({ dir: join(folder, 'postgres') });
  stops.push(() => database.stop());
  const port = await freePort();
  const hutong = await openHutong({
    databaseUrl: database.url,
    publicUrl: `http://127.0.0.1:${port}`,
    masterSecrets: [new Secret(systemRandom.bytes(32).toString('base64'))],
    isSandbox: true,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });
  stops.push(() => hutong.stop());
  await hutong.app.listen({ port, host: '127.0.0.1' });
  const { id } = await createMerchant(hutong.cashier.deps, { book: BOOK, name: '胡同茶铺', livemode: false });
  const product = await shareProduct(hutong, id);
  const browser = await openBrowser();
  stops.push(() => browser.close());
  const sheet = await drawSheet(browser, await openInEach(browser, product.url, IN_EVERY_APP));
  product.close();
  await writeFile(join(rootDir, 'docs/images/link-in-apps.jpg'), sheet);
}

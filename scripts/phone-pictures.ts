import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { relative } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { rootDir } from '../src/base/root.ts';
import { findChromium } from '../test/browser/chromium.ts';

const PHONE = { width: 390, height: 780 };
/** A phone of no maker: those of makers bring a Chinese font, and this machine has only the one of the pages. */
const PHONE_AGENT = 'Mozilla/5.0 (Mobile) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Mobile Safari/537.36';
const PICTURE_BYTES_MAX = 150_000;

export async function launchChromium(): Promise<Browser> {
  const { path, env } = findChromium();
  return await chromium.launch({
    executablePath: path,
    env,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'],
  });
}

/** A page as on a phone of 390 points. */
export async function openPhone(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    viewport: PHONE,
    deviceScaleFactor: 2,
    locale: 'zh-CN',
    userAgent: PHONE_AGENT,
    hasTouch: true,
    isMobile: true,
  });
  return await context.newPage();
}

/** Waits for the font, so that no picture shows boxes instead of characters. @throws Error when it is too large for a page of docs */
export async function takePicture(page: Page, path: string): Promise<void> {
  await page.evaluate('document.fonts.ready.then(() => true)');
  await page.waitForLoadState('networkidle');
  const form = path.endsWith('.jpg') ? ({ type: 'jpeg', quality: 80 } as const) : ({ type: 'png' } as const);
  const picture = await page.screenshot({ ...form, animations: 'disabled', caret: 'hide' });
  if (picture.length > PICTURE_BYTES_MAX)
    throw new Error(`${path} has ${picture.length} bytes, more than a page of docs should load`);
  await writeFile(path, picture);
  process.stdout.write(`${relative(rootDir, path)}: ${picture.length} bytes\n`);
}

export function freePort(): Promise<number> {
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

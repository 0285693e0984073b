import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { userAgentIn } from '../../src/links/open/test-openings.ts';
import { fontStylesheetPath } from '../../src/web/assets.ts';
import { axeViolations, DESKTOP, openBrowser, PHONE, type TestBrowser } from './browser.ts';
import { lookFaults } from './look-faults.ts';
import { type OnePage, openPageWorld, type PageWorld } from './page-world.ts';

/* Every page of links, offers and rollouts, as it is first seen: large enough to be tapped, nothing cut, one language, a ring of focus. */

let world: PageWorld;
let browser: TestBrowser;

beforeAll(async () => {
  [world, browser] = await Promise.all([openPageWorld(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

const PICTURES = process.env['HUTONG_PICTURES'];

const screens = [
  { screen: 'a phone', lang: 'zh-CN', viewport: { ...PHONE, userAgent: userAgentIn('browser', 'ios') } },
  { screen: 'a phone', lang: 'en', viewport: { ...PHONE, userAgent: userAgentIn('browser', 'ios') } },
  {
    screen: 'a desktop',
    lang: 'zh-CN',
    viewport: { ...DESKTOP, userAgent: userAgentIn('browser', 'windows', 'desk') },
  },
] as const;

describe.each(screens)('on $screen in $lang', ({ screen, lang, viewport }) => {
  async function faultsOf(pages: readonly OnePage[], enter: (page: Page) => Promise<void>): Promise<string[]> {
    return await browser.withPage({ ...viewport, locale: lang }, async (page) => {
      if (PICTURES !== undefined) await lendLetters(page);
      await page.emulateMedia({ reducedMotion: 'reduce' });
      world.speak(lang);
      await enter(page);
      const faults: string[] = [];
      for (const { name, url, steps } of pages) {
        const reply = await page.goto(url);
        if ((reply?.status() ?? 500) >= 500) faults.push(`${name}: answers ${reply?.status()}`);
        await steps?.(page);
        if (PICTURES !== undefined) await shoot(page, `${name}-${screen.slice(2)}-${lang}`);
        const looked = { lang, isTouch: screen === 'a phone', given: world.given };
        const found = await lookFaults(page, looked);
        // Colours and names are the same on every screen, and axe-core takes its time.
        if (looked.isTouch && lang === 'zh-CN') found.push(...(await axeViolations(page)));
        faults.push(...found.map((fault) => `${name}: ${fault}`));
      }
      return faults;
    });
  }

  test('the pages of people look finished', async () => {
    expect(await faultsOf(world.people, () => Promise.resolve())).toEqual([]);
  });

  test('the pages of operators look finished', async () => {
    expect(await faultsOf(world.operators, (page) => world.enter(page))).toEqual([]);
  });
});

/** This machine may have no Chinese font: pictures, which HUTONG_PICTURES names a folder for, borrow ours. */
async function lendLetters(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setBypassCSP', { enabled: true });
}

async function shoot(page: Page, name: string): Promise<void> {
  const { origin } = new URL(world.people[0]?.url ?? page.url());
  const font = await (await fetch(origin + fontStylesheetPath)).text();
  await page.addStyleTag({ content: font });
  await page.addStyleTag({ content: '*{font-family:"Noto Sans SC Variable",sans-serif!important}' });
  await page.evaluate('document.fonts.ready');
  mkdirSync(PICTURES ?? '', { recursive: true });
  await page.screenshot({ path: join(PICTURES ?? '', `${name}.png`), fullPage: true });
}

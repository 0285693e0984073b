import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LinkConsoleWorld, openLinkConsole } from '../../src/console/test-link-console.ts';
import type { ReadyLink } from '../../src/links/link.ts';
import {
  axeViolations,
  DESKTOP,
  openBrowser,
  PHONE,
  sidewaysScroll,
  type TestBrowser,
  type Viewport,
} from './browser.ts';

/* The operator's pages of links in a real browser. */

let world: LinkConsoleWorld;
let browser: TestBrowser;
let link: ReadyLink;

beforeAll(async () => {
  world = await openLinkConsole();
  link = await world.newLink('老北京豆汁 焦圈套餐，现磨不加糖，周末到店自取');
  for (let at = 0; at < 40; at++)
    world.open(link, { address: `203.0.113.${at}`, app: at % 2 === 0 ? 'wechat' : 'alipay' });
  await world.counter.flush();
  await world.report(link, { words: '付了钱没有收到东西', contact: 'wang@example.com' });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

const paths = (): [string, string][] => [
  ['links', '/console/links'],
  ['link', `/console/links/${link.link.id}`],
  ['today', `/console/links/${link.link.id}?days=1`],
  ['take-down', `/console/links/${link.link.id}/take-down`],
  ['edit', `/console/links/${link.link.id}/edit`],
  ['new', '/console/links/new'],
  ['new-pay', '/console/links/new?kind=pay'],
  ['new-group', '/console/links/new?kind=group'],
  ['bulk', '/console/links/bulk'],
  ['reports', '/console/reports'],
  ['report', `/console/reports/${link.link.id}`],
  ['hosts', '/console/hosts'],
  ['host-files', `/console/hosts/${world.host.id}/files?merchant=${world.merchantId}`],
];

describe('every page of links', () => {
  test.each<[string, Viewport]>([
    ['a phone', PHONE],
    ['a desktop in English, in the dark', { ...DESKTOP, colorScheme: 'dark', locale: 'en' }],
  ])('on %s is accessible and fits', async (_, viewport) => {
    await browser.withPage(viewport, async (page) => {
      await page.goto(`${world.url}/console/enter?link=${await world.enterCode()}`);
      await page.getByTestId('enter').click();
      await page.waitForURL('**/console');
      for (const [title, path] of paths()) {
        await page.goto(world.url + path);
        if (title === 'link') {
          await page.locator('.u-wrap').waitFor();
          await page.locator('.openings summary').click();
        }
        expect(await page.locator('h1').count(), path).toBe(1);
        expect(await axeViolations(page), path).toEqual([]);
        expect(await sidewaysScroll(page), path).toBe(0);
      }
    });
  });

  test('a link is followed by its page without anybody touching it', async () => {
    await browser.withPage(DESKTOP, async (page) => {
      await page.goto(`${world.url}/console/enter?link=${await world.enterCode()}`);
      await page.getByTestId('enter').click();
      await page.waitForURL('**/console');
      await page.goto(`${world.url}/console/links/${link.link.id}?days=30`);
      await page.locator('.u-wrap').waitFor();
      world.open(link, { address: '198.51.100.1' });
      await page.getByTestId('opens').filter({ hasText: '41' }).waitFor();
      await expect.poll(() => page.locator('.u-wrap').count()).toBe(1);
    });
  });
});

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BOOK } from '../../src/hutong.ts';
import type { Act } from '../../src/rollout/apply-action.ts';
import type { Metric } from '../../src/rollout/rollouts.ts';
import { type ConsoleWorld, openConsoleWorld } from '../../src/console/test-console.ts';
import {
  axeViolations,
  DESKTOP,
  openBrowser,
  PHONE,
  sidewaysScroll,
  type TestBrowser,
  type Viewport,
} from './browser.ts';

/* The operator's pages in a real browser: what they look like to everybody, and that they follow what happens. */

let world: ConsoleWorld;
let browser: TestBrowser;
let rollout: string;
let offer: string;
let payment: string;

beforeAll(async () => {
  world = await openConsoleWorld();
  rollout = await world.newRollout({
    merchant: world.merchant.id,
    steps: [
      { share: '1‰', for: '1h' },
      { share: '1%', for: '2h', payments: 500 },
      { share: '10%', for: '1d', gate: true },
      { share: '100%' },
    ],
    guardrails: [{ metric: 'failed', tolerated: '2%' }, { metric: 'slow' }],
    at_risk: { currency: 'CNY', money: '5000.00', payments: 20 },
  });
  await move({ action: 'start' }, 'as agreed on Monday');
  await count('treatment', { decided: 400, begun: 380, first_succeeded: 371, first_failed: 9, slow: 4 });
  await count('control', { decided: 405, begun: 377, first_succeeded: 370, first_failed: 7, slow: 3 });
  await move({ action: 'jump', step: 1 }, 'a quiet morning');
  offer = await world.newOffer({
    name: { 'zh-CN': '工行卡立减五元', en: 'Five off with ICBC' },
    funders: [
      { funder: 'bank', owner: 'ICBC', per_mille: 600 },
      { funder: 'platform', per_mille: 400 },
    ],
  });
  payment = await world.newPayment();
  await world.rollouts.load();
  await fetch((await world.call('GET', `/v1/payments/${payment}`)).json.cashier_url); // decided when it is first seen
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await world.close();
});

async function move(act: Act, reason: string): Promise<void> {
  const at = { book: BOOK, id: rollout, merchantId: null };
  await world.sql.begin((tx) => world.rollouts.act(tx, at, act, { by: 'operator', reason }));
}

async function count(arm: 'treatment' | 'control', metrics: Partial<Record<Metric, number>>): Promise<void> {
  const { version, step } = (await world.rollouts.report({ book: BOOK, id: rollout, merchantId: null })).rollout;
  const observations = Object.entries(metrics).flatMap(([metric, times]) =>
    Array.from({ length: times }, () => ({
      rolloutId: rollout,
      version,
      step,
      arm,
      metric: metric as Metric, // the keys of the record
      since: 1,
      entered: step,
      payer: null,
    })),
  );
  await world.sql.begin((tx) => world.rollouts.observe(tx, BOOK, observations));
}

async function enter(page: Page): Promise<void> {
  const { code } = await world.link('张伟');
  await page.goto(`${world.url}/console/enter?link=${code}`);
  await page.getByTestId('enter').click();
  await page.waitForURL('**/console');
}

const paths = (): [string, string][] => [
  ['home', '/console'],
  ['rollouts', '/console/rollouts'],
  ['rollout', `/console/rollouts/${rollout}`],
  ['halt', `/console/rollouts/${rollout}/halt`],
  ['jump', `/console/rollouts/${rollout}/jump`],
  ['offers', '/console/offers'],
  ['offer', `/console/offers/${offer}`],
  ['stop', `/console/offers/${offer}/stop`],
  ['why', `/console/payments/${payment}/why`],
];

describe('every page', () => {
  test.each<[string, Viewport]>([
    ['a phone', PHONE],
    ['a desktop', DESKTOP],
    ['a phone in the dark', { ...PHONE, colorScheme: 'dark' }],
    ['a desktop in English, in the dark', { ...DESKTOP, colorScheme: 'dark', locale: 'en' }],
    ['a desktop without script', { ...DESKTOP, javaScript: false }],
  ])('on %s is accessible and fits', async (_, viewport) => {
    await browser.withPage(viewport, async (page) => {
      await enter(page);
      for (const [title, path] of paths()) {
        await page.goto(world.url + path);
        if (title === 'rollout' && viewport.javaScript) await page.locator('.u-wrap').waitFor();
        expect(await page.locator('h1').count(), path).toBe(1);
        if (!viewport.javaScript) continue;
        expect(await axeViolations(page), path).toEqual([]);
        expect(await sidewaysScroll(page), path).toBe(0);
      }
    });
  });

  test.each<[string, string]>([
    ['a link that was never made', '/console/enter?link=x'],
    ['nobody who is signed in', '/console'],
    ['a page that is not there', '/console/nowhere'],
  ])('for %s is accessible and says what to do', async (_, path) => {
    await browser.withPage(PHONE, async (page) => {
      await page.goto(world.url + path);
      expect(await axeViolations(page)).toEqual([]);
      expect(await sidewaysScroll(page)).toBe(0);
    });
  });
});

describe('a rollout', () => {
  test('is followed by its page without anybody touching it', async () => {
    await browser.withPage(DESKTOP, async (page) => {
      await enter(page);
      await page.goto(`${world.url}/console/rollouts/${rollout}`);
      await page.getByTestId('state').filter({ hasText: '进行中' }).waitFor();
      await page.getByTestId('pause').waitFor();
      await move({ action: 'pause' }, 'from the command line');
      await page.getByTestId('state').filter({ hasText: '已暂停' }).waitFor();
      await page.getByTestId('resume').waitFor();
      await page.getByText('from the command line').waitFor();
      await expect.poll(() => page.locator('.u-wrap').count()).toBe(1);
      await move({ action: 'resume' }, 'from the command line');
    });
  });

  test('is halted by keyboard alone, after asking back, and the page says so', async () => {
    await browser.withPage(DESKTOP, async (page) => {
      await enter(page);
      await page.goto(`${world.url}/console/rollouts/${rollout}`);
      await page.getByTestId('halt').focus();
      await page.keyboard.press('Enter');
      await page.waitForURL('**/halt');
      await page.locator('[name=reason]:focus').waitFor(); // as the page opens, a moment after its address
      await page.keyboard.type('买家投诉');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByTestId('notice').filter({ hasText: '已停止' }).waitFor();
      await expect.poll(() => page.getByTestId('share').innerText()).toBe('0%');
      await page.goto(`${world.url}/console`);
      await page.locator('.hand').filter({ hasText: '买家投诉' }).waitFor();
      expect(await axeViolations(page)).toEqual([]);
    });
  });

  test('is not moved by somebody whose session was ended meanwhile', async () => {
    await browser.withPage(PHONE, async (page) => {
      await enter(page);
      await page.goto(`${world.url}/console/rollouts/${rollout}`);
      await world.sql`update console_sessions set ended_at = now() where ended_at is null`;
      await page.getByRole('heading', { name: '请先进入' }).waitFor(); // the page found out by itself
    });
  });
});

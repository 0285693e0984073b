import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findChromium } from './chromium.ts';
import { keepDiary, type PageDiary } from './page-diary.ts';

export interface Viewport {
  width: number;
  height: number;
  /** false: as a browser in which script is off. */
  javaScript: boolean;
  colorScheme?: 'light' | 'dark';
  locale?: string;
  /** What the browser says of itself; a place's own user agent makes it that place. */
  userAgent?: string;
}

export const PHONE: Viewport = { width: 390, height: 844, javaScript: true };
export const SMALL_PHONE: Viewport = { width: 320, height: 568, javaScript: true };
export const DESKTOP: Viewport = { width: 1280, height: 800, javaScript: true };

/** Only ends a step that hangs; nothing is expected to be quick. */
const STEP_TIMEOUT_MS = 60_000;

export interface TestBrowser {
  /**
   * Runs `visit` with a page of its own (own cookies, own cache) and closes it. A script error or a broken
   * Content-Security-Policy on the page fails the test. What fails says what the page was doing.
   */
  withPage<T>(viewport: Viewport, visit: (page: Page) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export async function openBrowser(): Promise<TestBrowser> {
  const { path, env } = findChromium();
  const browser = await chromium.launch({
    executablePath: path,
    env: { ...definedEnv(), ...env },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    withPage: (viewport, visit) => withPage(browser, viewport, visit),
    close: () => browser.close(),
  };
}

async function withPage<T>(browser: Browser, viewport: Viewport, visit: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({
    viewport: { width: viewport.width, height: viewport.height },
    javaScriptEnabled: viewport.javaScript,
    colorScheme: viewport.colorScheme ?? 'light',
    locale: viewport.locale ?? 'zh-CN',
    ...(viewport.userAgent === undefined ? {} : { userAgent: viewport.userAgent }),
    hasTouch: viewport.width < 600,
  });
  const complaints: string[] = [];
  let diary: PageDiary | null = null;
  try {
    const page = await context.newPage();
    diary = keepDiary(page);
    page.setDefaultTimeout(STEP_TIMEOUT_MS);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
    });
    const result = await visit(page);
    if (complaints.length > 0) throw new Error(`the page complained:\n${complaints.join('\n')}`);
    return result;
  } catch (error) {
    if (error instanceof Error && diary !== null) error.message += `\n\n${await diary.tell()}`;
    throw error;
  } finally {
    await context.close();
  }
}

/** What axe-core finds on the page once it has loaded, one line per violation; an empty list is what we want. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.waitForLoadState();
  await page.evaluate(axe.source);
  const violations = await page.evaluate<AxeViolation[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations.map((violation) => ({' +
      ' id: violation.id, help: violation.help, nodes: violation.nodes.map((node) => node.html) })))',
  );
  return violations.map((violation) => `${violation.id}: ${violation.help}: ${violation.nodes.join(' | ')}`);
}

const REST_LOOK_MS = 20;
const REST_LOOKS = 4;

/** Tells when the page has had nothing under way for a moment. Playwright's own `networkidle` waits half a second, every time. */
export function watchRequests(page: Page): { rest(): Promise<void> } {
  const open = new Set<unknown>();
  page.on('request', (request) => open.add(request));
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => open.delete(request));
  return {
    async rest() {
      for (let quiet = 0; quiet < REST_LOOKS; quiet = open.size === 0 ? quiet + 1 : 0)
        await new Promise((resolve) => setTimeout(resolve, REST_LOOK_MS));
    },
  };
}

interface AxeViolation {
  id: string;
  help: string;
  nodes: string[];
}

/** How many pixels the page is wider than its window, once it has loaded; 0 is what we want. */
export async function sidewaysScroll(page: Page): Promise<number> {
  await page.waitForLoadState();
  return await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

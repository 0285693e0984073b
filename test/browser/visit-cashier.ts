import type { Page } from 'playwright-core';
import type { CashierView } from '../../src/web/cashier-view.ts';
import type { TestBrowser, Viewport } from './browser.ts';
import { cashierViews } from './cashier-views.ts';
import { stayWhenPaid } from './hold-page.ts';
import { startPageServer, type PageServer } from './page-server.ts';

export interface CashierVisit {
  view: CashierView;
  viewport: Viewport;
  /** `?lang=en`; nothing when left out. */
  query?: string;
  /** true: a paid page goes back to the shop by itself, after its seconds. */
  returns?: boolean;
  /** Before the page is opened. */
  before?: (page: Page, server: PageServer) => Promise<unknown>;
}

/** Opens one cashier page, once, in a browser of its own. */
export async function visitCashier(
  browser: TestBrowser,
  visit: CashierVisit,
  steps: (page: Page, server: PageServer) => Promise<void>,
): Promise<void> {
  const server = await startPageServer(visit.view);
  try {
    await browser.withPage(visit.viewport, async (page) => {
      if (visit.returns !== true) await stayWhenPaid(page);
      await visit.before?.(page, server);
      await page.goto(server.pageUrl + (visit.query ?? ''));
      await steps(page, server);
    });
  } finally {
    await server.stop();
  }
}

/** @throws Error when there is no such face */
export function viewNamed(name: string): CashierView {
  const view = cashierViews[name];
  if (view === undefined) throw new Error(`no view ${name}`);
  return view;
}

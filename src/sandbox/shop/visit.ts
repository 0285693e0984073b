import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Lang } from '../../base/lang.ts';
import { renderShopProblem, type ShopFrame } from './shop-pages.ts';
import type { ShopProblem } from './shop-texts.ts';
import type { ShopDeps } from './shop.ts';
import type { Shopper } from './shoppers.ts';

/** One request to the shop, and who sends it. */
export interface Visit {
  deps: ShopDeps;
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  query: URLSearchParams;
  lang: Lang;
  /** Who buys in this browser. */
  shopper: Shopper;
}

export function frameOf({ lang, shopper }: Visit): ShopFrame {
  return { lang, shopper };
}

export function sendProblem(visit: Visit, status: number, problem: ShopProblem): void {
  sendPage(visit, status, renderShopProblem(problem, null, frameOf(visit)));
}

/** No form-action in the policy: buying ends at the cashier, whose address the shop learns only from the API's answer. */
export function sendPage({ response }: Visit, status: number, page: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(page);
}

/** Sends the browser to a path of ours. */
export function sendTo({ response }: Visit, location: string, headers: Record<string, string> = {}): void {
  response.writeHead(303, { location, ...headers }).end();
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { chooseLang, type Lang } from '../../base/lang.ts';
import { answerAsset } from '../../base/static-assets.ts';
import { checkPayment, placeOrder, refundOrder, startPayment } from './order-payment.ts';
import type { Order } from './orders.ts';
import { findProduct } from './products.ts';
import { readBody } from './read-body.ts';
import { receiveWebhook } from './receive-webhook.ts';
import { shopAssets } from './shop-assets.ts';
import { orderVersion, renderHome, renderOrder, renderProduct, renderShopProblem } from './shop-pages.ts';
import type { ShopProblem } from './shop-texts.ts';
import type { ShopDeps } from './shop.ts';

interface Visit {
  deps: ShopDeps;
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  lang: Lang;
}

/** One request to the shop: files, pages, the three buttons, and the door for webhooks. */
export async function answerShop(deps: ShopDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = URL.parse(request.url ?? '/', deps.url);
  const path = url?.pathname ?? '/';
  const lang = chooseLang(url?.searchParams.get('lang') ?? undefined, request.headers['accept-language']);
  const visit: Visit = { deps, request, response, path, lang };
  if (request.method === 'GET') return await answerGet(visit);
  if (request.method !== 'POST') return sendProblem(visit, 405, 'bad_request');
  const body = await readBody(request);
  if (body === null) return sendProblem(visit, 413, 'bad_request');
  if (path === '/webhooks') {
    response.writeHead(await receiveWebhook(deps, request.headers, body)).end();
    return;
  }
  if (!isFromOurPage(visit)) return sendProblem(visit, 403, 'bad_request');
  await answerButton(visit, new URLSearchParams(body));
}

async function answerGet(visit: Visit): Promise<void> {
  const { deps, request, response, path, lang } = visit;
  const asset = shopAssets.get(path);
  if (asset !== undefined) {
    const { headers, body } = await answerAsset(asset, request.headers['accept-encoding'] ?? '');
    response.writeHead(200, headers).end(body);
    return;
  }
  const [, folder = '', id = '', rest] = path.split('/');
  if (path === '/') return sendPage(visit, 200, renderHome(lang));
  const product = folder === 'products' && rest === undefined ? findProduct(id) : undefined;
  if (product !== undefined) return sendPage(visit, 200, renderProduct(product, lang));
  const order = folder === 'orders' ? deps.orders.find(id) : undefined;
  if (order !== undefined && rest === undefined) return sendPage(visit, 200, renderOrder(order, lang));
  if (order !== undefined && rest === 'state') {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify({ state: order.state, version: orderVersion(order) }));
    return;
  }
  sendProblem(visit, 404, 'not_found');
}

async function answerButton(visit: Visit, form: URLSearchParams): Promise<void> {
  const { deps, path, lang } = visit;
  if (path === '/buy') {
    const product = findProduct(form.get('product') ?? '');
    if (product === undefined) return sendProblem(visit, 404, 'not_found');
    const order = placeOrder(deps, product, lang);
    return await tryCall(visit, order, 'cannot_pay', startPayment);
  }
  const [, folder, id = '', action = ''] = path.split('/');
  const order = folder === 'orders' ? deps.orders.find(id) : undefined;
  if (order === undefined) return sendProblem(visit, 404, 'not_found');
  switch (action) {
    case 'pay':
      return await tryCall(visit, order, 'cannot_pay', startPayment);
    case 'check':
      return await tryCall(visit, order, 'cannot_pay', checkPayment);
    case 'refund':
      return await tryCall(visit, order, 'cannot_refund', refundOrder);
    default:
      return sendProblem(visit, 404, 'not_found');
  }
}

/**
 * Calls Hutong and sends the buyer on: to the cashier after starting a payment, else to the order. When Hutong refuses or is
 * away, the buyer reads a sentence and may try again from the order's page.
 */
async function tryCall(
  visit: Visit,
  order: Order,
  problem: ShopProblem,
  call: (deps: ShopDeps, order: Order) => Promise<Order>,
): Promise<void> {
  const { deps, response, path, lang } = visit;
  const orderPath = `/orders/${order.orderNo}?lang=${lang}`;
  try {
    const { payment } = await call(deps, order);
    const next = call === startPayment ? (payment?.cashierUrl ?? orderPath) : orderPath;
    response.writeHead(303, { location: next }).end();
  } catch (error) {
    deps.log.warn({ error: String(error), path }, 'Hutong did not do what the shop asked');
    sendPage(visit, 502, renderShopProblem(problem, lang, orderPath));
  }
}

/** Other sites cannot press our buttons: browsers say with every POST where it comes from. */
function isFromOurPage({ request }: Visit): boolean {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined || URL.parse(origin)?.host === host;
}

function sendProblem(visit: Visit, status: number, problem: ShopProblem): void {
  sendPage(visit, status, renderShopProblem(problem, visit.lang, null));
}

/** No form-action in the policy: buying ends at the cashier, whose address the shop learns only from the API's answer. */
function sendPage({ response }: Visit, status: number, page: string): void {
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

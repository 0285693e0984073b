import type { IncomingMessage, ServerResponse } from 'node:http';
import { chooseLang } from '../../base/lang.ts';
import { answerAsset } from '../../base/static-assets.ts';
import { answerShare, shareByPost } from './answer-share.ts';
import { findBestPrice } from './best-price.ts';
import { cameBy, cameByCookie } from './came-by.ts';
import { checkPayment, placeOrder, refundOrder, startPayment } from './order-payment.ts';
import type { Order } from './orders.ts';
import { findProduct, type Product } from './products.ts';
import { findShopper, shopperCookie, shopperOf } from './shoppers.ts';
import { readBody } from './read-body.ts';
import { receiveWebhook } from './receive-webhook.ts';
import { shopAssets } from './shop-assets.ts';
import { orderVersion, renderHome, renderOrder, renderProduct, renderShopProblem } from './shop-pages.ts';
import type { ShopProblem } from './shop-texts.ts';
import type { ShopDeps } from './shop.ts';
import { frameOf, sendPage, sendProblem, sendTo, type Visit } from './visit.ts';

/** One request to the shop: files, pages, the buttons, and the door for webhooks. */
export async function answerShop(deps: ShopDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = URL.parse(request.url ?? '/', deps.url);
  const path = url?.pathname ?? '/';
  const lang = chooseLang(url?.searchParams.get('lang') ?? undefined, request.headers['accept-language']);
  const shopper = shopperOf(request.headers.cookie);
  const query = url?.searchParams ?? new URLSearchParams();
  const visit: Visit = { deps, request, response, path, query, lang, shopper };
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
  const { deps, request, response, path } = visit;
  const asset = shopAssets.get(path);
  if (asset !== undefined) {
    const { headers, body } = await answerAsset(asset, request.headers['accept-encoding'] ?? '');
    response.writeHead(200, headers).end(body);
    return;
  }
  if (await answerShare(visit)) return;
  const [, folder = '', id = '', rest] = path.split('/');
  if (path === '/') return sendPage(visit, 200, renderHome(frameOf(visit)));
  const product = folder === 'products' && rest === undefined ? findProduct(id) : undefined;
  if (product !== undefined) return await sendProduct(visit, product);
  const order = folder === 'orders' ? deps.orders.find(id) : undefined;
  if (order !== undefined && rest === undefined) return sendPage(visit, 200, renderOrder(order, frameOf(visit)));
  if (order !== undefined && rest === 'state') {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify({ state: order.state, version: orderVersion(order) }));
    return;
  }
  sendProblem(visit, 404, 'not_found');
}

/** With what it costs this buyer at best; where Hutong is away, with the plain price. */
async function sendProduct(visit: Visit, product: Product): Promise<void> {
  const best = await findBestPrice(visit.deps, product, visit.shopper);
  const link = cameBy(visit);
  if (link !== null) visit.response.setHeader('set-cookie', cameByCookie(link));
  sendPage(visit, 200, renderProduct(product, best, link, frameOf(visit)));
}

async function answerButton(visit: Visit, form: URLSearchParams): Promise<void> {
  const { deps, path, lang } = visit;
  if (path === '/buy') {
    const product = findProduct(form.get('product') ?? '');
    if (product === undefined) return sendProblem(visit, 404, 'not_found');
    const order = placeOrder(deps, product, { shopper: visit.shopper, link: cameBy(visit, form), lang });
    return await tryCall(visit, order, 'cannot_pay', startPayment);
  }
  if (path === '/shopper') return changeShopper(visit, form);
  const [, folder, id = '', action = ''] = path.split('/');
  const product = folder === 'products' && action === 'share' ? findProduct(id) : undefined;
  if (product !== undefined) return await shareByPost(visit, product);
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

/** Somebody else buys from now on, on the page where the button was. */
function changeShopper(visit: Visit, form: URLSearchParams): void {
  const shopper = findShopper(form.get('shopper') ?? '');
  if (shopper === undefined) return sendProblem(visit, 400, 'bad_request');
  const back = form.get('back') ?? '';
  const location = /^\/(?:(?:products|orders)\/\w+)?$/.test(back) ? back : '/';
  sendTo(visit, `${location}?lang=${visit.lang}`, { 'set-cookie': shopperCookie(shopper) });
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
  const { deps, path, lang } = visit;
  const orderPath = `/orders/${order.orderNo}?lang=${lang}`;
  try {
    const { payment } = await call(deps, order);
    const next = call === startPayment ? (payment?.cashierUrl ?? orderPath) : orderPath;
    sendTo(visit, next);
  } catch (error) {
    deps.log.warn({ error: String(error), path }, 'Hutong did not do what the shop asked');
    sendPage(visit, 502, renderShopProblem(problem, orderPath, frameOf(visit)));
  }
}

/** Other sites cannot press our buttons: browsers say with every POST where it comes from. */
function isFromOurPage({ request }: Visit): boolean {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined || URL.parse(origin)?.host === host;
}

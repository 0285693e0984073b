import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import QRCode from 'qrcode';
import { answerAsset } from '../../src/base/static-assets.ts';
import { assets } from '../../src/web/assets.ts';
import { renderCashier } from '../../src/web/cashier-page.ts';
import { showCashierState, type CashierView } from '../../src/web/cashier-view.ts';
import { chooseLang } from '../../src/base/lang.ts';
import { renderMessage } from '../../src/web/message-page.ts';
import { redirectFormHeaders, securityHeaders } from '../../src/web/security-headers.ts';
import { renderRedirectForm } from '../../src/web/redirect-form.ts';
import { renderWhyPage } from '../../src/web/why-page.ts';
import { whyView } from './offer-views.ts';

/** One cashier page on a port of its own, whose payment a test moves by hand. The wallet is `/wallet` on the same port. */
export interface PageServer {
  url: string;
  pageUrl: string;
  view: CashierView;
  /** Forms that arrived, newest last: [path, body]. */
  posted: [string, string][];
  /** How often the browser came back from a wallet. */
  returns: number;
  /** While true, `/state` answers 503. */
  isDown: boolean;
  stop(): Promise<void>;
}

export async function startPageServer(view: CashierView): Promise<PageServer> {
  const server = createServer((request, response) => {
    answer(state, request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the page server listens on a port');
  const url = `http://127.0.0.1:${address.port}`;
  const state: PageServer = {
    url,
    pageUrl: url + view.path,
    view,
    posted: [],
    returns: 0,
    isDown: false,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return state;
}

async function answer(server: PageServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', server.url);
  const lang = chooseLang(searchParams.get('lang') ?? undefined, request.headers['accept-language']);
  const said = searchParams.get('said');
  const view = { ...server.view, lang, notice: said === 'came_back' ? said : server.view.notice };
  const asset = assets.get(pathname);
  if (asset !== undefined) {
    const { headers, body } = await answerAsset(asset, request.headers['accept-encoding'] ?? '');
    return void response.writeHead(200, headers).end(body);
  }
  const pages = securityHeaders([]);
  if (request.method === 'POST') server.posted.push([pathname, await readBody(request)]);
  const action = view.attempt?.action;
  if (action?.type === 'qr' && pathname === `${view.path}/codes/${view.attempt?.id}.png`)
    return void response.writeHead(200, { 'content-type': 'image/png' }).end(await QRCode.toBuffer(action.text));
  switch (pathname) {
    case view.path:
      return void response.writeHead(200, pages).end(renderCashier(view));
    case `${view.path}/state`:
      return void response
        .writeHead(server.isDown ? 503 : 200, { 'content-type': 'application/json' })
        .end(JSON.stringify(showCashierState(view)));
    case `${view.path}/attempts`: {
      const form = {
        url: `${server.url}/wallet`,
        fields: { orderId: '01JDBNQ8V4', txnAmt: '12800', reserved: '{a=1&b="2"}<é>云' },
      };
      return void response.writeHead(200, redirectFormHeaders(form.url)).end(renderRedirectForm(form, lang));
    }
    case `${view.path}/why`:
      return void response.writeHead(200, pages).end(renderWhyPage({ ...whyView, lang }));
    case `${view.path}/return`:
      server.returns += 1;
      return void response.writeHead(303, { location: `${view.path}?said=came_back` }).end();
    case '/wallet':
    case new URL(view.returnUrl).pathname:
      return void response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end(`<!doctype html><title>${pathname}</title><p data-testid="arrived">${pathname}</p>`);
    default:
      return void response
        .writeHead(404, pages)
        .end(renderMessage({ lang, kind: 'not_found', next: null, requestId: 'req_01JDBNQ8V4' }));
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

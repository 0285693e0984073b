import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { chooseLang, type Lang } from '../base/lang.ts';
import { FORM_BYTES_MAX } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import { isOurFault, toProblem } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import { answerAsset } from '../base/static-assets.ts';
import { type BuyerView, createBuyerAsker, openBuyerView } from '../cashier/buyer-view.ts';
import type { Cashier } from '../cashier/cashier.ts';
import { cashierPath } from '../cashier/cashier-link.ts';
import { startAttempt } from '../cashier/start-attempt.ts';
import type { NextAction, Scene, WalletName } from '../wallets/wallet.ts';
import { assets } from './assets.ts';
import { toCashierView } from './buyer-page.ts';
import { renderCashier } from './cashier-page.ts';
import { showCashierState } from './cashier-view.ts';
import { type MessageKind, renderMessage } from './message-page.ts';
import { renderRedirectForm } from './redirect-form.ts';
import { redirectFormHeaders, securityHeaders } from './security-headers.ts';

const LAST_WALLET = 'hutong_last_wallet';
const YEAR_SECONDS = 31_536_000;

interface BuyerParams {
  Params: { id: string; token: string };
  Querystring: { lang?: string };
}

/** The buyer's pages: the cashier, the way to the wallet, the way back, and the live state. */
export function buyerRoutes(cashier: Cashier, log: Log) {
  const askForBuyer = createBuyerAsker(cashier);

  return async function mount(app: FastifyInstance): Promise<void> {
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
      (_request, body, done) => done(null, body),
    );
    app.setErrorHandler((error, request, reply) => answerMessage(error, request, reply, log));

    app.get<BuyerParams>('/c/:id/:token', hidden, async (request, reply) => {
      const view = await openBuyerView(cashier, request.params.id, request.params.token);
      await askIfWanted(request, view);
      return sendPage(reply, renderCashier(pageView(request, view)));
    });

    app.get<BuyerParams>('/c/:id/:token/state', hidden, async (request, reply) => {
      const view = await openBuyerView(cashier, request.params.id, request.params.token);
      return reply.headers({ 'cache-control': 'no-store' }).send(showCashierState(pageView(request, view)));
    });

    app.post<BuyerParams>('/c/:id/:token/attempts', hidden, async (request, reply) => {
      const view = await openBuyerView(cashier, request.params.id, request.params.token);
      const { wallet, scene } = readChoice(request.body);
      const started = await startAttempt(cashier, {
        book: view.payment.book,
        paymentId: view.payment.id,
        merchantId: view.payment.merchantId,
        wallet,
        scene,
        claim: null,
      });
      reply.header('set-cookie', lastWalletCookie(wallet, cashier.deps.publicUrl.startsWith('https:')));
      return sendOn(request, reply, pathOf(view), started.body);
    });

    // A wallet sends the browser back by GET or by POST; what it brings along proves nothing and is not read.
    app.route<BuyerParams>({
      method: ['GET', 'POST'],
      url: '/c/:id/:token/return',
      ...hidden,
      handler: async (request, reply) => {
        const view = await openBuyerView(cashier, request.params.id, request.params.token);
        await askForBuyer(view);
        return reply.header('cache-control', 'no-store').redirect(`${pathOf(view)}?lang=${langOf(request)}`, 303);
      },
    });

    app.get<{ Params: { '*': string } }>('/assets/*', hidden, async (request, reply) => {
      const asset = assets.get(request.url.split('?')[0] ?? '');
      if (asset === undefined) throw new Refusal('not_found', 'there is no such file');
      const answer = await answerAsset(asset, request.headers['accept-encoding'] ?? '');
      return reply.headers(answer.headers).send(answer.body);
    });
  };

  function pathOf(view: BuyerView): string {
    return cashierPath(cashier.deps.keyring, view.payment.id);
  }

  function pageView(request: FastifyRequest, view: BuyerView) {
    return toCashierView(view, {
      lang: langOf(request),
      path: pathOf(view),
      userAgent: request.headers['user-agent'] ?? '',
      lastWallet: readCookie(request.headers.cookie ?? '', LAST_WALLET),
      now: cashier.deps.clock.now(),
      can: cashier.deps.can,
    });
  }

  /** "I have paid" asks the wallet; the live page only looks at what we know. */
  async function askIfWanted(request: FastifyRequest<BuyerParams>, view: BuyerView): Promise<void> {
    if (request.headers['sec-fetch-dest'] === 'empty') return;
    if (view.payment.state === 'requires_action' || view.payment.state === 'processing') await askForBuyer(view);
  }
}

const hidden = { schema: { hide: true } } as const;

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.headers(securityHeaders([])).send(page);
}

/** Sends the buyer to the wallet, or back to the cashier when there is nowhere to go. */
function sendOn(request: FastifyRequest, reply: FastifyReply, path: string, body: string): FastifyReply {
  const { next_action: action } = JSON.parse(body) as { next_action: NextAction | null }; // showAttempt's own shape
  if (action?.type === 'form_post')
    return reply.headers(redirectFormHeaders(action.url)).send(renderRedirectForm(action, langOf(request)));
  reply.header('cache-control', 'no-store');
  if (action?.type === 'redirect') return reply.redirect(action.url, 303);
  return reply.redirect(`${path}?lang=${langOf(request)}`, 303);
}

function readChoice(body: unknown): { wallet: WalletName; scene: Scene } {
  const form = new URLSearchParams(typeof body === 'string' ? body : '');
  const wallet = form.getAll('wallet');
  const scene = form.getAll('scene');
  if (wallet.length !== 1 || scene.length !== 1 || !/^[a-z]{1,20}$/.test(wallet[0] ?? ''))
    throw new Refusal('invalid_request', 'choose one wallet', { param: 'wallet' });
  if (scene[0] !== 'web' && scene[0] !== 'wap')
    throw new Refusal('invalid_request', 'a page is in a browser', { param: 'scene' });
  return { wallet: wallet[0] as WalletName, scene: scene[0] }; // an unknown wallet is refused when its account is looked up
}

function lastWalletCookie(wallet: string, isSecure: boolean): string {
  return `${LAST_WALLET}=${wallet}; Path=/c/; Max-Age=${YEAR_SECONDS}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}

function readCookie(header: string, name: string): string | null {
  const pair = header.split(';').map((part) => part.trim().split('='));
  return pair.find(([key]) => key === name)?.[1] ?? null;
}

function langOf(request: FastifyRequest): Lang {
  const { lang } = request.query as { lang?: unknown }; // any query may come; only known languages count
  return chooseLang(typeof lang === 'string' ? lang : undefined, request.headers['accept-language']);
}

const KINDS: Partial<Record<string, MessageKind>> = {
  not_found: 'not_found',
  payment_not_payable: 'changed',
  payment_already_succeeded: 'changed',
  wallet_not_available: 'not_available',
  payment_processing: 'changed',
  overloaded: 'try_again',
  unavailable: 'try_again',
  invalid_request: 'bad_request',
};

/** People get a page, not a problem document. The status is the same. */
function answerMessage(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const { status } = toProblem(error, request.id);
  if (isOurFault(error)) log.error({ requestId: request.id, error }, 'a page failed');
  const kind =
    error instanceof Refusal ? (KINDS[error.code] ?? 'bad_request') : status === 500 ? 'broken' : 'bad_request';
  const path = /^\/c\/[^/]+\/[^/?]+/.exec(request.url)?.[0];
  const next = path === undefined || kind === 'not_found' ? null : ({ href: path, label: 'back_to_cashier' } as const);
  return reply
    .code(status)
    .headers(securityHeaders([]))
    .send(renderMessage({ lang: langOf(request), kind, next, requestId: request.id }));
}

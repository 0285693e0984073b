import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readForm } from '../base/read-form.ts';
import { Refusal } from '../base/refusal.ts';
import { createBuyerAsker } from '../cashier/buyer-view.ts';
import type { Cashier } from '../cashier/cashier.ts';
import { qrPng } from '../qr/picture.ts';
import { renderBrowserHelp } from './browser-help.ts';
import { homeOf, isInApp, wayOut, waysOf } from './buyer-page.ts';
import { renderCashier } from './cashier-page.ts';
import { pageLink, showCashierState } from './cashier-view.ts';
import { createDeparture } from './departure.ts';
import { createKeeper } from './keep-pictures.ts';
import { queryOf, readMinor } from './page-request.ts';
import { securityHeaders } from './security-headers.ts';
import { createVisits, type Visit, type VisitParams } from './visit.ts';
import { renderWhyPage } from './why-page.ts';
import { toWhyView } from './why-view.ts';

const CODE_PIXELS_PER_MODULE = 10;

/** The pages of one payment: the cashier, the ways to wallets and back, and the live state. */
export function mountCashierRoutes(app: FastifyInstance, cashier: Cashier): void {
  const askForBuyer = createBuyerAsker(cashier);
  const visits = createVisits(cashier);
  const keep = createKeeper();
  const departure = createDeparture(cashier, visits);

  app.get<VisitParams>('/c/:id/:token', hidden, async (request, reply) => {
    let visit = await visits.open(request, reply);
    if (isRead(request) && isOpen(visit)) {
      await askForBuyer(visit.view);
      visit = await visits.renew(visit);
    }
    const home = isRead(request) && visits.mayStart(visit) ? homeOf(visit.view, visit.where) : null;
    const asked = queryOf(request, 'wallet');
    if (home === null || (asked !== null && asked !== home.wallet.name)) return sendPage(visit, false);
    visits.markStarted(visit);
    if (home.wallet.needsPayer && home.way.kind === 'scene' && home.way.scene === 'jsapi')
      return await departure.askPayer(visit, home.wallet);
    return sendPage(visit, true);
  });

  app.get<VisitParams>('/c/:id/:token/state', hidden, async (request, reply) => {
    const visit = await visits.open(request, reply);
    return reply.headers({ 'cache-control': 'no-store' }).send(showCashierState(visits.toView(visit, false)));
  });

  app.post<VisitParams>('/c/:id/:token/attempts', hidden, async (request, reply) => {
    const visit = await visits.open(request, reply);
    const { wallet, wantsCode, shownMinor } = readChoice(visit, request.body);
    const way = waysOf(wallet, visit.where).find(({ kind }) => !wantsCode || kind === 'show_qr');
    if (way === undefined) throw new Refusal('wallet_not_available', 'not here', { param: 'wallet' });
    visits.rememberWallet(visit, wallet.name);
    visits.markStarted(visit);
    return await departure.leaveBy(visit, wallet, way, shownMinor);
  });

  app.get<VisitParams>('/c/:id/:token/elsewhere', hidden, async (request, reply) => {
    const visit = await visits.open(request, reply);
    const view = visits.toView(visit, false);
    const wallet = visit.view.wallets.find(({ name }) => name === queryOf(request, 'wallet'));
    const choice = view.wallets.find(({ name }) => name === wallet?.name);
    const ways = wallet === undefined ? [] : waysOf(wallet, visit.where);
    const way = wayOut(ways);
    // The app's menu has opened this very page in a browser: there it leads on to the cashier.
    const isNeeded = way !== null && (ways[0] === way || isInApp(visit.where));
    if (choice === undefined || !isNeeded)
      return reply.redirect(pageLink(view, '', choice === undefined ? {} : { wallet: choice.name }), 303);
    const page = renderBrowserHelp(view, choice, way, `${view.url}?wallet=${choice.name}`);
    return reply.headers(securityHeaders([])).send(page);
  });

  app.get<VisitParams>('/c/:id/:token/why', hidden, async (request, reply) => {
    const visit = await visits.open(request, reply);
    if (visit.view.payment.livemode) throw new Refusal('not_found', 'this page is for test mode');
    const page = renderWhyPage(toWhyView(visit.view, visits.toView(visit, false)));
    return reply.headers(securityHeaders([])).send(page);
  });

  app.get<VisitParams & { Params: { wallet: string } }>(
    '/c/:id/:token/payer/:wallet',
    hidden,
    async (request, reply) => {
      const visit = await visits.open(request, reply);
      return await departure.comeWithPayer(visit, request.params.wallet);
    },
  );

  app.get<VisitParams & { Params: { file: string } }>('/c/:id/:token/codes/:file', hidden, async (request, reply) => {
    const { view } = await visits.open(request, reply);
    const attempt = view.attempts.find(({ id }) => `${id}.png` === request.params.file);
    if (attempt?.nextAction?.type !== 'qr') throw new Refusal('not_found', 'there is no such code');
    const { text } = attempt.nextAction;
    const picture = await keep(text, () => qrPng(text, 'medium', CODE_PIXELS_PER_MODULE));
    return reply.headers({ 'content-type': 'image/png', 'cache-control': 'private, max-age=3600' }).send(picture);
  });

  // A wallet sends the browser back by GET or by POST; what it brings along proves nothing and is not read.
  app.route<VisitParams>({
    method: ['GET', 'POST'],
    url: '/c/:id/:token/return',
    ...hidden,
    handler: async (request, reply) => {
      const visit = await visits.open(request, reply);
      await askForBuyer(visit.view);
      return reply.header('cache-control', 'no-store').redirect(pageLink(visit, '', { said: 'came_back' }), 303);
    },
  });

  function sendPage(visit: Visit, startsNow: boolean): FastifyReply {
    return visit.reply.headers(securityHeaders([])).send(renderCashier(visits.toView(visit, startsNow)));
  }
}

const hidden = { schema: { hide: true } } as const;

/** A person opened the page: not its own script looking for news, and not a browser fetching ahead. */
function isRead({ headers }: FastifyRequest): boolean {
  const isAhead = [headers['sec-purpose'], headers['purpose']].some((purpose) => String(purpose).includes('prefetch'));
  return headers['sec-fetch-dest'] !== 'empty' && !isAhead;
}

function isOpen({ view: { payment } }: Visit): boolean {
  return payment.state === 'requires_action' || payment.state === 'processing';
}

function readChoice(visit: Visit, body: unknown) {
  const form = readForm(body);
  const name = form('wallet');
  if (name === null) throw new Refusal('invalid_request', 'choose one wallet', { param: 'wallet' });
  const wallet = visit.view.wallets.find((candidate) => candidate.name === name);
  if (wallet === undefined)
    throw new Refusal('wallet_not_available', 'the shop does not take this wallet', { param: 'wallet' });
  return { wallet, wantsCode: form('way') === 'show_qr', shownMinor: readMinor(form(`pay-${name}`)) };
}

import type { FastifyReply } from 'fastify';
import { Refusal } from '../base/refusal.ts';
import type { BuyerWallet } from '../cashier/buyer-view.ts';
import type { Cashier } from '../cashier/cashier.ts';
import { payerAskUrl, readPayer } from '../cashier/identify-payer.ts';
import { startAttempt } from '../cashier/start-attempt.ts';
import { plainAddress } from '../net/network-of.ts';
import type { Way } from '../wallets/detect/ways.ts';
import type { NextAction, Payer, Scene } from '../wallets/wallet.ts';
import { priceNow, waysOf } from './buyer-page.ts';
import { pageLink } from './cashier-view.ts';
import { renderLeave } from './leave-page.ts';
import { renderRedirectForm } from './redirect-form.ts';
import { leaveHeaders, redirectFormHeaders } from './security-headers.ts';
import type { Visit, Visits } from './visit.ts';

const STATE_BYTES = 16;

/** From the cashier page to a wallet, by whatever way fits the place; where a payer is needed, who pays is asked first. */
export function createDeparture(cashier: Cashier, visits: Visits) {
  return {
    /** `shownMinor`: the price that the buyer saw at this wallet; null where the page showed none. */
    async leaveBy(visit: Visit, wallet: BuyerWallet, way: Way, shownMinor: bigint | null): Promise<FastifyReply> {
      switch (way.kind) {
        case 'scene':
          if (way.scene === 'jsapi' && wallet.needsPayer)
            return sendAway(visit, await askUrl(visit, wallet, shownMinor));
          return await startAndLeave(visit, wallet, { scene: way.scene, payer: null, shownMinor });
        case 'show_qr':
          return await startAndLeave(visit, wallet, { scene: 'qr', payer: null, shownMinor });
        case 'open_in_browser':
        case 'copy_link':
          return goTo(visit, pageLink(visit, '/elsewhere', { wallet: wallet.name }));
      }
      return way satisfies never;
    },

    /** By a page of ours and not by a redirect: a form may have led here, and browsers hold what follows it to form-action. */
    async askPayer(visit: Visit, wallet: BuyerWallet): Promise<FastifyReply> {
      return sendAway(visit, await askUrl(visit, wallet, priceNow(visit.view, wallet.name)));
    },

    /** The browser comes back from asking who pays. Without an answer the wallets are shown, and a line says why. */
    async comeWithPayer(visit: Visit, name: string): Promise<FastifyReply> {
      const wallet = visit.view.wallets.find((candidate) => candidate.name === name);
      const way = wallet === undefined ? undefined : waysOf(wallet, visit.where)[0];
      if (wallet === undefined || way?.kind !== 'scene' || way.scene !== 'jsapi')
        throw new Refusal('wallet_not_available', 'the wallet cannot be paid here', { param: 'wallet' });
      const asked = visits.takeAsked(visit);
      const reading =
        asked === null
          ? null
          : await readPayer(cashier, {
              ...wishFor(visit, wallet),
              paymentId: visit.view.payment.id,
              ...whoCame(visit),
            });
      if (asked === null || reading?.kind !== 'payer')
        return goTo(visit, pageLink(visit, '', { stay: '1', said: 'payer_unknown' }));
      return await startAndLeave(visit, wallet, { scene: 'jsapi', payer: reading.payer, shownMinor: asked.shownMinor });
    },
  };

  /** Where an offer is gone nothing was started: the buyer is back at the wallets, reads the new price and presses again. */
  async function startAndLeave(visit: Visit, wallet: BuyerWallet, wish: Wish): Promise<FastifyReply> {
    const action = await start(visit, wallet, wish).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'offer_changed') return 'price_changed' as const;
      throw error;
    });
    if (action === 'price_changed') {
      const before: Record<string, string> = wish.shownMinor === null ? {} : { before: String(wish.shownMinor) };
      return goTo(visit, pageLink(visit, '', { stay: '1', said: action, wallet: wallet.name, ...before }));
    }
    // By way of the cashier, so that it is where Back from the wallet leads.
    return wish.payer !== null && action?.type === 'redirect'
      ? goTo(visit, pageLink(visit, '', { go: '1' }))
      : leaveFor(visit, action);
  }

  /** Where this browser goes to tell who pays. */
  async function askUrl(visit: Visit, wallet: BuyerWallet, shownMinor: bigint | null): Promise<string> {
    const state = cashier.deps.random.bytes(STATE_BYTES).toString('hex');
    visits.keepAsked(visit, state, shownMinor);
    const returnUrl = cashier.deps.publicUrl + pageLink(visit, `/payer/${wallet.name}`);
    const url = await payerAskUrl(cashier, { ...wishFor(visit, wallet), returnUrl, state });
    if (url === null) throw new Error('assertion failed: a wallet that needs a payer can be asked');
    return url;
  }

  /** What the buyer does next; null where the page says it. */
  async function start(visit: Visit, wallet: BuyerWallet, wish: Wish): Promise<Leaving | null> {
    const request = {
      ...wishFor(visit, wallet),
      paymentId: visit.view.payment.id,
      scene: wish.scene,
      walletAccountId: null,
      buyerIp: plainAddress(visit.request.ip),
      payer: wish.payer,
      paymentCode: null,
      expectedMinor: wish.shownMinor,
      app: visit.where.detected.app === 'browser' ? null : visit.where.detected.app,
      device: visit.device,
      claim: null,
    };
    const started = await startAttempt(cashier, request);
    const { next_action: action } = JSON.parse(started.body) as { next_action: NextAction | null }; // showAttempt's own shape, of which only two kinds are read
    return action?.type === 'form_post' || action?.type === 'redirect' ? action : null;
  }
}

/** How the buyer pays, and the price that was shown for it. */
interface Wish {
  scene: Scene;
  payer: Payer | null;
  shownMinor: bigint | null;
}

/** The next steps that need a page of their own; what stays on the cashier page is shown there. */
type Leaving = Extract<NextAction, { type: 'form_post' | 'redirect' }>;

function leaveFor(visit: Visit, action: Leaving | null): FastifyReply {
  if (action?.type === 'form_post')
    return visit.reply.headers(redirectFormHeaders(action.url)).send(renderRedirectForm(action, visit.lang));
  return action?.type === 'redirect' ? sendAway(visit, action.url) : goTo(visit, pageLink(visit));
}

function wishFor({ view: { payment } }: Visit, wallet: BuyerWallet) {
  return { book: payment.book, merchantId: payment.merchantId, wallet: wallet.name };
}

function whoCame({ request, where }: Visit) {
  const entries = Object.entries(request.query as Record<string, unknown>); // any query may come; only single values count
  const query = Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  return { query, userAgent: where.userAgent };
}

function sendAway(visit: Visit, url: string): FastifyReply {
  return visit.reply.headers(leaveHeaders()).send(renderLeave(url, visit.lang));
}

function goTo(visit: Visit, path: string): FastifyReply {
  return visit.reply.header('cache-control', 'no-store').redirect(path, 303);
}

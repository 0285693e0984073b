import type { FastifyReply, FastifyRequest } from 'fastify';
import { assert } from '../base/assert.ts';
import type { Lang } from '../base/lang.ts';
import { type BuyerView, openBuyerView } from '../cashier/buyer-view.ts';
import type { Cashier } from '../cashier/cashier.ts';
import { cashierPath } from '../cashier/cashier-link.ts';
import { buyerOf } from '../cashier/payment-decision.ts';
import { toCashierView } from './buyer-page.ts';
import type { CashierView } from './cashier-view.ts';
import { langOf, queryOf, readCookie, readMinor, toCookie } from './page-request.ts';
import { findWhereabouts, type Whereabouts } from './place.ts';

export interface VisitParams {
  Params: { id: string; token: string };
}

/** One request for a page of a payment, by a browser that we may know. */
export interface Visit {
  request: FastifyRequest<VisitParams>;
  reply: FastifyReply;
  view: BuyerView;
  path: string;
  lang: Lang;
  where: Whereabouts & {
    /** The address names the place to stand in for: another place is another browser, which starts anew. */
    isNamedNow: boolean;
  };
  /** This browser by a name of our own; it counts only where the shop names neither buyer nor device. */
  device: string;
}

/** The wallet that this browser chose last, at any shop of ours. */
const LAST_WALLET = 'hutong_last_wallet';
/** A wallet was opened from this payment in this browser: from now on nothing opens by itself. */
const STARTED = 'hutong_started';
/** In test mode: what this browser stands in for on the pages of this payment. */
const STAND_IN = 'hutong_as';
/** What comes back with the answer to who pays. */
const ASKED = 'hutong_asked';

/** This browser, at any shop of ours, where a staged wallet or an offer counts by device. */
const DEVICE = 'hutong_device';
const DEVICE_BYTES = 16;

const NOTICES = ['came_back', 'payer_unknown', 'price_changed'] as const;

const YEAR_SECONDS = 31_536_000;
const DAY_SECONDS = 86_400;
const ASK_SECONDS = 600;

/** Opens pages of payments and keeps in the browser what only it can know; nothing of it is trusted with money. */
export function createVisits(cashier: Cashier) {
  const { deps } = cashier;

  return {
    /** @throws Refusal not_found */
    async open(request: FastifyRequest<VisitParams>, reply: FastifyReply): Promise<Visit> {
      const { id, token } = request.params;
      const known = deviceOf(request);
      const device = known ?? deps.random.bytes(DEVICE_BYTES).toString('hex');
      const path = cashierPath(deps.keyring, id); // whatever it names: openBuyerView knows only its own
      let where: Visit['where'] | null = null;
      const view = await openBuyerView(cashier, id, token, ({ livemode }) => {
        where = whereIs({ request, reply, path }, livemode);
        return whereabouts(where, device);
      });
      assert(where !== null, 'whoever opens a payment is somewhere');
      const visit = { request, reply, view, path, lang: langOf(request), where, device };
      if (known === null && view.needsDevice && buyerOf(view.payment, device).device === device)
        setCookie(visit, DEVICE, device, '/c/', YEAR_SECONDS);
      return visit;
    },

    /** The same visit after the wallets were asked. */
    async renew(visit: Visit): Promise<Visit> {
      const { id, token } = visit.request.params;
      return { ...visit, view: await openBuyerView(cashier, id, token, () => whereabouts(visit.where, visit.device)) };
    },

    toView(visit: Visit, startsNow: boolean): CashierView {
      const { request } = visit;
      const said = queryOf(request, 'said');
      const before = queryOf(request, 'before') ?? '';
      return toCashierView(visit.view, {
        lang: visit.lang,
        path: visit.path,
        publicUrl: deps.publicUrl,
        where: visit.where,
        lastWallet: readCookie(request, LAST_WALLET),
        askedWallet: queryOf(request, 'wallet'),
        notice: NOTICES.find((notice) => notice === said) ?? null,
        beforeMinor: readMinor(before),
        startsNow,
        goesOn: queryOf(request, 'go') !== null,
        now: deps.clock.now(),
      });
    },

    /**
     * Whether the wallet whose browser this is may be opened without a tap: once per payment and browser, and not when a
     * wallet is at work on it in the hand of a buyer already. A code on a desktop's screen is passed over: here is the phone.
     */
    mayStart(visit: Visit): boolean {
      const { payment, attempts } = visit.view;
      const newest = attempts.at(-1);
      const isNewHere = readCookie(visit.request, STARTED) === null || visit.where.isNamedNow;
      if (queryOf(visit.request, 'stay') !== null || !isNewHere) return false;
      if (payment.state === 'requires_payment_method') return newest === undefined;
      const isOnScreen = newest?.scene === 'qr' || newest?.scene === 'web';
      return payment.state === 'requires_action' && newest?.outcome === 'pending' && isOnScreen;
    },

    markStarted(visit: Visit): void {
      setCookie(visit, STARTED, '1', visit.path, DAY_SECONDS);
    },

    rememberWallet(visit: Visit, wallet: string): void {
      setCookie(visit, LAST_WALLET, wallet, '/c/', YEAR_SECONDS);
    },

    /** `shownMinor`: the price that the buyer saw, which counts when the browser is back; null where none was shown. */
    keepAsked(visit: Visit, state: string, shownMinor: bigint | null): void {
      setCookie(visit, ASKED, `${state}-${shownMinor ?? ''}`, visit.path, ASK_SECONDS);
    },

    /** Not null when this browser was sent to ask who pays; once. A wallet that carries our word must bring the same. */
    takeAsked(visit: Visit): { shownMinor: bigint | null } | null {
      const [state = '', shown = ''] = (readCookie(visit.request, ASKED) ?? '').split('-');
      setCookie(visit, ASKED, '', visit.path, 0);
      const came = queryOf(visit.request, 'state');
      return state !== '' && (came === null || came === state) ? { shownMinor: readMinor(shown) } : null;
    },
  };

  function whereIs(visit: Pick<Visit, 'request' | 'reply' | 'path'>, livemode: boolean): Visit['where'] {
    const { request } = visit;
    const asked = queryOf(request, 'as');
    const standIn = asked ?? readCookie(request, STAND_IN);
    const where = findWhereabouts(request.headers['user-agent'] ?? '', livemode ? null : standIn);
    if (asked === null || livemode) return { ...where, isNamedNow: false };
    setCookie(visit, STAND_IN, where.standsInFor ?? '', visit.path, where.standsInFor === null ? 0 : DAY_SECONDS);
    return { ...where, isNamedNow: true };
  }

  function setCookie(
    { reply }: Pick<Visit, 'reply'>,
    name: string,
    value: string,
    path: string,
    ageSecondsMax: number,
  ): void {
    const isSecure = deps.publicUrl.startsWith('https:');
    reply.header('set-cookie', toCookie(name, value, { path, ageSecondsMax, isSecure }));
  }
}

/** Null where the browser brought none, or none of ours. */
function deviceOf(request: FastifyRequest): string | null {
  const device = readCookie(request, DEVICE) ?? '';
  return new RegExp(`^[0-9a-f]{${DEVICE_BYTES * 2}}$`).test(device) ? device : null;
}

/** What rollouts and offers go by; which scene it will be is not known before a wallet is chosen. */
function whereabouts({ detected }: Whereabouts, device: string) {
  return { app: detected.app === 'browser' ? null : detected.app, scene: null, device };
}

export type Visits = ReturnType<typeof createVisits>;

import { createHash } from 'node:crypto';
import {
  LINK_LOOK_CONCURRENCY,
  LINK_LOOK_SECONDS_MAX,
  LINK_LOOK_SECONDS_MIN,
  LINK_PAYMENT_LOST_SECONDS,
} from '../../base/link-limits.ts';
import { PAYMENT_MINOR_MAX } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { cashierPath } from '../../cashier/cashier-link.ts';
import { readPaymentsByOrder } from '../../cashier/linked-payments.ts';
import type { PaymentId } from '../../cashier/payment.ts';
import type { Batch } from '../../db/batch.ts';
import { type DueLoop, startDueLoop } from '../../db/due.ts';
import { readPaidCount } from '../count/read-paid-count.ts';
import { type LinkPayment, openLinkPayment } from './link-payment.ts';
import type { PayDeps } from './pay-deps.ts';
import { claimDueLinks, endPlaces, listOrderPlaces, listPlaces, type StoredPlace } from './place-store.ts';
import { settlePlaces } from './settle-places.ts';
import { type Progress, showProgress, toProgress } from './show-terms.ts';
import { newOrderNo, openTakeLane, type Taken, type TakeWish } from './take-places.ts';
import type { Terms } from './terms.ts';
import { findTerms, findTermsByCode, lockTerms } from './terms-store.ts';

/** What a buyer sends with the form of a link's page. */
export interface PayWish {
  /** 32 hex letters, made with the page: the same page sent twice, with the same in it, makes one payment. */
  nonce: string;
  /** What was typed; of no meaning where the link says the amount. */
  amountMinor: bigint | null;
  /** One share in particular; null takes any that is free. */
  placeNo: number | null;
  /** What the payer calls themselves; null for nothing. */
  payerName: string | null;
  /** What the shop is to read; empty for nothing. */
  note: string;
}

/** `unclear`: a wallet has been asked and may still say that it is paid. `none`: nothing is being paid under this number, or it is not of this link. */
export type PayOutcome = { kind: 'paid'; amountMinor: bigint } | { kind: 'unclear' } | { kind: 'none' };

export interface PayLinks {
  /** How the link of this code is paid; null for one that asks for nothing, and for none. */
  termsOf(code: string): Promise<Terms | null>;
  /** Where it is paid, and where its payers come back to. */
  payUrl(terms: Terms): string;
  /**
   * Makes the payment, or finds the one that this buyer, this order or this share has already, and tells where its cashier page is.
   * @throws Refusal invalid_request, link_paid, link_busy, overloaded, order_no_taken; link_payment_over where the payment of this very form is
   * cancelled or expired: a new form makes another
   */
  pay(terms: Terms, wish: PayWish): Promise<{ paymentId: PaymentId; path: string }>;
  /** What became of a payment of this link, by what payers bring back to its page. */
  outcomeOf(terms: Terms, orderNo: string): Promise<PayOutcome>;
  /** How far it is paid, with what is known by now; of a link of an order, by whichever of the order's links. */
  progress(terms: Terms): Promise<Progress>;
  /** The same as part of a link's API reply; an empty object for a link that asks for nothing. */
  show(book: number, linkId: string): Promise<object>;
  /** Looks after open payments until they are paid or over. */
  startWork(): void;
  stop(): Promise<void>;
}

const WORK_IDLE_MS = 1000;

export function openPayLinks(deps: PayDeps): PayLinks {
  const { sql, clock, cashier } = deps;
  const lanes = new Map<number, Batch<TakeWish, Taken>>();
  let loop: DueLoop | null = null;

  function laneOf(book: number): Batch<TakeWish, Taken> {
    const lane = lanes.get(book) ?? openTakeLane(deps, book);
    lanes.set(book, lane);
    return lane;
  }

  async function pay(terms: Terms, wish: PayWish): Promise<{ paymentId: PaymentId; path: string }> {
    const amountMinor = checkAmount(terms, wish.amountMinor);
    if (!cashier.mayScan(terms.linkId))
      throw new Refusal('overloaded', 'this link is being paid too often', { retryAfterSeconds: 30 });
    const subject = wish.note === '' ? terms.subject : wish.note;
    const { placeNo, payerName } = wish;
    const nonce = nonceOf(terms, wish);
    if (terms.placesMax === null) {
      if (amountMinor === null) throw new Error('assertion failed: what has no end of places costs something');
      const orderNo = newOrderNo(deps, terms.book);
      return await open(terms, { nonce, orderNo, amountMinor, subject, payerName, placeNo: null });
    }
    const taken = await laneOf(terms.book).submit({
      linkId: terms.linkId,
      nonce,
      placeNo,
      amountMinor,
      payerName,
      subject,
    });
    cashier.deps.webhooks.kick();
    return await open(taken.terms, taken.place);
  }

  async function open(terms: Terms, payment: Omit<LinkPayment, 'returnUrl'>) {
    const returnUrl = backUrl(deps, terms, payment.orderNo);
    const paymentId = await openLinkPayment(deps, terms, { ...payment, returnUrl }).catch(async (error: unknown) => {
      // Nothing of ours will ever be paid under this number: the place is free again.
      if (error instanceof Refusal && error.code === 'order_no_taken')
        await sql.begin((tx) =>
          endPlaces(tx, terms.book, [{ linkId: terms.linkId, nonce: payment.nonce, state: 'ended' }], clock.now()),
        );
      throw error;
    });
    return { paymentId, path: cashierPath(cashier.deps.keyring, paymentId) };
  }

  /** What is known by now of a link's places; first what has been lost on the way is made. */
  async function look(book: number, linkId: string): Promise<StoredPlace[]> {
    const { places, tells } = await sql.begin(async (tx) => {
      const terms = await lockTerms(tx, book, [linkId]);
      const found = await listPlaces(tx, book, [linkId], []);
      return { places: found, tells: await settlePlaces(tx, deps, book, terms, found) };
    });
    if (tells) cashier.deps.webhooks.kick();
    return places;
  }

  async function remake(book: number, linkId: string): Promise<void> {
    const [terms] = await findTerms(sql, book, [linkId]);
    if (terms === undefined) return;
    const lostBefore = clock.now().getTime() - LINK_PAYMENT_LOST_SECONDS * 1000;
    const places = await listPlaces(sql, book, [linkId], []);
    const old = places.filter(({ state, askedAt }) => state === 'open' && askedAt.getTime() <= lostBefore);
    const made = new Set((await readPaymentsByOrder(sql, book, old)).map(({ orderNo }) => orderNo));
    for (const place of old.filter(({ orderNo }) => !made.has(orderNo)))
      await open(terms, place).catch((error: unknown) => {
        if (!(error instanceof Refusal) || !['order_no_taken', 'link_payment_over'].includes(error.code)) throw error;
      });
  }

  async function placesNow(terms: Terms): Promise<StoredPlace[]> {
    const places = await listPlaces(sql, terms.book, [terms.linkId], []);
    return places.some(({ state }) => state === 'open') ? await look(terms.book, terms.linkId) : places;
  }

  /** The same, and what other links of its order have asked for: whoever opens this one need not pay what was paid by another. */
  async function placesOfOrder(terms: Terms): Promise<StoredPlace[]> {
    const { book, merchantId, orderNo } = terms;
    if (merchantId === null || orderNo === null) return await placesNow(terms);
    const places = await listOrderPlaces(sql, book, [{ merchantId, orderNo }]);
    const open = places.filter(({ state }) => state === 'open');
    await Promise.all(open.map(({ linkId }) => look(book, linkId)));
    return open.length === 0 ? places : await listOrderPlaces(sql, book, [{ merchantId, orderNo }]);
  }

  async function outcomeOf(terms: Terms, said: string): Promise<PayOutcome> {
    const { book, merchantId, linkId } = terms;
    const [payment] = merchantId === null ? [] : await readPaymentsByOrder(sql, book, [{ merchantId, orderNo: said }]);
    if (payment === undefined || payment.metadata['link'] !== linkId) return { kind: 'none' };
    switch (payment.state) {
      case 'succeeded':
        return { kind: 'paid', amountMinor: payment.amountMinor };
      case 'processing':
      case 'requires_action':
        return { kind: 'unclear' };
      case 'canceled':
      case 'requires_payment_method':
        return { kind: 'none' };
      default:
        return payment.state satisfies never;
    }
  }

  return {
    termsOf: (code) => findTermsByCode(sql, deps.book, code),
    payUrl: (terms) => linkPayUrl(deps, terms),
    pay,
    progress: async (terms) => toProgress(terms, await placesOfOrder(terms)),
    outcomeOf,
    async show(book, linkId) {
      const [terms] = await findTerms(sql, book, [linkId]);
      if (terms === undefined) return {};
      // Places without end are not written down: what was paid by them is counted with everything else that came by the link.
      if (terms.placesMax === null) return showProgress(terms, [], await readPaidCount(sql, book, linkId));
      const places = await placesNow(terms);
      const [now = terms] = await findTerms(sql, book, [linkId]);
      return showProgress(now, places, null);
    },
    startWork() {
      loop = startDueLoop({
        name: 'payments of links',
        concurrency: LINK_LOOK_CONCURRENCY,
        idleMs: WORK_IDLE_MS,
        log: deps.log,
        claim: (limit) =>
          claimDueLinks(sql, clock.now(), { min: LINK_LOOK_SECONDS_MIN, max: LINK_LOOK_SECONDS_MAX }, limit),
        async work({ book, linkId }) {
          await remake(book, linkId);
          await look(book, linkId);
        },
      });
    },
    async stop() {
      await loop?.stop();
      await Promise.all([...lanes.values()].map((lane) => lane.close()));
    },
  };
}

/**
 * A page that somebody goes back to is sent once more with the nonce that it had: what is asked for otherwise is another payment. A name that
 * is written otherwise is not, so that nobody keeps two shares by mending a letter.
 */
function nonceOf(terms: Terms, { nonce, amountMinor, placeNo, note }: PayWish): string {
  const typed = terms.amountMinor === null && terms.totalMinor === null ? amountMinor : null;
  const said = terms.placesMax === null ? note : '';
  if (typed === null && placeNo === null && said === '') return nonce;
  const text = JSON.stringify([nonce, typed === null ? null : String(typed), placeNo, said]);
  return createHash('sha256').update(text).digest('hex').slice(0, nonce.length);
}

/** What is to be paid where the buyer says it; null where the link does. @throws Refusal invalid_request */
function checkAmount(terms: Terms, typedMinor: bigint | null): bigint | null {
  if (terms.amountMinor !== null) return terms.amountMinor;
  if (terms.minMinor === null || terms.maxMinor === null) return null;
  if (
    typedMinor === null ||
    typedMinor < terms.minMinor ||
    typedMinor > terms.maxMinor ||
    typedMinor > PAYMENT_MINOR_MAX
  )
    throw new Refusal('invalid_request', 'type an amount that the link takes', { param: 'amount', in: 'body' });
  return typedMinor;
}

/** Where payers come back to: the same page, which then says what became of their payment, also when the link has ended. */
function backUrl(deps: PayDeps, terms: Terms, orderNo: string): string {
  return `${linkPayUrl(deps, terms)}?back=${encodeURIComponent(orderNo)}`;
}

/** Our own page where a link is paid. */
function linkPayUrl({ publicUrl }: PayDeps, { code }: Terms): string {
  return `${publicUrl}/l/${code}/pay`;
}

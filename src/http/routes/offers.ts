import { Type } from 'typebox';
import { QUOTE_WALLETS_MAX } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Caller } from '../../cashier/api-keys.ts';
import type { Cashier } from '../../cashier/cashier.ts';
import { quoteCart } from '../../cashier/quote-cart.ts';
import { readBuyer, readItems } from '../../cashier/read-buyer.ts';
import { money } from '../../money/money.ts';
import type { OfferActor } from '../../offers/offer-actor.ts';
import type { OfferDesk } from '../../offers/open-offers.ts';
import { showQuote } from '../../offers/show-quote.ts';
import type { WalletName } from '../../wallets/wallet.ts';
import { givenBuyer, givenItems, givenVouchers } from '../buyer-schemas.ts';
import {
  issuedVouchers,
  newOffer,
  newOfferVersion,
  newVouchers,
  offer,
  offerInFull,
  offerSwitch,
  quote,
  voucher,
} from '../offer-schemas.ts';
import { type RouteRow, row } from '../route.ts';
import { amount, idOf, pageOf, pageQuery } from '../schemas.ts';
import { readPage, showPage } from './payments.ts';

const closed = { additionalProperties: false } as const;
const offerParams = Type.Object({ id: idOf('off') }, closed);
const tag = 'Offers';

/** A shop's own offers, those of the platform that concern it, and what a cart would cost. */
export function offerRoutes(cashier: Cashier, desk: OfferDesk): RouteRow[] {
  return [...deskRoutes(desk), ...voucherRoutes(desk), quoteRoute(cashier)];
}

function deskRoutes(desk: OfferDesk): RouteRow[] {
  return [
    row({
      method: 'POST',
      url: '/v1/offers',
      operation: 'publishOffer',
      summary: 'Publish an offer that the shop pays itself, or an estimate of a wallet’s own',
      tag,
      scope: 'offers',
      body: newOffer,
      reply: { 201: offer },
      run: async ({ caller, body, claim }) =>
        await desk.publish({
          actor: actorOf(caller),
          merchantId: caller.merchantId,
          campaign: body.campaign,
          reason: body.reason ?? null,
          claim,
        }),
    }),
    row({
      method: 'GET',
      url: '/v1/offers',
      operation: 'listOffers',
      summary: 'List the offers that concern the shop, newest first',
      tag,
      scope: 'read',
      query: Type.Object({ ...pageQuery, state: Type.Optional(Type.Enum(['published', 'stopped'])) }, closed),
      reply: { 200: pageOf(offer) },
      run: async ({ caller, query }) =>
        showPage(await desk.list({ viewer: caller.merchantId, state: query.state ?? null, ...readPage('off', query) })),
    }),
    row({
      method: 'GET',
      url: '/v1/offers/:id',
      operation: 'getOffer',
      summary: 'Show an offer with its usage and cost',
      tag,
      scope: 'read',
      params: offerParams,
      reply: { 200: offerInFull },
      run: async ({ caller, params }) => ({ status: 200, value: await desk.get(caller.merchantId, params.id) }),
    }),
    row({
      method: 'POST',
      url: '/v1/offers/:id/versions',
      operation: 'changeOffer',
      summary: 'Change the terms of an offer: a new version',
      tag,
      scope: 'offers',
      params: offerParams,
      body: newOfferVersion,
      reply: { 200: offer },
      run: async ({ caller, params, body, claim }) =>
        await desk.change({
          actor: actorOf(caller),
          id: params.id,
          fromVersion: body.from_version,
          campaign: body.campaign,
          reason: body.reason ?? null,
          claim,
        }),
    }),
    switching(desk, 'stop', 'stopped', 'Stop an offer: on every node within a second'),
    switching(desk, 'resume', 'published', 'Let a stopped offer run again, with all that was used of it'),
  ];
}

function switching(desk: OfferDesk, verb: 'stop' | 'resume', to: 'stopped' | 'published', summary: string): RouteRow {
  return row({
    method: 'POST',
    url: `/v1/offers/:id/${verb}`,
    operation: `${verb}Offer`,
    summary,
    tag,
    scope: 'offers',
    params: offerParams,
    body: offerSwitch,
    reply: { 200: offer },
    run: async ({ caller, params, body, claim }) =>
      await desk.switch({ actor: actorOf(caller), id: params.id, to, reason: body.reason ?? null, claim }),
  });
}

function voucherRoutes(desk: OfferDesk): RouteRow[] {
  return [
    row({
      method: 'POST',
      url: '/v1/offers/:id/vouchers',
      operation: 'issueVouchers',
      summary: 'Issue vouchers of an offer; their codes are shown once',
      tag,
      scope: 'offers',
      params: offerParams,
      body: newVouchers,
      reply: { 201: issuedVouchers },
      async run({ caller, params, body, claim }) {
        if ((body.count === undefined) === (body.buyers === undefined))
          throw new Refusal('invalid_request', 'either count or buyers says how many', { param: 'count' });
        return await desk.issueVouchers({
          actor: actorOf(caller),
          offerId: params.id,
          buyers: body.buyers ?? Array.from({ length: body.count ?? 0 }, () => null),
          merchantId: caller.merchantId,
          validUntil: body.valid_until === undefined ? null : new Date(body.valid_until), // the schema checks the format
          reason: body.reason ?? null,
          claim,
        });
      },
    }),
    row({
      method: 'GET',
      url: '/v1/offers/:id/vouchers',
      operation: 'listVouchers',
      summary: 'List the vouchers of an offer without their codes, newest first',
      tag,
      scope: 'read',
      params: offerParams,
      query: Type.Object(pageQuery, closed),
      reply: { 200: pageOf(voucher) },
      run: async ({ caller, params, query }) =>
        showPage(await desk.listVouchers({ viewer: caller.merchantId, offerId: params.id, ...readPage('vch', query) })),
    }),
  ];
}

function quoteRoute(cashier: Cashier): RouteRow {
  return row({
    method: 'POST',
    url: '/v1/offers/quote',
    operation: 'quoteCart',
    summary: 'Say what a cart would cost with each wallet; nothing is kept or promised',
    tag,
    scope: 'payments',
    body: Type.Object(
      {
        amount,
        items: Type.Optional(givenItems),
        buyer: Type.Optional(givenBuyer),
        vouchers: Type.Optional(givenVouchers),
        wallets: Type.Optional(
          Type.Array(Type.Enum(Object.keys(cashier.deps.wallets)), {
            minItems: 1,
            maxItems: QUOTE_WALLETS_MAX,
            description: 'only these; all that the shop takes when left out',
          }),
        ),
      },
      closed,
    ),
    reply: { 200: quote },
    async run({ caller, body }) {
      const total = money(body.amount.currency, BigInt(body.amount.minor)); // the schema lists our currencies
      const found = await quoteCart(cashier, {
        book: caller.book,
        merchantId: caller.merchantId,
        amount: total,
        items: readItems(total.minor, body.items ?? []),
        buyer: readBuyer(cashier.deps.keyring, body.buyer ?? {}),
        vouchers: body.vouchers ?? [],
        wallets: (body.wallets as WalletName[] | undefined) ?? null, // the schema lists their names
      });
      return { status: 200, value: showQuote(found, total.currency) };
    },
  });
}

function actorOf({ merchantId, keyId }: Caller): OfferActor {
  return { kind: 'merchant', merchantId, keyId };
}

import type { FastifyInstance } from 'fastify';
import { OFFER_REASON_CHARS_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { PAGE_HEADERS } from './headers.ts';
import { renderOfferList } from './offer-list-page.ts';
import { type OfferSwitch, renderOffer, renderSwitch } from './offer-page.ts';
import { shopNames } from './shop-names.ts';
import { queryOf, signedForm, visitorOf } from './visitor.ts';

const OFFERS_SHOWN_MAX = 30;

interface OfferParams {
  Params: { id: string };
}
interface SwitchParams {
  Params: { id: string; action: string };
}

/** The offers of every shop and of everybody. */
export function mountOfferRoutes(app: FastifyInstance, deps: ConsoleDeps): void {
  const { offers, clock } = deps;

  app.get('/offers', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const page = await offers.listInUse({ before: queryOf(request, 'before'), itemsMax: OFFERS_SHOWN_MAX });
    const names = await shopNames(deps);
    const shown = page.data.map((offer) => ({ ...offer, shopName: names(offer.merchant_id) }));
    return reply
      .headers(PAGE_HEADERS)
      .send(renderOfferList(visitor, { offers: shown, next: page.next, now: clock.now() }));
  });

  app.get<OfferParams>('/offers/:id', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const offer = await offers.get(null, request.params.id);
    const names = await shopNames(deps);
    const done = readSwitch(queryOf(request, 'done'));
    const page = { offer, shopName: names(offer.merchant_id), now: clock.now(), done };
    return reply.headers(PAGE_HEADERS).send(renderOffer(visitor, page));
  });

  app.get<SwitchParams>('/offers/:id/:action', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const action = requireSwitch(request.params.action);
    const offer = await offers.get(null, request.params.id);
    return reply.headers(PAGE_HEADERS).send(renderSwitch(visitor, { offer, action, reason: '', fault: null }));
  });

  app.post<SwitchParams>('/offers/:id/:action', hidden, async (request, reply) => {
    const { visitor, form } = await signedForm(deps, request);
    const action = requireSwitch(request.params.action);
    const { id } = request.params;
    const reason = form('reason')?.trim() ?? '';
    if (reason === '' || reason.length > OFFER_REASON_CHARS_MAX) {
      const fault = visitor.say(
        `请写下原因，最多 ${OFFER_REASON_CHARS_MAX} 个字。`,
        `Say why, in at most ${OFFER_REASON_CHARS_MAX} characters.`,
      );
      const offer = await offers.get(null, id);
      return reply.code(409).headers(PAGE_HEADERS).send(renderSwitch(visitor, { offer, action, reason, fault }));
    }
    const actor = { kind: 'operator', name: `console:${visitor.session.operator}` } as const;
    await offers.switch({ actor, id, to: action === 'stop' ? 'stopped' : 'published', reason, claim: null });
    return reply.headers(PAGE_HEADERS).redirect(`/console/offers/${id}?done=${action}`, 303);
  });
}

const hidden = { schema: { hide: true } } as const;

function readSwitch(text: string | null): OfferSwitch | null {
  return text === 'stop' || text === 'resume' ? text : null;
}

function requireSwitch(text: string): OfferSwitch {
  const action = readSwitch(text);
  if (action === null) throw new Refusal('not_found', 'there is no such page');
  return action;
}

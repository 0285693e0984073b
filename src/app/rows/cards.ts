import { Type } from 'typebox';
import { CardNumber } from '../../base/card-number.ts';
import { Refusal } from '../../base/refusal.ts';
import type { CardBalance, FoundCardView } from '../../cards/cards.ts';
import type * as api from '../api.ts';
import type { AppDeps } from '../app-deps.ts';
import { coloursOf } from '../bank-colours.ts';
import { findOwnCard, listOwnCards } from '../own-card.ts';
import { jsonRow, linesRow, type Rows } from '../row.ts';
import { cardNumber, closed, idNumber, idParam, orNull, phone, sixDigits, text, word } from '../schemas.ts';
import { bankNameOf, showBalance, showCard } from '../show.ts';
import { streamOf } from '../stream-of.ts';

type CardRoutes =
  | 'POST /api/cards/look-up'
  | 'GET /api/banks'
  | 'POST /api/bindings'
  | 'POST /api/bindings/:id'
  | 'POST /api/one-tap'
  | 'POST /api/one-tap/:id/cards'
  | 'POST /api/one-tap/:id'
  | 'GET /api/cards'
  | 'PATCH /api/cards/:id'
  | 'DELETE /api/cards/:id'
  | 'GET /api/balances';

const bank = Type.String({ pattern: '^[A-Z0-9]{2,16}$' });

/** Binding cards, their names, and what is on them. A card number comes in and never goes out. */
export function cardRows(deps: AppDeps): Rows<CardRoutes> {
  const { cards, users } = deps;
  return {
    'POST /api/cards/look-up': jsonRow('POST /api/cards/look-up', {
      limit: { perMinuteMax: 60, by: 'person' },
      body: Type.Object({ number: cardNumber }, closed),
      run({ body }) {
        const number = CardNumber.read(body.number);
        const facts = number === null ? null : cards.lookUp(number);
        if (facts === null) return Promise.resolve({ bank: null });
        const { bank: code, bankName, kind, takesPart } = facts;
        return Promise.resolve({ bank: code, bank_name: bankName, kind, takes_part: takesPart });
      },
    }),
    'GET /api/banks': jsonRow('GET /api/banks', {
      run() {
        const data = deps.desk.banks().map(({ bank: code }) => ({
          bank: code,
          bank_name: bankNameOf(code),
          colours: coloursOf(code),
        }));
        return Promise.resolve({ data });
      },
    }),
    'POST /api/bindings': jsonRow('POST /api/bindings', {
      limit: { perMinuteMax: 10, by: 'person' },
      body: Type.Object({ number: cardNumber, phone, name: orNull(text(1, 60)), id_number: orNull(idNumber) }, closed),
      async run({ session, body }) {
        const number = readNumber(body.number);
        const { phone: at, name, id_number: said } = body;
        const started = await cards.startBinding(session, { number, phone: at, name, idNumber: said });
        return {
          binding_id: started.bindingId,
          bank: started.facts.bank,
          bank_name: started.facts.bankName,
          kind: started.facts.kind,
          last4: started.last4,
          phone_masked: started.phoneMasked,
          resend_after_seconds: started.resendAfterSeconds,
        };
      },
    }),
    'POST /api/bindings/:id': jsonRow('POST /api/bindings/:id', {
      limit: { perMinuteMax: 20, by: 'person' },
      params: idParam,
      body: Type.Object({ code: sixDigits }, closed),
      run: async ({ session, params, body }) =>
        showCard(await cards.finishBinding(session, { bindingId: params.id, code: body.code })),
    }),
    'POST /api/one-tap': jsonRow('POST /api/one-tap', {
      limit: { perMinuteMax: 10, by: 'person' },
      body: Type.Object({ name: orNull(text(1, 60)), id_number: orNull(idNumber) }, closed),
      async run({ session, body }) {
        const found = await cards.findIssuers(session, { name: body.name, idNumber: body.id_number });
        return {
          request_id: found.requestId,
          banks: found.banks.map((each) => ({ bank: each.bank, bank_name: each.bankName })),
        };
      },
    }),
    'POST /api/one-tap/:id/cards': jsonRow('POST /api/one-tap/:id/cards', {
      limit: { perMinuteMax: 10, by: 'person' },
      params: idParam,
      body: Type.Object({ banks: Type.Array(bank, { minItems: 1, maxItems: 40, uniqueItems: true }) }, closed),
      async run({ session, params, body }) {
        const found = await cards.findCards(session, { requestId: params.id, banks: body.banks });
        const { phoneMasked } = await users.me(session);
        return {
          request_id: found.requestId,
          cards: found.cards.map(showFound),
          resend_after_seconds: found.resendAfterSeconds,
          phone_masked: phoneMasked,
        };
      },
    }),
    'POST /api/one-tap/:id': jsonRow('POST /api/one-tap/:id', {
      limit: { perMinuteMax: 20, by: 'person' },
      params: idParam,
      body: Type.Object(
        { picks: Type.Array(word(), { minItems: 1, maxItems: 40, uniqueItems: true }), code: sixDigits },
        closed,
      ),
      async run({ session, params, body }) {
        const bound = await cards.bindFound(session, { requestId: params.id, picks: body.picks, code: body.code });
        return { data: bound.map(showCard) };
      },
    }),
    'GET /api/cards': jsonRow('GET /api/cards', {
      run: async ({ session }) => ({ data: (await listOwnCards(deps, session)).map(showCard) }),
    }),
    'PATCH /api/cards/:id': jsonRow('PATCH /api/cards/:id', {
      params: idParam,
      body: Type.Object(
        { alias: Type.Optional(text(0, 20)), is_default: Type.Optional(Type.Literal(true)) },
        { ...closed, minProperties: 1 },
      ),
      async run({ session, params, body }) {
        let card = await findOwnCard(deps, session, params.id);
        if (body.alias !== undefined) card = await cards.rename(session, params.id, body.alias);
        if (body.is_default === true) card = await cards.setDefault(session, params.id);
        return showCard(card);
      },
    }),
    'DELETE /api/cards/:id': jsonRow('DELETE /api/cards/:id', {
      params: idParam,
      body: Type.Object({ proof: orNull(word(200)) }, closed),
      async run({ session, params, body }) {
        await cards.unbind(session, params.id, body.proof);
        return {};
      },
    }),
    'GET /api/balances': linesRow('GET /api/balances', {
      limit: { perMinuteMax: 60, by: 'person' },
      query: Type.Object({ fresh: Type.Optional(Type.Literal('true')) }, closed),
      async *run({ session, query }) {
        const told = streamOf<CardBalance>((tell) =>
          cards.balances(session, { isFresh: query.fresh === 'true', tell }),
        );
        for await (const balance of told) yield showBalance(balance);
      },
    }),
  };
}

function readNumber(text: string): CardNumber {
  const number = CardNumber.read(text);
  if (number === null)
    throw new Refusal('card_number_invalid', 'a card number has 12 to 19 digits', { param: 'number' });
  return number;
}

function showFound(found: FoundCardView): api.FoundCard {
  return {
    pick: found.pick,
    bank: found.bank,
    bank_name: found.bankName,
    kind: found.kind,
    last4: found.last4,
    is_bound: found.isBound,
  };
}

import { Type } from 'typebox';
import { LINK_SHARES_MAX, LINK_TITLE_CHARS_MAX } from '../../base/link-limits.ts';
import { PAGE_ITEMS_USUAL } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Asked, Collection } from '../../links/pay/collections.ts';
import { money } from '../../money/money.ts';
import type * as api from '../api.ts';
import type { AppDeps } from '../app-deps.ts';
import { jsonRow, type Rows } from '../row.ts';
import { amount, closed, idParam, nothing, orNull, text, word } from '../schemas.ts';
import { showAmount, showMove, showQuote } from '../show.ts';

type CollectRoutes =
  | 'POST /api/collections'
  | 'GET /api/collections'
  | 'GET /api/collections/:id'
  | 'POST /api/collections/:id/stop'
  | 'GET /api/collect/:code'
  | 'POST /api/collect/:code/quote'
  | 'POST /api/collect/:code/pay';

const codeParam = Type.Object({ code: word(16) }, closed);
const instant = Type.String({ format: 'date-time', maxLength: 40 });

/** Collecting among people: one begins a collection and shares its link, others pay a share each by an ordinary transfer. */
export function collectRows({ collections }: AppDeps): Rows<CollectRoutes> {
  return {
    'POST /api/collections': jsonRow('POST /api/collections', {
      isKeyed: true,
      limit: { perMinuteMax: 20, by: 'person' },
      body: Type.Object(
        {
          title: text(1, LINK_TITLE_CHARS_MAX),
          each: orNull(amount),
          total: orNull(amount),
          people: Type.Integer({ minimum: 1, maximum: LINK_SHARES_MAX }),
          until: orNull(instant),
        },
        closed,
      ),
      async run({ session, body, key }) {
        const made = await collections.create(session, {
          title: body.title.trim(),
          amountMinor: body.each === null ? null : BigInt(body.each.minor),
          totalMinor: body.total === null ? null : BigInt(body.total.minor),
          people: body.people,
          until: body.until === null ? null : readInstant(body.until),
          key,
        });
        return showCollection(made);
      },
    }),
    'GET /api/collections': jsonRow('GET /api/collections', {
      async run({ session }) {
        const data = await collections.list(session, { before: null, itemsMax: PAGE_ITEMS_USUAL });
        return { data: data.map(showCollection) };
      },
    }),
    'GET /api/collections/:id': jsonRow('GET /api/collections/:id', {
      params: idParam,
      run: async ({ session, params }) => showCollection(await collections.get(session, params.id)),
    }),
    'POST /api/collections/:id/stop': jsonRow('POST /api/collections/:id/stop', {
      params: idParam,
      body: nothing,
      run: async ({ session, params }) => showCollection(await collections.stop(session, params.id)),
    }),
    'GET /api/collect/:code': jsonRow('GET /api/collect/:code', {
      limit: { perMinuteMax: 60, by: 'person' },
      params: codeParam,
      run: async ({ session, params }) => showAsked(await collections.asked(session, params.code)),
    }),
    'POST /api/collect/:code/quote': jsonRow('POST /api/collect/:code/quote', {
      limit: { perMinuteMax: 20, by: 'person' },
      params: codeParam,
      body: Type.Object({ from_card_id: word() }, closed),
      run: async ({ session, params, body }) =>
        showQuote(await collections.quote(session, params.code, body.from_card_id)),
    }),
    // The key that makes it one transfer is the share's own, so none is asked for.
    'POST /api/collect/:code/pay': jsonRow('POST /api/collect/:code/pay', {
      isKeyed: true,
      limit: { perMinuteMax: 20, by: 'person' },
      params: codeParam,
      body: Type.Object({ quote_id: word(), proof: orNull(word(200)) }, closed),
      async run({ session, params, body }) {
        const moves = await collections.pay(session, params.code, { quoteId: body.quote_id, proof: body.proof });
        return { data: moves.map(showMove) };
      },
    }),
  };
}

function showCollection({ ready, terms, payers }: Collection): api.Collection {
  const { link } = ready;
  const paid = payers.filter(({ state }) => state === 'paid');
  return {
    collection_id: link.id,
    url: ready.url,
    code: link.code,
    title: link.title,
    each: terms.amountMinor === null ? null : fen(terms.amountMinor),
    total: fen(terms.totalMinor ?? (terms.amountMinor ?? 0n) * BigInt(terms.placesMax ?? 0)),
    people: terms.placesMax ?? 0,
    paid_count: paid.length,
    paid: fen(paid.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)),
    payers: payers.map((payer) => ({ name_masked: payer.name, amount: fen(payer.amountMinor), state: payer.state })),
    state: link.state,
    until: link.expiresAt?.toISOString() ?? null,
    created_at: link.createdAt.toISOString(),
  };
}

function showAsked(asked: Asked): api.AskedCollection {
  return {
    code: asked.code,
    title: asked.title,
    payee_name: asked.payeeName,
    amount: fen(asked.amountMinor),
    people: asked.people,
    paid_count: asked.paidCount,
    until: asked.until?.toISOString() ?? null,
    state: asked.state,
  };
}

function fen(minor: bigint): api.Amount {
  return showAmount(money('CNY', minor));
}

function readInstant(said: string): Date {
  const time = Date.parse(said);
  if (Number.isNaN(time)) throw new Refusal('invalid_request', 'this is no time', { param: 'until', in: 'body' });
  return new Date(time);
}

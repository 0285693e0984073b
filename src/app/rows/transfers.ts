import { Type } from 'typebox';
import { assertNever } from '../../base/assert.ts';
import { CardNumber } from '../../base/card-number.ts';
import { PAGE_ITEMS_USUAL } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { money } from '../../money/money.ts';
import type { Move, Payee } from '../../transfers/transfers.ts';
import type { Session } from '../../users/users.ts';
import type { PayeeInput } from '../api.ts';
import type { AppDeps } from '../app-deps.ts';
import { exportHistory } from '../export-history.ts';
import { listLimits } from '../list-limits.ts';
import { readReceiveCode } from '../receive-code.ts';
import { raiseLimitAct } from '../resolve-act.ts';
import { fileRow, jsonRow, type Rows } from '../row.ts';
import { amount, arrival, cardNumber, closed, day, idParam, nothing, orNull, phone, text, word } from '../schemas.ts';
import { showMove, showParty, showQuote } from '../show.ts';

type TransferRoutes =
  | 'POST /api/quotes'
  | 'POST /api/transfers'
  | 'GET /api/transfers/:id'
  | 'POST /api/transfers/:id/cancel'
  | 'GET /api/payees'
  | 'GET /api/history'
  | 'GET /api/history/export'
  | 'GET /api/limits'
  | 'PUT /api/limits';

const kind = Type.Union([Type.Literal('transfer'), Type.Literal('repayment')]);

/** Fen; nothing at all is a limit, too. */
const figure = Type.String({ pattern: '^(0|[1-9][0-9]{0,11})$', maxLength: 12 });

/** Somebody to be paid, as one of several ways says. */
const payee = Type.Union([
  Type.Object({ kind: Type.Literal('card'), number: cardNumber, name: text(1, 60) }, closed),
  Type.Object({ kind: Type.Literal('own_card'), card_id: word() }, closed),
  Type.Object({ kind: Type.Literal('phone'), phone }, closed),
  Type.Object({ kind: Type.Literal('known'), payee_id: word() }, closed),
  Type.Object({ kind: Type.Literal('code'), code: word(256) }, closed),
]);

/** Quotes, transfers and repayments, history and limits. */
export function transferRows(deps: AppDeps): Rows<TransferRoutes> {
  const { transfers, limits, users, sql } = deps;
  return {
    'POST /api/quotes': jsonRow('POST /api/quotes', {
      limit: { perMinuteMax: 40, by: 'person' },
      body: Type.Object(
        {
          kind,
          from_card_ids: orNull(Type.Array(word(), { minItems: 1, maxItems: 20, uniqueItems: true })),
          payee,
          amount,
          arrival,
          note: text(0, 50),
        },
        closed,
      ),
      async run({ session, body }) {
        const quote = await transfers.quote(session, {
          kind: body.kind,
          fromCardIds: body.from_card_ids,
          payee: await toPayee(deps, session, body.payee),
          amount: money('CNY', BigInt(body.amount.minor)),
          arrival: body.arrival,
          note: body.note,
        });
        return showQuote(quote);
      },
    }),
    'POST /api/transfers': jsonRow('POST /api/transfers', {
      isKeyed: true,
      limit: { perMinuteMax: 40, by: 'person' },
      body: Type.Object({ quote_id: word(), proof: orNull(word(200)) }, closed),
      async run({ session, body, key }) {
        const moves = await transfers.confirm(session, { quoteId: body.quote_id, proof: body.proof, key });
        return { data: moves.map(showMove) };
      },
    }),
    'GET /api/transfers/:id': jsonRow('GET /api/transfers/:id', {
      params: idParam,
      run: async ({ session, params }) => showMove(await findOwnMove(deps, session, params.id)),
    }),
    'POST /api/transfers/:id/cancel': jsonRow('POST /api/transfers/:id/cancel', {
      params: idParam,
      body: nothing,
      run: async ({ session, params }) => showMove(await transfers.cancel(session, params.id)),
    }),
    'GET /api/payees': jsonRow('GET /api/payees', {
      async run({ session }) {
        const known = await transfers.knownPayees(session);
        const data = known.map((each) => ({
          payee_id: each.payeeId,
          party: showParty(each.party),
          last_paid_at: each.lastPaidAt.toISOString(),
        }));
        return { data };
      },
    }),
    'GET /api/history': jsonRow('GET /api/history', {
      query: Type.Object(
        {
          text: Type.Optional(text(0, 60)),
          kind: Type.Optional(Type.String({ maxLength: 20 })),
          card_id: Type.Optional(word()),
          month: Type.Optional(Type.String({ pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$' })),
          cursor: Type.Optional(word(200)),
        },
        closed,
      ),
      async run({ session, query }) {
        const page = await transfers.list(session, {
          text: query.text === undefined || query.text.trim() === '' ? null : query.text.trim(),
          kind: readKind(query.kind),
          cardId: query.card_id ?? null,
          month: query.month ?? null,
          cursor: query.cursor ?? null,
          itemsMax: PAGE_ITEMS_USUAL,
        });
        return { data: page.moves.map(showMove), next_cursor: page.nextCursor };
      },
    }),
    'GET /api/history/export': fileRow('GET /api/history/export', {
      limit: { perMinuteMax: 6, by: 'person' },
      query: Type.Object(
        { format: Type.Enum(['csv', 'ofx', 'beancount'] as const), from: day, to: day, card_id: Type.Optional(word()) },
        closed,
      ),
      run: ({ session, query }) => exportHistory(deps, session, { ...query, cardId: query.card_id ?? null }),
    }),
    'GET /api/limits': jsonRow('GET /api/limits', {
      run: async ({ session }) => ({ data: await listLimits(deps, session) }),
    }),
    'PUT /api/limits': jsonRow('PUT /api/limits', {
      limit: { perMinuteMax: 20, by: 'person' },
      body: Type.Object({ rule: word(40), card_id: orNull(word()), max: figure, proof: orNull(word(200)) }, closed),
      async run({ session, body }) {
        const change = { rule: body.rule, cardId: body.card_id, max: BigInt(body.max) };
        const { act, level } = await raiseLimitAct(deps, session, change); // also: whether the card is theirs
        const { book, userId } = session;
        const { countsFrom } = await sql.begin(async (tx) => {
          const set = await limits.setHolderLimit(tx, {
            book,
            userId,
            ...change,
            prove: () => users.consumeProof(tx, session, act, level, body.proof),
          });
          const card = body.card_id === null ? {} : { card_id: body.card_id };
          const facts = { rule: body.rule, max: body.max, is_raise: set.isRaise, ...card };
          await users.audit(tx, [{ book, userId, event: 'limit.changed', facts }]);
          return set;
        });
        return { data: await listLimits(deps, session), counts_from: countsFrom.toISOString() };
      },
    }),
  };
}

/** Where the browser names a person's code, the phone number behind it stays here. */
async function toPayee(deps: AppDeps, session: Session, input: PayeeInput): Promise<Payee> {
  switch (input.kind) {
    case 'card': {
      const number = CardNumber.read(input.number);
      if (number === null)
        throw new Refusal('card_number_invalid', 'a card number has 12 to 19 digits', { param: 'payee.number' });
      return { kind: 'card', number, name: input.name };
    }
    case 'own_card':
      return { kind: 'own_card', cardId: input.card_id };
    case 'phone':
      return { kind: 'phone', phone: input.phone };
    case 'known':
      return { kind: 'known', payeeId: input.payee_id };
    case 'code': {
      const code = readReceiveCode(deps, input.code);
      const person = code === null ? null : await deps.users.readPerson(deps.sql, session.book, code.userId);
      if (person === null) throw new Refusal('not_found', 'there is no such code', { param: 'payee.code' });
      return { kind: 'phone', phone: person.phone };
    }
    default:
      return assertNever(input);
  }
}

async function findOwnMove(deps: AppDeps, session: Session, id: string): Promise<Move> {
  const move = (await deps.transfers.find(session.book, [id])).get(id);
  if (move?.userId !== session.userId) throw new Refusal('not_found', 'there is no such transfer');
  return move;
}

function readKind(text: string | undefined): Move['kind'] | null {
  if (text === undefined || text === '') return null;
  if (text === 'transfer' || text === 'repayment' || text === 'purchase' || text === 'refund') return text;
  throw new Refusal('invalid_request', 'transfer, repayment, purchase or refund', { param: 'kind', in: 'querystring' });
}

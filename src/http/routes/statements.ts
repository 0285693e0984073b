import { Type } from 'typebox';
import { BREAK_NOTE_CHARS_MAX } from '../../base/limits.ts';
import { FEE_BPS_MAX, setFee } from '../../cashier/billed-accounts.ts';
import { closeBreak } from '../../settlement/close-break.ts';
import { getStatement, pageBreaks, pageStatements } from '../../settlement/read-statements.ts';
import { requestStatement } from '../../settlement/request-statement.ts';
import type { SettlementDeps } from '../../settlement/settlement-deps.ts';
import { BREAK_KINDS, BREAK_MOVES, STATEMENT_MOVES } from '../../settlement/statement.ts';
import { type RouteRow, row } from '../route.ts';
import { idOf, pageOf, pageQuery, text, time } from '../schemas.ts';
import { readPage, showPage } from './payments.ts';

const closed = { additionalProperties: false } as const;
const day = Type.String({
  format: 'date',
  pattern: '^20[0-9]{2}-[0-9]{2}-[0-9]{2}$',
  maxLength: 10,
  examples: ['2026-11-11'],
});
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const minor = Type.String({ description: 'minor units, an integer' });

const sums = orNull(
  Type.Object({
    payments_count: Type.Integer(),
    payments_minor: minor,
    refunds_count: Type.Integer(),
    refunds_minor: minor,
  }),
);

const statement = Type.Object({
  id: Type.String(),
  object: Type.Literal('statement'),
  wallet_account_id: Type.String(),
  wallet: Type.String(),
  day,
  starts_at: time,
  ends_at: time,
  source: Type.Enum(['bill', 'asking']),
  state: Type.Enum(Object.keys(STATEMENT_MOVES)),
  reason: orNull(Type.String()),
  file: orNull(
    Type.Object({ sha256: Type.String(), bytes: Type.Integer(), origin: Type.Enum(['fetched', 'imported']) }),
  ),
  currency: orNull(Type.String()),
  theirs: sums,
  ours: sums,
  booked: sums,
  matched_count: orNull(Type.Integer()),
  breaks: Type.Object({
    open: Type.Integer(),
    carried: Type.Integer(),
    left_for_operator: Type.Integer(),
    resolved: Type.Integer(),
  }),
  fee_bps: orNull(Type.Integer()),
  fees_milli: orNull(Type.String()),
  fees_posted_minor: orNull(minor),
  due_at: orNull(time),
  created_at: time,
  reconciled_at: orNull(time),
});

const texts = orNull(Type.Record(Type.String(), Type.String()));

const statementBreak = Type.Object({
  id: Type.String(),
  object: Type.Literal('break'),
  statement_id: Type.String(),
  wallet_account_id: Type.String(),
  kind: Type.Enum([...BREAK_KINDS]),
  cause: Type.String(),
  record: Type.Enum(['payment', 'refund']),
  order_no: Type.String(),
  ours: texts,
  theirs: texts,
  explanation: Type.Object({ zh: Type.String(), en: Type.String() }),
  state: Type.Enum(Object.keys(BREAK_MOVES)),
  evidence: texts,
  resolution: orNull(Type.String()),
  note: orNull(Type.String()),
  resolved_by: orNull(Type.String()),
  created_at: time,
  resolved_at: orNull(time),
});

const walletFee = Type.Object({
  object: Type.Literal('wallet_fee'),
  wallet_account_id: Type.String(),
  fee_bps: orNull(Type.Integer()),
});

/** `kick` wakes the loop that fetches what is due. */
export function statementRoutes(deps: SettlementDeps, kick: () => void): RouteRow[] {
  return [
    row({
      method: 'POST',
      url: '/v1/statements',
      operation: 'createStatement',
      summary: "Fetch a wallet's bill of a day now",
      tag: 'Statements',
      scope: 'wallets',
      body: Type.Object({ wallet_account_id: idOf('wa'), day }, closed),
      reply: { 202: statement },
      async run({ caller, body, claim }) {
        const { merchantId } = caller;
        const { wallet_account_id: walletAccountId } = body;
        const answer = await requestStatement(deps, { merchantId, walletAccountId, day: body.day, claim });
        kick();
        return answer;
      },
    }),
    row({
      method: 'GET',
      url: '/v1/statements',
      operation: 'listStatements',
      summary: 'List statements, newest first',
      tag: 'Statements',
      scope: 'read',
      query: Type.Object(
        {
          ...pageQuery,
          wallet_account_id: Type.Optional(idOf('wa')),
          day: Type.Optional(day),
          state: Type.Optional(Type.Enum(Object.keys(STATEMENT_MOVES))),
        },
        closed,
      ),
      reply: { 200: pageOf(statement) },
      run: async ({ caller, query }) =>
        showPage(
          await pageStatements(deps, caller, {
            walletAccountId: query.wallet_account_id ?? null,
            day: query.day ?? null,
            state: query.state ?? null,
            ...readPage('stm', query),
          }),
        ),
    }),
    row({
      method: 'GET',
      url: '/v1/statements/:id',
      operation: 'getStatement',
      summary: 'Show a statement',
      tag: 'Statements',
      scope: 'read',
      params: Type.Object({ id: idOf('stm') }, closed),
      reply: { 200: statement },
      run: async ({ caller, params }) => ({ status: 200, value: await getStatement(deps, caller, params.id) }),
    }),
    row({
      method: 'GET',
      url: '/v1/statements/:id/breaks',
      operation: 'listBreaks',
      summary: "List a statement's breaks, oldest first",
      tag: 'Statements',
      scope: 'read',
      params: Type.Object({ id: idOf('stm') }, closed),
      query: Type.Object(
        {
          ...pageQuery,
          kind: Type.Optional(Type.Enum([...BREAK_KINDS])),
          state: Type.Optional(Type.Enum(Object.keys(BREAK_MOVES))),
        },
        closed,
      ),
      reply: { 200: pageOf(statementBreak) },
      async run({ caller, params, query }) {
        const { before: after, itemsMax } = readPage('brk', query);
        const { kind = null, state = null } = query;
        const request = { statementId: params.id, kind, state, after, itemsMax };
        return showPage(await pageBreaks(deps, caller, request));
      },
    }),
    row({
      method: 'POST',
      url: '/v1/breaks/:id/resolve',
      operation: 'resolveBreak',
      summary: 'Close a break by hand',
      tag: 'Statements',
      scope: 'wallets',
      params: Type.Object({ id: idOf('brk') }, closed),
      body: Type.Object({ note: text(1, BREAK_NOTE_CHARS_MAX, 'why, for people') }, closed),
      reply: { 200: statementBreak },
      run: async ({ caller, params, body, claim }) =>
        await closeBreak(deps, {
          id: params.id,
          merchantId: caller.merchantId,
          note: body.note,
          by: caller.keyId,
          claim,
        }),
    }),
    row({
      method: 'POST',
      url: '/v1/wallet-accounts/:id/fee',
      operation: 'setWalletFee',
      summary: "Say what the wallet's fee is",
      tag: 'Statements',
      scope: 'wallets',
      params: Type.Object({ id: idOf('wa') }, closed),
      body: Type.Object({ fee_bps: orNull(Type.Integer({ minimum: 0, maximum: FEE_BPS_MAX })) }, closed),
      reply: { 200: walletFee },
      run: async ({ caller, params, body, claim }) =>
        await setFee(deps.cashier.deps, {
          merchantId: caller.merchantId,
          id: params.id,
          feeBps: body.fee_bps,
          claim,
        }),
    }),
  ];
}

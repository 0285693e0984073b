import { Type } from 'typebox';
import { Refusal } from '../../base/refusal.ts';
import type { Api } from '../api.ts';
import type { AppDeps } from '../app-deps.ts';
import { findOwnCard } from '../own-card.ts';
import { readReceiveCode, RECEIVE_NOTE_CHARS_MAX, writeReceiveCode } from '../receive-code.ts';
import { jsonRow, type Rows } from '../row.ts';
import { amount, closed, orNull, text, tokenParam, word } from '../schemas.ts';
import { showAmount, showMove, showOrder } from '../show.ts';

type PayingRoutes =
  | 'GET /api/orders/:token'
  | 'POST /api/orders/:token/pay'
  | 'POST /api/payment-codes'
  | 'GET /api/code-orders'
  | 'POST /api/scans'
  | 'POST /api/receive-codes';

type Scanned = Api['POST /api/scans']['reply'];

/** Paying shops: orders by their link, payment codes, and what a camera reads. */
export function payingRows(deps: AppDeps): Rows<PayingRoutes> {
  const { payer } = deps;
  return {
    'GET /api/orders/:token': jsonRow('GET /api/orders/:token', {
      limit: { perMinuteMax: 120, by: 'person' },
      params: tokenParam,
      async run({ params }) {
        const order = await payer.findOrder(params.token);
        if (order === null) throw new Refusal('not_found', 'there is no such order');
        return showOrder(order);
      },
    }),
    'POST /api/orders/:token/pay': jsonRow('POST /api/orders/:token/pay', {
      isKeyed: true,
      limit: { perMinuteMax: 20, by: 'person' },
      params: tokenParam,
      body: Type.Object({ card_id: word(), proof: orNull(word(200)) }, closed),
      async run({ session, params, body, key }) {
        const { token } = params;
        const paid = await payer.pay(session, { token, cardId: body.card_id, proof: body.proof, key });
        return { order: showOrder(paid.order), move: paid.move === null ? null : showMove(paid.move) };
      },
    }),
    'POST /api/payment-codes': jsonRow('POST /api/payment-codes', {
      limit: { perMinuteMax: 10, by: 'person' },
      body: Type.Object({ card_id: word() }, closed),
      async run({ session, body }) {
        await findOwnCard(deps, session, body.card_id);
        const { code, expiresAt, maxAmount } = await payer.makePaymentCode(session, body.card_id);
        return { code, expires_at: expiresAt.toISOString(), max_amount: showAmount(maxAmount) };
      },
    }),
    'GET /api/code-orders': jsonRow('GET /api/code-orders', {
      run: async ({ session }) => ({ data: (await payer.listCodeOrders(session)).map(showOrder) }),
    }),
    'POST /api/scans': jsonRow('POST /api/scans', {
      limit: { perMinuteMax: 30, by: 'person' },
      body: Type.Object({ text: Type.String({ minLength: 1, maxLength: 2048 }) }, closed),
      run: ({ session, body }) => readScan(deps, session.book, body.text.trim()),
    }),
    'POST /api/receive-codes': jsonRow('POST /api/receive-codes', {
      limit: { perMinuteMax: 20, by: 'person' },
      body: Type.Object({ amount: orNull(amount), note: text(0, RECEIVE_NOTE_CHARS_MAX) }, closed),
      run({ session, body }) {
        const minor = body.amount === null ? null : BigInt(body.amount.minor);
        const code = writeReceiveCode(deps, session, { minor, note: body.note });
        return Promise.resolve({ text: `${deps.walletUrl}/t/${code}` });
      },
    }),
  };
}

/** Only our own addresses are anything to us; another wallet's code is unknown, whatever it says. */
async function readScan(deps: AppDeps, book: number, said: string): Promise<Scanned> {
  const { walletUrl } = deps;
  if (said.startsWith(`${walletUrl}/pay/`)) {
    const token = said.slice(walletUrl.length + '/pay/'.length);
    return (await deps.payer.findOrder(token)) === null ? { kind: 'unknown' } : { kind: 'order', token };
  }
  if (!said.startsWith(`${walletUrl}/t/`)) return { kind: 'unknown' };
  const code = said.slice(walletUrl.length + '/t/'.length);
  const read = readReceiveCode(deps, code);
  const person = read === null ? null : await deps.users.readPerson(deps.sql, book, read.userId);
  if (read === null || person === null) return { kind: 'unknown' };
  return {
    kind: 'person',
    payee: { kind: 'code', code },
    name_masked: person.nameMasked ?? person.phoneMasked,
    amount: read.minor === null ? null : { currency: 'CNY', minor: read.minor.toString() },
    note: read.note,
  };
}

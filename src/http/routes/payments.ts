import { Type } from 'typebox';
import { decodeCursor, encodeCursor } from '../../base/cursor.ts';
import { PAGE_ITEMS_MAX, PAGE_ITEMS_USUAL, PAYMENT_SECONDS_USUAL } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { cancelPayment } from '../../cashier/cancel-payment.ts';
import { bookOf, type Cashier } from '../../cashier/cashier.ts';
import { checkReturnUrl } from '../../cashier/check-return-url.ts';
import { PAYMENT_MOVES } from '../../cashier/moves.ts';
import { getPayment, type Page, pagePayments } from '../../cashier/read-payments.ts';
import { readBuyer, readItems } from '../../cashier/read-buyer.ts';
import { readScan } from '../../cashier/read-scan.ts';
import { startAttempt } from '../../cashier/start-attempt.ts';
import { money } from '../../money/money.ts';
import type { WalletName } from '../../wallets/wallet.ts';
import { givenBuyer, givenItems, givenVouchers } from '../buyer-schemas.ts';
import { type Answer, type RouteRow, row } from '../route.ts';
import { attempt, idOf, newAttempt, newPayment, orderNo, pageOf, pageQuery, payment } from '../schemas.ts';

const closed = { additionalProperties: false } as const;
const paymentParams = Type.Object({ id: idOf('pay') }, closed);

export function paymentRoutes(cashier: Cashier): RouteRow[] {
  return [
    row({
      method: 'POST',
      url: '/v1/payments',
      operation: 'createPayment',
      summary: 'Create a payment',
      tag: 'Payments',
      scope: 'payments',
      body: Type.Object(
        {
          ...newPayment.properties,
          buyer: Type.Optional(givenBuyer),
          items: Type.Optional(givenItems),
          vouchers: Type.Optional(givenVouchers),
        },
        closed,
      ),
      reply: { 201: payment },
      async run({ caller, body, claim }) {
        const result = await cashier.create(caller.book, {
          merchantId: caller.merchantId,
          livemode: caller.livemode,
          orderNo: body.order_no,
          amount: money(body.amount.currency, BigInt(body.amount.minor)), // the schema lists our currencies
          subject: body.subject,
          returnUrl: checkReturnUrl(body.return_url),
          expiresInSeconds: body.expires_in_seconds ?? PAYMENT_SECONDS_USUAL,
          linkCode: body.link ?? null,
          metadata: body.metadata ?? {}, // the schema admits texts only
          buyer: body.buyer === undefined ? null : readBuyer(cashier.deps.keyring, body.buyer),
          items: noneIsNull(readItems(BigInt(body.amount.minor), body.items ?? [])),
          vouchers: noneIsNull(body.vouchers ?? []),
          claim,
        });
        return fromReply(result);
      },
    }),
    row({
      method: 'GET',
      url: '/v1/payments/:id',
      operation: 'getPayment',
      summary: 'Show a payment',
      tag: 'Payments',
      scope: 'read',
      params: paymentParams,
      reply: { 200: payment },
      run: async ({ caller, params }) => ({
        status: 200,
        value: await getPayment(cashier.deps, caller.merchantId, params.id),
      }),
    }),
    row({
      method: 'GET',
      url: '/v1/payments',
      operation: 'listPayments',
      summary: 'List payments, newest first',
      tag: 'Payments',
      scope: 'read',
      query: Type.Object(
        {
          ...pageQuery,
          order_no: Type.Optional(orderNo),
          state: Type.Optional(Type.Enum(Object.keys(PAYMENT_MOVES))),
        },
        closed,
      ),
      reply: { 200: pageOf(payment) },
      async run({ caller, query }) {
        const page = await pagePayments(cashier.deps, {
          book: caller.book,
          merchantId: caller.merchantId,
          orderNo: query.order_no ?? null,
          state: query.state ?? null, // the schema lists the states
          ...readPage('pay', query),
        });
        return showPage(page);
      },
    }),
    row({
      method: 'POST',
      url: '/v1/payments/:id/cancel',
      operation: 'cancelPayment',
      summary: 'Cancel a payment that has not been paid',
      tag: 'Payments',
      scope: 'payments',
      params: paymentParams,
      reply: { 200: payment },
      run: async ({ caller, params, claim }) =>
        await cancelPayment(cashier, {
          book: bookOf('pay', params.id),
          paymentId: params.id,
          merchantId: caller.merchantId,
          claim,
        }),
    }),
    row({
      method: 'POST',
      url: '/v1/payments/:id/attempts',
      operation: 'createAttempt',
      summary: 'Start paying through a wallet',
      tag: 'Payments',
      scope: 'payments',
      params: paymentParams,
      body: newAttempt(Object.keys(cashier.deps.wallets)),
      reply: { 201: attempt },
      async run({ caller, params, body, claim }) {
        const book = bookOf('pay', params.id);
        const { merchantId } = caller;
        return await startAttempt(cashier, {
          book,
          paymentId: params.id,
          merchantId,
          ...(await readWallet(cashier, { book, merchantId }, body)),
          scene: body.scene, // and the scenes
          walletAccountId: null,
          app: null,
          device: null,
          expectedMinor: body.expected_amount === undefined ? null : BigInt(body.expected_amount.minor),
          ...(body.expected_amount === undefined ? {} : { expectedCurrency: body.expected_amount.currency }),
          buyerIp: body.buyer_ip ?? null,
          payer: body.payer === undefined ? null : { id: body.payer.id, walletApp: body.payer.wallet_app ?? null },
          claim,
        });
      },
    }),
  ];
}

function noneIsNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

/** The wallet that was named, or the one that the scanned payment code belongs to. @throws Refusal invalid_request */
async function readWallet(
  cashier: Cashier,
  whose: { book: number; merchantId: string },
  body: { wallet?: string; payment_code?: string },
): Promise<{ wallet: WalletName; paymentCode: string | null }> {
  const wallet = (body.wallet ?? null) as WalletName | null; // the schema lists the wallets
  if (body.payment_code !== undefined) return await readScan(cashier, { ...whose, wallet, text: body.payment_code });
  if (wallet !== null) return { wallet, paymentCode: null };
  throw new Refusal('invalid_request', 'name a wallet, or send the payment code that was scanned', {
    param: 'wallet',
    in: 'body',
  });
}

/** `limit` and `cursor` as every list takes them. @throws Refusal invalid_request, invalid_cursor. */
export function readPage(
  prefix: string,
  query: { limit?: string; cursor?: string },
): { before: string | null; itemsMax: number } {
  const itemsMax = query.limit === undefined ? PAGE_ITEMS_USUAL : Number(query.limit);
  if (itemsMax > PAGE_ITEMS_MAX)
    throw new Refusal('invalid_request', `at most ${PAGE_ITEMS_MAX} items a page`, {
      param: 'limit',
      in: 'querystring',
    });
  return { itemsMax, before: query.cursor === undefined ? null : decodeCursor(prefix, query.cursor) };
}

export function showPage(page: Page): Answer {
  return { status: 200, value: { data: page.data, next_cursor: page.next === null ? null : encodeCursor(page.next) } };
}

export function fromReply(result: { reply: { status: number; body: string } | null; replayed: boolean }): Answer {
  if (result.reply === null) throw new Error('assertion failed: a POST keeps its reply');
  return { ...result.reply, replayed: result.replayed };
}

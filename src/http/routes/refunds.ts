import { Type } from 'typebox';
import { REFUND_ITEM_QUANTITY_MAX, REFUND_ITEMS_MAX } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { bookOf, type Cashier } from '../../cashier/cashier.ts';
import { createRefund } from '../../cashier/create-refund.ts';
import { getRefund, pageRefunds } from '../../cashier/read-payments.ts';
import { money } from '../../money/money.ts';
import { type RouteRow, row } from '../route.ts';
import { amount, idOf, orderNo, pageOf, pageQuery, refund, text } from '../schemas.ts';
import { readPage, showPage } from './payments.ts';

const closed = { additionalProperties: false } as const;

export function refundRoutes(cashier: Cashier): RouteRow[] {
  return [
    row({
      method: 'POST',
      url: '/v1/payments/:id/refunds',
      operation: 'createRefund',
      summary: 'Refund a payment, wholly or in part',
      tag: 'Refunds',
      scope: 'refunds',
      params: Type.Object({ id: idOf('pay') }, closed),
      body: Type.Object(
        {
          amount: Type.Optional(amount),
          items: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  id: text(1, 64, 'a line of the order'),
                  quantity: Type.Integer({ minimum: 1, maximum: REFUND_ITEM_QUANTITY_MAX }),
                },
                closed,
              ),
              { minItems: 1, maxItems: REFUND_ITEMS_MAX, description: 'lines of the order that go back' },
            ),
          ),
          reason: Type.Optional(text(0, 200, 'why, for people')),
          refund_no: Type.Optional(orderNo),
        },
        closed,
      ),
      reply: { 201: refund },
      async run({ caller, params, body, claim }) {
        if (body.amount !== undefined && body.items !== undefined)
          throw new Refusal('invalid_request', 'a refund names an amount or lines of the order, not both', {
            param: 'items',
            in: 'body',
          });
        return await createRefund(cashier, {
          book: bookOf('pay', params.id),
          paymentId: params.id,
          merchantId: caller.merchantId,
          amount: body.amount === undefined ? null : money(body.amount.currency, BigInt(body.amount.minor)),
          items: body.items ?? null,
          reason: body.reason ?? '',
          refundNo: body.refund_no ?? null,
          claim,
        });
      },
    }),
    row({
      method: 'GET',
      url: '/v1/refunds/:id',
      operation: 'getRefund',
      summary: 'Show a refund',
      tag: 'Refunds',
      scope: 'read',
      params: Type.Object({ id: idOf('rf') }, closed),
      reply: { 200: refund },
      run: async ({ caller, params }) => ({
        status: 200,
        value: await getRefund(cashier.deps, caller.merchantId, params.id),
      }),
    }),
    row({
      method: 'GET',
      url: '/v1/refunds',
      operation: 'listRefunds',
      summary: 'List refunds, newest first',
      tag: 'Refunds',
      scope: 'read',
      query: Type.Object({ ...pageQuery, payment_id: Type.Optional(idOf('pay')) }, closed),
      reply: { 200: pageOf(refund) },
      async run({ caller, query }) {
        const page = await pageRefunds(cashier.deps, {
          book: caller.book,
          merchantId: caller.merchantId,
          paymentId: query.payment_id ?? null,
          ...readPage('rf', query),
        });
        return showPage(page);
      },
    }),
  ];
}

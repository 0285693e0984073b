import { Type } from 'typebox';
import { COMPLAINT_CHARS_MAX } from '../../base/limits.ts';
import { bookOf, type Cashier } from '../../cashier/cashier.ts';
import { complain } from '../../cashier/complain.ts';
import { type PlanOf, tellDecision } from '../../cashier/tell-decision.ts';
import { tellQuote } from '../../cashier/tell-quote.ts';
import { quote } from '../offer-schemas.ts';
import { complaint, decision } from '../payment-view-schemas.ts';
import { type RouteRow, row } from '../route.ts';
import { idOf, text } from '../schemas.ts';

const closed = { additionalProperties: false } as const;
const paymentParams = Type.Object({ id: idOf('pay') }, closed);

/** What a payment costs with each wallet, why its buyer sees which, and what the buyer complained of. */
export function paymentViewRoutes(cashier: Cashier, plans: { planOf: PlanOf }): RouteRow[] {
  return [
    row({
      method: 'GET',
      url: '/v1/payments/:id/quote',
      operation: 'getPaymentQuote',
      summary: 'What the buyer would pay with each wallet, the best first',
      tag: 'Payments',
      scope: 'read',
      params: paymentParams,
      reply: { 200: quote },
      run: async ({ caller, params }) => ({
        status: 200,
        value: await tellQuote(cashier, caller.merchantId, params.id),
      }),
    }),
    row({
      method: 'GET',
      url: '/v1/payments/:id/decision',
      operation: 'getPaymentDecision',
      summary: 'Why the buyer sees which staged wallets',
      tag: 'Payments',
      scope: 'read',
      params: paymentParams,
      reply: { 200: decision },
      run: async ({ caller, params }) => ({
        status: 200,
        value: await tellDecision(
          cashier,
          (book, id, version) => plans.planOf(book, id, version),
          caller.merchantId,
          params.id,
        ),
      }),
    }),
    row({
      method: 'POST',
      url: '/v1/payments/:id/complaints',
      operation: 'createComplaint',
      summary: 'Tell that the buyer complained of a payment',
      tag: 'Payments',
      scope: 'payments',
      params: paymentParams,
      body: Type.Object({ reason: text(1, COMPLAINT_CHARS_MAX, 'what it was about, for people') }, closed),
      reply: { 201: complaint },
      run: async ({ caller, params, body, claim }) =>
        await complain(cashier, {
          book: bookOf('pay', params.id),
          paymentId: params.id,
          merchantId: caller.merchantId,
          reason: body.reason,
          claim,
        }),
    }),
  ];
}

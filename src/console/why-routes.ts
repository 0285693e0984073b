import type { FastifyInstance } from 'fastify';
import { isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import { readPaymentInFull } from '../cashier/operator-reads.ts';
import { decisionNow } from '../cashier/payment-decision.ts';
import { tellQuote } from '../cashier/tell-quote.ts';
import type { ShownQuote } from '../offers/show-quote.ts';
import { findPlans, replayDecision } from '../rollout/replay-decision.ts';
import type { PaymentDecision } from '../rollout/rollouts.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { PAGE_HEADERS } from './headers.ts';
import { shopNames } from './shop-names.ts';
import { queryOf, visitorOf } from './visitor.ts';
import { renderWhy } from './why-page.ts';

interface PaymentParams {
  Params: { id: string };
}

/** Why does this buyer see this wallet at this price? */
export function mountWhyRoutes(app: FastifyInstance, deps: ConsoleDeps): void {
  app.get('/payments', hidden, async (request, reply) => {
    await visitorOf(deps, request);
    const id = queryOf(request, 'id')?.trim() ?? '';
    if (!isId('pay', id)) throw new Refusal('not_found', 'there is no such payment');
    return reply.headers(PAGE_HEADERS).redirect(`/console/payments/${id}/why`, 303);
  });

  app.get<PaymentParams>('/payments/:id/why', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const { payment, attempts, refunds } = await readPaymentInFull(deps.cashier.deps, request.params.id);
    const names = await shopNames(deps);
    const { decision } = payment;
    const replays = decision === null ? [] : await replay(deps, decision);
    return reply.headers(PAGE_HEADERS).send(
      renderWhy(visitor, {
        payment,
        attempts,
        refunds,
        shopName: names(payment.merchantId) ?? payment.merchantId,
        replays,
        now: decision === null ? null : decisionNow(deps.cashier.deps, payment.book, decision, attempts, null),
        quote: await quoteNow(deps, payment.merchantId, payment.id),
      }),
    );
  });
}

const hidden = { schema: { hide: true } } as const;

async function replay({ rollouts, book }: ConsoleDeps, decision: PaymentDecision) {
  return replayDecision(decision, await findPlans(decision, (id, version) => rollouts.planOf(book, id, version)));
}

/** Null where there is nothing to pay any more. */
async function quoteNow({ cashier }: ConsoleDeps, merchantId: string, id: string): Promise<ShownQuote | null> {
  try {
    return await tellQuote(cashier, merchantId, id);
  } catch (error) {
    const isOver =
      error instanceof Refusal && (error.code === 'payment_already_succeeded' || error.code === 'payment_not_payable');
    if (!isOver) throw error;
    return null;
  }
}

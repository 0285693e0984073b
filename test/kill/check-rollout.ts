import { findAttemptsOf } from '../../src/cashier/attempt-store.ts';
import type { Attempt, Payment } from '../../src/cashier/payment.ts';
import { findPaymentsById } from '../../src/cashier/payment-store.ts';
import type { Sql } from '../../src/db/connect.ts';
import { BOOK } from '../../src/hutong.ts';
import type { ShopRecords } from './check-acknowledged.ts';
import { decisionText, type Told } from './order-steps.ts';
import type { PatientCaller } from './patient-caller.ts';
import { STAGED } from './shop-offers.ts';

/** What the rollout counted, by version, step, arm and metric, is what the payments say of themselves. */
export async function compareCounts(sql: Sql, rolloutId: string, records: ShopRecords): Promise<string[]> {
  const ids = [...records.payments.keys()];
  const [payments, attempts] = await Promise.all([findPaymentsById(sql, BOOK, ids), findAttemptsOf(sql, BOOK, ids)]);
  const byPayment = new Map<string, Attempt[]>(payments.map(({ id }) => [id, []]));
  for (const attempt of attempts) byPayment.get(attempt.paymentId)?.push(attempt);
  const should = new Map<string, number>();
  for (const payment of payments)
    for (const name of metricsOf(payment, byPayment.get(payment.id) ?? [], records))
      should.set(name, (should.get(name) ?? 0) + 1);
  const rows = await sql<{ name: string; count: number }[]>`
    select concat_ws(' ', version, step, arm, metric) as name, sum(count)::int as count
    from rollout_counts
    where rollout_id = ${rolloutId} and metric not in ('slow', 'unknown', 'wallet_succeeded', 'wallet_failed')
    group by version, step, arm, metric`;
  // Whether the first try went well or not depends on when it was asked; that it ended is counted once.
  const is = new Map<string, number>();
  for (const { name, count } of rows) {
    const told = name.replace(/first_(succeeded|failed)/, 'first_ended');
    is.set(told, (is.get(told) ?? 0) + count);
  }
  return [...new Set([...should.keys(), ...is.keys()])].flatMap((name) =>
    is.get(name) === should.get(name) ? [] : [`${name}: counted ${is.get(name)}, it should be ${should.get(name)}`],
  );
}

function metricsOf(payment: Payment, attempts: readonly Attempt[], records: ShopRecords): string[] {
  const found = payment.decision?.wallets.find(({ wallet }) => wallet === STAGED);
  if (found === undefined || found.rollout === null || found.reason !== 'SPLIT' || found.arm === 'outside') return [];
  const { version, step } = found.rollout;
  const metrics = ['decided'];
  if (attempts.length > 0) metrics.push('begun', 'first_ended');
  if (attempts.some(({ settled }) => settled === 'surplus')) metrics.push('duplicate');
  const refunds = [...records.refunds.values()].filter((refund) => refund.payment_id === payment.id);
  if (refunds.some((refund) => refund.state === 'succeeded' && !refund.automatic)) metrics.push('refunded');
  return metrics.map((metric) => `${version} ${step} ${found.arm} ${metric}`);
}

/**
 * Whoever tried the staged wallet had been shown it. How the tries ended was counted, every success once, and failures once for a payment:
 * which of them it was depends on when each was heard.
 */
export async function compareStaged(sql: Sql, rolloutId: string, records: ShopRecords): Promise<string[]> {
  const payments = await findPaymentsById(sql, BOOK, [...records.payments.keys()]);
  const wrong: string[] = [];
  const tries = { least: 0, most: 0 };
  for (const { id, decision } of payments) {
    const found = decision?.wallets.find(({ wallet }) => wallet === STAGED);
    const own: { wallet: string; outcome: string }[] = records.payments.get(id)?.attempts ?? []; // as the API shows them
    const through = own.filter(({ wallet }) => wallet === STAGED);
    const paid = through.filter(({ outcome }) => outcome === 'succeeded').length;
    if (own.length > 0 && decision === null) wrong.push(`${id} was tried and has no decision`);
    if (through.length > 0 && found?.shown !== true) wrong.push(`${id} was tried with a wallet that it was not shown`);
    if (through.length === 0) continue;
    tries.least += 1;
    tries.most += paid + (paid < through.length ? 1 : 0);
  }
  const [row] = await sql<{ count: number | null }[]>`
    select sum(count)::int as count from rollout_counts
    where rollout_id = ${rolloutId} and metric in ('wallet_succeeded', 'wallet_failed')`;
  const count = row?.count ?? 0;
  if (count < tries.least || count > tries.most)
    wrong.push(`${count} ends of tries were counted, there were ${tries.least} to ${tries.most}`);
  return wrong;
}

const REPLAYS_MAX = 200;

/** A decision that was told once is told the same for ever, and made again from what was kept it is the same. */
export async function findChangedDecisions(call: PatientCaller, told: Told, records: ShopRecords): Promise<string[]> {
  const decided = [...records.payments.values()].filter(({ attempts }) => attempts.length > 0).map(({ id }) => id);
  const ids = new Set([...[...told.decisions.keys()].slice(0, REPLAYS_MAX), ...decided.slice(0, REPLAYS_MAX)]);
  const wrong: string[] = [];
  for (const id of ids) {
    const answer = await call.get(`/v1/payments/${id}/decision`);
    const before = told.decisions.get(id);
    if (before !== undefined && before !== decisionText(answer))
      wrong.push(`${id} was told ${before}, and ${answer.text}`);
    for (const { replay } of answer.json.wallets)
      if (!['same', 'not_dealt'].includes(replay.result)) wrong.push(`${id} made again: ${replay.result}`);
  }
  return wrong;
}

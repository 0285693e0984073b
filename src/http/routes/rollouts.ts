import { Type } from 'typebox';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Caller } from '../../cashier/api-keys.ts';
import { toReply } from '../../cashier/reply.ts';
import type { Sql, Tx } from '../../db/connect.ts';
import type { KeyClaim } from '../../db/idempotency-store.ts';
import { withKey } from '../../db/with-key.ts';
import type { Act } from '../../rollout/apply-action.ts';
import type { Because } from '../../rollout/change-rollout.ts';
import { PEOPLES_ACTIONS, type PeoplesAction } from '../../rollout/moves.ts';
import type { RolloutDesk } from '../../rollout/open-rollouts.ts';
import { readPlan } from '../../rollout/read-plan.ts';
import type { Plan } from '../../rollout/plan.ts';
import { showRollout, showRolloutInFull } from '../../rollout/show-rollout.ts';
import { changedRollout, newRollout, rollout, rolloutAct, rolloutInFull, rolloutJump } from '../rollout-schemas.ts';
import { type RouteRow, row } from '../route.ts';
import { idOf, pageOf, pageQuery } from '../schemas.ts';
import { readPage, showPage } from './payments.ts';

const closed = { additionalProperties: false } as const;
const rolloutParams = Type.Object({ id: idOf('rol') }, closed);
const tag = 'Rollouts';

export interface RolloutRouteDeps {
  sql: Sql;
  clock: Clock;
  rollouts: RolloutDesk;
}

const SUMMARIES: Readonly<Record<Exclude<PeoplesAction, 'jump'>, string>> = {
  start: 'Start a rollout at its first step',
  pause: 'Keep the share as it is and do not advance',
  resume: 'Go on after a pause, or after a halt with counting anew',
  approve: 'Let a rollout that waits at a gate go on',
  halt: 'Hide the wallet on every node within a second',
  roll_back: 'Hide the wallet for good: it can only begin anew',
  retire: 'End a rollout: it has no effect any more',
};

/** A merchant's own rollouts. Those of every shop are the operator's alone (command line and console). */
export function rolloutRoutes(deps: RolloutRouteDeps): RouteRow[] {
  return [
    ...deskRoutes(deps),
    ...PEOPLES_ACTIONS.filter((action) => action !== 'jump').map((action) => actRoute(deps, action)),
    row({
      method: 'POST',
      url: '/v1/rollouts/:id/jump',
      operation: 'jumpRollout',
      summary: 'Go to another step',
      tag,
      scope: 'rollouts',
      params: rolloutParams,
      body: rolloutJump,
      reply: { 200: rollout },
      run: ({ caller, params, body, claim }) =>
        act(deps, caller, params.id, { action: 'jump', step: body.step - 1 }, body.reason, claim),
    }),
    row({
      method: 'POST',
      url: '/v1/rollouts/:id/change',
      operation: 'changeRollout',
      summary: 'Change the plan: a new version, in which nobody loses the wallet',
      tag,
      scope: 'rollouts',
      params: rolloutParams,
      body: changedRollout,
      reply: { 200: rollout },
      run: ({ caller, params, body, claim }) =>
        act(deps, caller, params.id, { action: 'change', plan: ownPlan(caller, body.plan) }, body.reason, claim),
    }),
  ];
}

function deskRoutes({ sql, clock, rollouts }: RolloutRouteDeps): RouteRow[] {
  return [
    row({
      method: 'POST',
      url: '/v1/rollouts',
      operation: 'createRollout',
      summary: 'Create a rollout as a draft: it concerns nobody until it is started',
      tag,
      scope: 'rollouts',
      body: newRollout,
      reply: { 201: rollout },
      run: async ({ caller, body, claim }) => {
        const plan = ownPlan(caller, body.plan);
        const because = becauseOf(caller, body.reason ?? 'created');
        return await write(sql, clock, claim, 201, async (tx) =>
          showRollout(await rollouts.create(tx, caller.book, plan, because)),
        );
      },
    }),
    row({
      method: 'GET',
      url: '/v1/rollouts',
      operation: 'listRollouts',
      summary: 'List the rollouts, newest first',
      tag,
      scope: 'read',
      query: Type.Object(pageQuery, closed),
      reply: { 200: pageOf(rollout) },
      run: async ({ caller, query }) => {
        const { before, itemsMax } = readPage('rol', query);
        const { book, merchantId } = caller;
        const found = await rollouts.list({ book, merchantId, before, itemsMax: itemsMax + 1 });
        const shown = found.slice(0, itemsMax);
        const next = found.length > itemsMax ? (shown.at(-1)?.id ?? null) : null;
        return showPage({ data: shown.map(showRollout), next });
      },
    }),
    row({
      method: 'GET',
      url: '/v1/rollouts/:id',
      operation: 'getRollout',
      summary: 'Show a rollout with its share, counts, verdict and moves',
      tag,
      scope: 'read',
      params: rolloutParams,
      reply: { 200: rolloutInFull },
      run: async ({ caller: { book, merchantId }, params }) => ({
        status: 200,
        value: showRolloutInFull(await rollouts.report({ book, merchantId, id: params.id })),
      }),
    }),
  ];
}

function actRoute(deps: RolloutRouteDeps, action: Exclude<PeoplesAction, 'jump'>): RouteRow {
  return row({
    method: 'POST',
    url: `/v1/rollouts/:id/${action}`,
    operation: `${action === 'roll_back' ? 'rollBack' : action}Rollout`,
    summary: SUMMARIES[action],
    tag,
    scope: 'rollouts',
    params: rolloutParams,
    body: rolloutAct,
    reply: { 200: rollout },
    run: ({ caller, params, body, claim }) => act(deps, caller, params.id, { action }, body.reason, claim),
  });
}

async function act(
  { sql, clock, rollouts }: RolloutRouteDeps,
  caller: Caller,
  id: string,
  action: Act,
  reason: string,
  claim: KeyClaim,
) {
  const at = { book: caller.book, id, merchantId: caller.merchantId };
  return await write(sql, clock, claim, 200, async (tx) =>
    showRollout(await rollouts.act(tx, at, action, becauseOf(caller, reason))),
  );
}

async function write(sql: Sql, clock: Clock, claim: KeyClaim, status: number, run: (tx: Tx) => Promise<object>) {
  return await withKey(sql, claim, clock.now(), null, async (tx) => toReply(status, await run(tx)));
}

function becauseOf(caller: Caller, reason: string): Because {
  return { by: caller.keyId, reason };
}

/** A key of one shop plans for that shop. @throws Refusal invalid_request */
function ownPlan({ merchantId }: Caller, file: unknown): Plan {
  const plan = readPlan(file);
  if (plan.merchantId !== null && plan.merchantId !== merchantId)
    throw new Refusal('invalid_request', 'plan.merchant: is another merchant', { param: 'plan.merchant' });
  return { ...plan, merchantId };
}

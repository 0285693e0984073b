import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { Act } from '../rollout/apply-action.ts';
import { PEOPLES_ACTIONS, type PeoplesAction } from '../rollout/moves.ts';
import { IN_EFFECT, type Rollout } from '../rollout/rollout.ts';
import { type ActPage, renderAct } from './act-page.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { PAGE_HEADERS } from './headers.ts';
import { renderRolloutList, type ListedRollout } from './rollout-list-page.ts';
import { renderRollout } from './rollout-page.ts';
import { shopNames } from './shop-names.ts';
import { queryOf, signedForm, type Visitor, visitorOf } from './visitor.ts';

const ROLLOUTS_SHOWN_MAX = 30;

interface RolloutParams {
  Params: { id: string };
}
interface ActParams {
  Params: { id: string; action: string };
}

/** The rollouts of every shop, and what an operator does with them. */
export function mountRolloutRoutes(app: FastifyInstance, deps: ConsoleDeps): void {
  app.get('/rollouts', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const { listed, next } = await listRollouts(deps, queryOf(request, 'before'));
    return reply.headers(PAGE_HEADERS).send(renderRolloutList(visitor, listed, next));
  });

  app.get<RolloutParams>('/rollouts/:id', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const report = await reportOf(deps, request.params.id);
    const names = await shopNames(deps);
    const shopName = names(report.rollout.plan.merchantId);
    const done = PEOPLES_ACTIONS.find((action) => action === queryOf(request, 'done')) ?? null;
    return reply.headers(PAGE_HEADERS).send(renderRollout(visitor, { report, shopName, done }));
  });

  app.get<ActParams>('/rollouts/:id/:action', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const action = actionOf(request);
    const report = await reportOf(deps, request.params.id);
    const typed = { reason: '', step: '' };
    return reply.headers(PAGE_HEADERS).send(renderAct(visitor, { report, action, typed, fault: null }));
  });

  app.post<ActParams>('/rollouts/:id/:action', hidden, async (request, reply) => {
    const { visitor, form } = await signedForm(deps, request);
    const action = actionOf(request);
    const { id } = request.params;
    const typed = { reason: form('reason')?.trim() ?? '', step: form('step') ?? '' };
    if (typed.reason === '')
      return await askAgain(reply, visitor, { id, action, typed, fault: visitor.say('请写下原因。', 'Say why.') });
    try {
      await act(deps, { id, act: toAct(action, typed.step), seen: form('seen') ?? '' }, visitor, typed.reason);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === 'not_found') throw error;
      return await askAgain(reply, visitor, { id, action, typed, fault: tellRefusal(error, visitor) });
    }
    return reply.headers(PAGE_HEADERS).redirect(`/console/rollouts/${id}?done=${action}`, 303);
  });

  async function askAgain(
    reply: FastifyReply,
    visitor: Visitor,
    { id, ...page }: { id: string } & Omit<ActPage, 'report'>,
  ): Promise<FastifyReply> {
    const report = await reportOf(deps, id);
    return reply
      .code(409)
      .headers(PAGE_HEADERS)
      .send(renderAct(visitor, { report, ...page }));
  }
}

const hidden = { schema: { hide: true } } as const;

/** Those in effect come with their verdicts. */
export async function listRollouts(
  deps: ConsoleDeps,
  before: string | null,
): Promise<{ listed: ListedRollout[]; next: string | null }> {
  const { book } = deps;
  const found = await deps.rollouts.list({ book, merchantId: null, before, itemsMax: ROLLOUTS_SHOWN_MAX + 1 });
  const names = await shopNames(deps);
  const page = found.slice(0, ROLLOUTS_SHOWN_MAX);
  const listed = await Promise.all(
    page.map(
      async (rollout): Promise<ListedRollout> => ({
        rollout,
        report: isJudged(rollout) ? await reportOf(deps, rollout.id) : null,
        shopName: names(rollout.plan.merchantId),
      }),
    ),
  );
  return { listed, next: found.length > page.length ? (page.at(-1)?.id ?? null) : null };
}

function isJudged({ state }: Rollout): boolean {
  return IN_EFFECT.includes(state);
}

async function reportOf({ rollouts, book }: ConsoleDeps, id: string) {
  if (!isId('rol', id)) throw new Refusal('not_found', 'there is no such rollout');
  return await rollouts.report({ book, id, merchantId: null });
}

function actionOf(request: FastifyRequest<ActParams>): PeoplesAction {
  const action = PEOPLES_ACTIONS.find((name) => name === request.params.action);
  if (action === undefined) throw new Refusal('not_found', 'there is no such page');
  return action;
}

function toAct(action: PeoplesAction, step: string): Act {
  if (action !== 'jump') return { action };
  return { action, step: /^\d{1,2}$/.test(step) ? Number(step) - 1 : -1 };
}

/** What stops harm is done whatever has moved meanwhile; everything else only to what the operator has looked at. */
async function act(
  { sql, rollouts, book }: ConsoleDeps,
  wish: { id: string; act: Act; seen: string },
  { session }: Visitor,
  reason: string,
): Promise<void> {
  const { id } = wish;
  if (!isId('rol', id)) throw new Refusal('not_found', 'there is no such rollout');
  const isUrgent = wish.act.action === 'halt' || wish.act.action === 'roll_back';
  const [, state = '', version = '', step = ''] = /^([a-z_]+) (\d{1,9}) (\d{1,4})$/.exec(wish.seen) ?? [];
  const seen = { state, version: Number(version), step: Number(step) };
  const at = { book, id, merchantId: null, ...(isUrgent ? {} : { seen }) };
  await sql.begin((tx) => rollouts.act(tx, at, wish.act, { by: `console:${session.operator}`, reason }));
}

function tellRefusal(refusal: Refusal, { say }: Visitor): string {
  const chinese: Partial<Record<Refusal['code'], string>> = {
    rollout_state:
      refusal.facts['moved'] === true
        ? '灰度在这期间已经变了，请看清现在的状态再决定。'
        : refusal.facts['frozen_until'] === undefined
          ? '灰度现在的状态不允许这样做。'
          : '现在是冻结期，什么都不能开始；确有必要时请用跳步。',
    rollout_exists: '同一个钱包、同一家商户已有另一个灰度在起作用：请先撤回它，或等它完成。',
    invalid_request: '填写的内容不对。',
  };
  return say(`没有执行：${chinese[refusal.code] ?? refusal.message}`, `Not done: ${refusal.message}`);
}

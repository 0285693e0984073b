import { Refusal } from '../../base/refusal.ts';
import { insertAct, lockBrake } from './brake-store.ts';
import { liftBrakeIn, type Operator, readReason, setBrakeIn, toAct } from './change-brake.ts';
import { closeReports } from './report-store.ts';
import type { TakeDown } from './reports.ts';
import type { SafetyDeps } from './safety-deps.ts';
import { AUTOMATIC } from './take-report.ts';

type Verdict = { kind: 'dismissed' } | { kind: 'upheld'; takeDown: TakeDown };

/**
 * Decides every open report of a link at once. A dismissal lifts the brake that reports had set by themselves. What is upheld takes links down
 * first and closes the reports after: an interruption leaves reports open, never a harmful link.
 * @throws Refusal not_found where no report waits, invalid_request
 */
export async function resolveReports(
  deps: SafetyDeps,
  operator: Operator,
  wish: { linkId: string; verdict: Verdict; note: string },
): Promise<{ reports: number; links: number }> {
  const note = readReason(wish.note, 'note');
  const link = { kind: 'link', id: wish.linkId } as const;
  if (wish.verdict.kind === 'dismissed') return { reports: await dismiss(deps, operator, wish.linkId, note), links: 0 };
  const { links } = await takeDown(deps, operator, { takeDown: wish.verdict.takeDown, reason: note });
  const { takeDown: scope } = wish.verdict;
  const reports = await deps.sql.begin(async (tx) => {
    const verdict = { state: 'upheld', at: deps.clock.now(), by: operator.name, note } as const;
    const wide = scope.kind === 'link' ? [] : await closeReports(tx, deps.book, scope, verdict);
    const own = await closeReports(tx, deps.book, link, verdict);
    const count = wide.length + own.length;
    if (count > 0) await insertAct(tx, deps.book, toAct(deps, operator.name, 'upheld', link, note, links));
    return count;
  });
  return { reports, links };
}

async function dismiss(deps: SafetyDeps, operator: Operator, linkId: string, note: string): Promise<number> {
  const link = { kind: 'link', id: linkId } as const;
  return await deps.sql.begin(async (tx) => {
    const verdict = { state: 'dismissed', at: deps.clock.now(), by: operator.name, note } as const;
    const closed = await closeReports(tx, deps.book, link, verdict);
    if (closed.length === 0) throw new Refusal('not_found', 'no report of this link waits');
    await insertAct(tx, deps.book, toAct(deps, operator.name, 'dismissed', link, note));
    const brake = await lockBrake(tx, deps.book, link);
    if (brake?.setBy === AUTOMATIC) await liftBrakeIn(tx, deps, operator.name, brake, note);
    return closed.length;
  });
}

/**
 * Takes down one link, or all of a host or a merchant and blocks that none is made any more. The block comes first, so that nothing slips in
 * while the links go. Doing it again does what is left to do.
 * @throws Refusal not_found, invalid_request
 */
export async function takeDown(
  deps: SafetyDeps,
  operator: Operator,
  { takeDown: scope, reason }: { takeDown: TakeDown; reason: string },
): Promise<{ links: number }> {
  const why = readReason(reason, 'reason');
  const links = await takeLinksDown(deps, operator, scope, why);
  await deps.sql.begin((tx) => insertAct(tx, deps.book, toAct(deps, operator.name, 'taken_down', scope, why, links)));
  return { links };
}

async function takeLinksDown(deps: SafetyDeps, actor: Operator, scope: TakeDown, reason: string): Promise<number> {
  if (scope.kind === 'link') {
    await deps.desk.setState({ actor, id: scope.id, state: 'taken_down', reason });
    return 1;
  }
  const block = { subject: scope, effect: 'block', reason } as const;
  await deps.sql.begin((tx) => setBrakeIn(tx, deps, actor, block));
  const which =
    scope.kind === 'host'
      ? ({ kind: 'host', host: scope.id } as const)
      : ({ kind: 'merchant', merchantId: scope.id } as const);
  const taken = await deps.desk.takeDownAll({ actor, book: deps.book, which, reason });
  return taken.length;
}

import type { FastifyInstance } from 'fastify';
import { isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { ReadyLink } from '../links/link.ts';
import type { BrakeSubject, Reports, TakeDown } from '../links/safety/reports.ts';
import type { ConsoleDeps, ConsoleLinks } from './console-deps.ts';
import { PAGE_HEADERS } from './headers.ts';
import { readReason } from './link-reason.ts';
import { renderLift } from './report-lift-page.ts';
import { renderReportList } from './report-list-page.ts';
import { renderReports, type ReportPage, type VerdictName, VERDICTS } from './report-page.ts';
import { shopNames } from './shop-names.ts';
import { operatorOf, queryOf, signedForm, type Visitor, visitorOf } from './visitor.ts';

const WAITING_SHOWN_MAX = 100;
const REPORTS_SHOWN_MAX = 50;
const ACTS_SHOWN_MAX = 50;
const hidden = { schema: { hide: true } } as const;

interface LinkParams {
  Params: { id: string };
}
interface BrakeParams {
  Params: { kind: string; id: string };
}

/** Reports of abuse: what waits, what was said, what is decided; and what people are warned of. */
export function mountReportRoutes(app: FastifyInstance, deps: ConsoleDeps, links: ConsoleLinks): void {
  const { clock } = deps;
  const { reports } = links;

  app.get('/reports', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const viewer = operatorOf(visitor.session);
    const names = await shopNames(deps);
    const page = {
      waiting: await reports.waiting(viewer, WAITING_SHOWN_MAX),
      brakes: await reports.listBrakes(viewer),
      names: (merchantId: string) => names(merchantId) ?? merchantId,
      done: doneText(visitor, queryOf(request, 'done')),
    };
    return reply.headers(PAGE_HEADERS).send(renderReportList(visitor, page));
  });

  app.get<LinkParams>('/reports/:id', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const page = await pageOf(visitor, request.params.id, { verdict: null, reason: '' }, null);
    return reply.headers(PAGE_HEADERS).send(renderReports(visitor, page));
  });

  app.post<LinkParams>('/reports/:id', hidden, async (request, reply) => {
    const { visitor, form } = await signedForm(deps, request);
    const { reason, fault } = readReason(visitor, form('reason')?.trim() ?? '');
    const verdict = VERDICTS.find((name) => name === form('verdict')) ?? null;
    const { say } = visitor;
    const page = await pageOf(visitor, request.params.id, { verdict, reason }, null);
    const newest = page.reports.find(({ state }) => state === 'open')?.id ?? '';
    const moved =
      form('seen') === newest ? null : say('又有新的举报，请再看一遍。', 'Something was reported since; look again.');
    const missing = verdict === null ? say('请选一个决定。', 'Choose a decision.') : null;
    const wrong = missing ?? fault ?? moved;
    if (verdict === null || wrong !== null)
      return reply
        .code(409)
        .headers(PAGE_HEADERS)
        .send(renderReports(visitor, { ...page, fault: wrong }));
    const told = await decide(visitor, page.ready, verdict, reason);
    return reply.headers(PAGE_HEADERS).redirect(`/console/reports?done=${told.reports}-${told.links}`, 303);
  });

  app.get<BrakeParams>('/brakes/:kind/:id/lift', hidden, async (request, reply) => {
    const visitor = await visitorOf(deps, request);
    const brake = await brakeOf(visitor, subjectOf(request.params));
    return reply.headers(PAGE_HEADERS).send(renderLift(visitor, { brake, reason: '', fault: null }));
  });

  app.post<BrakeParams>('/brakes/:kind/:id/lift', hidden, async (request, reply) => {
    const { visitor, form } = await signedForm(deps, request);
    const subject = subjectOf(request.params);
    const { reason, fault } = readReason(visitor, form('reason')?.trim() ?? '');
    if (fault !== null)
      return reply
        .code(409)
        .headers(PAGE_HEADERS)
        .send(renderLift(visitor, { brake: await brakeOf(visitor, subject), reason, fault }));
    await reports.liftBrake({ actor: operatorOf(visitor.session), subject, reason });
    return reply.headers(PAGE_HEADERS).redirect('/console/reports?done=lifted', 303);
  });

  async function pageOf(
    { session }: Visitor,
    id: string,
    typed: ReportPage['typed'],
    fault: string | null,
  ): Promise<ReportPage> {
    const viewer = operatorOf(session);
    const ready = await links.desk.get(viewer, id);
    const found = await reports.list({ viewer, state: null, linkId: id, before: null, itemsMax: REPORTS_SHOWN_MAX });
    const withContacts = await Promise.all(found.data.map((report) => contactOf(reports, viewer, report)));
    const acts = await reports.acts(viewer, id, ACTS_SHOWN_MAX);
    return { ready, reports: withContacts, acts, now: clock.now(), typed, fault };
  }

  async function decide(
    { session }: Visitor,
    ready: ReadyLink,
    verdict: VerdictName,
    note: string,
  ): Promise<{ reports: number; links: number }> {
    const actor = operatorOf(session);
    const linkId = ready.link.id;
    if (verdict === 'dismiss') return await reports.resolve({ actor, linkId, verdict: { kind: 'dismissed' }, note });
    const takeDown = takeDownOf(ready, verdict);
    return await reports.resolve({ actor, linkId, verdict: { kind: 'upheld', takeDown }, note });
  }

  async function brakeOf({ session }: Visitor, subject: BrakeSubject) {
    const all = await reports.listBrakes(operatorOf(session));
    const brake = all.find((one) => one.subject.kind === subject.kind && one.subject.id === subject.id);
    if (brake === undefined) throw new Refusal('not_found', 'there is no such brake');
    return brake;
  }
}

async function contactOf(
  reports: Reports,
  viewer: { kind: 'operator'; name: string },
  report: Awaited<ReturnType<Reports['list']>>['data'][number],
) {
  if (!report.hasContact) return { ...report, contact: null };
  return { ...report, contact: (await reports.get(viewer, report.id)).contact };
}

/** @throws Refusal not_found where the link has no host of somebody's, or is a person's */
function takeDownOf({ link }: ReadyLink, verdict: Exclude<VerdictName, 'dismiss'>): TakeDown {
  if (verdict === 'link') return { kind: 'link', id: link.id };
  if (verdict === 'host' && link.page !== null) return { kind: 'host', id: new URL(link.page).host };
  if (verdict === 'merchant' && link.owner.kind === 'merchant') return { kind: 'merchant', id: link.owner.merchantId };
  throw new Refusal('not_found', 'this link has none');
}

function subjectOf({ kind, id }: BrakeParams['Params']): BrakeSubject {
  const isRight = kind === 'host' || (kind === 'link' && isId('lnk', id)) || (kind === 'merchant' && isId('mer', id));
  if (!isRight) throw new Refusal('not_found', 'there is no such page');
  return { kind, id };
}

function doneText({ say }: Visitor, done: string | null): string | null {
  if (done === 'lifted') return say('已解除', 'It is lifted');
  const [, count, down] = /^(\d{1,9})-(\d{1,9})$/.exec(done ?? '') ?? [];
  if (count === undefined || down === undefined) return null;
  return say(`处理了 ${count} 个举报，下架了 ${down} 个链接`, `${count} reports decided, ${down} links taken down`);
}

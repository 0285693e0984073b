import {
  BRAKES_KEPT_MAX,
  LINK_SAFETY_FORGET_MINUTES,
  REPORT_CONTACT_DAYS,
  REPORT_NETWORK_DAYS,
} from '../../base/link-limits.ts';
import { isId } from '../../base/id.ts';
import { Refusal } from '../../base/refusal.ts';
import { shanghaiDay } from '../../base/shanghai.ts';
import type { LinkActor } from '../links.ts';
import { findEffects, listActs, listBrakes } from './brake-store.ts';
import { liftBrake, setBrake } from './change-brake.ts';
import { keepBrakes } from './keep-brakes.ts';
import { contactAbout, takeReport } from './take-report.ts';
import { createReportBudget } from './report-budget.ts';
import { findReport, forgetAlerts, forgetReporters, listReportedLinks, listReports } from './report-store.ts';
import type { Reports } from './reports.ts';
import { resolveReports, takeDown } from './resolve-reports.ts';
import type { SafetyDeps } from './safety-deps.ts';
import { createWarner } from './warn-of.ts';

const DAY_MS = 86_400_000;
const ACTS_SHOWN_MAX = 50;

/** Reports of the book's links, what is done about them, and what people are warned of. */
export function openReports(deps: SafetyDeps): Reports {
  const brakes = keepBrakes(deps);
  const warningOf = createWarner(brakes);
  const budget = createReportBudget(deps);
  let forgetting: NodeJS.Timeout | null = null;

  /** Whoever changed something here sees so in the very next answer. */
  async function changed<T>(changing: Promise<T>): Promise<T> {
    try {
      return await changing;
    } finally {
      await brakes.refresh();
    }
  }

  async function forget(): Promise<number> {
    const nowMs = deps.clock.now().getTime();
    const before = {
      contacts: new Date(nowMs - REPORT_CONTACT_DAYS * DAY_MS),
      networks: new Date(nowMs - REPORT_NETWORK_DAYS * DAY_MS),
    };
    await forgetAlerts(deps.sql, deps.book, shanghaiDay(before.networks));
    return await forgetReporters(deps.sql, deps.book, before);
  }

  return {
    async report(request) {
      const report = await takeReport(deps, budget, request);
      if (report.braked) await brakes.refresh();
      return report;
    },
    async list({ viewer, itemsMax, ...wish }) {
      operatorOf(viewer);
      const found = await listReports(deps.sql, { book: deps.book, ...wish, itemsMax: itemsMax + 1 });
      const data = found.slice(0, itemsMax);
      return { data, next: found.length > data.length ? (data.at(-1)?.id ?? null) : null };
    },
    async get(viewer, id) {
      operatorOf(viewer);
      const row = isId('lrp', id) ? await findReport(deps.sql, deps.book, id) : null;
      if (row === null) throw new Refusal('not_found', 'there is no such report');
      const { contactSealed, ...report } = row;
      const contact = contactSealed === null ? null : deps.keyring.open(contactSealed, contactAbout(report));
      return { ...report, contact, acts: await listActs(deps.sql, deps.book, report.linkId, ACTS_SHOWN_MAX) };
    },
    async waiting(viewer, itemsMax) {
      operatorOf(viewer);
      const links = await listReportedLinks(deps.sql, deps.book, itemsMax);
      const ids = links.map(({ linkId }) => linkId);
      const effects = await findEffects(deps.sql, deps.book, 'link', ids);
      return links.map((link) => ({ ...link, brake: effects.get(link.linkId) ?? null }));
    },
    resolve: ({ actor, ...wish }) => changed(resolveReports(deps, operatorOf(actor), wish)),
    takeDown: ({ actor, ...wish }) => changed(takeDown(deps, operatorOf(actor), wish)),
    setBrake: ({ actor, ...wish }) => changed(setBrake(deps, operatorOf(actor), wish)),
    liftBrake: ({ actor, ...wish }) => changed(liftBrake(deps, operatorOf(actor), wish)),
    async listBrakes(viewer) {
      operatorOf(viewer);
      return await listBrakes(deps.sql, deps.book, BRAKES_KEPT_MAX);
    },
    async acts(viewer, subject, itemsMax) {
      operatorOf(viewer);
      return await listActs(deps.sql, deps.book, subject, itemsMax);
    },
    warningOf,
    revision: () => brakes.revision(),
    isBlocked: (subject) => brakes.effectOf(subject) === 'block',
    forget,
    ready: () => brakes.refresh(),
    startWork() {
      brakes.startWork();
      forgetting ??= setInterval(() => {
        forget().catch((error: unknown) =>
          deps.log.warn({ error }, 'what is known of reporters was not forgotten yet'),
        );
      }, LINK_SAFETY_FORGET_MINUTES * 60_000).unref();
    },
    async stop() {
      if (forgetting !== null) clearInterval(forgetting);
      await brakes.stop();
    },
  };
}

/** @throws Refusal not_found for everybody who is no operator: that there are reports is nobody else's business. */
function operatorOf(actor: LinkActor): Extract<LinkActor, { kind: 'operator' }> {
  if (actor.kind !== 'operator') throw new Refusal('not_found', 'there is no such thing here');
  return actor;
}

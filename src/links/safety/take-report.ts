import { newId } from '../../base/id.ts';
import type { Lang } from '../../base/lang.ts';
import {
  REPORT_BRAKE_MINUTES,
  REPORT_CONTACT_CHARS_MAX,
  REPORT_FADE_MINUTES,
  REPORT_WORDS_CHARS_MAX,
  REPORTS_WEIGHED_MAX,
  REPORTS_WEIGHED_OF_NEIGHBOURS_MAX,
} from '../../base/link-limits.ts';
import { shanghaiDay } from '../../base/shanghai.ts';
import { raiseAlert } from '../../cashier/raise-alert.ts';
import { networkOf } from '../../net/network-of.ts';
import { type LinkReach, readReach } from '../count/read-reach.ts';
import type { ReadyLink } from '../link.ts';
import { insertAct, insertBrake, raiseRevision } from './brake-store.ts';
import { cleanLine } from './clean-text.ts';
import { nearNetworkOf, type ReportBudget } from './report-budget.ts';
import {
  claimAlert,
  insertReport,
  listWeighed,
  lockReportOfToday,
  type NewReport,
  updateReport,
} from './report-store.ts';
import type { Brake, ReportReason } from './reports.ts';
import type { SafetyDeps } from './safety-deps.ts';
import { weighReports, WEIGHT_FOR_OPERATOR, weightForWarning, WHOLE_REPORT } from './weigh-reports.ts';

export interface TakeReport {
  ready: ReadyLink;
  reason: ReportReason;
  words: string | null;
  contact: string | null;
  lang: Lang;
  address: string;
  userAgent: string;
}

/** Who set a brake that no person did. */
export const AUTOMATIC = 'automatic';

/**
 * Writes a report down. The same network has one per link and day: what it sends again corrects the first. When reports of one link weigh as
 * much as REPORT_BRAKE_NETWORKS whole ones within the hour, the operator is alerted; when they are enough for the number of those who opened it,
 * people are warned before it goes on. Only the operator takes it down.
 * @throws Refusal too_many_tries
 */
export async function takeReport(
  deps: SafetyDeps,
  budget: ReportBudget,
  request: TakeReport,
): Promise<{ id: string; braked: boolean }> {
  budget.take(request.address);
  const { link } = request.ready;
  const { address, userAgent } = request;
  const reach = await readReach(deps, { book: link.book, linkId: link.id, now: deps.clock.now(), address, userAgent });
  const report = toReport(deps, request, reach);
  const id = await deps.sql.begin(async (tx) => {
    if (await insertReport(tx, report)) return report.id;
    const known = await lockReportOfToday(tx, report);
    if (known === null || known.state !== 'open') return known?.id ?? report.id; // decided already
    await updateReport(tx, sealedAs(deps, report, known.id, request.contact));
    return known.id;
  });
  // Counted when the report is there for everybody, so that of two at once the later sees both.
  return { id, braked: await brakeWhenMany(deps, request.ready, reach) };
}

/** What a contact is sealed to. */
export function contactAbout({ book, id }: { book: number; id: string }): string {
  return `link_reports ${book} ${id}`;
}

function toReport(deps: SafetyDeps, { ready, ...request }: TakeReport, { hasOpened }: LinkReach): NewReport {
  const { link } = ready;
  const now = deps.clock.now();
  const report = {
    book: link.book,
    id: newId('lrp', deps, link.book),
    linkId: link.id,
    code: link.code,
    linkVersion: link.version,
    owner: link.owner.kind === 'merchant' ? link.owner.merchantId : link.owner.userId,
    targetHost: link.page === null ? null : new URL(link.page).host,
    reason: request.reason,
    words: cleanLine(request.words, REPORT_WORDS_CHARS_MAX),
    contactSealed: null,
    // By link, so that nobody can put together what one network reported.
    network: deps.keyring.digest('link report network', `${link.id} ${networkOf(request.address)}`),
    near: deps.keyring.digest('link report near network', `${link.id} ${nearNetworkOf(request.address)}`),
    opened: hasOpened,
    lang: request.lang,
    createdAt: now,
    day: shanghaiDay(now),
  };
  return sealedAs(deps, report, report.id, request.contact);
}

function sealedAs(deps: SafetyDeps, report: NewReport, id: string, contact: string | null): NewReport {
  const line = cleanLine(contact, REPORT_CONTACT_CHARS_MAX);
  const contactSealed = line === null ? null : deps.keyring.seal(line, contactAbout({ book: report.book, id }));
  return { ...report, id, contactSealed };
}

/** True where this very report set the brake. Where it weighs enough only for the operator, he is told once a day. */
async function brakeWhenMany(deps: SafetyDeps, { link }: ReadyLink, { people }: LinkReach): Promise<boolean> {
  const now = deps.clock.now();
  const minutes = REPORT_BRAKE_MINUTES + REPORT_FADE_MINUTES;
  const since = new Date(now.getTime() - minutes * 60_000);
  const most = { neighboursMax: REPORTS_WEIGHED_OF_NEIGHBOURS_MAX, itemsMax: REPORTS_WEIGHED_MAX };
  const wish = { book: link.book, linkId: link.id, since, now, ...most };
  const { weight, networks } = weighReports(await listWeighed(deps.sql, wish));
  if (weight < WEIGHT_FOR_OPERATOR) return false;
  const whole = (weight / WHOLE_REPORT).toFixed(1);
  const reason = `${networks} networks reported it within ${minutes} minutes, worth ${whole} whole reports`;
  if (weight < weightForWarning(people)) {
    const detail = `${reason}; with ${people} people who opened it that is too little for a warning`;
    await alertOnce(deps, link, now, detail);
    return false;
  }
  return await brake(deps, link, now, reason);
}

async function alertOnce(deps: SafetyDeps, link: ReadyLink['link'], now: Date, detail: string): Promise<void> {
  await deps.sql.begin(async (tx) => {
    const isFirst = await claimAlert(tx, { book: link.book, linkId: link.id, day: shanghaiDay(now) });
    if (isFirst) await raiseAlert(tx, deps, link, 'link_reported', detail);
  });
}

/** False where one is in force already. */
async function brake(deps: SafetyDeps, link: ReadyLink['link'], now: Date, reason: string): Promise<boolean> {
  const set: Brake = {
    id: newId('lbr', deps, link.book),
    subject: { kind: 'link', id: link.id },
    effect: 'warn',
    reason,
    setBy: AUTOMATIC,
    setAt: now,
  };
  return await deps.sql.begin(async (tx) => {
    if (!(await insertBrake(tx, link.book, set))) return false;
    await insertAct(tx, link.book, {
      id: newId('lac', deps, link.book),
      act: 'brake_set',
      subjectKind: 'link',
      subject: link.id,
      by: AUTOMATIC,
      reason,
      linksCount: 0,
      at: now,
    });
    await raiseAlert(tx, deps, link, 'link_reported', `${reason}; people are warned before it goes on`);
    await raiseRevision(tx, link.book);
    return true;
  });
}

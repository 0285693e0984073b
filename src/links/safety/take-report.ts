import { newId } from '../../base/id.ts';
import type { Lang } from '../../base/lang.ts';
import {
  REPORT_BRAKE_MINUTES,
  REPORT_BRAKE_NETWORKS,
  REPORT_CONTACT_CHARS_MAX,
  REPORT_WORDS_CHARS_MAX,
  REPORTS_PER_MINUTE_MAX,
  REPORTS_PER_NETWORK_AND_MINUTE_MAX,
} from '../../base/link-limits.ts';
import type { RateLimit } from '../../base/rate-limit.ts';
import { shanghaiDay } from '../../base/shanghai.ts';
import { raiseAlert } from '../../cashier/raise-alert.ts';
import { networkOf } from '../../net/network-of.ts';
import type { ReadyLink } from '../link.ts';
import { insertAct, insertBrake, raiseRevision } from './brake-store.ts';
import { cleanLine } from './clean-text.ts';
import { countNetworks, insertReport, lockReportOfToday, type NewReport, updateReport } from './report-store.ts';
import type { Brake, ReportReason } from './reports.ts';
import type { SafetyDeps } from './safety-deps.ts';

export interface TakeReport {
  ready: ReadyLink;
  reason: ReportReason;
  words: string | null;
  contact: string | null;
  lang: Lang;
  address: string;
}

/** Who set a brake that no person did. */
export const AUTOMATIC = 'automatic';

/**
 * Writes a report down. The same network has one per link and day: what it sends again corrects the first. When many networks report one link
 * within the hour, people are warned before it goes on, and the operator is alerted; only the operator takes it down.
 * @throws Refusal too_many_tries
 */
export async function takeReport(
  deps: SafetyDeps,
  limits: RateLimit,
  request: TakeReport,
): Promise<{ id: string; braked: boolean }> {
  const network = networkOf(request.address);
  limits.count('report a link', network, REPORTS_PER_NETWORK_AND_MINUTE_MAX);
  limits.count('report a link', 'everybody', REPORTS_PER_MINUTE_MAX);
  const report = toReport(deps, request, network);
  const id = await deps.sql.begin(async (tx) => {
    if (await insertReport(tx, report)) return report.id;
    const known = await lockReportOfToday(tx, report);
    if (known === null || known.state !== 'open') return known?.id ?? report.id; // decided already
    await updateReport(tx, sealedAs(deps, report, known.id, request.contact));
    return known.id;
  });
  // Counted when the report is there for everybody, so that of two at once the later sees both.
  return { id, braked: await brakeWhenMany(deps, request.ready) };
}

/** What a contact is sealed to. */
export function contactAbout({ book, id }: { book: number; id: string }): string {
  return `link_reports ${book} ${id}`;
}

function toReport(deps: SafetyDeps, { ready, ...request }: TakeReport, network: string): NewReport {
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
    network: deps.keyring.digest('link report network', `${link.id} ${network}`),
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

/** True where this very report set the brake. */
async function brakeWhenMany(deps: SafetyDeps, { link }: ReadyLink): Promise<boolean> {
  const now = deps.clock.now();
  const since = new Date(now.getTime() - REPORT_BRAKE_MINUTES * 60_000);
  const networks = await countNetworks(deps.sql, link.book, link.id, since);
  if (networks < REPORT_BRAKE_NETWORKS) return false;
  const reason = `${networks} networks reported it within ${REPORT_BRAKE_MINUTES} minutes`;
  const brake: Brake = {
    id: newId('lbr', deps, link.book),
    subject: { kind: 'link', id: link.id },
    effect: 'warn',
    reason,
    setBy: AUTOMATIC,
    setAt: now,
  };
  return await deps.sql.begin(async (tx) => {
    if (!(await insertBrake(tx, link.book, brake))) return false;
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

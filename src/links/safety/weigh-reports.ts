import {
  REPORT_BRAKE_MINUTES,
  REPORT_BRAKE_NETWORKS,
  REPORT_BRAKE_NETWORKS_MAX,
  REPORT_BRAKE_PERCENT_OF_PEOPLE,
  REPORT_FADE_MINUTES,
} from '../../base/link-limits.ts';

/** An open report, as far as it counts for a warning. */
export interface WeighedReport {
  /** Keyed digests, as text: of the reporter's network, and of the wider one around it (null: not known, then it stands alone). */
  network: string;
  near: string | null;
  /** Null: from before this was asked. */
  opened: boolean | null;
  ageMs: number;
}

/** What one report is worth that came just now, from a network of its own, of somebody who had opened the link. */
export const WHOLE_REPORT = 100;

/** Who reports a link without having opened it may know it from elsewhere, or was told to. */
const UNOPENED_SHARE = 0.5;
/** Of neighbours in one wider network each next one counts half of the one before: all of them together are less than two. */
const NEIGHBOUR_SHARE = 0.5;

/** The weight of a link's reports in hundredths of a whole one, rounded down. One network counts once, by its best report. */
export function weighReports(reports: readonly WeighedReport[]): { weight: number; networks: number } {
  const byNetwork = new Map<string, { near: string; worth: number }>();
  for (const report of reports) {
    const worth = worthOf(report);
    const known = byNetwork.get(report.network);
    if (worth > (known?.worth ?? 0)) byNetwork.set(report.network, { near: report.near ?? report.network, worth });
  }
  const byNear = new Map<string, number[]>();
  for (const { near, worth } of byNetwork.values()) byNear.set(near, [...(byNear.get(near) ?? []), worth]);
  let weight = 0;
  for (const worths of byNear.values())
    for (const [index, worth] of worths.toSorted((a, b) => b - a).entries()) weight += worth * NEIGHBOUR_SHARE ** index;
  return { weight: Math.floor(weight), networks: byNetwork.size };
}

function worthOf({ opened, ageMs }: WeighedReport): number {
  const pastMinutes = Math.max(0, ageMs / 60_000 - REPORT_BRAKE_MINUTES);
  const fresh = Math.max(0, 1 - pastMinutes / REPORT_FADE_MINUTES);
  return WHOLE_REPORT * fresh * (opened === false ? UNOPENED_SHARE : 1);
}

/**
 * The weight from which people are warned: of a link that many open, many have to complain. It has an end, so that nobody keeps a warning away
 * by opening the link himself with robots.
 */
export function weightForWarning(people: number): number {
  const networks = Math.ceil((people * REPORT_BRAKE_PERCENT_OF_PEOPLE) / 100);
  return WHOLE_REPORT * Math.min(REPORT_BRAKE_NETWORKS_MAX, Math.max(REPORT_BRAKE_NETWORKS, networks));
}

/** The weight from which an operator is told, whether people are warned or not. */
export const WEIGHT_FOR_OPERATOR = WHOLE_REPORT * REPORT_BRAKE_NETWORKS;

import { type Campaign, type CampaignLimitName, limitName } from './campaign.ts';

/**
 * Every figure that each limit has had over the versions of a campaign, oldest first; what did not change is not told twice. A limit
 * that a later version leaves out keeps its figures, for a version that brings it back.
 */
export function foldFigures(versions: readonly Campaign[]): ReadonlyMap<CampaignLimitName, readonly bigint[]> {
  const figures = new Map<CampaignLimitName, bigint[]>();
  for (const { limits } of versions) {
    for (const limit of limits) {
      const name = limitName(limit);
      const history = figures.get(name) ?? [];
      if (history.at(-1) !== limit.figure) history.push(limit.figure);
      figures.set(name, history);
    }
  }
  return figures;
}

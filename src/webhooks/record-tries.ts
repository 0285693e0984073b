import { disableEndpoints } from './endpoint-store.ts';
import {
  claimName,
  insertTries,
  parkPending,
  type TryResult,
  updateFollowersDue,
  updateTriedDeliveries,
} from './sending-store.ts';
import type { Queries } from './webhook-deps.ts';

/**
 * Records a list of tries in one transaction. A result whose lease has passed to another claim is logged but changes
 * nothing (`stale`): the later claim decides. Running it twice is the same as running it once.
 */
export async function recordTries(
  tx: Queries,
  book: number,
  results: readonly TryResult[],
): Promise<('recorded' | 'stale')[]> {
  const [recorded] = await Promise.all([updateTriedDeliveries(tx, book, results), insertTries(tx, book, results)]);
  const isRecorded = (result: TryResult) => recorded.has(claimName(result.deliveryId, result.fence));
  const taken = results.filter(isRecorded);
  const failed = taken.filter((result) => result.state === 'pending');
  if (failed.length > 0) await updateFollowersDue(tx, book, failed);
  const gone = taken.filter((result) => result.endpointGone);
  if (gone.length > 0) {
    const endpointIds = [...new Set(gone.map((result) => result.endpointId))].sort();
    await disableEndpoints(tx, book, endpointIds);
    await parkPending(tx, book, endpointIds, latest(gone));
  }
  return results.map((result) => (isRecorded(result) ? 'recorded' : 'stale'));
}

function latest(results: readonly TryResult[]): Date {
  return new Date(Math.max(...results.map((result) => result.finishedAt?.getTime() ?? result.sentAt.getTime())));
}

import { createHmac } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import {
  REPORT_KNOWN_HOURS,
  REPORT_KNOWN_NETWORKS_MAX,
  REPORTS_PER_MINUTE_FOR_NEW,
  REPORTS_PER_MINUTE_MAX,
  REPORTS_PER_NEAR_NETWORK_AND_MINUTE_MAX,
  REPORTS_PER_NETWORK_AND_MINUTE_MAX,
  REPORTS_PER_WIDE_NETWORK_AND_MINUTE_MAX,
} from '../../base/link-limits.ts';
import { createRateLimit } from '../../base/rate-limit.ts';
import type { Random } from '../../base/random.ts';
import { Refusal } from '../../base/refusal.ts';
import { networkOf, prefixOf } from '../../net/network-of.ts';

export interface ReportBudget {
  /** Takes one report's place. @throws Refusal too_many_tries where there is none for this network now */
  take(address: string): void;
}

/** The wider network that counts as one party: what a small provider or a rented machine's neighbours share. */
export function nearNetworkOf(address: string): string {
  return prefixOf(address, { ipv4Bytes: 3, ipv6Groups: 3 });
}

/**
 * So many reports a minute are taken in, and a part of them only from wider networks that have reported nothing lately: whoever floods the form
 * is known after the first report, and those who never did so find room. What is remembered of a network is a digest under a key that this
 * process made and that ends with it.
 */
export function createReportBudget({ clock, random }: { clock: Clock; random: Random }): ReportBudget {
  const networks = createRateLimit(clock);
  const pots = createRateLimit(clock); // by themselves: many networks never push the counters of all out of memory
  const key = random.bytes(32);
  const known = new Map<string, number>();

  function isKnown(digest: string, nowMs: number): boolean {
    const seenMs = known.get(digest);
    return seenMs !== undefined && nowMs - seenMs < REPORT_KNOWN_HOURS * 3_600_000;
  }

  function note(digest: string, nowMs: number): void {
    known.delete(digest); // so that the order in the map is that of the last reports
    known.set(digest, nowMs);
    for (const oldest of known.keys()) {
      if (known.size <= REPORT_KNOWN_NETWORKS_MAX) break;
      known.delete(oldest);
    }
  }

  const takeAny = (): void =>
    pots.count('report a link', 'anybody', REPORTS_PER_MINUTE_MAX - REPORTS_PER_MINUTE_FOR_NEW);

  return {
    take(address) {
      const near = nearNetworkOf(address);
      const wide = prefixOf(address, { ipv4Bytes: 2, ipv6Groups: 2 });
      networks.count('report a link', networkOf(address), REPORTS_PER_NETWORK_AND_MINUTE_MAX);
      networks.count('report a link from near', near, REPORTS_PER_NEAR_NETWORK_AND_MINUTE_MAX);
      networks.count('report a link from around', wide, REPORTS_PER_WIDE_NETWORK_AND_MINUTE_MAX);
      const nowMs = clock.now().getTime();
      const digest = createHmac('sha256', key).update(near).digest('base64');
      if (isKnown(digest, nowMs)) takeAny();
      else {
        try {
          pots.count('report a link', 'new', REPORTS_PER_MINUTE_FOR_NEW);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          takeAny();
        }
      }
      note(digest, nowMs);
    },
  };
}

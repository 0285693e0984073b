import { Secret } from '../../base/secret.ts';
import { ManualClock } from '../../base/clock.ts';
import { newId } from '../../base/id.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Sql } from '../../db/connect.ts';
import { createKeyring } from '../../vault/seal.ts';
import { openLinkCounter } from '../count/open-link-counter.ts';
import { openEvent, pretendPayments } from '../count/test-counter.ts';
import type { ReadyLink } from '../link.ts';
import type { LinkActor } from '../links.ts';
import { testReadyLink } from '../preview/test-ready-link.ts';
import { openReports } from './open-reports.ts';
import type { Reports } from './reports.ts';
import type { SafetyDeps } from './safety-deps.ts';

/* Reports over a real database, beside a desk that only writes down what it was asked. */

export const OPERATOR = { kind: 'operator', name: 'wang' } as const satisfies LinkActor;
export const SHOP = { kind: 'merchant', merchantId: 'mer_1', keyId: 'key_1' } as const satisfies LinkActor;

export const TEST_BROWSER = 'Mozilla/5.0 (test)';

export interface TestSafety {
  reports: Reports;
  clock: ManualClock;
  deps: SafetyDeps;
  /** What the desk was asked, in order. */
  asked: string[];
  /** The next questions to the desk fail. */
  breakDesk(): void;
  /** Another link, of another code. */
  link(more?: Parameters<typeof testReadyLink>[0]): ReadyLink;
  /** Somebody in each of these networks opens the link, and the count of it is written. */
  open(ready: ReadyLink, addresses: readonly string[]): Promise<void>;
  /** One report from this network. */
  report(
    ready: ReadyLink,
    address: string,
    more?: Partial<Parameters<Reports['report']>[0]>,
  ): ReturnType<Reports['report']>;
}

export function openTestSafety(sql: Sql): TestSafety {
  const clock = new ManualClock(new Date('2026-11-23T04:00:00Z'));
  const keyring = createKeyring({ random: systemRandom }, [new Secret('a secret of thirty-two bytes or more')]);
  const asked: string[] = [];
  let isBroken = false;
  const desk: SafetyDeps['desk'] = {
    setState(request) {
      if (isBroken) throw new Refusal('unavailable', 'away');
      asked.push(
        `${request.actor.kind === 'operator' ? request.actor.name : '?'}: ${request.state} ${request.id}: ${request.reason}`,
      );
      return Promise.resolve(testReadyLink());
    },
    takeDownAll({ which, reason }) {
      if (isBroken) throw new Refusal('unavailable', 'away');
      asked.push(`all of ${which.kind === 'host' ? which.host : which.merchantId}: ${reason}`);
      return Promise.resolve(['lnk_1', 'lnk_2', 'lnk_3']);
    },
  };
  const deps: SafetyDeps = { sql, clock, random: systemRandom, log: silentLog, keyring, book: 7, desk };
  const reports = openReports(deps);
  return {
    reports,
    clock,
    deps,
    asked,
    breakDesk: () => (isBroken = true),
    link(more = {}) {
      const ready = testReadyLink(more);
      return { ...ready, link: { ...ready.link, id: newId('lnk', deps, 7) } };
    },
    async open(ready, addresses) {
      const counter = openLinkCounter({ ...deps, payments: pretendPayments([]) });
      await counter.flush(); // agrees on the day's salt
      for (const address of addresses)
        counter.opened(openEvent({ book: 7, linkId: ready.link.id, address, userAgent: TEST_BROWSER }));
      await counter.flush();
    },
    report: (ready, address, more = {}) =>
      reports.report({
        ready,
        reason: 'phishing',
        words: null,
        contact: null,
        lang: 'zh-CN',
        address,
        userAgent: TEST_BROWSER,
        ...more,
      }),
  };
}

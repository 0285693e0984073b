import { ManualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { Secret } from '../../base/secret.ts';
import type { Sql } from '../../db/connect.ts';
import { createKeyring } from '../../vault/seal.ts';
import type { LinkedPayment, LinkedPayments, OpenEvent } from '../links.ts';
import { type LinkCounterDeps, openLinkCounter, type OpenLinkCounter } from './open-link-counter.ts';

export const BOOK = 1;
export const LINK = 'lnk_06G2N9Y9S0000800000000001';

const keyring = createKeyring({ random: systemRandom }, [new Secret('a master secret for tests, long enough')]);

/** Half past ten in the morning, Shanghai, unless the test says otherwise. */
export function testClock(at = '2026-11-23T02:30:00Z'): ManualClock {
  return new ManualClock(new Date(at));
}

export function testDeps(sql: Sql, clock = testClock()): LinkCounterDeps {
  return { sql, clock, random: systemRandom, log: silentLog, keyring, book: BOOK, payments: pretendPayments([]) };
}

export function newCounter(sql: Sql, clock = testClock()): OpenLinkCounter {
  return openLinkCounter(testDeps(sql, clock));
}

/** A person in WeChat on an iPhone who tapped the link. */
export function openEvent(changed: Partial<OpenEvent> = {}): OpenEvent {
  return {
    book: BOOK,
    linkId: LINK,
    app: 'wechat',
    os: 'ios',
    robot: null,
    referrerHost: null,
    via: 'link',
    address: '203.0.113.7',
    userAgent: 'Mozilla/5.0 (iPhone) MicroMessenger/8.0.50',
    ...changed,
  };
}

/** Payments that came by links, in order; more may be pushed. The cursor is how many were told. */
export function pretendPayments(list: Omit<LinkedPayment, 'cursor'>[]): LinkedPayments {
  return {
    page: async (_sql, _book, after, itemsMax) =>
      await Promise.resolve(
        list
          .map((payment, index) => ({ ...payment, cursor: String(index + 1) }))
          .slice(Number(after ?? '0'))
          .slice(0, itemsMax),
      ),
    isElsewhere: async () => await Promise.resolve(false),
    resume: () => Promise.reject(new Error('these were never restored')),
  };
}

import { describe, expect, test } from 'vitest';
import type { OutboundReply } from '../base/outbound.ts';
import { decideDelivery, TRIES_MAX, TRY_AFTER_SECONDS } from './decide-delivery.ts';

const now = new Date('2026-03-01T00:00:00Z');
/** The middle of the jitter: exactly the schedule. */
const evenly = { bytes: () => Buffer.from([0x80, 0, 0, 0]) };

function reply(status: number, headers: Record<string, string> = {}, body = ''): OutboundReply {
  return { kind: 'reply', status, headers, body: Buffer.from(body) };
}

function waitSeconds(answer: OutboundReply, triesLeft: number, random = evenly): number | null {
  const { dueAt } = decideDelivery(answer, { now, triesLeft, random });
  return dueAt === null ? null : (dueAt.getTime() - now.getTime()) / 1000;
}

describe('what a reply means', () => {
  test.each([
    [200, 'succeeded'],
    [201, 'succeeded'],
    [204, 'succeeded'],
    [299, 'succeeded'],
    [300, 'pending'],
    [301, 'pending'],
    [302, 'pending'],
    [304, 'pending'],
    [307, 'pending'],
    [400, 'pending'],
    [401, 'pending'],
    [404, 'pending'],
    [410, 'parked'],
    [429, 'pending'],
    [500, 'pending'],
    [503, 'pending'],
    [599, 'pending'],
  ])('%i is %s', (status, state) => {
    const decision = decideDelivery(reply(status), { now, triesLeft: TRIES_MAX, random: evenly });
    expect(decision).toMatchObject({ state, status, endpointGone: status === 410 });
    expect(decision.reason).toBe(state === 'succeeded' ? null : `status ${status}`);
  });

  test('silence is tried again, and its reason is kept', () => {
    const silence: OutboundReply = { kind: 'no_answer', reason: 'no answer within 10000 ms' };
    expect(decideDelivery(silence, { now, triesLeft: 2, random: evenly })).toMatchObject({
      state: 'pending',
      status: null,
      reason: 'no_answer: no answer within 10000 ms',
    });
  });

  test('the first kilobyte of the reply is kept, as text that a database can keep', () => {
    const answer = reply(500, {}, `\u0000${'汉'.repeat(1000)}`);
    const { reply: kept } = decideDelivery(answer, { now, triesLeft: 2, random: evenly });
    expect(kept).toMatch(/^\ufffd汉+$/);
    expect(Buffer.byteLength(kept ?? '')).toBeLessThanOrEqual(1024 + 2);
  });
});

describe('when it is tried again', () => {
  test('follows the schedule, and after the last try it is parked', () => {
    const waits = [];
    for (let triesLeft = TRIES_MAX; triesLeft > 0; triesLeft--) waits.push(waitSeconds(reply(500), triesLeft));
    expect(waits).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, null]);
    expect(TRY_AFTER_SECONDS.reduce<number>((sum, each) => sum + each, 0)).toBeGreaterThan(3 * 86_400);
  });

  test('is a tenth earlier or later by chance', () => {
    expect(waitSeconds(reply(500), TRIES_MAX, { bytes: () => Buffer.alloc(4) })).toBe(4.5);
    expect(waitSeconds(reply(500), TRIES_MAX, { bytes: () => Buffer.alloc(4, 0xff) })).toBe(5.5);
  });

  test.each([
    ['seconds', '120', 120],
    ['a date', 'Sun, 01 Mar 2026 00:10:00 GMT', 600],
    ['less than the schedule', '1', 5],
    ['a date gone by', 'Sun, 01 Mar 2020 00:00:00 GMT', 5],
    ['more than a day', '999999', 86_400],
    ['junk', 'soon', 5],
    ['negative', '-5', 5],
    ['nothing', '', 5],
    ['a very long number', '9'.repeat(400), 5],
  ])('honours Retry-After when it is %s', (_what, value, expected) => {
    expect(waitSeconds(reply(503, { 'retry-after': value }), TRIES_MAX)).toBe(expected);
  });

  test('Retry-After does not give a parked delivery another try', () => {
    expect(waitSeconds(reply(503, { 'retry-after': '60' }), 1)).toBeNull();
  });
});

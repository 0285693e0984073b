import { describe, expect, test } from 'vitest';
import { ManualClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import type { Session } from '../users/users.ts';
import { createKeyring } from '../vault/seal.ts';
import { readCookies } from '../base/read-cookies.ts';
import { explainMove } from './explain-move.ts';
import { monthsBetween } from './export-history.ts';
import { createRateLimit } from '../base/rate-limit.ts';
import { readReceiveCode, writeReceiveCode } from './receive-code.ts';
import { streamOf } from './stream-of.ts';

describe('cookies', () => {
  test.each([
    ['', {}],
    ['a=1; b=2', { a: '1', b: '2' }],
    ['a=1;b=2', { a: '1', b: '2' }],
    ['a=1; a=2; b=3', { b: '3' }],
    ['a=1; b', { a: '1' }],
    ['=1; a=2', { a: '2' }],
    ['a="1"', {}],
    ['a=1\u00002', {}],
    [`a=${'x'.repeat(401)}`, {}],
    ['__proto__=1; a=2', { ['__proto__']: '1', a: '2' }],
  ])('of %j', (header, expected) => {
    expect([...readCookies(header)]).toEqual(Object.entries(expected));
  });
});

describe('the limit', () => {
  test('lets as many through as it says, in each minute, for each who asks', () => {
    const clock = new ManualClock(new Date('2026-11-23T02:00:00Z'));
    const limit = createRateLimit(clock);
    for (let at = 0; at < 3; at++) limit.count('a', 'one', 3);
    expect(() => limit.count('a', 'one', 3)).toThrow(expect.objectContaining({ code: 'too_many_tries' }));
    limit.count('a', 'two', 3);
    limit.count('b', 'one', 3);
    clock.advanceMs(59_999);
    expect(() => limit.count('a', 'one', 3)).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ retryAfterSeconds: 1 }) }),
    );
    clock.advanceMs(1);
    limit.count('a', 'one', 3);
  });

  test('forgets the oldest rather than to grow', () => {
    const clock = new ManualClock(new Date('2026-11-23T02:00:00Z'));
    const limit = createRateLimit(clock, 100);
    limit.count('a', 'first', 1);
    for (let at = 0; at < 1000; at++) limit.count('a', `who ${at}`, 1);
    limit.count('a', 'first', 1);
    expect(() => limit.count('a', 'who 999', 1)).toThrow();
  });
});

describe('a receive code', () => {
  const keyring = createKeyring({ random: systemRandom }, [new Secret(systemRandom.bytes(32).toString('base64'))]);
  const session = { userId: 'usr_01JDBP4K8Z3V6TQ2M9XW7RHEND' } as unknown as Session; // all that is looked at
  const facts = { minor: 999_999_999_999n, note: '午'.repeat(20) };

  test('says to its reader what was written, at its longest, too, and to nobody else', () => {
    const code = writeReceiveCode({ keyring }, session, facts);
    expect(code.length).toBeLessThanOrEqual(256);
    expect(code).not.toContain(session.userId);
    expect(readReceiveCode({ keyring }, code)).toEqual({ userId: session.userId, ...facts });
    const other = createKeyring({ random: systemRandom }, [new Secret(systemRandom.bytes(32).toString('base64'))]);
    expect(readReceiveCode({ keyring: other }, code)).toBeNull();
  });

  test('with any letter changed, added or left out is none', () => {
    const code = writeReceiveCode({ keyring }, session, { minor: null, note: '' });
    for (let at = 0; at < code.length; at++)
      expect(
        readReceiveCode({ keyring }, `${code.slice(0, at)}${code[at] === 'A' ? 'B' : 'A'}${code.slice(at + 1)}`),
      ).toBeNull();
    for (const text of ['', 'x', `${code}A`, code.slice(0, -1), keyring.seal('["usr_x"]', 'something else')])
      expect(readReceiveCode({ keyring }, text)).toBeNull();
  });
});

describe('a stream', () => {
  test('gives each part as it is told, and ends when all is told', async () => {
    const heard: number[] = [];
    const steps: (() => void)[] = [];
    const stream = streamOf<number>(async (tell) => {
      tell(1);
      await new Promise<void>((resolve) => steps.push(resolve));
      tell(2);
      tell(3);
    });
    for await (const part of stream) {
      heard.push(part);
      if (part === 1) steps[0]?.();
    }
    expect(heard).toEqual([1, 2, 3]);
  });

  test('tells what it has before it fails', async () => {
    const heard: number[] = [];
    const stream = streamOf<number>((tell) => {
      tell(1);
      return Promise.reject(new Error('the bank is gone'));
    });
    await expect(async () => {
      for await (const part of stream) heard.push(part);
    }).rejects.toThrow('the bank is gone');
    expect(heard).toEqual([1]);
  });
});

test.each([
  ['2026-11-30T15:59:59Z', '2026-11-30T16:00:00Z', ['2026-11']],
  ['2026-11-30T15:59:59Z', '2026-11-30T16:00:01Z', ['2026-12', '2026-11']],
  ['2025-12-01T00:00:00Z', '2026-02-01T00:00:00Z', ['2026-02', '2026-01', '2025-12']],
])('the months from %s to before %s', (from, to, months) => {
  expect(monthsBetween(new Date(from), new Date(to))).toEqual(months);
});

test('no state is called done or failed before it is known', () => {
  for (const state of ['debiting', 'crediting', 'reversing', 'scheduled'] as const) {
    const { en } = explainMove({ kind: 'transfer', state, failure: null });
    expect(en).not.toMatch(/\b(done|paid|arrived|is back)\b/);
  }
});

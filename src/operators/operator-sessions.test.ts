import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { ManualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import {
  createOperatorLink,
  endOperatorSession,
  findOperatorSession,
  listOperatorSessions,
  openOperatorLink,
  type OperatorsDeps,
  readOperatorLink,
  stateOf,
} from './operator-sessions.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const { sql } = await freshDatabase();
const clock = new ManualClock(new Date('2026-11-23T02:00:00Z'));
const deps: OperatorsDeps = { sql, clock, random: systemRandom, log: silentLog, book: 1 };

async function newLink(lastsMs = 8 * HOUR_MS) {
  const { session, code } = await createOperatorLink(deps, { operator: 'zhang', lastsMs });
  return { id: session.id, code: code.reveal() };
}

async function newSession(lastsMs = 8 * HOUR_MS) {
  const opened = await openOperatorLink(deps, (await newLink(lastsMs)).code);
  if (opened === null) throw new Error('a new link opens');
  return { id: opened.session.id, cookie: opened.cookie.reveal() };
}

describe('a link', () => {
  test('works once', async () => {
    const { code } = await newLink();
    expect((await readOperatorLink(deps, code)).kind).toBe('good');
    expect((await openOperatorLink(deps, code))?.session.operator).toBe('zhang');
    expect((await readOperatorLink(deps, code)).kind).toBe('used');
    expect(await openOperatorLink(deps, code)).toBeNull();
  });

  test('opened twice at the same moment opens for one', async () => {
    const { code } = await newLink();
    const opened = await Promise.all(Array.from({ length: 8 }, () => openOperatorLink(deps, code)));
    expect(opened.filter((one) => one !== null)).toHaveLength(1);
  });

  test('works for ten minutes', async () => {
    const { code } = await newLink();
    clock.advanceMs(10 * MINUTE_MS - 1);
    expect((await readOperatorLink(deps, code)).kind).toBe('good');
    clock.advanceMs(1);
    expect((await readOperatorLink(deps, code)).kind).toBe('expired');
    expect(await openOperatorLink(deps, code)).toBeNull();
  });

  test('that was ended before it was opened opens nothing', async () => {
    const { id, code } = await newLink();
    await endOperatorSession(deps, id);
    expect((await readOperatorLink(deps, code)).kind).toBe('ended');
    expect(await openOperatorLink(deps, code)).toBeNull();
  });

  test.each(['', 'a'.repeat(43), "' or 1=1 --", 'ä'.repeat(43)])('that was never made is unknown: %j', async (code) => {
    expect((await readOperatorLink(deps, code)).kind).toBe('unknown');
    expect(await openOperatorLink(deps, code)).toBeNull();
  });

  test.each(['', ' zhang', '<b>', 'a\nb', 'x'.repeat(41)])('is made for nobody called %j', async (operator) => {
    await expect(createOperatorLink(deps, { operator, lastsMs: HOUR_MS })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});

describe('a session', () => {
  test('ends after half an hour in which nobody did anything', async () => {
    const { cookie } = await newSession();
    clock.advanceMs(29 * MINUTE_MS);
    expect(await findOperatorSession(deps, cookie, 'of_life')).not.toBeNull();
    clock.advanceMs(29 * MINUTE_MS);
    expect(await findOperatorSession(deps, cookie, 'none')).not.toBeNull();
    clock.advanceMs(MINUTE_MS);
    expect(await findOperatorSession(deps, cookie, 'of_life')).toBeNull();
  });

  test('ends when its time is over, however busy it was', async () => {
    const { cookie } = await newSession(HOUR_MS);
    for (let quarter = 1; quarter < 4; quarter++) {
      clock.advanceMs(15 * MINUTE_MS);
      expect(await findOperatorSession(deps, cookie, 'of_life')).not.toBeNull();
    }
    clock.advanceMs(15 * MINUTE_MS);
    expect(await findOperatorSession(deps, cookie, 'of_life')).toBeNull();
  });

  test('that was ended opens nothing any more, and is ended once', async () => {
    const { id, cookie } = await newSession();
    await endOperatorSession(deps, id);
    expect(await findOperatorSession(deps, cookie, 'of_life')).toBeNull();
    await expect(endOperatorSession(deps, id)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is not opened by its link', async () => {
    const { code } = await newLink();
    await openOperatorLink(deps, code);
    expect(await findOperatorSession(deps, code, 'of_life')).toBeNull();
  });

  test('keeps neither link nor cookie as it is', async () => {
    const { code } = await newLink();
    const opened = await openOperatorLink(deps, code);
    const [row] = await sql<{ all: string }[]>`
      select console_sessions::text as all from console_sessions order by id desc limit 1`;
    for (const secret of [code, opened?.cookie.reveal() ?? ''])
      for (const form of [secret, Buffer.from(secret, 'base64url').toString('hex')])
        expect(row?.all).not.toContain(form);
  });

  test('is listed with its state, the newest first', async () => {
    clock.advanceMs(1);
    const first = await newSession();
    clock.advanceMs(1);
    const second = await newLink();
    const listed = await listOperatorSessions(deps, 2);
    expect(listed.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(listed.map((one) => stateOf(one, clock.now()))).toEqual(['link', 'open']);
  });
});

import { afterAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { temporaryDir } from '../../test/server.ts';
import { ManualClock } from '../base/clock.ts';
import { commandLine } from './test-line.ts';

const clock = new ManualClock(new Date('2026-11-23T02:00:00Z'));
const folder = await temporaryDir('console-cli');
const { url } = await freshDatabase();
const { hutong, json } = commandLine(folder.dir, url, clock);
afterAll(() => folder.remove());

describe('who may use the console', () => {
  test('gets a link by name, stands in the list, and is out again', async () => {
    const { code, out, notes } = await hutong('console', 'link', '--name', 'zhang', '--for', '90m');
    expect(code).toBe(0);
    expect(out).toHaveLength(1);
    expect(out[0]).toMatch(/^http:\/\/[^/]+\/console\/enter\?link=[\w-]{43}$/);
    expect(notes.join('\n')).toContain('works once, until 2026-11-23T02:10:00.000Z');
    const [session] = await json('console', 'sessions');
    expect(session).toMatchObject({ name: 'zhang', state: 'link', opened_at: null });
    expect(JSON.stringify(session)).not.toContain(String(out[0]).slice(-43));
    const id = String(session?.id);
    expect((await hutong('console', 'end', id)).out).toEqual([`${id} is ended.`]);
    expect((await hutong('console', 'end', id)).code).toBe(1);
    expect((await json('console', 'sessions'))[0]).toMatchObject({ id, state: 'ended' });
  });

  test.each(['0m', '8d', '8', 'always'])('is not let in for %s', async (time) => {
    expect((await hutong('console', 'link', '--for', time)).code).toBe(2);
  });

  test('is nobody whose name cannot be kept', async () => {
    expect((await hutong('console', 'link', '--name', '<b>')).code).toBe(1);
  });
});

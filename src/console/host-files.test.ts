import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROOF_FILE_KINDS } from '../links/hosts/proof-file-kinds.ts';
import { PROOF_FILES } from './link-words.ts';
import type { ConsoleVisit } from './test-console.ts';
import { type LinkConsoleWorld, openLinkConsole } from './test-link-console.ts';

let world: LinkConsoleWorld;
let visit: ConsoleVisit;

beforeAll(async () => {
  world = await openLinkConsole();
  visit = await world.enter();
});
afterAll(() => world.close());

describe('hosts', () => {
  const WECHAT = { name: 'MP_verify_H2Jt0ih2ZyTRl0pO.txt', content: 'H2Jt0ih2ZyTRl0pO' };
  const filesPath = () => `/console/hosts/${world.host.id}/files`;
  const seenFiles = async () => (await visit.get(`${filesPath()}?merchant=${world.merchantId}`)).body;

  test('show their proof files, take another and let one go', async () => {
    const merchant = world.merchantId;
    expect((await visit.get('/console/hosts')).body).toContain(`${filesPath()}?merchant=${merchant}`);
    expect(await seenFiles()).toContain('There is no file yet.');
    const put = await visit.post(filesPath(), { merchant, name: ` ${WECHAT.name}`, content: `${WECHAT.content}\n` });
    expect(put.headers.get('location')).toBe(`${filesPath()}?merchant=${merchant}&done=put`);
    const body = await seenFiles();
    for (const text of [
      WECHAT.name,
      WECHAT.content,
      'WeChat service accounts',
      'its files are shown',
      '&amp;lang=zh-CN',
    ])
      expect(body).toContain(text);
    const other = { name: 'WW_verify_j4MyzAjMcHIQbgYm.txt', content: 'j4MyzAjMcHIQbgYm' };
    await visit.post(filesPath(), { merchant, ...other });
    const dropped = await visit.post(`${filesPath()}/drop`, { merchant, name: WECHAT.name });
    expect(dropped.headers.get('location')).toBe(`${filesPath()}?merchant=${merchant}&done=dropped`);
    expect(await seenFiles()).not.toContain(`data-testid="${WECHAT.name}"`);
    expect(await seenFiles()).toContain(other.name);
    // Sent again, or after somebody else: what was wanted is so.
    expect((await visit.post(`${filesPath()}/drop`, { merchant, name: WECHAT.name })).status).toBe(303);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['of a name that nobody asks for', { name: 'index.html', content: '<script>' }, 422, 'No platform is known'],
    ['of other content', { ...WECHAT, content: 'other' }, 422, 'not what is asked for: WeChat service accounts'],
    ['of no content', { name: WECHAT.name, content: '' }, 422, 'not what is asked for'],
    ['of another shop', { ...WECHAT, merchant: 'mer_x' }, 404, 'no such host'],
    ['without the session’s token', { ...WECHAT, token: '' }, 400, 'not one of this session'],
  ])('take no file %s', async (_, fields, status, told) => {
    const answer = await visit.post(filesPath(), { merchant: world.merchantId, ...fields });
    expect(answer.status).toBe(status);
    if (status === 422) {
      expect(answer.body).toContain(told);
      expect(answer.body).toContain(`value="${fields['name'] ?? ''}"`);
      expect(answer.body).not.toContain('<script>');
    }
    expect(await seenFiles()).not.toContain(`data-testid="${fields['name'] ?? ''}"`);
  });

  test('take no more files than there may be', async () => {
    const merchant = world.merchantId;
    const content = 'x'.repeat(32);
    for (let at = 0; at < 12; at++) {
      const answer = await visit.post(filesPath(), { merchant, name: `abcdefgh${at + 10}.txt`, content });
      if (answer.status === 303) continue;
      expect([answer.status, answer.body.includes('There are at most 10 files')]).toEqual([422, true]);
    }
    expect((await seenFiles()).match(/data-testid="drop"/g)).toHaveLength(10);
  });

  test('name who asks for each kind of file', () => {
    expect(Object.keys(PROOF_FILES).toSorted()).toEqual(PROOF_FILE_KINDS.map(({ kind }) => kind).toSorted());
  });
});

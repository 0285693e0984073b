import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endOperatorSession } from '../operators/operator-sessions.ts';
import { type ConsoleVisit, type ConsoleWorld, cookieOf, openConsoleWorld, tokenOf } from './test-console.ts';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await openConsoleWorld();
});
afterAll(() => world.close());

async function stateOf(id: string): Promise<string> {
  const { rollout } = await world.rollouts.report({ book: 1, id, merchantId: null });
  return rollout.state;
}

describe('in and out', () => {
  test('a link opens a session by a button, once', async () => {
    const { code } = await world.link();
    const nobody = world.visit('');
    const page = await nobody.get(`/console/enter?link=${code}`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('Go in as zhang');
    const opened = await nobody.post('/console/enter', { link: code });
    expect(opened.status).toBe(303);
    expect((await world.visit(cookieOf(opened)).get('/console')).body).toContain('zhang · Sign out');
    expect((await nobody.get(`/console/enter?link=${code}`)).body).toContain('This link has been used');
    const again = await nobody.post('/console/enter', { link: code });
    expect([again.status, cookieOf(again)]).toEqual([410, '']);
  });

  test('looking at a link, as chat programs do, does not use it up', async () => {
    const { code } = await world.link();
    for (let look = 0; look < 3; look++) await world.visit('').get(`/console/enter?link=${code}`);
    expect((await world.visit('').post('/console/enter', { link: code })).status).toBe(303);
  });

  test('the cookie is for our own pages alone, and no script reads it', async () => {
    const opened = await world.visit('').post('/console/enter', { link: (await world.link('li', 60_000)).code });
    expect(opened.headers.getSetCookie().join()).toMatch(
      /^hutong-console=[\w-]{43}; Max-Age=60; Path=\/console; HttpOnly; SameSite=Strict$/,
    );
  });

  test('whoever leaves is out, also with the same cookie', async () => {
    const visit = await world.enter();
    expect((await visit.post('/console/leave')).status).toBe(303);
    const page = await visit.get('/console');
    expect(page.status).toBe(401);
    expect(page.body).toContain('npx hutong console link');
  });

  test('a page that refreshes itself keeps no session alive', async () => {
    const visit = await world.enter('idle');
    const seenAgo = async (): Promise<number | undefined> => {
      const [row] = await world.sql<{ seconds: number }[]>`
        select extract(epoch from now() - seen_at)::int as seconds from console_sessions where operator = 'idle'`;
      return row?.seconds;
    };
    await world.sql`update console_sessions set seen_at = seen_at - interval '5 minutes' where operator = 'idle'`;
    expect((await visit.get('/console', { 'x-hutong-live': '1' })).status).toBe(200);
    expect(await seenAgo()).toBeGreaterThanOrEqual(300);
    await visit.get('/console');
    expect(await seenAgo()).toBeLessThan(300);
  });

  test('too many links from one address are told to wait', async () => {
    const other = await openConsoleWorld();
    try {
      const statuses: number[] = [];
      for (let look = 0; look < 21; look++) statuses.push((await other.visit('').get('/console/enter?link=x')).status);
      expect(statuses.filter((status) => status === 410)).toHaveLength(20);
      expect(statuses.at(-1)).toBe(429);
    } finally {
      await other.close();
    }
  });
});

describe('what an attacker may try', () => {
  let visit: ConsoleVisit;
  let id: string;
  beforeAll(async () => {
    visit = await world.enter();
    id = await world.newRollout({ key: 'attacked', wallet: 'unionpay', merchant: world.merchant.id });
  });

  test.each<[string, () => Promise<{ status: number }>, number]>([
    ['without a session', () => world.visit('').post(`/console/rollouts/${id}/start`, { reason: 'x' }), 401],
    [
      'with a cookie of his own making',
      () => world.visit(`hutong-console=${'a'.repeat(43)}`).post(`/console/rollouts/${id}/start`, { reason: 'x' }),
      401,
    ],
    [
      'from another site',
      () => visit.post(`/console/rollouts/${id}/start`, { reason: 'x' }, { origin: 'https://evil.example' }),
      400,
    ],
    [
      'from a page without an origin',
      () => visit.post(`/console/rollouts/${id}/start`, { reason: 'x' }, { origin: 'null' }),
      400,
    ],
    [
      'from another port of this machine',
      () => visit.post(`/console/rollouts/${id}/start`, { reason: 'x' }, { origin: 'http://127.0.0.1:1' }),
      400,
    ],
    [
      'from another site, by what the browser says',
      () => visit.post(`/console/rollouts/${id}/start`, { reason: 'x' }, { 'sec-fetch-site': 'cross-site' }),
      400,
    ],
    ['without the token', () => visit.post(`/console/rollouts/${id}/start`, { reason: 'x', token: '' }), 400],
    [
      'with the token of another session',
      async () =>
        visit.post(`/console/rollouts/${id}/start`, {
          reason: 'x',
          token: tokenOf(await (await world.enter('eve')).get('/console')),
        }),
      400,
    ],
    [
      'with two cookies of that name',
      () => world.visit(`${visit.cookie}; ${visit.cookie}`).post(`/console/rollouts/${id}/start`, { reason: 'x' }),
      401,
    ],
    ['by GET', () => visit.get(`/console/rollouts/${id}/start?reason=x`), 200],
    [
      'as JSON',
      () => visit.post(`/console/rollouts/${id}/start`, { reason: 'x' }, { 'content-type': 'application/json' }),
      415,
    ],
  ])('a rollout is not started %s', async (_, attack, status) => {
    expect((await attack()).status).toBe(status);
    expect(await stateOf(id)).toBe('draft');
  });

  test('a cookie that was stolen is worth nothing once its session is ended', async () => {
    const { code, id: sessionId } = await world.link();
    const stolen = world.visit(cookieOf(await world.visit('').post('/console/enter', { link: code })));
    expect((await stolen.get('/console')).status).toBe(200);
    await endOperatorSession(world.operators, sessionId);
    expect((await stolen.get('/console')).status).toBe(401);
    expect((await stolen.post(`/console/rollouts/${id}/start`, { reason: 'x' })).status).toBe(401);
  });

  test('a session is never one that was there before: entering makes a new cookie', async () => {
    const fixed = `hutong-console=${'b'.repeat(43)}`;
    const opened = await world.visit(fixed).post('/console/enter', { link: (await world.link()).code });
    expect(cookieOf(opened)).not.toBe(fixed);
    expect((await world.visit(fixed).get('/console')).status).toBe(401);
  });

  test("nobody is put into an attacker's session: links are opened from our own page alone", async () => {
    const { code } = await world.link('eve');
    const forced = await world.visit('').post('/console/enter', { link: code }, { origin: 'https://evil.example' });
    expect([forced.status, cookieOf(forced)]).toEqual([400, '']);
    expect((await world.visit('').get(`/console/enter?link=${code}`)).status).toBe(200);
  });

  test('what is typed and told is never HTML', async () => {
    const evil = '"><img src=x onerror=alert(1)>';
    const done = await visit.post(`/console/rollouts/${id}/start`, { reason: evil, seen: 'draft 1 0' });
    expect(done.status).toBe(303);
    const page = await visit.get(`/console/rollouts/${id}`);
    expect(page.body).toContain('&lt;img');
    expect(page.body).not.toContain('<img src=x');
  });

  test.each(['/console', '/console/rollouts', '/console/enter?link=x', '/console/nowhere'])(
    'nothing of %s is kept, framed or run that is not ours',
    async (path) => {
      const { headers, body } = await visit.get(path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(body).not.toMatch(/<script(?![^>]* src=)|<style|\son[a-z]+=|\sstyle=/);
    },
  );
});

describe('rollouts', () => {
  test('are listed with their state, and each has a page in both languages', async () => {
    const visit = await world.enter();
    const id = await world.newRollout({ key: 'wallet.alipay', wallet: 'alipay' });
    const list = await visit.get('/console/rollouts');
    expect(list.body).toContain(`href="/console/rollouts/${id}"`);
    expect((await visit.get(`/console/rollouts/${id}`)).body).toContain('it has not been started');
    expect((await visit.get(`/console/rollouts/${id}?lang=zh-CN`)).body).toContain('还没有开始');
  });

  test('are moved by who is signed in, with the reason, and ask back before', async () => {
    const visit = await world.enter('wang');
    const id = await world.newRollout({ key: 'wallet.jdpay', wallet: 'jdpay' });
    const asked = await visit.get(`/console/rollouts/${id}/start`);
    expect(asked.body).toContain('It begins at step 1: 1% of the buyers see it.');
    const done = await visit.post(`/console/rollouts/${id}/start`, { reason: 'as agreed', seen: 'draft 1 0' });
    expect(done.headers.get('location')).toBe(`/console/rollouts/${id}?done=start`);
    const page = await visit.get(`/console/rollouts/${id}?done=start`);
    expect(page.body).toContain('It has started');
    const { moves } = await world.rollouts.report({ book: 1, id, merchantId: null });
    expect(moves.at(-1)).toMatchObject({ action: 'start', by: 'console:wang', reason: 'as agreed' });
  });

  test('tell of the one beside them: both must show the wallet', async () => {
    const visit = await world.enter();
    const shop = (await world.sql<{ id: string }[]>`select id from merchants limit 1`)[0]?.id ?? '';
    const common = await world.newRollout({ key: 'wallet.meituanpay', wallet: 'meituanpay' });
    const own = await world.newRollout({ key: 'wallet.meituanpay', wallet: 'meituanpay', merchant: shop });
    await visit.post(`/console/rollouts/${common}/start`, { reason: 'x', seen: 'draft 1 0' });
    await world.rollouts.load();
    const { body } = await visit.get(`/console/rollouts/${own}`);
    expect(body).toContain(`href="/console/rollouts/${common}"`);
    expect(body).toContain('concerns this wallet, too (1%): only who is shown it by both sees it.');
    expect((await visit.get(`/console/rollouts/${common}`)).body).not.toContain('data-testid="beside"');
  });

  describe('are not approved', () => {
    let visit: ConsoleVisit;
    let id: string;
    beforeAll(async () => {
      visit = await world.enter();
      id = await world.newRollout({ key: 'wallet.wechatpay', wallet: 'wechatpay' });
      await visit.post(`/console/rollouts/${id}/start`, { reason: 'x', seen: 'draft 1 0' });
    });

    test.each<[string, Record<string, string>, string]>([
      ['where there is nothing to approve', { reason: 'x', seen: 'running 1 0' }, 'This cannot be done now'],
      ['after they have moved', { reason: 'x', seen: 'waiting 1 0' }, 'This cannot be done now'],
      ['without what was looked at', { reason: 'x' }, 'This cannot be done now'],
    ])('%s', async (_, fields, told) => {
      const reply = await visit.post(`/console/rollouts/${id}/approve`, fields);
      expect(reply.status).toBe(409);
      expect(reply.body).toContain(told);
      expect(await stateOf(id)).toBe('running');
    });

    test('a jump is not made to what has moved meanwhile, and goes to a step that there is', async () => {
      const jump = (fields: Record<string, string>) =>
        visit.post(`/console/rollouts/${id}/jump`, { reason: 'x', seen: 'running 1 0', ...fields });
      expect((await jump({ step: '2', seen: 'running 1 1' })).body).toContain('It has moved meanwhile');
      expect((await jump({ step: '2', reason: ' ' })).body).toContain('Say why.');
      expect((await jump({ step: '9' })).body).toContain('The plan has the steps 1 to 3');
      expect((await jump({ step: '2' })).status).toBe(303);
      expect((await jump({ step: '3' })).body).toContain('It has moved meanwhile');
    });

    test('a halt is never too late: it counts whatever has moved meanwhile', async () => {
      const reply = await visit.post(`/console/rollouts/${id}/halt`, { reason: 'complaints', seen: 'running 1 0' });
      expect(reply.status).toBe(303);
      expect(await stateOf(id)).toBe('halted');
      const home = await visit.get('/console');
      expect(home.body).toContain('complaints');
    });
  });
});

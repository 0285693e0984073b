import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReadyLink } from '../links/link.ts';
import type { ConsoleVisit } from './test-console.ts';
import { type LinkConsoleWorld, openLinkConsole } from './test-link-console.ts';

let world: LinkConsoleWorld;
let visit: ConsoleVisit;

beforeAll(async () => {
  world = await openLinkConsole();
  visit = await world.enter();
});
afterAll(() => world.close());

async function reported(title: string): Promise<ReadyLink> {
  const ready = await world.newLink(title);
  await world.report(ready, { words: '骗人 <script>', contact: 'a@b.example' });
  return ready;
}

async function seenOf({ link }: ReadyLink): Promise<string> {
  return /name="seen" value="([^"]*)"/.exec((await visit.get(`/console/reports/${link.id}`)).body)?.[1] ?? '';
}

describe('reports', () => {
  test('stand in the menu, in the list and on their page, with what was said', async () => {
    expect((await visit.get('/console')).body).not.toContain('reports-waiting');
    const ready = await reported('骗子一号');
    expect((await visit.get('/console')).body).toMatch(/reports-waiting"><span aria-hidden="true">1</);
    expect((await visit.get('/console/reports')).body).toContain(ready.link.code);
    const { body } = await visit.get(`/console/reports/${ready.link.id}`);
    expect(body).toContain('骗人 &lt;script&gt;');
    expect(body).toContain('a@b.example');
    await visit.post(`/console/reports/${ready.link.id}`, {
      verdict: 'dismiss',
      reason: '看过了',
      seen: await seenOf(ready),
    });
    expect((await visit.get('/console')).body).not.toContain('reports-waiting');
    expect((await world.getLink(ready.link.id)).link.state).toBe('active');
  });

  test('are upheld: the link is taken down, and its page says who did it', async () => {
    const ready = await reported('骗子二号');
    const done = await visit.post(`/console/reports/${ready.link.id}`, {
      verdict: 'link',
      reason: '确实是假的',
      seen: await seenOf(ready),
    });
    expect([done.status, done.headers.get('location')]).toEqual([303, '/console/reports?done=1-1']);
    expect((await visit.get('/console/reports?done=1-1')).body).toContain('1 reports decided, 1 links taken down');
    expect((await world.getLink(ready.link.id)).link).toMatchObject({
      state: 'taken_down',
      stateReason: '确实是假的',
    });
    expect((await visit.get(`/console/reports/${ready.link.id}`)).body).toContain('upheld');
  });

  test('wait when no decision, no reason, or something new came in between', async () => {
    const ready = await reported('骗子三号');
    const path = `/console/reports/${ready.link.id}`;
    const seen = await seenOf(ready);
    expect((await visit.post(path, { reason: 'x', seen })).status).toBe(409);
    expect((await visit.post(path, { verdict: 'link', reason: '', seen })).status).toBe(409);
    await world.report(ready, { address: '198.51.100.9' });
    const late = await visit.post(path, { verdict: 'link', reason: 'x', seen });
    expect([late.status, late.body.includes('look again')]).toEqual([409, true]);
    expect((await world.getLink(ready.link.id)).link.state).toBe('active');
    expect((await visit.post(path, { verdict: 'link', reason: 'x', seen, token: '' })).status).toBe(400);
  });

  test('take down all links of a shop, which is blocked until the block is lifted', async () => {
    const ready = await reported('骗子四号');
    const other = await world.newLink('同一家店');
    const done = await visit.post(`/console/reports/${ready.link.id}`, {
      verdict: 'merchant',
      reason: '整家店都是假的',
      seen: await seenOf(ready),
    });
    expect(done.status).toBe(303);
    expect((await world.getLink(other.link.id)).link.state).toBe('taken_down');
    const lift = `/console/brakes/merchant/${world.merchantId}/lift`;
    expect((await visit.get('/console/reports')).body).toContain(lift);
    expect((await visit.get(lift)).body).toContain('Links can be made again');
    expect((await visit.post(lift, { reason: '' })).status).toBe(409);
    expect((await visit.post(lift, { reason: '换了店主' })).status).toBe(303);
    expect((await visit.get(lift)).status).toBe(404);
  });
});

describe('hosts', () => {
  test('are listed with how they are proved', async () => {
    const { body } = await visit.get('/console/hosts');
    expect(body).toContain(world.host.host);
    expect(body).toContain('proved');
  });

  test('are added, looked at, and dropped after asking back', async () => {
    const merchant = world.merchantId;
    const added = await visit.post('/console/hosts', { merchant, host: 'shop.example', target: 'yes' });
    expect(added.headers.get('location')).toBe('/console/hosts?done=added');
    const { body } = await visit.get('/console/hosts');
    expect(body).toContain('_hutong.shop.example');
    const id = /data-testid="(lho_\w+)"><td[^>]*><span class="mono">shop\.example/.exec(body)?.[1] ?? '';
    const look = await visit.post(`/console/hosts/${id}/prove`);
    expect([look.status, look.body.includes('data-testid="fault"')]).toEqual([409, true]);
    expect((await visit.get(`/console/hosts/${id}/drop?merchant=${merchant}`)).body).toContain('Remove this host');
    expect((await visit.post(`/console/hosts/${id}/drop`)).status).toBe(303);
    expect((await visit.get('/console/hosts')).body).not.toContain('_hutong.shop.example');
  });

  test.each<[string, Record<string, string>, number]>([
    ['no use', { host: 'a.example' }, 422],
    ['no host', { host: 'not a host', target: 'yes' }, 422],
    ['no shop', { merchant: 'mer_x', host: 'a.example', target: 'yes' }, 404],
  ])('with %s are not added', async (_, fields, status) => {
    expect((await visit.post('/console/hosts', { merchant: world.merchantId, ...fields })).status).toBe(status);
  });

  test('of nobody are not dropped', async () => {
    expect((await visit.post('/console/hosts/lho_x/drop')).status).toBe(404);
    expect((await visit.get('/console/hosts/lho_x/drop?merchant=x')).status).toBe(404);
  });
});

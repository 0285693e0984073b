import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConsoleVisit } from './test-console.ts';
import { type LinkConsoleWorld, openLinkConsole } from './test-link-console.ts';

let world: LinkConsoleWorld;
let zhang: ConsoleVisit;
let li: ConsoleVisit;
beforeAll(async () => {
  world = await openLinkConsole();
  zhang = await world.enter();
  li = await world.enter('li');
});
afterAll(() => world.close());

/** What stands in the form of a page, as a browser sends it. */
function formOf(body: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [tag] of body.matchAll(/<input[^>]*>/g)) {
    const name = /name="(\w+)"/.exec(tag)?.[1] ?? '';
    if (name === '' || name === 'token' || (tag.includes('checkbox') && !tag.includes(' checked'))) continue;
    fields[name] = /value="([^"]*)"/.exec(tag)?.[1] ?? '';
  }
  for (const [, name = '', options = ''] of body.matchAll(/<select id="(\w+)"[^>]*>(.*?)<\/select>/gs))
    fields[name] = /value="([^"]*)" selected/.exec(options)?.[1] ?? '';
  return fields;
}

const opened = async (visit: ConsoleVisit, path: string) => formOf((await visit.get(path)).body);

describe('the form that edits', () => {
  test('shows what a link says; sent as it is it changes nothing, and what is another is a version by its operator', async () => {
    const { link } = await world.newLink('龙井');
    const path = `/console/links/${link.id}/edit`;
    const form = await opened(zhang, path);
    expect(form).toMatchObject({ from_version: '1', title: '龙井', price: '12.34', availability: 'in_stock' });
    const same = await zhang.post(path, form);
    expect([same.status, (await world.getLink(link.id)).link.version]).toEqual([303, 1]);
    const changed = { ...form, title: '雨前龙井', description: '', direct: 'yes', expires_at: '2030-12-31T18:00:05.5' };
    const done = await zhang.post(path, changed);
    expect(done.headers.get('location')).toBe(`/console/links/${link.id}?done=edited`);
    expect((await world.getLink(link.id)).link).toMatchObject({
      version: 2,
      title: '雨前龙井',
      description: null,
      direct: true,
      price: { currency: 'CNY', minor: 1234n },
      expiresAt: new Date('2030-12-31T10:00:05.500Z'),
    });
    expect(await opened(zhang, path)).toMatchObject({ direct: 'yes', expires_at: '2030-12-31T18:00:05.500' });
    const page = await zhang.get(`/console/links/${link.id}?done=edited`);
    expect(page.body).toContain('It is changed');
    expect(page.body).toContain(`href="${path}"`);
  });

  test('that was opened before somebody else saved is told what they changed, keeps both, and saves when it is sent again', async () => {
    const { link } = await world.newLink('龙井');
    const path = `/console/links/${link.id}/edit`;
    const [mine, theirs] = [await opened(zhang, path), await opened(li, path)];
    expect((await li.post(path, { ...theirs, price: '9.90', title: '碧螺春' })).status).toBe(303);
    const late = await zhang.post(path, { ...mine, title: '雨前龙井', description: '今年的' });
    expect(late.status).toBe(409);
    expect((await world.getLink(link.id)).link).toMatchObject({
      version: 2,
      title: '碧螺春',
      description: '现磨，不加糖',
    });
    expect(late.body).toContain('Somebody changed it after you opened it');
    expect(late.body).toContain('li');
    expect(late.body).toContain('Price: <del>12.34</del> → <ins>9.90</ins>');
    expect(late.body).toContain('Both of you changed: Title.');
    const merged = formOf(late.body);
    expect(merged).toMatchObject({ from_version: '2', title: '雨前龙井', description: '今年的', price: '9.90' });
    expect((await zhang.post(path, merged)).status).toBe(303);
    expect((await world.getLink(link.id)).link).toMatchObject({
      version: 3,
      title: '雨前龙井',
      description: '今年的',
      price: { minor: 990n },
    });
  });

  test('hears of a stop as well', async () => {
    const { link } = await world.newLink('龙井');
    const path = `/console/links/${link.id}/edit`;
    const mine = await opened(zhang, path);
    await li.post(`/console/links/${link.id}/stop`, { reason: '卖完了', seen: 'active 1' });
    const late = await zhang.post(path, { ...mine, title: '雨前龙井' });
    expect([late.status, late.body.includes('stopped')]).toEqual([409, true]);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['no title', { title: ' ' }, 422, 'Title: what it is, for people'],
    ['a host that is not proved', { page: 'https://evil.example/' }, 422, 'Page: evil.example is not proved'],
    ['a price that is none', { price: '1,5' }, 422, 'Price: an amount'],
    ['no version', { from_version: '' }, 400, ''],
    ['a version there never was', { from_version: '99' }, 400, ''],
    ['no token', { token: '' }, 400, ''],
  ])('is refused with %s', async (_, changed, status, said) => {
    const { link } = await world.newLink('龙井');
    const path = `/console/links/${link.id}/edit`;
    const reply = await zhang.post(path, { ...(await opened(zhang, path)), title: '二', ...changed });
    expect([reply.status, reply.body.includes(said)]).toEqual([status, true]);
    expect((await world.getLink(link.id)).link.version).toBe(1);
    if (status === 422) expect(formOf(reply.body)).toMatchObject({ from_version: '1', ...changed });
  });

  test('of a link that asks for money leaves that alone', async () => {
    const nonce = formOf((await zhang.get('/console/links/new?kind=pay')).body)['nonce'] ?? '';
    const fields = { nonce, merchant: world.merchantId, kind: 'pay', title: '押金', amount: '50' };
    const made = await zhang.post('/console/links/new', fields);
    const id = /(lnk_\w+)/.exec(made.headers.get('location') ?? '')?.[1] ?? '';
    const form = await opened(zhang, `/console/links/${id}/edit`);
    expect(Object.keys(form).toSorted()).toEqual(['description', 'expires_at', 'from_version', 'image_url', 'title']);
    await zhang.post(`/console/links/${id}/edit`, { ...form, title: '租金', amount: '1', price: '1' });
    expect((await world.getLink(id)).link).toMatchObject({ title: '租金', price: { minor: 5000n } });
  });

  test('is not there for what was taken down, and not for nobody', async () => {
    const { link } = await world.newLink('坏东西', '/bad');
    await zhang.post(`/console/links/${link.id}/take-down`, { reason: '假货', seen: 'active 1' });
    expect((await zhang.get(`/console/links/${link.id}/edit`)).status).toBe(404);
    expect((await zhang.get('/console/links/lnk_06G2N9Y9S0000800000000001/edit')).status).toBe(404);
    expect((await world.visit('').get(`/console/links/${link.id}/edit`)).status).toBe(401);
  });
});

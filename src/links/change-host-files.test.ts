import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LINK_HOST_FILES_MAX } from '../base/link-limits.ts';
import { openTestLinks, OPERATOR, TARGET, type TestLinks } from './test-links.ts';

const WECHAT = { name: 'MP_verify_H2Jt0ih2ZyTRl0pO.txt', content: 'H2Jt0ih2ZyTRl0pO' };
const WECOM = { name: 'WW_verify_j4MyzAjMcHIQbgYm.txt', content: 'j4MyzAjMcHIQbgYm' };
const business = (at: number, content = 'x'.repeat(32)) => ({ name: `abcdefgh${10 + at}.txt`, content });

let world: TestLinks;
beforeAll(async () => {
  world = await openTestLinks();
});
afterAll(() => world.close());

const servedAt = (host: string) => world.reader.servingHost(host)?.files;

describe('the files at the root of a serving host', () => {
  test('are there once they are put there, and gone when they are taken away', async () => {
    const { id } = await world.prove(world.actor, 'go.files.example', ['serve']);
    const put = await world.desk.setHostFiles({
      actor: world.actor,
      id,
      files: [WECOM, { ...WECHAT, content: `${WECHAT.content}\n` }],
    });
    expect(put.files).toEqual([WECHAT, WECOM]);
    await world.reader.find('go.files.example', 'abcd2345');
    expect(servedAt('go.files.example')).toEqual([WECHAT, WECOM]);
    const [listed] = (await world.desk.listHosts(world.actor, world.shop)).filter((host) => host.id === id);
    expect(listed?.files).toEqual([WECHAT, WECOM]);
    await world.desk.setHostFiles({ actor: OPERATOR, id, files: [WECOM] });
    await world.reader.find('go.files.example', 'abcd2345');
    expect(servedAt('go.files.example')).toEqual([WECOM]);
    await world.desk.setHostFiles({ actor: world.actor, id, files: [] });
    await world.reader.find('go.files.example', 'abcd2345');
    expect(servedAt('go.files.example')).toEqual([]);
  });

  test('stay with who put them there while they say the same', async () => {
    const { id } = await world.prove(world.actor, 'go.who.example', ['serve']);
    const set = (actor: typeof OPERATOR | typeof world.actor, content: string) =>
      world.desk.setHostFiles({ actor, id, files: [WECHAT, business(0, content)] });
    await set(world.actor, 'a'.repeat(32));
    await set(OPERATOR, 'b'.repeat(32));
    const rows = await world.deps.sql`
      select name, created_by as "by" from link_host_files where host_id = ${id} order by name`;
    expect(rows[0]).toEqual({ name: WECHAT.name, by: world.actor.keyId });
    expect(rows[1]?.['by']).toContain(OPERATOR.name);
  });

  test('are not shown while the host is not proved, and not of one that was given up', async () => {
    const host = await world.desk.addHost({
      actor: world.actor,
      merchantId: world.shop,
      host: 'go.later.example',
      uses: ['serve'],
    });
    await world.desk.setHostFiles({ actor: world.actor, id: host.id, files: [WECHAT] });
    await world.reader.find('go.later.example', 'abcd2345');
    expect(servedAt('go.later.example')).toBeUndefined();
    const proved = await world.prove(world.actor, 'go.later.example', ['serve']);
    expect(proved.files).toEqual([WECHAT]);
    await world.reader.find('go.later.example', 'abcd2345');
    expect(servedAt('go.later.example')).toEqual([WECHAT]);
    await world.desk.dropHost(world.actor, host.id);
    await world.reader.find('go.later.example', 'abcd2345');
    expect(servedAt('go.later.example')).toBeUndefined();
    await expect(world.desk.setHostFiles({ actor: world.actor, id: host.id, files: [] })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('are all there when several put one each at once, and when one is taken away meanwhile', async () => {
    const { id } = await world.prove(world.actor, 'go.atonce.example', ['serve']);
    await world.desk.changeHostFiles({ actor: world.actor, id, drop: [], put: [WECHAT] });
    const put = (at: number) => ({ actor: at % 2 === 0 ? world.actor : OPERATOR, id, drop: [], put: [business(at)] });
    await Promise.all([
      ...Array.from({ length: 8 }, (_, at) => world.desk.changeHostFiles(put(at))),
      world.desk.changeHostFiles({ actor: world.actor, id, drop: [WECHAT.name], put: [WECOM] }),
    ]);
    const [host] = (await world.desk.listHosts(world.actor, world.shop)).filter((one) => one.id === id);
    const wanted = [WECOM, ...Array.from({ length: 8 }, (_, at) => business(at))];
    expect(host?.files.map(({ name }) => name).toSorted()).toEqual(wanted.map(({ name }) => name).toSorted());
    await world.reader.find('go.atonce.example', 'abcd2345');
    expect(servedAt('go.atonce.example')).toEqual(host?.files);
  });

  test('are changed one by one, never beyond their number, and only where what is to go is there', async () => {
    const { id } = await world.prove(world.actor, 'go.single.example', ['serve']);
    const change = (drop: string[], put: { name: string; content: string }[]) =>
      world.desk.changeHostFiles({ actor: world.actor, id, drop, put });
    await change(
      [],
      Array.from({ length: LINK_HOST_FILES_MAX }, (_, at) => business(at)),
    );
    await expect(change([], [WECHAT])).rejects.toMatchObject({ code: 'invalid_request', facts: { param: 'files' } });
    await expect(change([WECHAT.name], [])).rejects.toMatchObject({ code: 'not_found' });
    await expect(change([], [{ ...WECHAT, content: 'other' }])).rejects.toMatchObject({ facts: { param: 'content' } });
    const changed = await change([business(0).name], [WECHAT, business(1, 'y'.repeat(20))]);
    expect(changed.files).toHaveLength(LINK_HOST_FILES_MAX);
    expect(changed.files.find(({ name }) => name === business(1).name)?.content).toBe('y'.repeat(20));
    await expect(
      world.desk.changeHostFiles({ actor: world.otherActor, id, drop: [WECHAT.name], put: [] }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  test('are refused where they are none, too many, named twice, or somebody else’s', async () => {
    const { id } = await world.prove(world.actor, 'go.no.example', ['serve']);
    const many = Array.from({ length: LINK_HOST_FILES_MAX + 1 }, (_, at) => business(at));
    for (const [files, param] of [
      [[WECHAT, { name: 'index.html', content: '<script>' }], 'files.1.name'],
      [[{ ...WECHAT, content: 'other' }], 'files.0.content'],
      [[WECHAT, WECOM, WECHAT], 'files.2.name'],
      [many, 'files'],
    ] as const)
      await expect(world.desk.setHostFiles({ actor: world.actor, id, files })).rejects.toMatchObject({
        code: 'invalid_request',
        facts: { param },
      });
    await world.desk.setHostFiles({ actor: world.actor, id, files: many.slice(1) });
    await expect(world.desk.setHostFiles({ actor: world.otherActor, id, files: [WECHAT] })).rejects.toMatchObject({
      code: 'not_found',
    });
    const [target] = (await world.desk.listHosts(world.actor, world.shop)).filter(({ host }) => host === TARGET);
    await expect(
      world.desk.setHostFiles({ actor: world.actor, id: target?.id ?? '', files: [WECHAT] }),
    ).rejects.toMatchObject({ code: 'invalid_request', facts: { param: 'files' } });
  });
});

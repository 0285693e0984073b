import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestLinks, OPERATOR, type TestLinks } from './test-links.ts';

/* Whoever says which version they have read writes over no other; two nodes stand for two people at one link. */

let world: TestLinks;
let nodes: TestLinks['desk'][];
beforeAll(async () => {
  world = await openTestLinks();
  nodes = [0, 1].map(() => world.node({ sql: world.connect(4) }).desk);
});
afterAll(() => world.close());

const price = (minor: bigint) => ({ currency: 'CNY' as const, minor });

describe('a change that names the version it was made from', () => {
  test('over two connections at once: one is there, the other is told which version there is now, and nothing is lost', async () => {
    for (let round = 1; round <= 25; round++) {
      const { id } = await world.link();
      const tries = await Promise.allSettled(
        [0, 1, 2, 3].map((at) =>
          (nodes[at % 2] ?? world.desk).edit({
            actor: at < 2 ? world.actor : OPERATOR,
            id,
            content: at % 2 === 0 ? { title: `第 ${at} 个` } : { price: price(BigInt(round * 10 + at)) },
            fromVersion: 1,
          }),
        ),
      );
      const done = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value.link] : []));
      const refused = tries.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      expect(done).toHaveLength(1);
      for (const reason of refused)
        expect(reason).toMatchObject({ code: 'link_version_outdated', facts: { version: 2 } });
      const { link } = await world.desk.get(OPERATOR, id);
      expect([link.version, link.title, link.price]).toEqual([2, done[0]?.title, done[0]?.price]);
      expect(await world.desk.history(OPERATOR, id)).toHaveLength(2);
    }
  });

  test('of the state as well: an edit from before a stop does not slip behind it, nor a stop from before an edit', async () => {
    for (let round = 0; round < 15; round++) {
      const { id } = await world.link();
      const [edited, stopped] = await Promise.allSettled([
        nodes[0]?.edit({ actor: world.actor, id, content: { title: '雨前龙井' }, fromVersion: 1 }),
        nodes[1]?.setState({ actor: OPERATOR, id, state: 'stopped', reason: '看一看', fromVersion: 1 }),
      ]);
      expect([edited.status, stopped.status].toSorted()).toEqual(['fulfilled', 'rejected']);
      expect((await world.desk.get(OPERATOR, id)).link.version).toBe(2);
    }
  });

  test.each<[string, object, number | null, boolean]>([
    ['made from the version there is', { title: '三' }, 2, true],
    ['made from none in particular', { title: '三' }, null, true],
    ['made from an older one', { title: '三' }, 1, false],
    ['made from one that is not there yet', { title: '三' }, 3, false],
    ['sent again after its answer was lost', { title: '二' }, 1, true],
  ])('%s', async (_, content, fromVersion, isDone) => {
    const { id } = await world.link({ title: '一' });
    await world.desk.edit({ actor: world.actor, id, content: { title: '二' }, fromVersion: 1 });
    const change = world.desk.edit({ actor: world.actor, id, content, fromVersion });
    if (isDone) await change;
    else await expect(change).rejects.toMatchObject({ code: 'link_version_outdated', facts: { version: 2 } });
  });

  test('of somebody else’s link tells nothing of it', async () => {
    const { id } = await world.link();
    const change = world.desk.edit({ actor: world.otherActor, id, content: { title: 'x' }, fromVersion: 9 });
    await expect(change).rejects.toMatchObject({ code: 'not_found' });
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestLinks, SERVED, TARGET, type TestLinks } from './test-links.ts';

let world: TestLinks;
beforeAll(async () => {
  world = await openTestLinks();
});
afterAll(() => world.close());

describe('a link', () => {
  test('is found by its code with everything that opening it needs', async () => {
    const shown = await world.link({ price: { currency: 'CNY', minor: 12_800n }, description: '一两' });
    const found = await world.reader.find(null, shown.code);
    expect(found).toMatchObject({
      url: `https://pay.example/l/${shown.code}`,
      servedHost: 'pay.example',
      ownerName: '茶铺',
      link: { id: shown.id, page: `https://${TARGET}/item/42`, version: 1, state: 'active' },
    });
    expect(found?.apps.map(({ id }) => id)).toEqual([world.app.id]);
    expect([...(found?.targets ?? [])]).toEqual([TARGET]);
    expect(shown).toMatchObject({ object: 'link', price: { currency: 'CNY', minor: '12800' }, description: '一两' });
  });

  test('of a serving host is unknown at another, and under our own address', async () => {
    await world.prove(world.actor, SERVED, ['serve']);
    const { code, url } = await world.link({ servedHost: SERVED });
    expect(url).toBe(`https://${SERVED}/${code}`);
    expect(await world.reader.find(SERVED, code)).not.toBeNull();
    expect(await world.reader.find(null, code)).toBeNull();
    expect(await world.reader.find('other.example', code)).toBeNull();
    expect(world.reader.servingHost(SERVED)).toMatchObject({ host: SERVED, merchantId: world.shop });
    expect(world.reader.appsOfHost(SERVED).map(({ id }) => id)).toEqual([world.app.id]);
  });
});

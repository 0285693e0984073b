import { expect, test } from 'vitest';
import { orderBody, startTestPayer } from './test-payer.ts';

test('a shop that asks while the database is away hears that it is not known, not that the fault is ours', async () => {
  const world = await startTestPayer({ works: false });
  const no = 'AWAY00000001';
  expect((await world.ask('POST', `/orders/${no}`, orderBody())).status).toBe(201);
  world.clock.advanceMs(120_000); // the keys that replies are signed with would be read again by now
  await world.sql.end({ timeout: 0 });
  expect(await world.ask('POST', `/orders/${no}`, orderBody())).toMatchObject({
    status: 503,
    json: { code: 'unavailable', final: false },
  });
  expect(world.errors).toEqual([]);
});

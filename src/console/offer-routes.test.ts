import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleVisit, type ConsoleWorld, openConsoleWorld } from './test-console.ts';

let world: ConsoleWorld;
let visit: ConsoleVisit;
let id: string;
beforeAll(async () => {
  world = await openConsoleWorld();
  visit = await world.enter('chen');
  id = await world.newOffer();
});
afterAll(() => world.close());

describe('offers', () => {
  test('are listed with what is used and left', async () => {
    const { body } = await visit.get('/console/offers');
    expect(body).toContain('Five off');
    expect(body).toContain('¥1000.00 left');
    expect(body).toContain('no cost in the last 31 days');
  });

  test('have a page with their terms in plain words, in both languages', async () => {
    const { body } = await visit.get(`/console/offers/${id}`);
    for (const said of ['¥5.00 off', 'The last day is 2030-12-31', 'Paid by the platform 100%', 'Version 1'])
      expect(body).toContain(said);
    expect((await visit.get(`/console/offers/${id}?lang=zh-CN`)).body).toContain('立减 ¥5.00');
  });

  test('that nobody has made are not there', async () => {
    for (const path of ['/console/offers/off_1', '/console/offers/nothing', `/console/offers/${id}/delete`])
      expect((await visit.get(path)).status).toBe(404);
  });

  test.each<[string, Record<string, string>]>([
    ['without a reason', { reason: '' }],
    ['with a reason that is endless', { reason: 'x'.repeat(301) }],
  ])('are not stopped %s', async (_, fields) => {
    const reply = await visit.post(`/console/offers/${id}/stop`, fields);
    expect(reply.status).toBe(409);
    expect(reply.body).toContain('Say why');
    expect((await world.offers.get(null, id)).state).toBe('published');
  });

  test('are stopped and run again under the name of who did it', async () => {
    const stopped = await visit.post(`/console/offers/${id}/stop`, { reason: 'too dear' });
    expect(stopped.headers.get('location')).toBe(`/console/offers/${id}?done=stop`);
    expect((await visit.get(`/console/offers/${id}?done=stop`)).body).toContain('It is stopped');
    expect((await world.offers.get(null, id)).moves?.[0]).toMatchObject({
      move: 'stopped',
      by: 'console:chen',
      reason: 'too dear',
    });
    await visit.post(`/console/offers/${id}/resume`, { reason: 'agreed again' });
    expect((await world.offers.get(null, id)).state).toBe('published');
  });

  test('are not stopped from another site', async () => {
    const reply = await visit.post(`/console/offers/${id}/stop`, { reason: 'x' }, { origin: 'https://evil.example' });
    expect(reply.status).toBe(400);
    expect((await world.offers.get(null, id)).state).toBe('published');
  });
});

describe('why a buyer sees a wallet', () => {
  test('a payment without rollouts tells what its offers do', async () => {
    const payment = await world.newPayment();
    const { status, body } = await visit.get(`/console/payments/${payment}/why`);
    expect(status).toBe(200);
    expect(body).toContain('no rollout concerns it, or the buyer has not opened the cashier yet');
    expect(body).toContain('¥95.00');
    expect(body).toContain('¥5.00 off, paid by the platform');
  });

  test('a payment of a staged wallet tells what was decided, and that it comes out the same again', async () => {
    const rollout = await world.newRollout({ steps: [{ share: '100%' }], keep_holdback: '0%' });
    await visit.post(`/console/rollouts/${rollout}/start`, { reason: 'x', seen: 'draft 1 0' });
    await world.rollouts.load();
    const payment = await world.newPayment({ buyer: { id: 'otto-1234', region: 'CN-11' } });
    const url = (await world.call('GET', `/v1/payments/${payment}`)).json.cashier_url;
    expect((await fetch(url)).status).toBe(200); // the decision is made when the page is first seen
    const { body } = await visit.get(`/console/payments/${payment}/why`);
    expect(body).toContain('shown: the buyer is among the 100% that see it');
    expect(body).toContain('made again, it is the same');
    expect(body).toContain('CN-11');
    expect(body).not.toContain('otto-1234');
  });

  test('is found by the id of a payment', async () => {
    const payment = await world.newPayment();
    const reply = await visit.get(`/console/payments?id=${payment}`);
    expect(reply.headers.get('location')).toBe(`/console/payments/${payment}/why`);
    expect((await visit.get('/console/payments?id=nonsense')).status).toBe(404);
    expect((await world.visit('').get(`/console/payments/${payment}/why`)).status).toBe(401);
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../../test/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const plan = { key: 'wallet.jdpay', wallet: 'jdpay', steps: [{ share: '1‰' }, { share: '100%' }] };

test('a shop creates, starts, moves and sees a rollout of its own, with who and why', async () => {
  const created = await server.call('POST', '/v1/rollouts', { plan });
  expect([created.status, created.json.state, created.json.share_ppm]).toEqual([201, 'draft', null]);
  const at = `/v1/rollouts/${created.json.id}`;
  const started = await server.call('POST', `${at}/start`, { reason: 'as agreed' });
  expect([started.status, started.json.state, started.json.share_ppm]).toEqual([200, 'running', 1000]);
  const jumped = await server.call('POST', `${at}/jump`, { step: 2, reason: 'quiet' });
  expect([jumped.json.step, jumped.json.version]).toEqual([2, 2]);
  const refused = await server.call('POST', `${at}/approve`, { reason: 'why not' });
  expect([refused.status, refused.json.code]).toEqual([409, 'rollout_state']);
  const again = await server.call('POST', '/v1/rollouts', { plan: { ...plan, key: 'wallet.jdpay.again' } });
  const rival = await server.call('POST', `/v1/rollouts/${again.json.id}/start`, { reason: 'me too' });
  expect([rival.status, rival.json.code, rival.json.rollout]).toEqual([409, 'rollout_exists', created.json.id]);
  expect((await server.call('POST', `${at}/roll_back`, { reason: 'enough' })).json.state).toBe('rolled_back');
  const { json } = await server.call('GET', at);
  expect(json.moves.map((move: { action: string; reason: string }) => [move.action, move.reason])).toEqual([
    ['create', 'created'],
    ['start', 'as agreed'],
    ['jump', 'quiet'],
    ['roll_back', 'enough'],
  ]);
  expect(json.moves[1].by).toMatch(/^key_/);
  expect(json.plan.merchant).toBe(json.merchant_id);
  const list = await server.call('GET', '/v1/rollouts?limit=1');
  expect(list.json.data[0].id).toBe(again.json.id);
  expect(list.json.next_cursor).not.toBeNull();
});

test.each([
  ['no reason', 'start', {}, 400],
  ['a step that is none', 'jump', { step: 3, reason: 'x' }, 400],
  ['a plan with a smaller field', 'change', { plan: { ...plan, steps: [{ share: '1' }] }, reason: 'x' }, 400],
])('%s is refused', async (_, action, body, status) => {
  const { json } = await server.call('POST', '/v1/rollouts', { plan });
  const reply = await server.call('POST', `/v1/rollouts/${json.id}/${action}`, body);
  expect([reply.status >= status, reply.status < 500]).toEqual([true, true]);
});

test('another merchant, or a rollout of every merchant, is not a shop’s to make', async () => {
  const foreign = { ...plan, merchant: 'mer_01ARZ3NDEKTSV4RRFFQ69G5FAV' };
  const reply = await server.call('POST', '/v1/rollouts', { plan: foreign });
  expect([reply.status, reply.json.param]).toEqual([400, 'plan.merchant']);
  const unknown = await server.call('POST', '/v1/rollouts/rol_01ARZ3NDEKTSV4RRFFQ69G5FAV/halt', { reason: 'x' });
  expect(unknown.status).toBe(404);
});

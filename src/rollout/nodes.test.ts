import { afterAll, expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { connect } from '../db/connect.ts';
import { openRollouts, type RunningRollouts } from './open-rollouts.ts';
import { startMutedProxy } from './test-muted-proxy.ts';
import { testContext, testPlan } from './test-plans.ts';
import { BOOK, openRolloutsWorld } from './test-world.ts';

const world = await openRolloutsWorld();
const { sql, url, shop } = world;
const nodes: RunningRollouts[] = [];
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
});

async function startNode(over: { sql?: typeof sql; isLeading?: boolean } = {}): Promise<RunningRollouts> {
  const node = await openRollouts({
    sql: over.sql ?? sql,
    clock: world.clock,
    random: systemRandom,
    log: silentLog,
    raiseAlert: async () => {},
  });
  node.startWork({ isLeading: over.isLeading ?? false });
  nodes.push(node);
  return node;
}

function look(node: RunningRollouts): string | undefined {
  const [one] = node.decide(BOOK, testContext({ id: 'b1' }, { merchantId: shop }), ['unionpay'], null).wallets;
  return one?.shown === true ? 'shown' : one?.reason;
}

test('a halt reaches every node at once, also one whose connection for news has just been cut', async () => {
  const id = await world.create(testPlan({ steps: [{ share: '100%' }] }));
  const ownSql = connect(url, { connectionsMax: 2, applicationName: 'node to be cut' });
  const [one, two] = [await startNode({ sql: ownSql }), await startNode()];
  await world.act(id, 'start');
  await expect.poll(() => [look(one), look(two)]).toEqual(['shown', 'shown']);
  const cut = await sql`
    select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'node to be cut'`;
  expect(cut.length).toBeGreaterThan(0);
  await world.act(id, 'halt');
  // That it takes less than a second is not for a busy machine to prove: what is older than that is hidden anyway (the next test).
  await expect.poll(() => [look(one), look(two)], { interval: 5 }).toEqual(['HALTED', 'HALTED']);
  await world.act(id, 'resume');
  await expect.poll(() => [look(one), look(two)]).toEqual(['shown', 'shown']);
  await one.stop();
  await ownSql.end();
  await world.act(id, 'roll_back');
  await world.act(id, 'retire');
});

test('a node that is cut off from the database hides what is staged within a second and shows it when it hears again', async () => {
  const proxy = await startMutedProxy(url);
  const cutOff = connect(proxy.url, { connectionsMax: 2, applicationName: 'cut off' });
  const id = await world.create(testPlan({ steps: [{ share: '100%' }] }));
  await world.act(id, 'start');
  const node = await startNode({ sql: cutOff });
  const decide = () =>
    node.decide(BOOK, testContext({ id: 'b1' }, { merchantId: shop }), ['unionpay', 'wechatpay'], null);
  let decision = decide();
  // On a busy machine a node may be cut off for a moment by itself.
  await expect.poll(() => (decision = decide()).wallets.every(({ shown }) => shown)).toBe(true);
  proxy.mute();
  await expect.poll(() => look(node)).toBe('STALE');
  const now = node.recheck(BOOK, decision, null).wallets;
  expect(now.map((one) => [one.wallet, one.shown, one.arm])).toEqual([
    ['unionpay', false, 'treatment'],
    ['wechatpay', true, 'outside'],
  ]);
  expect(node.revision(BOOK)).toBe('stale');
  proxy.speak();
  await expect.poll(() => node.recheck(BOOK, decision, null)).toEqual(decision);
  await node.stop();
  await cutOff.end({ timeout: 1 });
  await proxy.close();
  await world.act(id, 'roll_back');
  await world.act(id, 'retire');
});

test('the loop runs on several nodes and moves a rollout once', async () => {
  const steps = [{ share: '10%', for: '0s', payments: 1 }, { share: '100%' }];
  const id = await world.create(testPlan({ steps }));
  await world.act(id, 'start');
  await world.count(id, 'treatment', { begun: 50, first_succeeded: 50 });
  await world.count(id, 'control', { begun: 50, first_succeeded: 50 });
  for (let no = 0; no < 3; no++) await startNode({ isLeading: true });
  await expect.poll(async () => (await world.report(id)).rollout.step).toBe(1);
  const { moves } = await world.report(id);
  expect(moves.map((move) => move.action)).toEqual(['create', 'start', 'advance']);
});

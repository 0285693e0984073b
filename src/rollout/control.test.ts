import { afterEach, describe, expect, test } from 'vitest';
import type { PlanFile } from './plan-file.ts';
import type { Metric } from './rollouts.ts';
import { testPlan } from './test-plans.ts';
import { openRolloutsWorld } from './test-world.ts';

const world = await openRolloutsWorld();

/** A rollout of its own that has been started, out of the way of other tests afterwards. */
async function started(file: Partial<PlanFile> = {}): Promise<string> {
  const id = await world.create(
    testPlan({ steps: [{ share: '10%' }, { share: '50%' }, { share: '100%' }].map(quick), ...file }),
  );
  await world.act(id, 'start');
  ids.push(id);
  return id;
}

const quick = (step: object) => ({ for: '10m', payments: 100, share: '1%', ...step });
const ids: string[] = [];
afterEach(async () => {
  for (const id of ids.splice(0)) {
    const { state } = (await world.report(id)).rollout;
    if (state !== 'rolled_back' && state !== 'retired') await world.act(id, 'roll_back');
    if (state !== 'retired') await world.act(id, 'retire');
  }
  world.alerts.splice(0);
});

/** So many payments in each arm, of which so many in a hundred are bad in treatment, and three in control. */
async function traffic(id: string, payments: number, badPercent = 3, metric: Metric = 'first_failed'): Promise<void> {
  for (const [arm, percent] of [
    ['treatment', badPercent],
    ['control', 3],
  ] as const) {
    const bad = Math.round((payments * percent) / 100);
    const isFirst = metric === 'first_failed';
    await world.count(id, arm, {
      decided: payments,
      begun: payments,
      first_succeeded: isFirst ? payments - bad : payments,
      [metric]: bad,
    });
  }
}

describe('a rollout that does no harm', () => {
  test('goes from step to step by time and payments, whichever is later, and completes', async () => {
    const id = await started();
    expect(await world.look(id, 60)).toBe('running 1'); // time alone
    await traffic(id, 99);
    expect(await world.look(id)).toBe('running 1');
    await traffic(id, 1);
    expect(await world.look(id)).toBe('running 2');
    await traffic(id, 500); // payments alone
    expect(await world.look(id, 9)).toBe('running 2');
    expect(await world.look(id, 1)).toBe('running 3');
    await world.count(id, 'treatment', { begun: 100, first_succeeded: 97, first_failed: 3 });
    expect(await world.look(id, 10)).toBe('completed 3');
    const { moves, sharePpm, judgement } = await world.report(id);
    expect(moves.map((move) => [move.action, move.by, move.sharePpm])).toEqual([
      ['create', 'operator', 0],
      ['start', 'operator', 100_000],
      ['advance', 'hutong', 500_000],
      ['advance', 'hutong', 1_000_000],
      ['complete', 'hutong', 1_000_000],
    ]);
    expect(moves[2]?.figures?.payments).toEqual({ seen: 100, needed: 100 });
    expect([sharePpm, judgement.verdict]).toEqual([1_000_000, 'go_on']);
  });

  test('without traffic never advances, and never fails', async () => {
    const id = await started();
    for (let day = 0; day < 30; day++) expect(await world.look(id, 24 * 60)).toBe('running 1');
    expect((await world.report(id)).judgement.verdict).toBe('not_enough');
    expect(world.alerts).toEqual([]);
  });

  test('stays at its step in a freeze window, and goes on after it', async () => {
    const today = world.clock.now().toISOString().slice(0, 10);
    const id = await started({ freeze: [{ first_day: today, last_day: today }] });
    await traffic(id, 200);
    expect(await world.look(id, 30)).toBe('frozen 1');
    expect(await world.look(id, 60)).toBe('frozen 1');
    expect(await world.look(id, 24 * 60)).toBe('running 1');
    expect(await world.look(id)).toBe('running 2');
  });

  test('after its end, when nothing can come late any more, has no effect', async () => {
    const id = await started({ steps: [quick({ share: '100%' })], late_days: 2 });
    await world.count(id, 'treatment', { begun: 100, first_succeeded: 100 });
    expect(await world.look(id, 10)).toBe('completed 1');
    expect(await world.look(id, 2 * 24 * 60)).toBe('retired 1');
    expect(world.rollouts.isPlain(1, world.shop, ['unionpay'])).toBe(true);
  });
});

describe('harm', () => {
  test('halts the rollout, tells the operator with its figures, and the wallet is hidden', async () => {
    const id = await started();
    await traffic(id, 300, 23);
    expect(await world.look(id)).toBe('halted 1');
    const { moves, sharePpm } = await world.report(id);
    expect(moves.at(-1)).toMatchObject({ action: 'halt', by: 'hutong', fromState: 'running', sharePpm: 0 });
    expect(moves.at(-1)?.figures?.guardrails[0]).toMatchObject({ metric: 'failed', state: 'broken' });
    expect(sharePpm).toBe(0);
    expect(world.alerts).toEqual([expect.stringMatching(/^rollout_halted wallet\.unionpay: /)]);
  });

  test('rolls back where the plan says so', async () => {
    const id = await started({ on_breach: 'roll_back' });
    await traffic(id, 300, 23);
    expect(await world.look(id)).toBe('rolled_back 1');
  });

  test('seen while it waits at a gate rolls it back: nobody can approve it any more', async () => {
    const id = await started({ steps: [quick({ share: '10%', gate: true }), quick({ share: '100%' })] });
    await traffic(id, 100);
    expect(await world.look(id, 10)).toBe('waiting 1');
    await traffic(id, 400, 25);
    expect(await world.look(id)).toBe('rolled_back 1');
    await expect(world.act(id, 'approve')).rejects.toMatchObject({ code: 'rollout_state' });
  });

  test('seen while it is frozen or paused halts it as well', async () => {
    const id = await started();
    await world.act(id, 'pause');
    await traffic(id, 300, 23);
    expect(await world.look(id)).toBe('halted 1');
  });

  test('one error in three attempts rolls nothing back', async () => {
    const id = await started({ on_breach: 'roll_back' });
    await world.count(id, 'treatment', { begun: 3, first_succeeded: 2, first_failed: 1 });
    for (const metric of ['wallet_succeeded', 'wallet_failed', 'wallet_succeeded'] as const)
      await world.count(id, 'treatment', { [metric]: 1 });
    expect(await world.look(id)).toBe('running 1');
  });

  test('a disaster halts at once, by the wallet’s own last attempts', async () => {
    const id = await started();
    await world.count(id, 'treatment', { wallet_succeeded: 5, wallet_failed: 20 });
    expect(await world.look(id)).toBe('halted 1');
    expect((await world.report(id)).moves.at(-1)?.reason).not.toBe('');
  });

  test('that comes days after the end rolls it back within its window, and not later', async () => {
    const steps = [quick({ share: '50%' })];
    const late = await started({ steps, late_days: 14 });
    await traffic(late, 400);
    expect(await world.look(late, 10)).toBe('completed 1');
    await world.count(late, 'treatment', { refunded: 100 });
    expect(await world.look(late, 6 * 24 * 60)).toBe('rolled_back 1');
    await world.act(late, 'retire');
    const later = await started({ key: 'wallet.later', steps, late_days: 14 });
    await traffic(later, 400);
    expect(await world.look(later, 10)).toBe('completed 1');
    await world.count(later, 'treatment', { refunded: 100 });
    expect(await world.look(later, 15 * 24 * 60)).toBe('completed 1');
  });

  test('arms that the split does not explain hold it where it is', async () => {
    const id = await started();
    await world.count(id, 'treatment', { decided: 3000, begun: 900, first_succeeded: 880, first_failed: 20 });
    await world.count(id, 'control', { decided: 2200, begun: 660, first_succeeded: 645, first_failed: 15 });
    expect(await world.look(id, 60)).toBe('running 1');
    expect((await world.report(id)).judgement).toMatchObject({ verdict: 'hold', by: 'srm' });
  });

  test('that was put right is not held against it again when a person resumes it', async () => {
    const id = await started();
    await traffic(id, 300, 23);
    expect(await world.look(id)).toBe('halted 1');
    await world.act(id, 'resume', 'the key was wrong');
    expect(await world.look(id)).toBe('running 1');
    const { rollout, versions, judgement } = await world.report(id);
    expect([rollout.version, rollout.judgedFrom, versions.length, judgement.verdict]).toEqual([2, 2, 2, 'not_enough']);
  });
});

test('a look at something that a person has moved meanwhile changes nothing', async () => {
  const id = await started();
  await traffic(id, 300, 23);
  world.clock.advanceMs(60_000);
  const pause = world.act(id, 'pause');
  await Promise.all([pause, world.rollouts.control()]);
  const { moves, rollout } = await world.report(id);
  expect(['paused', 'halted']).toContain(rollout.state);
  for (const [at, move] of moves.entries()) expect(move.fromState).toBe(at === 0 ? 'draft' : moves[at - 1]?.toState);
});

import { afterAll } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { ManualClock } from '../base/clock.ts';
import { newId } from '../base/id.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import type { Sql } from '../db/connect.ts';
import type { Act } from './apply-action.ts';
import { openRollouts, type RunningRollouts } from './open-rollouts.ts';
import type { Plan } from './plan.ts';
import type { RolloutReport } from './report-rollout.ts';
import type { RolloutId } from './rollout.ts';
import type { Metric } from './rollouts.ts';

export const BOOK = 1;

/** Rollouts over a fresh database, on as many nodes as a test opens, with a clock that it moves. */
export interface RolloutsWorld {
  sql: Sql;
  url: string;
  clock: ManualClock;
  shop: string;
  /** The first node. Nothing runs by itself on it: `look` does what the loop would. */
  rollouts: RunningRollouts;
  /** What operators were told, as `kind detail`. */
  alerts: string[];
  node(): Promise<RunningRollouts>;
  create(plan: Plan): Promise<RolloutId>;
  act(id: string, act: Act['action'] | Act, reason?: string): Promise<void>;
  /** Payments of one arm under the present step, so many of each metric. */
  count(id: string, arm: 'treatment' | 'control', metrics: Partial<Record<Metric, number>>): Promise<void>;
  /** Moves the clock, then looks at all that is due until nothing moves any more; answers the state and the step from 1. */
  look(id: string, minutes?: number): Promise<string>;
  report(id: string): Promise<RolloutReport>;
}

export async function openRolloutsWorld(): Promise<RolloutsWorld> {
  const { sql, url } = await freshDatabase();
  const clock = new ManualClock(new Date('2026-11-23T02:00:00Z')); // Monday, 10:00 in Asia/Shanghai
  const alerts: string[] = [];
  const nodes: RunningRollouts[] = [];
  const shop = newId('mer', { clock, random: systemRandom }, BOOK);
  await sql`
    insert into merchants (book, id, name, livemode, created_at)
    values (${BOOK}, ${shop}, '茶铺', false, ${clock.now()})`;
  const node = async (): Promise<RunningRollouts> => {
    const opened = await openRollouts({
      sql,
      clock,
      random: systemRandom,
      log: silentLog,
      raiseAlert: async (_tx, about, kind, detail) => {
        alerts.push(`${kind} ${about.id === '' ? '' : detail}`);
      },
    });
    nodes.push(opened);
    return opened;
  };
  afterAll(() => Promise.all(nodes.map((one) => one.stop())));
  const rollouts = await node();
  const because = { by: 'operator', reason: 'a test' };
  const report = (id: string) => rollouts.report({ book: BOOK, id, merchantId: null });

  return {
    sql,
    url,
    clock,
    shop,
    rollouts,
    alerts,
    node,
    report,
    async create(plan) {
      const { id } = await sql.begin((tx) => rollouts.create(tx, BOOK, plan, because));
      return id;
    },
    async act(id, act, reason = 'a test') {
      const whole = typeof act === 'string' ? ({ action: act } as Act) : act; // a test names only actions without more
      await sql.begin((tx) =>
        rollouts.act(tx, { book: BOOK, id, merchantId: null }, whole, { by: 'operator', reason }),
      );
      await rollouts.load();
    },
    async count(id, arm, metrics) {
      const { rollout } = await report(id);
      const { version, step } = rollout;
      const observations = Object.entries(metrics).flatMap(([metric, count]) =>
        Array.from({ length: count }, () => ({
          rolloutId: id,
          version,
          step,
          arm,
          metric: metric as Metric, // the keys of the record
          since: 1,
          entered: step,
          payer: null,
        })),
      );
      await sql.begin((tx) => rollouts.observe(tx, BOOK, observations));
    },
    async look(id, minutes = 1) {
      clock.advanceMs(minutes * 60_000);
      await rollouts.control();
      await rollouts.load();
      const { rollout } = await report(id);
      return `${rollout.state} ${rollout.step + 1}`;
    },
  };
}

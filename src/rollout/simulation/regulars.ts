import { ROLLOUT_OUTCOMES_KEPT } from '../../base/limits.ts';
import { GUARDED, type Plan } from '../plan.ts';
import { BAD } from '../statistics/judge.ts';
import { addTo, type Bucketing, bucketsOf, cohortOf, type Counted, type Crowd, type Happened } from './crowd.ts';
import { drawBinomial } from './draw.ts';
import { failingOf, type World } from './world.ts';

interface Buyer {
  bucketPpm: number;
  /** What goes wrong goes wrong for them alone. */
  isUnlucky: boolean;
  hasPaid: boolean;
  visitsLeft: number;
}

/** What falls on the same buyers again and again: their phone, their network, their bank. */
const CLUSTERED = ['failed', 'slow', 'unknown'] as const;

/** The same buyers come back, and it is the same ones for whom it goes wrong: every payment is drawn by itself. */
export function regulars(plan: Plan, world: World, chance: () => number): Crowd {
  const extra = (failingOf(world) - world.bad.failed) / (1 - world.bad.failed);
  const bucketsOfSteps = bucketsOf(plan);
  const back: Buyer[] = [];
  let recent = '';

  function next(buckets: readonly Bucketing[]): Buyer {
    const at = Math.floor(chance() * back.length);
    const known = chance() * world.paymentsPerBuyer < 1 ? undefined : back[at];
    const buyer = known ?? newBuyer(buckets);
    buyer.visitsLeft -= 1;
    if (known === undefined && buyer.visitsLeft > 0) back.push(buyer);
    if (known !== undefined && buyer.visitsLeft === 0) {
      const last = back.pop();
      if (last !== undefined && last !== buyer) back[at] = last;
    }
    return buyer;
  }

  function newBuyer(buckets: readonly Bucketing[]): Buyer {
    let place = chance() * buckets.reduce((sum, { ppm }) => sum + ppm, 0);
    const bucket = buckets.find(({ ppm }) => (place -= ppm) < 0);
    return {
      bucketPpm: bucket === undefined ? 0 : bucket.fromPpm + bucket.ppm + place,
      isUnlucky: chance() < world.unlucky,
      hasPaid: false,
      visitsLeft: world.paymentsPerBuyer,
    };
  }

  function pay(stratum: Counted, payments: number): Happened {
    const buckets = bucketsOfSteps[stratum.step] ?? [];
    const happened: Happened = { treatment: 0, attempts: 0 };
    const compared = new Map<Bucketing, number>();
    for (let paid = 0; paid < payments; paid++) {
      const buyer = next(buckets);
      const bucket = buckets.find(({ fromPpm, ppm }) => buyer.bucketPpm >= fromPpm && buyer.bucketPpm < fromPpm + ppm);
      if (bucket === undefined) continue;
      const { arm } = bucket;
      const isOwn = arm === 'treatment' && chance() < world.chosen;
      const bad = CLUSTERED.filter((metric) => buyer.isUnlucky && chance() * world.unlucky < world.bad[metric]);
      if (isOwn && !bad.includes('failed') && chance() < extra) bad.push('failed');
      addTo(stratum[arm], 'begun', 1);
      addTo(stratum[arm], 'decided', 1);
      if (world.compared === 'every payment' || !buyer.hasPaid) {
        const sums = cohortOf(stratum, bucket.entered)[arm];
        addTo(sums, 'begun', 1);
        for (const metric of bad) addTo(sums, BAD[metric], 1);
        compared.set(bucket, (compared.get(bucket) ?? 0) + 1);
      }
      buyer.hasPaid = true;
      if (arm === 'treatment') happened.treatment++;
      if (!isOwn) continue;
      happened.attempts++;
      recent = (recent + (bad.includes('failed') ? '0' : '1')).slice(-ROLLOUT_OUTCOMES_KEPT);
      if (plan.floor !== null && recent.slice(-plan.floor.of).split('0').length > plan.floor.failures) break;
    }
    for (const [{ arm, entered }, n] of compared)
      for (const metric of GUARDED)
        if (metric === 'duplicate' || metric === 'refunded' || metric === 'complained')
          addTo(cohortOf(stratum, entered)[arm], BAD[metric], drawBinomial(chance, n, world.bad[metric]));
    return happened;
  }

  return { pay, outcomes: () => recent };
}

import { ROLLOUT_OUTCOMES_KEPT } from '../../base/limits.ts';
import { GUARDED, type Plan } from '../plan.ts';
import { BAD } from '../statistics/judge.ts';
import { addTo, bucketsOf, cohortOf, type Counted, type Crowd, type Happened } from './crowd.ts';
import { drawBinomial } from './draw.ts';
import { RecentFailures } from './recent-failures.ts';
import { failingOf, type World } from './world.ts';

/** Every payment is another buyer's: how many there are of each kind is drawn at once. */
export function strangers(plan: Plan, world: World, chance: () => number): Crowd {
  const bucketsOfSteps = bucketsOf(plan);
  const recent = new RecentFailures(chance, failingOf(world), plan.floor, ROLLOUT_OUTCOMES_KEPT);

  function pay(stratum: Counted, payments: number): Happened {
    const share = stratum.treatmentPpm / (stratum.treatmentPpm + stratum.controlPpm);
    const dealt = drawBinomial(chance, payments, share);
    const chosen = drawBinomial(chance, dealt, world.chosen);
    const own = recent.run(chosen);
    const reached = chosen === 0 ? 1 : own.happened / chosen;
    const treatment = Math.max(own.happened, Math.round(dealt * reached));
    const control = Math.round((payments - dealt) * reached);
    const others = drawBinomial(chance, treatment - own.happened, world.bad.failed);
    count(stratum, 'treatment', treatment, own.failed + others);
    count(stratum, 'control', control, drawBinomial(chance, control, world.bad.failed));
    return { treatment, attempts: own.happened };
  }

  function count(stratum: Counted, arm: 'treatment' | 'control', n: number, failed: number): void {
    addTo(stratum[arm], 'begun', n);
    addTo(stratum[arm], 'decided', n);
    addTo(stratum[arm], 'first_failed', failed);
    let left = { n, failed };
    const buckets = (bucketsOfSteps[stratum.step] ?? []).filter((one) => one.arm === arm);
    let ppm = buckets.reduce((sum, one) => sum + one.ppm, 0);
    for (const bucket of buckets) {
      const part = ppm === bucket.ppm ? left.n : drawBinomial(chance, left.n, bucket.ppm / ppm);
      const bad = drawPart(chance, left, part);
      ppm -= bucket.ppm;
      left = { n: left.n - part, failed: left.failed - bad };
      const sums = cohortOf(stratum, bucket.entered)[arm];
      addTo(sums, 'begun', part);
      addTo(sums, 'first_failed', bad);
      for (const metric of GUARDED)
        if (metric !== 'failed') addTo(sums, BAD[metric], drawBinomial(chance, part, world.bad[metric]));
    }
  }

  return { pay, outcomes: () => recent.outcomes() };
}

/** How many of the failed are among `part` of `n`: one after the other takes a place that is free. */
function drawPart(chance: () => number, { n, failed }: { n: number; failed: number }, part: number): number {
  if (part === n) return failed;
  let inside = 0;
  for (let drawn = 0; drawn < failed; drawn++) if (chance() * (n - drawn) < part - inside) inside++;
  return inside;
}

import { armsAt, type Plan, WHOLE_PPM } from './plan.ts';
import type { Arm } from './rollouts.ts';

/** Buckets side by side that fall into the same arm and have been in one since the same step. */
export interface Segment {
  arm: Arm;
  ppm: number;
  /** The step since which, counted from 0; null for the present step, and outside. */
  entered: number | null;
}

/**
 * All buckets of a step, from the bottom to the top. Who came into an arm earlier has had more time to pay before, in both arms alike; so
 * those are told apart from who came in later, of whom the arms may have different parts.
 */
export function segmentsAt(plan: Pick<Plan, 'steps' | 'holdbackPpm' | 'keepHoldbackPpm'>, stepNo: number): Segment[] {
  const arms = plan.steps.slice(0, stepNo + 1).map((_, at) => armsAt(plan, at));
  const edges = arms.flatMap(({ treatmentPpm, controlPpm }) => [treatmentPpm, WHOLE_PPM - controlPpm]);
  const bounds = [...new Set([0, ...edges, WHOLE_PPM])].toSorted((a, b) => a - b);
  const armOf = (bucket: number, { treatmentPpm, controlPpm }: { treatmentPpm: number; controlPpm: number }): Arm =>
    bucket < treatmentPpm ? 'treatment' : bucket >= WHOLE_PPM - controlPpm ? 'control' : 'outside';
  const segments: Segment[] = [];
  for (const [index, from] of bounds.slice(0, -1).entries()) {
    const ppm = (bounds[index + 1] ?? WHOLE_PPM) - from;
    const present = arms.at(-1);
    const arm = present === undefined ? 'outside' : armOf(from, present);
    const first = arms.findIndex((one) => armOf(from, one) !== 'outside');
    const entered = arm === 'outside' || first === stepNo ? null : first;
    const last = segments.at(-1);
    if (last?.arm === arm && last.entered === entered) last.ppm += ppm;
    else segments.push({ arm, ppm, entered });
  }
  return segments;
}

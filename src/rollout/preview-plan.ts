import { endOfFreeze } from './freeze.ts';
import { armsAt, type Plan, WHOLE_PPM } from './plan.ts';
import { showDuration, showShare } from './units.ts';
import { type Words, words } from './words.ts';

/** A step as it would go at best. */
export interface StepPreview {
  /** Counted from 1, as people do. */
  step: number;
  treatmentPpm: number;
  controlPpm: number;
  dwellMs: number;
  payments: number;
  isGate: boolean;
  /** The earliest moments; null where freezes have no end. */
  beginsAt: Date | null;
  endsAt: Date | null;
  /** Of so many buyers, how many see it and how many are held back, rounded. */
  buyersSee: number;
  buyersHeldBack: number;
}

export interface PlanPreview {
  steps: readonly StepPreview[];
  /** When everybody who is to see it sees it, at the earliest: gates approved at once, payments there in time. */
  endsAt: Date | null;
  /** What stops it, in sentences. */
  stops: readonly Words[];
}

/** What a plan would do if it were started at `from` with so many buyers: nothing is kept, nothing is asked. */
export function previewPlan(plan: Plan, from: Date, buyers: number): PlanPreview {
  let at: Date | null = from;
  const steps = plan.steps.map((step, no): StepPreview => {
    const beginsAt: Date | null = at;
    const arms = armsAt(plan, no);
    at = beginsAt === null ? null : endOfFreeze(plan.freeze, new Date(beginsAt.getTime() + step.dwellMs));
    return {
      step: no + 1,
      ...arms,
      dwellMs: step.dwellMs,
      payments: step.payments,
      isGate: step.isGate,
      beginsAt,
      endsAt: at,
      buyersSee: Math.round((buyers * arms.treatmentPpm) / WHOLE_PPM),
      buyersHeldBack: Math.round((buyers * arms.controlPpm) / WHOLE_PPM),
    };
  });
  return { steps, endsAt: at, stops: tellStops(plan) };
}

const METRICS: Readonly<Record<Plan['guardrails'][number]['metric'], Words>> = {
  failed: words('失败', 'failed first attempts'),
  slow: words('变慢', 'slow answers'),
  unknown: words('结果不明', 'unknown results'),
  duplicate: words('重复付款', 'duplicates'),
  refunded: words('退款', 'refunds'),
  complained: words('投诉', 'complaints'),
};

function tellStops(plan: Plan): Words[] {
  const act =
    plan.onBreach === 'halt'
      ? words('停止，等人处理', 'it is halted until a person has looked')
      : words('撤回', 'it is rolled back');
  const stops = plan.guardrails.map(({ metric, tolerated, alpha }) => {
    const more = showShare(Math.round(tolerated * WHOLE_PPM));
    const risk = showShare(Math.round(alpha * WHOLE_PPM));
    return words(
      `${METRICS[metric]['zh-CN']}比对照组多出 ${more} 以上（误停概率至多 ${risk}）：${act['zh-CN']}`,
      `more ${METRICS[metric].en} than in the control by over ${more} (wrongly at most ${risk} of the time): ${act.en}`,
    );
  });
  if (plan.floor !== null)
    stops.push(
      words(
        `该钱包最近 ${plan.floor.of} 次有 ${plan.floor.failures} 次失败：${act['zh-CN']}`,
        `${plan.floor.failures} failures among the wallet's last ${plan.floor.of} attempts: ${act.en}`,
      ),
    );
  stops.push(
    words('对照组与实验组人数不符：停在原步', 'arms of sizes that the split does not explain: it stays where it is'),
    words(
      `在关口等待时或完成后 ${plan.lateDays} 天内变坏：撤回`,
      `harm seen while it waits at a gate, or within ${plan.lateDays} days after the end: it is rolled back`,
    ),
    words('数据库断开超过一秒：所有节点都不再展示', 'a node that has not heard of it for a second shows it to nobody'),
  );
  if (plan.freeze.length > 0) stops.push(words('冻结期内不进入下一步', 'no step begins in a freeze window'));
  return stops;
}

/** `30m and 200 payments`: what a step waits for. */
export function tellDwell({ dwellMs, payments }: Pick<StepPreview, 'dwellMs' | 'payments'>): string {
  return `${showDuration(dwellMs)} and ${payments} ${payments === 1 ? 'payment' : 'payments'}`;
}

import { dwellEnd } from './decide-rollout.ts';
import { endOfFreeze } from './freeze.ts';
import type { DayCount } from './count-store.ts';
import type { Risk } from './read-risk.ts';
import { armsAt, type Arms, type Plan } from './plan.ts';
import { type Move, presentShare, type Rollout } from './rollout.ts';
import type { RolloutCounts } from './statistics/counts.ts';
import type { Judgement } from './statistics/judge.ts';
import { type Words, words } from './words.ts';

/** Everything about one rollout at one moment: what its pages, its API reply and the command line show. */
export interface RolloutReport {
  at: Date;
  rollout: Rollout;
  /** In effect for the same wallet: that of every shop beside a shop's own, or the shops' own beside it. Only who is shown it by both sees it. */
  beside: readonly Rollout[];
  /** Parts per million that see it now, allow lists apart; null where it concerns nobody. */
  sharePpm: number | null;
  arms: Arms;
  /** When the present step may end at the earliest, freezes included; null where it does not end by itself. */
  stepEndsAt: Date | null;
  /** What it waits for. */
  waitsFor: Words;
  judgement: Judgement;
  counts: RolloutCounts;
  /** What is unresolved through the wallet now, for each limit of that. */
  risks: readonly Risk[];
  days: readonly DayCount[];
  /** Oldest first. */
  moves: readonly Move[];
  versions: readonly { version: number; plan: Plan; createdAt: Date; createdBy: string }[];
}

type Known = Pick<
  RolloutReport,
  'rollout' | 'beside' | 'judgement' | 'counts' | 'risks' | 'days' | 'moves' | 'versions'
>;

export function reportRollout(known: Known, at: Date): RolloutReport {
  const { rollout } = known;
  return {
    at,
    ...known,
    sharePpm: presentShare(rollout),
    arms: armsAt(rollout.plan, rollout.step),
    stepEndsAt: rollout.state === 'running' || rollout.state === 'frozen' ? earliestEnd(rollout, at) : null,
    waitsFor: tellWait(rollout, known.judgement, at),
  };
}

function earliestEnd(rollout: Rollout, at: Date): Date | null {
  const end = dwellEnd(rollout);
  return end === null ? null : endOfFreeze(rollout.plan.freeze, end > at ? end : at);
}

/** The first thing in the way, in the order in which the control loop looks. */
function tellWait(rollout: Rollout, { verdict, reason, figures }: Judgement, at: Date): Words {
  switch (rollout.state) {
    case 'draft':
      return words('还没有开始', 'it has not been started');
    case 'waiting':
      return words('等待人工批准', 'a person has to approve');
    case 'paused':
      return words('已暂停，等待人工恢复', 'it is paused until a person resumes it');
    case 'halted':
      return words('已停止，谁也看不到', 'it is halted and nobody sees it');
    case 'rolled_back':
      return words('已撤回，谁也看不到', 'it is rolled back and nobody sees it');
    case 'completed':
      return words('已完成；迟到的退款和投诉仍在观察', 'it is complete; late refunds and complaints still count');
    case 'retired':
      return words('已结束，不再起作用', 'it is over and has no effect');
    case 'frozen':
      return tellFreeze(endOfFreeze(rollout.plan.freeze, at));
    case 'running':
      break;
    default:
      return rollout.state satisfies never;
  }
  if (verdict === 'halt' || verdict === 'hold') return reason;
  const { seen, needed } = figures.payments;
  if (seen < needed) return words(`还差 ${needed - seen} 笔付款`, `${needed - seen} more payments have to begin`);
  const end = dwellEnd(rollout);
  if (end !== null && end > at)
    return words(`本步到 ${end.toISOString()}`, `this step lasts until ${end.toISOString()}`);
  return words('马上进入下一步', 'it is about to go on');
}

function tellFreeze(end: Date | null): Words {
  if (end === null) return words('冻结期没有尽头', 'the freeze has no end');
  return words(`冻结到 ${end.toISOString()}`, `it is frozen until ${end.toISOString()}`);
}

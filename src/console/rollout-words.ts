import type { Guarded } from '../rollout/plan.ts';
import type { Action, RolloutState } from '../rollout/rollout.ts';
import type { Judgement, Verdict } from '../rollout/statistics/judge.ts';
import { type Words, words } from '../rollout/words.ts';
import type { Tone } from './parts.ts';

/* The names of everything about rollouts, as operators read them. */

export const STATES: Readonly<Record<RolloutState, { label: Words; tone: Tone }>> = {
  draft: { label: words('草稿', 'draft'), tone: 'off' },
  running: { label: words('进行中', 'running'), tone: 'good' },
  waiting: { label: words('等待批准', 'waiting for approval'), tone: 'warn' },
  frozen: { label: words('冻结期', 'frozen'), tone: 'calm' },
  paused: { label: words('已暂停', 'paused'), tone: 'warn' },
  halted: { label: words('已停止', 'halted'), tone: 'bad' },
  rolled_back: { label: words('已撤回', 'rolled back'), tone: 'bad' },
  completed: { label: words('已完成', 'completed'), tone: 'good' },
  retired: { label: words('已结束', 'retired'), tone: 'off' },
};

export const VERDICTS: Readonly<Record<Verdict, { label: Words; tone: Tone }>> = {
  go_on: { label: words('可以继续', 'good to go on'), tone: 'good' },
  hold: { label: words('先停在这一步', 'stay at this step'), tone: 'warn' },
  halt: { label: words('应当停止', 'halt'), tone: 'bad' },
  not_enough: { label: words('数据还不够', 'not enough yet'), tone: 'calm' },
};

export const METRICS: Readonly<Record<Guarded, Words>> = {
  failed: words('首次付款失败', 'First attempts that failed'),
  slow: words('回应太慢', 'Slow answers'),
  unknown: words('结果不明', 'Results unknown for a while'),
  duplicate: words('重复付款', 'Paid twice'),
  refunded: words('退款', 'Refunds'),
  complained: words('投诉', 'Complaints'),
};

export const GUARDRAIL_STATES: Readonly<
  Record<Judgement['figures']['guardrails'][number]['state'], { label: Words; tone: Tone }>
> = {
  fine: { label: words('正常', 'fine'), tone: 'good' },
  suspicious: { label: words('可疑', 'suspicious'), tone: 'warn' },
  broken: { label: words('已证实变差', 'proven worse'), tone: 'bad' },
  no_data: { label: words('还没有可比的数据', 'nothing to compare yet'), tone: 'off' },
};

/** What was done, in a list of moves. */
export const ACTIONS: Readonly<Record<Action, Words>> = {
  create: words('建立', 'created'),
  change: words('修改计划', 'plan changed'),
  start: words('开始', 'started'),
  pause: words('暂停', 'paused'),
  resume: words('恢复', 'resumed'),
  approve: words('批准', 'approved'),
  jump: words('跳步', 'jumped'),
  halt: words('停止', 'halted'),
  roll_back: words('撤回', 'rolled back'),
  retire: words('结束', 'retired'),
  advance: words('进入下一步', 'went on'),
  wait: words('到达关口', 'reached a gate'),
  freeze: words('进入冻结期', 'frozen'),
  thaw: words('冻结期结束', 'thawed'),
  complete: words('完成', 'completed'),
};

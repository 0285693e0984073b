import type { Guarded } from '../plan.ts';
import type { Figures, Judgement, Verdict } from './judge.ts';

const METRIC_NAMES: Readonly<Record<Guarded, { 'zh-CN': string; en: string }>> = {
  failed: { 'zh-CN': '失败的付款', en: 'failed payments' },
  slow: { 'zh-CN': '响应慢的付款', en: 'slow payments' },
  unknown: { 'zh-CN': '结果一时不明的付款', en: 'payments of unknown outcome' },
  duplicate: { 'zh-CN': '重复付款', en: 'payments made twice' },
  refunded: { 'zh-CN': '退款', en: 'refunded payments' },
  complained: { 'zh-CN': '投诉', en: 'complaints' },
};

/** The verdict as one sentence, in both languages, with the numbers it stands on. */
export function tellReason(verdict: Verdict, by: Judgement['by'], figures: Figures): Judgement['reason'] {
  const { payments, floor, split } = figures;
  if (by === 'floor' && floor) {
    return {
      'zh-CN': `该钱包最近 ${floor.seen} 次尝试中有 ${floor.failures} 次失败,达到 ${floor.allowed} 次即停止。`,
      en: `${floor.failures} of the wallet's last ${floor.seen} attempts failed; ${floor.allowed} halt it.`,
    };
  }
  if (by === 'srm') {
    return {
      'zh-CN': `两组人数(${split.treatment} 比 ${split.control})与计划的比例不符,数据不可信,暂不推进。`,
      en: `The arms (${split.treatment} to ${split.control}) are not split as planned, so the figures cannot be trusted; it stays here.`,
    };
  }
  const guardrail = figures.guardrails.find((one) => one.metric === by);
  if (guardrail) return tellGuardrail(verdict, guardrail);
  if (verdict === 'not_enough') {
    return {
      'zh-CN': `本步已有 ${payments.seen} 笔付款，需要 ${payments.needed} 笔，继续等待。`,
      en: `${payments.seen} of the ${payments.needed} payments that this step needs have begun; it waits.`,
    };
  }
  return {
    'zh-CN': `${payments.seen} 笔付款,各项指标均在允许范围内。`,
    en: `${payments.seen} payments, and every figure is within what is tolerated.`,
  };
}

function tellGuardrail(verdict: Verdict, figures: Figures['guardrails'][number]): Judgement['reason'] {
  const { treatment, control, metric } = figures;
  const name = METRIC_NAMES[metric];
  const seen = `${percent(treatment.bad / treatment.n)} (${treatment.bad}/${treatment.n})`;
  const held = `${percent(control.bad / control.n)} (${control.bad}/${control.n})`;
  const tolerated = percent(figures.tolerated);
  const atLeast = percent(figures.atLeast ?? 0);
  if (verdict === 'halt') {
    return {
      'zh-CN': `${name['zh-CN']}:看到该钱包的买家 ${seen},对照组 ${held};至少多 ${atLeast},只允许多 ${tolerated}。`,
      en: `Of ${name.en}, ${seen} with the wallet against ${held} held back: at least ${atLeast} more, where ${tolerated} is tolerated.`,
    };
  }
  return {
    'zh-CN': `${name['zh-CN']}:看到该钱包的买家 ${seen},对照组 ${held};看起来超过允许的 ${tolerated},尚未证实,暂不推进。`,
    en: `Of ${name.en}, ${seen} with the wallet against ${held} held back: it looks like more than the ${tolerated} tolerated, not proven yet; it stays here.`,
  };
}

/** `2.13%`: points are told to two digits. */
function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

import { plansOf } from './plans-of.ts';
import type { PlanDecision, WalletDecision } from './rollouts.ts';
import { showShare } from './units.ts';
import { type Words, words } from './words.ts';

/** Why a buyer sees a wallet, or does not: a sentence for each rollout that concerns it, which tells nothing of the buyer. */
export function explainDecision(one: WalletDecision): Words {
  const [first, other] = plansOf(one).map(explainPlan);
  if (first === undefined) return words('对所有人开放，没有灰度', 'it is open to everybody: no rollout concerns it');
  if (other === undefined) return first;
  return words(`${first['zh-CN']}；另有 ${other['zh-CN']}`, `${first.en}; and ${other.en}`);
}

function explainPlan(one: PlanDecision): Words {
  const { id, version, step, sharePpm } = one.rollout;
  const share = showShare(sharePpm);
  const zh = `（灰度 ${id} 第 ${version} 版第 ${step + 1} 步，${share}）`;
  const en = ` (rollout ${id}, version ${version}, step ${step + 1}, ${share})`;
  const [chinese, english] = tell(one, share);
  return words(`${chinese}${zh}`, `${english}${en}`);
}

function tell({ arm, reason, shown }: PlanDecision, share: string): [string, string] {
  switch (reason) {
    case 'TARGETING_MATCH':
      return ['展示：店员或在白名单上', 'shown: staff of the shop, or on the allow list'];
    case 'SPLIT':
      return tellSplit(arm, share);
    case 'DEFAULT':
      return ['不展示：这笔付款不在灰度条件之内', "hidden: the rollout's conditions do not concern this payment"];
    case 'STALE':
      return [
        '不展示：当时超过一秒没有灰度的消息，按旧路走',
        'hidden: the rollout had not been heard of for a second, so the old path was taken',
      ];
    case 'HALTED':
      return ['不展示：灰度已停止', 'hidden: the rollout was stopped'];
    case 'HELD':
      return [
        '不展示：在途金额或笔数已到上限，眼下不能用',
        'hidden: as much is unresolved as may be at risk, so it is not available just now',
      ];
    case 'ERROR':
      return [
        '不展示：条件无法计算，按旧路走',
        'hidden: the conditions could not be worked out, so the old path was taken',
      ];
    case 'STATIC':
    case 'DISABLED':
      return shown ? ['展示', 'shown'] : ['不展示', 'hidden'];
    default:
      return reason satisfies never;
  }
}

function tellSplit(arm: PlanDecision['arm'], share: string): [string, string] {
  if (arm === 'treatment')
    return [`展示：买家落在看得到的 ${share} 之内`, `shown: the buyer is among the ${share} that see it`];
  if (arm === 'control') return ['不展示：买家在对照组', 'hidden: the buyer is held back to compare with'];
  return [`不展示：还没有轮到，现在 ${share}`, `hidden: not reached yet, ${share} see it`];
}

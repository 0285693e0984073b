import type { PeoplesAction } from '../rollout/moves.ts';
import type { RolloutReport } from '../rollout/report-rollout.ts';
import { presentShare } from '../rollout/rollout.ts';
import { armsAt } from '../rollout/plan.ts';
import { showShare } from '../rollout/units.ts';
import { type Words, words } from '../rollout/words.ts';

/** A button, and what stands beside it when it asks back. */
export interface ActWords {
  button: Words;
  /** What happens; null where it is as the button says. */
  told: Words;
  isDangerous: boolean;
  done: Words;
}

/** The order of the buttons: what helps first, what ends it last. */
export const BUTTONS: readonly PeoplesAction[] = [
  'start',
  'approve',
  'resume',
  'pause',
  'jump',
  'halt',
  'roll_back',
  'retire',
];

/** What an action would do to this rollout now. */
export function actWords(action: PeoplesAction, report: RolloutReport): ActWords {
  const { rollout } = report;
  const { plan, step } = rollout;
  const present = showShare(presentShare(rollout) ?? 0);
  const shareAt = (at: number): string => showShare(armsAt(plan, at).treatmentPpm);
  switch (action) {
    case 'start':
      return {
        button: words('开始', 'Start'),
        told: words(
          `从第 1 步开始：${shareAt(0)} 的买家看得到。`,
          `It begins at step 1: ${shareAt(0)} of the buyers see it.`,
        ),
        isDangerous: false,
        done: words('已开始', 'It has started'),
      };
    case 'approve':
      return {
        button: words('批准', 'Approve'),
        told:
          step + 1 < plan.steps.length
            ? words(
                `过这道关口，进入第 ${step + 2} 步：看得到的买家从 ${present} 增加到 ${shareAt(step + 1)}。`,
                `It passes the gate to step ${step + 2}: from ${present} of the buyers to ${shareAt(step + 1)}.`,
              )
            : words(
                '过最后一道关口：灰度完成，份额保持不变。',
                'It passes the last gate: the rollout is complete, and the share stays.',
              ),
        isDangerous: false,
        done: words('已批准', 'It was approved'),
      };
    case 'resume':
      return {
        button: words('恢复', 'Resume'),
        told:
          rollout.state === 'halted'
            ? words(
                `钱包重新对 ${shareAt(step)} 的买家展示，从现在起重新计数；之前的失败不再计入。`,
                `${shareAt(step)} of the buyers see the wallet again, and counting begins anew: what failed before is not held against it.`,
              )
            : words('灰度继续按计划前进。', 'It goes on by its plan.'),
        isDangerous: rollout.state === 'halted',
        done: words('已恢复', 'It goes on'),
      };
    case 'pause':
      return {
        button: words('暂停', 'Pause'),
        told: words(
          `份额停在 ${present}，不再自动前进。护栏仍然有效。`,
          `The share stays at ${present}, and nothing advances. The guardrails still hold.`,
        ),
        isDangerous: false,
        done: words('已暂停', 'It is paused'),
      };
    case 'jump':
      return {
        button: words('跳到某一步', 'Jump to a step'),
        told: words(
          '不等计划，直接到所选的一步，并从那里重新计数。跳到更小的一步，部分买家会失去这个钱包。',
          'It goes to that step at once, whatever the plan waits for, and counts its payments anew. At a smaller step some buyers lose the wallet.',
        ),
        isDangerous: true,
        done: words('已跳步', 'It has jumped'),
      };
    case 'halt':
      return {
        button: words('停止', 'Halt'),
        told: words(
          '一秒之内，所有节点都不再展示这个钱包。已开始的付款照常完成。之后可以恢复。',
          'Within a second no node shows the wallet any more. Payments that have begun finish as they are. It can be resumed.',
        ),
        isDangerous: true,
        done: words('已停止：钱包不再展示', 'It is halted: nobody is shown the wallet'),
      };
    case 'roll_back':
      return {
        button: words('撤回', 'Roll back'),
        told: words(
          '钱包对所有人隐藏，灰度只能从头开始。已开始的付款照常完成。',
          'The wallet is hidden from everybody, and the rollout can only begin anew. Payments that have begun finish as they are.',
        ),
        isDangerous: true,
        done: words('已撤回：钱包不再展示', 'It is rolled back: nobody is shown the wallet'),
      };
    case 'retire':
      return {
        button: words('结束', 'Retire'),
        told:
          rollout.state === 'draft'
            ? words('这份草稿作废。', 'The draft is put away.')
            : words(
                '灰度不再起作用：凡是看得到商家的买家，都看得到这个钱包。',
                'It has no effect any more: whoever sees the shop sees the wallet.',
              ),
        isDangerous: rollout.state !== 'draft',
        done: words('已结束', 'It is over'),
      };
    default:
      return action satisfies never;
  }
}

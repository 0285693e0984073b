import type { LinkState } from '../links/link.ts';
import type { Visitor } from './visitor.ts';

/** What an operator does with a link. */
export const LINK_ACTS = ['stop', 'resume', 'take-down'] as const;
export type LinkAct = (typeof LINK_ACTS)[number];

export const STATE_AFTER: Readonly<Record<LinkAct, LinkState>> = {
  stop: 'stopped',
  resume: 'active',
  'take-down': 'taken_down',
};

/** The button, what happens, and what is said when it has. */
export function linkActWords(
  { say }: Pick<Visitor, 'say'>,
  act: LinkAct,
): { button: string; told: string; done: string } {
  switch (act) {
    case 'stop':
      return {
        button: say('停用', 'Stop it'),
        told: say(
          '一秒之内，所有节点都不再打开它，只说它已停用。它的主人可以自己恢复。',
          'Within a second no node opens it any more; its page says that it was stopped. Its owner can let it run again.',
        ),
        done: say('已停用', 'It is stopped'),
      };
    case 'resume':
      return {
        button: say('恢复', 'Let it run again'),
        told: say('它重新可以打开，指向和以前一样。', 'It opens again and leads where it led before.'),
        done: say('已恢复', 'It runs again'),
      };
    case 'take-down':
      return {
        button: say('下架', 'Take it down'),
        told: say(
          '一秒之内，所有节点都不再打开它。它的主人不能恢复，只有运营能。',
          'Within a second no node opens it any more. Its owner cannot bring it back; only the operator can.',
        ),
        done: say('已下架', 'It is taken down'),
      };
    default:
      return act satisfies never;
  }
}

export function linkActOf(text: string): LinkAct | null {
  return LINK_ACTS.find((act) => act === text) ?? null;
}

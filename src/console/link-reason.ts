import { LINK_REASON_CHARS_MAX } from '../base/link-limits.ts';
import type { Visitor } from './visitor.ts';

/** Why something is done to somebody's link: it is always said. */
export function readReason({ say }: Pick<Visitor, 'say'>, typed: string): { reason: string; fault: string | null } {
  const isRight = typed !== '' && typed.length <= LINK_REASON_CHARS_MAX;
  const fault = say(
    `请写下原因，最多 ${LINK_REASON_CHARS_MAX} 个字。`,
    `Say why, in at most ${LINK_REASON_CHARS_MAX} characters.`,
  );
  return { reason: typed, fault: isRight ? null : fault };
}

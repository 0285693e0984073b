import { bookOfId, isId } from '../base/id.ts';
import { CLEARING_NOTE_CHARS_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { ClearingBreak } from './clearing.ts';
import { closeBreak, lockBreak } from './clearing-break-store.ts';
import type { ClearingDeps } from './clearing-deps.ts';

/**
 * A person ends a break: who, when and why are kept, and nothing else is changed by it. Money that has to move is moved in its own
 * way. @throws Refusal not_found, invalid_request, break_resolved
 */
export async function resolveClearingBreak(
  deps: Pick<ClearingDeps, 'sql' | 'clock' | 'log'>,
  request: { id: string; note: string; by: string },
): Promise<ClearingBreak> {
  const note = request.note.trim();
  if (note.length < 1 || note.length > CLEARING_NOTE_CHARS_MAX || /\p{Cc}/u.test(note))
    throw new Refusal('invalid_request', `a note of 1 to ${CLEARING_NOTE_CHARS_MAX} letters says why`, {
      param: 'note',
    });
  if (!isId('cbk', request.id)) throw new Refusal('not_found', 'there is no such break');
  const now = deps.clock.now();
  return await deps.sql.begin(async (tx) => {
    const one = await lockBreak(tx, bookOfId(request.id), request.id);
    if (one === null) throw new Refusal('not_found', 'there is no such break');
    if (one.state === 'resolved') throw new Refusal('break_resolved', 'this break has ended already');
    await closeBreak(tx, one, { note, by: request.by, now });
    deps.log.info({ breakId: one.id, by: request.by }, 'a break of clearing was closed by a person');
    return {
      ...one,
      state: 'resolved',
      resolution: 'closed_by_operator',
      note,
      resolvedBy: request.by,
      resolvedAt: now,
    };
  });
}

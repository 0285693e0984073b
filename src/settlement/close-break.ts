import { bookOfId, isId } from '../base/id.ts';
import { BREAK_NOTE_CHARS_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { checkMove } from '../cashier/moves.ts';
import { type Reply, toReply } from '../cashier/reply.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { withKey } from '../db/with-key.ts';
import { lockBreak, updateBreak } from './break-store.ts';
import type { SettlementDeps } from './settlement-deps.ts';
import { showBreak } from './show-statement.ts';
import { type Break, BREAK_MOVES } from './statement.ts';

/**
 * A person ends a break: who, when and why are kept, and nothing else is changed by it. Money that has to move is moved in
 * its own way. @throws Refusal not_found, invalid_request, break_resolved
 */
export async function closeBreak(
  deps: SettlementDeps,
  request: { id: string; merchantId: string | null; note: string; by: string; claim: KeyClaim | null },
): Promise<Reply & { replayed: boolean }> {
  const { sql, clock } = deps.cashier.deps;
  const note = request.note.trim();
  if (note.length < 1 || note.length > BREAK_NOTE_CHARS_MAX || /\p{Cc}/u.test(note))
    throw new Refusal('invalid_request', `a note of 1 to ${BREAK_NOTE_CHARS_MAX} letters says why`, { param: 'note' });
  if (!isId('brk', request.id)) throw new Refusal('not_found', 'there is no such break');
  const now = clock.now();
  return await withKey(sql, request.claim, now, null, async (tx) => {
    const one = await lockBreak(tx, bookOfId(request.id), request.id);
    if (one === null || (request.merchantId !== null && one.merchantId !== request.merchantId))
      throw new Refusal('not_found', 'there is no such break');
    if (one.state === 'resolved') throw new Refusal('break_resolved', 'this break has ended already');
    const closed: Break = {
      ...one,
      state: 'resolved',
      resolution: 'closed_by_operator',
      note,
      resolvedBy: request.by,
      resolvedAt: now,
      dueAt: null,
    };
    checkMove(BREAK_MOVES, one.state, closed.state);
    if (!(await updateBreak(tx, closed, { state: one.state }))) throw new Error('assertion failed: the row is locked');
    return toReply(200, showBreak(closed));
  });
}

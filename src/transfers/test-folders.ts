import type { LegReply, LegRefusal, ReverseReply, Stamp } from '../bank/rail.ts';
import { sendFirst } from './change-legs.ts';
import { decideLeg, type Evidence } from './decide-leg.ts';
import { noEffects } from './change-legs.ts';
import { type MoveFolder, type MoveRow, newFolder } from './move.ts';

/* For tests of the rule alone: moves in memory, in every state that there is. */

export const NOW = new Date('2026-11-23T02:00:00Z');
export const TODAY = '2026-11-23';
export const TOMORROW = '2026-11-24';

let drawn = 0;
export function aStamp(): Stamp {
  drawn += 1;
  const stan = String(drawn % 1_000_000).padStart(6, '0');
  return { transmittedAt: NOW, stan, rrn: `100000${stan}` };
}

export function aMove(change: Partial<MoveRow> = {}): MoveRow {
  const card = { payeeId: null, userId: null, bank: 'ICBC', last4: '0001', nameMasked: '*明' };
  const isRefund = change.kind === 'refund';
  const isShops = isRefund || change.kind === 'purchase';
  return {
    book: 1,
    id: 'tr_01J00000000000000000000000',
    kind: 'transfer',
    state: isRefund ? 'crediting' : 'debiting',
    userId: 'usr_01J00000000000000000000000',
    quoteId: null,
    originalId: null,
    amountMinor: 1000n,
    from: isRefund ? null : { ...card, cardId: 'card_1', institution: '01020000' },
    to: change.kind === 'purchase' ? null : { ...card, cardId: 'card_2', institution: '03080000' },
    shop: isShops ? { no: 'SHOP00000000001', name: 'Shop', mcc: '5411' } : null,
    note: '',
    arrival: 'instant',
    arrivesAt: null,
    failure: null,
    wasRefused: false,
    onBooksMinor: 0n,
    refundingMinor: 0n,
    refundedMinor: 0n,
    createdAt: NOW,
    endedAt: null,
    dueAt: null,
    ...change,
  };
}

export const approved = (isFlagged = false): LegReply => ({
  kind: 'approved',
  authId: 'A00001',
  settlementDay: TODAY,
  isFlagged,
});
export const refused = (reason: LegRefusal): LegReply => ({ kind: 'refused', code: '51', reason });
export const unknown: LegReply = { kind: 'unknown', why: 'no reply', code: null };
export const notSent: LegReply = { kind: 'not_sent', why: 'no link' };
export const reversed = (wasFound: boolean): ReverseReply => ({ kind: 'reversed', settlementDay: TODAY, wasFound });

/** A folder after these, each taken as the rule takes it. */
export function folderAfter(move: Partial<MoveRow>, ...evidence: Evidence[]): MoveFolder {
  const folder = newFolder(aMove(move));
  if (folder.move.kind === 'refund') {
    folder.original = aMove({ kind: 'purchase', state: 'succeeded', refundingMinor: 1000n, endedAt: NOW });
  }
  if (folder.move.state !== 'scheduled') sendFirst(NOW, folder, aStamp());
  for (const one of evidence) decideLeg(NOW, folder, one, noEffects());
  return folder;
}

export const debitTold = (reply: LegReply): Evidence => ({ kind: 'debit_reply', reply, stamp: aStamp() });
export const creditTold = (reply: LegReply): Evidence => ({ kind: 'credit_reply', reply, stamp: aStamp() });
export const reversalTold = (reply: ReverseReply): Evidence => ({ kind: 'reversal_reply', reply });
export const learnedOf = (side: 'debit' | 'credit', isDone: boolean, settlementDay: string): Evidence => ({
  kind: 'learned',
  side,
  isDone,
  settlementDay,
  stamp: aStamp(),
});
/** The claim that is right for the folder as it stands. */
export const dueNow = (folder: MoveFolder): Evidence => ({
  kind: 'due',
  leaseUntil: folder.move.dueAt ?? NOW,
  stamp: aStamp(),
});

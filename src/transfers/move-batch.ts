import type { Refusal } from '../base/refusal.ts';
import type { Stamp } from '../bank/rail.ts';
import type { Session } from '../users/users.ts';
import type { CardOfOrder } from './card-of-order.ts';
import type { MoveEffects } from './change-legs.ts';
import type { Evidence } from './decide-leg.ts';
import type { LegSide, MoveFolder } from './move.ts';
import type { QuoteRow } from './quote-row.ts';
import type { MoveId, MoveOrder } from './transfers.ts';

/* What goes through the lane of moves, what comes out, and what a batch works on in between. */

/** A person confirms a quote. Each part has its id and the stamp of its debit, drawn before. */
export interface ConfirmChange {
  kind: 'confirm';
  session: Session;
  quoteId: string;
  proof: string | null;
  key: string;
  parts: readonly { id: MoveId; stamp: Stamp }[];
}

/** A purchase or refund is asked for, with its card as it was found, or why it cannot be. */
export interface StartChange {
  kind: 'start';
  order: MoveOrder;
  card: CardOfOrder | Refusal;
  stamp: Stamp;
}

/** Something is learned about a move; from a person where `userId` is set, to whom other people's moves do not exist. */
export interface EvidenceChange {
  kind: 'evidence';
  moveId: string;
  originalId: string | null;
  userId: string | null;
  evidence: Evidence;
}

export type MoveChange = ConfirmChange | StartChange | EvidenceChange;

/** The moves as they are now, and which messages are to be sent, each until its lease ends. */
export interface MoveResult {
  folders: MoveFolder[];
  next: NextCall[];
}

export interface NextCall {
  folder: MoveFolder;
  side: LegSide;
}

/** What a batch found in the database, locked in this order: quotes, moves. */
export interface LockedBatch {
  now: Date;
  quotes: Map<string, QuoteRow>;
  /** The quote that a person's key has confirmed, by `<user> <key>`. */
  keys: Map<string, string>;
  folders: Map<string, MoveFolder>;
  /** What was confirmed before, by quote. */
  confirmed: Map<string, MoveFolder[]>;
  effects: MoveEffects;
  /** Folders that this batch makes; each is written as new. */
  begun: MoveFolder[];
  /** Quotes that this batch confirms. */
  confirms: ConfirmChange[];
}

/** Rows are flat, so a copy of each is enough to tell afterwards what a decision changed. */
export type KeptCopies = Map<MoveFolder, MoveFolder>;

export function keepCopies(batch: LockedBatch): KeptCopies {
  return new Map([...batch.folders.values()].map((folder) => [folder, copyFolder(folder)]));
}

/** As it is at this moment, whatever a later change of the same batch does to it. */
export function copyFolder(folder: MoveFolder): MoveFolder {
  const { move, debit, credit, reversal, original, originalDebit } = folder;
  return {
    move: { ...move },
    debit: debit === null ? null : { ...debit },
    credit: credit === null ? null : { ...credit },
    reversal: reversal === null ? null : { ...reversal },
    original,
    originalDebit,
  };
}

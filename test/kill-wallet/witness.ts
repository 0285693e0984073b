import type { MoveState } from '../../src/transfers/transfers.ts';

/** A move as the app's API shows it; read field by field. */
export type ShownMove = ReturnType<typeof JSON.parse>;

/** What people were told of moves, in the order in which they heard it. */
export interface Witness {
  /** Each move with the states that somebody saw, each state where it was new. */
  seen: ReadonlyMap<string, { move: ShownMove; states: MoveState[] }>;
  /** Moves that were told as the answer to a confirmation: they may never be lost. */
  confirmed: ReadonlySet<string>;
  canceled: ReadonlySet<string>;
  see(...moves: ShownMove[]): void;
  confirm(moves: readonly ShownMove[]): void;
  cancel(move: ShownMove): void;
  /** What no two answers may say: two states that are final, another amount, other ends. */
  contradictions: string[];
}

const FINAL = ['succeeded', 'failed', 'canceled'];
const FIXED = ['kind', 'amount', 'from', 'to', 'note', 'arrival', 'created_at'];

export function openWitness(): Witness {
  const seen = new Map<string, { move: ShownMove; states: MoveState[] }>();
  const confirmed = new Set<string>();
  const canceled = new Set<string>();
  const contradictions: string[] = [];

  function see(...moves: ShownMove[]): void {
    for (const move of moves) {
      const known = seen.get(move.move_id) ?? { move, states: [] };
      seen.set(move.move_id, known);
      const final = known.states.find((state) => FINAL.includes(state));
      // Answers overtake each other: an earlier state heard late says nothing, another end does.
      if (final !== undefined && FINAL.includes(move.state) && move.state !== final)
        contradictions.push(`${move.move_id} was told to be ${final}, and then ${move.state}`);
      for (const field of FIXED)
        if (JSON.stringify(known.move[field]) !== JSON.stringify(move[field]))
          contradictions.push(
            `${move.move_id}: ${field} was ${JSON.stringify(known.move[field])}, is ${JSON.stringify(move[field])}`,
          );
      if (!known.states.includes(move.state)) known.states.push(move.state);
    }
  }

  return {
    seen,
    confirmed,
    canceled,
    contradictions,
    see,
    confirm(moves) {
      see(...moves);
      for (const move of moves) confirmed.add(move.move_id);
    },
    cancel(move) {
      see(move);
      canceled.add(move.move_id);
    },
  };
}

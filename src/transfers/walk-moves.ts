import type { Batch } from '../db/batch.ts';
import type { NextCall, MoveChange, MoveResult } from './move-batch.ts';
import type { MoveFolder } from './move.ts';
import { isEnded } from './moves-of-state.ts';
import type { Opener } from './open-ends.ts';
import { sendLeg } from './send-leg.ts';
import type { TransfersDeps } from './transfers-deps.ts';

/** Record, call, record: takes a move from one message to the next until nothing is to be sent for now. */
export interface Walker {
  /** Sets out with what a write has asked for, and does not wait. */
  setOut(result: MoveResult): void;
  /** The same, waiting until nothing is to be sent. */
  walk(call: NextCall): Promise<void>;
  /** Resolves when the move has been written as ended by this process, or after so long. */
  waitForEnd(id: string, waitMs: number): Promise<void>;
  /** Begins no further message and resolves when those under way are answered and written. */
  stop(): Promise<void>;
}

export function createWalker(deps: TransfersDeps, lane: Batch<MoveChange, MoveResult>, opener: Opener): Walker {
  const inHand = new Set<Promise<void>>();
  const waiters = new Map<string, Set<() => void>>();
  let stopping = false;
  const isStopping = (): boolean => stopping;

  function tell(folders: readonly MoveFolder[]): void {
    for (const { move } of folders) if (isEnded(move.state)) for (const wake of waiters.get(move.id) ?? []) wake();
  }

  /** Whatever fails here is found by the loop when the lease is over. */
  async function walk(first: NextCall): Promise<void> {
    const { id, originalId } = first.folder.move;
    try {
      const ends = await opener.ends(first.folder.move);
      for (let call: NextCall | undefined = first; call !== undefined; ) {
        if (isStopping()) return;
        const evidence = await sendLeg(deps, call, ends);
        if (evidence === null) return;
        const result = await lane.submit({ kind: 'evidence', moveId: id, originalId, userId: null, evidence });
        tell(result.folders);
        call = result.next[0];
      }
    } catch (error) {
      deps.log.error({ error, moveId: id }, 'a move could not be taken further; it is taken up again');
    }
  }

  return {
    setOut({ folders, next }) {
      tell(folders);
      for (const call of next) {
        const walking = walk(call).finally(() => inHand.delete(walking));
        inHand.add(walking);
      }
    },
    walk,
    async waitForEnd(id, waitMs) {
      const own = waiters.get(id) ?? new Set();
      waiters.set(id, own);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, waitMs);
        function done(): void {
          clearTimeout(timer);
          own.delete(done);
          if (own.size === 0 && waiters.get(id) === own) waiters.delete(id);
          resolve();
        }
        own.add(done);
      });
    },
    async stop() {
      stopping = true;
      await Promise.all(inHand);
    },
  };
}

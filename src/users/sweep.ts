import { SESSIONS_KEPT_DAYS, USERS_KEPT_DAYS, USERS_SWEEP_ITEMS_MAX } from '../base/limits.ts';
import { deleteOldRows, deleteOldTries, SWEPT_TABLES } from './sweep-store.ts';
import type { UsersDeps } from './users-deps.ts';

const DAY_MS = 86_400_000;

/** Codes, challenges, counts of tries and proofs go two days after they are over, sessions after thirty: the audit chain keeps what happened. */
export async function sweepUsers(deps: UsersDeps): Promise<number> {
  const { sql, book } = deps;
  const nowMs = deps.clock.now().getTime();
  const kept = new Date(nowMs - USERS_KEPT_DAYS * DAY_MS);
  const sessionsKept = new Date(nowMs - SESSIONS_KEPT_DAYS * DAY_MS);
  const steps = [
    ...SWEPT_TABLES.map((table) => {
      const before = table === 'user_sessions' ? sessionsKept : kept;
      return () => deleteOldRows(sql, book, table, before, USERS_SWEEP_ITEMS_MAX);
    }),
    () => deleteOldTries(sql, book, kept, USERS_SWEEP_ITEMS_MAX),
  ];
  let count = 0;
  for (const step of steps) {
    for (;;) {
      const done = await step();
      count += done;
      if (done < USERS_SWEEP_ITEMS_MAX) break;
    }
  }
  return count;
}

import { BRAKES_KEPT_MAX, BRAKES_LOOK_MS, BRAKES_READ_MS_MAX } from '../../base/link-limits.ts';
import type { Sql } from '../../db/connect.ts';
import { startWatch, type Watch } from '../../db/watch.ts';
import { BRAKES_CHANNEL, listBrakes, readRevision } from './brake-store.ts';
import type { BrakeEffect, BrakeSubject } from './reports.ts';
import type { SafetyDeps } from './safety-deps.ts';

export interface KeptBrakes {
  /** What is in force for this subject, as far as this node has heard. */
  effectOf(subject: BrakeSubject): BrakeEffect | null;
  /** True where none is in force at all, which is nearly always. */
  isEmpty(): boolean;
  /** Counts the times that something changed here. */
  revision(): number;
  /** A change was made here: it is read before anybody asks again. */
  refresh(): Promise<void>;
  startWork(): void;
  stop(): Promise<void>;
}

/** All brakes of the book in memory, kept fresh by notices and looks (db/watch.ts). While the database is away, what was read last stays in force. */
export function keepBrakes(deps: SafetyDeps): KeptBrakes {
  let effects: ReadonlyMap<string, BrakeEffect> = new Map();
  let readRevisionNo = -1n;
  let changes = 0;
  let watch: Watch | null = null;

  async function read(sql: Sql): Promise<void> {
    const revision = await readRevision(sql, deps.book);
    if (revision <= readRevisionNo) return;
    const brakes = await listBrakes(sql, deps.book, BRAKES_KEPT_MAX);
    if (revision <= readRevisionNo) return; // another look was quicker
    effects = new Map(brakes.map(({ subject, effect }) => [nameOf(subject), effect]));
    readRevisionNo = revision;
    changes += 1;
  }

  return {
    effectOf: (subject) => effects.get(nameOf(subject)) ?? null,
    isEmpty: () => effects.size === 0,
    revision: () => changes,
    refresh: () => read(deps.sql),
    startWork() {
      const { sql, log } = deps;
      const when = { channel: BRAKES_CHANNEL, pollMs: BRAKES_LOOK_MS, readMsMax: BRAKES_READ_MS_MAX };
      watch ??= startWatch({ sql, name: 'link brakes', ...when, read, log });
    },
    async stop() {
      await watch?.stop();
    },
  };
}

function nameOf({ kind, id }: BrakeSubject): string {
  return `${kind} ${id}`;
}

import type { Log } from '../../src/base/log.ts';
import { LeapingClock } from './leaping-clock.ts';

/*
 * The inside of a process that can be killed. It loads, waits for `start`, says `ready` when it listens, and tells every error that it
 * logs. Kept apart from the command line, so that what is killed is the server and nothing around it.
 */
export type ToServer = { kind: 'start'; leadMs: number; how: unknown } | { kind: 'leap'; ms: number };
export type FromServer = { kind: 'ready' } | { kind: 'error'; text: string };

/** What the server is built on: a clock that its parent moves, and how it tells an error. */
export interface KillableGround {
  clock: LeapingClock;
  tellError: Log['error'];
}

/** `open` resolves when the server listens; `how` is what its parent gave to `prepareServer`. */
export function becomeKillable(open: (ground: KillableGround, how: unknown) => Promise<void>): void {
  const clock = new LeapingClock(0);
  const tell = (message: FromServer): void => void process.send?.(message);
  const tellError: Log['error'] = (facts, text) => tell({ kind: 'error', text: `${text}: ${describe(facts)}` });

  async function start(leadMs: number, how: unknown): Promise<void> {
    clock.leap(leadMs);
    try {
      await open({ clock, tellError }, how);
      tell({ kind: 'ready' });
    } catch (error) {
      tellError({ error }, 'it did not start');
      process.exit(1);
    }
  }

  process.on('message', (message: ToServer) => {
    if (message.kind === 'leap') clock.leap(message.ms);
    else void start(message.leadMs, message.how);
  });
  process.on('disconnect', () => process.exit(0));
}

function describe(facts: object): string {
  const error: unknown = 'error' in facts ? facts.error : undefined;
  if (!(error instanceof Error)) return JSON.stringify(facts);
  return `${'code' in error ? String(error.code) : ''} ${error.stack}`;
}

import type { Log } from '../../src/base/log.ts';
import type { Send } from '../../src/base/outbound.ts';
import { LeapingClock } from './leaping-clock.ts';

/*
 * The inside of a process that can be killed. It loads, waits for `start`, says `ready` when it listens, tells every error that it
 * logs, and when it is asked, how many of its calls are under way. Kept apart from the command line, so that what is killed is the server
 * and nothing around it.
 */
export type ToServer =
  | { kind: 'start'; leadMs: number; how: unknown }
  | { kind: 'leap'; ms: number }
  | { kind: 'calls' };
export type FromServer = { kind: 'ready' } | { kind: 'error'; text: string } | { kind: 'calls'; underWay: number };

/** What the server is built on: a clock that its parent moves, how it tells an error, and who counts its calls. */
export interface KillableGround {
  clock: LeapingClock;
  tellError: Log['error'];
  /** The same, counted while it is under way. */
  countCalls: (send: Send) => Send;
}

/** `open` resolves when the server listens; `how` is what its parent gave to `prepareServer`. */
export function becomeKillable(open: (ground: KillableGround, how: unknown) => Promise<void>): void {
  const clock = new LeapingClock(0);
  const tell = (message: FromServer): void => void process.send?.(message);
  const tellError: Log['error'] = (facts, text) => tell({ kind: 'error', text: `${text}: ${describe(facts)}` });
  let underWay = 0;
  const countCalls: KillableGround['countCalls'] = (send) => async (request) => {
    underWay += 1;
    try {
      return await send(request);
    } finally {
      underWay -= 1;
    }
  };

  async function start(leadMs: number, how: unknown): Promise<void> {
    clock.leap(leadMs);
    try {
      await open({ clock, tellError, countCalls }, how);
      tell({ kind: 'ready' });
    } catch (error) {
      tellError({ error }, 'it did not start');
      process.exit(1);
    }
  }

  process.on('message', (message: ToServer) => {
    if (message.kind === 'leap') clock.leap(message.ms);
    else if (message.kind === 'calls') tell({ kind: 'calls', underWay });
    else void start(message.leadMs, message.how);
  });
  process.on('disconnect', () => process.exit(0));
}

function describe(facts: object): string {
  const error: unknown = 'error' in facts ? facts.error : undefined;
  if (!(error instanceof Error)) return JSON.stringify(facts);
  return `${'code' in error ? String(error.code) : ''} ${error.stack}`;
}

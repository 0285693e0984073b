import {
  AUDIT_CHAIN_EVERY_MS,
  AUDIT_CHAIN_ITEMS_MAX,
  AUDIT_HEAD_TOLD_EVERY_MS,
  USERS_SWEEP_EVERY_MS,
} from '../base/limits.ts';
import { pauseMs } from '../db/backoff.ts';
import { chainAudit } from './audit.ts';
import { sweepUsers } from './sweep.ts';
import type { AuditHead } from './users-api.ts';
import type { UsersDeps } from './users-deps.ts';

export interface UsersWork {
  /** Ends after the round in hand; what is still unchained then is chained first. */
  stop(): Promise<void>;
}

/** Rounds until stopped: chains audit lines, tells the head to the log, sweeps. What fails is logged and tried again in the next round. */
export function startUsersWork(deps: UsersDeps): UsersWork {
  let isStopping = false;
  let failures = 0;
  let wake = (): void => {};
  let known: AuditHead | null = null;
  let [toldAtMs, sweptAtMs] = [performance.now(), performance.now()];

  async function chain(): Promise<void> {
    for (;;) {
      const { head, count } = await chainAudit(deps, deps.book);
      // Whoever can write to the database can put an old chain and its true head back; they cannot make us forget.
      if (known !== null && head.seq < known.seq)
        deps.log.error({ book: deps.book, was: String(known.seq), is: String(head.seq) }, 'the audit chain went back');
      known = head;
      if (count < AUDIT_CHAIN_ITEMS_MAX) return;
    }
  }

  function tellHead(): void {
    if (known === null || known.seq === 0n) return;
    deps.log.info({ book: deps.book, seq: String(known.seq), hash: known.hash }, 'head of the audit chain');
  }

  async function round(): Promise<void> {
    await attempt('audit chain', chain);
    const nowMs = performance.now();
    if (nowMs - toldAtMs >= AUDIT_HEAD_TOLD_EVERY_MS) {
      toldAtMs = nowMs;
      tellHead();
    }
    if (nowMs - sweptAtMs >= USERS_SWEEP_EVERY_MS) {
      sweptAtMs = nowMs;
      await attempt('sweep', () => sweepUsers(deps));
    }
  }

  async function attempt(name: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      failures = 0;
    } catch (error) {
      failures += 1;
      deps.log.error({ error, work: name }, 'work on people could not be done');
    }
  }

  async function run(): Promise<void> {
    for (;;) {
      await round();
      await rest();
      if (isStopping) break;
    }
    await attempt('audit chain', chain);
    tellHead();
  }

  async function rest(): Promise<void> {
    if (isStopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, failures === 0 ? AUDIT_CHAIN_EVERY_MS : pauseMs(failures + 3));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const running = run();
  return {
    async stop() {
      isStopping = true;
      wake();
      await running;
    },
  };
}

import type { Sql } from '../db/connect.ts';

/** The process dies here, as far as a test is concerned. */
export class Crash extends Error {
  override name = 'Crash';
}

/**
 * A database that fails at the n-th thing it is asked for: a statement (also one inside a transaction), or just before or
 * just after a commit. From then on it stays dead, as a process that was killed.
 */
export function breakingSql(sql: Sql, at: number): { sql: Sql; steps(): number } {
  let steps = 0;
  const step = (): void => {
    steps += 1;
    if (steps >= at) throw new Crash(`at step ${at}`);
  };
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      apply(callee, self, args: unknown[]) {
        if (isStatement(args[0])) step();
        return Reflect.apply(callee as never, self, args); // the driver's own function
      },
      get(of, name) {
        const member: unknown = Reflect.get(of, name);
        return name === 'begin' ? (...args: unknown[]) => begin(member as Begin, args) : member;
      },
    });
  const begin = async (real: Begin, args: unknown[]): Promise<unknown> => {
    const work = args.at(-1) as (tx: object) => unknown; // begin's last argument
    const result = await real(...args.slice(0, -1), async (tx: object) => {
      const made = await work(wrap(tx));
      step(); // before the commit
      return made;
    });
    step(); // after it
    return result;
  };
  return { sql: wrap(sql), steps: () => steps };
}

type Begin = (...args: unknown[]) => Promise<unknown>;

/** Only template calls are statements, or parts of one; lists of columns are not. */
function isStatement(first: unknown): boolean {
  return Array.isArray(first) && 'raw' in first;
}
